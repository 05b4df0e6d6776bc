"""Popularity counted once a batch, beside a loop."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.batch_popularity import BatchPopularity
from recsys_helpers import Popularity, synthetic

LOG = synthetic(n_users=60, n_items=40, mean_length=10, seed=3).interactions


@pytest.mark.parametrize("batch_size", [1, 7, 64, 10_000])
def test_counts_are_those_of_sets(batch_size) -> None:
    rows = np.random.default_rng(5).permutation(len(LOG)).tolist()
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    met = [{int(LOG.items[row]) for row in batch} for batch in batches]
    expected = [sum(item in items for items in met) for item in range(40)]
    assert BatchPopularity(batch_size, seed=5).fit(LOG).counts.tolist() == expected


def test_batches_of_one_row_are_popularity() -> None:
    histories = LOG.histories()
    scores = [model.fit(LOG).score(histories) for model in (BatchPopularity(1), Popularity())]
    assert np.array_equal(*scores)


def test_one_batch_makes_all_items_equal() -> None:
    counts = BatchPopularity(len(LOG)).fit(LOG).counts
    assert set(counts.tolist()) <= {0, 1}
