"""The checks of the exercises accept the solution, refuse wrong answers, and wait for an answer."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.paths import ROOT

from recsys_book.chapters.worked_example import exercises as worked_example
from recsys_book.exercises import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SHORTEST_HINT = 20


def code_cells(path: Path) -> list[dict]:
    """Read the code cells of a notebook, their source joined."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [{**cell, "source": "".join(cell["source"])} for cell in code]


def n_exercises(path: Path) -> int:
    """Count the prompts of a notebook."""
    return sum("exercise" in cell["metadata"].get("tags", []) for cell in code_cells(path))


def module_name(path: Path) -> str:
    """Name the module that holds a notebook's checks.

    >>> module_name(Path("notebooks/3_1_2_rnn.ipynb"))
    'recsys_book.chapters.rnn.exercises'
    """
    chapter = re.sub(r"^[\d_]+", "", path.stem)
    return f"recsys_book.chapters.{chapter}.exercises"


NOTEBOOKS = [path for path in sorted(ROOT.glob("notebooks/*.ipynb")) if n_exercises(path)]
EXERCISES = [(path, number) for path in NOTEBOOKS for number in range(1, n_exercises(path) + 1)]
each_exercise = pytest.mark.parametrize(
    ("path", "number"), EXERCISES, ids=[f"{path.stem}-{number}" for path, number in EXERCISES]
)


def checks_of(path: Path) -> ModuleType:
    """Import the checks of a notebook, or fail saying what is missing."""
    name = module_name(path)
    if find_spec(name) is None:
        pytest.fail(f"{path.name} has exercises, but the module {name} with their checks is absent")
    return import_module(name)


def wrong_answers_to(path: Path) -> dict[int, list[Callable]]:
    """Import the wrong answers to a notebook's exercises, or fail saying what is missing."""
    name = f"support.wrong_answers.{module_name(path).split('.')[-2]}"
    if not (ROOT / "tests" / f"{name.replace('.', '/')}.py").is_file():
        pytest.fail(f"{path.name} has exercises, but {name} with mistakes to try is absent")
    return import_module(name).WRONG_ANSWERS


def module_problems(module: object, wrong: dict[int, list[Callable]], count: int) -> list[str]:
    """Say what a module of checks, or the wrong answers to it, lack."""
    wanted = set(range(1, count + 1))
    problems = [
        f"check_{n} is missing" for n in sorted(wanted) if not hasattr(module, f"check_{n}")
    ]
    problems += [
        f"WRONG_ANSWERS has none for exercise {n}" for n in sorted(wanted) if not wrong.get(n)
    ]
    problems += [
        f"WRONG_ANSWERS has exercise {n}, which is not there" for n in sorted(set(wrong) - wanted)
    ]
    return problems


def wrong_answer_problems(check: Callable, answers: list[Callable]) -> list[str]:
    """Say which wrong answers a check does not refuse with a helpful hint."""
    problems = []
    for answer in answers:
        name = getattr(answer, "__name__", repr(answer))
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                check(answer)
        except AssertionError as error:
            if len(str(error)) <= SHORTEST_HINT:
                problems.append(
                    f"{name} is refused with the hint {str(error)!r}; say what is wrong"
                )
        except Exception as error:
            problems.append(f"{name} raises {error!r}; a check raises AssertionError with a hint")
        else:
            problems.append(f"{name} is wrong but passes")
    return problems


def unanswered_problems(check: Callable) -> list[str]:
    """Say how a check fails to wait for an answer."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            check(lambda *arguments, **options: ...)
    except Exception as error:
        return [f"raises {error!r} for an answer that returns `...`"]
    if "not answered yet" not in printed.getvalue().lower():
        return [f"prints {printed.getvalue()!r} for an answer that returns `...`"]
    return []


def imports(sources: list[str]) -> str:
    """Collect the import statements of cells; cells with shell commands have none of ours."""
    found = []
    for source in sources:
        with contextlib.suppress(SyntaxError):
            found += [
                n for n in ast.parse(source).body if isinstance(n, ast.Import | ast.ImportFrom)
            ]
    return "\n".join(map(ast.unparse, found))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_module_is_complete(path: Path) -> None:
    problems = module_problems(checks_of(path), wrong_answers_to(path), n_exercises(path))
    assert not problems, f"{module_name(path)}: " + "; ".join(problems)


@each_exercise
def test_wrong_answers_are_refused(path: Path, number: int) -> None:
    check = getattr(checks_of(path), f"check_{number}")
    problems = wrong_answer_problems(check, wrong_answers_to(path)[number])
    assert not problems, f"{module_name(path)}, check_{number}: " + "; ".join(problems)


@each_exercise
def test_a_check_waits_for_an_answer(path: Path, number: int) -> None:
    problems = unanswered_problems(getattr(checks_of(path), f"check_{number}"))
    assert not problems, f"{module_name(path)}: check_{number} " + "; ".join(problems)


@each_exercise
def test_the_solution_stands_alone_and_passes(path: Path, number: int) -> None:
    sources = [cell["source"] for cell in code_cells(path)]
    (solution,) = [source for source in sources if f"def solution_{number}(" in source]
    assert f"check_{number}(solution_{number})" in solution
    names: dict[str, object] = {}
    exec(imports(sources), names)
    exec(solution, names)


def good_check(answer: Callable) -> None:
    """Check an answer as a chapter's module would."""
    result = answer(3)
    if result is ...:
        print("Exercise 1 is not answered yet.")
        return
    assert result == 9, f"For 3 the square is 9; your answer returns {result}."


def test_a_check_that_accepts_anything_is_found() -> None:
    assert wrong_answer_problems(good_check, [lambda x: x]) == []
    accepting, terse, broken = lambda answer: None, _terse, lambda answer: answer(1, 2)
    assert "is wrong but passes" in wrong_answer_problems(accepting, [lambda x: x])[0]
    assert "hint 'no'" in wrong_answer_problems(terse, [lambda x: x])[0]
    assert "raises TypeError" in wrong_answer_problems(broken, [lambda x: x])[0]


def _terse(answer: Callable) -> None:
    raise AssertionError("no")


def test_a_check_that_does_not_wait_is_found() -> None:
    assert unanswered_problems(good_check) == []
    assert "raises AssertionError" in unanswered_problems(_terse)[0]
    assert "prints ''" in unanswered_problems(lambda answer: None)[0]


def test_an_incomplete_module_is_found() -> None:
    planted = SimpleNamespace(check_1=good_check)
    assert module_problems(planted, {1: [lambda x: x], 3: []}, 2) == [
        "check_2 is missing",
        "WRONG_ANSWERS has none for exercise 2",
        "WRONG_ANSWERS has exercise 3, which is not there",
    ]


@pytest.mark.parametrize("answer", [np.zeros((2, 3)), [1, 2], "no", 0.0, np.zeros((1, 4))])
def test_an_answer_of_another_shape_is_wrong_and_not_a_crash(answer: object) -> None:
    with pytest.raises(AssertionError, match="hint"):
        check(lambda: answer, [((), np.zeros(4), "hint")])


@pytest.mark.parametrize("answer", [[], [0.5], None])
def test_nothing_and_a_list_are_no_number(answer: object) -> None:
    with pytest.raises(AssertionError, match="hint"):
        check(lambda: answer, [((), 0.5, "hint")])


@pytest.mark.parametrize("answer", [(1.0, 2), np.array([1, 2]), [np.float32(1), 2]])
def test_numbers_agree_whatever_holds_them(answer: object) -> None:
    check(lambda: answer, [((), [1, 2], "hint")])


@pytest.mark.parametrize("hold", [list, tuple, np.array])
def test_a_window_may_be_a_list_a_tuple_or_an_array(hold: Callable) -> None:
    def windows(history: list[int], width: int) -> list:
        return [(hold(history[max(i - width, 0) : i]), history[i]) for i in range(1, len(history))]

    worked_example.check_1(windows)


def test_parts_of_an_answer_may_differ_in_shape() -> None:
    expected = (np.ones((2, 2)), [1.0, 2.0])
    check(lambda: (np.ones((2, 2)), np.array([1.0, 2.0])), [((), expected, "hint")])
    check(lambda: [[[1, 1], [1, 1]], [1, 2]], [((), expected, "hint")])
    with pytest.raises(AssertionError, match="hint"):
        check(lambda: (np.ones((2, 2)), np.array([1.0, 3.0])), [((), expected, "hint")])
