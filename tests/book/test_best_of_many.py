"""The luck of the best of many tries, beside the closed form for normal numbers."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.best_of_many import best_of_many, expected_maximum


@pytest.mark.parametrize("n", [1, 2, 3, 88])
def test_the_expected_maximum_is_that_of_drawn_numbers(n) -> None:
    known = {1: 0.0, 2: 1 / np.sqrt(np.pi), 3: 1.5 / np.sqrt(np.pi)}
    drawn = np.random.default_rng(0).normal(size=(20_000, n)).max(axis=1).mean()
    assert expected_maximum(n) == pytest.approx(known.get(n, drawn), abs=0.02)


@pytest.mark.parametrize("n_fits", [2, 5])
def test_the_best_is_the_expected_maximum_of_normal_numbers_away(n_fits) -> None:
    """Many users with a normal noise of their own: the means of tries are normal."""
    rng = np.random.default_rng(n_fits)
    n_users, spread = 3000, 0.2
    values = rng.random(n_users) + spread * rng.normal(size=(n_fits, n_users))
    luck = best_of_many(values, np.arange(n_users), 30, 400) - values.mean()
    expected = expected_maximum(30) * spread / np.sqrt(n_users)
    assert luck.mean() == pytest.approx(expected, rel=0.06)


def test_queries_of_a_user_come_from_one_fit() -> None:
    """Where all queries are of one user, a try is a fit, stretched about the mean."""
    values = np.array([[0.0, 0.2, 0.4], [0.5, 0.1, 0.9], [0.3, 0.3, 0.3]])
    means = values.mean(axis=1)
    expected = means.mean() + (means - means.mean()) * np.sqrt(3 / 2)
    found = best_of_many(values, np.zeros(3), n_tries=1, n_repeats=200)
    assert set(found.round(9)) == set(expected.round(9))


def test_one_fit_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two fits or more"):
        best_of_many(np.zeros((1, 3)), np.zeros(3), 2)
