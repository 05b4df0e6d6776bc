"""One verb, one behaviour: whatever has rows takes row numbers or a Boolean mask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Histories, Interactions, Popularity, Queries, evaluate, leave_last_out
from recsys_helpers.evaluation.report import Report
from recsys_helpers.log.catalogue import Catalogue

N = 6
FRAME = pl.DataFrame(
    {
        "user": sorted([*range(N)] * 3),
        "item": list("abcbcdcdedefefgfga"),
        "timestamp": [1, 2, 3] * N,
    }
)
LOG = Interactions.from_frame(FRAME).take(range(N))
SPLIT = leave_last_out(Interactions.from_frame(FRAME), n_valid=0, n_test=1)
REPORT = evaluate({"popular": Popularity().fit(SPLIT.train)}, SPLIT.test, k=2)
CATALOGUE = Catalogue(pl.DataFrame({"item": range(N), "title": list("uvwxyz")}))
TAKERS = [LOG, SPLIT.test.histories, SPLIT.test, REPORT, CATALOGUE]
NAMES = ["Interactions", "Histories", "Queries", "Report", "Catalogue"]

everything_with_rows = pytest.mark.parametrize("whole", TAKERS, ids=NAMES)


def content(thing: object) -> object:
    """Return everything in a frozen dataclass of this package, nested ones included."""
    if isinstance(thing, Interactions | Histories | Queries | Report | Catalogue):
        return [content(getattr(thing, field.name)) for field in fields(thing)]
    if isinstance(thing, pl.DataFrame):
        return thing.rows()
    if isinstance(thing, np.ndarray):
        return thing.tolist()
    return {name: content(value) for name, value in thing.items()} if type(thing) is dict else thing


@everything_with_rows
@given(mask=st.lists(st.booleans(), min_size=N, max_size=N).filter(any))
def test_a_mask_takes_the_rows_it_marks(whole: Any, mask: list[bool]) -> None:
    rows = np.flatnonzero(mask)
    for same in (mask, np.array(mask), pl.Series(mask)):
        assert (
            content(whole.take(same))
            == content(whole.take(rows))
            == content(whole.take(rows.tolist()))
        )


def test_each_taker_has_the_rows_that_the_refusals_below_assume() -> None:
    assert [len(whole.queries if whole is REPORT else whole) for whole in TAKERS] == [N] * 5
    assert content(LOG.take([1])) != content(LOG.take([0]))


@pytest.mark.bad_input("settings and arrays out of range", by=("rows",))
@everything_with_rows
@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([True] * (N - 1), ValueError, "must have 6 values, but has 5"),
        ([True] * (N + 1), ValueError, "must have 6 values, but has 7"),
        ([[True] * N], ValueError, r"must have one dimension, not shape \(1, 6\)"),
        ([[0, 1]], ValueError, r"must have one dimension, not shape \(1, 2\)"),
        (0, ValueError, r"must have one dimension, not shape \(\)"),
        ([0.0, 1.0], TypeError, "whole numbers or a Boolean mask, not values of type float64"),
        (["0"], TypeError, "whole numbers or a Boolean mask, not values of type <U1"),
        ([0, N], ValueError, r"\[1\] is 6, but must lie in 0 … 5"),
        ([-1], ValueError, r"\[0\] is -1, but must lie in 0 … 5"),
    ],
)
def test_what_names_no_rows(whole: Any, rows: object, error: type[Exception], message: str) -> None:
    argument = "codes" if whole is CATALOGUE else "rows"
    with pytest.raises(error, match=rf"\b{argument}\b.*{message}"):
        whole.take(rows)


@pytest.mark.bad_input("settings and arrays out of range")
def test_candidates_are_codes_or_a_mask() -> None:
    model, histories = Popularity().fit(SPLIT.train), SPLIT.test.histories
    mask = np.arange(model.catalogue.n_items) % 2 == 0
    marked = model.top_k(histories, 2, candidates=mask)
    named = model.top_k(histories, 2, candidates=np.flatnonzero(mask))
    for one, other in zip(marked, named, strict=True):
        np.testing.assert_array_equal(one, other)
    refused: list[tuple[Callable[[], object], type[Exception], str]] = [
        (
            lambda: model.top_k(histories, 2, candidates=mask[1:]),
            ValueError,
            "mask candidates must",
        ),
        (
            lambda: model.top_k(histories, 2, candidates=[0.5]),
            TypeError,
            "candidates must be whole",
        ),
        (lambda: model.top_k(histories, 2, candidates=~mask & mask), ValueError, "is empty"),
        (lambda: model.recommend(histories, candidates=mask), TypeError, "item ids, not a mask"),
    ]
    for call, error, message in refused:
        with pytest.raises(error, match=message):
            call()
