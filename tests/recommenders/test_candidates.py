"""Candidates for each history: each list is what its history alone would get from its own."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import MarkovChain, synthetic
from recsys_helpers.recommenders import ranking

LOG = synthetic(n_users=40, n_items=15, mean_length=8, seed=3).interactions
MODEL = MarkovChain().fit(LOG)
ASKED = MODEL.histories([[LOG.catalogue.ids[i]] for i in (0, 3, 7)])
CODES = st.lists(st.integers(0, LOG.n_items - 1), max_size=20)


@given(lists=st.lists(CODES, min_size=3, max_size=3), seen=st.booleans(), rows=st.integers(1, 3))
def test_each_history_has_its_own(lists: list[list[int]], seen: bool, rows: int) -> None:
    with patch.object(ranking, "CELLS", rows * LOG.n_items):
        items, values = MODEL.top_k(ASKED, 5, exclude_seen=seen, candidates=lists)
    every, worth = MODEL.top_k(ASKED, LOG.n_items, exclude_seen=seen)
    for row, own in enumerate(lists):
        kept = [place for place, item in enumerate(every[row]) if item in own and item >= 0][:5]
        rest = 5 - len(kept)
        assert items[row].tolist() == [*every[row, kept].tolist(), *[-1] * rest]
        assert values[row].tolist() == [*worth[row, kept].tolist(), *[-np.inf] * rest]


def test_all_ways_to_write_them_say_the_same() -> None:
    table = np.array([[1, 2, 5], [2, 2, 0], [9, 8, 7]])
    expected = MODEL.top_k(ASKED, 3, candidates=table)
    masks = np.array([np.isin(np.arange(LOG.n_items), row) for row in table])
    for given_ in (table.tolist(), list(table), tuple(table), pl.Series(table.tolist()), masks):
        np.testing.assert_equal(MODEL.top_k(ASKED, 3, candidates=given_), expected)
    ids = [LOG.catalogue.ids[row].tolist() for row in table]
    by_id = MODEL.recommend(ASKED, 3, candidates=ids)
    codes = LOG.catalogue.codes(by_id["item"]).tolist()
    assert codes == [item for row in expected[0] for item in row if item >= 0]


def test_a_history_without_candidates_has_no_row_in_the_table() -> None:
    ids = LOG.catalogue.ids
    table = MODEL.recommend(ASKED, 3, candidates=[[], [ids[5]], []])
    assert table.select("query", "item").rows() == [(1, ids[5])]
    assert MODEL.recommend(ASKED, 3, candidates=[[], [], []]).is_empty()


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: [[1], [2]], ValueError, "one for each of the 3, but are 2 lists"),
        (lambda: [[1], 2, [3]], TypeError, r"candidates\[1\] must be a list"),
        (lambda: [[1], [2, 15], [3]], ValueError, r"candidates\[1\]\[1\] is 15, but must lie in"),
        (lambda: [[1], [2.5], [3]], TypeError, r"candidates\[1\] must be whole numbers"),
        (lambda: [[1], ["a"], [3]], TypeError, r"candidates\[1\] must be whole numbers"),
        (lambda: [[1], [[2]], [3]], ValueError, r"candidates\[1\] must have one dimension"),
        (lambda: [], ValueError, "candidates is empty"),
    ],
)
def test_what_is_no_list_for_each(
    call: Callable[[], list], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        MODEL.top_k(ASKED, 3, candidates=call())


@pytest.mark.bad_input("settings and arrays out of range")
def test_ids_that_are_none() -> None:
    with pytest.raises(ValueError, match="99999"):
        MODEL.recommend(ASKED, candidates=[[], [99999], []])
    for wrong in ([[True], [False], []], "abc", 5, [[1.5], [], []], [[None], [], []]):
        with pytest.raises((TypeError, ValueError), match="candidates"):
            MODEL.recommend(ASKED, candidates=wrong)
