"""What all splits are made of: rows in a settled order, queries, and a count of what went where."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from recsys_helpers import _arguments, _hashing
from recsys_helpers._types import I32, I64, U64, Bool
from recsys_helpers.log import _order
from recsys_helpers.log._ragged import ragged_rows, starts_of
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries

OrderTies: TypeAlias = Literal["shuffle", "file"] | None

TRAIN, VALID, TEST, APART = 0, 1, 2, 3
"""The parts of a split; rows apart are in no part, but in the histories of held-out users."""

Line: TypeAlias = tuple[str, int, int, int, int]
"""One line of a report: part, rows, users, queries and targets."""

REPORT = dict.fromkeys(("rows", "users", "queries", "targets"), pl.Int64)


def starts(log: Interactions) -> I64:
    """Return the first row of each user in a log sorted by user, and the end, shape (n_users + 1,).

    Examples
    --------
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": [5, 6, 5]})
    >>> starts(Interactions.from_frame(frame, timestamp=None))
    array([0, 2, 3])
    """
    return starts_of(np.bincount(log.users, minlength=log.n_users))


def rolling(log: Interactions, part: I64, which: int) -> Queries:
    """Make one query of each row of a part: its history is whatever its user did before."""
    rows = np.flatnonzero(part == which)
    users = log.users[rows]
    first = starts(log)[users]
    n_before = rows - first
    at = None if log.times is None else log.times[rows]
    return Queries(
        _histories(log, ragged_rows(first, n_before), n_before, users, at),
        np.arange(len(rows) + 1),
        log.items[rows],
        users,
        _counts(log, part),
    )


def together(log: Interactions, part: I64, which: int, at: int | None = None) -> Queries:
    """Make one query of each user with rows in a part: these rows' items, once each, are wanted.

    Its history is the user's rows in earlier parts.
    """
    rows = np.flatnonzero(part == which)
    pairs = log.users[rows].astype(np.int64) * log.n_items + log.items[rows]
    rows = rows[np.sort(np.unique(pairs, return_index=True)[1])]
    users, n_targets = np.unique(log.users[rows], return_counts=True)
    asks = np.zeros(log.n_users, np.bool_)
    asks[users] = True
    before = np.flatnonzero((part < which) & asks[log.users])
    n_before = np.bincount(log.users[before], minlength=log.n_users)[users]
    return Queries(
        _histories(
            log,
            before,
            n_before,
            users,
            None if at is None else np.full(len(users), at, np.int64),
        ),
        starts_of(n_targets),
        log.items[rows],
        users,
        _counts(log, part),
    )


def _histories(log: Interactions, rows: I64, lengths: I64, users: I32, at: I64 | None) -> Histories:
    return Histories(
        log.catalogue,
        starts_of(lengths),
        log.items[rows],
        None if log.times is None else log.times[rows],
        None if log.ratings is None else log.ratings[rows],
        at,
        log.user_ids[users],
    )


def _counts(log: Interactions, part: I64) -> I64:
    counts: I64 = np.bincount(log.items[part == TRAIN], minlength=log.n_items)
    return counts


def line(part: str, log: Interactions, rows: Bool, queries: Queries | None = None) -> Line:
    """Count the given rows, their users, and these users' queries and targets."""
    here = np.zeros(log.n_users, np.bool_)
    here[log.users[rows]] = True
    n_queries = n_targets = 0
    if queries is not None:
        asked = here[queries.users]
        n_queries, n_targets = int(asked.sum()), int(queries.n_relevant[asked].sum())
    return part, int(rows.sum()), int(here.sum()), n_queries, n_targets


def shares(valid: float, test: float) -> None:
    """Raise unless both are shares of a whole that leave something."""
    for name, share, lowest in (("valid", valid, "0 or more"), ("test", test, "more than 0")):
        number = isinstance(share, (int, float, np.number)) and not isinstance(share, bool)
        if not number or not 0 <= share < 1 or (share == 0 and name == "test"):
            raise ValueError(f"{name} must be a share of {lowest} and less than 1, not {share!r}")
    if valid + test >= 1:
        raise ValueError(f"valid={valid} and test={test} leave nothing to train on")


def train(part: I64) -> None:
    """Raise unless some row is left to train on."""
    if not (part == TRAIN).any():
        raise ValueError("the held-out parts leave nothing to train on. Choose smaller shares")


def drawn(keys: U64, valid: float, test: float) -> I64:
    """Return a part for each key: the lowest are test, the next validation, the rest train.

    Examples
    --------
    >>> drawn(np.array([7, 3, 9, 5], np.uint64), valid=0.25, test=0.25)
    array([0, 2, 0, 1])
    """
    n_test = max(1, round(test * len(keys)))
    n_valid = max(1, round(valid * len(keys))) if valid else 0
    part = np.full(len(keys), TRAIN)
    order = np.argsort(keys)
    part[order[:n_test]] = TEST
    part[order[n_test : n_test + n_valid]] = VALID
    return part


def folds(keys: U64, k: int) -> I64:
    """Return a fold 0 … k − 1 for each key; sizes differ by one at most.

    Examples
    --------
    >>> folds(np.array([7, 3, 9, 5], np.uint64), k=2)
    array([1, 0, 1, 0])
    """
    fold = np.empty(len(keys), np.int64)
    fold[np.argsort(keys)] = np.arange(len(keys)) * k // len(keys)
    return fold


def sorted_rows(data: Interactions, seed: int) -> Interactions:
    """Return the log sorted by user, then by time with ties settled, or by a hash without times.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [2, 1, 1], "item": [5, 6, 7]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> sorted_rows(log, 0).to_frame().rows()
    [(1, 7), (1, 6), (2, 5)]
    """
    _arguments.seed(seed)
    if data.times is not None:
        return data.in_order(seed=seed)
    return data.take(np.lexsort((_row_hashes(data, seed), data.users)))


def row_keys(data: Interactions, seed: int) -> U64:
    """Return other keys than those that order tied rows, so that the draw says nothing of order."""
    return _row_hashes(data, 2**64 - 1 - int(seed))


def _row_hashes(data: Interactions, seed: int) -> U64:
    ids = data.user_ids, data.catalogue.ids
    return _order.row_hashes(seed, data.users, data.items, data.times, data.ratings, *ids)


def user_keys(data: Interactions, seed: int) -> U64:
    """Return a number for each user that depends on seed and user id only."""
    start = _hashing.mix(np.array([seed], np.uint64))
    keys: U64 = _hashing.mix(start ^ _hashing.id_hashes(data.user_ids))
    return keys
