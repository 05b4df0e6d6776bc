"""Attacks find planted members, know nothing of random scores, and catch a broken mechanism."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import binomtest, norm
from sklearn.metrics import roc_auc_score

from recsys_helpers import EASE, PrivateEASE, synthetic
from recsys_helpers.privacy.attacks import (
    attack_auc,
    attack_true_positives,
    epsilon_lower_bound,
    likelihood_ratio,
)
from recsys_helpers.privacy.gaussian import gaussian_noise_multiplier
from recsys_helpers.privacy.mechanisms import private_gram, private_sum

LOG = synthetic(n_users=80, n_items=30, mean_length=8, seed=3).interactions
MATRIX = LOG.matrix("binary").toarray()
ONE = np.array([0.6, 0.8, 0.0])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
def test_auc_is_that_of_scikit_learn(people) -> None:
    scores, members = np.array([score for score, _ in people]), np.array([m for _, m in people])
    if members.all() or not members.any():
        return
    assert attack_auc(scores, members)[0] == pytest.approx(roc_auc_score(members, scores))


def test_true_positives_follow_their_definition() -> None:
    rng = np.random.default_rng(0)
    scores, members = rng.integers(0, 30, 300), rng.random(300) < 0.4
    scores = scores + 4 * members
    for at in (0.0, 0.01, 0.05, 0.5):
        best = max(
            (scores[members] >= cut).mean()
            for cut in range(40)
            if (scores[~members] >= cut).mean() <= at
        )
        assert attack_true_positives(scores, members, at)[0] == pytest.approx(best)


def test_random_scores_know_nothing() -> None:
    """The interval of the AUC holds 0.5, as often as a 95 % interval should."""
    rng = np.random.default_rng(1)
    n_covered, found = 0, []
    for _ in range(60):
        scores, members = rng.normal(size=200), rng.random(200) < 0.5
        _, low, high = attack_auc(scores, members)
        n_covered += low <= 0.5 <= high
        found.append(attack_true_positives(scores, members)[0])
    assert n_covered >= 53
    assert np.mean(found) == pytest.approx(0.01, abs=0.01)
    assert epsilon_lower_bound(rng.normal(size=2000), np.arange(2000) % 2 == 0, 1e-5) == 0


def test_intervals_cover_a_known_truth() -> None:
    rng = np.random.default_rng(2)
    auc, share = norm.cdf(1 / np.sqrt(2)), norm.sf(norm.isf(0.1) - 1)
    covered = np.zeros(2)
    for _ in range(60):
        members = np.arange(200) % 2 == 0
        scores = rng.normal(size=200) + members
        _, low, high = attack_auc(scores, members)
        _, low_share, high_share = attack_true_positives(scores, members, 0.1)
        covered += [low <= auc <= high, low_share <= share <= high_share]
    assert (covered >= 52).all()


def test_the_likelihood_ratio_is_that_of_two_normal_densities() -> None:
    rng = np.random.default_rng(3)
    shadows, inside = rng.normal(size=(12, 5)), np.tile(np.arange(12) % 3 > 0, (5, 1)).T
    scores = rng.normal(size=5)
    parts = []
    for chosen in (inside, ~inside):
        means = [shadows[chosen[:, u], u].mean() for u in range(5)]
        off = [shadows[chosen[:, u], u] - means[u] for u in range(5)]
        spread = np.sqrt(sum((o**2).sum() for o in off) / sum(len(o) - 1 for o in off))
        parts.append(norm.logpdf(scores, means, spread))
    np.testing.assert_allclose(likelihood_ratio(scores, shadows, inside), parts[0] - parts[1])


def private(seed: int) -> PrivateEASE:
    return PrivateEASE(10.0, max_norm=1.0, noise_multiplier=10.0, seed=seed)


@pytest.mark.parametrize(
    ("make", "leaks"),
    [
        (lambda _: EASE(0.1), True),
        (private, False),
        (lambda _: private(seed=0), True),  # the attacker knows the seed, and with it the noise
    ],
)
def test_members_are_found_unless_secret_noise_hides_them(make, leaks: bool) -> None:
    rng = np.random.default_rng(4)
    people = rng.random((17, LOG.n_users)) < 0.5
    losses = []
    for seed, chosen in enumerate(people):
        weights = make(seed).fit(LOG.take(chosen[LOG.users])).weights
        losses.append(((MATRIX - MATRIX @ weights) ** 2).sum(axis=1))
    losses = np.stack(losses)
    scores = likelihood_ratio(-losses[0], -losses[1:], people[1:])
    _, low, high = attack_auc(scores, people[0])
    assert low > 0.6 if leaks else low <= 0.5 <= high


def test_a_planted_member_is_found_and_a_stranger_is_not() -> None:
    """Somebody whose item nobody else has stands out in a count without noise."""
    rng = np.random.default_rng(5)
    shadows = rng.normal(size=(20, 2))
    inside = np.stack([np.arange(20) % 2 == 0, np.arange(20) % 2 == 1], axis=1)
    shadows += 5 * inside
    planted, stranger = likelihood_ratio([5.0, 0.0], shadows, inside)
    assert planted > 5
    assert stranger < -5


def scores_of_runs(make, noise_multiplier: float, n_runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Run a mechanism with a person and without, and look for them in what it returns."""
    others = np.eye(3)
    members = np.arange(n_runs) % 2 == 0
    sign = make(ONE[None], 1.0, 0.0)
    scores = [
        (
            make(np.vstack([others, ONE]) if inside else others, 1.0, noise_multiplier, seed) * sign
        ).sum()
        for seed, inside in enumerate(members)
    ]
    return np.array(scores), members


@pytest.mark.parametrize("make", [private_sum, private_gram])
def test_noise_ten_times_too_small_is_caught(make) -> None:
    """The mechanism says ε = 1; with the noise that this takes, the attack cannot refute it."""
    delta = 1e-3
    right = gaussian_noise_multiplier(1.0, delta)
    assert epsilon_lower_bound(*scores_of_runs(make, right, 2000), delta) <= 1
    assert epsilon_lower_bound(*scores_of_runs(make, right / 10, 2000), delta) > 1


def test_the_bound_holds_as_often_as_it_says() -> None:
    """Against the true ε of normal noise, in runs of an attack that is the best there is."""
    rng = np.random.default_rng(6)
    delta, noise = 1e-3, gaussian_noise_multiplier(2.0, 1e-3)
    members = np.arange(1000) % 2 == 0
    bounds = [
        epsilon_lower_bound(members + noise * rng.normal(size=1000), members, delta)
        for _ in range(60)
    ]
    assert np.mean(np.array(bounds) > 2) <= 0.05
    assert np.median(bounds) > 0.2


def test_the_limits_are_those_of_clopper_and_pearson() -> None:
    """A perfect attack: both halves have 100 members, all found, and 100 others, none accused."""
    members = np.arange(400) % 2 == 0
    limits = binomtest(100, 100).proportion_ci(1 - 2 * 0.05 / 4, method="exact")
    expected = np.log((limits.low - 1e-5) / (1 - limits.low))
    assert epsilon_lower_bound(members * 1.0, members, 1e-5) == pytest.approx(expected)


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("shadows", "inside", "message"),
    [
        (np.ones((3, 2)), np.ones((3, 2)) > 0, "shadow_members must have everybody in some"),
        (np.ones((2, 2)), np.eye(2) > 0, "shadow_scores of a person must differ"),
        (np.ones((2, 3)), np.eye(2) > 0, r"shadow_scores must have shape \(m, 2\)"),
        (np.ones((3, 2)), np.eye(2) > 0, "shadow_members has 2 rows, but shadow_scores has 3"),
        (np.full((2, 2), np.nan), np.eye(2) > 0, "shadow_scores must be finite"),
    ],
)
def test_shadow_models_that_do_not_fit(shadows, inside, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        likelihood_ratio([0.0, 1.0], shadows, inside)


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize("attack", [attack_auc, attack_true_positives])
@pytest.mark.parametrize("members", [[True, True], [False, False]])
def test_an_attack_needs_members_and_others(attack, members: list[bool]) -> None:
    with pytest.raises(ValueError, match="members must name people in the training log and"):
        attack([0.0, 1.0], members)
