"""Seen items that get the score 0 instead of none: they stay in the list."""

from __future__ import annotations

from recsys_helpers._types import F32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender


class SeenAtZero(Recommender):
    """A fitted recommender that gives the items of the history the score 0.

    Judge it with ``evaluate(…, exclude_seen=False)``. Where scores are positive, seen items come
    last. Where they are negative, as dot products often are, seen items stand before others.

    Parameters
    ----------
    recommender
        Fitted.

    References
    ----------
    https://github.com/salesforce/ICLRec, src/trainers.py, sets the scores of seen items to 0 before
    it takes the best.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions, Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> model = SeenAtZero(Popularity().fit(log))
    >>> model.score(model.histories([["b"]]))
    array([[1., 0.]], dtype=float32)
    """

    ranks_new_items = True

    def __init__(self, recommender: Recommender) -> None:
        self.recommender = recommender
        self.catalogue, self.time_unit = recommender.catalogue, recommender.time_unit
        self.train_counts, self.needs = recommender.train_counts, recommender.needs

    def _score(self, histories: Histories) -> F32:
        scores = self.recommender.score(histories)  # (n, n_items)
        scores[histories.owners, histories.items] = 0
        return scores
