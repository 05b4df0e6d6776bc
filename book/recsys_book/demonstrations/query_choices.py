"""Which queries are asked and averaged, and how much each of them counts."""

from __future__ import annotations

from typing import Literal

import numpy as np

from recsys_helpers import Queries
from recsys_helpers._types import F64, I32, Bool


def last_queries(queries: Queries, n: int = 1) -> Bool:
    """Return which queries are the last n of their user.

    Parameters
    ----------
    queries
        Sorted by user, then by time, as the splits leave them.
    n
        How many of each user, at least 1.

    Returns
    -------
    Bool
        A mask for `Report.take`, shape (n_queries,).

    Raises
    ------
    ValueError
        If n is less than 1.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> last_queries(split.test)[:10].tolist()
    [False, False, False, False, True, False, False, False, False, True]
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    from_end = np.searchsorted(queries.users, queries.users, side="right") - np.arange(len(queries))
    return np.asarray(from_end <= n)


def of_sampled_users(queries: Queries, n_users: int, seed: int = 0) -> Bool:
    """Return which queries belong to a sample of users, drawn without replacement.

    Parameters
    ----------
    queries
        Of at least `n_users` users.
    n_users
        How many users to draw.
    seed
        Of the draw.

    Returns
    -------
    Bool
        A mask for `Report.take`, shape (n_queries,).

    Raises
    ------
    ValueError
        If there are fewer users.

    References
    ----------
    https://github.com/kang205/SASRec, util.py, draws 10,000 users anew in each evaluation.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> int(of_sampled_users(split.test, n_users=10).sum())
    50
    """
    drawn = np.random.default_rng(seed).choice(np.unique(queries.users), n_users, replace=False)
    return np.isin(queries.users, drawn)


def share_turned(differences: F64, users: I32, n_users: int, n_draws: int = 1000) -> float:
    """Return how often a sample of users puts two models in the other order than all users do.

    Parameters
    ----------
    differences
        One model's values minus the other's, shape (n_queries,).
    users
        To whom the queries belong, shape (n_queries,).
    n_users
        How many users are drawn, without replacement.
    n_draws
        How many samples are drawn.

    Returns
    -------
    float
        0 to 1; samples in which both are equal count as half.

    Examples
    --------
    Of two users, one is wrong about what both say together:

    >>> round(share_turned(np.array([3.0, -1.0]), np.array([0, 1]), n_users=1), 1)
    0.5
    """
    _, codes = np.unique(users, return_inverse=True)
    by_user = np.bincount(codes, differences)
    rng = np.random.default_rng(0)
    sums = [rng.permutation(by_user)[:n_users].sum() for _ in range(n_draws)]
    signs = np.sign(sums) * np.sign(differences.sum())
    return float(np.mean((1 - signs) / 2))


def weights(queries: Queries, each: Literal["query", "user", "target"]) -> F64:
    r"""Return how much each query counts in an average over queries, over users or over targets.

    .. math::

        w_q = 1, \qquad w_q = \frac{Q}{U Q_{u(q)}}
        \qquad\text{or}\qquad w_q = \frac{R_q}{\bar R}

    for Q queries of U users, of which user u has :math:`Q_u`, where query q has :math:`R_q`
    targets. The mean of values times weights is the average over these units.

    Parameters
    ----------
    queries
        Histories and targets.
    each
        What counts alike: "query", as in `Report.mean`, "user", or "target".

    Returns
    -------
    F64
        Shape (n_queries,), with mean 1.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue, Histories
    >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
    >>> histories = Histories.from_lists(catalogue, [["a"], ["a"], ["b"]])
    >>> users, counts = np.array([0, 0, 1]), np.array([2, 1, 0])
    >>> queries = Queries(histories, np.array([0, 1, 3, 4]), np.array([1, 1, 2, 0]), users, counts)
    >>> weights(queries, "user"), weights(queries, "target")
    (array([0.75, 0.75, 1.5 ]), array([0.75, 1.5 , 0.75]))
    """
    if each == "user":
        _, codes, n_queries = np.unique(queries.users, return_inverse=True, return_counts=True)
        return np.asarray(len(queries) / len(n_queries) / n_queries[codes])
    if each == "target":
        return np.asarray(queries.n_relevant / queries.n_relevant.mean())
    return np.ones(len(queries))


def one_list_each(queries: Queries) -> Queries:
    """Return one query for each user: the history of the first, and the targets of all.

    Parameters
    ----------
    queries
        Sorted by user, then by time.

    Returns
    -------
    Queries
        As many as there are users.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> together = one_list_each(split.test)
    >>> len(split.test), len(together), together.n_relevant[:3].tolist()
    (210, 42, [5, 5, 5])
    """
    first = np.flatnonzero(np.diff(queries.users, prepend=-1))
    return Queries(
        histories=queries.histories.take(first),
        target_indptr=np.append(queries.target_indptr[first], len(queries.targets)),
        targets=queries.targets,
        users=queries.users[first],
        train_counts=queries.train_counts,
    )
