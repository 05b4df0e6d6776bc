"""Arithmetic of ragged arrays: many sequences of different length in one array."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from recsys_helpers._types import I64, Bool

Scalar = TypeVar("Scalar", bound=np.generic)


def starts_of(lengths: I64) -> I64:
    """Return where each sequence starts, and where the last one ends, shape (n + 1,).

    Examples
    --------
    >>> starts_of(np.array([2, 0, 1]))
    array([0, 2, 2, 3])
    """
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def ragged_rows(starts: I64, lengths: I64) -> I64:
    """Return the positions of many slices of an array, one slice after the other.

    Parameters
    ----------
    starts
        Where each slice starts, shape (n,); slices may overlap and repeat.
    lengths
        How long each is, shape (n,), 0 or more.

    Examples
    --------
    >>> ragged_rows(np.array([5, 0]), np.array([3, 2]))
    array([5, 6, 7, 0, 1])
    """
    # Position t of the result is t − (its slice's start in the result) + (its start in the array).
    indptr = starts_of(lengths)
    return np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], lengths)


def picked(array: NDArray[Scalar] | None, rows: I64 | Bool | slice) -> NDArray[Scalar] | None:
    """Return some rows of an array that may be absent."""
    return None if array is None else array[rows]
