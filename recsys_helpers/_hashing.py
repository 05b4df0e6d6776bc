"""Hashes of ids: they order ties and draw samples by ids alone, never by codes or row numbers."""

from __future__ import annotations

import hashlib

import numpy as np

from recsys_helpers._types import U64, Ids


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
    """Return SplitMix64's output for each value: one flipped bit changes about half of all bits.

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
