"""A log sorted by a sort that does not keep the order of equal timestamps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys_helpers import Interactions, Queries
from recsys_helpers._types import I64


def sorted_unstably(log: Interactions) -> Interactions:
    """Return the log with rows sorted by time in NumPy's default way, then grouped by user.

    The default is not stable: rows with the same time change places, in a way that depends on the
    length of the log and may depend on the processor. What is held out changes with it.

    Parameters
    ----------
    log
        With times.

    Returns
    -------
    Interactions
        The same rows; it is `ordered`, so that splits keep the order of tied rows.

    Raises
    ------
    ValueError
        If the log has no times.

    References
    ----------
    https://numpy.org/doc/stable/reference/generated/numpy.sort.html on the kinds of sorts.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"user": [1, 2, 1], "item": list("abc"), "timestamp": [5, 1, 3]}
    >>> sorted_unstably(Interactions.from_frame(pl.DataFrame(rows))).to_frame()["item"].to_list()
    ['c', 'a', 'b']
    """
    if log.times is None:
        raise ValueError("this log has no times, so it cannot be sorted by them")
    by_time = np.argsort(log.times)
    by_user = np.argsort(log.users[by_time], kind="stable")
    return replace(log.take(by_time[by_user]), ordered=True)


def share_moved(one: Queries, other: Queries) -> float:
    """Return the share of the targets of one set of queries that another does not ask for.

    Parameters
    ----------
    one, other
        Queries of the same users over the same catalogue.

    Returns
    -------
    float
        0 if the same users are asked for the same items, up to 1.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import leave_last_out
    >>> rows = {"user": [1, 1, 1, 1], "item": list("abcd"), "timestamp": [1, 2, 3, 3]}
    >>> log = Interactions.from_frame(pl.DataFrame(rows))
    >>> one, other = (leave_last_out(log, 0, 2, seed=seed).test for seed in (0, 1))
    >>> share_moved(one, other)  # "c" and "d", in whatever order
    0.0
    """
    return float(np.mean(~np.isin(_pairs(one), _pairs(other))))


def _pairs(queries: Queries) -> I64:
    users = queries.users[queries.rows].astype(np.int64)
    return users * queries.catalogue.n_items + queries.targets
