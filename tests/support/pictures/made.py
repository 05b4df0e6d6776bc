"""What the pictures are drawn from, and what must be read back off them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from recsys_book.figures import Picture
from recsys_helpers import (
    EASE,
    Interactions,
    MarkovChain,
    Popularity,
    Report,
    evaluate,
    leave_last_out,
    synthetic,
)
from recsys_helpers.evaluation.comparisons import Comparison

NAMES = ["EASE", "M*A*S*H", "A$AP and Ke$ha", "x_1 | y", "fifth", "sixth"]
"""More models than any chapter draws, some with characters that could be read as markup."""


@dataclass(frozen=True)
class Drawn:
    """A picture, what it must name, what it must draw, and parts of its alternative text."""

    picture: Picture
    names: Sequence[str] = ()
    numbers: Sequence[Any] = ()
    alt: Sequence[str] = ()


def of_names(*values: Any) -> dict[str, Any]:
    """Give each name values of its own: the first multiplied by 1, 2, 3, …"""
    return {name: np.multiply(n, values) for n, name in enumerate(NAMES, start=1)}


def curve(*losses: float) -> list[dict[str, float]]:
    """Return what a fit notes after each epoch."""
    return [
        {"epoch": n, "loss": loss, "seconds": 0.5 * n, "ndcg": 0.1 / loss}
        for n, loss in enumerate(losses, start=1)
    ]


@cache
def log() -> Interactions:
    return synthetic(n_users=60, n_items=30, seed=0).interactions


@cache
def report() -> Report:
    split = leave_last_out(log(), 2, 2)
    few = [Popularity(), MarkovChain(), *(EASE(10.0**n) for n in range(4))]
    return evaluate(
        {name: model.fit(split.train) for name, model in zip(NAMES, few, strict=True)}, split.test
    )


def compared(*differences: float) -> list[Comparison]:
    return [Comparison("a", "b", "NDCG@10", d, d - 0.01, d + 0.01) for d in differences]


def means() -> list[float]:
    return [report().mean(name) for name in NAMES]
