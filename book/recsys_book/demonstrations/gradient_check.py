"""Is a gradient right? Derivatives by hand against the slope between two close points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recsys_helpers._types import F64

STEP = 6e-6
"""About the cube root of float64's precision, where the error of the formula and that of rounding
meet."""


def numeric_gradients(loss: Callable[..., float], *parameters: F64) -> list[F64]:
    r"""Return the gradient of a loss by central differences, two losses per parameter.

    .. math::

        \frac{\partial L}{\partial \theta_j} \approx
        \frac{L(\theta + h e_j) - L(\theta - h e_j)}{2 h}, \qquad
        h = 6 \cdot 10^{-6} \max(1, \lvert \theta_j \rvert)

    Parameters
    ----------
    loss
        Returns a number for the parameters, given one after the other.
    parameters
        Arrays of float64, which are left as they were.

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
    gradients = [np.empty_like(parameter) for parameter in parameters]
    for values, gradient in zip(moved, gradients, strict=True):
        for index in np.ndindex(values.shape):
            here = float(values[index])
            h = STEP * max(1.0, abs(here))
            values[index] = here + h
            above = loss(*moved)
            values[index] = here - h
            below = loss(*moved)
            values[index] = here
            gradient[index] = (above - below) / (2 * h)
    return gradients


def gradient_error(
    loss_and_gradients: Callable[..., tuple[float, Sequence[F64]]], *parameters: F64
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
    shapes = [np.shape(gradient) for gradient in gradients]
    expected_shapes = [parameter.shape for parameter in parameters]
    if shapes != expected_shapes:
        raise ValueError(f"the gradients have shapes {shapes}, the parameters {expected_shapes}")
    expected = numeric_gradients(lambda *moved: float(loss_and_gradients(*moved)[0]), *parameters)
    errors = [0.0]
    for gradient, numeric in zip(gradients, expected, strict=True):
        length = np.linalg.norm(gradient) + np.linalg.norm(numeric)
        if length:
            errors.append(float(np.linalg.norm(gradient - numeric) / length))
    return max(errors)
