"""An order for rows that share a timestamp, fixed by their ids and by nothing else."""

from __future__ import annotations

import hashlib

import numpy as np

from recsys_helpers._types import F32, I32, I64, U64, Ids


def id_hashes(ids: Ids) -> U64:
    """Return the 64-bit BLAKE2b hash of each id's type and text.

    The type is part of it, so that 1 and "1" differ.

    Examples
    --------
    >>> id_hashes(np.array([1, 2]))
    array([15854998268200131065, 13770450372614757910], dtype=uint64)
    >>> id_hashes(np.array(["1"], dtype=object))
    array([6569554321575594631], dtype=uint64)
    """
    kind = "str" if ids.dtype == object else "int"
    digests = [
        hashlib.blake2b(f"{kind}:{value}".encode(), digest_size=8).digest()
        for value in ids.tolist()
    ]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def mix(values: U64) -> U64:
    """Return the SplitMix64 finaliser of each value: one flipped bit changes half of all bits.

    References
    ----------
    Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.
    https://doi.org/10.1145/2660193.2660195

    Examples
    --------
    >>> hex(mix(np.array([0], dtype=np.uint64))[0])
    '0xe220a8397b1dcdaf'
    """
    z = values + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def tie_keys(seed: int, users: U64, items: U64, occurrence: I64) -> U64:
    r"""Return the number by which tied rows are ordered.

    .. math:: k = m(m(m(m(s) \oplus h_u) \oplus h_i) \oplus o)

    with the SplitMix64 finaliser m, the seed s, the hashes h of user and item id, and the
    occurrence o: how often this user had this item before.

    Examples
    --------
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
