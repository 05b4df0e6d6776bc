"""The order in which a log's rows happened."""

from __future__ import annotations

import numpy as np
import polars as pl

from recsys_helpers import _hashing
from recsys_helpers._hashing import mix
from recsys_helpers._types import F32, I32, I64, U64, Bool, Ids


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
    if seed is None:
        tie = rows.astype(np.uint64)
    else:
        rated = None if ratings is None else ratings[rows]
        tie = row_keys(user, item, time, rated, user_ids, item_ids, seed)
    table = pl.DataFrame({"user": user, "time": time, "tie": tie})
    order: I64 = rows[table.select(pl.arg_sort_by("user", "time", "tie")).to_series().to_numpy()]
    return order


def row_keys(
    users: I32,
    items: I32,
    times: I64 | None,
    ratings: F32 | None,
    user_ids: Ids,
    item_ids: Ids,
    seed: int,
) -> U64:
    """Return a number for each row that depends on its ids and the seed, not on codes or place."""
    time = np.zeros(len(users), np.int64) if times is None else times
    return tie_keys(
        seed,
        _hashes(users, user_ids),
        _hashes(items, item_ids),
        _occurrences(users, items, time, ratings),
    )


def _hashes(codes: I32, ids: Ids) -> U64:
    """Return the hash of each row's id, taken once for each id that occurs."""
    hashes = np.zeros(len(ids), np.uint64)
    present = np.flatnonzero(np.bincount(codes, minlength=len(ids)))
    hashes[present] = _hashing.id_hashes(ids[present])
    return hashes[codes]


def _occurrences(user: I32, item: I32, time: I64, ratings: F32 | None) -> I64:
    """Count earlier rows of the same pair, sorting only the rows whose pair occurs twice."""
    count = np.zeros(len(user), np.int64)
    pairs = (user.astype(np.int64) << 32) | item
    ordered = np.sort(pairs)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(repeated):
        place = np.minimum(np.searchsorted(repeated, pairs), len(repeated) - 1)
        again = repeated[place] == pairs
        rating = None if ratings is None else ratings[again]
        count[again] = occurrences(user[again], item[again], time[again], rating)
    return count


def tie_keys(seed: int, users: U64, items: U64, occurrence: I64) -> U64:
    r"""Return the number by which tied rows are ordered.

    .. math:: k = m(m(m(m(s) \oplus h_u) \oplus h_i) \oplus o)

    with the SplitMix64 finaliser m, the seed s, the hashes h of user and item id, and the
    occurrence o: how often this user had this item before.

    Examples
    --------
    >>> from recsys_helpers._hashing import id_hashes
    >>> user, item = id_hashes(np.array([1])), id_hashes(np.array([10]))
    >>> tie_keys(0, user, item, np.array([0]))
    array([10845380585998469451], dtype=uint64)
    """
    start = mix(np.array([seed], dtype=np.uint64))
    return mix(mix(mix(start ^ users) ^ items) ^ occurrence.astype(np.uint64))


def occurrences(users: I32, items: I32, times: I64, ratings: F32 | None) -> I64:
    """Count, for each row, the earlier rows of the same user and item.

    Rows of one time are counted in the order of their ratings, so that the count does not depend
    on the order of the rows.

    Examples
    --------
    >>> user, item = np.array([0, 0, 0], np.int32), np.array([2, 2, 1], np.int32)
    >>> occurrences(user, item, np.array([9, 5, 5]), None)
    array([1, 0, 0])
    """
    keys = (times, items, users) if ratings is None else (ratings, times, items, users)
    order = np.lexsort(keys)
    user, item = users[order], items[order]
    starts = np.flatnonzero(np.r_[True, (user[1:] != user[:-1]) | (item[1:] != item[:-1])])
    lengths = np.diff(np.r_[starts, len(order)])
    result = np.empty(len(order), np.int64)
    result[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return result
