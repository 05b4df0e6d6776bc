"""A small log, vectors for it, and the closed form of a row's vector, written down once more."""

from __future__ import annotations

import numpy as np

from recsys_helpers import synthetic
from recsys_helpers.log._views import rows_of

LOG = synthetic(n_users=40, n_items=25, mean_length=7, repeats=True, seed=3).interactions
WEIGHTS = LOG.matrix("count").astype(np.float64) * 0.7
RATINGS = LOG.matrix("rating")
ROWS, COLUMNS = rows_of(RATINGS), RATINGS.indices


def drawn(dim: int, seed: int = 0) -> list[np.ndarray]:
    """Draw vectors that are not near anything."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, dim)) for n in (LOG.n_users, LOG.n_items)]


def closed_form(y, weights, targets, gram, penalty) -> np.ndarray:
    """Solve each row's equations, written down from their definition."""
    y, gram = y.astype(np.float64), gram.astype(np.float64)
    found = np.zeros((weights.shape[0], y.shape[1]))
    for row in range(weights.shape[0]):
        left, right, n = gram.copy(), np.zeros(y.shape[1]), 0
        for place in range(weights.indptr[row], weights.indptr[row + 1]):
            vector = y[weights.indices[place]]
            left += weights.data[place] * np.outer(vector, vector)
            right += targets[place] * vector
            n += 1
        if n:
            found[row] = np.linalg.solve(left + n * np.diag(penalty), right)
    return found
