"""Popularity counted wrongly: an item counts once in each batch of rows that has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recsys_helpers import Interactions, Queries
from recsys_helpers._types import F32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class BatchPopularity(Recommender):
    r"""Ranks items by the number of batches of training rows in which they are met.

    .. math:: s_i = \left| \{ b : i \in \text{batch } b \} \right|

    Parameters
    ----------
    batch_size
        Rows in a batch. With 1 it is `Popularity`; the larger, the more popular items are equal.
    seed
        Of the order of the rows.

    References
    ----------
    https://github.com/RUCAIBox/RecBole/issues/1844: adding 1 at an array of items adds it once for
    an item that stands there twice, so the results depend on the size of a batch.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 2, 3, 3], "item": ["a", "a", "a", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> for batch_size in (1, 4):
    ...     print(BatchPopularity(batch_size).fit(log).counts)
    [3. 1.]
    [1. 1.]
    """

    learnt: ClassVar = ("counts",)

    batch_size: int = 2048
    seed: int = 0

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        rows = np.random.default_rng(self.seed).permutation(len(train))
        self.counts = np.zeros(train.n_items, np.float32)
        for start in range(0, len(rows), self.batch_size):
            self.counts[train.items[rows[start : start + self.batch_size]]] += 1

    def _score(self, histories: Histories) -> F32:
        return np.broadcast_to(self.counts, (len(histories), len(self.counts)))
