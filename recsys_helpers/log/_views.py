"""Other views of a log: a sparse matrix, and the tags of each item."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32

Values: TypeAlias = Literal["count", "binary", "rating"]


def needs(values: Values) -> frozenset[str]:
    """Return what a history needs for a matrix of these values; raise if there is no such kind."""
    _arguments.choice("values", values, Values)
    return frozenset({"ratings"} if values == "rating" else ())


def matrix(
    users: I32, items: I32, ratings: F32 | None, shape: tuple[int, int], values: Values
) -> sparse.csr_array[np.float32]:
    """Return a matrix with a row for each user, a column for each item: `Interactions.matrix`."""
    if needs(values) and ratings is None:
        raise ValueError("values='rating' needs ratings, and this log has none; name their column")
    data = np.ones(len(items), np.float64)
    table = _summed(data, users, items, shape)
    if values == "binary":
        table.data[:] = 1
    elif ratings is not None and values == "rating":
        counts = table.data
        table = _summed(ratings.astype(np.float64), users, items, shape)
        table.data /= counts
    return table.astype(np.float32)


def _summed(data: F64, rows: I32, columns: I32, shape: tuple[int, int]) -> sparse.csr_array:
    """Return a sparse matrix in which entries with the same indices are summed, columns sorted."""
    table = sparse.coo_array((data, (rows, columns)), shape=shape).tocsr()
    table.sort_indices()
    return table


def item_tags(tags: pl.DataFrame | None, log: pl.DataFrame, items: pl.Series) -> pl.DataFrame:
    """Return the tags of each item that were given by users with a row for it in the log."""
    every, no_tags = pl.DataFrame({"item": items}), pl.lit([], pl.List(pl.String))
    if tags is None:
        return every.with_columns(tags=no_tags)
    counted = tags.join(log, on=["user", "item"], how="semi")
    lists = counted.sort("item", "tag", "user").group_by("item").agg(tags=pl.col("tag"))
    joined = every.join(lists, on="item", how="left", maintain_order="left")
    return joined.with_columns(pl.col("tags").fill_null(no_tags))


def rows_of(matrix: sparse.csr_array) -> I32:
    """Return the row of each entry."""
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
