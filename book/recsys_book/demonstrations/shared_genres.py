"""How alike the films of a set of windows are, by their genres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys_helpers import Catalogue
from recsys_helpers._types import F64


def shared_genres(catalogue: Catalogue, windows: NDArray[np.integer]) -> F64:
    """Return the share of genres that two films at one position of a set's windows have in common.

    Two films share as many genres as both have, divided by as many as either has. The mean is over
    all pairs of different films at the same position of two windows of a set.

    Parameters
    ----------
    catalogue
        Whose item table has a column "genres" with a list for each item.
    windows
        Item codes, shape (n_sets, n, length): n windows of `length` items in each set.

    Returns
    -------
    F64
        Shape (n_sets,), from 0 to 1; NaN for a set without two different films at one position.

    Examples
    --------
    >>> import polars as pl
    >>> genres = [["Drama"], ["Drama", "War"], ["Comedy"]]
    >>> catalogue = Catalogue(pl.DataFrame({"item": [1, 2, 3], "genres": genres}))
    >>> shared_genres(catalogue, np.array([[[0, 2], [1, 2]], [[0, 0], [2, 1]]]))  # 1/2; 0 and 1/2
    array([0.5 , 0.25])
    """
    listed = catalogue.items["genres"].to_list()
    names = sorted({name for genres in listed for name in genres})
    has_genre = np.array([[name in genres for name in names] for genres in listed])
    first, second = np.triu_indices(windows.shape[1], 1)
    a, b = windows[:, first], windows[:, second]  # (n_sets, n_pairs, length)
    both = (has_genre[a] & has_genre[b]).sum(axis=-1)
    either = (has_genre[a] | has_genre[b]).sum(axis=-1)
    shared = np.where(a != b, both / np.maximum(either, 1), 0.0)
    n_different = (a != b).sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        mean: F64 = shared.sum(axis=(1, 2)) / n_different
    return mean
