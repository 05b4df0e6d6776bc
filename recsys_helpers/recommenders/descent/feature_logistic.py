"""A logistic regression for each history, on features made from the text of its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64
from recsys_helpers.log import Histories, Interactions, Queries, item_text
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.descent import _logistic, _negatives
from recsys_helpers.recommenders.descent._negatives import PER_ITEM, Negatives
from recsys_helpers.recommenders.text_vectors import TextVectors


@dataclass(eq=False, repr=False)
class FeatureLogistic(Recommender):
    r"""Ranks items by a logistic regression on item features, fitted anew for each history.

    .. math::

        s_j = w_H^\top f_j + c_H, \qquad \min_{w, c} \sum_{i \in H} -\log \sigma(w^\top f_i + c)
        - \mathbb{E}_{j \sim q} \log \sigma(-w^\top f_j - c)
        + \frac\lambda2 (\lVert w \rVert^2 + c^2)

    over negatives j that are not in the history, drawn with probability :math:`q_j`; they depend
    only on the history and the seed. The features :math:`f_i` are the words of an item's text,
    lists and tags, weighted by TF-IDF and reduced by a truncated singular value decomposition. Both
    are learnt from items with training rows. Items that nobody met are ranked like all others.

    Parameters
    ----------
    dim
        Length of the feature vectors. With no more words than that, the words are the features.
    regularisation
        :math:`\lambda`, positive.
    negatives
        :math:`q`: "uniform" over items with training rows, or by "popularity"; then popularity
        itself no longer distinguishes the items of a history from negatives, only taste does.
    min_items
        In how many items with training rows a word must occur to be read.
    seed
        Of the decomposition and of the negatives, 0 … 2**32 − 1.

    Attributes
    ----------
    features
        :math:`f_i` as rows, shape (n_items, dim or fewer).
    vocabulary
        The words, shape (n_words,).
    directions
        The feature vector of each word, shape (n_words, dim or fewer).

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if no word occurs in `min_items` items.

    References
    ----------
    Pazzani and Billsus (1997), "Learning and revising user profiles: the identification of
    interesting web sites", Machine Learning 27, which fits a classifier for each user.
    https://doi.org/10.1023/A:1007369909943

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "c"]})
    >>> kinds = pl.DataFrame({"item": list("abcd"), "kind": ["war", "war", "love", "love"]})
    >>> log = Interactions.from_frame(frame, timestamp=None, items=kinds)
    >>> model = FeatureLogistic(min_items=1).fit(log)
    >>> model.recommend(model.histories([["a"], ["c"]]), k=1)["item"].to_list()
    ['b', 'd']
    """

    learnt: ClassVar = ("features", "vocabulary", "directions")
    ranks_new_items: ClassVar = True

    dim: int = 64
    regularisation: float = 0.1
    negatives: Negatives = "uniform"
    min_items: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.settings(self)
        _arguments.choice("negatives", self.negatives, Negatives)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        texts = item_text.words(train.catalogue.items, train.item_tags())
        vectors = TextVectors.learnt_from(
            texts, self.train_counts > 0, self.min_items, self.dim, self.seed
        )
        if not len(vectors.vocabulary):
            raise ValueError(
                f"FeatureLogistic reads the text of items, and no word stands in {self.min_items} "
                "of those with training rows: give text columns in items=…, or lower min_items"
            )
        self.features = np.ascontiguousarray(vectors.of(texts), np.float32)  # (n_items, dim)
        self.vocabulary = vectors.vocabulary
        self.directions = np.ascontiguousarray(vectors.directions, np.float32)  # (n_words, dim)

    def word_weights(self, histories: Histories) -> F32:
        """Return how much each word raises an item's score, for each history.

        Parameters
        ----------
        histories
            n histories over the catalogue of the training log.

        Returns
        -------
        F32
            A weight for each word of `vocabulary`, shape (n, n_words). An item's score is the sum
            of its TF-IDF values times these weights, plus a constant.

        Raises
        ------
        ValueError
            If the recommender is not fitted, or the histories have another catalogue.
        """
        self._check(histories)
        return self._weights(histories)[:, :-1].astype(np.float32) @ self.directions.T

    def _score(self, histories: Histories) -> F32:
        weights = self._weights(histories).astype(np.float32)
        return weights[:, :-1] @ self.features.T + weights[:, -1:]

    def _weights(self, histories: Histories) -> F64:
        """Return each history's regression weights, the constant last, shape (n, dim + 1)."""
        met = histories.matrix("binary")
        share = _negatives.shares(self.train_counts, self.negatives)
        features = np.c_[self.features, np.ones(len(self.features))].astype(np.float64)
        penalty = np.full(features.shape[1], self.regularisation)
        weights = np.zeros((len(histories), features.shape[1]))
        histories_compared = _negatives.compared(met, self.catalogue.ids, share, self.seed)
        for row, (seen, _, others) in enumerate(histories_compared):
            weights[row] = _logistic.solve(
                np.r_[features[seen], -features[others]],
                np.zeros(len(seen) + len(others)),
                np.r_[np.ones(len(seen)), np.full(len(others), 1 / PER_ITEM)],
                penalty,
            )
        return weights
