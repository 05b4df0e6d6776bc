"""Ranks among sampled items, their averages and the corrected gains, beside plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom

from recsys_book.demonstrations.sampled_negatives import (
    corrected_gains,
    draw_negatives,
    expected_ndcg,
    n_candidates,
    sampled_ranks,
)
from recsys_helpers import (
    MarkovChain,
    Popularity,
    Random,
    Report,
    evaluate,
    leave_last_out,
    random_split,
    synthetic,
)

LOG = synthetic(n_users=120, n_items=80, mean_length=12, seed=1).interactions
SPLIT = leave_last_out(LOG, 2, 2)
TEST = SPLIT.test
MODELS = {
    "popular": Popularity().fit(SPLIT.train),
    "order": MarkovChain().fit(SPLIT.train),
    "luck": Random().fit(SPLIT.train),
}


def test_all_popular_candidates_give_the_full_rank() -> None:
    """Without replacement, as many negatives as there are leave nothing to chance."""
    query = TEST.take([0])
    p = query.train_counts.copy()
    p[query.histories[0]] = p[query.targets[0]] = 0
    negatives = draw_negatives(query, np.count_nonzero(p), by="popularity")
    full = evaluate(MODELS, query).ranks
    for name, model in MODELS.items():
        ranks = sampled_ranks(model, query, negatives)
        assert ranks.tolist() == full[name].tolist()


@pytest.mark.parametrize("name", MODELS)
def test_uniform_negatives_average_to_the_closed_form(name) -> None:
    queries = TEST.take(np.arange(40))
    full = evaluate(MODELS, queries).ranks[name]
    values = []
    for seed in range(200):
        ranks = sampled_ranks(MODELS[name], queries, draw_negatives(queries, 10, seed=seed))
        values.append(Report(queries, {"it": ranks}, k=3).values("it", "NDCG@3")[0])
    expected = expected_ndcg(full, n_candidates(queries), 10, k=3)[0]
    error = np.std(values, axis=0).mean() / np.sqrt(200)
    assert np.mean(values) == pytest.approx(expected.mean(), abs=4 * error / np.sqrt(40))
    assert np.abs(np.mean(values, axis=0) - expected).max() < 6 * error + 0.02


@pytest.mark.parametrize("by", ["uniform", "popularity"])
def test_negatives_are_neither_met_nor_the_target(by) -> None:
    negatives = draw_negatives(TEST, 20, by=by, seed=3)
    for drawn, history, target in zip(negatives, TEST.histories, TEST.targets, strict=True):
        assert not set(drawn.tolist()) & {*history.tolist(), int(target)}
        assert by == "uniform" or len(set(drawn.tolist())) == 20


@pytest.mark.parametrize("name", MODELS)
def test_ranks_are_those_of_a_sorted_list(name) -> None:
    negatives, place = draw_negatives(TEST, 20), TEST.catalogue.tie_rank
    scores = MODELS[name].score(TEST.histories)
    found = sampled_ranks(MODELS[name], TEST, negatives)[0]
    for query, (drawn, target) in enumerate(zip(negatives, TEST.targets, strict=True)):
        items = sorted([target, *drawn], key=lambda i, q=query: (-scores[q, i], place[i]))
        assert found[query] == (items.index(target) if scores[query, target] > -np.inf else -1)


def test_a_target_that_cannot_be_ranked_is_none() -> None:
    split = leave_last_out(synthetic(n_users=20, n_items=200, mean_length=8).interactions, 1, 1)
    ranks = sampled_ranks(Popularity().fit(split.train), split.test, draw_negatives(split.test, 5))
    unknown = split.test.train_counts[split.test.targets] == 0
    assert unknown.any()
    assert np.array_equal(ranks[0] == -1, unknown)


def test_popular_negatives_are_harder() -> None:
    easy, hard = (
        Report(TEST, {"it": sampled_ranks(MODELS["popular"], TEST, negatives)}).mean("it")
        for negatives in (draw_negatives(TEST, 20, by=by) for by in ("uniform", "popularity"))
    )
    assert hard < easy - 0.05


def test_candidates_are_those_of_a_loop() -> None:
    expected = [
        len(set(range(80)) - set(history.tolist()) - {target})
        for history, target in zip(TEST.histories, TEST.targets, strict=True)
    ]
    assert n_candidates(TEST).tolist() == expected


def test_the_closed_form_is_that_of_a_loop() -> None:
    ranks, candidates = np.array([[0, 3, 7, -1], [1, 1, 2, 0]]), np.array([9, 9, 8, 8])
    found = expected_ndcg(ranks, candidates, 2, k=2)
    for (seed, query), rank in np.ndenumerate(ranks):
        gains = [0.0]
        for drawn in product(range(candidates[query]), repeat=2):
            before = sum(item < rank for item in drawn)
            gains.append(1 / np.log2(before + 2) if rank >= 0 and before < 2 else 0.0)
        n = candidates[query] ** 2
        assert found[seed, query] == pytest.approx(sum(gains) / n)


@pytest.mark.parametrize("gamma", [0.01, 0.1, 1.0])
def test_corrected_gains_minimise_what_they_say(gamma) -> None:
    n, m, k = 12, 4, 3

    def loss(gains: np.ndarray) -> float:
        total = 0.0
        for rank in range(n + 1):
            p = [binom.pmf(s, m, rank / n) for s in range(m + 1)]
            mean = sum(chance * gain for chance, gain in zip(p, gains, strict=True))
            spread = sum(c * (gain - mean) ** 2 for c, gain in zip(p, gains, strict=True))
            true = 1 / np.log2(rank + 2) if rank < k else 0.0
            total += (mean - true) ** 2 + gamma * spread
        return total / (n + 1)

    found = corrected_gains(n, m, k, gamma)
    best = minimize(loss, np.zeros(m + 1), tol=1e-12)
    assert loss(found) <= best.fun + 1e-9
    np.testing.assert_allclose(found, best.x, atol=1e-3)


def test_corrected_gains_come_closer_to_the_full_figure() -> None:
    full = evaluate(MODELS, TEST)
    gains = corrected_gains(round(n_candidates(TEST).mean()), 20, gamma=0.1)
    draws = [draw_negatives(TEST, 20, seed=seed) for seed in range(3)]
    for name in ("popular", "order"):
        ranks = np.concatenate([sampled_ranks(MODELS[name], TEST, drawn) for drawn in draws])
        as_usual = Report(TEST, {name: ranks}).mean(name)
        corrected = np.where(ranks >= 0, gains[ranks], 0).mean()
        assert abs(corrected - full.mean(name)) < 0.5 * abs(as_usual - full.mean(name))


def test_wrong_arguments_are_named() -> None:
    several = random_split(LOG).test
    with pytest.raises(ValueError, match="each query must have one target"):
        n_candidates(several)
    with pytest.raises(ValueError, match="each query must have one target"):
        draw_negatives(several)
    with pytest.raises(ValueError, match="each query must have one target"):
        sampled_ranks(MODELS["popular"], several, np.zeros((len(several), 1), int))
    with pytest.raises(ValueError, match="choose a smaller n_negatives"):
        draw_negatives(TEST, 100, by="popularity")
    with pytest.raises(ValueError, match="gamma must be above 0 and at most 1, not 0"):
        corrected_gains(10, 2, gamma=0)
