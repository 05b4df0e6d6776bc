"""The gradient is that of the loss, nobody's part is longer than C, and ε is the accountant's."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from recsys_book.demonstrations.private_factors import PrivateFactors, clipped_gradient, folded_in
from recsys_helpers import evaluate, leave_last_out, synthetic
from recsys_helpers.privacy.accountant import sampled_gaussian_epsilon

RNG = np.random.default_rng(0)
ROWS = (RNG.random((6, 9)) < 0.4).astype(float)
Y = RNG.normal(size=(9, 3))


def loss(y: np.ndarray) -> float:
    """Return half the sum of squares, with everybody's vector at its best."""
    x = folded_in(ROWS, y, 2.0)
    return ((ROWS - x @ y.T) ** 2).sum() / 2 + (x**2).sum()


def test_without_clipping_it_is_the_gradient() -> None:
    gradient = clipped_gradient(ROWS, Y, 2.0, max_norm=1e6)
    step = 1e-6
    for at in np.ndindex(Y.shape):
        moved = np.zeros_like(Y)
        moved[at] = step
        slope = (loss(Y + moved) - loss(Y - moved)) / (2 * step)
        assert slope == pytest.approx(gradient[at], abs=1e-6)


@pytest.mark.parametrize("max_norm", [0.01, 0.3])
def test_a_person_changes_the_sum_by_no_more_than_c(max_norm: float) -> None:
    everybody = clipped_gradient(ROWS, Y, 2.0, max_norm)
    lengths = []
    for person in range(len(ROWS)):
        others = clipped_gradient(np.delete(ROWS, person, axis=0), Y, 2.0, max_norm)
        lengths.append(np.linalg.norm(everybody - others))
    assert max(lengths) <= max_norm + 1e-12
    assert max(lengths) == pytest.approx(max_norm)


def test_a_step_by_hand() -> None:
    """With everybody in the batch and no noise, the first step is minus the mean gradient."""
    log = synthetic(n_users=30, n_items=12, mean_length=5, seed=1).interactions
    settings = {"dim": 2, "noise_multiplier": 0.0, "sampling_rate": 1.0, "max_norm": 0.5}
    first = np.random.default_rng(4).normal(0, 2**-0.5, (12, 2))
    total = clipped_gradient(log.matrix("binary").toarray().astype(float), first, 1.0, 0.5)
    model = PrivateFactors(**settings, learning_rate=0.1, steps=1, seed=4).fit(log)
    np.testing.assert_allclose(model.item_factors, first - 0.1 * total / 30)


def test_it_learns_and_noise_costs() -> None:
    log = synthetic(n_users=400, n_items=40, mean_length=12, order=0, seed=2).interactions
    split = leave_last_out(log, n_valid=2, n_test=1)
    models = {
        z: PrivateFactors(noise_multiplier=z, steps=60).fit(split.train) for z in (0.0, 500.0)
    }
    report = evaluate({str(z): model for z, model in models.items()}, split.valid)
    assert report.mean("0.0") > report.mean("500.0") + 0.05


def test_epsilon_is_the_accountants() -> None:
    model = PrivateFactors(noise_multiplier=2.0, sampling_rate=0.2, steps=7)
    assert model.epsilon(1e-3) == sampled_gaussian_epsilon(2.0, 0.2, 7, 1e-3)
    assert PrivateFactors(noise_multiplier=0.0).epsilon(1e-3) == inf
