"""Say whether this machine is ready for the book, and what to do if it is not.

``python -m recsys_book.check`` prints versions, memory, the data found and the minutes that the
whole book will need. It imports nothing but the standard library to do so, except where a package
is there to be asked, and it never imports TensorFlow.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

from recsys_book import _installed, machine, schedule

OLDEST, NEWEST = (3, 11), (3, 13)
PURPOSES = {
    "": "the helpers",
    "neural": "chapters with neural networks",
    "book": "building the book and JupyterLab",
    "test": "the tests",
}
MIB = 1024**2
LAYOUT: dict[str, Any] = {"subsequent_indent": "    ", "break_on_hyphens": False}


@dataclass(frozen=True)
class Finding:
    """One part of the report.

    Parameters
    ----------
    lines
        What was found, ready to print.
    problems
        What stands in the way of the book, each with what to do about it.
    """

    lines: list[str]
    problems: list[str]


def checkout() -> Path | None:
    """Return the folder of the repository that this package is imported from, if it is one.

    Returns
    -------
    Path or None
        None for a package that was installed without the book.
    """
    root = Path(__file__).parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "notebooks").is_dir() else None


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Report Python and the system.

    Parameters
    ----------
    version
        Major and minor number of the Python to judge.

    Returns
    -------
    Finding
        A problem if the book does not run on this Python.
    """
    lines = [
        f"Python     {platform.python_version()} ({sys.executable})",
        f"System     {platform.system()} {platform.machine()}, {machine.processor()}, "
        f"{_counted(machine.cores(), 'core')}",
    ]
    if OLDEST <= version <= NEWEST:
        return Finding(lines, [])
    return Finding(
        lines,
        [
            f"Python {_dotted(version)} is not supported: install Python {_dotted(OLDEST)} to "
            f"{_dotted(NEWEST)} and make the environment with it "
            f"(make book PYTHON=/path/to/python{_dotted(NEWEST)})"
        ],
    )


def check_data(root: Path | None) -> Finding:
    """Look for the MovieLens sets where `load_movielens` does, and check the one the book reads.

    Parameters
    ----------
    root
        The checkout, or None: then the data may just as well be downloaded when first asked for.

    Returns
    -------
    Finding
        A problem if the small set is absent or is not what was published.
    """
    try:
        from recsys_helpers.datasets import movielens  # noqa: PLC0415  (its packages may be missing)
    except ImportError as error:
        return Finding([f"Data       not looked for, since {error.name} is missing"], [])
    places = movielens.data_folders()
    lines, problems = ["Data"], []
    for size, source in movielens.SOURCES.items():
        found = next((hit for place in places if (hit := movielens._find(source, place))), None)
        lines.append(f"  MovieLens {size}: {found or 'not here; downloaded when first asked for'}")
    try:
        movielens.load_movielens("small", download=False)
    except FileNotFoundError:
        if root is not None:
            problems.append(
                f"MovieLens small is not in {' or '.join(map(str, places))}: git restore data "
                "brings it back"
            )
    except (OSError, ValueError) as error:
        problems.append(f"MovieLens small cannot be used: {error}")
    return Finding(lines, problems)


def check_packages(root: Path | None) -> Finding:
    """Report the version of each package that the book names, without importing any.

    Parameters
    ----------
    root
        The checkout, or None: then only the packages of the helpers themselves are a must.

    Returns
    -------
    Finding
        A problem if something is missing or of a version that is not supported.
    """
    version = _installed.version()
    lines, bad, needed = [f"Packages   recsys_helpers {version or 'not installed'}"], [], []
    for group, requirements in _installed.requirements(root, list(PURPOSES)).items():
        packages = [_installed.look_up(requirement) for requirement in requirements]
        listed = ", ".join(str(package) for package in packages) or "not known"
        lines += wrap(listed, 98, initial_indent=f"  for {PURPOSES[group]}: ", **LAYOUT)
        lacking = [package for package in packages if not package.good]
        if lacking and (group == "" or (root is not None and group != "test")):
            bad += lacking
            needed.append(PURPOSES[group])
    names = [package.name for package in bad]
    if version is None:
        names.insert(0, "recsys_helpers")
        needed.insert(0, "the notebooks")
    if not names:
        return Finding(lines, [])
    return Finding(
        lines,
        [
            f"Missing, or of another version than needed: {_listed(names)}, for "
            f"{_listed(needed)}. Install with\n{_installed.command(root, bad)}"
        ],
    )


def check_memory(record: dict[str, Any]) -> Finding:
    """Report the memory, and hold it against the chapter that needs most.

    Parameters
    ----------
    record
        What ``make results`` recorded of the chapters.

    Returns
    -------
    Finding
        A problem if the largest chapter does not fit.
    """
    total, available = machine.memory()
    if total is None:
        return Finding(["Memory     not told by this system"], [])
    free = "" if available is None else f", {_mib(available)} available"
    lines, problems = [f"Memory     {_mib(total)}{free}"], []
    peaks = {name: entry["peak_mib"] * MIB for name, entry in record.get("chapters", {}).items()}
    if peaks:
        largest = max(peaks, key=lambda name: peaks[name])
        need = f"{largest} needs {_mib(peaks[largest])} of memory"
        lines[0] += f"; the largest chapter, {need}"
        if peaks[largest] > total:
            problems.append(f"{need}, more than this machine has: run that chapter elsewhere")
        elif available is not None and peaks[largest] > available:
            problems.append(f"{need}, more than is available now: close other programs")
    return Finding(lines, problems)


def check_time(record: dict[str, Any], root: Path | None) -> Finding:
    """Estimate how long the whole book will take here.

    The recorded seconds are scaled by how long a fixed small piece of work takes here and took
    when they were recorded.

    Parameters
    ----------
    record
        What ``make results`` recorded of the chapters.
    root
        The checkout, or None.

    Returns
    -------
    Finding
        Never a problem.
    """
    chapters = record.get("chapters", {})
    notebooks = {path.stem for path in (root / "notebooks").glob("*.ipynb")} if root else set()
    if not chapters:
        told = "not recorded yet; make results measures it" if root else "known in a checkout only"
        return Finding([f"Time       {told}"], [])
    seconds = sum(entry["seconds"] for entry in chapters.values())
    here = "as recorded"
    try:
        seconds *= machine.calibrate() / record["machine"]["calibration_seconds"]
        here = "estimated for this machine"
    except (ImportError, KeyError, ZeroDivisionError):
        pass
    at_once = schedule.at_once(len(chapters))
    lines = [
        f"Time       {_minutes(seconds)} to execute the whole book, {here}, chapter after chapter; "
        f"the build runs {at_once} at once"
    ]
    if unknown := sorted(notebooks - set(chapters)):
        lines[0] += f"; not counting {_listed(unknown)}, not recorded yet"
    return Finding(lines, [])


def check() -> tuple[list[str], list[str]]:
    """Look at everything.

    Returns
    -------
    lines
        The report.
    problems
        What stands in the way of the book, each with what to do about it; empty if nothing does.
    """
    root = checkout()
    findings = [check_python()]
    if not findings[0].problems:  # with another Python, nothing else is worth judging
        record, broken = _record(root)
        findings += [check_memory(record), check_time(record, root), broken]
        findings += [check_data(root), check_packages(root)]
    return (
        [line for finding in findings for line in finding.lines],
        [problem for finding in findings for problem in finding.problems],
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the report.

    Parameters
    ----------
    arguments
        Of the command line, without the program's name.

    Returns
    -------
    int
        0 if the book can be run here, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m recsys_book.check", description=__doc__)
    parser.parse_args(arguments)
    lines, problems = check()
    print(*lines, "", sep="\n")
    if not problems:
        print("Ready.")
        return 0
    print("Not ready.")
    for problem in problems:
        print(f"- {problem}".replace("\n", "\n      "))
    return 1


def _record(root: Path | None) -> tuple[dict[str, Any], Finding]:
    """Read what ``make results`` recorded of the chapters."""
    path = root / "data" / "results" / "chapters.json" if root else None
    if path is None or not path.is_file():
        return {}, Finding([], [])
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}, Finding([], [f"{path} is damaged: git checkout -- {path} brings it back"])
    return record, Finding([], [])


def _minutes(seconds: float) -> str:
    """Write a duration as a reader plans with it."""
    if seconds < 60:
        return "less than a minute"
    return f"about {_counted(round(seconds / 60), 'minute')}"


def _mib(size: float) -> str:
    """Write a number of bytes in MiB or GiB."""
    return f"{size / MIB:.0f} MiB" if size < 1024 * MIB else f"{size / (1024 * MIB):.1f} GiB"


def _counted(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(names: list[str]) -> str:
    """Write names as a sentence does."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _dotted(version: tuple[int, int]) -> str:
    """Write a version."""
    return f"{version[0]}.{version[1]}"


if __name__ == "__main__":
    sys.exit(main())
