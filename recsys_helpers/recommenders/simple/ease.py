"""EASE: the best linear model that predicts each item from the others, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import linalg, sparse

from recsys_helpers import _arguments, _machine
from recsys_helpers._types import F32, F64
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.log._views import Values, needs
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender


@dataclass(eq=False, repr=False)
class EASE(Recommender):
    r"""Ranks items by a linear model that predicts each item of a history from the other items.

    .. math::

        \min_B \lVert X - XB \rVert_F^2 + \lambda \lVert B \rVert_F^2
        \quad \text{with} \quad \operatorname{diag}(B) = 0, \qquad s = x_H^\top B

    where X is the interaction matrix and :math:`x_H` the history as a row of it. The zero diagonal
    keeps an item from predicting itself. With :math:`P = (X^\top X + \lambda I)^{-1}` the solution
    is :math:`B_{ij} = -P_{ij} / P_{jj}` off the diagonal. If there are fewer users than items, P is
    computed from the smaller matrix :math:`X X^\top + \lambda I` (Woodbury's identity).

    Parameters
    ----------
    regularisation
        :math:`\lambda`, positive. The paper has 500 for MovieLens 20M, and smaller logs need less.
        The default is only a start: choose it on validation.
    values
        The entries of X and :math:`x_H`: "binary", "count" (how often), or "rating" (ratings, or
        whatever weight the log has in their place).

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if ratings are asked for and there are none.
    MemoryError
        If the n_items × n_items matrix does not fit into this machine's memory.

    References
    ----------
    Steck (2019), "Embarrassingly shallow autoencoders for sparse data", WWW, section 3.1.
    https://doi.org/10.1145/3308558.3313710

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "a", "b", "b"]})
    >>> model = EASE(regularisation=1.0).fit(Interactions.from_frame(frame, timestamp=None))
    >>> model.score(model.histories([["a"]]))  # b from a: 2 / (2 + λ)
    array([[0.       , 0.6666667]], dtype=float32)
    """

    learnt: ClassVar = ("weights",)

    regularisation: float = 100.0
    values: Values = "binary"

    def __post_init__(self) -> None:
        _arguments.settings(self)
        self.needs = needs(self.values)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        _machine.require_memory(
            16 * train.n_items**2 + 41 * len(train),
            f"EASE with {train.n_items:,} items and {len(train):,} rows",
            "keep fewer items (k_core), or take ItemKNN",
        )
        matrix = train.matrix(self.values).astype(np.float64)  # (n_users, n_items)
        if train.n_users < train.n_items:
            precision = _from_user_gram(matrix, self.regularisation)
        else:
            precision = _from_item_gram(matrix, self.regularisation)
        self.weights = without_self(precision)  # (n_items, n_items)

    def _score(self, histories: Histories) -> F32:
        return np.asarray(histories.matrix(self.values) @ self.weights)


def without_self(precision: F64) -> F32:
    """Return the weights B, in which no item predicts itself, from the matrix P."""
    weights: F32 = np.empty(precision.shape, np.float32)  # (n_items, n_items)
    np.divide(precision, -precision.diagonal(), out=weights, casting="same_kind")
    np.fill_diagonal(weights, 0)
    return weights


def _from_item_gram(matrix: sparse.csr_array, regularisation: float) -> F64:
    """Return the inverse of XᵀX + λI by Cholesky's factorisation."""
    gram = _gram(matrix.T.tocsr(), matrix, regularisation)  # (n_items, n_items)
    factor, _ = linalg.lapack.dpotrf(gram, lower=1, overwrite_a=1, clean=1)
    inverse, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    for row in range(len(inverse)):  # dpotri fills the lower triangle; no second matrix is made
        inverse[row, row + 1 :] = inverse[row + 1 :, row]
    return np.asarray(inverse.T)  # its own transpose, row by row in memory


def _from_user_gram(matrix: sparse.csr_array, regularisation: float) -> F64:
    """Return the same inverse as (I − Xᵀ(XXᵀ + λI)⁻¹X) / λ."""
    gram = _gram(matrix, matrix.T.tocsr(), regularisation)  # (n_users, n_users)
    factor = linalg.cholesky(gram, lower=True, overwrite_a=True, check_finite=False)
    half = linalg.solve_triangular(
        factor, matrix.toarray(order="F"), lower=True, overwrite_b=True, check_finite=False
    )
    del gram, factor  # room for the inverse
    inverse = half.T @ half  # (n_items, n_items)
    inverse *= -1 / regularisation
    inverse[np.diag_indices_from(inverse)] += 1 / regularisation
    return np.asarray(inverse)


def _gram(rows: sparse.csr_array, columns: sparse.csr_array, regularisation: float) -> F64:
    """Return the dot products of all pairs of the given vectors, plus λ on the diagonal.

    It is computed in blocks: a sparse product with few zeros takes more memory than a dense one.
    """
    n = rows.shape[0]
    gram = np.empty((n, n))
    for part in ranking.chunks(n, 16 * n):
        (rows[part] @ columns).toarray(out=gram[part])
    gram[np.diag_indices_from(gram)] += regularisation
    return gram.T  # its own transpose, in the order that LAPACK overwrites
