"""BPR: vectors of users and items, learnt from pairs of items by stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import F32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.log._views import rows_of
from recsys_helpers.optimizers.rules import optimizer_of
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.descent import _logistic, _negatives
from recsys_helpers.recommenders.descent._epochs import Curve, batches, start_vectors
from recsys_helpers.recommenders.descent._negatives import PER_ITEM, Negatives
from recsys_helpers.recommenders.descent.losses import bpr_loss


@dataclass(eq=False, repr=False)
class BPR(Recommender):
    r"""Ranks items by vectors learnt to score what a user met above what the user did not meet.

    .. math::

        s_j = b_j + x_H^\top y_j, \qquad
        \min_{x, y, b} \sum_{(u,i)} \mathbb{E}_{j \sim q} \Bigl[ -\log \sigma
        \bigl( s_{ui} - s_{uj} - \log q_i + \log q_j \bigr) + \tfrac\lambda2 \bigl(
        \lVert x_u \rVert^2 + \lVert y_i \rVert^2 + b_i^2 + \lVert y_j \rVert^2 + b_j^2 \bigr)
        \Bigr]

    over items i that user u met and negatives j that u did not, drawn with probability :math:`q_j`.
    The logarithms correct for popular items being drawn more often, so that the score reflects how
    likely an item is, whatever q. A history is folded in: its vector :math:`x_H` solves this
    problem with the item vectors fixed, with negatives that depend only on the history and the
    seed. The defaults were chosen on validation data of MovieLens
    100K.

    Parameters
    ----------
    dim
        Length of the vectors.
    regularisation
        :math:`\lambda`, positive.
    negatives
        :math:`q`: "uniform", as in the paper, or "popularity", which gives harder comparisons.
    n_negatives
        Negatives drawn for each pair of a user and an item in an epoch.
    optimizer
        A rule in `recsys_helpers.optimizers.RULES`.
    learning_rate
        Of the optimizer, for the mean gradient of a batch.
    batch_size
        Triples of a user, an item and a negative in each step.
    epochs
        Passes over all pairs of a user and an item that the user met.
    seed
        Of the initial vectors, the batches and the negatives, 0 … 2**32 − 1.

    Attributes
    ----------
    user_factors, item_factors
        Vectors as rows, shapes (n_users, dim) and, with the bias last, (n_items, dim + 1).
    curve
        For each epoch its number, the mean loss of its batches before their steps, and the seconds
        so far.

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if a learning rate is so large that the loss
        grows beyond all bounds.

    References
    ----------
    Rendle, Freudenthaler, Gantner and Schmidt-Thieme (2009), "BPR: Bayesian personalized ranking
    from implicit feedback", UAI, sections 4.1, 4.2 and 4.3.1. https://arxiv.org/abs/1205.2618
    Bengio and Senécal (2008), "Adaptive importance sampling to accelerate training of a neural
    probabilistic language model", for the correction. https://doi.org/10.1109/TNN.2007.912312

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3, 3], "item": list("ababcd")})
    >>> model = BPR(dim=2, epochs=50).fit(Interactions.from_frame(frame, timestamp=None))
    >>> model.recommend(model.histories([["a"], ["c"]]), k=1)["item"].to_list()
    ['b', 'd']
    """

    learnt: ClassVar = ("user_factors", "item_factors")

    dim: int = 64
    regularisation: float = 0.02
    negatives: Negatives = "popularity"
    n_negatives: int = 1
    optimizer: str = "adam"
    learning_rate: float = 0.015
    batch_size: int = 4_096
    epochs: int = 22
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.settings(self, "learning_rate")
        optimizer_of(self.optimizer, self.learning_rate)
        _arguments.choice("negatives", self.negatives, Negatives)

    @np.errstate(over="ignore", invalid="ignore")  # the curve refuses a loss without bounds
    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        met = train.matrix("binary")
        rng = np.random.default_rng(self.seed)
        users = start_vectors(np.diff(met.indptr), self.dim, rng)
        items = start_vectors(self.train_counts, self.dim + 1, rng)
        items[:, -1] = 0  # the biases
        self.user_factors, self.item_factors = users, items
        share = _negatives.shares(self.train_counts, self.negatives)
        offsets = _negatives.offsets(share)
        pair_users = np.repeat(rows_of(met), self.n_negatives)
        pair_items = np.repeat(met.indices, self.n_negatives)
        rule = optimizer_of(self.optimizer, self.learning_rate)
        self.curve = Curve()
        for _ in range(self.epochs):
            drawn = _negatives.draw(pair_users, met, share, rng)
            compared = np.flatnonzero(drawn >= 0)
            total = 0.0
            for batch in batches(len(compared), self.batch_size, rng):
                pairs = compared[batch]
                triples = pair_users[pairs], pair_items[pairs], drawn[pairs]
                loss, gradients = bpr_loss(users, items, triples, offsets, self.regularisation)
                rule.step([users, items], gradients)
                total += loss * len(pairs)
            self.curve.add(total / max(len(compared), 1))

    def _score(self, histories: Histories) -> F32:
        vectors, biases = self.item_factors[:, :-1], self.item_factors[:, -1]
        return self._folded_in(histories) @ vectors.T + biases

    def _folded_in(self, histories: Histories) -> F32:
        """Return the vector of each history, shape (n, dim).

        With the items fixed this is a logistic regression on the differences between two items'
        vectors; biases and offsets enter as a constant for each pair.
        """
        met = histories.matrix("binary")
        share = _negatives.shares(self.train_counts, self.negatives)
        items = self.item_factors.astype(np.float64)
        vectors, prior = items[:, :-1], items[:, -1] - _negatives.offsets(share)
        x = np.zeros((len(histories), self.dim), np.float32)
        histories_compared = _negatives.compared(met, self.catalogue.ids, share, self.seed)
        for row, (seen, right, wrong) in enumerate(histories_compared):
            x[row] = _logistic.solve(
                vectors[right] - vectors[wrong],
                prior[right] - prior[wrong],
                np.full(len(right), 1 / PER_ITEM),
                np.full(self.dim, self.regularisation * max(len(seen), 1)),
            )
        return x
