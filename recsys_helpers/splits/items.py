"""Splits that make items new, to measure how recommenders rank items without a training row."""

from __future__ import annotations

from typing import Literal

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import I64, Bool
from recsys_helpers.log import Queries
from recsys_helpers.log._ragged import starts_of
from recsys_helpers.splits import _draw
from recsys_helpers.splits.split import Split, line, report


def hold_out_items(
    split: Split, share: float = 0.2, *, asked: Literal["valid", "test"] = "valid", seed: int = 0
) -> Split:
    """Remove a share of the items from train, and keep only queries for these in test.

    The drawn items stay in the catalogue and in histories, but lose all training rows, so that a
    recommender that knows items only by their ids cannot rank them.

    Parameters
    ----------
    split
        Any split with validation queries.
    share
        The share of the items with training rows to draw, between 0 and 1.
    asked
        The part whose queries for drawn items become the new test part: "valid" to choose settings,
        "test" for the final evaluation.
    seed
        Decides which items are drawn, 0 … 2**32 − 1; nothing else does but the items' ids.

    Returns
    -------
    Split
        Its train has no rows of drawn items. Its test has the targets of the `asked` part that were
        drawn; its valid has the targets of the old valid that were not, for early stopping. The
        report counts them, and the rows that train lost.

    Raises
    ------
    ValueError
        If an argument is out of range, or no query is left in a part.

    References
    ----------
    Volkovs, Yu and Poutanen (2017), "DropoutNet: addressing cold start in recommender systems",
    NIPS, which holds out items in this way.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30, seed=0).interactions, 1, 1)
    >>> new = hold_out_items(split, 0.2)
    >>> int((split.valid.train_counts > 0).sum()), int((new.valid.train_counts > 0).sum())
    (30, 24)
    >>> len(split.valid), len(new.valid), len(new.test)
    (50, 42, 8)
    """
    _arguments.instance("split", split, Split, "a Split, as leave_last_out returns")
    _arguments.number("share", share)
    _arguments.seed(seed)
    _arguments.choice("asked", asked, ("valid", "test"))
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    known = np.flatnonzero(split.valid.train_counts > 0)
    order = np.argsort(_draw.id_keys(split.train.catalogue.ids, seed)[known])
    drawn = np.zeros(split.train.n_items, np.bool_)
    drawn[known[order[: round(share * len(known))]]] = True
    lost = drawn[split.train.items]
    train = split.train.take(~lost)
    counts = np.bincount(train.items, minlength=train.n_items)
    part, rows = getattr(split, asked), getattr(split, f"{asked}_rows")
    valid, test = _asking(split.valid, ~drawn, counts), _asking(part, drawn, counts)
    valid_rows = split.valid_rows.take(~drawn[split.valid_rows.items])
    test_rows = rows.take(drawn[rows.items])
    lines = [
        line("train", train),
        line("valid", valid_rows, valid),
        line("test", test_rows, test),
        line("left out of train: rows of drawn items", split.train.take(lost)),
    ]
    return Split(train, valid, test, valid_rows, test_rows, report(lines))


def _asking(queries: Queries, wanted: Bool, counts: I64) -> Queries:
    """Return the queries that have wanted targets, and only these targets of theirs."""
    is_wanted = wanted[queries.targets]
    n_targets = np.bincount(queries.rows[is_wanted], minlength=len(queries))
    rows = np.flatnonzero(n_targets)
    if not len(rows):
        raise ValueError("a part has no query left: draw another share of the items")
    return Queries(
        queries.histories.take(rows),
        starts_of(n_targets[rows]),
        queries.targets[is_wanted],
        queries.users[rows],
        counts,
    )
