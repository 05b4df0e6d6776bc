"""Recommenders that remember people give them away; noise, and learning from nobody, do not."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.membership import attacked, own_scores
from recsys_helpers import (
    EASE,
    MarkovChain,
    Popularity,
    PrivateEASE,
    Random,
    leave_last_out,
    synthetic,
)

LOG = synthetic(n_users=100, n_items=40, mean_length=26, seed=3).interactions
QUERIES = leave_last_out(LOG, n_valid=0, n_test=3).test


def secret(seed: int) -> PrivateEASE:
    return PrivateEASE(10.0, max_norm=1.0, noise_multiplier=20.0, seed=seed)


@pytest.mark.parametrize(
    ("make", "leaks"),
    [
        (lambda _: EASE(0.5), True),
        (lambda _: MarkovChain(), True),
        (lambda _: PrivateEASE(0.5, max_norm=50.0, noise_multiplier=0.0), True),
        (secret, False),
        (Random, False),
    ],
)
def test_members_of_recommenders_that_remember_are_found(make, leaks: bool) -> None:
    _, low, high = attacked(make, LOG, n_shadows=8).auc()
    assert low > 0.7 if leaks else low <= 0.5 <= high


def test_an_attack_is_on_half_of_the_people() -> None:
    attack = attacked(secret, LOG, n_shadows=4, seed=1)
    assert attack.scores.shape == attack.members.shape == (LOG.n_users,)
    assert attack.members.sum() == LOG.n_users // 2
    assert attack.found()[0] >= 0


def test_own_scores_follow_their_definition() -> None:
    model = MarkovChain().fit(LOG)
    scores = model.score(QUERIES.histories)
    expected = np.zeros(LOG.n_users)
    for user, row, target in zip(QUERIES.users, scores, QUERIES.targets, strict=True):
        known = row[np.isfinite(row)]
        expected[user] += (row[target] - known.mean()) / known.std() / 3
    np.testing.assert_allclose(own_scores(model, QUERIES), expected, rtol=1e-4)


def test_an_unknown_target_counts_as_the_mean() -> None:
    item = QUERIES.targets[0]
    model = Popularity().fit(LOG.take(LOG.items != item))
    assert np.isfinite(own_scores(model, QUERIES)).all()
    alone = QUERIES.take(np.flatnonzero(QUERIES.targets == item)[:1])
    assert own_scores(model, alone) == [0]
