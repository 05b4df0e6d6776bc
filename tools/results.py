"""Measure what each chapter costs: python tools/results.py [NOTEBOOK …], or make results.

Each notebook is executed in a process of its own, and its seconds and peak memory are written to
data/results/chapters.json, which the chapters and `python -m recsys_book.check` read. Entries
of notebooks that were not asked for stay. All entries come from one machine: where this is another
one than the record's, measure all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat

from recsys_book import machine
from recsys_book.execution import CellError, Chapter

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
RECORD = ROOT / "data" / "results" / "chapters.json"
SAME = ("processor", "cores", "platform", "python")
MIB = 1024**2


def execute(path: Path, timeout: int) -> tuple[float, float] | str:
    """Run a notebook without changing its file; return seconds and MiB, or what went wrong.

    Call it in a process that has had no other child: memory is that of the largest child so far.
    """
    import resource  # noqa: PLC0415  (not on Windows, where the tests import this file too)

    notebook = nbformat.v4.reads(path.read_text("utf-8"))  # type: ignore[no-untyped-call]
    try:
        seconds = Chapter(notebook, path.parent, timeout).run()
    except CellError as error:
        return str(error)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return seconds, (peak if sys.platform == "darwin" else peak * 1024) / MIB


def measure(path: Path, timeout: int) -> dict[str, Any]:
    """Return the entry of one notebook, executed in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        outcome = fresh.submit(execute, path, timeout).result()
    if isinstance(outcome, str):
        raise RuntimeError(f"{path.name} did not run to its end:\n{outcome}")
    return {
        "seconds": round(outcome[0], 1),
        "peak_mib": round(outcome[1]),
        "measured": date.today().isoformat(),
        "version": version("recsys-helpers"),
    }


def read(path: Path) -> dict[str, Any]:
    """Return the record, empty if there is none yet."""
    if not path.is_file():
        return {"machine": {}, "chapters": {}}
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def write(path: Path, record: dict[str, Any]) -> None:
    """Write the record in a fixed order, whole or not at all."""
    ordered = {"machine": record["machine"], "chapters": dict(sorted(record["chapters"].items()))}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".json.part")
    draft.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, path)


def differences(there: dict[str, Any], here: dict[str, Any]) -> str:
    """Name the facts in which two machines differ, empty if times may stand side by side."""
    differing = [fact for fact in SAME if there.get(fact) != here[fact]]
    return ", ".join(f"{fact} {there.get(fact)}, here {here[fact]}" for fact in differing)


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description="Measure what each chapter costs; all of them, unless some are named."
    )
    parser.add_argument(
        "notebook", nargs="*", type=Path, help="such as notebooks/1_background.ipynb"
    )
    parser.add_argument("--timeout", type=int, default=600, help="seconds for a cell (600)")
    options = parser.parse_args(arguments)
    every = sorted(NOTEBOOKS.glob("*.ipynb"))
    chosen = [path.resolve() for path in options.notebook] or every
    if absent := [str(path) for path in chosen if not path.is_file()]:
        parser.error(f"no such notebook: {', '.join(absent)}")

    record, here = read(RECORD), machine.facts()
    kept = {path.stem: record["chapters"].get(path.stem) for path in every}
    kept = {name: entry for name, entry in kept.items() if entry is not None}
    if differing := differences(record["machine"], here):
        if set(kept) - {path.stem for path in chosen}:
            print(f"The record is of another machine ({differing}): measure all.", file=sys.stderr)
            return 1
        kept = {}
    record = {"machine": here, "chapters": kept}
    for path in chosen:
        try:
            entry = measure(path, options.timeout)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        record["chapters"][path.stem] = entry
        write(RECORD, record)
        print(f"{entry['seconds']:8.1f} s {entry['peak_mib']:6d} MiB  {path.stem}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
