"""Parts of the users, so that nobody's features come from tables with their own rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import Bool
from recsys_helpers.log import Interactions


def user_folds(log: Interactions, n_folds: int, rng: np.random.Generator) -> Iterator[Bool]:
    """Divide the users who have rows evenly into parts; yield which users each part has.

    Raises
    ------
    ValueError
        If fewer than two users have rows.
    """
    _arguments.instance("train", log, Interactions, "Interactions (split.train)")
    active = np.unique(log.users)
    if len(active) < 2:
        raise ValueError("each user is described by what others did: give it two users or more")
    folds = np.full(log.n_users, -1)
    folds[active] = rng.permutation(np.arange(len(active)) % n_folds)
    for fold in range(folds.max() + 1):
        yield folds == fold  # (n_users,)
