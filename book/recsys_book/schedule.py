"""How many chapters run side by side on this machine, and on how many threads each.

Two chapters on one thread each get more done than one chapter on two threads, since small matrices
share out badly. The build and the tests of the notebooks ask here; `make results` does not, because
it measures each chapter alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from recsys_book import machine

RECORD = Path(__file__).parents[2] / "data" / "results" / "chapters.json"
MIB = 1024**2
SHARE = 0.8  # of the available memory; the rest is for the build itself and what else runs
THREADS = (
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def seconds() -> dict[str, float]:
    """Return what each chapter took when it was last measured, so that the longest can go first.

    Returns
    -------
    dict
        Seconds by the notebook's name without suffix; chapters that were never measured are absent.
    """
    return {name: entry["seconds"] for name, entry in _recorded().items()}


def at_once(jobs: int | None = None) -> int:
    """Return how many processes that are as large as a chapter run side by side here.

    One for each processor core, as far as the memory holds that many of the largest chapter.

    Parameters
    ----------
    jobs
        How many there are to run; no limit unless given.

    Returns
    -------
    int
        At least 1.
    """
    limits = [machine.cores()]
    if jobs is not None:
        limits.append(jobs)
    _, available = machine.memory()
    peaks = [MIB * entry["peak_mib"] for entry in _recorded().values()]
    if peaks and available is not None:
        limits.append(int(SHARE * available / max(peaks)))
    return max(1, min(limits))


def environment(processes: int) -> dict[str, str]:
    """Return the environment variables that share the machine between processes.

    Parameters
    ----------
    processes
        How many run side by side.

    Returns
    -------
    dict
        An equal number of threads for each library that starts its own, and for TensorFlow only as
        much of a graphics card's memory as it uses.
    """
    threads = str(max(1, machine.cores() // processes))
    return dict.fromkeys(THREADS, threads) | {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}


def _recorded() -> dict[str, dict[str, Any]]:
    """Read what ``make results`` recorded of the chapters, nothing where it never ran."""
    if not RECORD.is_file():
        return {}
    chapters: dict[str, dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))["chapters"]
    return chapters
