"""Rows and users drawn at random by hashes of ids, never by their order or by codes."""

from __future__ import annotations

import numpy as np

from recsys_helpers import _order, _ties
from recsys_helpers._split_parts import TEST, TRAIN, VALID
from recsys_helpers._types import I64, U64
from recsys_helpers.interactions import Interactions


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
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must lie between 0 and 2**64 - 1, not {seed}")
    if data.times is not None:
        return data.in_order(seed=seed)
    return data.take(np.lexsort((_row_keys(data, seed), data.users)))


def row_keys(data: Interactions, seed: int) -> U64:
    """Return other keys than those that order tied rows, so that the draw says nothing of order."""
    return _row_keys(data, 2**64 - 1 - seed)


def user_keys(data: Interactions, seed: int) -> U64:
    """Return a number for each user that depends on seed and user id only."""
    start = _ties.mix(np.array([seed], np.uint64))
    keys: U64 = _ties.mix(start ^ _ties.id_hashes(data.user_ids))
    return keys


def _row_keys(data: Interactions, seed: int) -> U64:
    return _order.row_keys(
        data.users, data.items, data.times, data.ratings, data.user_ids, data.catalogue.ids, seed
    )
