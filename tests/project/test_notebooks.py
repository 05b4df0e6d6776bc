"""Every notebook keeps the rules of a chapter, and every rule finds its planted fault."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest
from support import notebook_rules as rules
from support.paths import ROOT

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


def read(path: Path) -> dict:
    """Read a notebook as it is stored, without the repairs that nbformat makes."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps(path: Path, rule) -> None:
    problems = list(rule(read(path), path.stem))
    assert not problems, "\n".join(f"notebooks/{path.name}, {problem}" for problem in problems)


def markdown(source: str) -> dict:
    """Make a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *tags: str, **metadata: object) -> dict:
    """Make a code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {**({"tags": list(tags)} if tags else {}), **metadata},
        "outputs": [],
        "source": source,
    }


def exercise(number: int) -> list[dict]:
    """Make the cells of one exercise."""
    return [
        markdown(f"### Exercise {number}\n\nCount the users."),
        code(f"def answer_{number}(log):\n    return ...", "exercise"),
        code(f"check_{number}(answer_{number})", "raises-exception"),
        markdown(f"### Solution {number}"),
        code(
            f"def solution_{number}(log):\n    return 3\n\n\ncheck_{number}(solution_{number})",
            "hide-cell",
            jupyter={"source_hidden": True},
        ),
    ]


INSTALL = 'import x\nif not find_spec("recsys_helpers"):\n    !git clone x'


def clean() -> dict:
    """Make a notebook that keeps every rule."""
    checked = code("1 + 1", rules.CHECKED)
    checked["execution_count"] = 12
    checked["outputs"] = [
        {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": None}
    ]
    cells = [
        markdown("# 3.1.2 Recurrent networks\n\n循环神经网络"),
        code(INSTALL, "hide-input"),
        markdown("After this chapter you can read a log. Data: small. Read before: nothing."),
        code('cost("3_1_2_rnn")'),
        markdown("## The question"),
        *(code(f"x = {number}") for number in range(1, 10)),
        checked,
        markdown("## Exercises"),
        *exercise(1),
        *exercise(2),
        markdown("## What to remember\n\nA log is sparse."),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell{number}"
    return {
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    }


CLEAN = clean()
INSTALLS, CODE, EXERCISES, PROMPT, CHECK, TITLE_OF_SOLUTION, SOLUTION = 1, 5, 15, 17, 18, 19, 20
STDERR = {"output_type": "stream", "name": "stderr", "text": "careful"}
ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'sku'", "traceback": []}
NUMBERED = {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": 3}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_clean_notebook_keeps(rule) -> None:
    assert list(rule(deepcopy(CLEAN), "3_1_2_rnn")) == []


def put(index: int, **changes: object):
    """Make a fault: change fields of one cell."""
    return lambda notebook: notebook["cells"][index].update(changes)


def drop(index: int, n: int = 1):
    """Make a fault: remove n cells."""

    def fault(notebook: dict) -> None:
        del notebook["cells"][index : index + n]

    return fault


def kernel(name: str):
    """Make a fault: another kernel."""
    return lambda notebook: notebook["metadata"]["kernelspec"].update(name=name)


def information(**more: object):
    """Make a fault: more metadata of the notebook."""
    return lambda notebook: notebook["metadata"].update(more)


FAULTS = {
    rules.outputs_are_checked: [
        (put(CODE, outputs=[NUMBERED]), "cell 6 (x = 1) stores an output"),
        (put(14, outputs=[]), "cell 15 (1 + 1) is tagged nbval-check-output but"),
        (put(14, outputs=[STDERR]), "stores stderr: 'careful'"),
        (put(14, outputs=[ERROR]), "stores an error: KeyError: 'sku'"),
    ],
    rules.counts_are_in_order: [
        (put(CODE, execution_count=7), "cell 6 (x = 1) stores count 7, not None"),
        (put(14, execution_count=None), "cell 15 (1 + 1) stores count None, not 12"),
        (put(14, execution_count=40), "cell 15 (1 + 1) stores count 40, not 12"),
        (put(14, outputs=[NUMBERED]), "cell 15 (1 + 1) stores a count in an output"),
    ],
    rules.metadata_is_minimal: [
        (kernel("conda-env"), "the kernel is not python3"),
        (information(widgets={}), "the notebook has the metadata 'widgets'"),
        (information(language_info={"version": "3"}), "has version in its"),
        (put(CODE, metadata={"scrolled": True}), "the metadata 'scrolled'"),
        (
            put(CODE, metadata={"jupyter": {"outputs_hidden": True}}),
            "has outputs_hidden in its metadata 'jupyter'",
        ),
    ],
    rules.ids_are_unique: [
        (put(CODE, id=""), "cell 6 (x = 1) has no id"),
        (put(CODE, id="cell4"), "cell 6 (x = 1) has the id of cell 5"),
    ],
    rules.tags_are_known: [
        (put(CODE, metadata={"tags": ["remove-output"]}), "the tag 'remove-output'"),
        (put(CODE, metadata={"tags": ["remove-cell"]}), "the tag 'remove-cell'"),
        (put(CODE, metadata={"tags": ["remove-stderr"]}), "the tag 'remove-stderr'"),
        (put(CODE, metadata={"tags": ["nbval-skip"]}), "the tag 'nbval-skip'"),
    ],
    rules.title_is_complete: [
        (put(0, source="# 3.1 Recurrent\n\n循环"), "start with `# 3.1.2 <English"),
        (put(0, source="# Recurrent\n\n循环"), "start with `# 3.1.2 <English"),
        (put(0, source="# 3.1.2 Recurrent\n\nnets"), "must be the Chinese subtitle"),
        (put(0, source="# 3.1.2 循环\n\n循环"), "the title is English"),
        (put(4, source="# Another"), "is a second title"),
    ],
    rules.first_cell_installs: [
        (put(INSTALLS, source="import numpy"), 'contain `find_spec("recsys'),
        (put(INSTALLS, source='find_spec("recsys_helpers")'), "`git clone`"),
    ],
    rules.sections_are_in_order: [
        (drop(EXERCISES), "they must be `## Exercises`, `## What to remember`"),
        (drop(len(CLEAN["cells"]) - 1), "they must be `## Exercises`, `## What to remember`"),
    ],
    rules.card_is_complete: [
        (put(2, source="Welcome."), "does not say `After this chapter you can`"),
        (put(2, source="After this chapter you can read."), "does not say `Data:`"),
        (put(3, source="x = 1"), 'no code cell before the first section calls `cost("3_1_2_rnn")`'),
    ],
    rules.cells_are_short: [
        (drop(CODE, 3), "9 code cells without the exercises"),
        (lambda nb: nb["cells"].extend([code("x = 1")] * 34), "46 code cells"),
        (put(CODE, source="x = 1\n" * 26), "has 26 lines of code; allowed are 1 to 25"),
        (put(CODE, source=" "), "cell 6 (empty) has 0 lines"),
        (put(SOLUTION, source="x = 1\n" * 26), "has 26 lines of code; allowed"),
    ],
    rules.exercises_are_complete: [
        (put(PROMPT, metadata={}), "1 cells are tagged exercise"),
        (lambda nb: nb.update(cells=nb["cells"][:15]), "0 cells are tagged"),
        (
            put(PROMPT, source="def answer_1(log):\n    return 3"),
            "must define `answer_1`, whose last line is `return ...`",
        ),
        (put(PROMPT, source="def answer_7(log):\n    return ..."), "must define `answer_1`"),
        (
            put(CHECK, source="check_1(answer_1); print(1)"),
            "must be a code cell with just `check_1(answer_1)`",
        ),
        (put(CHECK, metadata={}), "needs the tag raises-exception"),
        (put(TITLE_OF_SOLUTION, source="### Answer"), "no heading `### Solution 1`"),
        (drop(SOLUTION), "a code cell with `solution_1` must follow"),
        (put(SOLUTION, source="check_1(solution_1)"), "must define the function `solution_1`"),
        (
            put(SOLUTION, source="def solution_1():\n    return 1"),
            "must call `check_1(solution_1)`",
        ),
        (put(SOLUTION, metadata={"tags": ["hide-cell"]}), "must be folded"),
        (
            put(CODE, metadata={"tags": ["raises-exception"]}),
            "is tagged raises-exception but is no check",
        ),
    ],
}


@pytest.mark.parametrize(
    ("rule", "plant", "message"),
    [(rule, *fault) for rule, faults in FAULTS.items() for fault in faults],
)
def test_a_planted_fault_is_found(rule, plant, message: str) -> None:
    notebook = deepcopy(CLEAN)
    plant(notebook)
    problems = list(rule(notebook, "3_1_2_rnn"))
    assert any(message in problem for problem in problems), problems


def test_every_rule_has_a_planted_fault() -> None:
    assert set(FAULTS) == set(rules.RULES)


def test_the_conclusion_has_no_number() -> None:
    notebook = deepcopy(CLEAN)
    notebook["cells"][0]["source"] = "# Conclusion\n\n结论"
    assert list(rules.title_is_complete(notebook, "7_conclusion")) == []
    assert list(rules.title_is_complete(deepcopy(CLEAN), "7_conclusion")) != []
