"""Is a gradient right? Derivatives by hand against the slope between two near points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recsys_helpers._types import F64


def numeric_gradients(
    loss: Callable[..., float], *parameters: F64, step: float = 6e-6
) -> list[F64]:
    r"""Return the gradient of a loss by central differences, two evaluations a number.

    .. math::

        \frac{\partial L}{\partial \theta_j} \approx
        \frac{L(\theta + h e_j) - L(\theta - h e_j)}{2 h}, \qquad
        h = \epsilon \max(1, \lvert \theta_j \rvert)

    Parameters
    ----------
    loss
        Returns a number for the parameters, given one after the other.
    parameters
        Arrays of float64, which are left as they were.
    step
        :math:`\epsilon`, positive. The default is about the cube root of float64's precision,
        where the error of the formula and that of rounding meet.

    Returns
    -------
    list of F64
        A gradient for each parameter, in its shape.

    Raises
    ------
    TypeError
        If a parameter is not float64, in which differences this small cannot be seen.

    Examples
    --------
    >>> (slope,) = numeric_gradients(lambda x: float((x**3).sum()), np.array([1.0, 2.0]))
    >>> slope.round(6)
    array([ 3., 12.])
    """
    if strangers := {str(p.dtype) for p in parameters if p.dtype != np.float64}:
        raise TypeError(f"parameters must be float64, not {', '.join(sorted(strangers))}")
    moved = [parameter.copy() for parameter in parameters]
    found = [np.empty_like(parameter) for parameter in parameters]
    for values, slopes in zip(moved, found, strict=True):
        for place in np.ndindex(values.shape):
            here = float(values[place])
            h = step * max(1.0, abs(here))
            values[place] = here + h
            above = loss(*moved)
            values[place] = here - h
            below = loss(*moved)
            values[place] = here
            slopes[place] = (above - below) / (2 * h)
    return found


def gradient_error(
    loss_and_gradients: Callable[..., tuple[float, Sequence[F64]]],
    *parameters: F64,
    step: float = 6e-6,
) -> float:
    r"""Return how far gradients lie from central differences, relative to their length.

    .. math:: \max_{\theta} \frac{\lVert g - \hat g \rVert}{\lVert g \rVert + \lVert \hat g \rVert}

    over the parameters :math:`\theta`, with the numeric gradient :math:`\hat g`. A right gradient
    of a smooth loss gives less than about :math:`10^{-6}`, a wrong sign gives 1.

    Parameters
    ----------
    loss_and_gradients
        Returns a number, and a gradient for each of the parameters, which are given to it one
        after the other.
    parameters
        Arrays of float64, which are left as they were.
    step
        As in `numeric_gradients`.

    Returns
    -------
    float
        0 to 1; 0 also where both gradients are 0.

    Raises
    ------
    ValueError, TypeError
        If there are not as many gradients as parameters, shapes differ, or as in
        `numeric_gradients`.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> gradient_error(lambda x: (float((x**3).sum()), [3 * x**2]), x) < 1e-8
    True
    >>> round(gradient_error(lambda x: (float((x**3).sum()), [-3 * x**2]), x), 6)
    1.0
    """
    _, gradients = loss_and_gradients(*parameters)
    expected = numeric_gradients(
        lambda *moved: float(loss_and_gradients(*moved)[0]), *parameters, step=step
    )
    shapes = [np.shape(gradient) for gradient in gradients]
    if shapes != [parameter.shape for parameter in parameters]:
        raise ValueError(
            f"the gradients have shapes {shapes}, the parameters "
            f"{[parameter.shape for parameter in parameters]}"
        )
    return max(map(_apart, gradients, expected), default=0.0)


def _apart(gradient: F64, expected: F64) -> float:
    length = float(np.linalg.norm(gradient) + np.linalg.norm(expected))
    return float(np.linalg.norm(gradient - expected)) / length if length else 0.0
