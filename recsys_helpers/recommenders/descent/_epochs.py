"""What recommenders that descend a loss do alike: rules by name, batches, a trace of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Protocol

import numpy as np

from recsys_helpers._types import F32, I64
from recsys_helpers.optimizers.rules import RULES, Optimizer

START = 0.1
"""Standard deviation of the numbers from which vectors start."""


class Traced(Protocol):
    """What `trace` asks of a recommender."""

    epochs: int
    curve: list[dict[str, float]]


def trace(model: Traced, epoch: Callable[[int], float]) -> None:
    """Run all epochs and keep what each came to in `model.curve`: epoch, loss and seconds so far.

    Raises
    ------
    ValueError
        If a loss is no finite number.
    """
    model.curve = []
    start = perf_counter()
    for number in range(1, model.epochs + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            loss = epoch(number)
        if not np.isfinite(loss):
            raise ValueError(
                f"the loss grew beyond all bounds in epoch {number}: lower the learning rate"
            )
        model.curve.append({"epoch": number, "loss": loss, "seconds": perf_counter() - start})


def rule(name: str, learning_rate: float) -> Optimizer:
    """Return a new optimizer."""
    return RULES[name](learning_rate)


def check_rule(name: str, learning_rate: float | None) -> None:
    """Raise unless there is such a rule, with a rate."""
    if name not in RULES:
        raise ValueError(f"there is no optimizer {name!r}; there are {', '.join(RULES)}")
    if learning_rate is None:
        raise ValueError(f"optimizer={name!r} needs a learning_rate")
    rule(name, learning_rate)


def batches(n: int, size: int | None, rng: np.random.Generator) -> Iterator[I64]:
    """Cut the numbers 0 … n − 1, shuffled, into batches; one batch in order if `size` is None."""
    if size is None:
        yield np.arange(n)
        return
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


def vectors(counts: I64, dim: int, rng: np.random.Generator) -> F32:
    """Draw a vector for each user or item to start from; 0 for one without a training row."""
    drawn = rng.normal(0, START, (len(counts), dim)).astype(np.float32)
    drawn[counts == 0] = 0
    return drawn
