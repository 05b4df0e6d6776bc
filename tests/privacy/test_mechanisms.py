"""Clipping and noise against their definitions, and what one person can change at most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse
from support.strategies import logs

from recsys_helpers import Interactions, synthetic
from recsys_helpers.privacy.mechanisms import clip_rows, private_gram, private_sum, without_person

ROWS = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.floats(-1e3, 1e3)
)
NORMS = st.floats(0.01, 100)


@settings(deadline=None)
@given(ROWS, NORMS)
def test_clipping_follows_its_definition(rows: np.ndarray, max_norm: float) -> None:
    expected = []
    for row in rows:
        norm = np.linalg.norm(row)
        expected.append(row * min(1, max_norm / norm) if norm > 0 else row)
    found = clip_rows(rows, max_norm)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert (np.linalg.norm(found, axis=1) <= max_norm * (1 + 1e-12)).all()
    of_sparse = clip_rows(sparse.csr_array(rows), max_norm)
    np.testing.assert_allclose(of_sparse.toarray(), found, rtol=1e-12)


@settings(deadline=None)
@given(logs(min_users=2))
def test_neighbours_differ_by_one_persons_rows_only(frame) -> None:
    log = Interactions.from_frame(frame, rating="rating")
    for user in log.user_ids.tolist():
        other = without_person(log, user)
        rows = log.to_frame().rows()
        assert other.to_frame().rows() == [row for row in rows if row[0] != user]
        assert other.catalogue is log.catalogue
        assert np.array_equal(other.user_ids, log.user_ids)


@settings(deadline=None)
@given(ROWS, NORMS)
def test_one_person_changes_sum_and_gram_by_no_more_than_their_sensitivity(rows, max_norm) -> None:
    for person in range(len(rows)):
        others = np.delete(rows, person, axis=0)
        difference = private_sum(rows, max_norm, 0.0) - private_sum(others, max_norm, 0.0)
        assert np.linalg.norm(difference) <= max_norm * (1 + 1e-9)
        difference = private_gram(rows, max_norm, 0.0) - private_gram(others, max_norm, 0.0)
        assert np.linalg.norm(np.triu(difference)) <= max_norm**2 * (1 + 1e-9)


def test_a_person_with_one_item_changes_them_by_as_much() -> None:
    rows, nobody = np.array([[0.0, 7.0]]), np.zeros((0, 2))
    assert np.linalg.norm(private_sum(rows, 2.0, 0.0) - private_sum(nobody, 2.0, 0.0)) == 2
    difference = private_gram(rows, 2.0, 0.0) - private_gram(nobody, 2.0, 0.0)
    assert np.linalg.norm(np.triu(difference)) == 4


@pytest.mark.parametrize("make", [private_sum, private_gram])
def test_noise_is_normal_and_as_large_as_said(make) -> None:
    """The standard deviation is z C or z C², and that of the whole triangle if it is symmetric."""
    rows = synthetic(n_users=40, n_items=200, seed=1).interactions.matrix()
    max_norm, z = 3.0, 0.5
    noise = make(rows, max_norm, z, seed=4) - make(rows, max_norm, 0.0)
    if noise.ndim == 2:
        assert np.array_equal(noise, noise.T)
        noise = noise[np.triu_indices(len(noise))]
    scale = z * (max_norm if make is private_sum else max_norm**2)
    n = len(noise)
    assert abs(noise.mean()) < 4 * scale / np.sqrt(n)
    assert noise.std() == pytest.approx(scale, rel=4 / np.sqrt(2 * n))
    assert np.mean(np.abs(noise) < scale) == pytest.approx(0.6827, abs=2 / np.sqrt(n))


@pytest.mark.parametrize("make", [private_sum, private_gram])
def test_noise_depends_on_the_seed_and_not_on_people(make) -> None:
    rows = np.arange(12.0).reshape(4, 3)
    noise = make(rows, 1.0, 1.0, seed=1) - make(rows, 1.0, 0.0)
    of_others = make(rows[:2], 1.0, 1.0, seed=1) - make(rows[:2], 1.0, 0.0)
    np.testing.assert_allclose(noise, of_others, atol=1e-12)
    assert not np.allclose(make(rows, 1.0, 1.0, seed=1), make(rows, 1.0, 1.0, seed=2))


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.ones(3), r"rows must be numbers of shape \(n, d\)"),
        (np.array([["a"]]), r"rows must be numbers of shape \(n, d\)"),
        (np.array([[np.nan]]), "rows must be finite"),
        (sparse.csr_array([[np.inf]]), "rows must be finite"),
    ],
)
def test_what_cannot_be_clipped(rows: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clip_rows(rows, 1.0)
