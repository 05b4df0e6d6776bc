"""Logistic regression with a penalty, solved to the end by Newton's method."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import F64

STEPS = 50
PRECISE = 1e-8


def solve(rows: F64, offsets: F64, weights: F64, penalty: F64) -> F64:
    r"""Return the x that minimises a weighted logistic loss with a penalty.

    .. math::

        \sum_n -w_n \log \sigma(x^\top z_n + o_n) + \frac12 \sum_k \lambda_k x_k^2

    Newton's step is halved until it goes downhill as far as its slope promises.

    Parameters
    ----------
    rows
        :math:`z_n`, with the sign of what is wanted, shape (n, d).
    offsets, weights
        :math:`o_n` and :math:`w_n`, shape (n,).
    penalty
        :math:`\lambda_k`, positive, shape (d,).

    Returns
    -------
    F64
        Shape (d,).
    """
    x = np.zeros(rows.shape[1])
    margins, loss = offsets, np.inf
    for _ in range(STEPS):
        wrong = 0.5 * (1 - np.tanh(0.5 * margins))  # σ(−margin), without overflow
        gradient = penalty * x - (weights * wrong) @ rows
        curvature = (rows.T * (weights * wrong * (1 - wrong))) @ rows
        curvature[np.diag_indices_from(curvature)] += penalty
        change = -np.linalg.solve(curvature, gradient)
        slope = float(gradient @ change)
        if -slope <= PRECISE**2 * max(1.0, float(x @ (penalty * x))):
            break
        if not np.isfinite(loss):
            loss = _loss(x, margins, weights, penalty)
        size, along = 1.0, rows @ change
        while True:
            moved = _loss(x + size * change, margins + size * along, weights, penalty)
            if moved <= loss + 0.25 * size * slope or size < PRECISE:
                break
            size /= 2
        x, margins, loss = x + size * change, margins + size * along, moved
    return x


def _loss(x: F64, margins: F64, weights: F64, penalty: F64) -> float:
    return float(weights @ np.logaddexp(0, -margins) + 0.5 * (x @ (penalty * x)))
