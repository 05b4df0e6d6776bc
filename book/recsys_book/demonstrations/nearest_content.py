"""Ranking films by what is written about them alone, whatever made vectors of the texts."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_helpers import Interactions, Queries
from recsys_helpers._types import F32, Floats
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender


class NearestContent(Recommender):
    r"""Ranks items by the mean cosine of their vector and those of the history.

    .. math:: s_j = \frac{1}{n} \sum_{i \in H} \cos(v_i, v_j)

    Nothing is learnt, so an item without a training row is ranked like any other.

    Parameters
    ----------
    vectors
        v, a vector for each item of the catalogue, shape (n_items, d); one of zeros has cosine 0.

    Examples
    --------
    >>> from recsys_helpers import Interactions
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 1], "item": ["a", "b", "c"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> model = NearestContent(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]])).fit(log)
    >>> model.score(model.histories([["a"], ["a", "b"]])).round(1)
    array([[1. , 0. , 0.6],
           [0.5, 0.5, 0.7]], dtype=float32)
    """

    ranks_new_items = True

    def __init__(self, vectors: Floats) -> None:
        self.vectors = vectors

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        if len(self.vectors) != train.n_items:
            raise ValueError(
                f"{len(self.vectors)} vectors were given for {train.n_items} items: give each item "
                "of the catalogue one, in its order"
            )
        self.directions = directions(self.vectors)

    def _score(self, histories: Histories) -> F32:
        shares = np.repeat(1 / np.maximum(histories.lengths, 1), histories.lengths)
        cells = (shares, histories.items, histories.indptr)
        read = sparse.csr_array(cells, (len(histories), len(self.directions)))
        scores: F32 = (read @ self.directions @ self.directions.T).astype(np.float32)
        return scores


def directions(vectors: Floats) -> Floats:
    """Return vectors divided by their lengths, so that dot products are cosines.

    Parameters
    ----------
    vectors
        Shape (n, d).

    Returns
    -------
    Floats
        Shape (n, d); a vector of zeros stays one.

    Examples
    --------
    >>> directions(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
