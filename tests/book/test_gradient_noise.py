"""The noise of batches is what the theory of sampling says it is."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.gradient_noise import (
    batch_gradients,
    relative_noise,
    two_directions,
)

N, D = 400, 6
EACH = np.random.default_rng(0).standard_normal((N, D)) + 0.5


def gradient(batch: np.ndarray) -> list[np.ndarray]:
    """Return the mean of some rows, in two parts."""
    mean = EACH[batch].mean(axis=0)
    return [mean[:2], mean[2:].reshape(2, 2)]


def test_noise_is_that_of_a_sample_without_replacement() -> None:
    sizes = [1, 5, 20, 100, 300]
    variance = EACH.var(axis=0, ddof=1).sum()
    length = np.linalg.norm(EACH.mean(axis=0))
    expected = [np.sqrt(variance * (1 / b - 1 / N)) / length for b in sizes]
    np.testing.assert_allclose(relative_noise(gradient, N, sizes, 1_000), expected, rtol=0.06)


def test_a_batch_of_everything_has_no_noise() -> None:
    assert relative_noise(gradient, N, [N], 2)[0] < 1e-12
    whole = batch_gradients(gradient, N, N, 1)
    np.testing.assert_allclose(whole[0], EACH.mean(axis=0))


def test_draws_belong_to_the_seed() -> None:
    first, again = (batch_gradients(gradient, N, 3, 4, seed=1) for _ in range(2))
    assert first.shape == (4, D)
    np.testing.assert_array_equal(first, again)
    assert (batch_gradients(gradient, N, 3, 4, seed=2) != first).any()


def test_nothing_to_compare_with_is_infinite() -> None:
    assert relative_noise(lambda batch: [np.zeros(2)], 5, [2]) == [np.inf]


def test_numbers_out_of_range_are_named() -> None:
    with pytest.raises(ValueError, match="a batch of 401 cannot be drawn from 400"):
        batch_gradients(gradient, N, N + 1, 1)
    with pytest.raises(ValueError, match="times"):
        batch_gradients(gradient, N, 2, 0)


def test_two_directions_put_the_whole_gradient_at_one_and_keep_lengths_across() -> None:
    rng = np.random.default_rng(0)
    whole = rng.normal(size=6)
    side = rng.normal(size=6)
    side -= (side @ whole) / (whole @ whole) * whole  # at right angles to it
    sample = whole + rng.normal(size=(50, 1)) * side + 0.01 * rng.normal(size=(50, 6))
    directions = two_directions(sample, whole)
    assert np.allclose(whole @ directions, [1, 0])
    length = np.linalg.norm(side) / np.linalg.norm(whole)
    assert abs(side @ directions)[1] == pytest.approx(length, rel=1e-3)
