"""Items that keep a few training rows: the same items, targets, and rows that stay."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from recsys_book.demonstrations.few_rows import few_rows, rare_items
from recsys_helpers import hold_out_items, leave_last_out, synthetic

SPLIT = leave_last_out(synthetic(n_users=60, n_items=40, seed=0).interactions, 2, 2)
RARE = rare_items(SPLIT)


def pairs(split) -> Counter:
    return Counter(zip(split.train.users.tolist(), split.train.items.tolist(), strict=True))


@pytest.mark.parametrize("asked", ["valid", "test"])
def test_with_no_rows_items_are_held_out(asked: str) -> None:
    found, expected = few_rows(SPLIT, 0, asked=asked), hold_out_items(SPLIT, asked=asked)
    assert pairs(found) == pairs(expected)
    assert np.array_equal(found.test.targets, expected.test.targets)
    assert np.array_equal(found.test.train_counts, expected.test.train_counts)
    assert found.report.equals(expected.report)


@pytest.mark.parametrize("n", [1, 3, 1000])
def test_rare_items_keep_so_many_rows_and_others_all(n: int) -> None:
    found = few_rows(SPLIT, n)
    before = np.bincount(SPLIT.train.items, minlength=SPLIT.train.n_items)
    after = np.bincount(found.train.items, minlength=SPLIT.train.n_items)
    assert np.array_equal(after[RARE], np.minimum(before[RARE], n))
    assert np.array_equal(after[~RARE], before[~RARE])
    assert np.array_equal(found.valid.train_counts, after)
    assert np.array_equal(found.test.train_counts, after)
    assert found.report["rows"][0] == len(found.train)
    assert RARE[found.test.targets].all()
    assert not RARE[found.valid.targets].any()


def test_a_row_that_is_kept_stays_when_more_are() -> None:
    kept = [pairs(few_rows(SPLIT, n)) for n in (0, 1, 2, 5, 10)]
    for fewer, more in pairwise(kept):
        assert fewer <= more
        assert fewer != more


def test_another_seed_draws_other_items() -> None:
    assert not np.array_equal(rare_items(SPLIT, seed=1), RARE)
    assert round(0.2 * (SPLIT.valid.train_counts > 0).sum()) == RARE.sum()
