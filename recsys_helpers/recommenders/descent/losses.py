"""The losses of factor models with their gradients, on the whole log or a part of it.

Each takes parameters in any precision, and returns a number and a gradient for each parameter, so
that any optimizer can use it and numerical gradients can check it.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from scipy import sparse

from recsys_helpers._types import I32, I64, Floats
from recsys_helpers.log._views import rows_of

Vectors = TypeVar("Vectors", bound=Floats)

CHUNK = 1_024
"""How many products are computed at once, so that they stay in the processor's cache."""


def dots(left: Floats, right: Floats, rows: I32 | I64, columns: I32 | I64) -> Floats:
    r"""Return the dot products of pairs of rows, :math:`x_{u_n}^\top y_{i_n}`.

    Parameters
    ----------
    left, right
        Vectors as rows, shapes (n_left, d) and (n_right, d).
    rows, columns
        Row numbers in `left` and in `right`, shape (n,).

    Returns
    -------
    Floats
        Shape (n,).

    Examples
    --------
    >>> x, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> dots(x, y, np.array([0, 1]), np.array([0, 1]))
    array([3., 4.])
    """
    products = np.empty(len(rows), np.result_type(left, right))
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        np.einsum(
            "nd,nd->n",
            left.take(rows[part], axis=0),
            right.take(columns[part], axis=0),
            out=products[part],
        )
    return products


def implicit_loss(
    users: Floats, items: Floats, weights: sparse.csr_array, regularisation: float
) -> tuple[float, list[Floats]]:
    r"""Return the weighted squared loss over all pairs of user and item, and its gradients.

    .. math::

        L = \frac{1}{2N} \Bigl( \sum_{u,i} (1 + w_{ui}) (\mathbb{1}[w_{ui} > 0] - x_u^\top y_i)^2
        + \lambda \sum_u n_u \lVert x_u \rVert^2 + \lambda \sum_i n_i \lVert y_i \rVert^2 \Bigr)

    No loop over all pairs is needed: :math:`\sum_{u,i} (x_u^\top y_i)^2` is the sum of the elements
    of :math:`X^\top X \circ Y^\top Y`, a d × d matrix, and everything else is a sum over the N
    pairs of the log.

    Parameters
    ----------
    users, items
        :math:`x_u` and :math:`y_i` as rows, shapes (n_users, d) and (n_items, d).
    weights
        :math:`w_{ui}`, shape (n_users, n_items), with :math:`n_u` entries in row u and
        :math:`n_i` in column i, all positive.
    regularisation
        :math:`\lambda`.

    Returns
    -------
    loss, gradients
        A number, and the gradients of `users` and `items` in their shapes.

    References
    ----------
    Hu, Koren and Volinsky (2008), "Collaborative filtering for implicit feedback datasets", ICDM,
    section 4. https://doi.org/10.1109/ICDM.2008.22
    Zhou, Wilkinson, Schreiber and Pan (2008), "Large-scale parallel collaborative filtering for
    the Netflix prize", AAIM, section 3.2, for the penalty. https://doi.org/10.1007/978-3-540-68880-8_32

    Examples
    --------
    >>> one = np.array([[1.0]])
    >>> weights = sparse.csr_array(np.array([[3.0]]))
    >>> implicit_loss(0.5 * one, one, weights, regularisation=0.0)  # ½ (1 + 3) (1 − ½)²
    (0.5, [array([[-2.]]), array([[-1.]])])
    """
    rows, n = rows_of(weights), max(weights.nnz, 1)
    fitted = dots(users, items, rows, weights.indices)
    slopes = with_data(weights, weights.data * (fitted - 1) - 1)
    _, (of_users, of_items) = _penalty(users, items, rows, weights.indices, regularisation)
    return implicit_value(users, items, weights, fitted, regularisation), [
        (users @ (items.T @ items) + slopes @ items + of_users) / n,
        (items @ (users.T @ users) + slopes.T @ users + of_items) / n,
    ]


def implicit_value(
    users: Floats,
    items: Floats,
    weights: sparse.csr_array,
    fitted: Floats,
    regularisation: float,
) -> float:
    """Return the loss of `implicit_loss`, given the products at the log's pairs.

    Parameters
    ----------
    users, items, weights, regularisation
        As in `implicit_loss`.
    fitted
        The product of user and item at each entry of `weights`, shape (nnz,).

    Returns
    -------
    float
        The loss.
    """
    everywhere = np.vdot(users.T @ users, items.T @ items)
    penalty, _ = _penalty(users, items, rows_of(weights), weights.indices, regularisation)
    at_pairs = np.sum((1 + weights.data) * (1 - fitted) ** 2 - fitted**2, dtype=np.float64)
    return float(everywhere + at_pairs + penalty) / (2 * max(weights.nnz, 1))


def rating_loss(
    users: Floats,
    items: Floats,
    rows: I32 | I64,
    columns: I32 | I64,
    ratings: Floats,
    regularisation: float,
) -> tuple[float, list[Floats]]:
    r"""Return the squared error of predicted ratings with a penalty, and its gradients.

    .. math::

        L = \frac{1}{2n} \sum_{(u,i)} \Bigl[ (b_u + b_i + p_u^\top q_i - r_{ui})^2
        + \lambda (\lVert p_u \rVert^2 + b_u^2 + \lVert q_i \rVert^2 + b_i^2) \Bigr]

    Over a random sample of a log's ratings, loss and gradients estimate those over all ratings.

    Parameters
    ----------
    users, items
        :math:`(p_u, b_u)` and :math:`(q_i, b_i)` as rows, the bias last, shapes (n_users, d + 1)
        and (n_items, d + 1).
    rows, columns
        Codes of users and items, shape (n,).
    ratings
        :math:`r_{ui}`: ratings minus the mean of all, shape (n,).
    regularisation
        :math:`\lambda`.

    Returns
    -------
    loss, gradients
        A number, and the gradients of `users` and `items` in their shapes.

    References
    ----------
    Koren, Bell and Volinsky (2009), "Matrix factorization techniques for recommender systems",
    Computer 42(8), equation 5. https://doi.org/10.1109/MC.2009.263

    Examples
    --------
    >>> user, item = np.array([[1.0, 0.5]]), np.array([[2.0, 0.0]])
    >>> here = np.array([0])
    >>> rating_loss(user, item, here, here, np.array([2.0]), regularisation=0.0)  # 2 + ½ for a 2
    (0.125, [array([[1. , 0.5]]), array([[0.5, 0.5]])])
    """
    errors = (
        dots(users[:, :-1], items[:, :-1], rows, columns)
        + (users[rows, -1] + items[columns, -1])
        - ratings
    )
    n, shape = len(rows), (len(users), len(items))
    slopes = sparse.coo_array((errors, (rows, columns)), shape=shape).tocsr()
    penalty, (of_users, of_items) = _penalty(users, items, rows, columns, regularisation)
    return float(np.vdot(errors, errors) + penalty) / (2 * n), [
        (slopes @ with_one(items[:, :-1]) + of_users) / n,
        (slopes.T @ with_one(users[:, :-1]) + of_items) / n,
    ]


def bpr_loss(
    users: Floats,
    items: Floats,
    triples: tuple[I32 | I64, I32 | I64, I32 | I64],
    offsets: Floats,
    regularisation: float,
) -> tuple[float, list[Floats]]:
    r"""Return the logistic loss of pairs in which i should score above j, and its gradients.

    .. math::

        L = \frac1n \sum_{(u,i,j)} \Bigl[ -\log \sigma(b_i - b_j + x_u^\top (y_i - y_j) - o_i + o_j)
        + \frac{\lambda}{2} (\lVert x_u \rVert^2 + \lVert y_i \rVert^2 + b_i^2
        + \lVert y_j \rVert^2 + b_j^2) \Bigr]

    Parameters
    ----------
    users, items
        :math:`x_u`, and :math:`(y_i, b_i)` with the bias last, as rows, shapes (n_users, d) and
        (n_items, d + 1).
    triples
        Codes of a user u, an item i that the user met and a negative j, each of shape (n,).
    offsets
        :math:`o_i`, shape (n_items,): the logarithm of the probability with which an item is drawn
        as a negative, or zeros for no correction.
    regularisation
        :math:`\lambda`.

    Returns
    -------
    loss, gradients
        A number, and the gradients of `users` and `items` in their shapes.

    References
    ----------
    Rendle, Freudenthaler, Gantner and Schmidt-Thieme (2009), "BPR: Bayesian personalized ranking
    from implicit feedback", UAI, section 4.3.1. https://arxiv.org/abs/1205.2618

    Examples
    --------
    >>> user, items = np.array([[1.0]]), np.array([[0.0, 0.0], [0.0, 0.0]])
    >>> triple = (np.array([0]), np.array([0]), np.array([1]))
    >>> loss, (of_user, of_items) = bpr_loss(user, items, triple, np.zeros(2), regularisation=0.0)
    >>> round(loss, 3)  # log 2: both items have the same score
    0.693
    >>> of_items
    array([[-0.5, -0.5],
           [ 0.5,  0.5]])
    """
    user, met, drawn = triples
    n, shape = len(user), (len(users), len(items))
    vectors, prior = items[:, :-1], items[:, -1] - offsets
    margins = dots(users, vectors, user, met) - dots(users, vectors, user, drawn)
    margins += prior[met] - prior[drawn]
    pull = (-0.5 * (1 - np.tanh(0.5 * margins))).astype(users.dtype)  # −σ(−margin)
    slopes = sparse.coo_array(
        (np.r_[pull, -pull], (np.r_[user, user], np.r_[met, drawn])), shape=shape
    ).tocsr()
    penalty, (of_users, of_items) = _penalty(users, items, user, np.r_[met, drawn], regularisation)
    return float(np.logaddexp(0, -margins).sum() + penalty / 2) / n, [
        (slopes @ vectors + of_users) / n,
        (slopes.T @ with_one(users) + of_items) / n,
    ]


def with_data(matrix: sparse.csr_array, data: Floats | I32) -> sparse.csr_array:
    """Return a matrix with the same pattern of entries, but other values."""
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def with_one(vectors: Vectors) -> Vectors:
    """Return vectors with a 1 at the end, by which the other side's bias is multiplied."""
    longer: Vectors = np.c_[vectors, np.ones_like(vectors[:, :1])]
    return longer


def _penalty(
    users: Floats, items: Floats, rows: I32 | I64, columns: I32 | I64, regularisation: float
) -> tuple[np.floating[Any] | float, list[Floats]]:
    """Return λ ‖x‖² summed over the vectors, and half its gradient for users and items.

    Each vector counts as often as its code occurs in `rows` or `columns`, so that the penalties of
    an epoch's batches add up to that of the whole log.
    """
    total: np.floating[Any] | float = 0.0
    halves: list[Floats] = []
    for vectors, codes in ((users, rows), (items, columns)):
        counts = np.bincount(codes, minlength=len(vectors))
        half = (regularisation * counts).astype(vectors.dtype)[:, None] * vectors
        total += np.vdot(half, vectors)
        halves.append(half)
    return total, halves
