"""Chapters run side by side, the longest first, and a failure names its chapter and cell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from support.paths import ROOT

from recsys_book import machine, schedule
from recsys_book.execution import CellError, Chapter, side_by_side

GIB = 1024**3
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def notebook(*sources: str, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """Make a notebook of code cells, with text before each."""
    cells = []
    for source in sources:
        cells.append(nbformat.v4.new_markdown_cell("text"))
        cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}))
    return nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)


def printed(executed: nbformat.NotebookNode) -> str:
    """Return what the cells of an executed notebook print."""
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


# --- One notebook --------------------------------------------------------------------------------


def test_a_run_fills_in_the_outputs_and_changes_nothing_else(tmp_path: Path) -> None:
    made = notebook("import os", "print(os.getcwd())", tags=("hide-cell",))
    before = [(cell.source, dict(cell.metadata)) for cell in made.cells]
    assert Chapter(made, tmp_path, 60).run() > 0
    assert printed(made) == f"{tmp_path}\n"
    assert [(cell.source, dict(cell.metadata)) for cell in made.cells] == before


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("x = 5\nraise KeyError('sku')", ["cell 2: ", "x = 5\n", "KeyError: 'sku'"]),
        ("import warnings\nwarnings.warn('careful')", ["cell 2 writes to stderr:\n", "careful"]),
        ("import os\nos._exit(1)", ["cell 2: the kernel died"]),
        ("import time\ntime.sleep(600)", ["cell 2: ", "timed out", "time.sleep(600)"]),
    ],
)
def test_a_failure_names_its_cell(tmp_path: Path, source: str, messages: list[str]) -> None:
    with pytest.raises(CellError) as caught:
        Chapter(notebook("x = 1", source, "x"), tmp_path, 5).run()
    for message in messages:
        assert message in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_cell_may_be_tagged_to_raise(tmp_path: Path) -> None:
    made = notebook("1 / 0", "print('on')", tags=("raises-exception",))
    Chapter(made, tmp_path, 60).run()
    assert printed(made) == "on\n"


def test_variables_reach_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")  # the reader's own choice stays
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    made = notebook(
        "import os\nprint(os.environ['POLARS_MAX_THREADS'], os.environ['OMP_NUM_THREADS'])"
    )
    Chapter(made, tmp_path, 60).run({"POLARS_MAX_THREADS": "3", "OMP_NUM_THREADS": "1"})
    assert printed(made) == "3 7\n"


# --- Several -------------------------------------------------------------------------------------


def test_two_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "at_once", lambda jobs: 2)
    source = (
        "import pathlib, time\n"
        "pathlib.Path('{}').touch()\n"
        "while not pathlib.Path('{}').exists():\n"
        "    time.sleep(0.05)"
    )
    pair = {"a": notebook(source.format("a", "b")), "b": notebook(source.format("b", "a"))}
    outcomes = dict(
        side_by_side({name: Chapter(made, tmp_path, 60) for name, made in pair.items()})
    )
    assert all(isinstance(outcome, float) for outcome in outcomes.values()), outcomes


def test_the_longest_starts_first_and_a_failure_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "at_once", lambda jobs: 1)
    monkeypatch.setattr(schedule, "seconds", lambda: {"1_short": 1.0, "2_long": 9.0})
    names = ["book/new", "notebooks/1_short", "notebooks/2_long"]
    made = {name: notebook(f"open('order', 'a').write('{name} ')") for name in names}
    made["notebooks/2_long"].cells[-1].source += "\n1 / 0"
    outcomes = dict(side_by_side({name: Chapter(made[name], tmp_path, 60) for name in names}))
    assert (tmp_path / "order").read_text().split() == names[::-1]
    assert "ZeroDivisionError" in str(outcomes["notebooks/2_long"])
    assert isinstance(outcomes["notebooks/1_short"], float)


def test_an_interruption_ends_what_runs_and_starts_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "at_once", lambda jobs: 2)
    sources = {
        "quick": "import pathlib, time\nwhile not pathlib.Path('slow').exists(): time.sleep(0.05)",
        "slow": "import time\nopen('slow', 'w').close()\ntime.sleep(600)",
        "waiting": "import time\nopen('waiting', 'w').close()\ntime.sleep(600)",
        "never": "open('never', 'w').close()",
    }
    chapters = {name: Chapter(notebook(code), tmp_path, 600) for name, code in sources.items()}
    running = side_by_side(chapters)
    assert next(running)[0] == "quick"
    with pytest.raises(KeyboardInterrupt):
        running.throw(KeyboardInterrupt)
    assert not (tmp_path / "never").exists()


# --- The schedule --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cores", "available", "jobs", "expected"),
    [
        (2, 20 * GIB, 10, 2),
        (16, 20 * GIB, 10, 8),  # four fifths of 20 GiB hold eight of 2 GiB
        (16, 20 * GIB, 3, 3),
        (16, 1 * GIB, 10, 1),
        (4, None, None, 4),
        (4, 20 * GIB, 0, 1),
    ],
)
def test_as_many_at_once_as_cores_and_memory_allow(
    cores: int, available: int | None, jobs: int | None, expected: int, monkeypatch
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    monkeypatch.setattr(machine, "memory", lambda: (None, available))
    recorded = {"a": {"seconds": 1.0, "peak_mib": 2048}, "b": {"seconds": 2.0, "peak_mib": 100}}
    monkeypatch.setattr(schedule, "_recorded", lambda: recorded)
    assert schedule.at_once(jobs) == expected
    assert schedule.seconds() == {"a": 1.0, "b": 2.0}


def test_without_a_record_the_cores_decide(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(schedule, "RECORD", tmp_path / "chapters.json")
    monkeypatch.setattr(machine, "cores", lambda: 3)
    assert schedule.at_once() == 3
    assert schedule.seconds() == {}


@pytest.mark.parametrize(("processes", "threads"), [(2, "1"), (3, "1"), (1, "2")])
def test_the_cores_are_shared(processes: int, threads: str, monkeypatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 2)
    variables = schedule.environment(processes)
    assert {variables[name] for name in schedule.THREADS} == {threads}


# --- The build -----------------------------------------------------------------------------------

CONFIGURATION = """
import sys
sys.path.insert(0, {extensions!r})
extensions = ["myst_nb", "execution"]
nb_execution_mode = {mode!r}
nb_execution_raise_on_error = True
exclude_patterns = ["book"]
"""
PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---

# Page

```{toctree}
:glob:
notebooks/*
```

```{code-cell}
open("runs", "a").write("page ")
```
"""


def save(root: Path, name: str, *sources: str) -> None:
    """Write a chapter that notes each of its runs."""
    noted = [f"open('../runs', 'a').write('{name} ')", *sources]
    chapter = notebook(*noted)
    chapter.cells[0].source = f"# {name}"
    nbformat.write(chapter, root / "notebooks" / f"{name}.ipynb")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Make a book of a page with code and two chapters."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "index.md").write_text(PAGE)
    configure(tmp_path)
    save(tmp_path, "1_one", "print('first', 'output')")
    save(tmp_path, "2_two")
    return tmp_path


def configure(root: Path, mode: str = "cache") -> None:
    """Write the configuration of Sphinx."""
    text = CONFIGURATION.format(extensions=str(ROOT / "book" / "_ext"), mode=mode)
    (root / "conf.py").write_text(text)


def build(root: Path) -> subprocess.CompletedProcess[str]:
    """Build a book from nothing but its execution cache."""
    shutil.rmtree(root / "html", ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-E", str(root), str(root / "html")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def runs(root: Path) -> list[str]:
    """Tell what was executed, and forget it."""
    notes = root / "runs"
    names = sorted(notes.read_text().split()) if notes.exists() else []
    notes.unlink(missing_ok=True)
    return names


def test_the_build_executes_each_document_once(book: Path) -> None:
    outcome = build(book)
    assert outcome.returncode == 0, outcome.stderr
    assert "warning" not in outcome.stderr.lower()
    assert runs(book) == ["1_one", "2_two", "page"]
    assert "first output" in (book / "html" / "notebooks" / "1_one.html").read_text()
    for name in ("index", "notebooks/1_one", "notebooks/2_two"):
        (line,) = [line for line in outcome.stdout.splitlines() if line.endswith(f"  {name}")]
        assert " s " in line

    save(book, "2_two", "print('another')")
    outcome = build(book)
    assert outcome.returncode == 0, outcome.stderr
    assert runs(book) == ["2_two"]
    assert "first output" in (book / "html" / "notebooks" / "1_one.html").read_text()
    assert "another" in (book / "html" / "notebooks" / "2_two.html").read_text()


def test_a_failure_stops_the_build_before_a_page_is_read(book: Path) -> None:
    save(book, "1_one", "raise ValueError('bad')")
    outcome = build(book)
    assert outcome.returncode != 0
    assert "notebooks/1_one, cell 2: " in outcome.stderr
    assert "ValueError: bad" in outcome.stderr
    assert "reading sources" not in outcome.stdout
    assert runs(book) == ["1_one", "2_two", "page"]

    save(book, "1_one", "print('mended')")
    assert build(book).returncode == 0
    assert runs(book) == ["1_one"]


def test_nothing_runs_where_execution_is_off(book: Path) -> None:
    configure(book, mode="off")
    outcome = build(book)
    assert outcome.returncode == 0, outcome.stderr
    assert runs(book) == []


# --- The tests of the notebooks ------------------------------------------------------------------


def test_pytest_takes_the_longest_notebook_first(tmp_path: Path) -> None:
    shutil.copy(ROOT / "notebooks" / "conftest.py", tmp_path)
    names = sorted(schedule.seconds(), key=schedule.seconds().__getitem__)
    chosen = [names[0], names[-1]]
    check = "import os\nassert os.environ['OMP_NUM_THREADS'] == os.environ['SHARE']"
    for name in chosen:
        nbformat.write(notebook(check), tmp_path / f"{name}.ipynb")
    variables = {name: value for name, value in os.environ.items() if name not in schedule.THREADS}
    variables["SHARE"] = schedule.environment(schedule.at_once(2))["OMP_NUM_THREADS"]
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider"]
    listed = subprocess.run(
        [*command, "--collect-only", "-q", str(tmp_path)],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    collected = [line for line in listed.stdout.splitlines() if "::" in line]
    assert [Path(line.partition("::")[0]).stem for line in collected] == chosen[::-1]
    distributed = subprocess.run(
        [*command, "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", str(tmp_path)],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert distributed.returncode == 0, distributed.stdout
