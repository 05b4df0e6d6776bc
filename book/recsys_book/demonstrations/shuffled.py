"""Histories whose order says nothing any more, to see what a model makes of order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recsys_helpers import LSTM4Rec
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural.sequences import Windows


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
    from_end = np.repeat(histories.indptr[1:], histories.lengths) - np.arange(n)  # 1 for the last
    late, early = from_end <= keep_last, from_end > (n if window is None else window)
    # Items that stay are sorted by their position: below 0 if early, above n if late. Those that
    # move are sorted by a random number between 0 and 1.
    position = np.where(late | early, 1.0 - from_end, rng.random(n))
    position[late] += n + 1
    order = np.lexsort((position, histories.owners))
    ratings = None if histories.ratings is None else histories.ratings[order]
    return replace(histories, items=histories.items[order], times=None, ratings=ratings)


def shuffled_windows(windows: Windows, rng: np.random.Generator) -> Windows:
    """Return windows to train from with their items in random order.

    A window holds its inputs and the last target; at each position the next item in the new order
    is the target.

    Parameters
    ----------
    windows
        Inputs, targets and lengths as `sequences.windows` returns them.
    rng
        What the order is drawn from.

    Returns
    -------
    tuple of array
        Inputs, targets and lengths of the same shapes.

    Examples
    --------
    >>> codes = np.array([[1, 2, 3, 0]]), np.array([[2, 3, 4, -1]]), np.array([3])
    >>> inputs, targets, lengths = shuffled_windows(codes, np.random.default_rng(1))
    >>> inputs.tolist(), targets.tolist(), lengths.tolist()
    ([[3, 1, 4, 0]], [[1, 4, 2, -1]], [3])
    """
    inputs, targets, lengths = windows[:3]
    items = np.column_stack([inputs[:, 0], targets])  # (n, max_len + 1), padded with -1
    order = np.where(items == -1, 2.0, rng.random(items.shape)).argsort(axis=1)
    items = np.take_along_axis(items, order, axis=1)
    return np.where(targets == -1, 0, items[:, :-1]), items[:, 1:], lengths


@dataclass(eq=False, kw_only=True)
class OrderlessLSTM4Rec(LSTM4Rec):
    """LSTM4Rec trained on windows whose items stand in random order, drawn anew in each epoch."""

    def _windows(self, histories: Histories, rng: np.random.Generator) -> Windows:
        return shuffled_windows(super()._windows(histories, rng), rng)
