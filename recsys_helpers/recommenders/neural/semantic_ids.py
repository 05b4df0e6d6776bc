"""Items as short ids of a few codes: residual k-means, and the tree of all ids.

Rajput et al. (2023), "Recommender systems with generative retrieval", NeurIPS, section 3.1.
https://arxiv.org/abs/2305.05065

As in the paper, a vector becomes a code, what the code leaves over becomes the next code, and a
last digit tells apart the items that still share all codes. The paper learns its codes with a
network (RQ-VAE); here each level is a k-means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.cluster import KMeans

from recsys_helpers._types import F32, F64, I32, I64, Bool, Floats


@dataclass(frozen=True, eq=False)
class SemanticIds:
    r"""Ids made of the vectors of items, so that similar items begin alike.

    .. math:: c_l = \operatorname*{argmin}_k \lVert r_l - m_{lk} \rVert, \qquad
        r_1 = x, \quad r_{l + 1} = r_l - m_{l c_l}

    The centroids m of each level are those of a k-means of the residuals r. Items are coded by the
    nearest centroid, whether they were learnt from or not. The last digit of an id counts the items
    with the same codes, in the order in which they stand in the catalogue.

    Parameters
    ----------
    centroids
        m, shape (n_levels, n_codes, d).
    ids
        Codes and last digit of each item, shape (n_items, n_levels + 1).

    Examples
    --------
    Two codes on two levels. Around 0 and 10 lie two items each; what is left over is −1 or 1:

    >>> x = np.array([[-1.0], [1.0], [9.0], [11.0], [11.0]])
    >>> made = SemanticIds.learnt_from(x, np.array([1, 1, 1, 1, 0], bool), n_codes=2, n_levels=2)
    >>> sorted(made.centroids[0].ravel().tolist()), sorted(made.centroids[1].ravel().tolist())
    ([0.0, 10.0], [-1.0, 1.0])
    >>> made.ids[3:, :2].tolist() == [made.ids[3, :2].tolist()] * 2, made.ids[:, 2].tolist()
    (True, [0, 0, 0, 0, 1])
    >>> made.n_collisions
    1
    """

    centroids: F32
    ids: I32

    @classmethod
    def learnt_from(
        cls, vectors: Floats, known: Bool, n_codes: int, n_levels: int, seed: int = 0
    ) -> Self:
        """Return the ids of items, with centroids learnt from some of them.

        Parameters
        ----------
        vectors
            A vector for each item, shape (n_items, d).
        known
            Which items to learn from, shape (n_items,).
        n_codes
            Centroids of a level. A level with fewer different residuals repeats its last centroid.
        n_levels
            Codes of an item.
        seed
            Of the first centroids of each k-means.
        """
        residuals = vectors[known].astype(np.float64)
        centroids = np.empty((n_levels, n_codes, vectors.shape[1]), np.float32)
        for level in range(n_levels):
            different = len(np.unique(residuals.round(6), axis=0))
            clusters = KMeans(min(n_codes, different), n_init=1, random_state=seed).fit(residuals)
            found = clusters.cluster_centers_
            centroids[level, : len(found)], centroids[level, len(found) :] = found, found[-1]
            residuals -= centroids[level][nearest(residuals, centroids[level])]
        return cls(centroids, np.zeros((0, n_levels + 1), np.int32)).with_items(vectors)

    def with_items(self, vectors: Floats) -> Self:
        """Return ids for more items, behind those of the old ones, which stay as they are.

        Parameters
        ----------
        vectors
            A vector for each new item, shape (m, d).
        """
        residuals = vectors.astype(np.float64)
        codes = np.empty((len(vectors), len(self.centroids)), np.int32)
        for level, centroids in enumerate(self.centroids):
            codes[:, level] = nearest(residuals, centroids)
            residuals -= centroids[codes[:, level]]
        codes = np.concatenate([self.ids[:, :-1], codes])
        return type(self)(self.centroids, np.column_stack([codes, occurrences(codes)]))

    @property
    def usage(self) -> F64:
        """Share of the codes of each level that some item has, shape (n_levels,)."""
        n_codes = self.centroids.shape[1]
        return np.array([len(np.unique(codes)) / n_codes for codes in self.ids.T[:-1]])

    @property
    def n_collisions(self) -> int:
        """How many items have the codes of an earlier item."""
        return int(np.count_nonzero(self.ids[:, -1]))


def nearest(x: Floats, centroids: Floats) -> I64:
    """Return the number of the nearest centroid, the first of equally near ones.

    Parameters
    ----------
    x, centroids
        Shapes (n, d) and (n_codes, d).

    Returns
    -------
    I64
        Shape (n,).

    Examples
    --------
    >>> nearest(np.array([[1.0, 0.0], [4.0, 4.0]]), np.array([[0.0, 0.0], [3.0, 3.0]]))
    array([0, 1])
    """
    # ‖x − m‖² = ‖x‖² − 2 x·m + ‖m‖², and ‖x‖² is the same for all centroids.
    numbers: I64 = np.argmin((centroids**2).sum(axis=1) - 2 * x @ centroids.T, axis=1)
    return numbers


def occurrences(codes: I32) -> I32:
    """Return how many earlier rows are equal to each row.

    Examples
    --------
    >>> occurrences(np.array([[3, 1], [0, 2], [3, 1], [3, 1]], np.int32))
    array([0, 0, 1, 2], dtype=int32)
    """
    order = np.lexsort(codes.T[::-1])  # stable, so equal rows keep their order
    first = np.append(True, (np.diff(codes[order], axis=0) != 0).any(axis=1))[: len(codes)]
    place = np.arange(len(codes))
    counts = np.empty(len(codes), np.int32)
    counts[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return counts


def prefix_numbers(ids: I32) -> I32:
    """Return a number for each beginning of each id, in the order in which they first occur.

    Parameters
    ----------
    ids
        The tokens of each item, shape (n_items, n_tokens).

    Returns
    -------
    I32
        Shape (n_items, n_tokens): at [i, t] the number of the first t + 1 tokens of item i. Items
        behind these would not change it.

    Examples
    --------
    >>> prefix_numbers(np.array([[3, 0], [3, 1], [0, 1]], np.int32))
    array([[0, 1],
           [0, 2],
           [3, 4]], dtype=int32)
    """
    n_items, n_tokens = ids.shape
    beginnings = np.where(np.tri(n_tokens, dtype=bool), ids[:, None], -1).reshape(-1, n_tokens)
    _, first, which = np.unique(beginnings, axis=0, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), np.int32)
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[which].reshape(n_items, n_tokens)


class PrefixTree:
    """All beginnings of the ids of a catalogue, each up to where only one item is left.

    Level 0 has one node, the empty beginning; level l has a node for each beginning of l tokens. A
    branch ends where a single item is left, since the rest of its id is certain.

    Parameters
    ----------
    ids
        The tokens of each item, shape (n_items, n_tokens), no two rows equal.
    born
        When each item was added, shape (n_items,): 0 for those of the training log.

    Attributes
    ----------
    child
        For each level, which node of the next level each token leads to, −1 if no id goes on so;
        shape (n_nodes, n_codes).
    old
        For each level, whether that child is as old as the node: as the oldest item below it; shape
        (n_nodes, n_codes).
    item
        For each level, the item at which a branch ends, −1 for a node with several items below it;
        shape (n_nodes,).
    below
        For each level, one of the items below each node, shape (n_nodes,).
    node
        For each level, the node above each item, −1 if its branch has ended before; shape
        (n_items,).

    Examples
    --------
    >>> tree = PrefixTree(np.array([[0, 1], [1, 0], [1, 2]], np.int32), np.zeros(3, np.int32))
    >>> tree.child[0].tolist(), tree.item[1].tolist()
    ([[0, 1]], [0, -1])
    >>> tree.child[1].tolist(), tree.item[2].tolist()
    ([[-1, -1, -1], [0, -1, 1]], [1, 2])
    """

    def __init__(self, ids: I32, born: I32) -> None:
        self.child: list[I64] = []
        self.old: list[Bool] = []
        self.item, self.below = [np.array([-1])], [np.array([0])]
        self.node = [np.zeros(len(ids), np.int64)]
        birth = np.array([born.min()])  # of each node of the level
        for tokens in ids.T:
            n_nodes, n_codes = len(birth), int(tokens.max()) + 1
            live = np.flatnonzero(self.node[-1] >= 0)
            live = live[self.item[-1][self.node[-1][live]] < 0]  # items whose branch goes on
            prefixes, here, counts = np.unique(
                self.node[-1][live] * n_codes + tokens[live],
                return_inverse=True,
                return_counts=True,
            )
            parent, token = np.divmod(prefixes, n_codes)
            births = np.full(len(prefixes), born.max())
            np.minimum.at(births, here, born[live])
            child, old = np.full((n_nodes, n_codes), -1), np.zeros((n_nodes, n_codes), bool)
            child[parent, token] = np.arange(len(prefixes))
            old[parent, token] = births == birth[parent]
            below, node = np.empty(len(prefixes), np.int64), np.full(len(ids), -1)
            below[here], node[live] = live, here
            self.child.append(child)
            self.old.append(old)
            self.item.append(np.where(counts == 1, below, -1))
            self.below.append(below)
            self.node.append(node)
            birth = births

    def holds(self, level: int, items: Bool) -> Bool:
        """Return which nodes of a level have one of some items below them.

        Parameters
        ----------
        level
            From 0 to n_tokens.
        items
            Which items, for each of n questions, shape (n, n_items).

        Returns
        -------
        Bool
            Shape (n, n_nodes).
        """
        below = np.flatnonzero(self.node[level] >= 0)
        at = (below, self.node[level][below])
        nodes = sparse.csr_array((np.ones(len(below)), at), (items.shape[1], len(self.item[level])))
        found: Bool = items @ nodes > 0
        return found
