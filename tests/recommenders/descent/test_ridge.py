"""One row of a factor model is a ridge regression: steps and solutions equal the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import sparse
from support.factor_problems import LOG, WEIGHTS, closed_form, drawn

from recsys_helpers.log._views import rows_of
from recsys_helpers.optimizers.rules import SGD
from recsys_helpers.recommenders.descent import _ridge
from recsys_helpers.recommenders.descent.losses import dots, implicit_loss


def problem(seed: int, dim: int = 4) -> tuple[np.ndarray, ...]:
    """Draw items, weights, targets, a shared matrix and a penalty."""
    rng = np.random.default_rng(seed)
    y = rng.standard_normal((LOG.n_items, dim)).astype(np.float32)
    weights = (LOG.matrix("binary") * np.float32(0.7)).tocsr()
    weights.data *= rng.random(weights.nnz).astype(np.float32) + 0.1
    targets = rng.standard_normal(weights.nnz).astype(np.float32)
    return y, weights, targets, y.T @ y, np.linspace(0.1, 0.4, dim).astype(np.float32)


def test_the_exact_solution_is_the_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = problem(0)
    expected = closed_form(*parts)
    np.testing.assert_allclose(_ridge.solve(*parts), expected, atol=1e-5)
    monkeypatch.setattr(_ridge, "BLOCK", 7)
    np.testing.assert_allclose(_ridge.solve(*parts), expected, atol=1e-5)


def test_a_row_without_entries_is_solved_by_nothing() -> None:
    y, weights, targets, gram, penalty = problem(0)
    more = sparse.csr_array(
        (weights.data, weights.indices, np.r_[0, weights.indptr]),
        shape=(LOG.n_users + 1, LOG.n_items),
    )
    found = _ridge.solve(y, more, targets, gram, penalty)
    assert not found[0].any()
    np.testing.assert_array_equal(found[1:], _ridge.solve(y, weights, targets, gram, penalty))


@pytest.mark.parametrize("shared", [True, False])
def test_steps_reach_the_closed_form(shared: bool) -> None:
    y, weights, targets, gram, penalty = problem(1)
    gram = gram if shared else np.zeros_like(gram)
    x = np.zeros((LOG.n_users, y.shape[1]), np.float32)
    rows = rows_of(weights)
    for _ in range(60):
        fitted = dots(x, y, rows, weights.indices)
        _ridge.descend(x, y, weights, weights.data * fitted - targets, gram, penalty)
    np.testing.assert_allclose(x, closed_form(y, weights, targets, gram, penalty), atol=1e-4)


def test_gradient_descent_reaches_the_closed_form_too() -> None:
    """With the items fixed, implicit_loss is a ridge regression for each user."""
    users, items = drawn(3)
    expected = closed_form(items, WEIGHTS, 1 + WEIGHTS.data, items.T @ items, np.full(3, 0.3))
    rule = SGD(learning_rate=1.0)
    for _ in range(2_000):
        _, (gradient, _) = implicit_loss(users, items, WEIGHTS, 0.3)
        rule.step([users], [gradient])
    np.testing.assert_allclose(users, expected, atol=1e-8)


@given(st.integers(0, 10_000), st.booleans())
def test_a_step_goes_downhill_in_every_row_and_tells_how_products_change(
    seed: int, shared: bool
) -> None:
    y, weights, targets, gram, penalty = problem(seed)
    gram = gram if shared else np.zeros_like(gram)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((LOG.n_users, y.shape[1])).astype(np.float32)
    rows, lengths = rows_of(weights), np.diff(weights.indptr)

    def losses(fitted: np.ndarray) -> np.ndarray:
        each = 0.5 * weights.data * fitted**2 - targets * fitted
        own = np.bincount(rows, each, LOG.n_users)
        return own + 0.5 * ((x @ gram) * x).sum(1) + 0.5 * lengths * (penalty * x * x).sum(1)

    fitted = dots(x, y, rows, weights.indices)
    before = losses(fitted)
    start = x.copy()
    change = _ridge.descend(x, y, weights, weights.data * fitted - targets, gram, penalty)
    after = dots(x, y, rows, weights.indices)
    np.testing.assert_allclose(fitted + change, after, atol=1e-4)
    pull = sparse.csr_array(
        (weights.data * after - targets, weights.indices, weights.indptr), shape=weights.shape
    )
    gradient = x @ gram + pull @ y + lengths[:, None] * penalty * x
    step = x - start
    along = np.abs((gradient * step).sum(1))  # 0 where the loss is lowest along the step
    assert (
        along <= 1e-3 * (1 + np.linalg.norm(gradient, axis=1) * np.linalg.norm(step, axis=1))
    ).all()
    assert (losses(after) <= before + 1e-3).all()
    busy = lengths > 0
    assert (losses(after)[busy] < before[busy]).any()


def test_transposed_is_the_transpose() -> None:
    turned, order = _ridge.transposed(WEIGHTS)
    np.testing.assert_array_equal(turned.toarray(), WEIGHTS.toarray().T)
    np.testing.assert_array_equal(turned.data, WEIGHTS.data[order])
