"""Histories as arrays of one shape, which is what networks read.

All arrays are padded on the right. A network in which a position sees only earlier ones then never
sees padding at a real position, so what stands in it does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from recsys_helpers._types import I32, I64
from recsys_helpers.log.histories import Histories


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
    if max_len < 1:
        raise ValueError(f"max_len must be at least 1, not {max_len}")
    lengths = np.minimum(histories.lengths, max_len)
    width = max(int(np.max(lengths, initial=0)), 1)
    starts = histories.indptr[1:] - lengths
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
        Item codes, shape (n_windows, max_len) each, padded on the right with 0; `targets[w, t]`
        came right after `inputs[w, t]`. How many are real, shape (n_windows,), at least 1.

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
    ([[3, 1], [2, 0]], [[1, 2], [1, 0]], [2, 1])
    """
    if max_len < 1:
        raise ValueError(f"max_len must be at least 1, not {max_len}")
    n_targets = np.maximum(histories.lengths - 1, 0)
    first = np.full(len(histories), max_len)
    if rng is not None:
        first = rng.integers(1, max_len + 1, len(histories))
    n_windows = np.where(n_targets > 0, 1 + -(-np.maximum(n_targets - first, 0) // max_len), 0)
    owner = np.repeat(np.arange(len(histories)), n_windows)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(n_windows) - n_windows, n_windows)
    begin = np.where(number == 0, 0, first[owner] + (number - 1) * max_len)
    end = np.minimum(first[owner] + number * max_len, n_targets[owner])
    starts, lengths = histories.indptr[owner] + begin, end - begin
    inputs = filled(histories.items, starts, lengths, max_len)
    return inputs, filled(histories.items, starts + 1, lengths, max_len), lengths


def windows_of_one(
    histories: Histories, max_len: int, n: int, rng: np.random.Generator
) -> tuple[I32, I32, I64]:
    """Draw items, and of each the window that ends right before it.

    Parameters
    ----------
    histories
        Histories of any length.
    max_len
        Most inputs of a window, at least 1.
    n
        How many items to draw, none twice: at most as many as have one before them.
    rng
        What they are drawn from.

    Returns
    -------
    inputs, targets, lengths
        As in `windows`, but of each window only the last target is one that was drawn.

    Raises
    ------
    ValueError
        If `max_len` is less than 1, or `n` is more than there are.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue
    >>> catalogue = Catalogue(pl.DataFrame({"item": [0, 1, 2, 3]}))
    >>> histories = Histories.from_lists(catalogue, [[3, 1, 2, 1]])
    >>> inputs, targets, _ = windows_of_one(histories, 2, n=3, rng=np.random.default_rng(1))
    >>> inputs.tolist(), targets.tolist()
    ([[3, 0], [3, 1], [1, 2]], [[1, 0], [1, 2], [2, 1]])
    """
    if max_len < 1:
        raise ValueError(f"max_len must be at least 1, not {max_len}")
    first = np.repeat(histories.indptr[:-1], histories.lengths)
    places = np.flatnonzero(np.arange(len(first)) > first)
    if n > len(places):
        raise ValueError(f"n is {n}, but only {len(places)} items have one before them")
    drawn = rng.choice(places, n, replace=False)
    starts = np.maximum(first[drawn], drawn - max_len)
    lengths = drawn - starts
    inputs = filled(histories.items, starts, lengths, max_len)
    return inputs, filled(histories.items, starts + 1, lengths, max_len), lengths


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
    owner = np.repeat(np.arange(len(histories)), histories.lengths)
    order = np.lexsort((rng.random(len(owner)), histories.times, owner))
    ratings = None if histories.ratings is None else histories.ratings[order]
    return replace(histories, items=histories.items[order], ratings=ratings)


def shuffled(
    histories: Histories,
    rng: np.random.Generator,
    keep_last: int = 0,
    window: int | None = None,
) -> Histories:
    """Return the same histories with their items in random order.

    Parameters
    ----------
    histories
        n histories. Ratings follow their items; times are left out, since they would run backwards.
    rng
        What the order is drawn from.
    keep_last
        How many items at the end of each history stay where they are, 0 or more.
    window
        If given, only the last `window` items change places, so that a model that reads no more of
        them sees the same items in another order.

    Returns
    -------
    Histories
        n histories with the same items, keys and `at`.

    Raises
    ------
    ValueError
        If `keep_last` is negative or `window` less than 1.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue
    >>> catalogue = Catalogue(pl.DataFrame({"item": range(6)}))
    >>> histories = Histories.from_lists(catalogue, [[0, 1, 2, 3, 4, 5], [5]])
    >>> shuffled(histories, np.random.default_rng(0), keep_last=2).to_lists()
    [[3, 2, 1, 0, 4, 5], [5]]
    """
    if keep_last < 0:
        raise ValueError(f"keep_last must be at least 0, not {keep_last}")
    if window is not None and window < 1:
        raise ValueError(f"window must be at least 1, not {window}")
    n = len(histories.items)
    owner = np.repeat(np.arange(len(histories)), histories.lengths)
    from_end = np.repeat(histories.indptr[1:], histories.lengths) - np.arange(n)  # 1 for the last
    kept, early = from_end <= keep_last, from_end > (n if window is None else window)
    place = np.where(kept | early, 1.0 - from_end, rng.random(n))
    place[kept] += n + 1  # after all that move, as early ones are before them
    order = np.lexsort((place, owner))
    return Histories(
        histories.catalogue,
        histories.indptr,
        histories.items[order],
        None,
        None if histories.ratings is None else histories.ratings[order],
        histories.at,
        histories.keys,
    )


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
    noise = np.zeros(len(lengths)) if rng is None else rng.random(len(lengths))
    widths = np.unique(-(-max_len * np.arange(1, 5) // 4))
    bucket = np.searchsorted(widths, lengths)
    order = np.lexsort((lengths if rng is None else noise, bucket))
    groups = []
    for which in np.unique(bucket):
        rows = order[bucket[order] == which]
        groups += [(rows[at : at + size], int(widths[which])) for at in range(0, len(rows), size)]
    for index in range(len(groups)) if rng is None else rng.permutation(len(groups)):
        yield groups[index]


def filled(items: I32, starts: I64, lengths: I64, width: int) -> I32:
    """Return slices of an array side by side, padded on the right with 0.

    Parameters
    ----------
    items
        The array, shape (nnz,).
    starts, lengths
        Where each slice starts and how long it is, shape (n,).
    width
        The longest length, or more.

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
    places = starts[:, None] + np.arange(width)
    real = np.arange(width) < lengths[:, None]
    if len(items) == 0:
        return np.zeros(places.shape, np.int32)
    return np.where(real, items[np.minimum(places, len(items) - 1)], 0).astype(np.int32)
