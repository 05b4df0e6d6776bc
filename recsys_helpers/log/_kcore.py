"""The largest part of a log in which every user and every item has at least k rows."""

from __future__ import annotations

import itertools

import numpy as np

from recsys_helpers._types import I32, Bool

Step = tuple[str, int, int, int]
"""What was removed, and how many rows, users and items that were."""


def k_core(
    users: I32, items: I32, n_users: int, n_items: int, k: int
) -> tuple[Bool, Bool, Bool, list[Step]]:
    """Return which rows, users and items are left, and one step for each removal.

    Examples
    --------
    >>> users, items = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1])
    >>> rows, kept_users, kept_items, steps = k_core(users, items, 3, 2, k=2)
    >>> rows
    array([ True,  True,  True,  True, False])
    >>> steps
    [('2-core, round 1: users with fewer than 2 rows', 1, 1, 0)]
    """
    rows = np.ones(len(users), dtype=np.bool_)
    kept_users = np.ones(n_users, dtype=np.bool_)
    kept_items = np.ones(n_items, dtype=np.bool_)
    steps: list[Step] = []
    for turn in itertools.count(1):
        n_steps = len(steps)
        for name, codes, kept in (("items", items, kept_items), ("users", users, kept_users)):
            leaving = kept & (np.bincount(codes[rows], minlength=len(kept)) < k)
            if leaving.any():
                gone = rows & leaving[codes]
                kept[leaving], rows[gone] = False, False
                step = f"{k}-core, round {turn}: {name} with fewer than {k} rows"
                n = int(leaving.sum())
                steps.append((step, int(gone.sum()), n * (name == "users"), n * (name == "items")))
        if len(steps) == n_steps:
            break
    return rows, kept_users, kept_items, steps
