"""A support vector machine for one user: what was liked on one side, the rest on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32, Bool
from recsys_helpers.log import item_text
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.base import Recommender


@dataclass(frozen=True, eq=False, repr=False)
class Boundary:
    r"""What parts the items that a user liked from the others: :math:`w^\top v + b = 0`.

    `LikeSVM.boundary` makes one.

    Parameters
    ----------
    catalogue
        The items that the codes mean.
    weights, bias
        w, shape (n_words,), a weight for each word of `LikeSVM.vocabulary`, and b.
    items
        Codes of the items of the history, shape (n,).
    liked
        Which of them were liked, shape (n,).
    scores
        :math:`f_t = w^\top v_t + b` of each of them, shape (n,).
    pulls
        :math:`\alpha_t = 2 C \max(0, 1 - y_t f_t)`, shape (n,), where :math:`y_t` is 1 or −1:
        :math:`w = \sum_t \alpha_t y_t v_t` and :math:`b = \sum_t \alpha_t y_t`. Items with a
        pull above 0 are the support vectors; without the others the boundary would be the same.
    """

    catalogue: Catalogue
    weights: F64
    bias: float
    items: I32
    liked: Bool
    scores: F64
    pulls: F64

    def __repr__(self) -> str:
        return (
            f"Boundary: {int((self.pulls > 0).sum()):,} support vectors among {len(self.items):,} "
            f"items, margin {self.margin:.3g}"
        )

    @property
    def margin(self) -> float:
        r"""The width of the margin, :math:`2 / \lVert w \rVert`; infinite where w is 0."""
        norm = float(np.linalg.norm(self.weights))
        return 2 / norm if norm else np.inf


@dataclass(eq=False, repr=False)
class LikeSVM(Recommender):
    r"""Says whether a user likes an item, by a machine trained on that user's ratings alone.

    .. math::

        s_j = w^\top v_j + b, \qquad
        \min_{w, b} \tfrac{1}{2} \bigl( \lVert w \rVert^2 + b^2 \bigr)
        + C \sum_t \max\bigl(0,\, 1 - y_t (w^\top v_{h_t} + b)\bigr)^2

    where :math:`v_j` is the vector of the item's words (`item_text.tf_idf`), and :math:`y_t` is 1
    if the t-th item of the history was rated `like_from` or better, else −1. A score above 0 says
    "like". Only the words are learnt in training; w and b are found anew for every history, so any
    user will do, and any item with words is ranked, also one that nobody has met. A history of
    likes alone still says what is like them; an empty one says nothing, and all scores are 0.

    Parameters
    ----------
    cost
        C, positive: what an item on the wrong side costs beside a narrow margin.
    like_from
        The lowest rating that is a like.
    min_items
        Items with training rows in which a word must stand to count.

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
    >>> model.score(ann)  # w = (−½, ½), b = 0: each side of the item seen is ½ short of 1
    array([[ 0.5, -0.5,  0.5, -0.5]], dtype=float32)
    >>> model.boundary(ann).pulls
    array([0.5, 0.5])
    """

    needs = frozenset({"ratings"})
    learnt: ClassVar = ("vocabulary", "vectors")
    ranks_new_items: ClassVar[bool] = True

    cost: float = 1.0
    like_from: float = 4.0
    min_items: int = 2

    def __post_init__(self) -> None:
        _arguments.positive("cost", self.cost)
        if not np.isfinite(self.like_from):
            raise ValueError(f"like_from must be a rating, not {self.like_from}")
        _arguments.whole("min_items", self.min_items, 1)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.vocabulary, self.vectors = item_text.learnt_from(train, self.min_items)
        if not len(self.vocabulary):
            raise ValueError(
                f"no word of item table or tags stands in {self.min_items} items with training "
                "rows: give Interactions an item table with a column of text, such as a title, or "
                "of lists of words, such as genres"
            )

    def boundary(self, histories: Histories, row: int = 0) -> Boundary:
        """Return what parts liked from disliked items in one history.

        Parameters
        ----------
        histories
            Histories with ratings.
        row
            Which of them.

        Returns
        -------
        Boundary
            Weights of words, and the items that hold them in place.

        Raises
        ------
        ValueError
            If the recommender is not fitted, or the histories have another catalogue or no ratings.
        """
        self._check(histories)
        history = histories.take([row])
        assert history.ratings is not None
        liked = history.ratings >= self.like_from
        signs = np.where(liked, 1.0, -1.0)
        vectors = self.vectors[history.items]
        weights, bias = _parted(vectors, signs, self.cost)
        scores = vectors @ weights + bias
        pulls = 2 * self.cost * np.maximum(0, 1 - signs * scores)
        return Boundary(self.catalogue, weights, bias, history.items, liked, scores, pulls)

    def _score(self, histories: Histories) -> F32:
        scores = np.empty((len(histories), self.catalogue.n_items), np.float32)
        for row in range(len(histories)):
            boundary = self.boundary(histories, row)
            scores[row] = self.vectors @ boundary.weights + boundary.bias
        return scores


def _parted(vectors: sparse.csr_array, signs: F64, cost: float) -> tuple[F64, float]:
    """Return the weights and the bias of the boundary."""
    if not len(signs):
        return np.zeros(vectors.shape[1]), 0.0
    used = np.unique(vectors.indices)  # a word that none of the items has weighs nothing
    signed = signs[:, None] * np.c_[vectors[:, used].toarray(), np.ones(len(signs))]
    # Each item twice, once from either side at half the cost: liblinear wants both sides, and a
    # history may have but one.
    both, sides = np.concatenate([signed, -signed]), np.repeat([1, -1], len(signs))
    machine = LinearSVC(C=cost / 2, fit_intercept=False, dual=False, tol=1e-8, random_state=0)
    *of_used, bias = machine.fit(both, sides).coef_[0]
    weights = np.zeros(vectors.shape[1])
    weights[used] = of_used
    return weights, float(bias)
