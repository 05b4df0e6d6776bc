"""NDCG with other denominators, beside a library and loops."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from recsys_book.demonstrations.other_ndcg import hits_of, ndcg_of_found, ndcg_of_full_list
from recsys_helpers import EASE, evaluate, random_split, synthetic
from recsys_helpers.evaluation import metrics

RNG = np.random.default_rng(0)
HITS = RNG.random((200, 6)) < RNG.random((200, 1)) * 0.5
N_RELEVANT = np.maximum(HITS.sum(axis=1) + RNG.integers(0, 4, 200), 1)
ORDER = np.tile(-np.arange(6.0), (200, 1))


def test_an_ideal_of_found_items_is_that_of_a_library_told_of_no_others() -> None:
    found = ndcg_of_found(HITS, N_RELEVANT)
    expected = [ndcg_score([row], [order]) for row, order in zip(HITS, ORDER, strict=True)]
    np.testing.assert_allclose(found, expected)
    assert (found >= metrics.ndcg(HITS, N_RELEVANT) - 1e-12).all()


def test_a_full_ideal_is_that_of_k_relevant_items() -> None:
    found = ndcg_of_full_list(HITS, N_RELEVANT)
    np.testing.assert_allclose(found, metrics.ndcg(HITS, np.full(200, 6)))
    assert (found <= metrics.ndcg(HITS, N_RELEVANT) + 1e-12).all()


@pytest.mark.parametrize("k", [1, 5, 10])
def test_hits_are_those_from_which_reports_make_metrics(k) -> None:
    split = random_split(synthetic(n_users=60, n_items=40, mean_length=10).interactions)
    report = evaluate({"it": EASE().fit(split.train)}, split.test)
    hits = hits_of(report.ranks["it"][0], split.test, k)
    n_relevant = split.test.n_relevant
    assert n_relevant.max() > 1
    np.testing.assert_array_equal(
        metrics.ndcg(hits, n_relevant), report.values("it", f"NDCG@{k}")[0]
    )


def test_a_second_hit_makes_a_list_worse() -> None:
    one, two = ndcg_of_found(np.array([[1, 0, 0], [1, 0, 1]]) > 0, np.array([2, 2]))
    assert two < one == 1
