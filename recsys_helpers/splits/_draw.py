"""Drawing rows and users by hashes of their ids, so that neither codes nor row numbers matter."""

from __future__ import annotations

import numpy as np

from recsys_helpers import _arguments, _hashing
from recsys_helpers._types import I64, U64, Ids
from recsys_helpers.log import Interactions
from recsys_helpers.splits._parts import TEST, TRAIN, VALID


def check_shares(valid: float, test: float) -> None:
    """Raise unless both are shares, and together leave something to train on."""
    for name, share, lowest in (("valid", valid, "0 or more"), ("test", test, "more than 0")):
        number = isinstance(share, (int, float, np.number)) and not isinstance(share, bool)
        if not number or not 0 <= share < 1 or (share == 0 and name == "test"):
            raise ValueError(f"{name} must be a share of {lowest} and less than 1, not {share!r}")
    if valid + test >= 1:
        raise ValueError(f"valid={valid} and test={test} leave nothing to train on")


def parts(keys: U64, valid: float, test: float) -> I64:
    """Return a part for each key: the lowest are test, the next validation, the rest train.

    Examples
    --------
    >>> parts(np.array([7, 3, 9, 5], np.uint64), valid=0.25, test=0.25)
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
    return data.take(np.lexsort((data.row_hashes(seed), data.users)))


def row_keys(data: Interactions, seed: int) -> U64:
    """Return keys other than those that order tied rows: the draw must not depend on order."""
    return data.row_hashes(2**64 - 1 - int(seed))


def id_keys(ids: Ids, seed: int) -> U64:
    """Return a number for each user or item that depends on seed and id only."""
    start = _hashing.mix(np.array([seed], np.uint64))
    return _hashing.mix(start ^ _hashing.id_hashes(ids))
