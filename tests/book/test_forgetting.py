"""What is taken out is gone: the rest is equal to fitting without the person."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.forgetting import chain_without, ease_precision, without_row
from recsys_helpers import EASE, MarkovChain, synthetic
from recsys_helpers.privacy.mechanisms import without_person
from recsys_helpers.recommenders.simple.ease import without_self

LOG = synthetic(n_users=40, n_items=25, mean_length=8, repeats=True, seed=3).interactions
MATRIX = LOG.matrix("binary").toarray()


def test_the_matrix_is_the_one_that_ease_learns_from() -> None:
    weights = EASE(regularisation=3.0).fit(LOG).weights
    np.testing.assert_allclose(without_self(ease_precision(LOG, 3.0)), weights, atol=1e-6)


@pytest.mark.parametrize("regularisation", [0.5, 50.0])
def test_ease_without_somebody_is_ease_fitted_to_the_others(regularisation: float) -> None:
    precision = ease_precision(LOG, regularisation)
    for user in range(LOG.n_users):
        others = ease_precision(without_person(LOG, int(LOG.user_ids[user])), regularisation)
        np.testing.assert_allclose(without_row(precision, MATRIX[user]), others, atol=1e-12)


def test_all_but_one_may_go() -> None:
    """Errors do not add up to anything that could be seen."""
    precision = ease_precision(LOG, 1.0)
    for user in range(1, LOG.n_users):
        precision = without_row(precision, MATRIX[user])
    alone = ease_precision(LOG.take(LOG.users == 0), 1.0)
    np.testing.assert_allclose(precision, alone, atol=1e-10)


def test_nobody_is_forgotten_twice() -> None:
    alone = np.linalg.inv(np.outer(MATRIX[0], MATRIX[0]) + 0.1 * np.eye(LOG.n_items))
    once = without_row(alone, MATRIX[0])
    with pytest.raises(ValueError, match="was it removed before"):
        without_row(once, MATRIX[0])


def test_a_chain_without_somebody_is_the_chain_of_the_others() -> None:
    model = MarkovChain(prior=2.0).fit(LOG)
    before = model.transitions.toarray()
    for user in range(0, LOG.n_users, 7):
        left = chain_without(model, LOG.take(LOG.users == user))
        others = MarkovChain(prior=2.0).fit(LOG.take(LOG.users != user))
        assert (left.transitions - others.transitions).nnz == 0
        assert left.transitions.nnz == others.transitions.nnz  # nor do zeros tell who was there
        histories = LOG.histories()
        np.testing.assert_array_equal(left.score(histories), others.score(histories))
    np.testing.assert_array_equal(model.transitions.toarray(), before)
