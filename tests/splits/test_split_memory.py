"""What a split would take is known before it is built, and refused where no memory is enough."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest

from recsys_helpers import Interactions
from recsys_helpers.splits.split import (
    Split,
    k_folds,
    leave_last_out,
    time_split,
    user_split,
)

ROBOT = Interactions.from_frame(
    pl.DataFrame(
        {
            "user": ["robot"] * 200_000 + ["Ann"] * 20,
            "item": np.arange(200_020) % 50,
            "timestamp": np.arange(200_020),
        }
    )
)


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    "split",
    [
        lambda: leave_last_out(ROBOT, 0, 199_000),
        lambda: time_split(ROBOT, 0, 0.9, targets="rolling"),
        lambda: user_split(ROBOT, 0, 0.9, n_targets=199_000),
    ],
)
def test_what_a_robot_would_need_is_said_before_it_is_built(split: Callable[[], Split]) -> None:
    """180,000 histories of 20,000 to 200,000 rows are some 600 GiB: no machine must try."""
    with (
        patch("recsys_helpers._machine.memory", lambda: (2**35, 2**34)),
        pytest.raises(MemoryError, match=r"\d{3} GiB, and 16\.0 GiB are .*'robot' with 200,000"),
    ):
        split()


@pytest.mark.bad_input("splits and judgements")
def test_folds_beyond_memory_are_refused() -> None:
    with (
        patch("recsys_helpers._machine.memory", lambda: (2**35, 2**34)),
        pytest.raises(
            MemoryError,
            match=r"a list of k=100,000 folds.*\d{3} GiB, and 16\.0 GiB are .*fewer folds",
        ),
    ):
        k_folds(ROBOT, 100_000)


def test_what_folds_need_is_about_what_they_take() -> None:
    log = ROBOT.take(np.arange(0, 200_020, 20))
    needed: list[int] = []
    with patch("recsys_helpers._machine.require_memory", lambda n, *words: needed.append(n)):
        tracemalloc.start()
        k_folds(log, 5)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < needed[0] < 1.5 * peak


def test_what_rolling_queries_need_is_about_what_they_take() -> None:
    log = ROBOT.take(np.arange(5_000))
    needed: list[int] = []
    keep = patch("recsys_helpers._machine.require_memory", lambda n, *words: needed.append(n))
    with keep:
        leave_last_out(log, 0, 1)
        tracemalloc.start()
        leave_last_out(log, 0, 1_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < max(needed) < 1.5 * peak
