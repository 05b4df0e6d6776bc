"""What a bend does to models, beside the reports that it is made of."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.lie_detector import Bend, summary
from recsys_book.demonstrations.protocol_shifts import QueryValues, shift
from recsys_book.demonstrations.tied_scores import Equal, tied_ranks
from recsys_helpers import (
    MarkovChain,
    Popularity,
    Report,
    evaluate,
    leave_last_out,
    random_split,
    synthetic,
)

LOG = synthetic(n_users=80, n_items=60, seed=2).interactions
SPLIT = leave_last_out(LOG, 2, 2)


def fitted(train):
    models = {"popular": Popularity(), "order": MarkovChain(), "equal": Equal()}
    return {name: model.fit(train) for name, model in models.items()}


MODELS = fitted(SPLIT.train)
OURS = evaluate(MODELS, SPLIT.test)
FIRST = Report(SPLIT.test, {name: tied_ranks(MODELS[name], SPLIT.test, "first") for name in MODELS})


def test_on_the_same_queries_a_shift_is_that_of_the_queries() -> None:
    bend = Bend("ties first", OURS, FIRST)
    for name, moved in bend.shifts.items():
        expected = shift(OURS, FIRST, name)
        assert moved.difference == pytest.approx(expected.difference)
        assert (moved.low, moved.high) == pytest.approx((expected.low, expected.high))
        assert bend.figures[name] == (OURS.mean(name), FIRST.mean(name))


def test_other_queries_are_paired_by_the_ids_of_users() -> None:
    split = random_split(LOG)
    bent = evaluate(fitted(split.train), split.valid)
    moved = Bend("random split", OURS, bent).shifts["order"]
    means = {}
    for report in (OURS, bent):
        users = report.queries.histories.keys
        values = report.values("order")[0]
        means[report] = {user: values[users == user].mean() for user in users.tolist()}
    shared = means[OURS].keys() & means[bent].keys()
    assert 0 < len(shared) < 80
    expected = np.mean([means[bent][user] - means[OURS][user] for user in shared])
    assert moved.difference == pytest.approx(expected)


def test_a_report_and_values_are_paired_by_codes() -> None:
    """The ids of this log count from 1, its codes from 0."""
    values = {name: OURS.values(name) for name in MODELS}
    same = QueryValues("NDCG@10", SPLIT.test.users, values)
    for moved in Bend("the same", OURS, same).shifts.values():
        assert (moved.difference, moved.low, moved.high) == (0, 0, 0)


def test_where_a_target_wins_all_ties_the_weaker_looks_better() -> None:
    bend = Bend("ties first", OURS, FIRST)
    assert {(pair.a, pair.b) for pair, _ in bend.weaker_ahead} >= {("order", "equal")}
    assert "equal before order" in str(bend.sentence())
    (row,) = summary([bend]).frame.rows(named=True)
    assert (row["bent"], row["first then"]) == ("ties first", "equal")
    assert row["largest shift"].startswith("equal +")
    assert "equal before order" in row["weaker looks better"]


def test_what_is_told_apart_only_by_bending() -> None:
    users, rng = np.arange(50), np.random.default_rng(0)
    noise = rng.normal(size=(1, 50))
    ours = QueryValues("clicks", users, {"a": noise, "b": rng.normal(size=(1, 50))})
    bent = QueryValues("clicks", users, {"a": noise, "b": noise + 2 + 0.1 * rng.normal(size=50)})
    bend = Bend("two for b", ours, bent)
    assert [str(other.verdict) for _, other in bend.out_of_nothing] in (
        ["worse than"],
        ["better than"],
    )
    assert bend.weaker_ahead == []
    assert "Told apart only now: b over a." in str(bend.sentence())
    assert summary([bend]).frame["out of nothing"].to_list() == ["b over a"]


@pytest.mark.parametrize(("shift", "told"), [(0.0004, "none"), (0.0006, "a +0.001")])
def test_a_shift_that_rounds_to_nothing_is_none(shift, told) -> None:
    users, zeros = np.arange(50), np.zeros((1, 50))
    ours = QueryValues("clicks", users, {"a": zeros, "b": zeros})
    bent = QueryValues("clicks", users, {"a": zeros + shift, "b": zeros})
    assert summary([Bend("a little", ours, bent)]).frame["largest shift"].to_list() == [told]


def test_unbent_nothing_moves() -> None:
    bend = Bend("nothing", OURS, OURS)
    assert bend.turned == bend.weaker_ahead == bend.out_of_nothing == []
    assert all(moved.difference == 0 for moved in bend.shifts.values())
    assert bend.table().frame["before"].to_list() == bend.table().frame["nothing"].to_list()
    assert str(bend.sentence()) == "nothing: 0 of 3 pairs of models change places."
