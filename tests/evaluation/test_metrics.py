"""Metrics against their definitions, written as loops over one list."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from recsys_helpers.evaluation import metrics
from recsys_helpers.evaluation.metrics import METRICS, accuracy, coverage, gini, novelty


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n, k = draw(st.integers(1, 6)), draw(st.integers(1, 12))
    rows = draw(st.lists(st.lists(st.booleans(), min_size=k, max_size=k), min_size=n, max_size=n))
    hits = np.array(rows, bool)
    unlisted = draw(st.lists(st.integers(0, 15), min_size=n, max_size=n))
    return hits, np.maximum(hits.sum(axis=1) + unlisted, 1)


@st.composite
def listed(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    counts = draw(st.lists(st.integers(0, 50), min_size=1, max_size=8))
    k = draw(st.integers(1, 5))
    rows = draw(
        st.lists(
            st.lists(st.integers(0, len(counts) - 1), max_size=k, unique=True),
            min_size=1,
            max_size=6,
        )
    )
    padded = [row + [-1] * (k - len(row)) for row in rows]
    return np.array(padded, np.int32), np.array(counts)


def by_definition(hits: list[bool], n_relevant: int) -> dict[str, float]:
    k = len(hits)
    ranks = [rank for rank in range(1, k + 1) if hits[rank - 1]]
    precision, recall = len(ranks) / k, len(ranks) / n_relevant
    gain = sum(1 / math.log2(rank + 1) for rank in ranks)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, n_relevant) + 1))
    return {
        "HR": 1.0 if ranks else 0.0,
        "Recall": recall,
        "Precision": precision,
        "F1": 2 * precision * recall / (precision + recall) if ranks else 0.0,
        "NDCG": gain / ideal,
        "MRR": 1 / ranks[0] if ranks else 0.0,
        "MAP": sum((number + 1) / rank for number, rank in enumerate(ranks)) / n_relevant,
    }


@pytest.mark.parametrize("name", METRICS)
@given(judged())
def test_each_accuracy_metric_follows_its_definition(name, case):
    hits, n_relevant = case
    rows = zip(hits.tolist(), n_relevant.tolist(), strict=True)
    expected = [by_definition(row, n)[name] for row, n in rows]
    values = METRICS[name](hits, n_relevant)
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    assert ((values >= 0) & (values <= 1 + 1e-12)).all()


@pytest.mark.parametrize("name", METRICS)
@given(judged(), st.data())
def test_a_hit_moved_up_never_lowers_a_metric(name, case, data):
    hits, n_relevant = case
    moved = hits.copy()
    row = data.draw(st.integers(0, len(hits) - 1))
    place = data.draw(st.integers(0, hits.shape[1] - 1))
    moved[row, : place + 1] = np.sort(moved[row, : place + 1])[::-1]
    before, after = METRICS[name](hits, n_relevant), METRICS[name](moved, n_relevant)
    assert (after >= before - 1e-12).all()


@given(st.integers(1, 12), st.integers(1, 15))
def test_the_best_list_is_worth_what_it_can_be(k, n_relevant):
    hits = np.arange(k)[None, :] < n_relevant
    share = min(k, n_relevant)
    best = {"Recall": share / n_relevant, "Precision": share / k, "MAP": share / n_relevant}
    best["F1"] = 2 * share / (k + n_relevant)
    for name, metric in METRICS.items():
        assert metric(hits, [n_relevant])[0] == pytest.approx(best.get(name, 1.0)), name


@given(st.integers(1, 12), st.data())
def test_with_one_relevant_item_metrics_depend_on_its_rank_alone(k, data):
    rank = data.draw(st.integers(1, k))
    hits = np.arange(1, k + 1)[None, :] == rank
    values = {name: metric(hits, [1])[0] for name, metric in METRICS.items()}
    assert values["HR"] == values["Recall"] == 1
    assert values["MRR"] == values["MAP"] == pytest.approx(1 / rank)
    assert values["NDCG"] == pytest.approx(1 / math.log2(rank + 1))


@given(judged(), st.integers(0, 30))
def test_accuracy_counts_the_items_told_right(case, rest):
    hits, n_relevant = case
    k = hits.shape[1]
    needed = int((k + n_relevant - hits.sum(axis=1)).max())
    n_items = needed + rest
    for row, n, value in zip(hits, n_relevant, accuracy(hits, n_relevant, n_items), strict=True):
        is_listed = np.arange(n_items) < k
        relevant = np.zeros(n_items, bool)
        relevant[np.flatnonzero(row)] = True
        relevant[k : k + n - row.sum()] = True
        assert value == pytest.approx((is_listed == relevant).mean())


@given(listed())
def test_coverage_counts_distinct_items(case):
    items, counts = case
    assert coverage(items, counts) == len(set(items.ravel().tolist()) - {-1}) / len(counts)


@given(listed())
def test_novelty_is_the_mean_surprise_of_the_listed_items(case):
    items, counts = case
    surprises = [
        -math.log2(max(int(counts[item]), 1) / int(counts.sum()))
        for item in items.ravel().tolist()
        if item != -1 and counts.sum()
    ]
    expected = sum(surprises) / len(surprises) if surprises else math.nan
    assert novelty(items, counts) == pytest.approx(expected, nan_ok=True)


@given(listed())
def test_gini_is_half_the_relative_mean_difference(case):
    items, counts = case
    times = [int((items == item).sum()) for item in range(len(counts))]
    differences = sum(abs(a - b) for a in times for b in times)
    expected = differences / (2 * len(times) * sum(times)) if sum(times) else math.nan
    assert gini(items, counts) == pytest.approx(expected, nan_ok=True)


@given(listed(), st.randoms())
def test_list_metrics_ignore_order_and_padding(case, random):
    items, counts = case
    rows, codes = list(range(len(items))), list(range(len(counts)))
    random.shuffle(rows)
    random.shuffle(codes)
    renamed = np.append(codes, -1)[items[rows]]
    renamed = np.pad(renamed[:, ::-1], ((0, 1), (1, 0)), constant_values=-1)
    new_counts = np.empty_like(counts)
    new_counts[codes] = counts
    for metric in (coverage, novelty, gini):
        expected = metric(items, counts)
        assert metric(renamed, new_counts) == pytest.approx(expected, nan_ok=True)


def test_an_item_without_training_rows_counts_as_if_it_had_one():
    assert novelty([[1]], [3, 0, 5]) == novelty([[1]], [2, 1, 5]) == 3


def test_a_list_of_the_only_item_is_no_surprise():
    assert math.copysign(1, novelty([[0]], [5])) == 1


def test_no_lists_give_no_values():
    hits = np.empty((0, 3), bool)
    for metric in METRICS.values():
        assert metric(hits, np.empty(0, int)).shape == (0,)
    assert accuracy(hits, np.empty(0, int), 5).shape == (0,)
    items = np.empty((0, 3), np.int32)
    assert coverage(items, [1, 1]) == 0
    assert math.isnan(gini(items, [1, 1]))
    assert math.isnan(novelty(items, [1, 1]))


def test_metrics_leave_their_arguments_untouched():
    hits, n_relevant = np.array([[True, False]]), np.array([2])
    items, counts = np.array([[1, -1]], np.int32), np.array([3, 1])
    given_arrays = (hits, n_relevant, items, counts)
    copies = [array.copy() for array in given_arrays]
    for metric in METRICS.values():
        metric(hits, n_relevant)
    for metric in (coverage, novelty, gini):
        metric(items, counts)
    for array, copy in zip(given_arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert array.flags.writeable


@pytest.mark.bad_input("settings and arrays out of range", by=("hits",))
@pytest.mark.parametrize("metric", [*METRICS.values(), lambda h, n: accuracy(h, n, 100)])
@pytest.mark.parametrize(
    ("hits", "n_relevant", "error", "words"),
    [
        ([True], [1], ValueError, r"hits must have shape \(n, k\).*not \(1,\)"),
        ([[]], [1], ValueError, "k at least 1"),
        ([[1, 0]], [1], TypeError, "truth values, not int64"),
        ([[True]], [1, 1], ValueError, "n_relevant must have 1 values, but has 2"),
        ([[True]], [[1]], ValueError, "one dimension"),
        ([[True]], [1.5], TypeError, "n_relevant must hold int64"),
        ([[True], [False]], [1, 0], ValueError, r"n_relevant\[1\] is 0"),
        ([[True, True]], [1], ValueError, r"n_relevant\[0\] is 1.*2 hits"),
    ],
)
def test_bad_hits_are_refused(metric, hits, n_relevant, error, words):
    with pytest.raises(error, match=words):
        metric(hits, n_relevant)


def test_a_catalogue_smaller_than_the_list_and_the_relevant_items_is_refused():
    assert accuracy([[True, False]], [2], 3)[0] == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="catalogue of 2 items is too small"):
        accuracy([[True, False]], [2], 2)


@pytest.mark.bad_input("settings and arrays out of range", by=("items",))
@pytest.mark.parametrize("metric", [coverage, novelty, gini])
@pytest.mark.parametrize(
    ("items", "counts", "error", "words"),
    [
        ([0], [1], ValueError, r"items must have shape \(n, k\)"),
        ([[0.5]], [1], TypeError, "items must hold int64"),
        ([[0]], [[1]], ValueError, "train_counts must have one dimension"),
        ([[-1]], [], ValueError, "train_counts must have a number"),
        ([[0]], [3, -1], ValueError, "0 or more"),
        ([[-1, -1], [-1, 2]], [1, 1], ValueError, r"items\[1, 1\] is 2, .* 0 to 1"),
        ([[0, -2]], [1, 1], ValueError, r"items\[0, 1\] is -2"),
    ],
)
def test_bad_lists_are_refused(metric, items, counts, error, words):
    with pytest.raises(error, match=words):
        metric(items, counts)


def test_every_accuracy_metric_that_needs_no_catalogue_has_a_name():
    shown = set(METRICS.values()) | {accuracy, coverage, novelty, gini}
    assert shown == {
        value
        for name, value in vars(metrics).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == metrics.__name__
    }
