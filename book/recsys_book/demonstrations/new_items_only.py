"""Ranking some items among themselves: what is told apart when no item has been met before."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import F32, Bool
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender


class Among(Recommender):
    """A fitted recommender that ranks only some of the items.

    Parameters
    ----------
    recommender
        Fitted.
    items
        Which items to rank, shape (n_items,).

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions, Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "b"]})
    >>> model = Popularity().fit(Interactions.from_frame(frame, timestamp=None))
    >>> Among(model, np.array([True, False])).score(model.histories([["b"]]))
    array([[  1., -inf]], dtype=float32)
    """

    ranks_new_items = True

    def __init__(self, recommender: Recommender, items: Bool) -> None:
        self.recommender, self.items = recommender, items
        self.catalogue, self.time_unit = recommender.catalogue, recommender.time_unit
        self.train_counts, self.needs = recommender.train_counts, recommender.needs

    def _score(self, histories: Histories) -> F32:
        scores = self.recommender.score(histories)  # (n, n_items)
        return np.where(self.items, scores, np.float32(-np.inf))


class NewItemsOnly(Among):
    """A fitted recommender that ranks only the items without a training row.

    Parameters
    ----------
    recommender
        One that can rank such items.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import FeatureLogistic, Interactions
    >>> genres = [["War"], ["Love"], ["War"], ["Love"]]
    >>> films = pl.DataFrame({"item": list("abcd"), "genres": genres})
    >>> frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None, items=films)
    >>> model = NewItemsOnly(FeatureLogistic(min_items=1).fit(log))
    >>> model.recommend(model.histories([["b"]]), k=2)["item"].to_list()
    ['d', 'c']
    """

    def __init__(self, recommender: Recommender) -> None:
        super().__init__(recommender, recommender.train_counts == 0)
