"""Three tests of a difference, beside SciPy's, the report's verdicts and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_book.demonstrations.protocol_shifts import QueryValues
from recsys_book.demonstrations.significance import (
    bootstrap_finds,
    power_at,
    shares_found,
    sign_test_finds,
    t_test_finds,
    user_differences,
    users_needed,
)
from recsys_helpers import MarkovChain, Popularity, Report, evaluate, leave_last_out, synthetic

RNG = np.random.default_rng(0)
SPARSE = RNG.random((60, 40)) * RNG.choice([-1, 0, 0, 1, 1], (60, 40))
RECORDED = RNG.exponential(0.1, 500) * RNG.choice([-1, 0, 0, 1], 500)


def report() -> Report:
    split = leave_last_out(synthetic(n_users=80, n_items=60, seed=2).interactions, 2, 2)
    models = {"popular": Popularity().fit(split.train), "order": MarkovChain().fit(split.train)}
    return evaluate(models, split.test)


@pytest.mark.parametrize("trials", [SPARSE, RNG.normal(0.7, 1, (150, 6))], ids=["many", "few"])
def test_the_bootstrap_is_that_of_reports(trials) -> None:
    users, zeros = np.arange(trials.shape[1]), np.zeros((1, trials.shape[1]))
    found = bootstrap_finds(trials)
    for trial, verdict in zip(trials, found, strict=True):
        values = QueryValues("value", users, {"a": trial[None], "b": zeros})
        assert values.compare("a", "b").distinguishable == verdict
    assert 0 < found.mean() < 1


def test_the_t_test_and_the_sign_test_are_those_of_scipy() -> None:
    p = stats.ttest_1samp(SPARSE, 0, axis=1).pvalue
    assert np.array_equal(t_test_finds(SPARSE), p < 0.05)
    signs = [
        stats.binomtest(int((trial > 0).sum()), int((trial != 0).sum())).pvalue < 0.05
        for trial in SPARSE
    ]
    assert np.array_equal(sign_test_finds(SPARSE), signs)
    assert not sign_test_finds(np.zeros((1, 5))).any()


@pytest.mark.parametrize("n_users", [50, 300])
def test_false_alarms_are_as_rare_as_they_say(n_users) -> None:
    found = shares_found(RECORDED, n_users, n_trials=2000)
    assert found["bootstrap"] == pytest.approx(0.05, abs=0.015)
    assert found["t-test"] == pytest.approx(0.05, abs=0.015)
    assert 0.02 < found["sign test"] < 0.065  # counts come in steps, so it errs less than it may


def test_power_is_that_of_the_closed_form() -> None:
    spread = np.sqrt((RECORDED**2).mean() - 0.01**2)
    for n_users in (100, 300, 1000):
        found = shares_found(RECORDED, n_users, 0.01)
        expected = power_at(spread, 0.01, n_users)
        assert found["t-test"] == pytest.approx(expected, abs=0.05)
        assert found["bootstrap"] == pytest.approx(expected, abs=0.05)


def test_without_a_difference_the_level_is_left() -> None:
    assert power_at(0.1, 0.0, 100) == pytest.approx(0.05)


@pytest.mark.parametrize(("difference", "power"), [(0.005, 0.8), (0.02, 0.9), (-0.01, 0.5)])
def test_users_needed_are_the_fewest_with_the_power(difference, power) -> None:
    n = users_needed(0.1, difference, power)
    assert power_at(0.1, difference, n) >= power - 1e-9
    assert power_at(0.1, difference, n - 1) < power + 1e-6


def test_differences_of_users_are_those_of_a_loop() -> None:
    ours = report()
    gaps = (ours.values("order") - ours.values("popular"))[0]
    users = ours.queries.users
    expected = [gaps[users == user].mean() for user in np.unique(users)]
    np.testing.assert_allclose(user_differences(ours, "order", "popular"), expected)
    with pytest.raises(ValueError, match="the same number of queries"):
        user_differences(ours.take(np.arange(3)), "order", "popular")


def test_a_difference_beyond_all_recorded_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        shares_found(RECORDED, 50, difference=1.0)


def test_equal_means_are_not_equal_signs() -> None:
    """One model is ahead seldom and far, the other often and a little."""
    rng = np.random.default_rng(1)
    trials = rng.choice([0.75, -0.25], (500, 200), p=[0.25, 0.75])
    assert t_test_finds(trials).mean() == pytest.approx(0.05, abs=0.03)
    assert bootstrap_finds(trials).mean() == pytest.approx(0.05, abs=0.03)
    assert sign_test_finds(trials).all()
