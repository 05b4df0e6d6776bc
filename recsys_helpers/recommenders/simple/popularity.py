"""Popularity: the same list for everybody, the items with the most rows."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from recsys_helpers._types import F32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.recommenders.base import Recommender


class Popularity(Recommender):
    r"""Ranks items by their number of training rows, :math:`s_i = n_i`; nothing else is read.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "b", "c", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> model = Popularity().fit(log)
    >>> model.score(model.histories([["a"]]))
    array([[1., 3., 1.]], dtype=float32)
    >>> model.recommend(model.histories([["b"]]), k=2)["item"].to_list()
    ['c', 'a']
    """

    learnt: ClassVar = ()

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        pass

    def _score(self, histories: Histories) -> F32:
        counts = self.train_counts.astype(np.float32)
        return np.broadcast_to(counts, (len(histories), len(counts)))
