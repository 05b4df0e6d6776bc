"""Where an optimizer goes, step by step, when it knows the gradient everywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

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
