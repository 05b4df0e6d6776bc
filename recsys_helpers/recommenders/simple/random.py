"""Random lists: the result of no skill, with which all others are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_helpers import _arguments, _hashing
from recsys_helpers._types import F32, U64
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class Random(Recommender):
    r"""Ranks items at random, by scores that are uniform on [0, 1).

    .. math:: s_i = h(\text{seed}, H, i) / 2^{24}

    The hash h depends on the ids in the history H, in order, and on the item's id. So the same
    history gets the same list in any batch and on any machine, and another one gets another list.

    Parameters
    ----------
    seed
        Another seed gives other lists; 0 … 2**32 − 1.

    Raises
    ------
    ValueError
        If the seed is out of range.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "c"]})
    >>> model = Random(seed=0).fit(Interactions.from_frame(frame, timestamp=None))
    >>> model.score(model.histories([["a"], ["b"]])).round(2)
    array([[0.87, 0.04, 0.15],
           [0.35, 0.54, 0.69]], dtype=float32)
    """

    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.settings(self)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        pass

    def _score(self, histories: Histories) -> F32:
        items = _hashing.id_hashes(self.catalogue.ids)  # (n_items,)
        start = _hashing.mix(np.array([self.seed], np.uint64))
        questions = _hashing.mix(start ^ _history_hashes(histories, items))  # (n,)
        draws = _hashing.mix(questions[:, None] ^ items)  # (n, n_items)
        return (draws >> np.uint64(40)).astype(np.float32) / np.float32(2**24)


def _history_hashes(histories: Histories, items: U64) -> U64:
    """Add up, modulo 2**64, a hash of each item and its position; shape (n,)."""
    positions = np.arange(len(histories.items)) - histories.indptr[histories.owners]
    each = _hashing.mix(items[histories.items] ^ _hashing.mix(positions.astype(np.uint64)))
    running = np.r_[np.uint64(0), np.cumsum(each, dtype=np.uint64)]
    hashes: U64 = running[histories.indptr[1:]] - running[histories.indptr[:-1]]
    return hashes
