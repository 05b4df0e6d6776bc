"""Where a target stands among items with exactly its score, and what this choice is worth."""

from __future__ import annotations

from typing import Literal

import numpy as np

from recsys_helpers import Interactions, Queries
from recsys_helpers._types import F32, I32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender


class Equal(Recommender):
    """Gives all items the same score: it knows nothing, and all that it gets comes from ties.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 1], "item": ["a", "b", "c"]})
    >>> model = Equal().fit(Interactions.from_frame(frame, timestamp=None))
    >>> model.score(model.histories([["a"]]))
    array([[0., 0., 0.]], dtype=float32)
    """

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        pass

    def _score(self, histories: Histories) -> F32:
        return np.zeros((len(histories), histories.catalogue.n_items), np.float32)


def tied_ranks(
    model: Recommender,
    queries: Queries,
    order: Literal["first", "last", "catalogue", "random"],
    *,
    seed: int = 0,
) -> I32:
    """Return the ranks of targets with another order of equal scores than the book's.

    Parameters
    ----------
    model
        Fitted.
    queries
        Histories and targets.
    order
        The target stands "first" or "last" of all items with its score, at its place in the
        "catalogue", or at a "random" place.
    seed
        Of the random places.

    Returns
    -------
    I32
        For each target the number of items before it, −1 if it cannot be ranked, shape
        (1, n_targets): what `Report` takes.

    References
    ----------
    In https://github.com/mlcommons/training_policies/issues/131 a benchmark decides that the target
    comes last, as in its reference; where it came first, a model with equal scores hit always.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> model = Equal().fit(split.train)
    >>> bool((tied_ranks(model, split.test, "first") == 0).all())
    True
    """
    rng, codes = np.random.default_rng(seed), np.arange(queries.catalogue.n_items)
    ranks = np.empty((1, len(queries.targets)), np.int32)
    for part, scores in ranking.scores_by_chunk(model.score, queries.histories):
        first, last = queries.target_indptr[[part.start, part.stop]].tolist()
        for some in ranking.chunks(last - first, 4 * len(codes)):
            places = np.arange(first, last)[some]
            rows, targets = scores[queries.rows[places] - part.start], queries.targets[places, None]
            own = np.take_along_axis(rows, targets, axis=1)  # (n, 1)
            tied = rows == own
            n_tied_before = {
                "first": 0,
                "last": tied.sum(axis=1) - 1,
                "catalogue": (tied & (codes < targets)).sum(axis=1),
                "random": rng.integers(tied.sum(axis=1)),
            }
            n_before = (rows > own).sum(axis=1) + n_tied_before[order]
            ranks[0, places] = np.where(own[:, 0] == -np.inf, -1, n_before)
    return ranks
