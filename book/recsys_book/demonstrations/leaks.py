"""Training rows that a recommender could not have had when it was asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys_helpers import Interactions, Queries
from recsys_helpers._types import F64
from recsys_helpers.splits import Split


def with_held_out(split: Split, *, test: bool = False) -> Split:
    """Return a split whose train also holds the validation rows, and the test rows if asked for.

    Fitted on it, a model has learnt from rows that the others have not. With the test rows it has
    seen the answers, and `evaluate` judges it only with ``leaks="allow"``.

    Parameters
    ----------
    split
        Any split.
    test
        Whether train gets the test rows as well.

    Returns
    -------
    Split
        With the same queries, whose `train_counts` are those of the larger train. The report is
        that of the split given.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions, 1, 1)
    >>> [len(part.train) for part in (split, with_held_out(split), with_held_out(split, test=True))]
    [803, 853, 903]
    """
    parts = [split.train, split.valid_rows, *([split.test_rows] if test else [])]
    train = _together(parts)
    counts = np.bincount(train.items, minlength=train.n_items)
    valid, test_queries = (
        replace(queries, train_counts=counts) for queries in (split.valid, split.test)
    )
    return replace(split, train=train, valid=valid, test=test_queries)


def _together(parts: list[Interactions]) -> Interactions:
    """Return the rows of all parts, those of each user in the order of the parts."""
    times = [part.times for part in parts if part.times is not None]
    ratings = [part.ratings for part in parts if part.ratings is not None]
    whole = replace(
        parts[0],
        users=np.concatenate([part.users for part in parts]),
        items=np.concatenate([part.items for part in parts]),
        times=np.concatenate(times) if times else None,
        ratings=np.concatenate(ratings) if ratings else None,
    )
    keys = (whole.users,) if whole.times is None else (whole.times, whole.users)
    return whole.take(np.lexsort(keys))


def share_later(train: Interactions, queries: Queries) -> F64:
    r"""Return the share of training rows that are later than each query.

    .. math:: \frac{1}{N} \left| \{ j : t_j > t_q \} \right|

    A query's own user has no such row if the last rows are held out: these are rows of others.

    Parameters
    ----------
    train
        N training rows with times.
    queries
        With the time `at` which each is asked.

    Returns
    -------
    F64
        0 to 1, shape (n_queries,); 0 everywhere if one moment divides train from the queries.

    Raises
    ------
    ValueError
        If times are missing.

    References
    ----------
    Ji, Sun, Zhang and Li (2023), "A critical study on data leakage in recommender system offline
    evaluation", ACM TOIS 41(3). https://doi.org/10.1145/3569930

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import leave_last_out
    >>> rows = {"user": [1, 1, 2, 2], "item": list("abab"), "timestamp": [1, 2, 3, 4]}
    >>> split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), 0, 1)
    >>> share_later(split.train, split.test)  # user 1 is asked at 2, and user 2 meets "a" at 3
    array([0.5, 0. ])
    """
    if train.times is None or queries.histories.at is None:
        raise ValueError("train needs times, and each query the time at which it is asked")
    earlier = np.searchsorted(np.sort(train.times), queries.histories.at, side="right")
    return np.asarray(1 - earlier / len(train))


def share_later_of_targets(train: Interactions, queries: Queries) -> F64:
    """Return the share of each target's training rows that are later than its query.

    These rows tell a model how popular the target will be, and with what it will be met.

    Parameters
    ----------
    train, queries
        As in `share_later`.

    Returns
    -------
    F64
        0 to 1, NaN for a target without a training row, shape (n_targets,).

    Raises
    ------
    ValueError
        If times are missing.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import leave_last_out
    >>> rows = {"user": [1, 1, 2, 2], "item": list("abbc"), "timestamp": [1, 2, 3, 4]}
    >>> split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), 0, 1)
    >>> share_later_of_targets(split.train, split.test)  # "b" is met at 3 only, "c" never
    array([ 1., nan])
    """
    if train.times is None or queries.histories.at is None:
        raise ValueError("train needs times, and each query the time at which it is asked")
    order = np.lexsort((train.times, train.items))
    items, times = train.items[order], train.times[order]
    first, last = (np.searchsorted(items, queries.targets, side) for side in ("left", "right"))
    shares = np.full(len(queries.targets), np.nan)
    asked = queries.histories.at[queries.rows]
    for target in np.flatnonzero(last > first):
        of_target = times[first[target] : last[target]]
        shares[target] = np.mean(of_target > asked[target])
    return shares
