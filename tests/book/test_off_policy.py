"""Estimators of clicks: their formulas as loops, and their averages over all that can happen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from recsys_book.demonstrations.off_policy import (
    click_rates,
    doubly_robust,
    ips,
    listed,
    replay,
    snips,
)
from recsys_book.demonstrations.shop import Shop, Shown
from recsys_helpers import Popularity, synthetic

RNG = np.random.default_rng(0)
N, K, M, N_ITEMS = 200, 3, 4, 12
ITEMS = np.stack([RNG.permutation(N_ITEMS)[:K] for _ in range(N)])
LISTS = np.stack([RNG.permutation(N_ITEMS)[:M] for _ in range(N)])
LISTS[:5, -1] = -1
SHOWN = Shown(ITEMS, RNG.uniform(0.1, 1, (N, K)), RNG.random((N, K)) < 0.3)
PREDICTED = RNG.random((N, N_ITEMS))


def test_estimates_are_those_of_loops() -> None:
    matched, weights, weighted, direct = [], [], np.zeros(N), np.zeros(N)
    for visit in range(N):
        direct[visit] = sum(PREDICTED[visit, item] for item in LISTS[visit] if item >= 0)
        for item, p, click in zip(
            ITEMS[visit], SHOWN.propensities[visit], SHOWN.clicks[visit], strict=True
        ):
            if item in LISTS[visit]:
                matched.append(click)
                weights.append(1 / p)
                weighted[visit] += click / p
                direct[visit] += (click - PREDICTED[visit, item]) / p
    np.testing.assert_allclose(ips(SHOWN, LISTS), weighted)
    np.testing.assert_allclose(doubly_robust(SHOWN, LISTS, PREDICTED), direct)
    assert replay(SHOWN, LISTS) == pytest.approx(M * np.mean(matched))
    assert snips(SHOWN, LISTS) == pytest.approx(M * weighted.sum() / sum(weights))


def test_with_one_place_they_are_those_of_a_bandit() -> None:
    """One action a visit, and a policy that takes one: the weight is 1 / p or 0."""
    one = Shown(ITEMS[:, :1], SHOWN.propensities[:, :1], SHOWN.clicks[:, :1])
    lists = LISTS[:, :1]
    weight = (one.items == lists)[:, 0] / one.propensities[:, 0]
    reward = one.clicks[:, 0]
    np.testing.assert_allclose(ips(one, lists), weight * reward)
    assert snips(one, lists) == pytest.approx(weight @ reward / weight.sum())
    assert replay(one, lists) == pytest.approx(reward[weight > 0].mean())


def everything_that_can_happen(q: np.ndarray, best: int, lists: np.ndarray) -> tuple:
    """List the best item and one of the others at random; the customer wants one item.

    Returns the chance of each case, and what is shown in it.
    """
    others = [item for item in range(len(q)) if item != best]
    cases = [(item, wanted) for item in others for wanted in range(len(q))]
    chances = np.array([q[wanted] / len(others) for _, wanted in cases])
    items = np.array([[best, item] for item, _ in cases])
    clicks = np.array([[best == wanted, item == wanted] for item, wanted in cases])
    propensities = np.tile([1.0, 1 / len(others)], (len(cases), 1))
    return chances, Shown(items, propensities, clicks), np.tile(lists, (len(cases), 1))


@pytest.mark.parametrize("pair", list(combinations(range(6), 2)))
def test_two_estimators_are_right_on_average(pair) -> None:
    shop = Shop(synthetic(n_users=3, n_items=6, mean_length=2, n_genres=2, tied=0))
    histories = shop.made.interactions.histories()
    q = shop.wishes(histories)[1]
    truth = shop.worth(histories, np.tile(np.array(pair, np.int32), (3, 1)))[1]
    chances, shown, lists = everything_that_can_happen(q, best=0, lists=np.array(pair))
    assert chances @ ips(shown, lists) == pytest.approx(truth)
    for predicted in (np.zeros(6), PREDICTED[0, :6], q):
        assert chances @ doubly_robust(shown, lists, predicted) == pytest.approx(truth)
    weights = (listed(shown, lists) / shown.propensities).sum(axis=1)
    assert chances @ weights == pytest.approx(2)


def test_the_truth_as_prediction_takes_out_noise() -> None:
    shop = Shop(synthetic(n_users=300, n_items=40, mean_length=4, tied=0))
    log = shop.made.interactions
    histories = log.histories()
    lists = Popularity().fit(log).top_k(histories, 4)[0]
    rng = np.random.default_rng(3)
    items = np.argsort(rng.random((300, 40)), axis=1)[:, :4].astype(np.int32)
    shown = Shown(items, np.full((300, 4), 4 / 40), shop.clicks(histories, items, rng))
    plain, helped = ips(shown, lists), doubly_robust(shown, lists, shop.wishes(histories))
    assert helped.std() < plain.std()
    error = 4 * plain.std() / np.sqrt(300)
    assert plain.mean() == pytest.approx(shop.worth(histories, lists).mean(), abs=error)


def test_click_rates_are_those_of_a_loop() -> None:
    average = SHOWN.clicks.mean()
    for item, rate in enumerate(click_rates(SHOWN, N_ITEMS + 1, weight=5)):
        here = SHOWN.clicks[item == ITEMS]
        assert rate == pytest.approx((here.sum() + 5 * average) / (len(here) + 5))


def test_nothing_in_common_is_no_estimate() -> None:
    shown = Shown(np.array([[0]]), np.ones((1, 1)), np.array([[True]]))
    assert np.isnan(replay(shown, np.array([[1]])))
    assert np.isnan(snips(shown, np.array([[1]])))
