"""Popularity and the Markov chain from noisy counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_helpers import _machine
from recsys_helpers._types import F32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.privacy.mechanisms import private_sum
from recsys_helpers.recommenders.simple._private import PrivateRecommender


@dataclass(eq=False, repr=False)
class PrivatePopularity(PrivateRecommender):
    r"""Ranks items by noisy counts that hide each person, with all their rows.

    .. math:: s = \sum_u \tilde n_u + \mathcal N(0, z^2 C^2 I)

    where :math:`\tilde n_u` is how often person u met each item, scaled down to the norm C. For an
    item that nobody met, the score is noise. The catalogue and the seed are as in PrivateEASE.

    Parameters
    ----------
    max_norm
        C, positive. With 1, everybody has the same weight.
    noise_multiplier
        z, 0 or more; `gaussian_noise_multiplier(epsilon, delta)` gives it for an ε.
    seed
        Of the noise.

    Raises
    ------
    ValueError
        If an argument is out of range.

    References
    ----------
    As in `private_sum`.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 2, 2, 3], "item": ["a", "a", "b", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> model = PrivatePopularity(max_norm=1.0, noise_multiplier=0.0).fit(log)
    >>> model.score(model.histories([[]])).round(3)  # of two items each counts 1 / √2
    array([[1.707, 1.707]], dtype=float32)
    """

    learnt: ClassVar = ("counts",)

    max_norm: float = 1.0
    noise_multiplier: float = 1.0
    seed: int = 0

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        counts = private_sum(train.matrix(), self.max_norm, self.noise_multiplier, self.seed)
        self.counts: F32 = counts.astype(np.float32)  # (n_items,)

    def _score(self, histories: Histories) -> F32:
        return np.broadcast_to(self.counts, (len(histories), len(self.counts)))


@dataclass(eq=False, repr=False)
class PrivateMarkovChain(PrivateRecommender):
    r"""Ranks items by noisy counts of what follows the last item, which hide each person.

    .. math:: s_j = \frac{n_{\ell j} + \alpha\, p_j}{\sum_j n_{\ell j} + \alpha}

    as in MarkovChain, but n and p come from one noisy sum over people. A person, with all their
    rows, is one row of it: how often they met each item, and how often each item came directly
    after each other one, together scaled down to the norm C. Negative counts are set to 0. The
    catalogue and the seed are as in PrivateEASE.

    Parameters
    ----------
    prior
        :math:`\alpha`, positive: how many transitions popularity is worth. The more noise, the
        more it should be.
    max_norm
        C, positive.
    noise_multiplier
        z, 0 or more; `gaussian_noise_multiplier(epsilon, delta)` gives it for an ε.
    seed
        Of the noise.

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if the order of the log is unknown.
    MemoryError
        If the n_items × n_items counts do not fit into this machine's memory.

    References
    ----------
    As in `private_sum`.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "a", "c"]})
    >>> log = Interactions.from_frame(frame, timestamp="row order")
    >>> model = PrivateMarkovChain(max_norm=9.0, noise_multiplier=0.0).fit(log)
    >>> model.score(model.histories([["c", "a"]]))  # nobody is clipped: as in MarkovChain
    array([[0.16666667, 0.41666666, 0.41666666]], dtype=float32)
    """

    learnt: ClassVar = ("share", "transitions")

    prior: float = 1.0
    max_norm: float = 1.0
    noise_multiplier: float = 1.0
    seed: int = 0

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        n_items = train.n_items
        _machine.require_memory(
            32 * n_items**2,
            f"PrivateMarkovChain with {n_items:,} items",
            "keep fewer items (k_core)",
        )
        rows = sparse.hstack([train.matrix(), _transitions_of_people(train)], format="csr")
        sums = private_sum(rows, self.max_norm, self.noise_multiplier, self.seed)
        counts = np.maximum(sums, 0).astype(np.float32)
        self.share: F32 = counts[:n_items] / max(counts[:n_items].sum(), 1.0)  # (n_items,)
        self.transitions: F32 = counts[n_items:].reshape(n_items, n_items)

    def _score(self, histories: Histories) -> F32:
        scores = np.tile(self.share, (len(histories), 1))
        asked = np.flatnonzero(histories.lengths)
        counts = self.transitions[histories.last(1).items]  # (n_asked, n_items)
        total = counts.sum(axis=1, keepdims=True) + np.float32(self.prior)
        scores[asked] = (counts + np.float32(self.prior) * self.share) / total
        return scores


def _transitions_of_people(train: Interactions) -> sparse.csr_array:
    """Count how often j came directly after i, by person, in column i · n_items + j."""
    histories = train.histories()
    items, owners = histories.items.astype(np.int64), histories.owners
    before = np.flatnonzero(owners[:-1] == owners[1:])
    columns = items[before] * train.n_items + items[before + 1]
    ones = np.ones(len(before), np.float32)
    shape = (train.n_users, train.n_items**2)
    return sparse.coo_array((ones, (owners[before], columns)), shape=shape).tocsr()
