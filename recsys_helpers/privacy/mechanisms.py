"""Sums over people that no single person can change by much, with noise that hides the rest."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F64
from recsys_helpers.log import Interactions

Rows = TypeVar("Rows", NDArray[Any], sparse.csr_array)


def without_person(log: Interactions, user: int | str) -> Interactions:
    """Return the neighbour of a log: the same log without any row of one person.

    Differential privacy with a person as its unit compares these two. Users, catalogue and codes
    stay the same.

    Parameters
    ----------
    log
        The log.
    user
        The caller's id of the person.

    Returns
    -------
    Interactions
        All rows of the others, in their order.

    Raises
    ------
    ValueError
        If the log does not know the user.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": ["Ada", "Ada", "Bo"], "item": [1, 2, 2]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> without_person(log, "Ada").to_frame().rows()
    [('Bo', 2)]
    """
    _arguments.instance("log", log, Interactions, "Interactions")
    if not (_arguments.is_whole(user) or isinstance(user, str)):
        raise TypeError(f"user must be the id of one user, not {user!r}")
    return log.take(log.users != log.user_codes(cast("list[int] | list[str]", [user])))


def clip_rows(rows: Rows, max_norm: float) -> Rows:
    r"""Return each person's row, scaled down to a norm that nobody exceeds.

    .. math:: \tilde x_u = x_u \min\bigl( 1, C / \lVert x_u \rVert \bigr)

    Parameters
    ----------
    rows
        :math:`x_u`, what each person contributes, shape (n, d); an array or a sparse one.
    max_norm
        C, positive. Shorter rows stay as they are.

    Returns
    -------
    NDArray or scipy.sparse.csr_array
        Of the kind and shape of `rows`.

    Raises
    ------
    ValueError, TypeError
        If `rows` is no matrix of finite numbers, or `max_norm` is not positive.

    References
    ----------
    Abadi, Chu, Goodfellow, McMahan, Mironov, Talwar and Zhang (2016), "Deep learning with
    differential privacy", CCS, algorithm 1. https://arxiv.org/abs/1607.00133

    Examples
    --------
    >>> clip_rows(np.array([[3.0, 4.0], [0.0, 0.5]]), max_norm=1.0)
    array([[0.6, 0.8],
           [0. , 0.5]])
    """
    _arguments.positive("max_norm", max_norm)
    _check_matrix(rows)
    squares: Any = rows.astype(np.float64) ** 2
    norms = np.sqrt(squares.sum(axis=1))  # (n,)
    scale = max_norm / np.maximum(norms, max_norm)
    return cast("Rows", sparse.diags_array(scale) @ rows)


def private_sum(rows: Rows, max_norm: float, noise_multiplier: float, seed: int = 0) -> F64:
    r"""Return the sum of people's rows, clipped and with normal noise.

    .. math:: \sum_u \tilde x_u + \mathcal N(0, z^2 C^2 I)

    A person who comes or goes changes the sum by at most C, so `gaussian_epsilon` of z is its ε,
    for a person with all that the row holds.

    Parameters
    ----------
    rows, max_norm
        As in `clip_rows`: one row for each person.
    noise_multiplier
        z, 0 or more: the noise in units of C. Without noise nobody is protected.
    seed
        Of the noise. Whoever knows it can subtract the noise: it must stay secret.

    Returns
    -------
    F64
        Shape (d,).

    Raises
    ------
    ValueError, TypeError
        As in `clip_rows`, or if another argument is out of range.

    References
    ----------
    As in `clip_rows`; with counts as rows it is the mechanism of Dwork and Roth (2014), "The
    algorithmic foundations of differential privacy", section 3.5.1.
    https://doi.org/10.1561/0400000042

    Examples
    --------
    >>> private_sum(np.array([[3.0, 4.0], [0.0, 0.5]]), max_norm=1.0, noise_multiplier=0.0)
    array([0.6, 1.3])
    """
    _arguments.not_negative("noise_multiplier", noise_multiplier)
    _arguments.seed(seed)
    clipped: Any = clip_rows(rows, max_norm)
    total: F64 = clipped.sum(axis=0)  # (d,)
    noise = np.random.default_rng(seed).standard_normal(total.shape)
    return total + noise_multiplier * max_norm * noise


def private_gram(rows: Rows, max_norm: float, noise_multiplier: float, seed: int = 0) -> F64:
    r"""Return the products of all pairs of columns, with people clipped and normal noise.

    .. math:: \sum_u \tilde x_u \tilde x_u^\top + E, \qquad
        E_{ij} = E_{ji} \sim \mathcal N(0, z^2 C^4)

    A person who comes or goes changes the upper triangle by at most :math:`C^2`, and the lower one
    repeats it, so `gaussian_epsilon` of z is its ε, for a person with all that the row holds.

    Parameters
    ----------
    rows, max_norm, seed
        As in `private_sum`.
    noise_multiplier
        z, 0 or more: the noise in units of :math:`C^2`. Without noise nobody is protected.

    Returns
    -------
    F64
        Symmetric, shape (d, d). With noise, it may have negative eigenvalues.

    Raises
    ------
    ValueError, TypeError
        As in `private_sum`.

    References
    ----------
    Dwork, Talwar, Thakurta and Zhang (2014), "Analyze Gauss: optimal bounds for privacy-preserving
    principal component analysis", STOC, algorithm 1. https://doi.org/10.1145/2591796.2591883

    Examples
    --------
    >>> private_gram(np.array([[3.0, 4.0], [0.0, 0.5]]), max_norm=1.0, noise_multiplier=0.0)
    array([[0.36, 0.48],
           [0.48, 0.89]])
    """
    _arguments.not_negative("noise_multiplier", noise_multiplier)
    _arguments.seed(seed)
    clipped: Any = sparse.csr_array(clip_rows(rows, max_norm))
    gram: F64 = (clipped.T @ clipped).toarray()  # (d, d)
    noise = np.random.default_rng(seed).standard_normal(gram.shape)
    noise *= noise_multiplier * max_norm**2
    gram += np.triu(noise)
    gram += np.triu(noise, 1).T
    return gram


def _check_matrix(rows: Rows) -> None:
    """Raise unless the rows are a matrix of finite numbers."""
    _arguments.instance("rows", rows, (np.ndarray, sparse.csr_array), "an array or a csr_array")
    if rows.ndim != 2 or rows.dtype.kind not in "iuf":
        raise ValueError(
            f"rows must be numbers of shape (n, d), not {rows.dtype} of shape {rows.shape}"
        )
    _arguments.check_finite(rows.data if isinstance(rows, sparse.csr_array) else rows, "rows")
