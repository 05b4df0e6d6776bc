"""Uniqueness and linkage against loops over everybody, and coarser logs row by row."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from recsys_book.demonstrations.coarsening import (
    class_sizes,
    coarse_times,
    genres_for_items,
    liked,
)
from recsys_book.demonstrations.linkage import eccentricity, linkage_scores
from recsys_book.demonstrations.uniqueness import days_of, drawn_rows, n_fitting
from recsys_helpers import Interactions, synthetic

LOG = synthetic(n_users=60, n_items=25, mean_length=8, repeats=True, seed=2).interactions


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("stars", [None, 0.0, 1.0])
@pytest.mark.parametrize("days", [None, 0.0, 40.0])
@pytest.mark.parametrize("n_wrong", [0, 1])
def test_people_who_fit_are_found_by_looking_at_everybody(k, stars, days, n_wrong) -> None:
    rows = drawn_rows(LOG, k, 20, seed=k)
    rng = np.random.default_rng(7)
    known = rows.copy()
    known[:, :n_wrong] = rng.integers(len(LOG), size=(len(rows), n_wrong))
    values = [(LOG.ratings, stars), (LOG.times / 86_400, days)]
    given = [
        (column, limit, column[known] + rng.uniform(-limit, limit, known.shape))
        for column, limit in values
        if limit is not None
    ]
    expected = []
    for person, own in enumerate(known):
        n_people = 0
        for user in range(LOG.n_users):
            n_found = 0
            for place, row in enumerate(own):
                n_found += any(
                    LOG.items[met] == LOG.items[row]
                    and all(
                        abs(column[met] - told[person, place]) <= limit + 1e-6
                        for column, limit, told in given
                    )
                    for met in np.flatnonzero(LOG.users == user)
                )
            n_people += n_found >= k - n_wrong
        expected.append(n_people)
    found = n_fitting(LOG, rows, stars=stars, days=days, n_wrong=n_wrong, seed=7)
    assert found.tolist() == expected
    assert found.min() >= 1  # whoever is known fits, whatever the errors


def test_more_knowledge_leaves_fewer_people() -> None:
    rows = drawn_rows(LOG, 4, 100)
    fitting = [n_fitting(LOG, rows[:, :k], stars=None) for k in (1, 2, 3, 4)]
    assert all((fewer <= more).all() for more, fewer in pairwise(fitting))
    exact, loose = (n_fitting(LOG, rows, days=days) for days in (0.0, 10_000.0))
    assert (exact <= loose).all()
    assert (n_fitting(LOG, rows, n_wrong=4) == LOG.n_users).all()


def test_known_rows_are_those_of_one_person_and_of_such_popularity() -> None:
    counts = np.bincount(LOG.items, minlength=LOG.n_items)
    rows = drawn_rows(LOG, 3, 200, popularity=(2, 20), seed=1)
    assert (np.ptp(LOG.users[rows], axis=1) == 0).all()
    assert all(len(set(own)) == 3 for own in rows.tolist())
    popularity = counts[LOG.items[rows]]
    assert popularity.min() >= 2
    assert popularity.max() <= 20
    with pytest.raises(ValueError, match="nobody has 3 rows with items of such popularity"):
        drawn_rows(LOG, 3, popularity=(10_000, np.inf))


def test_what_is_not_in_the_log_cannot_be_known() -> None:
    bare = replace(LOG, ratings=None)
    with pytest.raises(ValueError, match="no ratings: say stars=None"):
        n_fitting(bare, np.array([[0]]))
    with pytest.raises(ValueError, match="no ratings to compare with"):
        linkage_scores(bare, LOG.catalogue.ids[:1], ratings=[3.0])


def test_the_linkage_score_follows_its_definition() -> None:
    rows = np.flatnonzero(LOG.users == 5)[:4]
    items, ratings = LOG.catalogue.ids[LOG.items[rows]], LOG.ratings[rows] + 0.5
    days = days_of(LOG)[rows] + 3
    expected = np.zeros(LOG.n_users)
    for item, rating, day in zip(items, ratings, days, strict=True):
        code = int(LOG.catalogue.codes([item])[0])
        weight = 1 / math.log(max((LOG.items == code).sum(), 2))
        for user in range(LOG.n_users):
            met = np.flatnonzero((LOG.users == user) & (LOG.items == code))
            alike = [
                math.exp(-abs(rating - LOG.ratings[row]) / 1.5)
                + math.exp(-abs(day - LOG.times[row] / 86_400) / 30)
                for row in met
            ]
            expected[user] += weight * max(alike, default=0)
    scores = linkage_scores(LOG, items, ratings=ratings, days=days)
    np.testing.assert_allclose(scores, expected)
    assert np.argmax(scores) == 5


def test_who_is_known_stands_out_more_than_the_best_of_the_others() -> None:
    made = synthetic(n_users=300, n_items=200, mean_length=20, seed=4).interactions
    days = days_of(made)
    found, absent = [], []
    for rows in drawn_rows(made, 5, 20, popularity=(1, 40), seed=3):
        what = {"ratings": made.ratings[rows], "days": days[rows]}
        items, user = made.catalogue.ids[made.items[rows]], made.users[rows[0]]
        scores = linkage_scores(made, items, **what)
        assert np.argmax(scores) == user
        found.append(eccentricity(scores))
        absent.append(eccentricity(np.delete(scores, user)))
    assert min(found) > 1.5
    assert np.median(found) > 2 * np.median(absent)


def test_nobody_stands_out_of_equals() -> None:
    assert eccentricity(np.ones(4)) == 0


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
@pytest.mark.parametrize("time_unit", ["s", "ms"])
def test_times_become_the_beginning_of_their_period(unit: str, time_unit: str) -> None:
    log = replace(LOG, times=LOG.times * (1000 if time_unit == "ms" else 1), time_unit=time_unit)
    coarse = coarse_times(log, unit)
    for before, after in zip(log.datetimes, coarse.datetimes, strict=True):
        start = before.replace(hour=0, minute=0, second=0, microsecond=0)
        if unit == "month":
            start = start.replace(day=1)
        if unit == "year":
            start = start.replace(month=1, day=1)
        if unit == "week":
            assert after.weekday() == 0
            assert 0 <= (start - after).days < 7
        else:
            assert after == start
    assert not coarse.ordered


def test_genres_stand_for_items_once_each() -> None:
    coarse = coarse_times(LOG, "year")
    found = genres_for_items(coarse)
    genres = dict(LOG.catalogue.items.select("item", "genres").rows())
    expected = {
        (user, genre, time, rating)
        for user, item, time, rating in coarse.to_frame().rows()
        for genre in genres[item]
    }
    assert Counter(found.to_frame().rows()) == Counter(expected)
    assert found.n_users == LOG.n_users
    frame = pl.DataFrame({"user": [1], "item": [1]})
    with pytest.raises(ValueError, match="no column 'genres'"):
        genres_for_items(Interactions.from_frame(frame, timestamp=None))


def test_coarser_logs_hide_people_better() -> None:
    rows = drawn_rows(LOG, 3, 100)
    logs = [
        LOG,
        coarse_times(LOG, "month"),
        coarse_times(LOG, "year"),
        coarse_times(liked(LOG), "year"),
    ]
    shares = [np.mean(n_fitting(log, rows, days=0.0) == 1) for log in logs]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < shares[0]


def test_people_with_the_same_record_are_one_class() -> None:
    frame = pl.DataFrame(
        {"user": [1, 1, 2, 2, 3, 3], "item": [7, 8, 8, 7, 7, 8], "rating": [3, 4, 4, 3, 4, 3]}
    )
    log = Interactions.from_frame(frame, timestamp=None, rating="rating")
    assert class_sizes(log).tolist() == [2, 2, 1]
    assert class_sizes(replace(log, ratings=None)).tolist() == [3, 3, 3]
    assert class_sizes(liked(log, 1.0)).tolist() == [3, 3, 3]
