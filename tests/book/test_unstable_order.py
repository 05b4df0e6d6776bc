"""A log whose tied rows change places, and how many targets change with them."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.unstable_order import share_moved, sorted_unstably
from recsys_helpers import leave_last_out, random_split, synthetic

LOG = synthetic(n_users=60, n_items=40, mean_length=10, tied=0.5, seed=3).interactions
UNTIED = synthetic(n_users=60, n_items=40, mean_length=10, tied=0, seed=3).interactions
COLUMNS = ["user", "timestamp", "item"]


def test_only_tied_rows_change_places() -> None:
    """Which of them do is up to the processor."""
    found, stable = sorted_unstably(LOG), LOG.in_order(order_ties="file")
    assert np.array_equal(found.users, stable.users)
    assert np.array_equal(found.times, stable.times)
    assert found.to_frame().sort(COLUMNS).equals(stable.to_frame().sort(COLUMNS))
    assert sorted_unstably(UNTIED).to_frame().equals(UNTIED.in_order().to_frame())


def test_splits_keep_the_order() -> None:
    found = sorted_unstably(LOG)
    queries = leave_last_out(found, 0, 1).test
    last = [found.items[found.users == user][-1] for user in queries.users]
    assert queries.targets.tolist() == last


def test_moved_targets_are_those_of_a_loop() -> None:
    one, other = (leave_last_out(LOG, 0, 2, seed=seed).test for seed in (0, 1))
    asked = set(zip(other.users.tolist(), other.targets.tolist(), strict=True))
    pairs = zip(one.users.tolist(), one.targets.tolist(), strict=True)
    expected = np.mean([pair not in asked for pair in pairs])
    assert 0 < share_moved(one, other) == pytest.approx(expected)
    assert share_moved(one, one) == 0


def test_times_are_needed() -> None:
    frame = LOG.to_frame().select("user", "item")
    log = type(LOG).from_frame(frame, timestamp=None, duplicates="keep")
    with pytest.raises(ValueError, match="no times"):
        sorted_unstably(log)
    assert share_moved(random_split(log).test, random_split(log).test) == 0
