"""How much privacy is left after many noisy steps on random samples of people."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from recsys_helpers import _arguments
from recsys_helpers._types import F64
from recsys_helpers.privacy.gaussian import check_delta

ORDERS = (*(tenths / 10 for tenths in range(11, 110)), *range(11, 64), 128, 256, 512, 1024)
"""The orders α among which the best one is taken; dp-accounting has the same."""


def sampled_gaussian_rdp(
    noise_multiplier: float, sampling_rate: float, steps: int = 1, orders: ArrayLike = ORDERS
) -> F64:
    r"""Return the Rényi divergence that training steps leave between two neighbouring logs.

    Each step draws every person with probability q, adds up their clipped contributions and adds
    normal noise. With :math:`\sigma` in units of the clipping norm, T steps have

    .. math::

        \varepsilon_\alpha = \frac{T}{\alpha - 1} \log \int \mathcal N(x; 0, \sigma^2)
        \Bigl( 1 - q + q\, e^{(2x - 1) / 2\sigma^2} \Bigr)^{\alpha} dx

    for every order :math:`\alpha > 1`, whole or not. Neighbouring logs differ by all rows of one
    person, who is there or not. The integral is a sum over an even grid, whose error is of the size
    of rounding for such smooth integrands.

    At whole orders dp-accounting 0.6 returns the same. At others it adds up an alternating series
    without the signs, and what it returns is an upper bound.

    Parameters
    ----------
    noise_multiplier
        :math:`\sigma`, at least 0.1. Less noise protects nobody: ε would be in the hundreds.
    sampling_rate
        q, the chance of each person to be in a batch, 0 to 1. Batches must be drawn so, with a
        size that varies; for shuffled batches of one size this ε does not hold.
    steps
        T, at least 1.
    orders
        The orders :math:`\alpha`, each above 1, shape (m,).

    Returns
    -------
    F64
        :math:`\varepsilon_\alpha` of each order, shape (m,).

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong kind.

    References
    ----------
    Mironov, Talwar and Zhang (2019), "Rényi differential privacy of the sampled Gaussian
    mechanism", section 3. https://arxiv.org/abs/1908.10530

    Examples
    --------
    When everybody is in every batch, the divergence is T α / 2σ²:

    >>> sampled_gaussian_rdp(2.0, sampling_rate=1.0, steps=8, orders=[2.0, 3.5])
    array([2. , 3.5])
    """
    _arguments.positive("noise_multiplier", noise_multiplier)
    if noise_multiplier < 0.1:
        raise ValueError(f"noise_multiplier must be at least 0.1, not {noise_multiplier}")
    _arguments.between("sampling_rate", sampling_rate, 0, 1)
    _arguments.whole("steps", steps, 1)
    each = [
        _log_moment(float(noise_multiplier), sampling_rate, order) / (order - 1)
        for order in _checked(orders).tolist()
    ]
    return steps * np.maximum(each, 0)


def _log_moment(sigma: float, q: float, order: float) -> float:
    """Return the logarithm of the integral.

    Its integrand has all peaks in 0 … α, none narrower than σ, and falls off outside at least as
    fast as a normal density does.
    """
    step = min(sigma, sigma**2) / 2
    x = np.arange(-9 * sigma, order + 9 * sigma, step)  # (n_points,)
    with np.errstate(divide="ignore"):  # log 0 is −∞, and e^−∞ is 0
        log_ratio = np.logaddexp(np.log1p(-q), np.log(q) + (2 * x - 1) / (2 * sigma**2))
    log_density = -(x**2) / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))
    return float(logsumexp(order * log_ratio + log_density) + np.log(step))


def epsilon_of_rdp(rdp: ArrayLike, delta: float, orders: ArrayLike = ORDERS) -> float:
    r"""Return the smallest ε that follows from Rényi divergences.

    .. math::

        \varepsilon = \min_\alpha \; \varepsilon_\alpha + \log \frac{\alpha - 1}{\alpha}
        - \frac{\log \delta + \log \alpha}{\alpha - 1}

    Where :math:`1 - e^{-\varepsilon_\alpha} \le \delta^2`, the two distributions are so close that
    ε is 0.

    Parameters
    ----------
    rdp
        :math:`\varepsilon_\alpha` of each order, shape (m,). Those of several releases add up.
    delta
        δ, between 0 and 1; less than one over the number of people.
    orders
        The orders :math:`\alpha`, each above 1, shape (m,).

    Returns
    -------
    float
        ε, 0 or more.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong kind.

    References
    ----------
    Canonne, Kamath and Steinke (2020), "The discrete Gaussian for differential privacy", NeurIPS,
    proposition 12. https://arxiv.org/abs/2004.00010

    Examples
    --------
    >>> round(epsilon_of_rdp([1.0], delta=0.01, orders=[2.0]), 4)  # 1 + log ½ − log 0.02
    4.2189
    """
    check_delta(delta)
    order = _checked(orders)
    divergence = _arguments.frozen(rdp, np.float64, "rdp", len(order))
    if not (divergence >= 0).all():
        raise ValueError("rdp must be 0 or more at every order")
    epsilon = divergence + np.log1p(-1 / order) - np.log(delta * order) / (order - 1)
    epsilon[-np.expm1(-divergence) <= delta**2] = 0
    return max(float(epsilon.min()), 0.0)


def sampled_gaussian_epsilon(
    noise_multiplier: float, sampling_rate: float, steps: int, delta: float
) -> float:
    """Return the ε of training by noisy steps on random samples of people.

    Parameters
    ----------
    noise_multiplier, sampling_rate, steps
        As in `sampled_gaussian_rdp`.
    delta
        As in `epsilon_of_rdp`.

    Returns
    -------
    float
        ε for a person, with all their rows, 0 or more.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong kind.

    References
    ----------
    As in `sampled_gaussian_rdp` and `epsilon_of_rdp`.

    Examples
    --------
    943 people in batches of about 64, for 40 epochs:

    >>> round(sampled_gaussian_epsilon(1.1, 64 / 943, steps=40 * 943 // 64, delta=1e-4), 2)
    9.41
    """
    rdp = sampled_gaussian_rdp(noise_multiplier, sampling_rate, steps)
    return epsilon_of_rdp(rdp, delta)


def sampled_gaussian_noise_multiplier(
    epsilon: float, sampling_rate: float, steps: int, delta: float
) -> float:
    """Return the smallest noise with which training by noisy steps has at most a wished ε.

    It is the inverse of `sampled_gaussian_epsilon`, found by bisection to a part in ten thousand
    and rounded up.

    Parameters
    ----------
    epsilon
        ε, positive.
    sampling_rate, steps
        As in `sampled_gaussian_rdp`.
    delta
        As in `epsilon_of_rdp`.

    Returns
    -------
    float
        σ in units of the clipping norm, at least 0.1, below which the accountant refuses to go.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong kind.

    References
    ----------
    As in `sampled_gaussian_rdp` and `epsilon_of_rdp`.

    Examples
    --------
    The same 943 people, at the ε that σ = 1.1 was shown to have:

    >>> round(sampled_gaussian_noise_multiplier(9.41, 64 / 943, 40 * 943 // 64, delta=1e-4), 2)
    1.1
    """
    _arguments.positive("epsilon", epsilon)

    def enough(noise: float) -> bool:
        return sampled_gaussian_epsilon(noise, sampling_rate, steps, delta) <= epsilon

    low = high = 0.1
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _checked(orders: ArrayLike) -> F64:
    """Return orders as an array; raise unless there is one, and all are finite and above 1."""
    order = _arguments.frozen(orders, np.float64, "orders")
    if not len(order) or not ((order > 1) & np.isfinite(order)).all():
        raise ValueError("orders must be finite numbers above 1, one or more")
    return order
