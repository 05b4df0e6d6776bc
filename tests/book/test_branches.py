"""How alike films with equal codes are, and the loss of each code, beside plain loops."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from recsys_book.demonstrations.branches import code_losses, likeness
from recsys_helpers import Catalogue, leave_last_out, synthetic

LOG = synthetic(n_users=30, n_items=20, seed=3).interactions
QUERIES = leave_last_out(LOG, 2, 2).test


def test_likeness_is_that_of_a_loop() -> None:
    rng = np.random.default_rng(0)
    names = ["War", "Love", "Crime", "Music"]
    genres = [list(rng.choice(names, rng.integers(0, 4), replace=False)) for _ in range(30)]
    years = [None if rng.random() < 0.2 else int(rng.integers(1950, 2000)) for _ in range(30)]
    catalogue = Catalogue(pl.DataFrame({"item": range(30), "genres": genres, "year": years}))
    codes = rng.integers(0, 3, (30, 2)).astype(np.int32)
    pairs = [(i, j) for i, j in combinations(range(30), 2) if (codes[i] == codes[j]).all()]
    apart = [abs(years[i] - years[j]) for i, j in pairs if None not in (years[i], years[j])]
    found = likeness(catalogue, codes)
    assert found.n_pairs == len(pairs)
    assert found.genre == pytest.approx(
        np.mean([bool({*genres[i]} & {*genres[j]}) for i, j in pairs])
    )
    assert found.years == pytest.approx(np.mean(apart))


def test_the_loss_of_a_code_is_that_of_all_items_that_begin_so() -> None:
    rng = np.random.default_rng(1)
    ids = np.column_stack([rng.integers(0, 3, (20, 2)), np.arange(20)]).astype(np.int32)
    scores = rng.normal(size=(len(QUERIES), 20))
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    losses = code_losses(ids, log_p, QUERIES)
    assert losses.shape == (len(QUERIES.targets), 3)
    for row, (query, target) in enumerate(zip(QUERIES.rows, QUERIES.targets, strict=True)):
        p = np.exp(log_p[query])
        before = 1.0
        for level in range(3):
            alike = (ids[:, : level + 1] == ids[target, : level + 1]).all(axis=1)
            assert losses[row, level] == pytest.approx(-np.log(p[alike].sum() / before))
            before = p[alike].sum()
    whole = -log_p[QUERIES.rows, QUERIES.targets]
    np.testing.assert_allclose(losses.sum(axis=1), whole)
