"""Logistic regression with a penalty, solved to convergence by Newton's method."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import F64

STEPS = 50
PRECISE = 1e-8
GEMM, GEMV = 200_000, 8_000
"""Numbers of multiplications up to which OpenBLAS computes a matrix product, or a matrix–vector
product, in one thread (its thresholds are 262,144 and 9,216)."""


def solve(rows: F64, offsets: F64, weights: F64, penalty: F64) -> F64:
    r"""Return the x that minimises a weighted logistic loss with a penalty.

    .. math::

        \sum_n -w_n \log \sigma(x^\top z_n + o_n) + \frac12 \sum_k \lambda_k x_k^2

    Newton's step is halved until the loss falls by at least a quarter of what its slope predicts.

    Parameters
    ----------
    rows
        :math:`z_n`, multiplied by the label, 1 or −1, shape (n, d).
    offsets, weights
        :math:`o_n` and :math:`w_n`, shape (n,).
    penalty
        :math:`\lambda_k`, positive, shape (d,).

    Returns
    -------
    F64
        The solution x, shape (d,).
    """
    dim = rows.shape[1]
    blocks, shares = _blocks(rows, weights)
    x = np.zeros(dim)
    margins, loss = offsets, np.inf
    for _ in range(STEPS):
        wrong = 0.5 * (1 - np.tanh(0.5 * margins))  # σ(−margin), without overflow
        pull = np.zeros(shares.shape)  # (n_blocks, n_in_block), 0 where padded
        pull.flat[: len(wrong)] = wrong
        gradient = penalty * x - ((shares * pull)[:, None] @ blocks).sum(axis=(0, 1))
        scaled = blocks * (shares * pull * (1 - pull))[:, :, None]
        curvature = (scaled.transpose(0, 2, 1) @ blocks).sum(axis=0)
        curvature[np.diag_indices_from(curvature)] += penalty
        change = -np.linalg.solve(curvature, gradient)
        slope = float(gradient @ change)
        if -slope <= PRECISE**2 * max(1.0, float(x @ (penalty * x))):
            break
        if not np.isfinite(loss):
            loss = _loss(x, margins, weights, penalty)
        size, along = 1.0, (blocks @ change).ravel()[: len(rows)]
        while True:
            moved = _loss(x + size * change, margins + size * along, weights, penalty)
            if moved <= loss + 0.25 * size * slope or size < PRECISE:
                break
            size /= 2
        x, margins, loss = x + size * change, margins + size * along, moved
    return x


def _blocks(rows: F64, weights: F64) -> tuple[F64, F64]:
    """Cut rows and weights into blocks so small that each product runs in one thread.

    A query is solved in milliseconds. Threads that synchronise after each product would wait for
    each other, and for long when the processor is busy with other work.
    """
    n, dim = rows.shape
    size = max(min(GEMV // dim, GEMM // dim**2), 1)
    n_blocks = -(-n // size)
    blocks, shares = np.zeros((n_blocks * size, dim)), np.zeros(n_blocks * size)
    blocks[:n], shares[:n] = rows, weights
    return blocks.reshape(n_blocks, size, dim), shares.reshape(n_blocks, size)


def _loss(x: F64, margins: F64, weights: F64, penalty: F64) -> float:
    return float(weights @ np.logaddexp(0, -margins) + 0.5 * (x @ (penalty * x)))
