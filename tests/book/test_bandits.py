"""Policies by hand, what they lose, and what a log can say about them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recsys_book.demonstrations.bandits import (
    epsilon_greedy,
    greedy,
    regret,
    replayed,
    thompson,
    ucb1,
)

TRUTH = np.array([0.1, 0.3, 0.2, 0.05])
RNG = np.random.default_rng(0)


def test_indices_are_those_of_loops() -> None:
    rng = np.random.default_rng(1)
    shown = rng.integers(1, 9, (5, 4)).astype(float)
    clicks = np.floor(rng.random((5, 4)) * (shown + 1))
    for run in range(5):
        n = sum(shown[run])
        for item in range(4):
            share = clicks[run, item] / shown[run, item]
            width = math.sqrt(2 * math.log(n) / shown[run, item])
            assert greedy(clicks, shown, RNG)[run, item] == share
            assert ucb1(clicks, shown, RNG)[run, item] == pytest.approx(share + width)


@pytest.mark.parametrize("policy", [greedy, ucb1])
def test_what_was_never_shown_comes_first(policy) -> None:
    index = policy(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]), RNG)
    assert index[0, 1] > index[0, 0]


def test_thompson_draws_from_what_is_possible() -> None:
    clicks, shown = np.full((20000, 1), 3.0), np.full((20000, 1), 10.0)
    drawn = thompson(clicks, shown, np.random.default_rng(2))
    a, b = 4, 8  # one more click, one more without
    assert drawn.mean() == pytest.approx(a / (a + b), abs=0.005)
    assert drawn.var() == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)), rel=0.05)


def test_epsilon_explores_as_often_as_it_says() -> None:
    """The best item is shown with probability 1 − ε + ε / n."""
    clicks, shown = np.tile([9.0, 0.0, 0.0, 0.0], (20000, 1)), np.full((20000, 4), 9.0)
    index = epsilon_greedy(0.2)(clicks, shown, np.random.default_rng(3))
    assert (index.argmax(axis=1) == 0).mean() == pytest.approx(0.8 + 0.2 / 4, abs=0.01)


def test_no_epsilon_is_greedy() -> None:
    found = regret(epsilon_greedy(0), TRUTH, 50, n_runs=4000)
    assert found[:, -1].mean() == pytest.approx(
        regret(greedy, TRUTH, 50, 4000)[:, -1].mean(), rel=0.1
    )


def test_regret_of_chance_grows_by_the_same_amount() -> None:
    lost = regret(epsilon_greedy(1), TRUTH, 100, n_runs=2000)
    per_round = TRUTH.max() - TRUTH.mean()
    assert lost[:, -1].mean() == pytest.approx(100 * per_round, rel=0.02)
    assert (np.diff(lost, axis=1) >= 0).all()


def test_whoever_learns_loses_less_than_chance() -> None:
    chance = regret(epsilon_greedy(1), TRUTH, 1500, n_runs=100)[:, -1].mean()
    for policy in (greedy, epsilon_greedy(0.1), ucb1, thompson):
        assert regret(policy, TRUTH, 1500, n_runs=100)[:, -1].mean() < 0.75 * chance
    late = np.diff(regret(thompson, TRUTH, 1500, n_runs=100)[:, [0, 749, 1499]], axis=1).mean(
        axis=0
    )
    assert late[1] < 0.6 * late[0]  # its regret flattens


def test_the_same_seed_gives_the_same_runs() -> None:
    for policy in (ucb1, thompson):
        first, second = (regret(policy, TRUTH, 30, n_runs=5, seed=4) for _ in range(2))
        assert np.array_equal(first, second)


def uniform_log(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    items = rng.integers(0, len(TRUTH), n)
    return items, rng.random(n) < TRUTH[items]


def test_replay_keeps_a_share_of_a_uniform_log() -> None:
    items, clicks = uniform_log(8000)
    rows, kept = replayed(thompson, items, clicks, len(TRUTH))
    assert len(rows) == pytest.approx(8000 / len(TRUTH), rel=0.1)
    assert (np.diff(rows) > 0).all()
    assert np.array_equal(kept, clicks[rows])


def test_replay_of_a_uniform_log_is_fair_and_of_another_is_not() -> None:
    """Chance clicks on a quarter of each item; a log of popular items says something else."""
    chance = epsilon_greedy(1)
    items, clicks = uniform_log(20000)
    _, kept = replayed(chance, items, clicks, len(TRUTH))
    assert kept.mean() == pytest.approx(TRUTH.mean(), abs=0.02)
    rng = np.random.default_rng(6)
    items = rng.choice(4, 20000, p=[0.05, 0.85, 0.05, 0.05])  # it shows the best one mostly
    _, kept = replayed(chance, items, rng.random(20000) < TRUTH[items], len(TRUTH))
    assert kept.mean() > TRUTH.mean() + 0.05


def test_a_log_of_other_items_is_refused() -> None:
    with pytest.raises(ValueError, match="shows item 3, but the shelf has 3"):
        replayed(greedy, np.array([3]), np.array([True]), 3)
