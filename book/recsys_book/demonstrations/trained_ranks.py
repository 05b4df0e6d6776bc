"""How targets rank by the vectors that training left, without folding histories in."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from recsys_helpers._types import F32, I32, I64
from recsys_helpers.log._views import rows_of
from recsys_helpers.log.queries import Queries


class Factors(Protocol):
    """What `ranks_as_trained` asks of a recommender: `MatrixFactorization` and `BPR` have it."""

    user_factors: F32
    item_factors: F32
    train_counts: I64


def ranks_as_trained(model: Factors, queries: Queries) -> I32:
    """Return the ranks of targets by the users' own trained vectors.

    The recommenders score a history by a vector that they solve for, exactly. That repairs what an
    optimizer left undone on the side of the users, so to judge optimizers take the vectors as they
    are. Items of the history are left out.

    Parameters
    ----------
    model
        Fitted on the users that ask.
    queries
        With one target each.

    Returns
    -------
    I32
        For each target the number of items before it, −1 for one without a training row, shape
        (1, n_queries): what `Report` takes.

    Raises
    ------
    ValueError
        If a query has several targets, or is of a user that the model does not know.

    Examples
    --------
    >>> from recsys_helpers import BPR, leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=30, n_items=20, seed=0).interactions)
    >>> model = BPR(dim=2, epochs=2).fit(split.train)
    >>> ranks_as_trained(model, split.test).shape == (1, len(split.test))
    True
    """
    users, items = model.user_factors, model.item_factors
    if (queries.n_relevant != 1).any():
        raise ValueError("each query must have one target")
    if queries.users.max() >= len(users):
        raise ValueError("a query is of a user without a trained vector")
    scores = users[queries.users] @ items[:, : users.shape[1]].T
    scores += items[:, users.shape[1] :].sum(axis=1)  # the biases, where there are any
    met = queries.histories.matrix("binary")
    scores[rows_of(met), met.indices] = -np.inf
    scores[:, model.train_counts == 0] = -np.inf
    own = scores[np.arange(len(queries)), queries.targets]
    before = (scores > own[:, None]).sum(axis=1, dtype=np.int32)
    ranks: I32 = np.where(np.isinf(own), np.int32(-1), before)[None]
    return ranks
