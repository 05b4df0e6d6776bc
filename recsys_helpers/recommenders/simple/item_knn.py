"""Items that the same people met: the classical neighbourhood method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F32
from recsys_helpers.log._views import Values, check_values
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender

COLUMNS = 512
"""Similarities made dense at once; most scores are not zero, so sparse ones would not pay."""


@dataclass(eq=False, repr=False)
class ItemKNN(Recommender):
    r"""Ranks items by how similar they are to those of the history.

    .. math::

        s_j = \sum_{i \in H \cap N(j)} h_i\, c_{ij}, \qquad
        c_{ij} = \frac{x_i^\top x_j}{\lVert x_i \rVert\, \lVert x_j \rVert + \beta}

    where :math:`x_i` is item i's column of the interaction matrix, N(j) holds the items most
    similar to j, and :math:`h_i` is what the history has of item i.

    Parameters
    ----------
    n_neighbours
        How many neighbours an item keeps, :math:`|N(j)|`. The paper settles on 30 for MovieLens
        100K; choose it on validation.
    shrinkage
        :math:`\beta`, 0 or more: pulls similarities that rest on few people towards 0.
    values
        What stands in the matrix and in the history: "binary", "count" (how often), or "rating"
        (ratings, or whatever weight the log carries as rating).

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if ratings are asked for and there are none.

    References
    ----------
    Sarwar, Karypis, Konstan and Riedl (2001), "Item-based collaborative filtering recommendation
    algorithms", WWW, sections 3.1, 3.2.1 and 4.3.4. https://doi.org/10.1145/371920.372071

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 2, 3], "item": ["a", "b", "a", "b", "c", "c"]})
    >>> model = ItemKNN().fit(Interactions.from_frame(frame, timestamp=None))
    >>> model.score(model.histories([["a"]]))  # a and b share both people, a and c one of two
    array([[0. , 1. , 0.5]], dtype=float32)
    """

    learnt: ClassVar = ("similarities",)

    n_neighbours: int = 30
    shrinkage: float = 0.0
    values: Values = "binary"

    def __post_init__(self) -> None:
        _arguments.whole("n_neighbours", self.n_neighbours, 1)
        _arguments.not_negative("shrinkage", self.shrinkage)
        check_values(self.values)
        self.needs = frozenset({"ratings"} if self.values == "rating" else ())

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        matrix = train.matrix(self.values)  # (n_users, n_items)
        n_items = train.n_items
        squares: F32 = matrix.multiply(matrix).sum(axis=0)  # (n_items,)
        by_item = matrix.T.tocsr()
        tie_rank = train.catalogue.tie_rank
        k = min(self.n_neighbours, n_items)
        kept = []
        for part in ranking.chunks(n_items, n_items):
            block = (by_item[part] @ matrix).toarray()  # (chunk, n_items)
            scale = np.sqrt(squares[part, None] * squares) + self.shrinkage
            block = np.divide(block, scale, out=block, where=scale > 0)
            block[np.arange(len(block)), np.arange(part.start, part.stop)] = 0
            neighbours, similarities = ranking.top_k(block, k, tie_rank)  # (chunk, k)
            indptr = np.arange(0, neighbours.size + 1, k)
            entries = similarities.ravel(), neighbours.ravel(), indptr
            kept.append(sparse.csr_array(entries, shape=block.shape))
        by_neighbour = sparse.vstack(kept, format="csr").T.tocsr()
        by_neighbour.eliminate_zeros()
        self.similarities = by_neighbour

    def _score(self, histories: Histories) -> F32:
        seen = histories.matrix(self.values)  # (n, n_items)
        scores = np.empty(seen.shape, np.float32)
        for start in range(0, seen.shape[1], COLUMNS):
            part = slice(start, start + COLUMNS)
            scores[:, part] = seen @ self.similarities[:, part].toarray()
        return scores
