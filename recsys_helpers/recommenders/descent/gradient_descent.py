"""Matrix factorisation by gradient descent: vectors of users and items, from squared errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.log._views import Values, needs, rows_of
from recsys_helpers.optimizers.rules import optimizer_of
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.descent import _ridge, losses
from recsys_helpers.recommenders.descent._epochs import Curve, batches, start_vectors
from recsys_helpers.recommenders.descent.losses import dots, with_data, with_one

PRECONDITIONED = "preconditioned"
"""The optimizer that is not in `RULES`: steps of `_ridge.descend`, which need no learning rate."""


@dataclass(eq=False, repr=False)
class MatrixFactorization(Recommender):
    r"""Ranks items by the dot product of learnt vectors, :math:`s_j = x_H^\top y_j`.

    .. math::

        \min_{x, y} \frac12 \sum_{u,i} (1 + \alpha r_{ui})
        (\mathbb{1}[r_{ui} > 0] - x_u^\top y_i)^2 + \frac\lambda2 \Bigl(
        \sum_u n_u \lVert x_u \rVert^2 + \sum_i n_i \lVert y_i \rVert^2 \Bigr)

    over all pairs of a user and an item, including those that never met. Every epoch reads all
    data. A history is folded in: its vector :math:`x_H` is the exact solution of this problem with
    the item vectors fixed. The defaults were chosen on validation data of MovieLens 100K.

    Parameters
    ----------
    dim
        Length of the vectors.
    alpha
        :math:`\alpha`, positive: how much more a pair that met counts. The paper has 40 for viewing
        times; choose it on validation.
    regularisation
        :math:`\lambda`, positive. A vector is penalised once for each interaction of its user or
        item.
    values
        :math:`r_{ui}`, all positive: "binary", "count" (how often), or "rating" (ratings, or
        whatever weight the log has in their place).
    optimizer
        A rule in `recsys_helpers.optimizers.RULES`, such as "sgd" for plain gradient descent; or
        "preconditioned": the gradient is divided by an average curvature, and each step is as long
        as lowers the loss most, first for all users, then for all items. This needs no learning
        rate and fewer epochs.
    learning_rate
        Of a rule, for the gradient of the loss divided by the number of interactions; None for
        "preconditioned".
    epochs
        Passes over all data.
    seed
        Of the initial vectors, 0 … 2**32 − 1.

    Attributes
    ----------
    user_factors, item_factors
        Vectors as rows, shapes (n_users, dim) and (n_items, dim).
    curve
        For each epoch its number, the loss after it, divided by the number of interactions, and the
        seconds so far.

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if ratings are asked for and there are none, or
        the learning rate is so large that the loss grows beyond all bounds.

    References
    ----------
    Hu, Koren and Volinsky (2008), "Collaborative filtering for implicit feedback datasets", ICDM,
    section 4. https://doi.org/10.1109/ICDM.2008.22

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "a", "b", "c"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> model = MatrixFactorization(dim=2, regularisation=0.01, epochs=50).fit(log)
    >>> model.score(model.histories([["a"]])).round(1)  # targets 1 for a, 0 for b: 1.5 / (1.5 + 1)
    array([[0.6, 0.6, 0. ]], dtype=float32)
    """

    learnt: ClassVar = ("user_factors", "item_factors")

    dim: int = 96
    alpha: float = 0.5
    regularisation: float = 0.1
    values: Values = "binary"
    optimizer: str = PRECONDITIONED
    learning_rate: float | None = None
    epochs: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.settings(self)
        _check_optimizer(self.optimizer, self.learning_rate)
        self.needs = needs(self.values)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        weights = self._weights(train.matrix(self.values))
        rng = np.random.default_rng(self.seed)
        self.user_factors = start_vectors(np.diff(weights.indptr), self.dim, rng)
        self.item_factors = start_vectors(self.train_counts, self.dim, rng)
        self.curve = Curve()
        if self.optimizer == PRECONDITIONED:
            self._precondition(weights)
        else:
            self._follow(weights)

    @np.errstate(over="ignore", invalid="ignore")  # the curve refuses a loss without bounds
    def _follow(self, weights: sparse.csr_array) -> None:
        """Plain gradient descent: an epoch is one step along the gradient of all data."""
        x, y = self.user_factors, self.item_factors
        rule = optimizer_of(self.optimizer, self.learning_rate)
        for _ in range(self.epochs):
            _, gradients = losses.implicit_loss(x, y, weights, self.regularisation)
            rule.step([x, y], gradients)
            fitted = dots(x, y, rows_of(weights), weights.indices)
            self.curve.add(losses.implicit_value(x, y, weights, fitted, self.regularisation))

    def _precondition(self, weights: sparse.csr_array) -> None:
        """Preconditioned descent: an epoch is a step for all users, then one for all items.

        The products at the log's pairs are kept up to date, because slopes and loss need them.
        """
        x, y = self.user_factors, self.item_factors
        by_item, order = _ridge.transposed(weights)
        fitted = dots(x, y, rows_of(weights), weights.indices)  # (nnz,)
        penalty = self._penalty()
        for _ in range(self.epochs):
            slopes = weights.data * (fitted - 1) - 1
            fitted += _ridge.descend(x, y, weights, slopes, y.T @ y, penalty)
            slopes = (weights.data * (fitted - 1) - 1)[order]
            fitted[order] += _ridge.descend(y, x, by_item, slopes, x.T @ x, penalty)
            self.curve.add(losses.implicit_value(x, y, weights, fitted, self.regularisation))

    def _weights(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """Return how much more each pair that met counts: alpha times its value."""
        if (matrix.data <= 0).any():
            raise ValueError(f"values={self.values!r} must be positive to weigh pairs that met")
        return matrix * np.float32(self.alpha)

    def _penalty(self) -> F32:
        return np.full(self.dim, self.regularisation, np.float32)

    def _score(self, histories: Histories) -> F32:
        return self._folded_in(histories) @ self.item_factors.T

    def _folded_in(self, histories: Histories) -> F32:
        """Return the vector of each history, shape (n, dim)."""
        weights, y = self._weights(histories.matrix(self.values)), self.item_factors
        return _ridge.solve(y, weights, 1 + weights.data, y.T @ y, self._penalty())


@dataclass(eq=False, repr=False)
class BiasedMF(Recommender):
    r"""Predicts a rating by biases and the dot product of learnt vectors.

    .. math::

        \hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i, \qquad
        \min_{b, p, q} \frac{1}{2N} \sum_{(u,i)} \Bigl[ (r_{ui} - \hat r_{ui})^2 + \lambda
        (b_u^2 + b_i^2 + \lVert p_u \rVert^2 + \lVert q_i \rVert^2) \Bigr]

    where :math:`\mu` is the mean of all N training ratings. As a recommender it ranks items by
    :math:`\hat r_{Hi}`, with the :math:`b_H` and :math:`p_H` that solve this problem exactly for
    the ratings of a history: items that somebody would rate high, however unlikely they are to
    choose them. The defaults were chosen on validation data of MovieLens 100K.

    Parameters
    ----------
    dim
        Length of the vectors.
    regularisation
        :math:`\lambda`, positive. Biases and vectors are penalised once for each rating of their
        user or item.
    optimizer
        A rule in `recsys_helpers.optimizers.RULES`, such as "sgd" for plain gradient descent; or
        "preconditioned": the gradient is divided by an average curvature, and each step is as long
        as lowers the loss most, first for all users, then for all items. This needs no learning
        rate and fewer epochs.
    learning_rate
        Of a rule, for the gradient of the mean loss; None for "preconditioned".
    batch_size
        Ratings in each step of a rule, drawn without replacement in every epoch; all if None.
    epochs
        Passes over all ratings.
    seed
        Of the initial vectors and the batches, 0 … 2**32 − 1.

    Attributes
    ----------
    mean
        :math:`\mu`.
    user_factors, item_factors
        Vectors as rows with the bias last, shapes (n_users, dim + 1) and (n_items, dim + 1).
    curve
        For each epoch its number, the loss after it, and the seconds so far.

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if the log has no ratings, or the learning rate
        is so large that the loss grows beyond all bounds.

    References
    ----------
    Koren, Bell and Volinsky (2009), "Matrix factorization techniques for recommender systems",
    Computer 42(8), section "Adding biases". https://doi.org/10.1109/MC.2009.263

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rating": [5.0, 1.0, 5]})
    >>> log = Interactions.from_frame(frame, timestamp=None, rating="rating")
    >>> model = BiasedMF(dim=1, regularisation=1e-3, epochs=50).fit(log)
    >>> model.predict([0, 0, 1], [0, 1, 0]).round(1)
    array([5., 1., 5.])
    """

    learnt: ClassVar = ("mean", "user_factors", "item_factors")
    needs = frozenset({"ratings"})

    dim: int = 50
    regularisation: float = 0.14
    optimizer: str = PRECONDITIONED
    learning_rate: float | None = None
    batch_size: int | None = None
    epochs: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.settings(self)
        if self.batch_size is not None:
            _arguments.whole("batch_size", self.batch_size, 1)
        _check_optimizer(self.optimizer, self.learning_rate)
        if self.optimizer == PRECONDITIONED and self.batch_size is not None:
            raise ValueError("a preconditioned step reads all ratings: leave batch_size out")

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        if train.ratings is None:
            raise ValueError("BiasedMF learns from ratings, and this log has none")
        ratings = train.matrix("rating")
        self.mean = np.array(ratings.data.mean(dtype=np.float64))
        rng = np.random.default_rng(self.seed)
        self.user_factors = start_vectors(np.diff(ratings.indptr), self.dim + 1, rng)
        self.item_factors = start_vectors(self.train_counts, self.dim + 1, rng)
        self.user_factors[:, -1] = self.item_factors[:, -1] = 0  # the biases
        self.curve = Curve()
        if self.optimizer == PRECONDITIONED:
            self._precondition(ratings)
        else:
            self._follow(ratings, rng)

    @np.errstate(over="ignore", invalid="ignore")  # the curve refuses a loss without bounds
    def _follow(self, ratings: sparse.csr_array, rng: np.random.Generator) -> None:
        """Plain (stochastic) gradient descent: one step along the gradient of each batch."""
        factors = self.user_factors, self.item_factors
        users, items, targets = rows_of(ratings), ratings.indices, self._above_mean(ratings)
        rule = optimizer_of(self.optimizer, self.learning_rate)
        for _ in range(self.epochs):
            for batch in batches(ratings.nnz, self.batch_size, rng):
                _, gradients = losses.rating_loss(
                    *factors, users[batch], items[batch], targets[batch], self.regularisation
                )
                rule.step(factors, gradients)
            loss, _ = losses.rating_loss(*factors, users, items, targets, self.regularisation)
            self.curve.add(loss)

    def _precondition(self, ratings: sparse.csr_array) -> None:
        """Preconditioned descent: an epoch is a step for all users, then one for all items.

        A bias is one more entry of its vector, multiplied by the 1 that `with_one` appends to the
        other side. The errors are kept up to date, because slopes and loss need nothing else.
        """
        x, y = self.user_factors, self.item_factors
        by_user = with_data(ratings, np.ones(ratings.nnz, np.float32))
        by_item, order = _ridge.transposed(by_user)
        n_of_user, n_of_item = np.diff(by_user.indptr), np.diff(by_item.indptr)
        shared, penalty = self._ridge_terms()
        errors = -self._above_mean(ratings) + self._fitted(rows_of(ratings), ratings.indices)
        for _ in range(self.epochs):
            errors += _ridge.descend(x, with_one(y[:, :-1]), by_user, errors, shared, penalty)
            errors[order] += _ridge.descend(
                y, with_one(x[:, :-1]), by_item, errors[order], shared, penalty
            )
            squares = n_of_user @ (x**2).sum(axis=1) + n_of_item @ (y**2).sum(axis=1)
            total = np.vdot(errors, errors) + self.regularisation * squares
            self.curve.add(float(total) / (2 * len(errors)))

    def _above_mean(self, ratings: sparse.csr_array) -> F32:
        """Return each rating minus the mean, shape (nnz,)."""
        above: F32 = (ratings.data - self.mean).astype(np.float32)
        return above

    def _fitted(self, rows: I32, columns: I32) -> F32:
        """Return the predicted ratings minus the mean, shape (n,)."""
        x, y = self.user_factors, self.item_factors
        fitted: F32 = dots(x[:, :-1], y[:, :-1], rows, columns) + x[rows, -1] + y[columns, -1]
        return fitted

    def _ridge_terms(self) -> tuple[F32, F32]:
        """Return what all rows share (0, because only rated pairs count) and the penalty."""
        d = self.dim + 1
        return np.zeros((d, d), np.float32), np.full(d, self.regularisation, np.float32)

    def predict(self, users: I32, items: I32) -> F64:
        """Return predicted ratings; a user or item without a training row has bias and vector 0.

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
        n_users, n_items = len(self.user_factors), len(self.item_factors)
        user, item = _arguments.codes_of_pairs(users, items, n_users, n_items)
        known = np.where(user < 0, 0, self._fitted(user, item) - self.item_factors[item, -1])
        ratings: F64 = self.mean + self.item_factors[item, -1] + known
        return ratings

    def _score(self, histories: Histories) -> F32:
        x, y = self._folded_in(histories), self.item_factors.copy()
        y[:, -1] = (y[:, -1] + self.mean).astype(np.float32)
        return with_one(x[:, :-1]) @ y.T + x[:, -1:]

    def _folded_in(self, histories: Histories) -> F32:
        """Return vector and bias of each history, shape (n, dim + 1)."""
        ratings, y = histories.matrix("rating"), self.item_factors
        ones = with_data(ratings, np.ones(ratings.nnz, np.float32))
        targets = self._above_mean(ratings) - y[ratings.indices, -1]
        return _ridge.solve(with_one(y[:, :-1]), ones, targets, *self._ridge_terms())


def _check_optimizer(name: str, learning_rate: float | None) -> None:
    if not isinstance(name, str) or name != PRECONDITIONED:
        optimizer_of(name, learning_rate)
    elif learning_rate is not None:
        raise ValueError("a preconditioned step finds its own length: leave learning_rate out")
