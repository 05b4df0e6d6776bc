"""The distribution of a synthetic log's next item."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys_helpers._types import F64, I32, I64, Bool


def pick(sums: F64, at: F64) -> I64:
    """Return the index of the share into which each number falls, given the cumulative sums."""
    position = np.searchsorted(sums, at, side="right")
    return np.minimum(position, len(sums) - 1)  # rounding may lead beyond the last one


@dataclass(frozen=True, eq=False)
class Truth:
    r"""The distribution of the next item; see `recsys_helpers.synthetic` for the formula.

    Parameters
    ----------
    tastes
        :math:`\theta_u`, each user's taste over genres, shape (n_users, n_genres).
    item_genres
        :math:`g_i`, each item's genre, shape (n_items,).
    popularity
        :math:`p_i`, shape (n_items,), summing to 1.
    successors
        The items that may follow an item, shape (n_items, m).
    successor_probabilities
        The probability of each of these, shape (m,), the same for all items.
    order
        :math:`\omega`, the probability that the next item is a successor of the last one.
    """

    tastes: F64
    item_genres: I32
    popularity: F64
    successors: I32
    successor_probabilities: F64
    order: float

    @cached_property
    def _shares(self) -> F64:
        """Each item's share of its genre's popularity, shape (n_items,)."""
        totals = np.bincount(self.item_genres, self.popularity)
        return self.popularity / totals[self.item_genres]

    def probabilities(self, users: I32, last: I32, seen: Bool) -> F64:
        """Return the exact distribution of the next item.

        Parameters
        ----------
        users, last
            Codes of the users and of their last items, −1 before the first, shape (n,).
        seen
            Which items cannot come next, shape (n, n_items).

        Returns
        -------
        F64
            Shape (n, n_items); each row sums to 1, or is 0 where no item is left.
        """
        taste = self.tastes[users][:, self.item_genres] * self._shares
        weight = np.where(last < 0, 0.0, self.order)[:, None]
        q = (1 - weight) * taste
        rows = np.flatnonzero(last >= 0)
        q[rows[:, None], self.successors[last[rows]]] += self.order * self.successor_probabilities
        q[seen] = 0
        taste[seen] = 0
        empty = q.sum(axis=1) == 0  # all successors were seen, and order is 1
        q[empty] = taste[empty]
        total = q.sum(axis=1, keepdims=True)
        result: F64 = np.divide(q, total, out=np.zeros_like(q), where=total > 0)
        return result

    def draw(self, rng: np.random.Generator, users: I32, last: I32) -> I32:
        """Draw a next item for each user, whether or not the user met it before.

        Parameters
        ----------
        rng
            The source of randomness.
        users, last
            As in `probabilities`.

        Returns
        -------
        I32
            Item codes, shape (n,).
        """
        n = len(users)
        genre = (rng.random(n)[:, None] >= np.cumsum(self.tastes[users], axis=1)).sum(axis=1)
        genre = np.minimum(genre, self.tastes.shape[1] - 1)
        by_genre, sums = self._items_by_genre
        by_taste = by_genre[pick(sums, genre + rng.random(n))]
        choice = pick(np.cumsum(self.successor_probabilities), rng.random(n))
        following = self.successors[last, choice]
        return np.where((rng.random(n) < self.order) & (last >= 0), following, by_taste)

    @cached_property
    def _items_by_genre(self) -> tuple[I32, F64]:
        """Items sorted by genre, and their shares summed up: genre g covers g to g + 1."""
        items = np.argsort(self.item_genres, kind="stable")
        genre, shares = self.item_genres[items], self._shares[items]
        sums = np.cumsum(shares)
        starts = np.flatnonzero(np.diff(genre, prepend=-1))
        before = (sums - shares)[starts]
        return items.astype(np.int32), genre + sums - before[genre]
