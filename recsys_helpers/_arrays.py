"""Checks that every room makes on the arrays it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from scipy import sparse

from recsys_helpers._types import I32


def frozen(
    values: ArrayLike, dtype: DTypeLike, name: str, length: int | None = None
) -> NDArray[Any]:
    """Return a read-only one-dimensional view of `values`, copied only if the type must change."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not shape {array.shape}")
    if array.size and not np.can_cast(array.dtype, dtype, "same_kind"):
        raise TypeError(f"{name} must hold {np.dtype(dtype)} values, not {array.dtype}")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length:,} values, but has {len(array):,}")
    view = array.astype(dtype, copy=False).view()
    view.flags.writeable = False
    return view


def codes_of_pairs(
    users: ArrayLike, items: ArrayLike, n_users: int, n_items: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return codes of users, −1 for an unknown one, and as many of items, checked."""
    user = frozen(users, np.int64, "users")
    item = frozen(items, np.int64, "items", len(user))
    check_codes(user + 1, n_users + 1, "users + 1", "log")
    check_codes(item, n_items, "items", "catalogue")
    return user, item


def rows_of(matrix: sparse.csr_array) -> I32:
    """Return the row of each entry."""
    rows: I32 = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
    return rows


def check_codes(codes: NDArray[Any], size: int, name: str, of: str) -> None:
    """Raise unless every code lies in 0 … size − 1."""
    if codes.size and (int(codes.min()) < 0 or int(codes.max()) >= size):
        position = int(np.flatnonzero((codes < 0) | (codes >= size))[0])
        raise ValueError(
            f"{name}[{position}] is {int(codes[position])}, but the {of} has codes 0 to {size - 1}"
        )
