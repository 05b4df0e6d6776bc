"""Ranks by trained vectors are those of a loop, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_helpers import BPR, MatrixFactorization, leave_last_out, synthetic
from recsys_helpers.recommenders.factor_ranks import ranks_as_trained

SPLIT = leave_last_out(synthetic(n_users=40, n_items=30, seed=3).interactions, n_valid=1, n_test=2)


@pytest.mark.parametrize("make", [BPR, MatrixFactorization])
def test_ranks_of_a_loop(make: type[BPR] | type[MatrixFactorization]) -> None:
    model = make(dim=3, epochs=3).fit(SPLIT.train)
    dim, (ranks,) = model.dim, ranks_as_trained(model, SPLIT.test)
    for q, (user, target) in enumerate(zip(SPLIT.test.users, SPLIT.test.targets, strict=True)):
        scores = {}
        for item, vector in enumerate(model.item_factors):
            if model.train_counts[item] > 0 and item not in SPLIT.test.histories[q]:
                scores[item] = model.user_factors[user] @ vector[:dim] + vector[dim:].sum()
        if target in scores:
            others = [value for item, value in scores.items() if item != target]
            at, slack = scores[target], 1e-5
            low, high = (sum(value > at + by for value in others) for by in (slack, -slack))
            assert low <= ranks[q] <= high
        else:
            assert ranks[q] == -1


def test_what_it_refuses() -> None:
    model = BPR(dim=2, epochs=1).fit(SPLIT.train)
    other = leave_last_out(synthetic(n_users=60, n_items=30, seed=3).interactions)
    with pytest.raises(ValueError, match="a user without a trained vector"):
        ranks_as_trained(model, other.test)
    model.user_factors = np.zeros((40, 2), np.float32)
    whole = leave_last_out(synthetic(n_users=40, n_items=30, seed=3).interactions, n_test=2).test
    double = type(whole)(
        whole.histories.take([0]),
        np.array([0, 2]),
        whole.targets[:2],
        whole.users[:1],
        whole.train_counts,
    )
    with pytest.raises(ValueError, match="one target"):
        ranks_as_trained(model, double)
