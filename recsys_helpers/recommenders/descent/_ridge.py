"""Many small ridge regressions at once, one for each row: one step of descent, or the solution.

Each row x of the unknowns minimises, over the entries j of its row in a sparse matrix:

    ½ Σ_j w_j (xᵀy_j)² − t_j xᵀy_j  +  ½ xᵀ G x  +  ½ n Σ_k λ_k x_k²

with known vectors y, a weight w and a target t for each entry, a matrix G that all rows share, and
a penalty λ that counts once for each of the n entries of a row. Both factor models are such
problems in the users' vectors while the items' are fixed, and the other way round.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from recsys_helpers._types import F32, F64, I32
from recsys_helpers.log._views import rows_of
from recsys_helpers.recommenders.descent.losses import dots, with_data

BLOCK = 256
"""How many rows are solved at once."""


def transposed(matrix: sparse.csr_array) -> tuple[sparse.csr_array, I32]:
    """Return the transpose, and for each of its entries the number of that entry in the matrix."""
    entries = with_data(matrix, np.arange(matrix.nnz, dtype=np.int32)).T.tocsr()
    order: I32 = entries.data
    return with_data(entries, matrix.data[order]), order


def descend(x: F32, y: F32, weights: sparse.csr_array, slopes: F32, gram: F32, penalty: F32) -> F32:
    r"""Take one preconditioned step in every row of x; return how much the products xᵀy change.

    A plain step has one length for all directions, so the steepest direction limits it and the flat
    ones hardly move. In a least-squares problem the gradient divided by the curvature, the matrix
    of second derivatives, leads to the solution at once. A row's own curvature is

    .. math:: G + \sum_j w_j y_j y_j^\top + n \operatorname{diag}(\lambda),

    but then each row would need a matrix of its own, and its inverse. Instead all rows use the
    average curvature, with :math:`\sum_j w_j y_j y_j^\top` replaced by n times its mean over all
    entries, in which only n differs from row to row. The error of this replacement costs some more
    steps, but does not change the solution.

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

    Returns
    -------
    F32
        The change of xᵀy at each entry, shape (nnz,).
    """
    rows, columns = rows_of(weights), weights.indices
    lengths = np.diff(weights.indptr).astype(np.float32)[:, None]  # (n, 1)
    gradient = x @ gram + with_data(weights, slopes) @ y + lengths * penalty * x  # (n, d)

    # M, the mean curvature of one entry. In float64, since M has to be positive definite for eigh,
    # and the sums of float32 may not be.
    share = np.bincount(columns, weights.data, len(y)) / max(len(columns), 1)  # (m,)
    exact = y.astype(np.float64)
    usual = (exact * share[:, None]).T @ exact + np.diag(penalty)  # (d, d)

    # The direction (G + n M)⁻¹ g is wanted for every length n. The generalised eigenproblem
    # G V = M V R gives one basis V in which both matrices are diagonal: Vᵀ M V = I, Vᵀ G V = R.
    # So (G + n M)⁻¹ = V (R + n)⁻¹ Vᵀ, and a row needs no more than a division by its n.
    roots, basis = linalg.eigh(gram.astype(np.float64), usual)
    roots, basis = roots.astype(np.float32), basis.astype(np.float32)
    direction = (gradient @ basis / (np.maximum(roots, 0) + np.maximum(lengths, 1))) @ basis.T

    # Along its direction a row's loss is a parabola, whose lowest point is slope / curvature away.
    # Both are the row's own and exact, so no learning rate is needed and no step goes uphill.
    moved = dots(direction, y, rows, columns).astype(np.float32)  # (nnz,)
    curvature = (direction * (direction @ gram + lengths * penalty * direction)).sum(axis=1)
    curvature += np.bincount(rows, weights.data * moved**2, len(x)).astype(np.float32)
    slope = (direction * gradient).sum(axis=1)  # (n,)
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
    x = np.zeros((n, d), np.float32)
    exact, shared, ridge = y.astype(np.float64), gram.astype(np.float64), np.diag(penalty)
    busy = np.flatnonzero(np.diff(weights.indptr))
    for start in range(0, len(busy), BLOCK):
        block = busy[start : start + BLOCK]
        left: F64 = np.empty((len(block), d, d))
        right: F64 = np.empty((len(block), d, 1))
        for i, row in enumerate(block):
            entries = slice(weights.indptr[row], weights.indptr[row + 1])
            met = exact[weights.indices[entries]]  # (n_entries, d)
            left[i] = shared + len(met) * ridge
            left[i] += (met.T * weights.data[entries]) @ met
            right[i, :, 0] = targets[entries] @ met
        x[block] = np.linalg.solve(left, right)[:, :, 0]
    return x
