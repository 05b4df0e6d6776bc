"""Learning from the last item of a window alone, which the chapter on ConvLSTM compares with."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_book.demonstrations.last_item import LastItemConvLSTM, windows_of_one
from recsys_helpers import Catalogue, ConvLSTM, Histories, leave_last_out, synthetic

CATALOGUE = Catalogue(pl.DataFrame({"item": range(50)}))
lists = st.lists(st.lists(st.integers(0, 49), max_size=12), min_size=1, max_size=6)


def of(rows: list[list[int]]) -> Histories:
    return Histories.from_lists(CATALOGUE, rows)


@given(rows=lists, max_len=st.integers(1, 6), seed=st.integers(0, 99))
def test_windows_of_one_item_are_drawn_from_all(
    rows: list[list[int]], max_len: int, seed: int
) -> None:
    asked = sum(max(len(row) - 1, 0) for row in rows)
    rng = np.random.default_rng(seed)
    inputs, targets, lengths = windows_of_one(of(rows), max_len, asked, rng)
    assert ((targets >= 0).sum(axis=1) == 1).all()
    found = sorted(
        (*row[:n].tolist(), int(wanted[n - 1]))
        for row, wanted, n in zip(inputs, targets, lengths, strict=True)
    )
    expected = [tuple(row[max(0, t - max_len) : t + 1]) for row in rows for t in range(1, len(row))]
    assert found == sorted(expected)
    with pytest.raises(ValueError, match=f"only {asked} items have one before them"):
        windows_of_one(of(rows), max_len, asked + 1, rng)


def test_it_learns_something_else_from_as_many_windows() -> None:
    log = synthetic(n_users=60, n_items=30, mean_length=12, seed=4).interactions
    train = leave_last_out(log, 1, 1).train
    small = {"dim": 4, "n_filters": 3, "n_units": 5, "max_len": 8, "text": False, "epochs": 1}
    every, last = ConvLSTM(**small), LastItemConvLSTM(**small)
    cuts = [model._windows(train.histories(), np.random.default_rng(0)) for model in (every, last)]
    assert len(cuts[0][0]) == len(cuts[1][0])
    weights = [model.fit(train).network.items.numpy() for model in (every, last)]
    assert not np.array_equal(*weights)
