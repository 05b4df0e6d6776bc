"""Checks of single numbers that a caller gives."""

from __future__ import annotations

import numpy as np


def whole(name: str, value: int, least: int) -> None:
    """Raise unless the value is a whole number and large enough."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")


def positive(name: str, value: float) -> None:
    """Raise unless the value is larger than 0."""
    if not value > 0:
        raise ValueError(f"{name} must be positive, not {value}")
