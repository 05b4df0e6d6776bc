"""What can be wrong with a log, each counted by one small function."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys_helpers._types import F64, I64, Bool, TimeUnit
from recsys_helpers.log import Interactions

DAY: dict[TimeUnit, int] = {
    "s": 86_400,
    "ms": 86_400_000,
    "us": 86_400_000_000,
    "ns": 86_400_000_000_000,
}
"""How many units of time a day has. Row numbers in place of times know no days."""


def repeated_rows(log: Interactions) -> Bool:
    """Return which rows equal an earlier one in user, item and time, shape (n_rows,).

    Examples
    --------
    >>> repeated_rows(small_log("Ann a 1", "Ann a 1", "Ann a 2"))
    array([False,  True, False])
    """
    keys: list[NDArray[np.integer]] = [log.items, log.users]
    if log.times is not None:
        keys.append(log.times)
    order = np.lexsort(keys)  # stable, so that of equal rows the first one of the file stands first
    same = np.ones(max(len(log) - 1, 0), np.bool_)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    repeated = np.zeros(len(log), np.bool_)
    repeated[order[1:][same]] = True
    return repeated


def backward_share(log: Interactions) -> float:
    """Return the share of rows that are older than the row before them in the file.

    Examples
    --------
    >>> backward_share(small_log("Ann a 1", "Ann b 3", "Bo a 2"))
    0.5
    """
    times = _times(log)
    return float(np.mean(np.diff(times) < 0)) if len(times) > 1 else 0.0


def tied_share(log: Interactions) -> float:
    """Return the share of neighbouring rows of a user, in order of time, that share their time.

    Examples
    --------
    >>> tied_share(small_log("Ann a 1", "Ann b 1", "Ann c 2", "Bo a 2"))
    0.5
    """
    times = _times(log)
    order = np.lexsort((times, log.users))
    users, times = log.users[order], times[order]
    same_user = users[1:] == users[:-1]
    return float(np.mean(times[1:][same_user] == times[:-1][same_user])) if same_user.any() else 0.0


def busiest_days(log: Interactions) -> I64:
    """Return the rows of each user's busiest day, shape (n_users,).

    Days are those of UTC.

    Examples
    --------
    >>> busiest_days(small_log("Ann a 1", "Ann b 2", "Ann c 90000", "Bo a 1"))
    array([2, 1])
    """
    pairs = np.stack([log.users, days(log)])
    (users, _), counts = np.unique(pairs, axis=1, return_counts=True)
    busiest = np.zeros(log.n_users, np.int64)
    np.maximum.at(busiest, users, counts)
    return busiest


def hurried_users(log: Interactions, factor: int = 20, least: int = 100) -> I64:
    """Return codes of users with a day that no person has, the busiest one first.

    Parameters
    ----------
    log
        With times.
    factor
        How many times the rows of the median user's busiest day such a day has at least.
    least
        How many rows it has at least.
    """
    busiest = busiest_days(log)
    median = np.median(busiest[busiest > 0])
    found = np.flatnonzero(busiest >= max(factor * median, least))
    return found[np.argsort(-busiest[found], kind="stable")]


def burst_days(log: Interactions, factor: int = 10, least: int = 100) -> tuple[I64, I64]:
    """Return the days with far more rows than the median day, and their rows, oldest first.

    Parameters
    ----------
    log
        With times.
    factor
        How many times the rows of the median day, of those with rows, such a day has at least.
    least
        How many rows it has at least.

    Returns
    -------
    days, counts
        Days since 1970 in UTC, and the rows of each.
    """
    there, counts = np.unique(days(log), return_counts=True)
    found = counts >= max(factor * np.median(counts), least)
    return there[found], counts[found]


def items_of_a_day(log: Interactions, least: int = 5) -> I64:
    """Return codes of items of which all rows lie within 24 hours.

    Parameters
    ----------
    log
        With times.
    least
        How many rows such an item has at least.

    Examples
    --------
    >>> items_of_a_day(small_log("Ann a 1", "Bo a 9", "Ann b 1", "Bo b 90000"), least=2)
    array([0])
    """
    times = _times(log)
    counts = np.bincount(log.items, minlength=log.n_items)
    first = np.full(log.n_items, np.iinfo(np.int64).max)
    last = np.full(log.n_items, np.iinfo(np.int64).min)
    np.minimum.at(first, log.items, times)
    np.maximum.at(last, log.items, times)
    there = np.flatnonzero(counts >= least)
    short: I64 = there[last[there] - first[there] < DAY[log.time_unit]]
    return short


def repeat_share(log: Interactions) -> float:
    """Return the share of rows whose user has met the item before, at another time or not.

    Examples
    --------
    >>> repeat_share(small_log("Ann a 1", "Ann b 2", "Ann a 3", "Bo a 3"))
    0.25
    """
    pairs = log.users.astype(np.int64) * log.n_items + log.items
    return 1 - len(np.unique(pairs)) / len(log)


def share_of_top(log: Interactions, share: float = 0.01) -> float:
    """Return which share of the rows belongs to the most popular items.

    Parameters
    ----------
    log
        Any log.
    share
        How many of the items with rows are meant; at least one item.

    Examples
    --------
    >>> share_of_top(small_log("Ann a 1", "Bo a 2", "Cy a 3", "Cy b 4"))
    0.75
    """
    counts = np.sort(np.bincount(log.items))[::-1]
    counts = counts[counts > 0]
    return float(counts[: max(1, round(share * len(counts)))].sum() / len(log))


def days(log: Interactions) -> I64:
    """Return the day of each row in UTC, counted from 1970, shape (n_rows,)."""
    return (_times(log) // DAY[log.time_unit]).astype(np.int64)


def rows_by_period(log: Interactions, n: int = 40) -> tuple[F64, I64]:
    """Return the rows in n periods of the same length, from the first row to the last.

    Returns
    -------
    starts, counts
        When each period begins, in the log's unit, and its rows, shape (n,).

    Examples
    --------
    >>> rows_by_period(small_log("Ann a 0", "Ann b 1", "Ann c 10"), n=2)
    (array([0., 5.]), array([2, 1]))
    """
    times = _times(log)
    counts, edges = np.histogram(times, bins=n)
    return edges[:-1], counts.astype(np.int64)


def small_log(*rows: str) -> Interactions:
    """Return a log of rows written as "user item time", for examples and tests.

    Examples
    --------
    >>> small_log("Ann a 1", "Bo a 2")
    Interactions: 2 users × 1 items, 2 rows
    """
    fields = [row.split() for row in rows]
    frame = {
        "user": [user for user, _, _ in fields],
        "item": [item for _, item, _ in fields],
        "timestamp": [int(time) for _, _, time in fields],
    }
    return Interactions.from_frame(pl.DataFrame(frame), duplicates="keep")


def _times(log: Interactions) -> I64:
    if log.times is None or log.time_unit == "rows":
        raise ValueError("this log has no times: name the column that holds them")
    return log.times
