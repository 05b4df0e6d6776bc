"""The Gaussian mechanism: how far noise hides one person in a sum, exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr

from recsys_helpers import _arguments


def gaussian_delta(noise_multiplier: float, epsilon: float) -> float:
    r"""Return the δ with which normal noise gives (ε, δ)-differential privacy.

    .. math::

        \delta = \Phi\Bigl(\frac{1}{2 z} - \varepsilon z\Bigr)
        - e^{\varepsilon}\, \Phi\Bigl(-\frac{1}{2 z} - \varepsilon z\Bigr)

    where :math:`z = \sigma / \Delta`. This is an equality: no smaller δ holds. What is protected is
    whatever changes the result by at most Δ, here the rows of a person.

    Parameters
    ----------
    noise_multiplier
        z, the standard deviation σ of the noise in units of the sensitivity Δ, positive.
    epsilon
        ε, 0 or more.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or no number.

    References
    ----------
    Balle and Wang (2018), "Improving the Gaussian mechanism for differential privacy", ICML,
    theorem 8. https://arxiv.org/abs/1805.06530

    Examples
    --------
    At ε = 0, δ is Φ(1/2) − Φ(−1/2), the share of a normal distribution within half a deviation:

    >>> round(gaussian_delta(1.0, 0.0), 4)
    0.3829
    """
    _arguments.positive("noise_multiplier", noise_multiplier)
    _arguments.not_negative("epsilon", epsilon)
    half = 1 / (2 * noise_multiplier)
    log_with = log_ndtr(half - epsilon * noise_multiplier)
    log_without = epsilon + log_ndtr(-half - epsilon * noise_multiplier)
    # A difference of two almost equal numbers, kept exact: e^a − e^b = −e^a expm1(b − a).
    return float(-np.exp(log_with) * np.expm1(np.minimum(log_without - log_with, 0)))


def gaussian_epsilon(noise_multiplier: float, delta: float) -> float:
    """Return the smallest ε with which normal noise gives (ε, δ)-differential privacy.

    Parameters
    ----------
    noise_multiplier
        As in `gaussian_delta`.
    delta
        δ, between 0 and 1.

    Returns
    -------
    float
        ε, 0 or more.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or no number.

    References
    ----------
    As in `gaussian_delta`.

    Examples
    --------
    >>> epsilon = gaussian_epsilon(2.0, 1e-5)
    >>> round(epsilon, 3), round(gaussian_delta(2.0, epsilon), 8)
    (1.993, 1e-05)
    """
    check_delta(delta)
    return _first(lambda epsilon: gaussian_delta(noise_multiplier, epsilon) - delta)


def gaussian_noise_multiplier(epsilon: float, delta: float) -> float:
    """Return the smallest noise that gives (ε, δ)-differential privacy.

    Parameters
    ----------
    epsilon
        ε, positive.
    delta
        δ, between 0 and 1.

    Returns
    -------
    float
        The standard deviation of the noise in units of the sensitivity.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or no number.

    References
    ----------
    As in `gaussian_delta`, algorithm 1, which calibrates the noise to the equality.

    Examples
    --------
    >>> round(gaussian_noise_multiplier(1.0, 1e-5), 3)
    3.731
    >>> round(gaussian_epsilon(gaussian_noise_multiplier(1.0, 1e-5), 1e-5), 6)
    1.0
    """
    _arguments.positive("epsilon", epsilon)
    check_delta(delta)
    noise = 1.0
    while gaussian_delta(noise, epsilon) <= delta:
        noise /= 2
    return noise + _first(lambda more: gaussian_delta(noise + more, epsilon) - delta)


def check_delta(delta: float) -> None:
    """Raise unless δ lies between 0 and 1."""
    _arguments.number("delta", delta)
    if not 0 < delta < 1:
        raise ValueError(f"delta must lie between 0 and 1, not {delta}")


def _first(excess: Callable[[float], float]) -> float:
    """Return the smallest number from 0 on at which a falling function is not positive."""
    if excess(0.0) <= 0:
        return 0.0
    high = 1.0
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-12, rtol=1e-14))
