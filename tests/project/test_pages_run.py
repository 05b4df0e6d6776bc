"""The executed pages outside the notebooks run quietly and clean up after themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

BOOK = ROOT / "book"
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(?::[^\n]*\n)*(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    "own_data.md",
    "3_core_algorithms.md",
    "3_1_deep_learning.md",
    "3_2_machine_learning.md",
    "5_future_trends.md",
    "6_questions.md",
]
LONGEST = 25
WIDEST = 80
RUNNER = """
import ast
import sys
from pathlib import Path

names = {"__name__": "page"}


def in_words(thing):
    return thing._repr_markdown_() if hasattr(thing, "_repr_markdown_") else repr(thing)


for number, file in enumerate(sys.argv[1:], start=1):
    code = ast.parse(Path(file).read_text(encoding="utf-8"), f"cell {number}")
    last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
    exec(compile(code, f"cell {number}", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        if value is not None:
            print(in_words(value))
"""


def cells(page: str) -> list[str]:
    """Return the code of each cell of a page, without its tags."""
    text = (BOOK / page).read_text(encoding="utf-8")
    found = CELL.findall(text)
    assert len(found) == text.count("```{code-cell}")
    return found


def run(code: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Execute cells one after the other, from an empty folder and with a temporary folder apart."""
    for name in ("cells", "here", "temp"):
        (folder / name).mkdir()
    files = [folder / "cells" / f"{number:03}.py" for number in range(len(code))]
    for file, cell in zip(files, code, strict=True):
        file.write_text(cell, encoding="utf-8")
    temporary = {name: str(folder / "temp") for name in ("TMPDIR", "TEMP", "TMP")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER, *map(str, files)],
        cwd=folder / "here",
        env={**os.environ, **temporary, "MPLBACKEND": "agg"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_quietly_and_leaves_nothing_behind(page: str, tmp_path: Path) -> None:
    outcome = run(cells(page), tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr == ""
    assert outcome.stdout
    assert list((tmp_path / "here").iterdir()) == []
    assert list((tmp_path / "temp").iterdir()) == []


@pytest.mark.parametrize("page", PAGES)
def test_cells_are_short(page: str) -> None:
    for cell in cells(page):
        lines = [line for line in cell.splitlines() if line.strip()]
        assert len(lines) <= LONGEST, cell
        assert max(map(len, lines)) <= WIDEST, cell


def test_a_failing_cell_is_found(tmp_path: Path) -> None:
    outcome = run(["x = 1\nx", "assert x == 2"], tmp_path)
    assert outcome.stdout == "1\n"
    assert outcome.returncode != 0
    assert "cell 2" in outcome.stderr
    assert "AssertionError" in outcome.stderr
