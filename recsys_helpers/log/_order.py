"""The order in which a log's rows happened."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from recsys_helpers._hashing import id_hashes, mix
from recsys_helpers._types import F32, I32, I64, U64, Ids

Ties: TypeAlias = Literal["shuffle", "file"]
"""How rows with the same user and time are ordered: by a hash of their ids, or as in the log."""


def sorted_rows(users: I32, times: I64, ties: I64 | U64) -> I64:
    """Return row numbers sorted by user, then time, then the numbers given for ties."""
    table = pl.DataFrame({"user": users, "time": times, "tie": ties})
    rows = table.select(pl.arg_sort_by("user", "time", "tie")).to_series().to_numpy()
    return rows.astype(np.int64, copy=False)


def hashes(codes: I32, ids: Ids) -> U64:
    """Return the hash of each row's id, computed once for each id that occurs."""
    of_id = np.zeros(len(ids), np.uint64)
    present = np.flatnonzero(np.bincount(codes, minlength=len(ids)))
    of_id[present] = id_hashes(ids[present])
    return of_id[codes]


def tie_keys(seed: int, users: U64, items: U64, occurrence: I64) -> U64:
    r"""Return the number by which tied rows are ordered.

    .. math:: k = m(m(m(m(s) \oplus h_u) \oplus h_i) \oplus o)

    with SplitMix64's output function m (see `_hashing.mix`), the seed s, the hashes h of user and
    item id, and the occurrence o: how often this user had met this item before.

    Examples
    --------
    >>> from recsys_helpers._hashing import id_hashes
    >>> user, item = id_hashes(np.array([1])), id_hashes(np.array([10]))
    >>> tie_keys(0, user, item, np.array([0]))
    array([10845380585998469451], dtype=uint64)
    """
    start = mix(np.array([seed], dtype=np.uint64))
    return mix(mix(mix(start ^ users) ^ items) ^ occurrence.astype(np.uint64))


def occurrences(users: I32, items: I32, times: I64 | None, ratings: F32 | None) -> I64:
    """Count, for each row, the earlier rows of the same user and item.

    Rows with the same time are counted in the order of their ratings, so that the count does not
    depend on the order of the rows.

    Examples
    --------
    >>> user, item = np.array([0, 0, 0], np.int32), np.array([2, 2, 1], np.int32)
    >>> occurrences(user, item, np.array([9, 5, 5]), None)
    array([1, 0, 0])
    """
    counts = np.zeros(len(users), np.int64)
    # In most logs few pairs occur twice: one sort of the pairs finds them, and only they are
    # sorted by time as well.
    pairs = (users.astype(np.int64) << 32) | items
    ordered = np.sort(pairs)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return counts
    nearest = np.minimum(np.searchsorted(repeated, pairs), len(repeated) - 1)
    rows = np.flatnonzero(repeated[nearest] == pairs)
    keys = [key[rows] for key in (ratings, times, pairs) if key is not None]
    rows = rows[np.lexsort(keys)]
    starts = np.flatnonzero(np.diff(pairs[rows], prepend=-1))
    lengths = np.diff(starts, append=len(rows))
    counts[rows] = np.arange(len(rows)) - np.repeat(starts, lengths)
    return counts
