"""Coarser logs, in which people are harder to tell apart: the idea of k-anonymity."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Literal, cast

import numpy as np
import polars as pl

from recsys_helpers import Catalogue, Interactions
from recsys_helpers._types import I64, FileTimeUnit

STEPS = {"day": "1d", "week": "1w", "month": "1mo", "year": "1y"}


def coarse_times(log: Interactions, unit: Literal["day", "week", "month", "year"]) -> Interactions:
    """Return the log with each time set back to the beginning of its day, week, month or year.

    The order within it is lost, as it should be.

    Parameters
    ----------
    log
        A log with times.
    unit
        Weeks begin on Mondays.

    Returns
    -------
    Interactions
        With the same rows.

    Examples
    --------
    >>> frame = pl.DataFrame({"user": [1], "item": [1], "timestamp": ["2018-03-14T15:09"]})
    >>> coarse = coarse_times(Interactions.from_frame(frame), "month")
    >>> coarse.datetimes[0].isoformat()
    '2018-03-01T00:00:00'
    """
    moments = log.datetimes.dt.truncate(STEPS[unit])
    times = moments.dt.epoch(cast("FileTimeUnit", log.time_unit)).to_numpy()
    return replace(log, times=times, ordered=False)


def liked(log: Interactions, least: float = 4.0) -> Interactions:
    """Return the log with 1 in place of ratings that say that somebody liked an item, else 0.

    Parameters
    ----------
    log
        A log with ratings.
    least
        The lowest rating that says so.

    Returns
    -------
    Interactions
        With the same rows.

    Raises
    ------
    ValueError
        If there are no ratings.

    Examples
    --------
    >>> frame = pl.DataFrame({"user": [1, 1], "item": [1, 2], "rating": [3.5, 4.0]})
    >>> liked(Interactions.from_frame(frame, timestamp=None, rating="rating")).ratings
    array([0., 1.], dtype=float32)
    """
    if log.ratings is None:
        raise ValueError("this log has no ratings")
    return replace(log, ratings=(log.ratings >= least).astype(np.float32))


def genres_for_items(log: Interactions) -> Interactions:
    """Return the log with a row for each genre of a row's item; equal rows are kept once.

    Parameters
    ----------
    log
        A log whose catalogue has "genres", a list for each item. Items without one are left out.

    Returns
    -------
    Interactions
        Over a catalogue of genres, with the same users.

    Raises
    ------
    ValueError
        If the catalogue has no genres.

    Examples
    --------
    >>> items = pl.DataFrame({"item": [1, 2], "genres": [["Drama", "War"], ["War"]]})
    >>> frame = pl.DataFrame({"user": [7, 7], "item": [1, 2]})
    >>> log = Interactions.from_frame(frame, timestamp=None, items=items)
    >>> genres_for_items(log).to_frame().rows()
    [(7, 'Drama'), (7, 'War')]
    """
    if "genres" not in log.catalogue.items.columns:
        raise ValueError("the catalogue of this log has no column 'genres'")
    genres = log.catalogue.items.select("item", "genres").explode("genres").drop_nulls()
    names = genres["genres"].unique().sort()
    rows = pl.DataFrame({"row": np.arange(len(log)), "item": log.to_frame()["item"]}).join(
        genres, on="item", maintain_order="left"
    )
    taken = log.take(rows["row"].to_numpy())
    catalogue = Catalogue(names.to_frame("item"))
    whole = replace(taken, catalogue=catalogue, items=catalogue.codes(rows["genres"]), tags=None)
    first = whole.to_frame().with_row_index().unique(log.to_frame().columns, keep="first")["index"]
    return whole.take(np.sort(first.to_numpy()))


def class_sizes(log: Interactions) -> I64:
    """Return for each person how many people have exactly the same record, that person included.

    A log is k-anonymous if all of these are k or more.

    Parameters
    ----------
    log
        Its items, ratings and times count, where it has them.

    Returns
    -------
    I64
        1 or more, shape (n_users,).

    References
    ----------
    Sweeney (2002), "k-anonymity: a model for protecting privacy", International Journal of
    Uncertainty, Fuzziness and Knowledge-Based Systems 10(5).
    https://doi.org/10.1142/S0218488502001648

    Examples
    --------
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "b", "a", "a"]})
    >>> class_sizes(Interactions.from_frame(frame, timestamp=None))
    array([2, 2, 1])
    """
    records: list[list[tuple[object, ...]]] = [[] for _ in range(log.n_users)]
    for user, *row in log.to_frame().with_columns(user=pl.Series(log.users)).rows():
        records[user].append(tuple(row))
    keys = [tuple(sorted(record)) for record in records]
    sizes = Counter(keys)
    return np.array([sizes[key] for key in keys])
