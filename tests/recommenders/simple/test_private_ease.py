"""PrivateEASE is EASE where nothing is clipped and no noise is added, and hides people else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.linalg import inv

from recsys_helpers import EASE, PrivateEASE, check_recommender, load_recommender, synthetic
from recsys_helpers.privacy.gaussian import gaussian_delta, gaussian_noise_multiplier
from recsys_helpers.privacy.mechanisms import private_gram, without_person

LOG = synthetic(n_users=60, n_items=40, mean_length=9, repeats=True, seed=3).interactions
HISTORIES = LOG.histories()
MET = np.bincount(LOG.items, minlength=LOG.n_items) > 0


@pytest.mark.parametrize("values", ["binary", "count", "rating"])
@pytest.mark.parametrize("regularisation", [0.5, 20.0])
def test_without_clipping_and_noise_it_is_ease(values: str, regularisation: float) -> None:
    ease = EASE(regularisation, values).fit(LOG)
    private = PrivateEASE(regularisation, max_norm=1e3, noise_multiplier=0.0, values=values).fit(
        LOG
    )
    scores = private.score(HISTORIES)
    np.testing.assert_allclose(scores[:, MET], ease.score(HISTORIES)[:, MET], atol=1e-5)
    assert np.abs(scores[:, ~MET]).max(initial=0) < 1e-6


def test_people_are_clipped_one_by_one() -> None:
    matrix = LOG.matrix("binary").toarray().astype(float)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    clipped = matrix / np.maximum(lengths, 1.5) * 1.5
    precision = inv(clipped.T @ clipped + 3.0 * np.eye(LOG.n_items))
    weights = -precision / np.diag(precision)
    np.fill_diagonal(weights, 0)
    model = PrivateEASE(3.0, max_norm=1.5, noise_multiplier=0.0).fit(LOG)
    np.testing.assert_allclose(model.weights, weights, atol=1e-6)


def test_with_noise_it_reads_nothing_but_the_noisy_matrix() -> None:
    settings = {"max_norm": 2.0, "noise_multiplier": 0.7, "seed": 5}
    values, vectors = np.linalg.eigh(private_gram(LOG.matrix("binary"), **settings))
    assert values.min() < 0
    precision = inv(
        vectors @ np.diag(np.maximum(values, 0)) @ vectors.T + 4.0 * np.eye(len(values))
    )
    weights = -precision / np.diag(precision)
    np.fill_diagonal(weights, 0)
    np.testing.assert_allclose(PrivateEASE(4.0, **settings).fit(LOG).weights, weights, atol=1e-5)


def test_whether_an_item_was_met_is_not_told() -> None:
    """The neighbour of a log may have no row of an item: its scores must not say so."""
    item = int(np.flatnonzero(MET)[0])
    alone = LOG.take((LOG.items != item) | (LOG.users == LOG.users[LOG.items == item][0]))
    user = alone.user_ids[alone.users[alone.items == item][0]]
    for log in (alone, without_person(alone, user)):
        assert np.isfinite(PrivateEASE().fit(log).score(HISTORIES)).all()


def test_what_is_saved_holds_no_counts(tmp_path) -> None:
    model = PrivateEASE().fit(LOG)
    model.save(tmp_path)
    loaded = load_recommender(tmp_path)
    assert model.train_counts.sum() == len(LOG)
    assert not loaded.train_counts.any()
    assert np.array_equal(loaded.score(HISTORIES), model.score(HISTORIES))


def test_epsilon_is_that_of_its_noise() -> None:
    z = gaussian_noise_multiplier(2.0, 1e-4)
    assert PrivateEASE(noise_multiplier=z).epsilon(1e-4) == pytest.approx(2.0)
    assert gaussian_delta(0.5, PrivateEASE(noise_multiplier=0.5).epsilon(0.01)) == pytest.approx(
        0.01
    )
    assert PrivateEASE(noise_multiplier=0.0).epsilon(1e-4) == np.inf


def test_the_contract_holds_with_other_settings() -> None:
    check_recommender(lambda: PrivateEASE(5.0, max_norm=1.0, noise_multiplier=0.1, values="rating"))


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize("setting", ["regularisation", "max_norm", "noise_multiplier"])
def test_settings_are_not_negative(setting: str) -> None:
    with pytest.raises(ValueError, match=f"{setting} must be"):
        PrivateEASE(**{setting: -1.0})
