"""Items that keep only a few of their training rows, as items do that are new."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from recsys_helpers import Split, hold_out_items
from recsys_helpers._types import Bool
from recsys_helpers.splits.split import line, report


def few_rows(
    split: Split,
    n_rows: int,
    share: float = 0.2,
    *,
    asked: Literal["valid", "test"] = "valid",
    seed: int = 0,
) -> Split:
    """Leave a share of the items a few training rows each, and ask for these items in test.

    With 0 rows it is `hold_out_items`. The items and the targets are the same for all numbers, and
    the rows that are left for one are among those that are left for more.

    Parameters
    ----------
    split, share, asked
        As in `hold_out_items`.
    n_rows
        How many rows each of these items keeps: drawn at random, all if it has no more.
    seed
        Decides which items are drawn, and which rows they keep.

    Returns
    -------
    Split
        As `hold_out_items` returns, with these rows in train.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30, seed=0).interactions, 1, 1)
    >>> few = few_rows(split, 2)
    >>> counts = few.test.train_counts[rare_items(split)]
    >>> int(counts.max()), bool((few.test.train_counts <= split.test.train_counts).all())
    (2, True)
    """
    none = hold_out_items(split, share, asked=asked, seed=seed)
    rng = np.random.default_rng(seed)
    items = split.train.items
    order = np.lexsort((rng.random(len(items)), items))
    starts = np.searchsorted(items[order], np.arange(split.train.n_items))
    place = np.empty(len(items), np.int64)
    place[order] = np.arange(len(items)) - starts[items[order]]
    rare = rare_items(split, share, seed=seed)[items]
    lost = rare & (place >= n_rows)
    train = split.train.take(~lost)
    counts = np.bincount(train.items, minlength=train.n_items)
    valid, test = (replace(part, train_counts=counts) for part in (none.valid, none.test))
    lines = [
        line("train", train),
        line("valid", none.valid_rows, valid),
        line("test", none.test_rows, test),
        line("left out of train: rows of drawn items", split.train.take(lost)),
    ]
    return replace(none, train=train, valid=valid, test=test, report=report(lines))


def rare_items(split: Split, share: float = 0.2, *, seed: int = 0) -> Bool:
    """Return which items `few_rows` leaves only a few rows, shape (n_items,).

    Parameters
    ----------
    split, share, seed
        As in `few_rows`.
    """
    left = hold_out_items(split, share, seed=seed).valid.train_counts
    rare: Bool = (split.valid.train_counts > 0) & (left == 0)
    return rare
