"""Matrix factorisation by DP-SGD: many small steps, in none of which one person counts for much."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import ClassVar

import numpy as np

from recsys_helpers import Histories, Interactions, Queries, Recommender
from recsys_helpers._types import F32, F64
from recsys_helpers.privacy.accountant import sampled_gaussian_epsilon


def folded_in(rows: F64, item_factors: F64, regularisation: float) -> F64:
    r"""Return the vector of each person, for given vectors of the items.

    .. math:: x_u = (Y^\top Y + \lambda I)^{-1} Y^\top r_u

    It minimises :math:`\lVert r_u - Y x_u \rVert^2 + \lambda \lVert x_u \rVert^2`, from the
    person's own row alone, so that it can be computed, and stay, on their own device.

    Parameters
    ----------
    rows
        :math:`r_u`, 1 for an item that the person met, else 0; shape (n, n_items).
    item_factors
        Y, shape (n_items, d).
    regularisation
        :math:`\lambda`, positive.

    Returns
    -------
    F64
        Shape (n, d).

    Examples
    --------
    >>> folded_in(np.array([[1.0, 1.0]]), np.array([[1.0], [0.0]]), regularisation=1.0)
    array([[0.5]])
    """
    gram = item_factors.T @ item_factors + regularisation * np.eye(item_factors.shape[1])
    return np.asarray(np.linalg.solve(gram, item_factors.T @ rows.T).T)


def clipped_gradient(rows: F64, item_factors: F64, regularisation: float, max_norm: float) -> F64:
    r"""Return the sum of people's gradients, none of them longer than `max_norm`.

    .. math:: \sum_u \min\Bigl( 1, \frac{C}{\lVert e_u \rVert \lVert x_u \rVert} \Bigr)\,
        e_u x_u^\top, \qquad e_u = Y x_u - r_u

    The gradient of a person is the product of a column and a row, so its norm is that of the one
    times that of the other.

    Parameters
    ----------
    rows, item_factors, regularisation
        As in `folded_in`.
    max_norm
        C, positive.

    Returns
    -------
    F64
        Shape (n_items, d).

    Examples
    --------
    The vector of this person is .5, so the errors are −.5 and −1, and nothing is clipped:

    >>> y = np.array([[1.0], [0.0]])
    >>> clipped_gradient(np.array([[1.0, 1.0]]), y, regularisation=1.0, max_norm=1.0)
    array([[-0.25],
           [-0.5 ]])
    """
    x = folded_in(rows, item_factors, regularisation)  # (n, d)
    errors = x @ item_factors.T - rows  # (n, n_items)
    norms = np.linalg.norm(errors, axis=1) * np.linalg.norm(x, axis=1)  # (n,)
    scale = max_norm / np.maximum(norms, max_norm)
    total: F64 = (errors * scale[:, None]).T @ x
    return total


@dataclass(eq=False, repr=False)
class PrivateFactors(Recommender):
    r"""Ranks items by the dot product of vectors; those of the items are learnt by DP-SGD.

    .. math:: Y \leftarrow Y - \frac{\eta}{q n} \Bigl( \sum_{u \in B} \tilde g_u
        + \mathcal N(0, z^2 C^2 I) \Bigr)

    Every step draws each person with probability q, adds up what `clipped_gradient` returns for
    them, and adds noise. Only Y is published, so one person's rows are hidden by the noise of all
    steps. The vector of a person is folded in. The number n of people counts as public.

    Parameters
    ----------
    dim
        d, the length of the vectors.
    regularisation
        :math:`\lambda`, positive.
    learning_rate
        :math:`\eta`, positive.
    max_norm
        C, positive.
    noise_multiplier
        z, 0 or more; `sampled_gaussian_noise_multiplier` gives it for an ε.
    sampling_rate
        q, above 0 and up to 1.
    steps
        How many.
    seed
        Of first vectors, batches and noise.

    References
    ----------
    Abadi and others (2016), "Deep learning with differential privacy", CCS, algorithm 1.
    https://arxiv.org/abs/1607.00133

    Examples
    --------
    >>> model = PrivateFactors(noise_multiplier=1.1, sampling_rate=64 / 943, steps=589)
    >>> round(model.epsilon(delta=1e-4), 2)
    9.41
    """

    learnt: ClassVar = ("item_factors",)
    ranks_new_items: ClassVar[bool] = True

    dim: int = 8
    regularisation: float = 1.0
    learning_rate: float = 1.0
    max_norm: float = 1.0
    noise_multiplier: float = 1.0
    sampling_rate: float = 0.1
    steps: int = 100
    seed: int = 0

    def epsilon(self, delta: float) -> float:
        """Return the ε that holds for each person, with all their rows; see `PrivateEASE`."""
        z, q = self.noise_multiplier, self.sampling_rate
        return sampled_gaussian_epsilon(z, q, self.steps, delta) if z else inf

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        rows = train.matrix("binary").toarray().astype(np.float64)  # (n_users, n_items)
        rng = np.random.default_rng(self.seed)
        y = rng.normal(0, self.dim**-0.5, (train.n_items, self.dim))
        expected = self.sampling_rate * train.n_users
        for _ in range(self.steps):
            batch = rng.random(train.n_users) < self.sampling_rate
            total = clipped_gradient(rows[batch], y, self.regularisation, self.max_norm)
            noise = rng.normal(0, self.noise_multiplier * self.max_norm, y.shape)
            y -= self.learning_rate / expected * (total + noise)
        self.item_factors: F64 = y  # (n_items, d)

    def _score(self, histories: Histories) -> F32:
        rows = histories.matrix("binary").toarray().astype(np.float64)
        scores = folded_in(rows, self.item_factors, self.regularisation) @ self.item_factors.T
        return scores.astype(np.float32)
