"""The order in which a log's rows happened."""

from __future__ import annotations

import numpy as np
import polars as pl

from recsys_helpers import _ties
from recsys_helpers._types import F32, I32, I64, Bool, Ids


def time_order(
    users: I32,
    items: I32,
    times: I64,
    ratings: F32 | None,
    user_ids: Ids,
    item_ids: Ids,
    seed: int | None,
    only: Bool | None,
) -> I64:
    """Return row numbers sorted by user and time; ties by hash, or by row if the seed is None.

    Parameters
    ----------
    only
        Which users to keep, shape (n_users,); None for all.
    """
    rows = np.arange(len(users)) if only is None else np.flatnonzero(only[users])
    user, item, time = users[rows], items[rows], times[rows]
    table = {"user": user, "time": time}
    if seed is not None:
        present = np.unique(user), np.unique(item)
        hashes = np.zeros(len(user_ids), np.uint64), np.zeros(len(item_ids), np.uint64)
        for codes, found, ids in zip(present, hashes, (user_ids, item_ids), strict=True):
            found[codes] = _ties.id_hashes(ids[codes])
        count = np.zeros(len(rows), np.int64)
        if pl.Series(user.astype(np.int64) * len(item_ids) + item).n_unique() < len(rows):
            rating = None if ratings is None else ratings[rows]
            count = _ties.occurrences(user, item, time, rating, len(item_ids))
        table["tie"] = _ties.tie_keys(seed, hashes[0][user], hashes[1][item], count)
    order = pl.DataFrame(table).with_row_index("row").sort(list(table), maintain_order=True)
    result: I64 = rows[order["row"].to_numpy()]
    return result
