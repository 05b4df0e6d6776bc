"""The right to be forgotten: what was learnt from one person, taken out without fitting again."""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from recsys_helpers import Interactions, MarkovChain
from recsys_helpers._types import F64


def ease_precision(log: Interactions, regularisation: float) -> F64:
    r"""Return the matrix from which EASE takes its weights.

    .. math:: P = (X^\top X + \lambda I)^{-1}

    Whoever may have to forget somebody keeps this matrix, because the weights are not enough.

    Parameters
    ----------
    log
        The training log.
    regularisation
        :math:`\lambda`, positive.

    Returns
    -------
    F64
        Symmetric, shape (n_items, n_items).

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> ease_precision(log, regularisation=1.0).round(2)  # the inverse of [[2, 1], [1, 3]]
    array([[ 0.6, -0.2],
           [-0.2,  0.4]])
    """
    matrix = log.matrix("binary").astype(np.float64)  # (n_users, n_items)
    gram = (matrix.T @ matrix).toarray()  # (n_items, n_items)
    gram[np.diag_indices_from(gram)] += regularisation
    return np.asarray(linalg.inv(gram))


def without_row(precision: F64, row: ArrayLike) -> F64:
    r"""Return the matrix P as if one person's row had never been in X.

    .. math::

        (P^{-1} - x x^\top)^{-1} = P + \frac{P x\, x^\top P}{1 - x^\top P x}

    This is the identity of Sherman and Morrison: one product of a vector with itself in place of
    the inverse of a matrix.

    Parameters
    ----------
    precision
        P, shape (n, n).
    row
        x, what the person contributed to X, shape (n,).

    Returns
    -------
    F64
        Shape (n, n).

    Raises
    ------
    ValueError
        If P cannot have been made with that row.

    References
    ----------
    Sherman and Morrison (1950), "Adjustment of an inverse matrix corresponding to a change in one
    element of a given matrix", The Annals of Mathematical Statistics 21(1).
    https://doi.org/10.1214/aoms/1177729893

    Examples
    --------
    Without the person who met both items, a diagonal of 1 and 2 is left:

    >>> without_row(np.array([[0.6, -0.2], [-0.2, 0.4]]), [1.0, 1.0]).round(2) + 0.0
    array([[1. , 0. ],
           [0. , 0.5]])
    """
    x = np.asarray(row, np.float64)
    reach = precision @ x  # (n,)
    left = 1 - x @ reach
    if left <= 0:
        raise ValueError("this row cannot be part of what was learnt: was it removed before?")
    changed: F64 = precision + np.outer(reach, reach / left)
    return changed


def chain_without(model: MarkovChain, own: Interactions) -> MarkovChain:
    """Return a Markov chain as if one person had never been in its log: counts are subtracted.

    Parameters
    ----------
    model
        The fitted chain. It stays as it is.
    own
        All training rows of the person, and no others.

    Returns
    -------
    MarkovChain
        With the counts of the others.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "a", "c"]})
    >>> log = Interactions.from_frame(frame, timestamp="row order")
    >>> left = chain_without(MarkovChain().fit(log), log.take(log.users == 0))
    >>> left.train_counts, left.transitions.toarray()[0]
    (array([1, 0, 1]), array([0., 0., 1.], dtype=float32))
    """
    alone = MarkovChain(model.prior).fit(own)
    left = copy(model)
    left.train_counts = model.train_counts - alone.train_counts
    left.transitions = model.transitions - alone.transitions
    return left
