"""Lists and ranks against a sort of each row by score and tie order."""

from __future__ import annotations

import tracemalloc

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Catalogue, Histories, Queries
from recsys_helpers.recommenders import ranking

VALUES = [-np.inf, -1.5, 0.0, 1.0, 3.0]


@st.composite
def scored(draw: st.DrawFn, min_rows: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return scores with many ties and unranked items, and an order among equal scores."""
    n, m = draw(st.integers(min_rows, 5)), draw(st.integers(1, 12))
    values = draw(st.sampled_from([VALUES, VALUES[:2], VALUES[2:3], VALUES[:1]]))
    row = st.lists(st.sampled_from(values), min_size=m, max_size=m)
    scores = np.array(draw(st.lists(row, min_size=n, max_size=n)), np.float32).reshape(n, m)
    return scores, np.array(draw(st.permutations(range(m))), np.int32)


def best_first(row: np.ndarray, tie_rank: np.ndarray) -> list[int]:
    order = np.lexsort((tie_rank, -row))
    return [int(column) for column in order if row[column] > -np.inf]


def assert_lists_follow_the_sort(scores: np.ndarray, tie_rank: np.ndarray, k: int) -> None:
    columns, values = ranking.top_k(scores, k, tie_rank)
    assert columns.shape == values.shape == (len(scores), k)
    assert (columns.dtype, values.dtype) == (np.int32, np.float32)
    for row, found, value in zip(scores, columns.tolist(), values.tolist(), strict=True):
        expected = best_first(row, tie_rank)[:k]
        padding = k - len(expected)
        assert found == expected + [-1] * padding
        assert value == row[expected].tolist() + [-np.inf] * padding


@given(scored(), st.integers(0, 15))
def test_lists_are_the_start_of_the_sorted_row(case, k):
    assert_lists_follow_the_sort(*case, k)


@given(scored())
def test_a_list_of_the_whole_catalogue_is_the_sorted_row(case):
    assert_lists_follow_the_sort(*case, case[0].shape[1])


@pytest.mark.parametrize("levels", [1, 2, 5, 10**6])
@pytest.mark.parametrize("k", [1, 10, 199, 200, 203])
def test_lists_from_larger_rows_are_the_start_of_the_sorted_row(levels, k):
    rng = np.random.default_rng(levels)
    scores = rng.integers(0, levels, (20, 200)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.3] = -np.inf
    assert_lists_follow_the_sort(scores, rng.permutation(200).astype(np.int32), k)


def test_a_list_of_ties_sorts_no_whole_rows() -> None:
    """A row of zeros, as a stranger gets from most models, costs about what any row does."""
    rng = np.random.default_rng(0)
    scores = np.zeros((20, 20_000), np.float32)
    scores[1::2, :3] = 1
    scores[::4] = rng.random(20_000)
    tie_rank = rng.permutation(20_000).astype(np.int32)
    tracemalloc.start()
    ranking.top_k(scores, 10, tie_rank)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < scores.nbytes
    assert_lists_follow_the_sort(scores, tie_rank, 10)


@given(scored(min_rows=1), st.data())
def test_ranks_are_places_in_the_sorted_row(case, data):
    scores, tie_rank = case
    n, m = scores.shape
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))
    asked = np.array(data.draw(st.lists(pair, max_size=20)), np.int64).reshape(-1, 2)
    rows, targets = asked[:, 0], asked[:, 1].astype(np.int32)
    places = [best_first(row, tie_rank) for row in scores]
    expected = [
        places[row].index(target) if target in places[row] else -1 for row, target in asked.tolist()
    ]
    found = ranking.ranks(scores, rows, targets, tie_rank)
    assert found.dtype == np.int32
    assert found.tolist() == expected


@given(scored(min_rows=1))
def test_lists_and_ranks_name_the_same_places(case):
    scores, tie_rank = case
    m = scores.shape[1]
    columns, _ = ranking.top_k(scores, m, tie_rank)
    rows, places = np.nonzero(columns >= 0)
    assert ranking.ranks(scores, rows, columns[rows, places], tie_rank).tolist() == places.tolist()


@given(scored(min_rows=1), st.integers(1, 60))
def test_ranks_taken_in_parts_equal_ranks_taken_at_once(case, cells):
    scores, tie_rank = case
    rows, targets = np.divmod(np.arange(scores.size), scores.shape[1])
    whole = ranking.ranks(scores, rows, targets.astype(np.int32), tie_rank)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "CELLS", cells)
        parts = ranking.ranks(scores, rows, targets.astype(np.int32), tie_rank)
    assert parts.tolist() == whole.tolist()


@given(scored(min_rows=1), st.integers(1, 15), st.randoms())
def test_renaming_columns_renames_the_lists(case, k, random):
    scores, tie_rank = case
    order = list(range(scores.shape[1]))
    random.shuffle(order)
    columns, values = ranking.top_k(scores, k, tie_rank)
    renamed, same = ranking.top_k(scores[:, order], k, tie_rank[order])
    assert np.where(renamed < 0, -1, np.append(order, -1)[renamed]).tolist() == columns.tolist()
    assert same.tolist() == values.tolist()


def test_scores_and_ties_stay_untouched():
    scores, tie_rank = np.array([[1, 1, 1, 0]], np.float32), np.array([3, 1, 0, 2], np.int32)
    scores.flags.writeable = tie_rank.flags.writeable = False
    for k in (2, 4):
        ranking.top_k(scores, k, tie_rank)
    ranking.ranks(scores, np.zeros(1, int), np.array([0], np.int32), tie_rank)
    assert (scores.tolist(), tie_rank.tolist()) == ([[1, 1, 1, 0]], [3, 1, 0, 2])


def test_a_broadcast_row_ranks_like_its_copies():
    row, tie_rank = np.array([2, 2, 1, 2], np.float32), np.array([3, 0, 1, 2], np.int32)
    columns, _ = ranking.top_k(np.broadcast_to(row, (3, 4)), 2, tie_rank)
    assert columns.tolist() == [[1, 3]] * 3


@given(st.integers(0, 200), st.integers(0, 30), st.integers(1, 100))
def test_chunks_hold_every_row_once_and_keep_to_the_memory(n, n_items, cells):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "CELLS", cells)
        parts = ranking.chunks(n, n_items)
    assert [row for part in parts for row in range(part.start, part.stop)] == list(range(n))
    for part in parts:
        size = part.stop - part.start
        assert size >= 1
        assert size == 1 or size * n_items <= cells


def random_queries(n: int, most_targets: int, seed: int) -> tuple[Queries, np.ndarray]:
    """Return queries over 30 items with targets outside the history, and coarse scores."""
    rng = np.random.default_rng(seed)
    catalogue = Catalogue(pl.DataFrame({"item": range(30)}))
    n_targets = rng.integers(1, most_targets + 1, n)
    orders = [rng.permutation(30) for _ in range(n)]
    targets = [order[:size] for order, size in zip(orders, n_targets, strict=True)]
    histories = Histories.from_lists(catalogue, [order[-5:].tolist() for order in orders])
    queries = Queries(
        histories,
        np.r_[0, np.cumsum(n_targets)],
        np.concatenate(targets).astype(np.int32),
        np.arange(n),
        np.ones(30, int),
    )
    return queries, rng.integers(0, 9, 30).astype(np.float32)


@given(n=st.integers(1, 40), k=st.integers(1, 12), seed=st.integers(0, 99))
def test_ndcg_of_several_targets_is_that_of_a_loop(n: int, k: int, seed: int) -> None:
    queries, by_item = random_queries(n, 15, seed)
    values = []
    for row, history in enumerate(queries.histories):
        scores = by_item.copy()
        scores[history] = -np.inf
        best = best_first(scores, queries.catalogue.tie_rank)[:k]
        first, last = queries.target_indptr[row : row + 2]
        relevant = queries.targets[first:last].tolist()
        gain = sum(1 / np.log2(r + 2) for r, item in enumerate(best) if item in relevant)
        values.append(gain / sum(1 / np.log2(r + 2) for r in range(min(k, len(relevant)))))
    got = ranking.ndcg(lambda h: np.tile(by_item, (len(h), 1)), queries, k)
    assert got == pytest.approx(np.mean(values), rel=1e-12)


@given(n=st.integers(1, 300), cells=st.integers(30, 9000), seed=st.integers(0, 99))
def test_ndcg_of_one_target_is_the_average_discount_to_the_bit(
    n: int, cells: int, seed: int
) -> None:
    queries, by_item = random_queries(n, 1, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "CELLS", cells)
        got = ranking.ndcg(lambda h: np.tile(by_item, (len(h), 1)), queries)
        total = 0.0
        for part in ranking.chunks(n, 30):
            scores = np.tile(by_item, (part.stop - part.start, 1))
            scores = ranking.without_seen(scores, queries.histories[part])
            places = ranking.ranks(
                scores,
                np.arange(len(scores)),
                queries.targets[part],
                queries.catalogue.tie_rank,
            )
            listed = (places >= 0) & (places < 10)
            total += float((1 / np.log2(places[listed] + 2.0)).sum())
    assert got == total / n
