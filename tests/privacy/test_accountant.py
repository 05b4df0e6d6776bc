"""The accountant equals dp-accounting, closed forms and quadrature, and is monotone in everything.

The values named dp-accounting are those of its release 0.6, whose pins exclude it from the lock:
`RdpAccountant(orders)` composed with `PoissonSampledDpEvent(q, GaussianDpEvent(σ))` T times, and
`gaussian_mechanism.get_sigma_gaussian(ε, δ)`.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.integrate import quad
from scipy.special import logsumexp
from scipy.stats import norm

from recsys_helpers.privacy.accountant import (
    ORDERS,
    epsilon_of_rdp,
    sampled_gaussian_epsilon,
    sampled_gaussian_noise_multiplier,
    sampled_gaussian_rdp,
)
from recsys_helpers.privacy.gaussian import (
    gaussian_delta,
    gaussian_epsilon,
    gaussian_noise_multiplier,
)

WHOLE = [*range(2, 64), 128, 256, 512, 1024]

# σ, q, T, δ, and the ε of dp-accounting 0.6 with whole orders only and with all of its own
EPSILONS = [
    (1.1, 64 / 943, 589, 1e-4, 9.47412718, 9.44404475),
    (0.5, 0.01, 1, 1e-5, 4.88388586, 4.39518355),
    (0.5, 0.01, 1000, 1e-5, 15.47213342, 15.47213342),
    (0.7, 0.1, 100, 1e-5, 16.6088134, 16.43943147),
    (1.0, 0.001, 10_000, 1e-6, 0.97954163, 0.97954163),
    (1.0, 1.0, 50, 1e-5, 60.1266311, 57.30169282),
    (2.0, 0.2, 500, 1e-5, 13.69232405, 13.69232405),
    (4.0, 0.01, 10_000, 1e-6, 1.16946892, 1.16946892),
    (4.0, 0.5, 200, 1e-3, 7.37471353, 7.37471353),
    (10.0, 0.1, 100, 1e-5, 0.38343006, 0.38343006),
    (10.0, 0.001, 1000, 1e-5, 0.00870081, 0.00870081),
    (30.0, 1.0, 10, 1e-3, 0.25117961, 0.25117961),
    (0.3, 0.05, 10, 1e-5, 61.38255155, 31.37945638),
    (0.15, 0.5, 3, 1e-2, 132.39332607, 87.91812254),
    (20.0, 0.001, 10, 1e-2, 0.0, 0.0),
]

# ε, δ, and the σ of dp-accounting 0.6
NOISES = [
    (0.1, 1e-5, 30.749566132),
    (0.5, 1e-3, 4.610127951),
    (1.0, 1e-5, 3.730631635),
    (3.0, 1e-4, 1.223157262),
    (8.0, 1e-6, 0.652935384),
    (10.0, 1e-2, 0.350096686),
    (30.0, 1e-5, 0.214720147),
]

noises = st.floats(0.3, 30)
rates = st.floats(0.001, 1)
more = st.floats(1, 5)
deltas = st.floats(1e-9, 0.1)


@pytest.mark.parametrize(("sigma", "q", "steps", "delta", "whole", "every"), EPSILONS)
def test_epsilon_is_that_of_dp_accounting(sigma, q, steps, delta, whole, every) -> None:
    rdp = sampled_gaussian_rdp(sigma, q, steps, WHOLE)
    assert epsilon_of_rdp(rdp, delta, WHOLE) == pytest.approx(whole, abs=1e-6)
    ours = sampled_gaussian_epsilon(sigma, q, steps, delta)
    # At orders that are not whole, dp-accounting bounds a sum by that of its terms' magnitudes.
    assert 0.99 * every <= ours <= every + 1e-6


@pytest.mark.parametrize("sigma", [0.15, 0.5, 1.1, 4.0, 50.0])
@pytest.mark.parametrize("q", [1e-4, 0.01, 0.3, 0.9])
def test_whole_orders_follow_the_binomial_theorem(sigma: float, q: float) -> None:
    orders = [2, 3, 11, 63, 1024]
    expected = []
    for order in orders:
        k = np.arange(order + 1)
        choices = [
            math.lgamma(order + 1) - math.lgamma(i + 1) - math.lgamma(order - i + 1) for i in k
        ]
        terms = choices + k * np.log(q) + (order - k) * np.log1p(-q) + k * (k - 1) / (2 * sigma**2)
        expected.append(logsumexp(terms) / (order - 1))
    found = sampled_gaussian_rdp(sigma, q, 1, orders)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.7, 1.1, 4.0])
@pytest.mark.parametrize("q", [0.01, 0.2, 0.9])
@pytest.mark.parametrize("order", [1.1, 1.5, 2.3, 4.7, 10.9])
def test_other_orders_follow_quadrature(sigma: float, q: float, order: float) -> None:
    def integrand(x: float) -> float:
        density = math.exp(-(x**2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
        return density * (1 - q + q * math.exp((2 * x - 1) / (2 * sigma**2))) ** order

    places = np.linspace(-12 * sigma, order + 12 * sigma, 60)
    pieces = [
        quad(integrand, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(places.tolist())
    ]
    expected = np.log(math.fsum(pieces)) / (order - 1)
    assert sampled_gaussian_rdp(sigma, q, 1, [order])[0] == pytest.approx(expected, rel=1e-8)


def test_divergences_rise_with_the_order_and_add_up_over_steps() -> None:
    rdp = sampled_gaussian_rdp(2.0, 0.2)
    assert (np.diff(rdp[np.argsort(ORDERS)]) > 0).all()
    np.testing.assert_allclose(sampled_gaussian_rdp(2.0, 0.2, 7), 7 * rdp)


def test_nobody_drawn_and_everybody_drawn() -> None:
    assert sampled_gaussian_epsilon(1.0, 0.0, 100, 1e-5) == 0
    expected = np.array(ORDERS) / (2 * 1.3**2)
    np.testing.assert_allclose(sampled_gaussian_rdp(1.3, 1.0), expected, rtol=1e-10)


@settings(max_examples=15, deadline=None)
@given(noises, rates, st.integers(1, 2000), deltas, more)
def test_epsilon_is_monotone(sigma, q, steps, delta, factor) -> None:
    epsilon = sampled_gaussian_epsilon(sigma, q, steps, delta)
    room = 1e-9 * (1 + epsilon)
    assert sampled_gaussian_epsilon(sigma * factor, q, steps, delta) <= epsilon + room
    assert sampled_gaussian_epsilon(sigma, q / factor, steps, delta) <= epsilon + room
    assert sampled_gaussian_epsilon(sigma, q, steps + 1, delta) >= epsilon - room
    assert sampled_gaussian_epsilon(sigma, q, steps, delta / factor) >= epsilon - room


@settings(max_examples=15, deadline=None)
@given(st.floats(0.2, 30), deltas)
def test_one_release_to_everybody_is_never_tighter_than_the_exact_epsilon(sigma, delta) -> None:
    assert sampled_gaussian_epsilon(sigma, 1.0, 1, delta) >= gaussian_epsilon(sigma, delta) - 1e-9


@pytest.mark.parametrize(("epsilon", "delta", "sigma"), NOISES)
def test_noise_is_that_of_dp_accounting(epsilon: float, delta: float, sigma: float) -> None:
    assert gaussian_noise_multiplier(epsilon, delta) == pytest.approx(sigma, rel=1e-6)
    assert gaussian_epsilon(sigma, delta) == pytest.approx(epsilon, rel=1e-6)


@pytest.mark.parametrize(("epsilon", "sigma"), [(0.0, 0.5), (0.5, 1.0), (2.0, 0.7), (5.0, 0.3)])
def test_delta_is_what_no_event_exceeds(epsilon: float, sigma: float) -> None:
    """By its definition: the largest P(S) − e^ε Q(S) is that of the S where the density differs."""

    def excess(x: float) -> float:
        return max(norm.pdf(x, 1, sigma) - np.exp(epsilon) * norm.pdf(x, 0, sigma), 0)

    edge = epsilon * sigma**2 + 0.5
    expected, _ = quad(excess, edge, 1 + 12 * sigma + edge, epsabs=0, epsrel=1e-10, limit=200)
    assert gaussian_delta(sigma, epsilon) == pytest.approx(expected, rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 30), st.floats(0, 20), st.floats(1.001, 5))
def test_delta_falls_with_noise_and_epsilon(sigma, epsilon, factor) -> None:
    delta = gaussian_delta(sigma, epsilon)
    assert 0 <= delta <= 1
    assert gaussian_delta(sigma * factor, epsilon) <= delta
    assert gaussian_delta(sigma, epsilon + factor) <= delta


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 20), deltas)
def test_noise_and_epsilon_are_inverse(epsilon: float, delta: float) -> None:
    sigma = gaussian_noise_multiplier(epsilon, delta)
    assert gaussian_delta(sigma, epsilon) == pytest.approx(delta, rel=1e-6)
    assert gaussian_epsilon(sigma, delta) == pytest.approx(epsilon, rel=1e-6)


@pytest.mark.parametrize("epsilon", [0.3, 2.0, 40.0])
@pytest.mark.parametrize("q", [0.05, 1.0])
def test_noise_for_many_steps_is_enough_and_hardly_more(epsilon: float, q: float) -> None:
    sigma = sampled_gaussian_noise_multiplier(epsilon, q, 50, 1e-3)
    assert sampled_gaussian_epsilon(sigma, q, 50, 1e-3) <= epsilon
    assert sampled_gaussian_epsilon(0.999 * sigma, q, 50, 1e-3) > epsilon


def test_an_epsilon_that_needs_less_noise_than_is_allowed_gets_the_least() -> None:
    assert sampled_gaussian_noise_multiplier(1e6, 0.1, 1, 1e-3) == 0.1


def test_much_noise_needs_no_epsilon() -> None:
    assert gaussian_epsilon(1000.0, 0.01) == 0
    assert epsilon_of_rdp([1e-5], 0.01, [2.0]) == 0


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"noise_multiplier": 0.05}, "noise_multiplier must be at least 0.1"),
        ({"noise_multiplier": 0}, "noise_multiplier must be positive"),
        ({"sampling_rate": 1.5}, "sampling_rate must lie between 0 and 1"),
        ({"steps": 0}, "steps must be a whole number of at least 1"),
        ({"orders": [2.0, 1.0]}, "orders must be finite numbers above 1"),
        ({"orders": []}, "orders must be finite numbers above 1, one or more"),
        ({"orders": [np.nan]}, "orders must be finite"),
    ],
)
def test_what_the_accountant_refuses(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sampled_gaussian_rdp(**{"noise_multiplier": 1.0, "sampling_rate": 0.1, **arguments})


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("rdp", "delta", "message"),
    [
        ([1.0, 2.0], 0.1, "rdp must have 1 values, but has 2"),
        ([-1.0], 0.1, "rdp must be 0 or more"),
        ([np.nan], 0.1, "rdp must be 0 or more"),
        ([1.0], 0, "delta must lie between 0 and 1"),
        ([1.0], 1, "delta must lie between 0 and 1"),
    ],
)
def test_what_no_epsilon_follows_from(rdp: list[float], delta: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        epsilon_of_rdp(rdp, delta, [2.0])
