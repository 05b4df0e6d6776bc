"""Splits: which rows a recommender learns from, and which it is judged on.

Every row of a log ends in exactly one part, or is counted in `Split.report`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from recsys_helpers import _split_parts
from recsys_helpers._split_parts import OrderTies
from recsys_helpers._types import Bool
from recsys_helpers.interactions import Interactions
from recsys_helpers.queries import Queries


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """A log cut into a part to learn from and two parts to be judged on.

    Settings are chosen on `valid`; `test` is read once, when they are frozen.

    Parameters
    ----------
    train
        The rows to learn from, sorted by user and, where times are known, by settled order.
    valid, test
        Queries with histories and targets.
    valid_rows, test_rows
        The held-out rows from which the targets come, with their ratings.
    report
        Columns part, rows, users, queries and targets: how much went where.
    """

    train: Interactions
    valid: Queries
    test: Queries
    valid_rows: Interactions
    test_rows: Interactions
    report: pl.DataFrame

    def __repr__(self) -> str:
        return (
            f"Split: {len(self.train):,} rows in train, {len(self.valid):,} queries in valid, "
            f"{len(self.test):,} in test"
        )


def leave_last_out(
    data: Interactions,
    n_valid: int = 5,
    n_test: int = 5,
    *,
    order_ties: OrderTies = None,
    seed: int = 0,
) -> Split:
    """Hold out each user's last rows, and predict each of them from all before it.

    Of a user's rows in order of time, the last `n_test` are test, the `n_valid` before them
    validation and the rest train. Each held-out row is one query with one target; its history
    holds everything before it, earlier held-out rows included.

    Parameters
    ----------
    data
        A log with times.
    n_valid, n_test
        Rows a user; n_valid may be 0. A user with fewer than n_valid + n_test + 1 rows stays
        whole in train, gives no query and is counted in the report.
    order_ties, seed
        The order of rows that share a timestamp, as in `Interactions.histories`.

    Returns
    -------
    Split
        Queries are sorted by user id and then by time; `at` is the time of the target's row.

    Raises
    ------
    ValueError
        If the order is unknown, a number is out of range, or no user has enough rows.

    Examples
    --------
    >>> rows = {"user": [1] * 4 + [2], "item": list("abcda"), "timestamp": [1, 2, 3, 4, 5]}
    >>> split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), n_valid=1, n_test=1)
    >>> split.train.histories().to_lists()
    [['a', 'b'], ['a']]
    >>> split.test.histories.to_lists(), split.test.catalogue.ids[split.test.targets].tolist()
    ([['a', 'b', 'c']], ['d'])
    """
    _check_whole("n_valid", n_valid, 0)
    _check_whole("n_test", n_test, 1)
    log = _split_parts.settled(data, order_ties, seed)
    starts = _split_parts.starts(log)
    lengths = np.diff(starts)
    enough = lengths > n_valid + n_test
    if not enough.any():
        raise ValueError(
            f"no user has {n_valid + n_test + 1} rows, which n_valid={n_valid} and "
            f"n_test={n_test} need; the longest history has {lengths.max(initial=0)}. "
            "Choose smaller numbers"
        )
    to_go = starts[1:][log.users] - np.arange(len(log))
    test = enough[log.users] & (to_go <= n_test)
    valid = enough[log.users] & (to_go <= n_test + n_valid) & ~test
    train = ~(valid | test)
    return _split(
        log,
        train,
        valid,
        test,
        _split_parts.rolling(log, train, valid),
        _split_parts.rolling(log, train, test),
        [_split_parts.line("users with too few rows, whole in train", log, ~enough[log.users])],
    )


def _split(
    log: Interactions,
    train: Bool,
    valid: Bool,
    test: Bool,
    valid_queries: Queries,
    test_queries: Queries,
    notes: Sequence[_split_parts.Line],
) -> Split:
    lines = [
        _split_parts.line("train", log, train),
        _split_parts.line("valid", log, valid, valid_queries),
        _split_parts.line("test", log, test, test_queries),
        *notes,
    ]
    return Split(
        log.take(train),
        valid_queries,
        test_queries,
        log.take(valid),
        log.take(test),
        pl.DataFrame(lines, {"part": pl.String, **_split_parts.REPORT}, orient="row"),
    )


def _check_whole(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")
