"""What a caller gives is checked in one way everywhere: seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import (
    hold_out_items,
    k_folds,
    leave_last_out,
    random_split,
    reproducible,
    synthetic,
    time_split,
    user_split,
)

MADE = synthetic(n_users=20, n_items=12, mean_length=6)
LOG = MADE.interactions
SPLIT = leave_last_out(LOG, 1, 1)

SEEDED: dict[str, Callable[..., object]] = {
    "Interactions.histories": LOG.histories,
    "Interactions.in_order": LOG.in_order,
    "leave_last_out": lambda seed: leave_last_out(LOG, 1, 1, seed=seed),
    "time_split": lambda seed: time_split(LOG, seed=seed),
    "user_split": lambda seed: user_split(LOG, seed=seed),
    "random_split": lambda seed: random_split(LOG, seed=seed),
    "k_folds": lambda seed: k_folds(LOG, seed=seed),
    "hold_out_items": lambda seed: hold_out_items(SPLIT, seed=seed),
    "synthetic": lambda seed: synthetic(5, 10, 2, seed=seed),
    "reproducible": reproducible,
}

no_seeds = st.one_of(
    st.sampled_from([-1, 1.5, "x", True, None, 2**32, 2**64, np.float64(1)]),
    st.integers(max_value=-1),
    st.integers(min_value=2**32),
    st.floats(),
    st.text(),
)


@pytest.mark.parametrize("function", SEEDED.values(), ids=SEEDED)
@given(value=no_seeds)
def test_seeds_have_one_bound(function: Callable[..., object], value: object) -> None:
    with pytest.raises(ValueError, match=r"seed must be a whole number from 0 to 2\*\*32 - 1, not"):
        function(seed=value)


@pytest.mark.parametrize("name", [name for name in SEEDED if name != "reproducible"])
@pytest.mark.parametrize("seed", [0, 2**32 - 1, np.int64(7)])
def test_what_can_be_a_seed(name: str, seed: int) -> None:
    SEEDED[name](seed=seed)
