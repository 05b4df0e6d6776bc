"""Learning from the last item of each window alone, as it is often written, and what it costs."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import I32, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.conv_lstm import ConvLSTM


class LastItemConvLSTM(ConvLSTM):
    """A `ConvLSTM` that learns what came after the last item of a window, of no other.

    As many windows are drawn an epoch as `ConvLSTM` cuts, each for one target.
    """

    def _windows(self, histories: Histories, rng: np.random.Generator) -> tuple[I32, I32, I64]:
        n = len(sequences.windows(histories, self.max_len, rng)[0])
        return windows_of_one(histories, self.max_len, n, rng)


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
        As in `sequences.windows`, but each window has one target, after its last item.

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
    ([[3, 0], [3, 1], [1, 2]], [[1, -1], [-1, 2], [-1, 1]])
    """
    if max_len < 1:
        raise ValueError(f"max_len must be at least 1, not {max_len}")
    first = np.repeat(histories.indptr[:-1], histories.lengths)
    with_past = np.flatnonzero(np.arange(len(first)) > first)
    if n > len(with_past):
        raise ValueError(f"n is {n}, but only {len(with_past)} items have one before them")
    drawn = rng.choice(with_past, n, replace=False)
    starts = np.maximum(first[drawn], drawn - max_len)
    lengths = drawn - starts
    inputs = sequences.filled(histories.items, starts, lengths, max_len)
    targets = np.full_like(inputs, sequences.NO_TARGET)
    targets[np.arange(n), lengths - 1] = histories.items[drawn]
    return inputs, targets, lengths
