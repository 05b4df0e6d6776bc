"""Strip the notebooks of all that a run leaves behind; store the outputs that are checked.

    python tools/notebooks.py            strip, and run the notebooks that have checked cells
    python tools/notebooks.py --check    run nothing; exit 1 if stripping would change a notebook

Only cells tagged ``nbval-check-output`` keep outputs; these come from a fresh kernel. They also
keep a count, that of a run from top to bottom: nbval takes a cell without one for never run.
"""

from __future__ import annotations

import argparse
import sys
from hashlib import sha256
from pathlib import Path

import nbformat

from recsys_book.execution import Chapter

ROOT = Path(__file__).parents[1]
CHECKED = "nbval-check-output"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT_OF_CELLS = {"tags", "jupyter", "mystnb"}
SECONDS = 600


def is_checked(cell: nbformat.NotebookNode) -> bool:
    """Tell whether a cell's outputs are stored and compared."""
    return cell.cell_type == "code" and CHECKED in cell.metadata.get("tags", [])


def read(text: str) -> nbformat.NotebookNode:
    """Read a notebook as it is; nbformat.read would give missing ids at random."""
    return nbformat.v4.reads(text)


def write(notebook: nbformat.NotebookNode) -> str:
    """Write a notebook as text that ends in one line break."""
    nbformat.validate(notebook)
    return nbformat.v4.writes(notebook).rstrip("\n") + "\n"


def strip(notebook: nbformat.NotebookNode) -> None:
    """Remove outputs, counts and metadata in place; give cells without an id a stable one."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    count = 0
    for number, cell in enumerate(notebook.cells):
        identity = sha256(f"{number}\0{cell.source}".encode()).hexdigest()[:8]
        cell.setdefault("id", identity)
        _strip_metadata(cell)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count if is_checked(cell) else None
            cell.outputs = [_stable(output) for output in cell.outputs] if is_checked(cell) else []


def _strip_metadata(cell: nbformat.NotebookNode) -> None:
    kept = {key: value for key, value in cell.metadata.items() if key in KEPT_OF_CELLS and value}
    if "jupyter" in kept:
        kept["jupyter"] = {"source_hidden": True} if kept["jupyter"].get("source_hidden") else {}
    cell.metadata = nbformat.from_dict({key: value for key, value in kept.items() if value})


def _stable(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})
    if "execution_count" in output:
        output.execution_count = None
    output.pop("transient", None)
    return output


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a copy in a fresh kernel and store the outputs of the checked cells.

    Raises ``RuntimeError`` when a cell raises, writes to stderr, or is checked but shows nothing.
    """
    run = nbformat.from_dict(notebook)
    Chapter(run, folder, SECONDS).run()
    for number, (cell, fresh) in enumerate(zip(notebook.cells, run.cells, strict=True), start=1):
        for output in fresh.get("outputs", []):
            if output.output_type == "error":
                raise RuntimeError(f"cell {number}: {output.ename}: {output.evalue}")
        if is_checked(cell):
            if not fresh.outputs:
                raise RuntimeError(f"cell {number} is tagged {CHECKED} but shows nothing")
            cell.outputs = [_stable(output) for output in fresh.outputs]


def name(path: Path) -> str:
    """Name a notebook from the repository's root where it lies inside."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, run nothing")
    parser.add_argument("paths", nargs="*", type=Path, help="default: notebooks/*.ipynb")
    options = parser.parse_args(arguments)
    failed = 0
    for path in options.paths or sorted(ROOT.glob("notebooks/*.ipynb")):
        before = path.read_text(encoding="utf-8")
        notebook = read(before)
        strip(notebook)
        if options.check:
            if write(notebook) != before:
                print(f"{name(path)} is not stripped; run `make notebooks`", file=sys.stderr)
                failed = 1
            continue
        try:
            if any(map(is_checked, notebook.cells)):
                execute(notebook, path.parent)
        except RuntimeError as error:
            print(f"{name(path)} fails, left as it was: {error}", file=sys.stderr)
            failed = 1
            continue
        if write(notebook) != before:
            path.write_text(write(notebook), encoding="utf-8")
            print(f"{name(path)} written")
    return failed


if __name__ == "__main__":
    sys.exit(main())
