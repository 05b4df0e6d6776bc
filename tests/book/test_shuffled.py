"""Shuffling moves items within their history, and only those that may move."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_book.demonstrations.shuffled import OrderlessLSTM4Rec, shuffled, shuffled_windows
from recsys_helpers import Catalogue, Histories

CATALOGUE = Catalogue(pl.DataFrame({"item": range(50)}))
lists = st.lists(st.lists(st.integers(0, 49), max_size=12), min_size=1, max_size=6)


def of(rows: list[list[int]]) -> Histories:
    return Histories.from_lists(CATALOGUE, rows)


@given(
    rows=lists,
    keep_last=st.integers(0, 5),
    window=st.none() | st.integers(1, 9),
    seed=st.integers(0, 9),
)
def test_shuffling_moves_items_within_their_history_only(
    rows: list[list[int]], keep_last: int, window: int | None, seed: int
) -> None:
    mixed = shuffled(of(rows), np.random.default_rng(seed), keep_last, window)
    again = shuffled(of(rows), np.random.default_rng(seed), keep_last, window)
    assert mixed.to_lists() == again.to_lists()
    for row, other in zip(rows, mixed.to_lists(), strict=True):
        early = 0 if window is None else max(len(row) - window, 0)
        kept = max(len(row) - keep_last, early)
        assert sorted(other) == sorted(row)
        assert other[:early] == row[:early]
        assert other[kept:] == row[kept:]
        assert sorted(other[early:kept]) == sorted(row[early:kept])


def test_each_order_is_equally_likely() -> None:
    rows = of([[0, 1, 2]] * 6000)
    orders = [tuple(row) for row in shuffled(rows, np.random.default_rng(0)).to_lists()]
    assert len(set(orders)) == 6
    for order in set(orders):
        assert 850 < orders.count(order) < 1150  # 1000 ± 5 standard deviations


def test_ratings_follow_their_items_and_times_are_left_out() -> None:
    rows = Histories(
        CATALOGUE,
        np.array([0, 5, 9]),
        np.arange(9, dtype=np.int32),
        times=np.arange(9),
        ratings=np.arange(9) / 2,
        at=np.array([10, 11]),
        keys=np.array(["Ann", "Bo"], object),
    )
    mixed = shuffled(rows, np.random.default_rng(1))
    assert mixed.items.tolist() != rows.items.tolist()
    assert mixed.ratings.tolist() == (mixed.items / 2).tolist()
    assert mixed.times is None
    assert (mixed.keys.tolist(), mixed.at.tolist()) == (["Ann", "Bo"], [10, 11])


def test_shuffling_refuses_bad_numbers() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="keep_last must be at least 0"):
        shuffled(of([[1, 2]]), rng, keep_last=-1)
    with pytest.raises(ValueError, match="window must be at least 1"):
        shuffled(of([[1, 2]]), rng, window=0)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(0, 99))
def test_shuffled_windows_hold_the_same_items_in_one_new_order(n: list[int], seed: int) -> None:
    lengths = np.array(n)
    inputs, targets = np.zeros((len(n), 12), int), np.full((len(n), 12), -1)
    for row, length in enumerate(n):
        items = 100 * row + np.arange(1, length + 2)
        inputs[row, :length], targets[row, :length] = items[:-1], items[1:]
    rng = np.random.default_rng(seed)
    new_inputs, new_targets, new_lengths = shuffled_windows((inputs, targets, lengths), rng)
    np.testing.assert_array_equal(new_lengths, lengths)
    for row, length in enumerate(n):
        read, asked = new_inputs[row], new_targets[row]
        assert list(read[1:length]) == list(asked[: length - 1])  # a target is read next
        assert sorted([read[0], *asked[:length]]) == [*range(100 * row + 1, 100 * row + length + 2)]
        assert not read[length:].any()
        assert (asked[length:] == -1).all()


def test_training_in_disorder_draws_a_new_order_each_time() -> None:
    histories = of([list(range(9))])
    model, rng = OrderlessLSTM4Rec(max_len=8), np.random.default_rng(0)
    orders = {tuple(model._windows(histories, rng)[1].ravel()) for _ in range(5)}
    assert len(orders) == 5
