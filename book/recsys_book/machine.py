"""What this machine is: processor, cores, memory, and how fast it is beside another one."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from recsys_helpers._machine import memory

__all__ = ["calibrate", "cores", "facts", "memory", "processor"]


def facts() -> dict[str, Any]:
    """Return what a recorded time depends on.

    Returns
    -------
    dict
        Processor, cores, memory in GiB, platform, Python, and the seconds of `calibrate`.
    """
    total, _ = memory()
    return {
        "processor": processor(),
        "cores": cores(),
        "memory_gib": None if total is None else round(total / 1024**3, 1),
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "calibration_seconds": round(calibrate(), 4),
    }


def processor() -> str:
    """Return the name of the processor, or of its architecture where the name is hidden.

    Returns
    -------
    str
        For instance "AMD EPYC 7763 64-Core Processor".
    """
    try:
        if sys.platform == "linux":
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
                if line.startswith("model name"):
                    return " ".join(line.partition(":")[2].split())
        if sys.platform == "darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.check_output(command, text=True).strip()
    except (OSError, subprocess.CalledProcessError):
        pass
    return platform.processor() or platform.machine()


def cores() -> int:
    """Return how many processor cores this process may use.

    Returns
    -------
    int
        At least 1.
    """
    if hasattr(os, "sched_getaffinity"):  # Linux, where a process may be held to some of the cores
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def calibrate() -> float:
    """Return the seconds that a fixed piece of work takes here, the fastest of three runs.

    Half of the work is a product of matrices, half a loop in Python. The ratio of two machines'
    figures tells roughly how much longer a notebook takes on one than on the other.

    Returns
    -------
    float
        Seconds, well below one on a machine of this decade.
    """
    import numpy as np  # noqa: PLC0415  (the check must start where NumPy is missing)

    matrix = np.random.default_rng(0).standard_normal((600, 600))
    runs = []
    for _ in range(3):
        start = perf_counter()
        for _ in range(4):
            matrix @ matrix
        total = 0
        for number in range(500_000):
            total += number % 7
        runs.append(perf_counter() - start)
    return min(runs)
