"""A Markov chain: the simplest recommender that reads the order of a history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class MarkovChain(Recommender):
    r"""Ranks items by the probability that they follow the last item of the history.

    .. math:: s_j = \frac{n_{\ell j} + \alpha\, p_j}{n_\ell + \alpha}

    where :math:`\ell` is the last item of the history, :math:`n_{\ell j}` counts how often j came
    directly after it in training, :math:`n_\ell = \sum_j n_{\ell j}`, and :math:`p_j` is item j's
    share of all training rows. So items with the same count are ordered by popularity, and for an
    empty history all are.

    Parameters
    ----------
    prior
        :math:`\alpha`, positive: how many transitions popularity is worth. The default, 1, only
        breaks ties between equal counts.

    Raises
    ------
    ValueError
        If `prior` is not positive; on fitting, if the order of the log is unknown.

    References
    ----------
    Rendle, Freudenthaler and Schmidt-Thieme (2010), "Factorizing personalized Markov chains for
    next-basket recommendation", WWW. https://doi.org/10.1145/1772690.1772773

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "a", "c"]})
    >>> model = MarkovChain().fit(Interactions.from_frame(frame, timestamp="row order"))
    >>> model.score(model.histories([["c", "a"], []]))  # a: (0 + 1/2) / 3, b and c: (1 + 1/4) / 3
    array([[0.16666667, 0.41666666, 0.41666666],
           [0.5       , 0.25      , 0.25      ]], dtype=float32)
    """

    learnt: ClassVar = ("transitions",)

    prior: float = 1.0

    def __post_init__(self) -> None:
        _arguments.settings(self)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        histories = train.histories()
        items, owners = histories.items, histories.owners
        before = np.flatnonzero(owners[:-1] == owners[1:])
        counts = sparse.coo_array(
            (np.ones(len(before), np.float32), (items[before], items[before + 1])),
            shape=(train.n_items, train.n_items),
        )
        self.transitions = counts.tocsr()

    def _score(self, histories: Histories) -> F32:
        share = self.train_counts / self.train_counts.sum()  # (n_items,)
        scores = np.broadcast_to(share, (len(histories), len(share))).astype(np.float32)
        asked = np.flatnonzero(histories.lengths)
        counts = self.transitions[histories.last(1).items].toarray()  # (n_asked, n_items)
        total = counts.sum(axis=1, keepdims=True) + self.prior
        scores[asked] = (counts + self.prior * share) / total
        return scores
