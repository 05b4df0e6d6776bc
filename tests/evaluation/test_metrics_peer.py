"""Metrics against trec_eval, the reference implementation of the retrieval community."""

from __future__ import annotations

import platform
import sys

import numpy as np
import pytest

from recsys_helpers.evaluation.metrics import METRICS
from recsys_helpers.recommenders import ranking

if sys.platform == "linux" and platform.machine() != "x86_64":
    pytest.skip("trec_eval has no wheel for Linux on ARM", allow_module_level=True)

import pytrec_eval

N_QUERIES, N_ITEMS = 40, 60
CUTOFFS = (1, 5, 10, 60)
PEER_NAMES = {
    "HR": "success_{}",
    "Recall": "recall_{}",
    "Precision": "P_{}",
    "NDCG": "ndcg_cut_{}",
    "MAP": "map_cut_{}",
}


def _case(seed: int, levels: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return scores with few distinct values, an order among equals and relevant items."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, (N_QUERIES, N_ITEMS)).astype(np.float32)
    tie_rank = rng.permutation(N_ITEMS).astype(np.int32)
    sizes = rng.integers(1, 16, N_QUERIES)
    return scores, tie_rank, [rng.choice(N_ITEMS, size, replace=False) for size in sizes]


def _peer(
    scores: np.ndarray, tie_rank: np.ndarray, relevant: list[np.ndarray]
) -> dict[str, dict[str, float]]:
    """Return all measures of trec_eval on the strict ranking that score and tie order make."""
    run = {}
    for query, row in enumerate(scores):
        best_first = sorted(range(N_ITEMS), key=lambda item: (-row[item], tie_rank[item]))
        run[str(query)] = {str(item): float(-place) for place, item in enumerate(best_first)}
    truth = {
        str(query): {str(item): 1 for item in items.tolist()}
        for query, items in enumerate(relevant)
    }
    cutoffs = ",".join(map(str, CUTOFFS))
    measures = {f"{name}.{cutoffs}" for name in ("success", "recall", "P", "ndcg_cut", "map_cut")}
    return pytrec_eval.RelevanceEvaluator(truth, {*measures, "recip_rank"}).evaluate(run)


def _hits(
    scores: np.ndarray, tie_rank: np.ndarray, relevant: list[np.ndarray], k: int
) -> np.ndarray:
    hits = np.zeros((N_QUERIES, k), bool)
    rows = np.repeat(np.arange(N_QUERIES), [len(items) for items in relevant])
    targets = np.concatenate(relevant).astype(np.int32)
    ranks = ranking.ranks(scores, rows, targets, tie_rank)
    inside = ranks < k
    hits[rows[inside], ranks[inside]] = True
    return hits


@pytest.mark.parametrize("levels", [1, 4, 1000])
@pytest.mark.parametrize("k", CUTOFFS)
def test_metrics_agree_with_trec_eval(levels, k):
    case = _case(levels, levels)
    n_relevant = np.array([len(items) for items in case[2]])
    hits, peer = _hits(*case, k), _peer(*case)
    for name, template in PEER_NAMES.items():
        expected = [peer[str(query)][template.format(k)] for query in range(N_QUERIES)]
        np.testing.assert_allclose(
            METRICS[name](hits, n_relevant), expected, rtol=1e-9, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("levels", [1, 4, 1000])
def test_reciprocal_rank_of_the_whole_ranking_agrees_with_trec_eval(levels):
    case = _case(levels, levels)
    n_relevant = np.array([len(items) for items in case[2]])
    expected = [_peer(*case)[str(query)]["recip_rank"] for query in range(N_QUERIES)]
    values = METRICS["MRR"](_hits(*case, N_ITEMS), n_relevant)
    np.testing.assert_allclose(values, expected, rtol=1e-9)
