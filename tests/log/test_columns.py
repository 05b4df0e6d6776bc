"""Columns of any kind become plain types, or are refused by name and row."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Catalogue, Interactions
from recsys_helpers.log import _ids
from recsys_helpers.log._new_items import appended
from recsys_helpers.log.item_text import text_columns
from recsys_helpers.log.reading import frames
from recsys_helpers.log.reading.times import whole_times

LOG = pd.DataFrame({"user": [1, 1, 2], "item": [1, 2, 1], "timestamp": [1, 2, 3]})
GENRES = np.array(["drama", "war"], object)


def features(values: list[object]) -> pl.DataFrame:
    """Return the item table of a log whose items have these values, as pandas holds them."""
    ids = range(1, len(values) + 1)
    items = pd.DataFrame({"item": ids, "genres": pd.Series(values, dtype=object)})
    return Interactions.from_frame(LOG, items=items).catalogue.items


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([GENRES, GENRES], [["drama", "war"], ["drama", "war"]]),
        ([GENRES, GENRES[:0]], [["drama", "war"], []]),
        ([GENRES, None], [["drama", "war"], None]),
        ([np.nan, ["drama", None]], [None, ["drama", None]]),
        ([("drama",), ("war", "drama")], [["drama"], ["war", "drama"]]),
        ([{"war", "drama"}, frozenset()], [["drama", "war"], []]),
        ([[np.str_("war")], []], [["war"], []]),
        (["drama", np.nan], ["drama", None]),
        (["drama", np.float32("nan")], ["drama", None]),
    ],
)
def test_text_is_read_however_it_comes(values: list[object], kept: list[object]) -> None:
    table = features(values)
    assert table["genres"].to_list() == kept
    assert text_columns(table) == ["genres"]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([[1], [2.5]], [[1.0], [2.5]]),
        ([1, 2.5], [1.0, 2.5]),
        ([np.int64(1), 2.5], [1.0, 2.5]),
        ([Decimal("1.5"), Decimal("NaN")], [1.5, None]),
        ([Decimal(7), Decimal(8)], [7, 8]),
        ([[], []], [[], []]),
        ([None, None], [None, None]),
    ],
)
def test_numbers_are_not_cut(values: list[object], kept: list[object]) -> None:
    assert features(values)["genres"].to_list() == kept


def test_equal_lengths_in_polars_are_lists_too() -> None:
    table = pl.DataFrame({"item": [1], "genres": [["drama", "war"]]})
    arrays = table.cast({"genres": pl.Array(pl.String, 2)})
    assert text_columns(Catalogue(arrays).items) == ["genres"]
    new = frames.as_polars(arrays.with_columns(item=pl.lit(2)), "items")
    assert appended(Catalogue(table), new).items["genres"].to_list() == [["drama", "war"]] * 2


@pytest.mark.bad_input("frames and item tables")
@pytest.mark.parametrize(("old", "new"), [(1, "7"), ("a", 7)])
def test_new_items_have_ids_of_the_same_type(old: int | str, new: int | str) -> None:
    with pytest.raises(ValueError, match="column 'item' of the new items holds"):
        appended(Catalogue(pl.DataFrame({"item": [old]})), pl.DataFrame({"item": [new]}))


@pytest.mark.bad_input("frames and item tables")
@pytest.mark.parametrize(
    ("values", "parts"),
    [
        (["Heat", 1984], ["text ('Heat' at row 0", "whole number (1984 at row 1"]),
        ([["a"], ["b", 1]], ["list of text (['a'] at row 0", "list of text and whole number"]),
        (["a", ["b"]], ["text ('a' at row 0", "list of text (['b'] at row 1"]),
        ([True, 1], ["bool (True at row 0", "whole number (1 at row 1"]),
        ([object(), object()], ["object (", "at row 0"]),
        ([{"a": 1}, {"b": 2}], ["dict ({'a': 1} at row 0"]),
        ([10**40, 1], ["whole number (1000", "at row 0"]),
        (
            [datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)],
            ["moment without a time zone", "moment with a time zone", "at row 1"],
        ),
    ],
)
def test_what_cannot_be_saved_is_refused_by_name_and_row(
    values: list[object], parts: list[str]
) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        features(values)
    for part in ["column 'genres'", *parts]:
        assert part in str(caught.value)
    with pytest.raises((TypeError, ValueError), match="column 'genres'"):
        Catalogue(pl.DataFrame({"item": [1, 2], "genres": pl.Series(values, dtype=pl.Object)}))


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.decimals()
    | st.datetimes()
    | st.binary(max_size=2)
    | st.floats(width=32).map(np.float32)
    | st.integers(-5, 5).map(np.int64)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.sets(st.text(max_size=2) | st.integers(), max_size=3)
        | st.lists(st.text(max_size=2), max_size=3).map(lambda v: np.array(v, object))
        | st.dictionaries(st.text(max_size=1), inner, max_size=2)
    ),
    max_leaves=4,
)


@pytest.mark.bad_input("frames and item tables")
@given(st.lists(values, min_size=2, max_size=4))
def test_any_column_can_be_saved_or_is_refused(column: list[object]) -> None:
    refused = ""
    try:
        table = features(column)
    except (TypeError, ValueError) as error:
        refused = str(error)
    if refused:
        assert "column 'genres'" in refused
        return
    file = io.BytesIO()
    table.write_parquet(file)
    file.seek(0)
    assert pl.read_parquet(file).equals(table, null_equal=True)


def log_of(**change: object) -> Interactions:
    frame = LOG.assign(**{name: pd.Series(v, dtype=object) for name, v in change.items()})
    return Interactions.from_frame(frame, rating="stars" if "stars" in change else None)


@pytest.mark.parametrize(
    "stars",
    [
        [Decimal("1.5"), Decimal(2), Decimal("2.5")],
        [1.5, np.int64(2), np.float32(2.5)],
        [Decimal("1.5"), 2, 2.5],
    ],
)
def test_ratings_may_be_any_kind_of_number(stars: list[object]) -> None:
    assert log_of(stars=stars).ratings.tolist() == [1.5, 2, 2.5]
    assert log_of(stars=stars).ratings.dtype == np.float32


def test_decimals_count_as_ids_and_times() -> None:
    ids, times = [Decimal(7), np.int64(8), Decimal("7.0")], [Decimal(1), Decimal(2), Decimal(3)]
    assert log_of(user=ids, timestamp=times).to_frame().rows() == [(7, 1, 1), (8, 2, 2), (7, 1, 3)]
    database = {"user": pl.Decimal(20, 0), "timestamp": pl.Decimal(20, 2)}
    log = Interactions.from_frame(pl.DataFrame(LOG.to_dict("list")).cast(database))
    assert log.to_frame().rows() == [(1, 1, 1), (1, 2, 2), (2, 1, 3)]


@pytest.mark.bad_input("frames and item tables")
def test_decimals_that_are_no_ids() -> None:
    with pytest.raises(ValueError, match=r"column 'user' holds 7\.5 at row 1"):
        log_of(user=[Decimal(7), Decimal("7.5"), Decimal(8)])


@pytest.mark.bad_input("frames and item tables")
def test_gaps_are_named_before_mixed_types() -> None:
    for gap in (np.nan, None, pd.NA, pd.NaT, Decimal("NaN"), np.float32("nan")):
        with pytest.raises(ValueError, match="column 'user' has no value at row 2"):
            log_of(user=[1, "a", gap])


def test_whole_decimals_are_ids_as_far_as_decimals_count_by_one() -> None:
    ids = _ids.id_series(pl.Series([100.0, 2.0**53]), "user", _ids.row_place)
    assert ids.to_list() == [100, 2**53]
    with pytest.raises(ValueError, match="at row 1"):
        _ids.id_series(pl.Series([1.0, 2.0**53 + 2]), "user", _ids.row_place)


def test_digits_beyond_64_bits_stay_text() -> None:
    texts = pl.Series(["7", "9" * 19])
    assert _ids.whole_if_all(texts).to_list() == texts.to_list()
    assert _ids.whole_if_all(texts[:1]).to_list() == [7]


def test_a_single_gap_mark_has_no_others_beside_it() -> None:
    with pytest.raises(ValueError, match=r"holds 'NULL' at row 1, which marks"):
        _ids.refuse_gap_marks(pl.Series(["7", "NULL"]), "user", _ids.row_place)
    with pytest.raises(ValueError, match=r"at row 1 \(and 1 more rows\), which marks"):
        _ids.refuse_gap_marks(pl.Series(["7", "NULL", "nan"]), "user", _ids.row_place)


@pytest.mark.parametrize("dtype", [pl.Null, pl.Boolean])
def test_no_times_are_times_of_any_type(dtype: type[pl.DataType]) -> None:
    times, unit = whole_times(pl.Series("t", [], dtype=dtype), "t", _ids.row_place, "ms")
    assert (times.dtype, len(times), unit) == (pl.Int64, 0, "ms")


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "float32", "float64"])
def test_numbers_of_other_tables_keep_their_type(dtype: str) -> None:
    table = pd.DataFrame({"year": np.array([7, 9], dtype)})
    found = frames.as_polars(table, "items")["year"]
    assert str(found.dtype).lower() == dtype
    assert found.to_list() == [7, 9]
