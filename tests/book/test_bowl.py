"""The quadratic bowl: its gradient, its bottom, and the limit of the learning rate."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.bowl import Bowl
from recsys_book.demonstrations.gradient_check import numeric_gradients
from recsys_helpers.optimizers.rules import SGD

RNG = np.random.default_rng(0)
A, R = RNG.normal(size=(30, 4)) * [1, 2, 5, 0.3], RNG.normal(size=30)
BOWL = Bowl.ridge(A, R, 0.2)


def ridge_loss(w):
    return float(((A @ w - R) ** 2).sum() / 60 + 0.1 * (w**2).sum())


def test_gradient_and_height_are_those_of_the_ridge_loss() -> None:
    w = RNG.normal(size=4)
    (slopes,) = numeric_gradients(ridge_loss, w)
    assert BOWL.gradient(w) == pytest.approx(slopes, abs=1e-7)
    assert BOWL.above(w) == pytest.approx(ridge_loss(w) - ridge_loss(BOWL.bottom))
    assert BOWL.above(np.stack([w, BOWL.bottom])).shape == (2,)


def test_descent_ends_at_the_bottom_below_the_limit_and_nowhere_above() -> None:
    limit = 2 / BOWL.curvatures[-1]
    assert BOWL.walk(SGD(0.9 * limit), 3000)[-1] == pytest.approx(BOWL.bottom, abs=1e-8)
    above = BOWL.above(BOWL.walk(SGD(1.05 * limit), 300))
    assert above[-1] > 100 * above[0]


def test_newton_takes_one_step() -> None:
    walk = BOWL.walk(SGD(1.0), 1, units=np.linalg.inv(BOWL.H))
    assert walk[-1] == pytest.approx(BOWL.bottom)


def test_what_is_no_bowl_is_refused() -> None:
    with pytest.raises(ValueError, match="a bowl has a bottom"):
        Bowl(np.diag([1.0, -1.0]), np.zeros(2))
    with pytest.raises(ValueError, match="must have shape"):
        Bowl(np.eye(3), np.zeros(2))
    with pytest.raises(ValueError, match="penalty"):
        Bowl.ridge(A, R, 0.0)
