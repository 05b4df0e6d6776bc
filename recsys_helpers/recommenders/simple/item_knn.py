"""Item-kNN: similar items are those that the same people met."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F32, I32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.log._views import Values, needs
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class ItemKNN(Recommender):
    r"""Ranks items by how similar they are to those of the history.

    .. math::

        s_j = \sum_{i \in H \cap N(j)} h_i\, c_{ij}, \qquad
        c_{ij} = \frac{x_i^\top x_j}{\lVert x_i \rVert\, \lVert x_j \rVert + \beta}

    where :math:`x_i` is item i's column of the interaction matrix, N(j) holds the items most
    similar to j, and :math:`h_i` is the entry of the history H for item i.

    Parameters
    ----------
    n_neighbours
        :math:`|N(j)|`, how many neighbours each item has. The default, 30, is the paper's for
        MovieLens 100K; choose it on validation.
    shrinkage
        :math:`\beta`, 0 or more: shrinks similarities that rest on few people towards 0.
    values
        The entries of the matrix and the history: "binary", "count" (how often), or "rating"
        (ratings, or whatever weight the log has in their place).

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if ratings are asked for and there are none.

    References
    ----------
    Sarwar, Karypis, Konstan and Riedl (2001), "Item-based collaborative filtering recommendation
    algorithms", WWW. https://doi.org/10.1145/371920.372071

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 2, 3], "item": ["a", "b", "a", "b", "c", "c"]})
    >>> model = ItemKNN().fit(Interactions.from_frame(frame, timestamp=None))
    >>> model.score(model.histories([["a"]]))  # a, b: the same two people; a, c: one of two
    array([[0. , 1. , 0.5]], dtype=float32)
    """

    learnt: ClassVar = ("similarities",)

    n_neighbours: int = 30
    shrinkage: float = 0.0
    values: Values = "binary"

    def __post_init__(self) -> None:
        _arguments.settings(self, "shrinkage")
        _arguments.not_negative("shrinkage", self.shrinkage)
        self.needs = needs(self.values)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        matrix = train.matrix(self.values)  # (n_users, n_items)
        n_items = train.n_items
        squares: F32 = matrix.multiply(matrix).sum(axis=0)  # (n_items,)
        by_item = matrix.T.tocsr()
        tie_rank = train.catalogue.tie_rank
        kept = []
        for part in ranking.chunks(n_items, n_items):
            block = by_item[part] @ matrix  # (chunk, n_items)
            rows = np.repeat(np.arange(part.start, part.stop), np.diff(block.indptr))
            columns = block.indices
            scale = np.sqrt(squares[rows] * squares[columns]) + self.shrinkage
            np.divide(block.data, scale, out=block.data, where=scale > 0)
            block.data[rows == columns] = 0
            kept.append(_largest(block, self.n_neighbours, tie_rank))
        self.similarities = sparse.vstack(kept).T.tocsr()

    def _score(self, histories: Histories) -> F32:
        scores: F32 = (histories.matrix(self.values) @ self.similarities).toarray()
        return scores  # (n, n_items)


def _largest(block: sparse.csr_array, k: int, tie_rank: I32) -> sparse.csr_array:
    """Return the k largest entries of each row, without zeros.

    The zeros that are not stored count too: all of them rank before the first negative entry.
    """
    block.eliminate_zeros()
    kept = np.zeros(block.nnz, np.bool_)
    for first, last in pairwise(block.indptr.tolist()):
        values = block.data[first:last]
        floor = np.partition(values, -k)[-k] if len(values) > k else -np.inf
        near = np.flatnonzero(values >= floor)
        order = near[np.lexsort((tie_rank[block.indices[first + near]], -values[near]))]
        n_zeros = block.shape[1] - len(values)
        n_before = np.arange(len(order)) + np.where(values[order] < 0, n_zeros, 0)
        kept[first + order[n_before < k]] = True
    block.data[~kept] = 0
    block.eliminate_zeros()
    return block
