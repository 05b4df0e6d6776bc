"""How many kinds of bad input are tried, counted from the tests that try them.

A test that expects a refusal says of which group by ``@pytest.mark.bad_input(group, by=names)``.
Each value of the parameters named in `by` is a kind; of all parameters if `by` is left out, and the
whole test is one kind where `by` is empty or it has none, however many things it tries.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from support import wrong_kinds
from support.paths import ROOT

TABLE = ROOT / "book" / "api" / "bad_input.csv"
FUZZED = ROOT / "benchmarks" / "results" / "fuzz.json"

ANSWERS = {
    "arguments of the wrong kind": "`TypeError` or `ValueError` that names the argument",
    "settings and arrays out of range": "`ValueError` that names the argument and its bounds",
    "text files": "`ValueError` that names the line, and what to say instead",
    "packed files and Parquet": "`ValueError` that names the file; `MemoryError` before a bomb",
    "frames and item tables": "`ValueError` or `TypeError` that names column and row",
    "times": "`ValueError` that names the row and the unit; a warning for marks such as −1",
    "splits and judgements": "`ValueError` that names what does not fit; a warning where unsure",
    "saved recommenders and checkpoints": "`ValueError` that names the file; an earlier save stays",
    "requests to the service": "status 400 with a reason in JSON",
}
"""What each group gets, in the order of the table."""

DOORS = {
    "csv": ("bytes for `from_csv` from a fuzzer", "a log, or an error of the kinds above"),
    "saved": ("bytes for `load_recommender` from a fuzzer", "a recommender, or an error as above"),
    "service": ("requests from a fuzzer", "a list, or status 400"),
}


def table() -> str:
    """Return the table of the page as CSV."""
    counts = kinds()
    if unknown := set(counts) ^ set(ANSWERS):
        raise ValueError(f"groups without a test or without an answer: {unknown}")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("what is given", "kinds", "what it gets"))
    for group, answer in ANSWERS.items():
        rows.writerow((group, f"{counts[group]:,}", answer))
    rows.writerow(("**together**", f"**{counts.total():,}**", "none is accepted in silence"))
    for door in json.loads(FUZZED.read_text(encoding="utf-8"))["doors"]:
        given, answer = DOORS[door["door"]]
        rows.writerow((given, f"{door['tried']:,} inputs", f"{answer}; {door['failed']} others"))
    return text.getvalue()


@cache
def kinds() -> Counter[str]:
    """Return the number of kinds in each group."""
    wanted_and_given = {(wanted, label) for *_, wanted, label in wrong_kinds.cases()}
    found = Counter({"arguments of the wrong kind": len(wanted_and_given)})
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "mark.bad_input(" in path.read_text(encoding="utf-8"):
            for test in vars(_loaded(path)).values():
                marks = getattr(test, "pytestmark", [])
                for mark in marks if isinstance(marks, list) else []:
                    if mark.name == "bad_input":
                        found[mark.args[0]] += _n_kinds(marks, mark.kwargs.get("by"))
    return found


def _n_kinds(marks: list[Any], by: tuple[str, ...] | None) -> int:
    """Return how many values the named parameters take together."""
    sizes = []
    for mark in marks:
        if mark.name == "parametrize":
            names = mark.args[0]
            names = {*(names.split(",") if isinstance(names, str) else names)}
            if by is None or names & {*by}:
                sizes.append(len(mark.args[1]))
    return math.prod(sizes)


def _loaded(path: Path) -> Any:
    """Return a module of tests under a name of its own, imported anew."""
    spec = importlib.util.spec_from_file_location(f"counted_{path.stem}_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
