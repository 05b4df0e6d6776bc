"""Negatives: items that a user has not met, sampled for comparison with those that were met."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_helpers import _hashing
from recsys_helpers._types import F32, F64, I32, I64, U64, Bool, Ids
from recsys_helpers.log._views import rows_of

Negatives = Literal["uniform", "popularity"]
ROUNDS = 20
"""How often to draw again for users who got an item that they have met."""

PER_ITEM = 10
"""Negatives for each item of a history when it is folded in: more than in training, where each
epoch draws new ones."""


def shares(counts: I64, negatives: Negatives) -> F64:
    """Return the probability of each item to be drawn; 0 for an item without a training row."""
    weight = counts > 0 if negatives == "uniform" else counts
    share: F64 = weight / weight.sum()
    return share


def offsets(share: F64) -> F32:
    """Return the logarithm of each probability; 0 where it is 0, since it is never used there."""
    known = np.log(share, out=np.zeros_like(share), where=share > 0)
    return known.astype(np.float32)


def draw(users: I32, met: sparse.csr_array, share: F64, rng: np.random.Generator) -> I32:
    """Return for each user an item that the user has not met; −1 if none was found.

    Parameters
    ----------
    users
        Rows of `met`, shape (n,).
    met
        Shape (n_users, n_items), columns sorted.
    share
        Probability of each item, shape (n_items,).
    """
    drawn: I32 = np.full(len(users), -1, np.int32)
    rejected = np.arange(len(users))
    for _ in range(ROUNDS):
        if len(rejected) == 0:
            break
        drawn[rejected] = _at(share, rng.random(len(rejected)))
        rejected = rejected[_among(users[rejected], drawn[rejected], met)]
    drawn[rejected] = -1
    return drawn


def draw_from_histories(
    met: sparse.csr_array, item_hashes: U64, share: F64, n: int, seed: int
) -> I32:
    """Return n sampled items for each item of each history; −1 in place of items of the history.

    The sample depends only on the seed and the items of the history, neither on other histories nor
    on any order.

    Parameters
    ----------
    met
        A row for each history, shape (n_histories, n_items), columns sorted.
    item_hashes
        Hashes of the items' ids, shape (n_items,).
    share
        Probability of each item, shape (n_items,).
    n
        How many items for each entry of `met`.
    seed
        0 … 2**32 − 1.

    Returns
    -------
    I32
        Shape (nnz, n).
    """
    # A random generator would give out its numbers in the order of the histories. Hashes give each
    # entry numbers of its own: of seed and history, then the item, then 0 … n − 1. The hash of a
    # history is a sum, modulo 2**64, so that the order of its items does not matter.
    hashes = item_hashes[met.indices]
    sums: U64 = np.r_[np.uint64(0), np.cumsum(_hashing.mix(hashes), dtype=np.uint64)]
    of_history: U64 = sums[met.indptr[1:]] - sums[met.indptr[:-1]]
    of_query = _hashing.mix(_hashing.mix(np.array([seed], np.uint64)) ^ of_history)
    rows = rows_of(met)
    of_entry = _hashing.mix(of_query[rows] ^ hashes)  # (nnz,)
    counter: U64 = np.arange(n, dtype=np.uint64)
    bits = _hashing.mix(of_entry[:, None] + counter)  # (nnz, n)
    drawn = _at(share, (bits >> np.uint64(11)).astype(np.float64) / 2**53)  # 53 bits fill a float
    known = _among(np.repeat(rows, n), drawn.ravel(), met).reshape(drawn.shape)
    drawn[known] = -1
    return drawn


def compared(
    met: sparse.csr_array, ids: Ids, share: F64, seed: int
) -> Iterator[tuple[I32, I32, I32]]:
    """Yield, for each history, its items, and pairs of one of them and a negative drawn for it.

    Parameters
    ----------
    met, share, seed
        As in `draw_from_histories`.
    ids
        The ids of all items, shape (n_items,).
    """
    drawn = draw_from_histories(met, _hashing.id_hashes(ids), share, PER_ITEM, seed)
    for start, stop in pairwise(met.indptr.tolist()):
        items, against = met.indices[start:stop], drawn[start:stop]
        entry, draw = np.nonzero(against >= 0)
        yield items, items[entry], against[entry, draw]


def _at(share: F64, where: F64) -> I32:
    """Return the item into whose share of the interval from 0 to 1 each number falls."""
    ends = np.cumsum(share)
    items = np.searchsorted(ends, where * ends[-1], side="right")
    last = np.flatnonzero(share)[-1]  # rounding may lead beyond it
    drawn: I32 = np.minimum(items, last).astype(np.int32)
    return drawn


def _among(users: NDArray[np.int32], items: I32, met: sparse.csr_array) -> Bool:
    """Return which pairs are entries of `met`."""
    n_items = met.shape[1]
    entries = rows_of(met).astype(np.int64) * n_items + met.indices
    if len(entries) == 0:
        return np.zeros(len(users), np.bool_)
    pairs = users.astype(np.int64) * n_items + items
    nearest = np.minimum(np.searchsorted(entries, pairs), len(entries) - 1)
    among: Bool = entries[nearest] == pairs
    return among
