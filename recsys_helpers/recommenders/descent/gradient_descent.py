"""Users and items as vectors, found by going downhill on the squared error of all data at once."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._arguments import codes_of_pairs
from recsys_helpers._types import F32, F64, I32
from recsys_helpers.log._views import Values, check_values, rows_of
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.optimizers.rules import RuleName
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.descent import _epochs, _ridge
from recsys_helpers.recommenders.descent.losses import (
    dots,
    implicit_loss,
    implicit_value,
    rating_loss,
    with_one,
)

PRECONDITIONED = "preconditioned"


class MatrixFactorization(Recommender):
    r"""Ranks items by the product of vectors that rebuild who met what, :math:`s_j = x_H^\top y_j`.

    .. math::

        \min_{x, y} \frac12 \sum_{u,i} (1 + \alpha r_{ui})
        (\mathbb{1}[r_{ui} > 0] - x_u^\top y_i)^2 + \frac\lambda2 \Bigl(
        \sum_u n_u \lVert x_u \rVert^2 + \sum_i n_i \lVert y_i \rVert^2 \Bigr)

    over all pairs, those that never met included. Every epoch goes over all data. A history gets
    the vector :math:`x_H` that solves this problem for it exactly with the items' vectors fixed.

    Parameters
    ----------
    dim
        Length of the vectors.
    alpha
        :math:`\alpha`, positive: how much more a pair that met counts. The paper takes 40 for
        viewing times; choose it on validation.
    regularisation
        :math:`\lambda`, positive, for each interaction of a user or item.
    values
        :math:`r_{ui}`, all positive: "binary", "count" (how often), or "rating" (ratings, or
        whatever weight the log carries as rating).
    optimizer
        "preconditioned", or a rule of `recsys_helpers.optimizers`. The preconditioned step divides
        the gradient by the usual curvature and goes as far as lowers the loss most, first for all
        users, then for all items.
    learning_rate
        How far a rule steps down the gradient of the loss per interaction; None for
        "preconditioned".
    epochs
        How often to go over all data.
    seed
        Of the vectors to start from.

    Attributes
    ----------
    user_factors, item_factors
        Vectors as rows, shapes (n_users, dim) and (n_items, dim).
    curve
        For each epoch its number, the loss per interaction after it, and the seconds so far.

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
    >>> model.score(model.histories([["a"]])).round(1)  # a wants 1, b wants 0: 1.5 / (1.5 + 1)
    array([[0.6, 0.6, 0. ]], dtype=float32)
    """

    learnt: ClassVar = ("user_factors", "item_factors")

    user_factors: F32
    item_factors: F32
    curve: list[dict[str, float]]

    def __init__(
        self,
        dim: int = 96,
        alpha: float = 0.5,
        regularisation: float = 0.1,
        values: Values = "binary",
        optimizer: RuleName | Literal["preconditioned"] = "preconditioned",
        learning_rate: float | None = None,
        epochs: int = 6,
        seed: int = 0,
    ) -> None:
        _arguments.whole("dim", dim, 1)
        _arguments.whole("epochs", epochs, 1)
        _arguments.positive("alpha", alpha)
        _arguments.positive("regularisation", regularisation)
        check_values(values)
        _check_optimizer(optimizer, learning_rate)
        self.dim = dim
        self.alpha = alpha
        self.regularisation = regularisation
        self.values = values
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.seed = seed
        self.needs = frozenset({"ratings"} if values == "rating" else ())

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        weights = self._weights(train.matrix(self.values))
        rng = np.random.default_rng(self.seed)
        self.user_factors = _epochs.vectors(np.diff(weights.indptr), self.dim, rng)
        self.item_factors = _epochs.vectors(self.train_counts, self.dim, rng)
        if self.learning_rate is None:
            self._precondition(weights)
        else:
            self._follow(weights, self.learning_rate)

    def _follow(self, weights: sparse.csr_array, learning_rate: float) -> None:
        """Take a step of an optimizer in each epoch."""
        rule = _epochs.rule(self.optimizer, learning_rate)
        x, y, rows = self.user_factors, self.item_factors, rows_of(weights)

        def epoch(number: int) -> float:
            _, gradients = implicit_loss(x, y, weights, self.regularisation)
            rule.step([x, y], gradients)
            fitted = dots(x, y, rows, weights.indices)
            return implicit_value(x, y, weights, fitted, self.regularisation)

        _epochs.trace(self, epoch)

    def _precondition(self, weights: sparse.csr_array) -> None:
        """Take a step in all users, then in all items, in each epoch."""
        x, y = self.user_factors, self.item_factors
        turned, order = _ridge.transposed(weights)
        fitted = dots(x, y, rows_of(weights), weights.indices)
        penalty = np.full(self.dim, self.regularisation, np.float32)

        def epoch(number: int) -> float:
            nonlocal fitted
            slopes = weights.data * (fitted - 1) - 1
            fitted += _ridge.descend(x, y, weights, slopes, y.T @ y, penalty)
            slopes = (weights.data * (fitted - 1) - 1)[order]
            fitted[order] += _ridge.descend(y, x, turned, slopes, x.T @ x, penalty)
            return implicit_value(x, y, weights, fitted, self.regularisation)

        _epochs.trace(self, epoch)

    def _weights(self, matrix: sparse.csr_array) -> sparse.csr_array:
        if (matrix.data <= 0).any():
            raise ValueError(f"values={self.values!r} must be positive to weigh pairs that met")
        return matrix * np.float32(self.alpha)

    def _score(self, histories: Histories) -> F32:
        return self._folded_in(histories) @ self.item_factors.T

    def _folded_in(self, histories: Histories) -> F32:
        """Return the vector of each history, shape (n, dim)."""
        weights, y = self._weights(histories.matrix(self.values)), self.item_factors
        penalty = np.full(self.dim, self.regularisation, np.float32)
        return _ridge.solve(y, weights, 1 + weights.data, y.T @ y, penalty)


class BiasedMF(Recommender):
    r"""Predicts ratings by biases and the product of vectors.

    .. math::

        \hat r_{ui} = \mu + b_u + b_i + p_u^\top q_i, \qquad
        \min_{b, p, q} \frac{1}{2N} \sum_{(u,i)} \Bigl[ (r_{ui} - \hat r_{ui})^2 + \lambda
        (b_u^2 + b_i^2 + \lVert p_u \rVert^2 + \lVert q_i \rVert^2) \Bigr]

    where :math:`\mu` is the mean of all N training ratings. As a recommender it ranks items by
    :math:`\hat r_{Hi}`, with the :math:`b_H` and :math:`p_H` that solve this problem exactly for
    the ratings of a history: what somebody would rate high, whether or not they would meet it.

    Parameters
    ----------
    dim
        Length of the vectors.
    regularisation
        :math:`\lambda`, positive, for each rating of a user or item.
    optimizer
        "preconditioned", or a rule of `recsys_helpers.optimizers`. The preconditioned step divides
        the gradient by the usual curvature and goes as far as lowers the loss most, first for all
        users, then for all items.
    learning_rate
        How far a rule steps down the gradient of the loss; None for "preconditioned".
    batch_size
        Ratings for each step of a rule, drawn without replacement in every epoch; all if None.
    epochs
        How often to go over all ratings.
    seed
        Of the vectors to start from, and of the batches.

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

    mean: F64
    user_factors: F32
    item_factors: F32
    curve: list[dict[str, float]]

    def __init__(
        self,
        dim: int = 50,
        regularisation: float = 0.14,
        optimizer: RuleName | Literal["preconditioned"] = "preconditioned",
        learning_rate: float | None = None,
        batch_size: int | None = None,
        epochs: int = 10,
        seed: int = 0,
    ) -> None:
        _arguments.whole("dim", dim, 1)
        _arguments.whole("epochs", epochs, 1)
        if batch_size is not None:
            _arguments.whole("batch_size", batch_size, 1)
        _arguments.positive("regularisation", regularisation)
        _check_optimizer(optimizer, learning_rate)
        if optimizer == PRECONDITIONED and batch_size is not None:
            raise ValueError("a preconditioned step reads all ratings: leave batch_size out")
        self.dim = dim
        self.regularisation = regularisation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.seed = seed

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        if train.ratings is None:
            raise ValueError("BiasedMF learns from ratings, and this log has none")
        matrix = train.matrix("rating")
        self.mean = np.array(matrix.data.mean(dtype=np.float64))
        rng = np.random.default_rng(self.seed)
        counts = np.diff(matrix.indptr), self.train_counts
        users, items = (_epochs.vectors(n, self.dim + 1, rng) for n in counts)
        users[:, -1] = items[:, -1] = 0
        self.user_factors, self.item_factors = users, items
        if self.learning_rate is None:
            self._precondition(matrix)
        else:
            self._follow(matrix, self.learning_rate, rng)

    def _follow(
        self, matrix: sparse.csr_array, learning_rate: float, rng: np.random.Generator
    ) -> None:
        """Take a step of an optimizer for each batch."""
        rule = _epochs.rule(self.optimizer, learning_rate)
        both = self.user_factors, self.item_factors
        rows, columns, wanted = rows_of(matrix), matrix.indices, self._wanted(matrix)

        def epoch(number: int) -> float:
            for some in _epochs.batches(matrix.nnz, self.batch_size, rng):
                _, gradients = rating_loss(
                    *both, rows[some], columns[some], wanted[some], self.regularisation
                )
                rule.step(both, gradients)
            loss, _ = rating_loss(*both, rows, columns, wanted, self.regularisation)
            return loss

        _epochs.trace(self, epoch)

    def _precondition(self, matrix: sparse.csr_array) -> None:
        """Take a step in all users, then in all items, in each epoch."""
        x, y, penalty = self.user_factors, self.item_factors, self._penalty()
        ones, gram = _as_ones(matrix), np.zeros((self.dim + 1,) * 2, np.float32)
        turned, order = _ridge.transposed(ones)
        lengths = np.diff(ones.indptr), np.diff(turned.indptr)
        errors = -self._wanted(matrix) + self._fitted(rows_of(matrix), matrix.indices)

        def epoch(number: int) -> float:
            nonlocal errors
            errors += _ridge.descend(x, with_one(y[:, :-1]), ones, errors, gram, penalty)
            errors[order] += _ridge.descend(
                y, with_one(x[:, :-1]), turned, errors[order], gram, penalty
            )
            held = lengths[0] @ (x**2).sum(axis=1) + lengths[1] @ (y**2).sum(axis=1)
            return float(np.vdot(errors, errors) + self.regularisation * held) / (2 * len(errors))

        _epochs.trace(self, epoch)

    def _wanted(self, matrix: sparse.csr_array) -> F32:
        """Return each rating less the mean, shape (nnz,)."""
        wanted: F32 = (matrix.data - self.mean).astype(np.float32)
        return wanted

    def _fitted(self, rows: I32, columns: I32) -> F32:
        """Return what is predicted beyond the mean, shape (n,)."""
        x, y = self.user_factors, self.item_factors
        fitted: F32 = dots(x[:, :-1], y[:, :-1], rows, columns) + x[rows, -1] + y[columns, -1]
        return fitted

    def _penalty(self) -> F32:
        return np.full(self.dim + 1, self.regularisation, np.float32)

    def predict(self, users: I32, items: I32) -> F64:
        """Return predicted ratings; bias and vector of what has no training row are 0.

        Parameters
        ----------
        users, items
            Codes in the training log, shape (n,); −1 for a user that it does not know.

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
        user, item = codes_of_pairs(users, items, n_users, n_items)
        known = np.where(user < 0, 0, self._fitted(user, item) - self.item_factors[item, -1])
        ratings: F64 = self.mean + self.item_factors[item, -1] + known
        return ratings

    def _score(self, histories: Histories) -> F32:
        folded, y = self._folded_in(histories), self.item_factors
        scores: F32 = (
            with_one(folded[:, :-1]) @ np.c_[y[:, :-1], y[:, -1] + self.mean].astype("f4").T
        )
        return scores + folded[:, -1:]

    def _folded_in(self, histories: Histories) -> F32:
        """Return vector and bias of each history, shape (n, dim + 1)."""
        matrix, y = histories.matrix("rating"), self.item_factors
        targets = self._wanted(matrix) - y[matrix.indices, -1]
        gram = np.zeros((self.dim + 1,) * 2, np.float32)
        return _ridge.solve(with_one(y[:, :-1]), _as_ones(matrix), targets, gram, self._penalty())


def _check_optimizer(name: str, learning_rate: float | None) -> None:
    if name != PRECONDITIONED:
        _epochs.check_rule(name, learning_rate)
    elif learning_rate is not None:
        raise ValueError("a preconditioned step finds its own length: leave learning_rate out")


def _as_ones(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the matrix with 1 at each entry."""
    ones = np.ones(matrix.nnz, np.float32)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)
