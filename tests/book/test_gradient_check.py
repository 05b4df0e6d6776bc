"""The check of gradients, on functions whose gradients are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from recsys_book.demonstrations.gradient_check import gradient_error, numeric_gradients


def test_numeric_gradients_of_known_functions() -> None:
    rng = np.random.default_rng(0)
    matrix, vector = rng.standard_normal((4, 3)), 100 * rng.standard_normal(3)
    target = rng.standard_normal(4)

    def squares(a: np.ndarray, x: np.ndarray) -> float:
        return float(((a @ x - target) ** 2).sum())

    residual = matrix @ vector - target
    of_matrix, of_vector = numeric_gradients(squares, matrix, vector)
    np.testing.assert_allclose(of_matrix, 2 * np.outer(residual, vector), rtol=1e-6)
    np.testing.assert_allclose(of_vector, 2 * matrix.T @ residual, rtol=1e-6)
    before = matrix.copy(), vector.copy()
    np.testing.assert_array_equal(matrix, before[0])
    np.testing.assert_array_equal(vector, before[1])


@given(st.floats(-3, 3), st.floats(0.2, 3))
def test_the_check_tells_right_from_wrong(x: float, scale: float) -> None:
    point = np.array([x, 1.0])

    def wave(at: np.ndarray) -> float:
        return float(np.exp(scale * at[0]) + np.sin(at[1]))

    def right(at: np.ndarray) -> tuple[float, list[np.ndarray]]:
        return wave(at), [np.array([scale * np.exp(scale * at[0]), np.cos(at[1])])]

    def forgetful(at: np.ndarray) -> tuple[float, list[np.ndarray]]:
        return wave(at), [np.array([scale * np.exp(scale * at[0]), 0.0])]

    assert gradient_error(right, point) < 1e-7
    length = np.hypot(scale * np.exp(scale * x), np.cos(1.0))
    assert gradient_error(forgetful, point) > 0.4 * np.cos(1.0) / length


def test_what_the_check_refuses() -> None:
    with pytest.raises(TypeError, match="parameters must be float64, not float32"):
        numeric_gradients(lambda x: float(x.sum()), np.ones(2, np.float32))
    with pytest.raises(ValueError, match="the gradients have shapes"):
        gradient_error(lambda x: (float(x.sum()), [np.ones(3)]), np.ones(2))
    assert gradient_error(lambda x: (1.0, [np.zeros(2)]), np.ones(2)) == 0
