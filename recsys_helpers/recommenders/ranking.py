"""From scores to ranked lists and ranks; equal scores are ordered by a hash of the items' ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isqrt

import numpy as np

from recsys_helpers._types import F32, F64, I32, I64, Bool
from recsys_helpers.log import Histories, Queries

CELLS = 1 << 22
"""The most scores held in memory at once: 16 MiB of float32."""


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
    items = np.full((n, k), -1, np.int32)
    best = np.full((n, k), -np.inf, np.float32)
    found = np.flatnonzero(_within_reach(scores, min(k, m), tie_rank))
    rows, columns = np.divmod(found, max(m, 1))
    values = scores.ravel()[found]
    order = np.lexsort((tie_rank[columns], -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    first = np.searchsorted(rows, np.arange(n))
    place = np.arange(len(rows)) - first[rows]
    listed = place < k
    items[rows[listed], place[listed]] = columns[listed]
    best[rows[listed], place[listed]] = values[listed]
    return items, best


def _within_reach(scores: F32, k: int, tie_rank: I32) -> Bool:
    """Return which columns may be among the k best of their row, shape (n, m).

    Few columns have scores above a row's floor, but most of a catalogue may have exactly this
    score, for instance where nothing is known about most items. Then the k that come first by
    `tie_rank` are enough.
    """
    n, m = scores.shape
    floor = _floor(scores, k)
    reached: Bool = scores >= floor
    if np.count_nonzero(reached) > 2 * k * n:
        by_tie = np.argsort(tie_rank)
        for row in np.flatnonzero(reached.sum(axis=1) > 2 * _n_groups(m, k)).tolist():
            tied = by_tie[scores[row, by_tie] == floor[row]]
            reached[row, tied[k:]] = False
    return reached


def _n_groups(m: int, k: int) -> int:
    """Return into how many groups to divide m columns, with few groups and few columns in each."""
    return max(k, isqrt(k * m))


def _floor(scores: F32, k: int) -> F32:
    """Return a lower bound on the k best scores of each row, shape (n, 1).

    Columns are divided into groups. The k-th highest of the groups' maxima is such a bound, because
    k columns reach it.
    """
    n, m = scores.shape
    if k == 0:
        return np.full((n, 1), np.inf, np.float32)
    n_groups = _n_groups(m, k)
    tops = scores[:, :n_groups].copy()
    for start in range(n_groups, m, n_groups):
        stripe = scores[:, start : start + n_groups]
        some = tops[:, : stripe.shape[1]]
        np.maximum(some, stripe, out=some)
    floor = np.partition(tops, n_groups - k, axis=1)[:, n_groups - k, None]
    return np.maximum(floor, np.finfo(np.float32).min)


def ranks(scores: F32, rows: I64, targets: I32, tie_rank: I32) -> I32:
    """Return how many columns rank before each target, −1 if the target cannot be ranked.

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
    for part in chunks(len(targets), 4 * scores.shape[1]):
        row, target = scores[rows[part]], targets[part]
        value = row[np.arange(len(target)), target][:, None]
        before = (row > value).sum(axis=1)
        before += ((row == value) & (tie_rank < tie_rank[target][:, None])).sum(axis=1)
        result[part] = np.where(value[:, 0] == -np.inf, -1, before)
    return result


def without_seen(scores: F32, histories: Histories) -> F32:
    """Return the scores with −inf at every item of the history.

    Parameters
    ----------
    scores
        Shape (n, n_items); changed in place if it is writeable.
    histories
        n histories.

    Returns
    -------
    F32
        Shape (n, n_items).
    """
    scores = scores if scores.flags.writeable else scores.copy()
    scores[histories.owners, histories.items] = -np.inf
    return scores


def scores_by_chunk(
    score: Callable[[Histories], F32], histories: Histories, exclude_seen: bool = True
) -> Iterator[tuple[slice, F32]]:
    """Yield the scores of histories in chunks, so that memory does not grow with their number.

    Parameters
    ----------
    score
        Returns the scores of histories, as `Recommender.score` does.
    histories
        n histories.
    exclude_seen
        Whether the items of a history get −inf.

    Yields
    ------
    rows, scores
        The slice of histories in the chunk, and their scores, shape (n_rows, n_items).
    """
    for part in chunks(len(histories), histories.catalogue.n_items):
        chunk = histories[part]
        scores = score(chunk)
        yield part, without_seen(scores, chunk) if exclude_seen else scores


def target_ranks(scores: F32, queries: Queries, part: slice) -> tuple[slice, I32]:
    """Return which targets belong to some queries, and how many items rank before each.

    Parameters
    ----------
    scores
        Scores of the queries in `part`, see `scores_by_chunk`.
    queries, part
        All queries, and the slice of them that is ranked.
    """
    first, last = queries.target_indptr[[part.start, part.stop]].tolist()
    rows, targets = queries.rows[first:last] - part.start, queries.targets[first:last]
    return slice(first, last), ranks(scores, rows, targets, queries.catalogue.tie_rank)


def discounts(k: int) -> F64:
    """Return the weight of a hit at each rank r from 1 to k, 1 / log2(r + 1), shape (k,)."""
    return np.asarray(1 / np.log2(np.arange(2, k + 2)))


def ideal_dcg(n_relevant: I64, k: int) -> F64:
    """Return the discounted gain of lists of k with all relevant items on top, shape (n,)."""
    return np.asarray(np.cumsum(discounts(k))[np.minimum(n_relevant, k) - 1])


def ndcg(score: Callable[[Histories], F32], queries: Queries, k: int = 10) -> float:
    """Return the NDCG@k averaged over queries, with all items ranked but those of the history.

    It is the average of `evaluation.metrics.ndcg`, which has the formula.
    """
    gains, ideal = discounts(k), ideal_dcg(queries.n_relevant, k)[queries.rows]
    total = 0.0
    for part, scores in scores_by_chunk(score, queries.histories):
        targets, places = target_ranks(scores, queries, part)
        listed = (places >= 0) & (places < k)
        total += float((gains[places[listed]] / ideal[targets][listed]).sum())
    return total / len(queries)
