"""Shifts of figures and turned orders, beside the verdicts of reports."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.protocol_shifts import QueryValues, shift, turned
from recsys_book.demonstrations.tied_scores import Equal, tied_ranks
from recsys_helpers import MarkovChain, Popularity, Report, evaluate, leave_last_out, synthetic

SPLIT = leave_last_out(synthetic(n_users=80, n_items=60, seed=2).interactions, 2, 2)
MODELS = {
    name: model.fit(SPLIT.train)
    for name, model in (("popular", Popularity()), ("order", MarkovChain()), ("equal", Equal()))
}
OURS = evaluate(MODELS, SPLIT.test)
FIRST = Report(SPLIT.test, {name: tied_ranks(MODELS[name], SPLIT.test, "first") for name in MODELS})


def test_values_of_queries_are_judged_as_a_report_judges_them() -> None:
    values = {name: OURS.values(name) for name in MODELS}
    same = QueryValues("NDCG@10", SPLIT.test.users, values)
    for name in MODELS:
        assert same.interval(name) == pytest.approx(OURS.interval(name))
    assert str(same.compare("order", "popular")) == str(OURS.compare("order", "popular"))
    assert list(same.table().frame["model"]) == list(OURS.table("NDCG@10").frame["model"])


def test_a_shift_is_the_paired_difference() -> None:
    found = shift(OURS, FIRST, "equal")
    assert found.difference == pytest.approx(1 - OURS.mean("equal"))
    assert found.low > 0
    assert shift(OURS, OURS, "order").difference == 0
    with pytest.raises(ValueError, match="the same queries"):
        shift(OURS, FIRST.take(np.arange(5)), "equal")


def test_turned_orders_are_those_of_the_means() -> None:
    """Where a target wins all ties, a model that knows nothing beats all others."""
    pairs = {(one.a, one.b) for one, _ in turned(OURS, FIRST)}
    names = list(MODELS)
    expected = {
        (a, b)
        for a in names
        for b in names
        if OURS.mean(a) > OURS.mean(b) and FIRST.mean(a) < FIRST.mean(b)
    }
    assert pairs == expected >= {("order", "equal"), ("popular", "equal")}
    assert turned(OURS, OURS) == []


def test_each_query_needs_a_value() -> None:
    with pytest.raises(ValueError, match=r"'a' has values of shape \(1, 3\)"):
        QueryValues("clicks", np.arange(4), {"a": np.zeros((1, 3))})
