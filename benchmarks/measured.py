"""One measurement: the seconds of fitting and of making all lists, and the most memory held."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

K = 10
NEIGHBOURS = 30
REGULARISATION = 100.0
SAMPLE = 200
"""Rows of an EASE matrix that are compared."""


def measure(fit: Callable, lists: Callable) -> tuple[object, np.ndarray, dict]:
    """Run `fit()`, then `lists(model)`, and return model, lists and what they took."""
    before = peak()
    start = perf_counter()
    model = fit()
    fitted = perf_counter()
    items = lists(model)
    done = perf_counter()
    taken = {
        "fit": fitted - start,
        "top": done - fitted,
        "before": before,
        "peak": peak(),
    }
    return model, items, taken


def peak() -> float:
    """Return the most memory this process has held so far, in MiB."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 2**20 if sys.platform == "darwin" else held / 2**10


def save(path: str, taken: dict, items: np.ndarray, **learnt: np.ndarray) -> None:
    """Write lists and what was learnt to a file, and what it took to stdout as the last line."""
    np.savez(path, items=np.asarray(items, np.int32), **learnt)
    print(json.dumps(taken))
