"""The path of an optimizer, step by step, when it knows the gradient everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from recsys_book.demonstrations.gradient_check import numeric_gradients
from recsys_helpers._types import F64
from recsys_helpers.optimizers import Optimizer


def walk(
    optimizer: Optimizer, gradient: Callable[[F64], F64], start: ArrayLike, n_steps: int
) -> F64:
    """Return where an optimizer goes from a point, step by step.

    Parameters
    ----------
    optimizer
        A new one; its memory grows.
    gradient
        Returns the gradient at a point.
    start
        Where to begin, shape (n,).
    n_steps
        How many steps to take.

    Returns
    -------
    F64
        Points, shape (n_steps + 1, n), the start first.

    Examples
    --------
    >>> from recsys_helpers.optimizers import SGD
    >>> walk(SGD(learning_rate=0.25), lambda theta: 2 * theta, [8.0], 3).ravel()  # of θ²
    array([8., 4., 2., 1.])
    """
    point: F64 = np.array(start, np.float64)
    points = [point.copy()]
    for _ in range(n_steps):
        optimizer.step([point], [gradient(point)])
        points.append(point.copy())
    return np.stack(points)


def best_walk(
    make: Callable[[float], Optimizer],
    height: Callable[[F64, F64], F64],
    start: tuple[float, float],
    rates: Iterable[float],
    n_steps: int,
) -> F64:
    """Walk down a surface with each learning rate and return the path that ends lowest.

    Parameters
    ----------
    make
        Makes a new optimizer from a learning rate.
    height
        Height of the surface over two coordinates. Its gradient is taken by finite differences.
    start
        Where each path begins.
    rates
        To try.
    n_steps
        How many steps each path has.

    Returns
    -------
    F64
        The points of the best path, shape (n_steps + 1, 2), the start first.

    Raises
    ------
    ValueError
        If no path ends at a finite height.

    Examples
    --------
    >>> from recsys_helpers.optimizers import SGD
    >>> best_walk(SGD, lambda x, y: x**2 + y**2, (4.0, 0.0), [0.01, 0.25, 2.0], 2)
    array([[4., 0.],
           [2., 0.],
           [1., 0.]])
    """

    def loss(point: F64) -> float:
        return float(height(*point))

    lowest, best = np.inf, None
    for rate in rates:
        with np.errstate(all="ignore"):  # a rate that is too large overflows
            path = walk(make(rate), lambda at: numeric_gradients(loss, at)[0], start, n_steps)
            end = loss(path[-1])
        if end < lowest:
            lowest, best = end, path
    if best is None:
        raise ValueError("no path ends at a finite height: try smaller rates")
    return best
