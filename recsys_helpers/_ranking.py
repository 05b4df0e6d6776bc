"""From scores to ranked lists and to ranks, equal scores in the order of the items' id hashes."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import F32, I32, I64

CELLS = 1 << 24
"""Scores held at once: 64 MiB of float32."""


def chunks(n: int, n_items: int) -> list[slice]:
    """Cut n histories into slices whose scores fit into `CELLS`."""
    step = max(1, CELLS // max(n_items, 1))
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]


def top_k(scores: F32, k: int, tie_rank: I32) -> tuple[I32, F32]:
    """Return the k best columns of each row and their scores, best first.

    Parameters
    ----------
    scores
        Shape (n, m), without NaN; −inf for what cannot be ranked.
    tie_rank
        Which of two equal scores comes first: the one with the lower number, shape (m,).

    Returns
    -------
    columns, scores
        Shapes (n, k); where fewer than k columns can be ranked, −1 and −inf.

    Examples
    --------
    >>> scores = np.array([[1, 3, 3, -np.inf]], np.float32)
    >>> top_k(scores, 4, np.array([0, 3, 1, 2], np.int32))
    (array([[ 2,  1,  0, -1]], dtype=int32), array([[  3.,   3.,   1., -inf]], dtype=float32))
    """
    n, m = scores.shape
    found = min(k, m)
    columns = np.full((n, k), -1, np.int32)
    best = np.full((n, k), -np.inf, np.float32)
    if found == 0 or n == 0:
        return columns, best
    chosen = _best(scores, found, tie_rank)
    values = np.take_along_axis(scores, chosen, axis=1)
    order = np.lexsort((tie_rank[chosen], -values), axis=1)
    columns[:, :found] = np.take_along_axis(chosen, order, axis=1)
    best[:, :found] = np.take_along_axis(values, order, axis=1)
    columns[best == -np.inf] = -1
    return columns, best


def _best(scores: F32, k: int, tie_rank: I32) -> I64:
    """Return the k best columns of each row in any order."""
    m = scores.shape[1]
    if k == m:
        return np.broadcast_to(np.arange(m), scores.shape)
    chosen = np.argpartition(scores, m - k, axis=1)[:, m - k :]
    values = np.take_along_axis(scores, chosen, axis=1)
    least = values.min(axis=1, keepdims=True)
    inside = (values == least).sum(axis=1)
    tied = np.flatnonzero((scores == least).sum(axis=1) > inside)
    if len(tied):
        rows, level = scores[tied], least[tied]
        key = np.where(rows > level, -1, np.where(rows == level, tie_rank, m))
        chosen[tied] = np.argpartition(key, k - 1, axis=1)[:, :k]
    return chosen


def ranks(scores: F32, rows: I64, targets: I32, tie_rank: I32) -> I32:
    """Return how many columns stand before each target, −1 where the target cannot be ranked.

    Parameters
    ----------
    scores
        Shape (n, m).
    rows, targets
        Row and column of each target, shape (n_targets,).
    tie_rank
        Which of two equal scores comes first, shape (m,).

    Examples
    --------
    >>> scores = np.array([[1, 3, 3, -np.inf]], np.float32)
    >>> ranks(scores, np.zeros(3, int), np.array([0, 1, 3]), np.array([0, 3, 1, 2], np.int32))
    array([ 2,  1, -1], dtype=int32)
    """
    result = np.empty(len(targets), np.int32)
    step = max(1, CELLS // (4 * max(scores.shape[1], 1)))
    for start in range(0, len(targets), step):
        part = slice(start, start + step)
        row, target = scores[rows[part]], targets[part]
        value = row[np.arange(len(target)), target][:, None]
        before = (row > value).sum(axis=1)
        before += ((row == value) & (tie_rank < tie_rank[target][:, None])).sum(axis=1)
        result[part] = np.where(value[:, 0] == -np.inf, -1, before)
    return result
