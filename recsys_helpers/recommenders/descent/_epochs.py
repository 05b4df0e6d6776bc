"""What factor models share in training: initial vectors, batches, and the learning curve."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from recsys_helpers._types import F32, I64

START = 0.1
"""Standard deviation of the entries of the initial vectors."""


def start_vectors(counts: I64, dim: int, rng: np.random.Generator) -> F32:
    """Draw an initial vector for each user or item; it is 0 for one without a training row."""
    vectors = rng.normal(0, START, (len(counts), dim)).astype(np.float32)
    vectors[counts == 0] = 0
    return vectors


def batches(n: int, size: int | None, rng: np.random.Generator) -> Iterator[I64]:
    """Yield 0 … n − 1 in shuffled batches; as one batch, in order, if `size` is None."""
    if size is None:
        yield np.arange(n)
        return
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


class Curve(list[dict[str, float]]):
    """The learning curve: for each epoch its number, from 1, the loss, and the seconds so far."""

    def __init__(self) -> None:
        super().__init__()
        self.start = perf_counter()

    def add(self, loss: float) -> None:
        """Add an epoch.

        Raises
        ------
        ValueError
            If the loss is not a finite number.
        """
        epoch = len(self) + 1
        if not np.isfinite(loss):
            raise ValueError(
                f"the loss grew beyond all bounds in epoch {epoch}: lower the learning rate"
            )
        self.append({"epoch": epoch, "loss": loss, "seconds": perf_counter() - self.start})
