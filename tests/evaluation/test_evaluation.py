"""Evaluation against a loop in plain Python, and what it refuses."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from recsys_helpers import (
    Catalogue,
    Histories,
    Interactions,
    Popularity,
    Queries,
    evaluate,
)
from recsys_helpers._types import F32
from recsys_helpers.evaluation.report import Report
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender

LETTERS = "abcdefgh"


class LastItem(Recommender):
    """Scores by a table: one row for each last item, one more for an empty history."""

    def __init__(self, table: F32) -> None:
        self.table = table

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        pass

    def _score(self, histories: Histories) -> F32:
        last = [history[-1] if len(history) else -1 for history in histories]
        return self.table[last]


def catalogue_of(items: str) -> Catalogue:
    return Catalogue(pl.DataFrame({"item": list(items)}))


def train_of(catalogue: Catalogue, items: str) -> Interactions:
    """Make a log in which one user had these items."""
    frame = pl.DataFrame({"user": ["u"] * len(items), "item": list(items)})
    return Interactions.from_frame(frame, timestamp=None, items=catalogue, duplicates="keep")


def queries_of(
    train: Interactions,
    histories: Sequence[str],
    targets: Sequence[str],
    users: Sequence[int] | None = None,
) -> Queries:
    catalogue = train.catalogue
    return Queries(
        Histories.from_lists(catalogue, [list(history) for history in histories]),
        np.cumsum([0, *map(len, targets)]),
        catalogue.codes(list("".join(targets))),
        np.arange(len(targets)) if users is None else np.array(users),
        np.bincount(train.items, minlength=catalogue.n_items),
    )


TRAIN = train_of(catalogue_of("abcd"), "aaabbc")
POPULAR = Popularity().fit(TRAIN)


@st.composite
def cases(draw: st.DrawFn) -> tuple[LastItem, Queries]:
    """Return a fitted recommender with ties and unrankable items, and queries for it."""
    items = LETTERS[: draw(st.integers(2, 7))]
    train = train_of(catalogue_of(items), draw(st.text(items, min_size=1, max_size=12)))
    score = st.sampled_from([-math.inf, 0.0, 1.0, 2.0])
    row = st.lists(score, min_size=len(items), max_size=len(items))
    table = draw(st.lists(row, min_size=len(items) + 1, max_size=len(items) + 1))
    model = LastItem(np.array(table, np.float32)).fit(train)
    asked = draw(
        st.lists(
            st.tuples(
                st.text(items, max_size=4),
                st.sets(st.sampled_from(items), min_size=1, max_size=3),
                st.integers(0, 2),
            ),
            min_size=1,
            max_size=6,
        )
    )
    histories, targets, users = zip(*asked, strict=True)
    return model, queries_of(train, histories, ["".join(sorted(t)) for t in targets], users)


def ranked(model: LastItem, queries: Queries, exclude_seen: bool) -> list[list[int]]:
    """List, for each query, all items that can be ranked, best first."""
    lists = []
    for history in queries.histories:
        scores = model.table[history[-1] if len(history) else -1]
        left = [
            item
            for item in range(queries.catalogue.n_items)
            if queries.train_counts[item] > 0
            and scores[item] > -math.inf
            and not (exclude_seen and item in history)
        ]
        tie = queries.catalogue.tie_rank
        lists.append(sorted(left, key=lambda item: (-scores[item], tie[item])))
    return lists


@settings(max_examples=300)
@given(cases(), st.booleans(), st.data())
def test_evaluation_equals_a_loop(
    case: tuple[LastItem, Queries], exclude_seen: bool, data: st.DataObject
) -> None:
    model, queries = case
    n_items = queries.catalogue.n_items
    k = data.draw(st.integers(1, n_items))
    report = evaluate({"m": model}, queries, k=k, exclude_seen=exclude_seen, repeats="miss")
    lists = ranked(model, queries, exclude_seen)
    places = []
    for query, target in zip(queries.rows, queries.targets, strict=True):
        places.append(lists[query].index(target) if target in lists[query] else -1)
    assert report.ranks["m"].tolist() == [places]
    padded = [(items + [-1] * k)[:k] for items in lists]
    assert report.lists["m"].tolist() == [padded]
    cutoff = data.draw(st.integers(1, n_items))
    for query, items in enumerate(lists):
        targets = queries.targets[queries.target_indptr[query] : queries.target_indptr[query + 1]]
        hits = [place for place, item in enumerate(items[:cutoff]) if item in targets]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(cutoff, len(targets))))
        expected = {
            "HR": float(bool(hits)),
            "Recall": len(hits) / len(targets),
            "NDCG": sum(1 / math.log2(place + 2) for place in hits) / ideal,
            "MRR": 1 / (hits[0] + 1) if hits else 0.0,
        }
        for kind, value in expected.items():
            assert report.values("m", f"{kind}@{cutoff}")[0, query] == pytest.approx(value)
    for shorter in {1, k}:
        listed = {item for items in padded for item in items[:shorter]} - {-1}
        assert report.mean("m", f"Coverage@{shorter}") == pytest.approx(len(listed) / n_items)


@given(cases(), st.integers(1, 40))
def test_chunks_change_nothing(case: tuple[LastItem, Queries], cells: int) -> None:
    model, queries = case
    whole = evaluate({"m": model}, queries, k=2, repeats="miss")
    repeated, values = whole.repeated, whole.values("m", "NDCG@2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "CELLS", cells)
        parts = evaluate({"m": model}, queries, k=2, repeats="miss")
        assert np.array_equal(parts.repeated, repeated)
        assert np.array_equal(parts.values("m", "NDCG@2"), values)
    assert np.array_equal(parts.ranks["m"], whole.ranks["m"])
    assert np.array_equal(parts.lists["m"], whole.lists["m"])


@given(cases(), st.data())
def test_the_report_of_some_queries_is_that_of_asking_only_them(
    case: tuple[LastItem, Queries], data: st.DataObject
) -> None:
    model, queries = case
    rows = data.draw(st.lists(st.integers(0, len(queries) - 1), min_size=1, max_size=8))
    whole = evaluate({"m": model}, queries, k=2, repeats="miss")
    part, asked = whole.take(rows), evaluate({"m": model}, queries.take(rows), k=2, repeats="miss")
    assert np.array_equal(part.ranks["m"], asked.ranks["m"])
    assert np.array_equal(part.lists["m"], asked.lists["m"])
    assert np.array_equal(part.values("m", "NDCG@2"), whole.values("m", "NDCG@2")[:, rows])


@given(cases(), st.randoms())
def test_the_order_of_items_queries_and_users_changes_no_metric(
    case: tuple[LastItem, Queries], random: object
) -> None:
    queries = case[1]
    ids = queries.catalogue.ids
    items = list(ids)
    random.shuffle(items)
    order = list(range(len(queries)))
    random.shuffle(order)
    names = [0, 1, 2]
    random.shuffle(names)

    def judged(catalogue: Catalogue, asked: Queries) -> Report:
        rows = [item for item, n in zip(ids, queries.train_counts, strict=True) for _ in range(n)]
        train = train_of(catalogue, "".join(rows))
        flat = iter(asked.catalogue.ids[asked.targets])
        return evaluate(
            {"m": Popularity().fit(train)},
            queries_of(
                train,
                ["".join(history) for history in asked.histories.to_lists()],
                ["".join(next(flat) for _ in range(n)) for n in asked.n_relevant],
                asked.users,
            ),
            k=2,
            repeats="miss",
        )

    one = judged(queries.catalogue, queries)
    mixed = queries.take(order)
    renamed = Queries(
        mixed.histories,
        mixed.target_indptr,
        mixed.targets,
        np.array(names)[mixed.users],
        mixed.train_counts,
    )
    other = judged(catalogue_of("".join(items)), renamed)
    for metric in ("HR@1", "NDCG@2", "MAP@2"):
        assert np.array_equal(one.values("m", metric)[:, order], other.values("m", metric))
    for metric in ("Coverage@2", "Novelty@1", "Gini@2"):
        assert one.mean("m", metric) == pytest.approx(other.mean("m", metric), nan_ok=True)
    clusters = [report.queries.users for report in (one, other)]
    assert len(np.unique(clusters[0])) == len(np.unique(clusters[1]))


def test_equal_scores_stand_in_the_order_of_the_hash_for_all_models() -> None:
    catalogue = catalogue_of(LETTERS)
    train = train_of(catalogue, LETTERS)
    queries = queries_of(train, [""] * 8, list(LETTERS))
    constant = [LastItem(np.full((9, 8), value, np.float32)).fit(train) for value in (0, 7)]
    report = evaluate({"zero": constant[0], "seven": constant[1]}, queries, k=8)
    for name in ("zero", "seven"):
        assert report.ranks[name][0].tolist() == catalogue.tie_rank.tolist()


class View(LastItem):
    """Returns rows of what it has learnt, not a copy of them."""

    def _score(self, histories: Histories) -> F32:
        return self.table[: len(histories)]


@given(
    st.lists(st.text("abcd", max_size=4), min_size=1, max_size=5),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_asking_changes_nothing_that_a_model_has_learnt(
    histories: list[str], seed: int, exclude_seen: bool
) -> None:
    learnt = np.random.default_rng(seed).normal(size=(len(histories), 4)).astype(np.float32)
    model, before = View(learnt).fit(TRAIN), learnt.copy()
    queries = queries_of(TRAIN, histories, ["b"] * len(histories))
    asked = {"exclude_seen": exclude_seen, "repeats": "miss"}
    first = evaluate({"view": model}, queries, k=2, **asked)
    scores = model.score(queries.histories)
    scores[:] = 0
    model.top_k(queries.histories, 2, exclude_seen=exclude_seen)
    again = evaluate({"view": model}, queries, k=2, **asked)
    assert np.array_equal(learnt, before)
    assert np.array_equal(first.ranks["view"], again.ranks["view"])


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_scores_that_cannot_be_compared_are_refused(wrong: float) -> None:
    table = np.zeros((5, 4), np.float32)
    table[:, 1] = wrong
    message = f"LastItem gives item 'b' the score {wrong} for history 0; scores are finite, or -inf"
    with pytest.raises(ValueError, match=message):
        evaluate({"m": LastItem(table).fit(TRAIN)}, queries_of(TRAIN, ["a"], ["b"]), k=2)


def test_all_items_of_the_catalogue_are_candidates() -> None:
    table = np.tile(np.arange(8, dtype=np.float32), (9, 1))
    train = train_of(catalogue_of(LETTERS), LETTERS)
    report = evaluate({"m": LastItem(table).fit(train)}, queries_of(train, [""], ["a"]), k=1)
    assert report.ranks["m"].tolist() == [[7]]


def test_seeds_are_kept_apart_and_averaged() -> None:
    tables = [np.tile(np.float32([3, 2, 1, 0]), (5, 1)), np.tile(np.float32([0, 1, 2, 3]), (5, 1))]
    seeds = [LastItem(table).fit(TRAIN) for table in tables]
    report = evaluate({"m": seeds, "one": seeds[0]}, queries_of(TRAIN, ["", ""], ["a", "c"]), k=1)
    assert report.values("m").tolist() == [[1, 0], [0, 1]]
    assert report.mean("m") == report.mean("one") == 0.5
    assert report.lists["m"].tolist() == [[[0], [0]], [[2], [2]]]
    assert report.mean("m", "Coverage@1") == 0.25
    assert "m was fitted with 2 seeds" in repr(report.table())
    assert "one was fitted" not in repr(report.table())


@pytest.mark.bad_input("splits and judgements")
def test_repeated_targets_are_a_choice_above_one_percent() -> None:
    few = queries_of(TRAIN, ["a"] * 200, ["a"] * 2 + ["b"] * 198)
    report = evaluate({"m": POPULAR}, few, k=1)
    assert report.mean("m", "HR@1") == pytest.approx(0.99)
    note = "2 of 200 targets (1.00%) stand in their own history"
    assert note in repr(report.table())

    many = queries_of(TRAIN, ["a"] * 100, ["a"] * 2 + ["b"] * 98)
    with pytest.raises(ValueError, match=r"2 of 100 targets \(2.0%\).*exclude_seen=False.*'miss'"):
        evaluate({"m": POPULAR}, many, k=1)
    missed = evaluate({"m": POPULAR}, many, k=1, repeats="miss")
    assert missed.ranks["m"][0, :3].tolist() == [-1, -1, 0]
    assert "2 of 100 targets (2.00%) stand" in repr(missed.table())
    listed = evaluate({"m": POPULAR}, many, k=1, exclude_seen=False)
    assert listed.ranks["m"][0, :3].tolist() == [0, 0, 1]
    assert "may be listed again" in repr(listed.table())
    assert "stand in their own history" not in repr(listed.table())


def test_a_target_without_training_row_is_a_miss_and_counted() -> None:
    report = evaluate({"m": POPULAR}, queries_of(TRAIN, ["", ""], ["a", "d"]), k=4)
    assert report.ranks["m"].tolist() == [[0, -1]]
    assert report.mean("m", "HR@4") == 0.5
    assert "1 of 2 targets (50.00%) have no training row" in repr(report.table())


def test_stored_ranks_make_the_same_report() -> None:
    queries = queries_of(TRAIN, ["", "a", "b"], ["a", "bc", "d"], [0, 1, 1])
    report = evaluate({"m": POPULAR}, queries, k=2)
    again = Report(queries, report.ranks, k=2)
    assert again.interval("m", "HR@3") == report.interval("m", "HR@3")
    assert again.mean("m", "Accuracy@2") == pytest.approx((0.75 + 1 + 0.25) / 3)
    with pytest.raises(ValueError, match="Coverage needs the lists"):
        again.mean("m", "Coverage@2")
    assert "Coverage" not in repr(again.table())
    assert "Coverage@2" in repr(report.table())


def test_table_is_sorted_by_its_first_metric_and_shows_intervals() -> None:
    queries = queries_of(TRAIN, [""] * 4, ["a", "a", "b", "a"], [5, 5, 9, 7])
    report = Report(queries, {"bad": [[1, 1, 0, 1]], "good": [[0, 0, 1, 0]]}, k=2)
    table = report.table(["HR@1", "MRR@2"])
    assert table.frame["model"].to_list() == ["good", "bad"]
    mean, low, high = report.interval("good", "HR@1")
    assert (mean, 0 <= low < mean < high <= 1) == (0.75, True)
    assert table.frame["HR@1"][0] == f"0.750 [{low:.3f},\xa0{high:.3f}]"
    assert "Averages over 4 queries of 3 users." in repr(table)
    assert table._repr_markdown_().startswith("| model | HR@1 | MRR@2 |\n")
    assert report._repr_markdown_() == report.table()._repr_markdown_()
    assert repr(report) == "Report: bad, good on 4 queries of 3 users"


def test_one_user_gives_averages_without_intervals() -> None:
    report = Report(queries_of(TRAIN, ["", ""], ["a", "b"], [3, 3]), {"m": [[0, 1]]}, k=1)
    assert report.table(["HR@1"]).frame.row(0) == ("m", "0.500")
    assert "intervals" not in repr(report.table())
    with pytest.raises(ValueError, match="two users or more"):
        report.interval("m")


def test_verdicts_read_as_sentences() -> None:
    n = 100
    queries = queries_of(TRAIN, [""] * n, ["a"] * n)
    found = np.arange(n)[None] % 10
    ranks = {
        "good": np.where(found < 6, 0, -1),
        "bad": np.where(found < 2, 0, -1),
        "even": np.where(found > 3, 0, -1),
    }
    report = Report(queries, ranks, k=1)
    better = report.compare("good", "bad", "HR@1")
    assert better.distinguishable
    assert (better.verdict, round(better.difference, 9)) == ("better than", 0.4)
    assert better.low < 0.4 < better.high
    assert re.fullmatch(
        r"good is better than bad: HR@1 differs by 0\.400 "
        r"\(95% interval 0\.\d{3} to 0\.\d{3}\)\.",
        repr(better),
    )
    assert better._repr_markdown_() == repr(better)
    assert report.compare("bad", "good").verdict == "worse than"
    same = report.compare("good", "even")
    assert not same.distinguishable
    assert "good is not distinguishable from even: NDCG@1 differs by 0.000" in repr(same)

    together = report.compare_all("HR@1")
    assert [(pair.a, pair.b) for pair in together] == [
        ("good", "even"),
        ("good", "bad"),
        ("even", "bad"),
    ]
    wide = together["good", "bad"]
    assert (wide.difference, wide.verdict) == (better.difference, "better than")
    assert wide.high - wide.low > better.high - better.low
    turned = together["bad", "good"]
    assert (turned.low, turned.high, turned.verdict) == (-wide.high, -wide.low, "worse than")
    assert "Differences in HR@1. All 3 pairs are judged at once" in repr(together)
    assert together._repr_markdown_() == together.table()._repr_markdown_()
    with pytest.raises(KeyError, match="no comparison"):
        together["good", "good"]


QUERIES = queries_of(TRAIN, ["", ""], ["a", "b"])
OTHER = Popularity().fit(train_of(catalogue_of("xyz"), "xy"))


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    ("models", "error", "message"),
    [
        ({}, ValueError, "there is no model to judge"),
        (POPULAR, TypeError, "models must map names to models"),
        ({"m": 3}, TypeError, "models must be fitted recommenders, but 'm' is int"),
        ({"m": [POPULAR, "x"]}, TypeError, "but 'm' is str"),
        ({"m": []}, TypeError, "but 'm' is empty"),
        ({"m": [POPULAR, POPULAR]}, ValueError, "'m' holds one fitted model twice"),
        ({"m": Popularity()}, ValueError, "'m' cannot be judged.*Popularity is not fitted"),
        ({"m": OTHER}, ValueError, "'m' cannot be judged.*another catalogue"),
    ],
)
def test_models_that_cannot_be_judged(models: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        evaluate(models, QUERIES, k=2)


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"k": 0}, "k must be a whole number from 1 to 4"),
        ({"k": 5}, "k must be a whole number from 1 to 4"),
        ({"repeats": "drop"}, "repeats must be 'error' or 'miss'"),
        ({"queries": QUERIES.take([])}, "there are no queries"),
    ],
)
def test_settings_that_cannot_be_used(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(**{"models": {"m": POPULAR}, "queries": QUERIES, "k": 2, **changed})


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ranks": {}}, "there is no model to judge"),
        ({"queries": QUERIES.take([])}, "there are no queries"),
        ({"k": 5}, "k must be a whole number from 1 to 4"),
        ({"ranks": {"m": [0, 1]}}, r"ranks\['m'\] must have the shape \(n_seeds, 2\), not \(2,\)"),
        ({"ranks": {"m": np.empty((0, 2), int)}}, "must have the shape"),
        ({"ranks": {"m": [[0, 4]]}}, "must lie between -1 and 3, but run from 0 to 4"),
        ({"ranks": {"m": [[-2, 0]]}}, "must lie between -1 and 3, but run from -2 to 0"),
        ({"lists": {"m": [[[0, 1]]]}}, r"must have the shape \(n_seeds, 2, 2\)"),
        ({"lists": {"n": [[[0, 1]] * 2]}}, "the same models"),
    ],
)
def test_ranks_that_make_no_report(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Report(**{"queries": QUERIES, "ranks": {"m": [[0, 1]]}, "k": 2, **changed})
    with pytest.raises(TypeError, match=r"ranks\['m'\] must hold int32 values, not float64"):
        Report(QUERIES, {"m": [[0.5, 1]]}, k=2)


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize("metric", ["NDCG", "ndcg@2", "NDCG@x", "NDCG@-1", "NDCG@²", "@2", ""])
def test_metrics_that_do_not_exist(metric: str) -> None:
    report = Report(QUERIES, {"m": [[0, 1]]}, k=2)
    with pytest.raises(ValueError, match=r"no metric .*'NDCG', .*'Gini' with its cutoff"):
        report.mean("m", metric)


@pytest.mark.bad_input("splits and judgements")
def test_questions_that_a_report_cannot_answer() -> None:
    report = evaluate({"m": POPULAR}, QUERIES, k=2)
    for ask in (report.values, report.mean, report.interval):
        with pytest.raises(KeyError, match="no model 'x' in this report; there are m"):
            ask("x")
    with pytest.raises(KeyError, match="no model 'x'"):
        report.mean("x", "Gini@2")
    with pytest.raises(ValueError, match="the lists hold 2 items, so Gini@3 is unknown"):
        report.mean("m", "Gini@3")
    with pytest.raises(ValueError, match="Gini is a property of all lists together"):
        report.interval("m", "Gini@2")
    for cutoff in (0, 5):
        with pytest.raises(ValueError, match=f"cutoff of HR@{cutoff} must lie between 1 and 4"):
            report.mean("m", f"HR@{cutoff}")
    with pytest.raises(ValueError, match="two different models"):
        report.compare("m", "m")
    with pytest.raises(ValueError, match="the report holds one model"):
        report.compare_all()
