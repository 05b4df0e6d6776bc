"""Histories as arrays of one shape, which is what networks read.

All arrays are padded on the right. A network in which a position sees only earlier ones then never
sees padding at a real position, so what stands in it does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import I32, I64
from recsys_helpers.log.histories import Histories

NO_TARGET = -1
"""Where nothing is to be predicted."""


def last_window(histories: Histories, max_len: int) -> tuple[I32, I64]:
    """Return the last items of each history as one array.

    Parameters
    ----------
    histories
        n histories.
    max_len
        Most items to keep of each, at least 1.

    Returns
    -------
    items, lengths
        Item codes, shape (n, width), oldest first and padded on the right with 0, and how many of
        them are real, shape (n,). The width is that of the longest, at least 1.

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
    return _window_up_to(histories, histories.indptr[:-1], histories.indptr[1:], max_len)


def window_up_to_each(histories: Histories, max_len: int) -> tuple[I32, I64]:
    """Return, for each item of each history, the window that ends with it.

    Parameters
    ----------
    histories
        Histories with nnz items.
    max_len
        Most items of a window, at least 1.

    Returns
    -------
    items, lengths
        As in `last_window`, a row for each of the nnz items.
    """
    first = np.repeat(histories.indptr[:-1], histories.lengths)
    return _window_up_to(histories, first, np.arange(1, len(first) + 1), max_len)


def _window_up_to(histories: Histories, first: I64, end: I64, max_len: int) -> tuple[I32, I64]:
    """Return the last `max_len` items of slices of the histories' items."""
    _arguments.whole("max_len", max_len, 1)
    starts = np.maximum(first, end - max_len)
    lengths = end - starts
    width = max(int(np.max(lengths, initial=0)), 1)
    return filled(histories.items, starts, lengths, width), lengths


def windows(
    histories: Histories, max_len: int, rng: np.random.Generator | None = None
) -> tuple[I32, I32, I64]:
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

    Returns
    -------
    inputs, targets, lengths
        Item codes, shape (n_windows, max_len) each; `targets[w, t]` came right after
        `inputs[w, t]`. They are padded on the right, inputs with 0, targets with −1, which is no
        target. How many are real, shape (n_windows,), at least 1.

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
    return inputs, targets, lengths


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


def filled(items: I32, starts: I64, lengths: I64, width: int, padding: int = 0) -> I32:
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
    I32
        Shape (n, width).

    Examples
    --------
    >>> filled(np.array([7, 8, 9], np.int32), np.array([1, 0]), np.array([2, 1]), 2)
    array([[8, 9],
           [7, 0]], dtype=int32)
    """
    positions = starts[:, None] + np.arange(width)
    real = np.arange(width) < lengths[:, None]
    if len(items) == 0:
        return np.full(positions.shape, padding, np.int32)
    inside = np.minimum(positions, len(items) - 1)  # padding must not reach beyond the array
    return np.where(real, items[inside], padding).astype(np.int32)
