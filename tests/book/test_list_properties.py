"""Genres and popularity of single lists, beside plain loops."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from scipy.stats import entropy

from recsys_book.demonstrations.list_properties import (
    coverage_of_groups,
    genre_weights,
    miscalibration,
    popularity_lift,
    surprise,
)
from recsys_helpers import Catalogue, Histories
from recsys_helpers.evaluation import metrics

RNG = np.random.default_rng(0)
NAMES = ["War", "Love", "Crime", "Music"]
GENRES = [RNG.choice(NAMES, RNG.integers(0, 4), replace=False).tolist() for _ in range(30)]
CATALOGUE = Catalogue(pl.DataFrame({"item": range(30), "genres": GENRES}))
WEIGHTS = genre_weights(CATALOGUE)
ROWS = [RNG.integers(0, 30, RNG.integers(1, 9)).tolist() for _ in range(40)]
HISTORIES = Histories.from_lists(CATALOGUE, ROWS)
LISTS = np.stack([RNG.permutation(30)[:5] for _ in range(40)])
LISTS[:4, 3:] = -1
COUNTS = RNG.integers(0, 20, 30)


def shares(items: list[int]) -> np.ndarray:
    found: Counter[str] = Counter()
    for item in items:
        for name in GENRES[item]:
            found[name] += 1 / len(GENRES[item])
    return np.array([found[name] for name in NAMES]) / max(sum(found.values()), 1e-300)


def test_weights_are_those_of_a_loop() -> None:
    for weights, genres in zip(WEIGHTS, GENRES, strict=True):
        expected = [(name in genres) / max(len(genres), 1) for name in sorted(NAMES)]
        assert weights.tolist() == expected


@pytest.mark.parametrize("alpha", [0.01, 0.5])
def test_miscalibration_is_the_divergence_of_counted_genres(alpha) -> None:
    found = miscalibration(HISTORIES, LISTS, WEIGHTS, alpha)
    for value, row, listed in zip(found, ROWS, LISTS, strict=True):
        p, q = shares(row), shares([item for item in listed if item >= 0])
        if p.sum() == 0 or q.sum() == 0:
            assert np.isnan(value)
        else:
            assert value == pytest.approx(entropy(p, (1 - alpha) * q + alpha * p))


def test_a_list_like_its_history_is_calibrated() -> None:
    lists = np.array([row[:1] for row in ROWS])
    same = miscalibration(HISTORIES.first(1), lists, WEIGHTS)
    np.testing.assert_allclose(same[~np.isnan(same)], 0, atol=1e-12)


def test_popularity_is_that_of_a_loop() -> None:
    lifts, bits = popularity_lift(HISTORIES, LISTS, COUNTS), surprise(LISTS, COUNTS)
    for lift, value, row, listed in zip(lifts, bits, ROWS, LISTS, strict=True):
        items = [item for item in listed if item >= 0]
        expected = np.mean(COUNTS[items]) / np.mean(COUNTS[row]) - 1
        assert lift == pytest.approx(expected)
        assert value == pytest.approx(metrics.novelty(np.array([items]), COUNTS))


def test_what_is_empty_has_no_value() -> None:
    histories = Histories.from_lists(CATALOGUE, [[], [3]])
    lists = np.array([[1, 2], [-1, -1]])
    assert np.isnan(popularity_lift(histories, lists, np.ones(30, int))).all()
    assert np.isnan(miscalibration(histories, lists, WEIGHTS)).all()
    assert np.isnan(surprise(lists, COUNTS)).tolist() == [False, True]


def test_coverage_is_what_a_group_of_users_is_shown() -> None:
    users = np.arange(len(LISTS)) // 2
    n_users = len(set(users))
    everybody = coverage_of_groups(LISTS, users, 30, n_users, n_groups=2)
    assert everybody.tolist() == [len(set(LISTS[LISTS >= 0])) / 30] * 2
    alone = coverage_of_groups(LISTS, users, 30, 1, n_groups=60)
    of_user = {len(set(rows[rows >= 0])) / 30 for rows in (LISTS[users == u] for u in set(users))}
    assert set(alone) == of_user


@pytest.mark.parametrize("n_users", [0, 3])
def test_a_group_has_users_that_there_are(n_users) -> None:
    with pytest.raises(ValueError, match=r"1 … 2"):
        coverage_of_groups(np.array([[0], [1]]), np.array([5, 9]), 2, n_users)
