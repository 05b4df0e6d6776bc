"""How far the gradient of a batch lies from that of all examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import F64, I64, Floats

Gradient: TypeAlias = Callable[[I64], Sequence[Floats]]
"""Gives the mean gradient of some examples, an array for each parameter."""


def batch_gradients(gradient: Gradient, n: int, size: int, times: int, seed: int = 0) -> F64:
    """Return the gradients of some batches, drawn without replacement inside each.

    Parameters
    ----------
    gradient
        Returns the mean gradient of the examples whose numbers it is given.
    n
        How many examples there are, numbered from 0.
    size
        How many make a batch, 1 … n.
    times
        How many batches to draw.
    seed
        Of the draws.

    Returns
    -------
    F64
        All parameters in one row, shape (times, n_parameters).

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> values = np.array([1.0, 3.0])
    >>> batch_gradients(lambda batch: [values[batch].mean(keepdims=True)], 2, 2, times=1)
    array([[2.]])
    """
    _arguments.whole("times", times, 1)
    _arguments.whole("size", size, 1)
    if size > n:
        raise ValueError(f"a batch of {size} cannot be drawn from {n} examples")
    rng = np.random.default_rng(seed)
    batches = (rng.choice(n, size, replace=False) for _ in range(times))
    rows = [np.concatenate([np.ravel(part) for part in gradient(batch)]) for batch in batches]
    return np.array(rows, np.float64)


def two_directions(sample: F64, whole: F64) -> F64:
    """Return the direction along a gradient, and the one across it in which batches spread most.

    Parameters
    ----------
    sample
        Gradients of some batches as rows, shape (n, n_parameters), as `batch_gradients` gives them.
    whole
        The gradient of all examples, shape (n_parameters,), not zero.

    Returns
    -------
    F64
        Shape (n_parameters, 2). A gradient times it has the coordinates along and across, in units
        of the length of `whole`, so `whole` itself lies at (1, 0).

    Examples
    --------
    >>> sample = np.array([[2.0, 0.0, 3.0], [2.0, 0.0, -3.0], [2.0, 1.0, 0.0]])
    >>> directions = two_directions(sample, np.array([2.0, 0.0, 0.0]))
    >>> np.abs(np.array([2.0, 0.0, 4.0]) @ directions)
    array([1., 2.])
    """
    along = whole / (whole @ whole)
    rest = sample - np.outer(sample @ along, whole)  # what lies across
    _, _, directions = np.linalg.svd(rest, full_matrices=False)
    across = directions[0] / np.linalg.norm(whole)
    return np.column_stack([along, across])


def relative_noise(
    gradient: Gradient, n: int, sizes: Sequence[int], times: int = 15, seed: int = 0
) -> list[float]:
    r"""Return the noise of a batch's gradient in units of the gradient's length, for some sizes.

    .. math:: \sqrt{\mathbb{E} \lVert g_b - g \rVert^2} \,/\, \lVert g \rVert

    with the gradient :math:`g` of all examples. It falls like :math:`b^{-1/2}` as long as a batch
    is a small part of them.

    Parameters
    ----------
    gradient, n
        As in `batch_gradients`.
    sizes
        Examples in a batch.
    times
        How many batches to draw for each size.
    seed
        Of the draws.

    Returns
    -------
    list of float
        One for each size; infinite where the gradient of all examples is 0.

    Raises
    ------
    ValueError
        As in `batch_gradients`.

    Examples
    --------
    >>> values = np.array([2.0, -1.0, 2.0, -1.0])  # 3 / 2 away from the mean of 1 / 2
    >>> relative_noise(lambda batch: [values[batch].mean(keepdims=True)], 4, [1, 4])
    [3.0, 0.0]
    """
    whole = np.concatenate([np.ravel(part) for part in gradient(np.arange(n))]).astype(np.float64)
    length = float(np.linalg.norm(whole))
    found = []
    for size in sizes:
        away = batch_gradients(gradient, n, int(size), times, seed) - whole
        noise = float(np.sqrt((away**2).sum(axis=1).mean()))
        found.append(noise / length if length else np.inf)
    return found
