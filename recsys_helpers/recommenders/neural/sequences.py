"""Histories as arrays of one shape, which is what networks read.

All arrays are padded on the right. A network in which a position sees only earlier ones then never
sees padding at a real position, so what stands in it does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import I32, I64
from recsys_helpers.log._ragged import picked, ragged_rows, starts_of
from recsys_helpers.log.histories import Histories

Scalar = TypeVar("Scalar", bound=np.generic)

LastWindow: TypeAlias = tuple[I32, I64, *tuple[I64, ...]]
"""Items, lengths and times, as `last_window` returns them."""

Windows: TypeAlias = tuple[I32, I32, I64, *tuple[I64, ...]]
"""Inputs, targets, lengths and times, as `windows` returns them."""

NO_TARGET = -1
"""Where nothing is to be predicted."""


@overload
def last_window(histories: Histories, max_len: int) -> tuple[I32, I64]: ...
@overload
def last_window(histories: Histories, max_len: int, n_times: int) -> LastWindow: ...
def last_window(histories: Histories, max_len: int, n_times: int = 0) -> LastWindow:
    """Return the last items of each history as one array.

    Parameters
    ----------
    histories
        n histories.
    max_len
        Most items to keep of each, at least 1.
    n_times
        How many arrays of times to return as well: 1 for when each item was met; 2 also for when
        the next one was, or for the last one the time of asking.

    Returns
    -------
    items, lengths
        Item codes, shape (n, width), oldest first and padded on the right with 0, and how many of
        them are real, shape (n,). The width is that of the longest, at least 1.
    *times
        As many arrays of times, shape (n, width) each, padded with 0.

    Raises
    ------
    ValueError
        If `max_len` is less than 1.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue
    >>> catalogue = Catalogue(pl.DataFrame({"item": [0, 1, 2, 3]}))
    >>> last_window(Histories.from_lists(catalogue, [[1, 2, 3], [2], []]), max_len=2)
    (array([[2, 3],
           [2, 0],
           [0, 0]], dtype=int32), array([2, 1, 0]))
    """
    _arguments.whole("max_len", max_len, 1)
    starts = np.maximum(histories.indptr[:-1], histories.indptr[1:] - max_len)
    lengths = histories.indptr[1:] - starts
    width = max(int(np.max(lengths, initial=0)), 1)
    items = filled(histories.items, starts, lengths, width)
    times = (filled(each, starts, lengths, width) for each in _times(histories, n_times))
    return items, lengths, *times


def prefixes(histories: Histories, max_len: int) -> Histories:
    """Return, for each item, the history that ends with it, asked when the next item was met.

    Parameters
    ----------
    histories
        Histories with nnz items.
    max_len
        Most items to keep of each, at least 1.

    Returns
    -------
    Histories
        nnz histories, without keys; the last one of a history is asked when that one is.

    Raises
    ------
    ValueError
        If `max_len` is less than 1.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue
    >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
    >>> prefixes(Histories.from_lists(catalogue, [["a", "b", "c"], ["b"]]), max_len=2).to_lists()
    [['a'], ['a', 'b'], ['b', 'c'], ['b']]
    """
    _arguments.whole("max_len", max_len, 1)
    ends = np.arange(1, len(histories.items) + 1)
    starts = np.maximum(np.repeat(histories.indptr[:-1], histories.lengths), ends - max_len)
    lengths = ends - starts
    rows = ragged_rows(starts, lengths)
    return Histories(
        histories.catalogue,
        starts_of(lengths),
        histories.items[rows],
        picked(histories.times, rows),
        picked(histories.ratings, rows),
        None if histories.at is None or histories.times is None else _next_times(histories),
        time_unit=histories.time_unit,
    )


def _times(histories: Histories, n: int) -> list[I64]:
    """Return when each item was met, and when the next one was: the first n of these two."""
    if n == 0:
        return []
    assert histories.times is not None
    return [histories.times, _next_times(histories)][:n]


def _next_times(histories: Histories) -> I64:
    """Return when the item after each was met; after the last one it is `at`, or 0 if unknown."""
    assert histories.times is not None
    times = np.append(histories.times[1:], 0)[: len(histories.items)]
    asked = np.zeros(len(histories), np.int64) if histories.at is None else histories.at
    some = histories.lengths > 0
    times[histories.indptr[1:][some] - 1] = asked[some]
    return times


@overload
def windows(
    histories: Histories, max_len: int, rng: np.random.Generator | None = None
) -> tuple[I32, I32, I64]: ...
@overload
def windows(
    histories: Histories, max_len: int, rng: np.random.Generator | None, n_times: int
) -> Windows: ...
def windows(
    histories: Histories,
    max_len: int,
    rng: np.random.Generator | None = None,
    n_times: int = 0,
) -> Windows:
    """Cut whole histories into windows in which each item but the first is a target once.

    Parameters
    ----------
    histories
        n histories, of any length.
    max_len
        Most inputs of a window, at least 1.
    rng
        Where the cuts fall is drawn from it, so that each epoch cuts elsewhere. If None, the first
        window of a history is full.
    n_times
        How many arrays of times to return as well: 1 for those of the inputs, 2 also for those of
        the targets.

    Returns
    -------
    inputs, targets, lengths
        Item codes, shape (n_windows, max_len) each; `targets[w, t]` came right after
        `inputs[w, t]`. They are padded on the right, inputs with 0, targets with −1, which is no
        target. How many are real, shape (n_windows,), at least 1.
    *times
        As many arrays of times, shape (n_windows, max_len) each, padded with 0.

    Raises
    ------
    ValueError
        If `max_len` is less than 1.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue
    >>> catalogue = Catalogue(pl.DataFrame({"item": [0, 1, 2, 3]}))
    >>> inputs, targets, lengths = windows(Histories.from_lists(catalogue, [[3, 1, 2, 1]]), 2)
    >>> inputs.tolist(), targets.tolist(), lengths.tolist()
    ([[3, 1], [2, 0]], [[1, 2], [1, -1]], [2, 1])
    """
    _arguments.whole("max_len", max_len, 1)
    n_targets = np.maximum(histories.lengths - 1, 0)
    # The first window of a history ends after `first` targets, all others are full except the
    # last. With a random `first` an item does not see the same past in every epoch.
    first = np.full(len(histories), max_len)
    if rng is not None:
        first = rng.integers(1, max_len + 1, len(histories))
    n_full = -(-np.maximum(n_targets - first, 0) // max_len)  # after the first, rounded up
    n_windows = np.where(n_targets > 0, 1 + n_full, 0)
    owner = np.repeat(np.arange(len(histories)), n_windows)  # the history of each window …
    number = np.arange(len(owner)) - np.repeat(np.cumsum(n_windows) - n_windows, n_windows)
    # … and its number in it, from 0. A window's targets are those from `begin` to `end`.
    begin = np.where(number == 0, 0, first[owner] + (number - 1) * max_len)
    end = np.minimum(first[owner] + number * max_len, n_targets[owner])
    starts, lengths = histories.indptr[owner] + begin, end - begin
    inputs = filled(histories.items, starts, lengths, max_len)
    targets = filled(histories.items, starts + 1, lengths, max_len, padding=NO_TARGET)
    times = (filled(each, starts, lengths, max_len) for each in _times(histories, n_times))
    return inputs, targets, lengths, *times


def redrawn_ties(histories: Histories, rng: np.random.Generator) -> Histories:
    """Return the same histories, items of equal time in a new random order.

    Parameters
    ----------
    histories
        n histories. Ratings follow their items; without times nothing changes.
    rng
        What the order is drawn from.

    Returns
    -------
    Histories
        n histories with the same times, keys and `at`.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions
    >>> rated = {"user": [1, 1, 1], "item": ["a", "b", "c"], "timestamp": [5, 9, 9]}
    >>> histories = Interactions.from_frame(pl.DataFrame(rated)).histories()
    >>> drawn = [redrawn_ties(histories, np.random.default_rng(seed)) for seed in range(4)]
    >>> sorted({"".join(each.to_lists()[0]) for each in drawn})
    ['abc', 'acb']
    """
    if histories.times is None:
        return histories
    order = np.lexsort((rng.random(len(histories.items)), histories.times, histories.owners))
    ratings = None if histories.ratings is None else histories.ratings[order]
    return replace(histories, items=histories.items[order], ratings=ratings)


def batches(
    lengths: I64, size: int, max_len: int, rng: np.random.Generator | None = None
) -> Iterator[tuple[I64, int]]:
    """Group sequences of similar length, so that little is spent on padding.

    Parameters
    ----------
    lengths
        Real items of each sequence, shape (n,), at most `max_len`.
    size
        Sequences in a batch, at least 1.
    max_len
        The largest width.
    rng
        Shuffles which sequences meet and the order of the batches; None keeps them in order.

    Yields
    ------
    rows, width
        Which sequences, shape (m,) with m ≤ size, and how wide their batch has to be: one of a few
        widths (a quarter, half, three quarters or all of `max_len`), so that few shapes occur.

    Examples
    --------
    >>> [(rows.tolist(), width) for rows, width in batches(np.array([3, 8, 1, 7]), 2, max_len=8)]
    [([2], 2), ([0], 4), ([3, 1], 8)]
    """
    widths = np.unique(-(-max_len * np.arange(1, 5) // 4))  # quarters, rounded up
    bucket = np.searchsorted(widths, lengths)
    within = lengths if rng is None else rng.random(len(lengths))
    order = np.lexsort((within, bucket))
    groups = []
    for number in np.unique(bucket):
        rows = order[bucket[order] == number]
        width = int(widths[number])
        groups += [(rows[start : start + size], width) for start in range(0, len(rows), size)]
    for index in range(len(groups)) if rng is None else rng.permutation(len(groups)):
        yield groups[index]


def filled(
    items: NDArray[Scalar], starts: I64, lengths: I64, width: int, padding: int = 0
) -> NDArray[Scalar]:
    """Return slices of an array, one below the other, padded on the right.

    Parameters
    ----------
    items
        The array, shape (nnz,).
    starts, lengths
        Where each slice starts and how long it is, shape (n,).
    width
        The longest length, or more.
    padding
        What stands behind a slice.

    Returns
    -------
    array
        Shape (n, width), of the same type.

    Examples
    --------
    >>> filled(np.array([7, 8, 9], np.int32), np.array([1, 0]), np.array([2, 1]), 2)
    array([[8, 9],
           [7, 0]], dtype=int32)
    """
    positions = starts[:, None] + np.arange(width)
    real = np.arange(width) < lengths[:, None]
    if len(items) == 0:
        return np.full(positions.shape, padding, items.dtype)
    inside = np.minimum(positions, len(items) - 1)  # padding must not reach beyond the array
    return np.where(real, items[inside], padding).astype(items.dtype)
