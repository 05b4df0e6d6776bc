"""Many small ridge regressions at once, one a row: a step towards their solutions, or all the way.

Row x of the unknowns meets the rows y of what is known, at the entries of a sparse matrix:

    ½ Σ_j w_j (xᵀy_j)² − t_j xᵀy_j  +  ½ xᵀ G x  +  ½ n Σ_k λ_k x_k²

with a weight w and a target t an entry, a matrix G that all rows share, and a penalty λ for each of
the n entries of a row.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from recsys_helpers._types import F32, F64, I32
from recsys_helpers.log._views import rows_of
from recsys_helpers.recommenders.descent.losses import dots

SOLVED = 256
"""Rows solved exactly at once."""


def transposed(matrix: sparse.csr_array) -> tuple[sparse.csr_array, I32]:
    """Return the transpose, and where each of its entries stood before."""
    n_rows, n_columns = matrix.shape
    order = np.argsort(matrix.indices, kind="stable").astype(np.int32)
    starts = np.r_[0, np.cumsum(np.bincount(matrix.indices, minlength=n_columns))]
    turned = sparse.csr_array(
        (matrix.data[order], rows_of(matrix)[order], starts), shape=(n_columns, n_rows)
    )
    return turned, order


def descend(x: F32, y: F32, weights: sparse.csr_array, slopes: F32, gram: F32, penalty: F32) -> F32:
    """Take one preconditioned step in every row of x, and return how the products xᵀy change.

    The step goes down the gradient, divided by the curvature that a row of this length has on
    average, and is as long as lowers the row's loss most, so that no learning rate is needed and
    no step goes uphill.

    Parameters
    ----------
    x, y
        Shapes (n, d), changed in place, and (m, d).
    weights
        w, shape (n, m).
    slopes
        w xᵀy − t at each entry, shape (nnz,).
    gram
        G, shape (d, d).
    penalty
        λ, positive, shape (d,).
    """
    rows, columns = rows_of(weights), weights.indices
    lengths = np.diff(weights.indptr).astype(np.float32)[:, None]  # (n, 1)
    pull = sparse.csr_array((slopes, columns, weights.indptr), shape=weights.shape)
    gradient = x @ gram + pull @ y + lengths * penalty * x  # (n, d)
    share = np.bincount(columns, weights.data, len(y)) / max(len(columns), 1)
    exact = y.astype(np.float64)  # rounded sums may not be positive definite
    usual = (exact * share[:, None]).T @ exact + np.diag(penalty)  # (d, d), of an entry
    roots, basis = linalg.eigh(gram.astype(np.float64), usual)
    roots, basis = roots.astype(np.float32), basis.astype(np.float32)
    direction = (gradient @ basis / (np.maximum(roots, 0) + np.maximum(lengths, 1))) @ basis.T
    moved = dots(direction, y, rows, columns).astype(np.float32)
    curvature = (direction * (direction @ gram + lengths * penalty * direction)).sum(axis=1)
    curvature += np.bincount(rows, weights.data * moved**2, len(x)).astype(np.float32)
    slope = (direction * gradient).sum(axis=1)
    step = np.divide(slope, curvature, out=np.zeros_like(slope), where=curvature > 0)
    x -= step[:, None] * direction
    change: F32 = -step[rows] * moved
    return change


def solve(y: F32, weights: sparse.csr_array, targets: F32, gram: F32, penalty: F32) -> F32:
    """Return the solution of every row, shape (n, d); 0 for a row without entries.

    Parameters
    ----------
    y, weights, gram, penalty
        As in `descend`.
    targets
        t, shape (nnz,).
    """
    n, d = weights.shape[0], y.shape[1]
    found = np.zeros((n, d), np.float32)
    exact, shared, ridge = y.astype(np.float64), gram.astype(np.float64), np.diag(penalty)
    busy = np.flatnonzero(np.diff(weights.indptr))
    for start in range(0, len(busy), SOLVED):
        some = busy[start : start + SOLVED]
        left: F64 = np.empty((len(some), d, d))
        right: F64 = np.empty((len(some), d, 1))
        for place, row in enumerate(some):
            entries = slice(weights.indptr[row], weights.indptr[row + 1])
            met = exact[weights.indices[entries]]  # (n_entries, d)
            left[place] = shared + len(met) * ridge
            left[place] += (met.T * weights.data[entries]) @ met
            right[place, :, 0] = targets[entries] @ met
        found[some] = np.linalg.solve(left, right)[:, :, 0]
    return found
