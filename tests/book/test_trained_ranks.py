"""Ranks by trained vectors are those of a loop, and what they refuse."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from recsys_book.demonstrations.rate_search import RateSearch, search_rate
from recsys_book.demonstrations.trained_ranks import ranks_as_trained
from recsys_helpers import BPR, MatrixFactorization, leave_last_out, synthetic
from recsys_helpers.evaluation.report import Report

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


def test_a_rate_is_chosen_on_validation() -> None:
    make = partial(MatrixFactorization, dim=3, epochs=30)
    found = search_rate(make, "sgd", [1e-6, 1.0, 1e9], SPLIT)
    assert found.losses[1e9] == np.inf
    assert list(found.models) == [1e-6, 1.0]
    values = {
        rate: Report(SPLIT.valid, {"it": ranks_as_trained(one, SPLIT.valid)}).mean("it")
        for rate, one in found.models.items()
    }
    assert values[found.rate] == max(values.values())
    assert found.model is found.models[found.rate]
    assert found.curve[-1]["loss"] == min(found.losses.values()) == found.losses[found.least]
    with pytest.raises(ValueError, match="at every rate: go lower"):
        search_rate(make, "sgd", [1e9], SPLIT)
    with pytest.raises(ValueError, match="there is no optimizer 'best'"):
        search_rate(make, "best", [1.0], SPLIT)


def test_the_span_of_good_rates() -> None:
    losses = {0.1: 1.0, 1.0: 0.5, 10.0: 0.6, 100.0: np.inf}
    found = RateSearch[BPR](losses, {}, 1.0)
    assert (found.span(0.1), found.span(0.25), found.span(2)) == (1, 10, 100)
