"""Noisy counts are those of Popularity and the Markov chain where nothing hides anybody."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from recsys_helpers import (
    MarkovChain,
    Popularity,
    PrivateMarkovChain,
    PrivatePopularity,
    check_recommender,
    load_recommender,
    synthetic,
)
from recsys_helpers.privacy.mechanisms import private_sum, without_person

LOG = synthetic(n_users=60, n_items=30, mean_length=9, repeats=True, seed=3).interactions
HISTORIES = LOG.histories()
MET = np.bincount(LOG.items, minlength=LOG.n_items) > 0
OPEN = {"max_norm": 1e3, "noise_multiplier": 0.0}


def test_without_clipping_and_noise_they_are_the_models_that_count() -> None:
    for private, public in (
        (PrivatePopularity(**OPEN), Popularity()),
        (PrivateMarkovChain(prior=3.0, **OPEN), MarkovChain(prior=3.0)),
    ):
        scores = private.fit(LOG).score(HISTORIES)
        expected = public.fit(LOG).score(HISTORIES)
        np.testing.assert_allclose(scores[:, MET], expected[:, MET], rtol=1e-5)
        assert not scores[:, ~MET].any()


@pytest.mark.parametrize("max_norm", [1.0, 4.0])
def test_a_person_is_one_row_of_counts(max_norm: float) -> None:
    """Written down again: each person's items and pairs are scaled together."""
    n = LOG.n_items
    shares, transitions = np.zeros(n), np.zeros((n, n))
    for history in HISTORIES:
        items, pairs = np.zeros(n), np.zeros((n, n))
        for item in history:
            items[item] += 1
        for before, after in pairwise(history.tolist()):
            pairs[before, after] += 1
        scale = min(1, max_norm / np.sqrt((items**2).sum() + (pairs**2).sum()))
        shares += scale * items
        transitions += scale * pairs
    model = PrivateMarkovChain(max_norm=max_norm, noise_multiplier=0.0).fit(LOG)
    np.testing.assert_allclose(model.share, shares / shares.sum(), rtol=1e-5)
    np.testing.assert_allclose(model.transitions, transitions, rtol=1e-5)


@pytest.mark.parametrize("make", [PrivatePopularity, PrivateMarkovChain])
def test_one_person_changes_what_is_learnt_by_no_more_than_the_norm(make) -> None:
    learner = make(max_norm=1.5, noise_multiplier=0.0)
    for user in LOG.user_ids[:10].tolist():
        with_all = learner.fit(LOG)
        counts = with_all.counts if make is PrivatePopularity else with_all.transitions
        without = make(max_norm=1.5, noise_multiplier=0.0).fit(without_person(LOG, user))
        others = without.counts if make is PrivatePopularity else without.transitions
        assert 0 < np.linalg.norm(counts - others) <= 1.5 + 1e-5


def test_the_noise_is_that_of_a_private_sum() -> None:
    settings = {"max_norm": 2.0, "noise_multiplier": 0.7, "seed": 9}
    counts = PrivatePopularity(**settings).fit(LOG).counts
    np.testing.assert_allclose(counts, private_sum(LOG.matrix(), **settings), rtol=1e-6)
    learnt = PrivateMarkovChain(**settings).fit(LOG)
    assert learnt.transitions.min() == 0
    assert np.count_nonzero(learnt.transitions) > 0.4 * learnt.transitions.size


@pytest.mark.parametrize("make", [PrivatePopularity, PrivateMarkovChain])
def test_contract_and_saving(make, tmp_path) -> None:
    check_recommender(lambda: make(max_norm=5.0, noise_multiplier=0.1, seed=2))
    model = make().fit(LOG)
    model.save(tmp_path)
    assert not load_recommender(tmp_path).train_counts.any()


def test_the_chain_needs_an_order() -> None:
    with pytest.raises(ValueError, match="the order of this log is unknown"):
        PrivateMarkovChain().fit(replace(LOG, times=None))
