"""The small log on which recommenders are checked, and the histories that they score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from recsys_helpers._types import I64
from recsys_helpers.datasets.synthetic_log import synthetic
from recsys_helpers.log import Catalogue, Histories, Interactions, Queries
from recsys_helpers.log._ragged import starts_of
from recsys_helpers.splits.split import leave_last_out

LONG = 400
"""Rows of the longest history: more than sequence recommenders usually read."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A log with features, times, ratings, repeats and items that nobody met.

    Attributes
    ----------
    train, valid
        All rows but each user's last, and the last ones as queries.
    questions
        Histories of 1 to `LONG` items that have training rows.
    short
        Empty and very short histories, some with items that have no training row.
    """

    train: Interactions
    valid: Queries
    questions: Histories
    short: Histories


def sample(*, text: bool = False) -> Sample:
    """Draw the log, the same at every call, with ids that are whole numbers or text."""
    rng = np.random.default_rng(0)
    drawn = synthetic(n_users=60, n_items=60, mean_length=12, repeats=True).interactions
    unmet = rng.choice(drawn.n_items, 6, replace=False)
    numbers = 7 * rng.permutation(drawn.n_items) + 11
    items = pl.Series([f"item {number}" for number in numbers] if text else numbers)
    users = np.array([f"user {u:02}" for u in drawn.user_ids], object) if text else drawn.user_ids
    catalogue = Catalogue(drawn.catalogue.items.with_columns(items.alias("item")))
    log = replace(drawn, catalogue=catalogue, user_ids=users).take(~np.isin(drawn.items, unmet))
    split = leave_last_out(log, n_valid=0, n_test=1, order_ties="file")
    # The split has decided the order of rows with equal times; here it is unknown again.
    train, valid = replace(split.train, ordered=False), split.test
    met = rng.permutation(np.flatnonzero(valid.train_counts))
    long = np.r_[met[:20], rng.choice(met[20:32], LONG - 20)]
    lists = [rng.choice(met, length) for length in (3, 1, 8, 2, 21, 5, 13)]
    lists.insert(3, long)
    item, other = met[0], unmet[0]
    short = [[], [item], [other], [item, other], [item] * 5, []]
    return Sample(train, valid, _asked(train, lists, rng), _asked(train, short, rng))


def _asked(train: Interactions, lists: Sequence[ArrayLike], rng: np.random.Generator) -> Histories:
    """Give each list of codes times (some tied), ratings, an `at` and a key."""
    items = [np.asarray(codes, np.int32) for codes in lists]
    indptr = starts_of(np.array([len(codes) for codes in items]))
    latest = 0 if train.times is None else int(np.max(train.times))
    times: list[I64] = [latest + np.cumsum(rng.integers(0, 3, len(codes))) * 600 for codes in items]
    return Histories(
        train.catalogue,
        indptr,
        np.concatenate(items),
        np.concatenate(times),
        ratings=(rng.integers(1, 11, indptr[-1]) / 2).astype(np.float32),
        at=3600 + np.array([max(when, default=latest) for when in times]),
        keys=train.user_ids[1 : len(items) + 1],
        time_unit=train.time_unit,
    )
