"""Histories become arrays in which nothing is lost, doubled or mixed up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Catalogue, Histories
from recsys_helpers.recommenders.neural.sequences import (
    batches,
    last_window,
    prefixes,
    redrawn_ties,
    windows,
)

CATALOGUE = Catalogue(pl.DataFrame({"item": range(50)}))
lists = st.lists(st.lists(st.integers(0, 49), max_size=12), min_size=1, max_size=6)


def of(rows: list[list[int]]) -> Histories:
    return Histories.from_lists(CATALOGUE, rows)


@given(rows=lists, max_len=st.integers(1, 6))
def test_the_last_window_is_the_end_of_each_history(rows: list[list[int]], max_len: int) -> None:
    items, lengths = last_window(of(rows), max_len)
    assert items.dtype == np.int32
    for row, window, length in zip(rows, items, lengths, strict=True):
        assert window[:length].tolist() == row[-max_len:]
        assert not window[length:].any()


@given(rows=lists, max_len=st.integers(1, 6))
def test_each_prefix_ends_with_its_item(rows: list[list[int]], max_len: int) -> None:
    expected = [row[max(0, t - max_len) : t] for row in rows for t in range(1, len(row) + 1)]
    assert prefixes(of(rows), max_len).to_lists() == expected


def timed(rows: list[list[int]]) -> Histories:
    """Return histories in which item i is met at time 100 + i, and asked about at 1000."""
    ordered = of([sorted(row) for row in rows])
    return replace(ordered, times=100 + ordered.items, at=np.full(len(rows), 1000))


@given(rows=lists, max_len=st.integers(1, 6))
def test_a_prefix_is_asked_about_when_the_next_item_is_met(
    rows: list[list[int]], max_len: int
) -> None:
    found = prefixes(timed(rows), max_len)
    assert found.times.tolist() == (100 + found.items).tolist()
    asked = [[*(100 + np.array(sorted(row)[1:])), 1000] for row in rows if row]
    assert found.at.tolist() == [time for times in asked for time in times]


@given(rows=lists, max_len=st.integers(1, 6))
def test_times_stand_beside_their_items(rows: list[list[int]], max_len: int) -> None:
    items, lengths, times, asked = last_window(timed(rows), max_len, 2)
    assert times.dtype == asked.dtype == np.int64
    real = np.arange(items.shape[1]) < lengths[:, None]
    assert (times == np.where(real, 100 + items, 0)).all()
    last = np.arange(items.shape[1]) == lengths[:, None] - 1
    assert (asked[last] == 1000).all()
    assert (asked[:, :-1][~last[:, :-1]] == times[:, 1:][~last[:, :-1]]).all()
    assert not asked[~real].any()


@given(rows=lists, max_len=st.integers(1, 6), seed=st.none() | st.integers(0, 99))
def test_windows_hold_the_times_of_inputs_and_targets(
    rows: list[list[int]], max_len: int, seed: int | None
) -> None:
    def rng() -> np.random.Generator | None:
        return None if seed is None else np.random.default_rng(seed)

    histories = replace(timed(rows), at=None)
    inputs, targets, lengths, times, asked = windows(histories, max_len, rng(), 2)
    real = np.arange(max_len) < lengths[:, None]
    assert (times == np.where(real, 100 + inputs, 0)).all()
    assert (asked == np.where(real, 100 + targets, 0)).all()
    for fewer in (0, 1):
        found = windows(histories, max_len, rng(), fewer)
        assert len(found) == 3 + fewer
        assert all(map(np.array_equal, found, (inputs, targets, lengths, times)))


@given(rows=lists, max_len=st.integers(1, 6), seed=st.none() | st.integers(0, 99))
def test_each_item_but_the_first_is_a_target_once(
    rows: list[list[int]], max_len: int, seed: int | None
) -> None:
    rng = None if seed is None else np.random.default_rng(seed)
    inputs, targets, lengths = windows(of(rows), max_len, rng)
    assert inputs.shape == targets.shape == (len(lengths), max_len)
    assert all(1 <= length <= max_len for length in lengths)
    real = np.arange(max_len) < lengths[:, None]
    assert ((targets >= 0) == real).all()  # what is padding is no target
    pairs = [pair for row in rows for pair in pairwise(row)]
    assert list(zip(inputs[real].tolist(), targets[real].tolist(), strict=True)) == pairs
    for window, wanted, length in zip(inputs, targets, lengths, strict=True):
        assert window[1:length].tolist() == wanted[: length - 1].tolist()


def test_cuts_fall_elsewhere_in_each_epoch() -> None:
    rows = of([list(range(40))] * 5)
    cuts = {tuple(windows(rows, 8, np.random.default_rng(seed))[2]) for seed in range(6)}
    assert len(cuts) == 6


@given(
    lengths=st.lists(st.integers(1, 20), min_size=1, max_size=40),
    size=st.integers(1, 7),
    seed=st.none() | st.integers(0, 9),
)
def test_batches_hold_each_sequence_once_and_have_room(
    lengths: list[int], size: int, seed: int | None
) -> None:
    given_lengths = np.array(lengths)
    rng = None if seed is None else np.random.default_rng(seed)
    groups = list(batches(given_lengths, size, 20, rng))
    assert sorted(row for rows, _ in groups for row in rows.tolist()) == list(range(len(lengths)))
    for rows, width in groups:
        assert len(rows) <= size
        assert given_lengths[rows].max() <= width <= 20
        assert width in (5, 10, 15, 20)


@given(
    rows=st.lists(st.lists(st.integers(0, 3), max_size=8), min_size=1, max_size=5),
    seed=st.integers(0, 99),
)
def test_only_items_of_equal_time_change_places(rows: list[list[int]], seed: int) -> None:
    times = [time for row in rows for time in sorted(row)]
    n = len(times)
    given_order = Histories(
        CATALOGUE,
        np.cumsum([0, *map(len, rows)]),
        np.arange(n, dtype=np.int32),
        times=np.array(times, np.int64),
        ratings=np.arange(n) / 2,
        keys=np.arange(len(rows)),
    )
    drawn = redrawn_ties(given_order, np.random.default_rng(seed))
    assert drawn.times.tolist() == given_order.times.tolist()
    assert drawn.ratings.tolist() == (drawn.items / 2).tolist()
    assert drawn.keys.tolist() == given_order.keys.tolist()
    for begin, end in zip(given_order.indptr, given_order.indptr[1:], strict=False):
        for time in set(given_order.times[begin:end].tolist()):
            same = np.flatnonzero(given_order.times[begin:end] == time) + begin
            assert sorted(drawn.items[same]) == same.tolist()


def test_each_order_of_a_tie_is_equally_likely() -> None:
    n = 6000
    rows = Histories(
        CATALOGUE,
        4 * np.arange(n + 1),
        np.tile(np.arange(4, dtype=np.int32), n),
        times=np.tile([1, 2, 2, 2], n),
    )
    orders = [tuple(row) for row in redrawn_ties(rows, np.random.default_rng(0)).to_lists()]
    assert {order[0] for order in orders} == {0}
    for order in permutations((1, 2, 3)):
        assert 850 < orders.count((0, *order)) < 1150  # 1000 ± 5 standard deviations


def test_without_times_nothing_is_a_tie() -> None:
    rows = of([[1, 2], [3]])
    assert redrawn_ties(rows, np.random.default_rng(0)) is rows


def test_bad_lengths() -> None:
    for function in (last_window, prefixes, windows):
        with pytest.raises(ValueError, match="max_len must be a whole number of at least 1"):
            function(of([[1, 2]]), 0)
