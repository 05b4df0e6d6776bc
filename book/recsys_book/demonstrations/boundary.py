"""The decision boundary between the items that one user liked and the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_helpers._types import F64, I32, Bool
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.svm.like_svm import LikeSVM


@dataclass(frozen=True, eq=False)
class Boundary:
    r"""The decision boundary of one user's machine, :math:`w^\top v + b = 0`, and what supports it.

    Parameters
    ----------
    catalogue
        The items that the codes mean.
    weights, bias
        w, one weight for each word of `LikeSVM.vocabulary`, shape (n_words,), and b.
    items
        Codes of the items of the history, shape (n,).
    liked
        Which of them were liked, shape (n,).
    scores
        :math:`f_t = w^\top v_t + b` of each of them, shape (n,).
    alphas
        The dual coefficients :math:`\alpha_t = 2 C \max(0, 1 - y_t f_t)`, shape (n,), where
        :math:`y_t` is 1 or −1: :math:`w = \sum_t \alpha_t y_t v_t` and
        :math:`b = \sum_t \alpha_t y_t`. Items with a coefficient above 0 are the support vectors;
        without the other items the boundary would be the same.
    """

    catalogue: Catalogue
    weights: F64
    bias: float
    items: I32
    liked: Bool
    scores: F64
    alphas: F64

    def __repr__(self) -> str:
        return (
            f"Boundary: {int((self.alphas > 0).sum()):,} support vectors among {len(self.items):,} "
            f"items, margin {self.margin:.3g}"
        )

    @property
    def margin(self) -> float:
        r"""The width of the margin, :math:`2 / \lVert w \rVert`; infinite where w is 0."""
        norm = float(np.linalg.norm(self.weights))
        return 2 / norm if norm else np.inf


def boundary(model: LikeSVM, histories: Histories, row: int = 0) -> Boundary:
    """Return the decision boundary for one history.

    Parameters
    ----------
    model
        Fitted.
    histories
        Histories with ratings.
    row
        Which of them.

    Returns
    -------
    Boundary
        The weights of the words, and the dual coefficients of the items.

    Raises
    ------
    ValueError
        If the recommender is not fitted, or the histories have another catalogue or no ratings.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions
    >>> genres = [["War"], ["Love"], ["War"], ["Love"]]
    >>> films = pl.DataFrame({"item": [1, 2, 3, 4], "genres": genres})
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": [1, 2, 3, 4]})
    >>> model = LikeSVM(cost=0.5).fit(Interactions.from_frame(frame, timestamp=None, items=films))
    >>> boundary(model, model.histories([[1, 2]], ratings=[[5.0, 1.0]])).alphas
    array([0.5, 0.5])
    """
    weights, bias = model.hyperplane(histories, row)
    history = histories.take([row])
    assert history.ratings is not None
    liked = history.ratings >= model.like_from
    scores = model.vectors[history.items] @ weights + bias
    alphas = 2 * model.cost * np.maximum(0, 1 - np.where(liked, 1.0, -1.0) * scores)
    return Boundary(histories.catalogue, weights, bias, history.items, liked, scores, alphas)
