"""What splits refuse."""

from __future__ import annotations

import numpy as np

from recsys_helpers._split_parts import TRAIN
from recsys_helpers._types import I64


def shares(valid: float, test: float) -> None:
    """Raise unless both are shares of a whole that leave something."""
    for name, share, lowest in (("valid", valid, "0 or more"), ("test", test, "more than 0")):
        number = isinstance(share, (int, float, np.number)) and not isinstance(share, bool)
        if not number or not 0 <= share < 1 or (share == 0 and name == "test"):
            raise ValueError(f"{name} must be a share of {lowest} and less than 1, not {share!r}")
    if valid + test >= 1:
        raise ValueError(f"valid={valid} and test={test} leave nothing to train on")


def train(part: I64) -> None:
    """Raise unless some row is left to train on."""
    if not (part == TRAIN).any():
        raise ValueError("the held-out parts leave nothing to train on. Choose smaller shares")
