"""The memory that this process may use: a container may allow less than the machine has."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from recsys_helpers.display import size

CGROUP = Path("/sys/fs/cgroup")


def memory() -> tuple[int | None, int | None]:
    """Return how much memory this process may use, and how much is available now, in bytes.

    A container's limit counts where it is below the machine's memory.

    Returns
    -------
    total, available
        None for what this system does not report.
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


def require_memory(n_bytes: int, what: str, advice: str) -> None:
    """Raise if fewer bytes are available now than are needed.

    Operating systems often promise memory that they do not have, and later end the process without
    a message. Where the system does not report what is available, nothing is checked.

    Parameters
    ----------
    n_bytes
        How many are needed at the peak.
    what, advice
        The beginning and the end of the message: what needs it, and what to do.

    Raises
    ------
    MemoryError
        If less is available.
    """
    _, available = memory()
    if available is not None and n_bytes > available:
        raise MemoryError(
            f"{what} needs about {size(n_bytes)}, and {size(available)} are available: {advice}"
        )


def _machine_memory() -> tuple[int | None, int | None]:
    """Ask psutil if it is installed, else the operating system."""
    try:
        now = import_module("psutil").virtual_memory()
    except ImportError:
        return _pages("SC_PHYS_PAGES"), _pages("SC_AVPHYS_PAGES")
    return int(now.total), int(now.available)


def _pages(name: str) -> int | None:
    """Return a number of memory pages in bytes; Windows lacks this call, macOS some names."""
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
