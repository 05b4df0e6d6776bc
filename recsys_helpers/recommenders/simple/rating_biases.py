"""Predicted ratings without personal taste: who rates high, and what is rated high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class RatingBiases(Recommender):
    r"""Predicts a rating as the sum of a mean, a bias of the user and a bias of the item.

    .. math::

        \hat r_{ui} = \mu + b_u + b_i, \qquad
        \min_{b} \sum_{(u,i)} (r_{ui} - \mu - b_u - b_i)^2
        + \lambda \Bigl( \sum_u b_u^2 + \sum_i b_i^2 \Bigr)

    where :math:`\mu` is the mean of all training ratings. As a recommender it ranks items by
    :math:`\mu + b_i`, since a user's bias is the same for all items: the best-rated items come
    first, however few people choose them.

    Parameters
    ----------
    regularisation
        :math:`\lambda`, positive: shrinks each bias towards 0 as that many ratings at the mean
        would.

    Raises
    ------
    ValueError
        If `regularisation` is not positive; on fitting, if the log has no ratings.

    References
    ----------
    Koren, Bell and Volinsky (2009), "Matrix factorization techniques for recommender systems",
    Computer 42(8), section "Adding biases". https://doi.org/10.1109/MC.2009.263

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"], "rating": [4.0, 2.0]})
    >>> log = Interactions.from_frame(frame, timestamp=None, rating="rating")
    >>> model = RatingBiases(regularisation=1.0).fit(log)
    >>> model.predict([0, 0], [0, 1]).round(2)  # deviations of ±1, half of which λ shrinks away
    array([3.5, 2.5])
    """

    learnt: ClassVar = ("mean", "user_biases", "item_biases")

    regularisation: float = 5.0

    def __post_init__(self) -> None:
        _arguments.settings(self)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        if train.ratings is None:
            raise ValueError("RatingBiases learns from ratings, and this log has none")
        n, n_users = len(train), train.n_users
        columns = np.stack([train.users, n_users + train.items], axis=1).ravel()
        indicators = sparse.csr_array(
            (np.ones(2 * n), columns, np.arange(0, 2 * n + 1, 2)),
            shape=(n, n_users + train.n_items),
        )
        ratings = train.ratings.astype(np.float64)
        self.mean = np.array(ratings.mean())
        gram = indicators.T @ indicators
        gram += self.regularisation * sparse.eye_array(gram.shape[0])
        biases, failed = linalg.cg(gram, indicators.T @ (ratings - self.mean), rtol=1e-10)
        if failed:
            raise ValueError("the biases did not converge; raise the regularisation")
        self.user_biases, self.item_biases = biases[:n_users], biases[n_users:]

    def predict(self, users: I32, items: I32) -> F64:
        """Return predicted ratings; the bias of a user or item without a training row is 0.

        Parameters
        ----------
        users, items
            Codes in the training log, shape (n,); −1 for an unknown user.

        Returns
        -------
        F64
            Ratings on the scale of the training log, not clipped to it, shape (n,).

        Raises
        ------
        ValueError
            If a code lies outside the log, or the recommender is not fitted.
        """
        self._check_fitted()
        n_users, n_items = len(self.user_biases), len(self.item_biases)
        user, item = _arguments.codes_of_pairs(users, items, n_users, n_items)
        ratings: F64 = self.mean + np.append(self.user_biases, 0)[user] + self.item_biases[item]
        return ratings

    def _score(self, histories: Histories) -> F32:
        scores = (self.mean + self.item_biases).astype(np.float32)
        return np.broadcast_to(scores, (len(histories), len(scores)))
