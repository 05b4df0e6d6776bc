"""Histories whose order says nothing any more, to see what a model makes of order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys_helpers.log.histories import Histories


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
