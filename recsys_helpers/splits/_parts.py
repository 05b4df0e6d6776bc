"""The parts of a split, and the queries made of a held-out part."""

from __future__ import annotations

import numpy as np

from recsys_helpers import _machine
from recsys_helpers._types import I32, I64
from recsys_helpers.display import size
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.log._ragged import picked, ragged_rows, starts_of
from recsys_helpers.log.histories import COPIED

TRAIN, VALID, TEST, APART = 0, 1, 2, 3
"""The parts of a split. Rows with APART are in none, only in the histories of held-out users."""


def starts(log: Interactions) -> I64:
    """Return the first row of each user in a log sorted by user, and the end, shape (n_users + 1,).

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": [5, 6, 5]})
    >>> starts(Interactions.from_frame(frame, timestamp=None))
    array([0, 2, 3])
    """
    return starts_of(np.bincount(log.users, minlength=log.n_users))


def rolling(log: Interactions, part: I64, which: int) -> Queries:
    """Make one query of each row of a part; its history is everything its user did before."""
    rows = np.flatnonzero(part == which)
    users = log.users[rows]
    first = starts(log)[users]
    n_before = rows - first
    _require_memory(log, users, n_before)
    n_targets, at = np.ones(len(rows), np.int64), picked(log.times, rows)
    before = ragged_rows(first, n_before)
    return _queries(log, part, users, before, n_before, rows, n_targets, at)


def _require_memory(log: Interactions, users: I32, n_before: I64) -> None:
    """Raise if histories of these lengths do not fit into memory; name the user with the most."""
    copied = np.bincount(users, weights=n_before, minlength=1)
    most = int(np.argmax(copied))
    n_rows = np.count_nonzero(log.users == most)
    _machine.require_memory(
        COPIED * int(n_before.sum()),
        f"one query for each of {len(users):,} held-out rows, with all that its user did before,",
        f"user {log.user_ids[most]!r} with {n_rows:,} rows alone takes "
        f"{size(COPIED * copied[most])}. Hold out fewer rows, or first leave out users with very "
        "many rows: data.take(numpy.bincount(data.users)[data.users] < 10_000)",
    )


def together(
    log: Interactions, part: I64, which: int, starts_at: dict[int, int] | None = None
) -> Queries:
    """Make one query for each user with rows in a part; its targets are the items of these rows.

    An item is a target once. The history is the user's rows in earlier parts, and `at` the start of
    the part, if known.
    """
    rows = np.flatnonzero(part == which)
    # Only the first row of each user and item: a target counts once, however often it is met.
    pairs = log.users[rows].astype(np.int64) * log.n_items + log.items[rows]
    rows = rows[np.sort(np.unique(pairs, return_index=True)[1])]
    users, n_targets = np.unique(log.users[rows], return_counts=True)
    before = np.flatnonzero((part < which) & np.isin(log.users, users))
    n_before = np.bincount(log.users[before], minlength=log.n_users)[users]
    at = None if starts_at is None else np.full(len(users), starts_at[which], np.int64)
    return _queries(log, part, users, before, n_before, rows, n_targets, at)


def _queries(
    log: Interactions,
    part: I64,
    users: I32,
    before: I64,
    n_before: I64,
    rows: I64,
    n_targets: I64,
    at: I64 | None,
) -> Queries:
    """Return a query for each of `users`, from rows of the log: `n_before` before, then targets."""
    histories = Histories(
        log.catalogue,
        starts_of(n_before),
        log.items[before],
        picked(log.times, before),
        picked(log.ratings, before),
        at,
        log.user_ids[users],
        log.time_unit,
    )
    train_counts = np.bincount(log.items[part == TRAIN], minlength=log.n_items)
    return Queries(histories, starts_of(n_targets), log.items[rows], users, train_counts)
