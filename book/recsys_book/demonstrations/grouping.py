"""Groups of k people with one record each: k-anonymity, and what it leaves to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from scipy import sparse

from recsys_book.demonstrations.uniqueness import drawn_rows, n_fitting
from recsys_helpers import EASE, Interactions, Queries, evaluate
from recsys_helpers._types import I64
from recsys_helpers.splits.split import Split


def groups_of(log: Interactions, k: int, n_directions: int = 8) -> I64:
    """Return a group for each person, with k people or more who met similar items.

    People are points in the directions in which the interaction matrix varies most. A group is cut
    in two at the median of its widest direction as long as both halves keep k people.

    Parameters
    ----------
    log
        The log.
    k
        The fewest people of a group.
    n_directions
        How many singular vectors make the points.

    Returns
    -------
    I64
        Numbers from 0, shape (n_users,).

    Raises
    ------
    ValueError
        If the log has fewer than k people.

    References
    ----------
    LeFevre, DeWitt and Ramakrishnan (2006), "Mondrian multidimensional k-anonymity", ICDE, whose
    greedy algorithm this is. https://doi.org/10.1109/ICDE.2006.101

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> log = synthetic(n_users=50, n_items=30).interactions
    >>> np.bincount(groups_of(log, k=10))
    array([12, 13, 12, 13])
    """
    if log.n_users < k:
        raise ValueError(f"this log has {log.n_users} people, too few for groups of {k}: lower k")
    left, sizes, _ = np.linalg.svd(log.matrix("binary").toarray(), full_matrices=False)
    points = (left * sizes)[:, :n_directions]  # (n_users, n_directions)
    open_, groups = [np.arange(log.n_users)], []
    while open_:
        people = open_.pop()
        if len(people) < 2 * k:
            groups.append(people)
            continue
        widest = points[people].std(axis=0).argmax()
        people = people[points[people, widest].argsort(kind="stable")]
        middle = len(people) // 2
        open_ += [people[middle:], people[:middle]]
    numbers = np.empty(log.n_users, np.int64)
    for number, people in enumerate(groups):
        numbers[people] = number
    return numbers


def merged(log: Interactions, groups: I64) -> Interactions:
    """Return a log in which everybody has the record of their group.

    The record has a row for each item that anybody in the group met. In place of a rating it has
    the share of the group that met it. There are no times.

    Parameters
    ----------
    log
        The log.
    groups
        As `groups_of` returns them.

    Returns
    -------
    Interactions
        With the same users and catalogue.

    Examples
    --------
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> merged(log, np.array([0, 0])).to_frame().rows()
    [(1, 'a', 0.5), (1, 'b', 1.0), (2, 'a', 0.5), (2, 'b', 1.0)]
    """
    ones = np.ones(log.n_users)
    belongs = sparse.csr_array((ones, (groups, np.arange(log.n_users))))  # (n_groups, n_users)
    shares = sparse.diags_array(1 / np.bincount(groups)) @ belongs @ log.matrix("binary")
    records = sparse.coo_array(sparse.csr_array(shares)[groups])  # (n_users, n_items)
    return replace(
        log,
        users=records.row.astype(np.int32),
        items=records.col.astype(np.int32),
        ratings=records.data.astype(np.float32),
        times=None,
        tags=None,
        ordered=False,
    )


def anonymity_and_accuracy(
    split: Split, ks: Sequence[int], *, n_known: int = 3, regularisation: float = 100.0
) -> pl.DataFrame:
    """Return how far groups of k people hide each of them, and what EASE still learns from them.

    Only the training part is merged. People are asked with their own histories, as they would bring
    them to a recommender that was trained elsewhere.

    Parameters
    ----------
    split
        The split; its validation part is asked.
    ks
        Sizes of groups; with 1 everybody keeps their own record.
    n_known
        How many items of a record somebody knows.
    regularisation
        Of EASE.

    Returns
    -------
    pl.DataFrame
        For each k the smallest group, the share of people whom the known items single out, and
        NDCG@10 with the ends of its interval: columns k, smallest, unique, NDCG@10, low, high.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=60, n_items=40).interactions, n_valid=1, n_test=1)
    >>> anonymity_and_accuracy(split, ks=[1, 5])["smallest"].to_list()
    [1, 7]
    """
    rows = []
    queries = _plain(split.valid)
    for k in ks:
        groups = groups_of(split.train, k)
        log = merged(split.train, groups)
        unique = (n_fitting(log, drawn_rows(log, n_known), stars=None) == 1).mean()
        model = EASE(regularisation, values="rating").fit(log)
        # A record has items that only others of the group met in training: no leak of a target.
        report = evaluate({"EASE": model}, queries, leaks="allow")
        rows.append(
            (k, int(np.bincount(groups).min()), float(unique), *report.interval("EASE", "NDCG@10"))
        )
    columns = ["k", "smallest", "unique", "NDCG@10", "low", "high"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _plain(queries: Queries) -> Queries:
    """Return the same queries with histories of what was met, whatever the rating."""
    histories = queries.histories
    ones = np.ones(len(histories.items), np.float32)
    return replace(queries, histories=replace(histories, ratings=ones, times=None, at=None))
