"""Run pytest again and again, each time in a fork of a process that has imported what is slow.

Each line of standard input is one run in JSON: folder, arguments and seconds. Each line of output
is its exit status, negative if a signal ended it, as it does when the time is up.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import hypothesis.extra.numpy  # noqa: F401
import narwhals  # noqa: F401
import numpy as np  # noqa: F401
import pandas as pd  # noqa: F401
import polars as pl  # noqa: F401
import pytest
import scipy.sparse  # noqa: F401
import sklearn.svm  # noqa: F401


def run(folder: str, arguments: list[str], seconds: float) -> int:
    """Return the exit status of pytest in a folder."""
    if (child := os.fork()) == 0:
        signal.alarm(int(seconds))
        os.chdir(folder)
        paths = [folder, str(Path(folder) / "book")]
        sys.path[:0] = paths
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
        sys.dont_write_bytecode = True  # of the code that was changed
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os._exit(pytest.main(arguments))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        print(run(**json.loads(line)), flush=True)
