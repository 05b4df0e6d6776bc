"""Other views of a log: a sparse matrix, and the tags of each item."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from scipy import sparse

from recsys_helpers._types import F32, I32

Values: TypeAlias = Literal["count", "binary", "rating"]


def matrix(
    users: I32, items: I32, ratings: F32 | None, shape: tuple[int, int], values: Values
) -> sparse.csr_array[np.float32]:
    """Return one row a user and one column an item; see `Interactions.matrix`."""
    if values not in ("count", "binary", "rating"):
        raise ValueError(f"values must be 'count', 'binary' or 'rating', not {values!r}")
    if values == "rating" and ratings is None:
        raise ValueError("values='rating' needs ratings, and this log has none; name their column")
    pairs, inverse, counts = np.unique(
        users.astype(np.int64) * shape[1] + items, return_inverse=True, return_counts=True
    )
    if values == "rating" and ratings is not None:
        data = np.bincount(inverse, ratings.astype(np.float64)) / counts
    else:
        data = counts if values == "count" else np.ones(len(pairs))
    indptr = np.searchsorted(pairs, np.arange(shape[0] + 1, dtype=np.int64) * shape[1])
    columns = (pairs % shape[1]).astype(np.int32)
    return sparse.csr_array((data.astype(np.float32), columns, indptr), shape=shape)


def item_tags(tags: pl.DataFrame | None, log: pl.DataFrame, items: pl.Series) -> pl.DataFrame:
    """Return the tags of each item that were given by users with a row for it in the log."""
    every = pl.DataFrame({"item": items})
    if tags is None:
        tags = pl.DataFrame({"user": log["user"].clear(), "item": items.clear()}).with_columns(
            tag=pl.lit(None, pl.String)
        )
    counted = tags.join(log.select("user", "item").unique(), on=["user", "item"], how="semi")
    lists = counted.sort("item", "tag", "user").group_by("item").agg(tags=pl.col("tag"))
    return every.join(lists, on="item", how="left", maintain_order="left").with_columns(
        pl.col("tags").fill_null(pl.lit([], pl.List(pl.String)))
    )
