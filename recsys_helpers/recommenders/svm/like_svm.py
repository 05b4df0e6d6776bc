"""A support vector machine for each user, which separates liked from disliked items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64
from recsys_helpers.log import Histories, Interactions, Queries, item_text
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class LikeSVM(Recommender):
    r"""Predicts whether a user likes an item, by a machine trained on only this user's ratings.

    .. math::

        s_j = w^\top v_j + b, \qquad
        \min_{w, b} \tfrac{1}{2} \bigl( \lVert w \rVert^2 + b^2 \bigr)
        + C \sum_t \max\bigl(0,\, 1 - y_t (w^\top v_{h_t} + b)\bigr)^2

    where :math:`v_j` is the vector of item j's words (`item_text.tf_idf`), and :math:`y_t` is 1 if
    the t-th item of the history was rated `like_from` or higher, otherwise −1. A score above 0
    predicts a like. Training learns only the vocabulary and the vectors; w and b are computed anew
    for every history. So any user can be served, and items that nobody has met are ranked by their
    words. A history of likes alone still ranks by similarity to them; for an empty one all scores
    are 0.

    Parameters
    ----------
    cost
        C, positive: the weight of the loss against the penalty. A larger C allows fewer ratings on
        the wrong side, at the price of a narrower margin.
    like_from
        The lowest rating that counts as a like.
    min_items
        In how many items with training rows a word must occur to be read.

    Attributes
    ----------
    vocabulary
        The words, shape (n_words,).
    vectors
        :math:`v_j`, sparse, shape (n_items, n_words).

    Raises
    ------
    ValueError
        If an argument is out of range; in `fit`, if there is no text to read.

    References
    ----------
    Cortes and Vapnik (1995), "Support-vector networks", Machine Learning 20, section 3.
    https://doi.org/10.1007/BF00994018

    Fan, Chang, Hsieh, Wang and Lin (2008), "LIBLINEAR: a library for large linear classification",
    JMLR 9, section 2 (the squared loss, and the bias as one more weight).
    https://www.jmlr.org/papers/v9/fan08a.html

    Examples
    --------
    >>> import polars as pl
    >>> genres = [["War"], ["Love"], ["War"], ["Love"]]
    >>> films = pl.DataFrame({"item": [1, 2, 3, 4], "genres": genres})
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": [1, 2, 3, 4]})
    >>> model = LikeSVM(cost=0.5).fit(Interactions.from_frame(frame, timestamp=None, items=films))
    >>> ann = model.histories([[1, 2]], ratings=[[5.0, 1.0]])
    >>> model.score(ann)  # w is −½ for "love", ½ for "war"; b = 0
    array([[ 0.5, -0.5,  0.5, -0.5]], dtype=float32)
    """

    needs = frozenset({"ratings"})
    learnt: ClassVar = ("vocabulary", "vectors")
    ranks_new_items: ClassVar[bool] = True

    cost: float = 1.0
    like_from: float = 4.0
    min_items: int = 2

    def __post_init__(self) -> None:
        _arguments.settings(self, "like_from")
        _arguments.number("like_from", self.like_from)
        if not np.isfinite(self.like_from):
            raise ValueError(f"like_from must be a rating, not {self.like_from}")

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.vocabulary, self.vectors = item_text.learnt_from(train, self.min_items)
        if not len(self.vocabulary):
            raise ValueError(
                f"no word of item table or tags stands in {self.min_items} items with training "
                "rows: give Interactions an item table with a column of text, such as a title, or "
                "of lists of words, such as genres"
            )

    def hyperplane(self, histories: Histories, row: int = 0) -> tuple[F64, float]:
        """Return the hyperplane that separates liked from disliked items in one history.

        Parameters
        ----------
        histories
            Histories with ratings.
        row
            The number of one of them.

        Returns
        -------
        weights, bias
            w, a weight for each word of `vocabulary`, shape (n_words,), and b.

        Raises
        ------
        ValueError
            If the recommender is not fitted, the histories have another catalogue or no ratings, or
            `row` is out of range.
        """
        self._check(histories)
        _arguments.whole("row", row, 0)
        history = histories.take([row])
        assert history.ratings is not None
        signs = np.where(history.ratings >= self.like_from, 1.0, -1.0)
        return _parted(self.vectors[history.items], signs, self.cost)

    def _score(self, histories: Histories) -> F32:
        scores = np.empty((len(histories), self.catalogue.n_items), np.float32)
        for row in range(len(histories)):
            weights, bias = self.hyperplane(histories, row)
            scores[row] = self.vectors @ weights + bias
        return scores


def _parted(vectors: sparse.csr_array, signs: F64, cost: float) -> tuple[F64, float]:
    """Return the weights and the bias of the boundary."""
    if not len(signs):
        return np.zeros(vectors.shape[1]), 0.0
    used = np.unique(vectors.indices)  # the weight of a word that no item has is 0
    signed = signs[:, None] * np.c_[vectors[:, used].toarray(), np.ones(len(signs))]
    # Each item is given twice, negated the second time, at half the cost: liblinear needs examples
    # of both classes, and a history may have only one.
    both, sides = np.concatenate([signed, -signed]), np.repeat([1, -1], len(signs))
    machine = LinearSVC(C=cost / 2, fit_intercept=False, dual=False, tol=1e-8, random_state=0)
    *of_used, bias = machine.fit(both, sides).coef_[0]
    weights = np.zeros(vectors.shape[1])
    weights[used] = of_used
    return weights, float(bias)
