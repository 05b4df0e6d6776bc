"""What this machine is: processor, cores, memory, and how fast it is beside another one."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

CGROUP = Path("/sys/fs/cgroup")


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


def memory() -> tuple[int | None, int | None]:
    """Return the memory that this process may use, and what of it is available now, in bytes.

    A container's limit counts where it is below the machine's memory.

    Returns
    -------
    total, available
        None for what this system does not tell.
    """
    total, available = _machine_memory()
    limit = _number(CGROUP / "memory.max") or _number(CGROUP / "memory" / "memory.limit_in_bytes")
    if limit is None or (total is not None and limit >= total):
        return total, available
    used = _number(CGROUP / "memory.current") or _number(
        CGROUP / "memory" / "memory.usage_in_bytes"
    )
    if used is not None:
        left = max(limit - used, 0)
        available = left if available is None else min(available, left)
    return limit, available


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


def _machine_memory() -> tuple[int | None, int | None]:
    """Ask psutil if it is there, else the operating system."""
    try:
        now = import_module("psutil").virtual_memory()
    except ImportError:
        return _pages("SC_PHYS_PAGES"), _pages("SC_AVPHYS_PAGES")
    return int(now.total), int(now.available)


def _pages(name: str) -> int | None:
    """Return a number of memory pages in bytes; Windows has no such call, macOS not every name."""
    if not hasattr(os, "sysconf") or name not in os.sysconf_names:
        return None
    return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")


def _number(path: Path) -> int | None:
    """Read a control group's file; "max" means that there is no limit."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdigit() else None
