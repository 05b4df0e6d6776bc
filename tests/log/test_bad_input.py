"""Bad input, with each message read as the person who caused it would read it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Catalogue, Histories, Interactions

GOOD = {"user": [1, 1, 2], "item": ["a", "b", "a"], "timestamp": [3, 1, 2], "stars": [1.0, 2, 3]}


def message(call: Callable[[], object], kind: type[Exception] = ValueError) -> str:
    """Return what the user reads."""
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


def says(text: str, *parts: str) -> None:
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


def from_frame(change: dict[str, object], **how: object) -> Callable[[], Interactions]:
    return lambda: Interactions.from_frame(pd.DataFrame({**GOOD, **change}), **how)


# columns


@pytest.mark.bad_input("frames and item tables")
def test_missing_column_lists_those_found_and_suggests_one() -> None:
    frame = pl.DataFrame({"User": [1], "item": [2], "timestamp": [3]})
    text = message(lambda: Interactions.from_frame(frame))
    says(text, "no column 'user'", "'User', 'item', 'timestamp'", "Did you mean user='User'?")


@pytest.mark.bad_input("frames and item tables")
def test_missing_timestamp_says_how_to_do_without() -> None:
    frame = pl.DataFrame({"user": [1], "item": [2]})
    says(message(lambda: Interactions.from_frame(frame)), "timestamp", "timestamp=None")


@pytest.mark.bad_input("frames and item tables")
def test_one_column_for_two_things() -> None:
    says(message(from_frame({}, item="user")), "'user' is named twice")


@pytest.mark.bad_input("frames and item tables")
def test_not_a_frame() -> None:
    text = message(lambda: Interactions.from_frame([(1, 2)]), TypeError)
    says(text, "df must be a dataframe", "not list", "from_csv")


@pytest.mark.parametrize("wrap", [pl.LazyFrame, lambda rows: nw.from_native(pl.LazyFrame(rows))])
def test_lazy_frames_are_collected(wrap: Callable) -> None:
    assert Interactions.from_frame(wrap(GOOD)).to_frame().rows() == [
        (1, "a", 3),
        (1, "b", 1),
        (2, "a", 2),
    ]


@pytest.mark.bad_input("frames and item tables")
def test_empty_frame() -> None:
    for frame in (pd.DataFrame(columns=list(GOOD)), pl.DataFrame(schema=list(GOOD))):
        says(message(lambda f=frame: Interactions.from_frame(f)), "has no rows")


@pytest.mark.bad_input("frames and item tables")
def test_unknown_choices() -> None:
    says(message(from_frame({}, duplicates="drop")), "duplicates", "'first'", "'drop'")
    says(message(from_frame({}, time_unit="m")), "time_unit", "'ms'", "'m'")
    for way in ("sum", "max", "mean"):
        says(message(from_frame({}, duplicates=way)), "rating=", repr(way))


# ids


@pytest.mark.bad_input("frames and item tables")
def test_null_ids_name_the_row() -> None:
    text = message(from_frame({"user": [1, None, None]}))
    says(text, "column 'user'", "row 1", "and 1 more row", "decimals in pandas")
    says(message(from_frame({"item": ["a", None, "b"]})), "column 'item'", "row 1")
    says(message(from_frame({"item": pd.array([1, None, 2], "Int64")})), "column 'item'", "row 1")
    says(message(from_frame({"item": ["a", "", "b"]})), "column 'item' has no value at row 1")


@pytest.mark.bad_input("frames and item tables")
def test_mixed_ids_name_a_row_of_each_type() -> None:
    text = message(from_frame({"user": [1, "1", 2]}))
    says(
        text,
        "column 'user'",
        "whole number (1 at row 0)",
        "text ('1' at row 1)",
        "astype('string')",
    )


@pytest.mark.bad_input("frames and item tables")
def test_ids_of_no_use() -> None:
    says(message(from_frame({"user": [1.5, 2, 3]})), "column 'user' holds 1.5 at row 0")
    says(message(from_frame({"user": [True, False, True]}), TypeError), "column 'user'", "Boolean")
    says(message(from_frame({"user": [(1,), (2,), (3,)]}), TypeError), "column 'user'")
    says(message(from_frame({"user": [2**70, 1, 2]})), "column 'user'", "64 bits")
    dates = pd.to_datetime(["2024-01-01"] * 3)
    says(message(from_frame({"user": dates}), TypeError), "column 'user'", "Datetime")


# items


@pytest.mark.bad_input("frames and item tables")
def test_items_missing_from_the_table() -> None:
    items = pl.DataFrame({"item": ["a"]})
    text = message(from_frame({}, items=items))
    says(text, "column 'item'", "items that the item table does not list: 'b'", "row 1")
    for dtype in (pl.Int64, pl.String):
        nothing = pl.DataFrame(schema={"item": dtype})
        says(message(from_frame({}, items=nothing)), "the item table does not list: 'a'", "row 0")


@pytest.mark.bad_input("frames and item tables")
def test_item_table_with_another_type_of_id() -> None:
    says(
        message(from_frame({}, items=pl.DataFrame({"item": [1]}))), "'a' at row 0", "whole numbers"
    )
    text = message(from_frame({"item": [1, 2, 3]}, items=pl.DataFrame({"item": ["1"]})))
    says(text, "'1'", "Convert one of them")


@pytest.mark.bad_input("frames and item tables")
def test_item_table_with_faults() -> None:
    says(message(from_frame({}, items=pl.DataFrame({"item": ["a", "a"]}))), "'a'", "rows 0, 1")
    text = message(from_frame({}, items=pl.DataFrame({"item": ["a", None]})))
    says(text, "column 'item'", "row 1 of the item table")
    text = message(from_frame({}, items=pl.DataFrame({"sku": ["a"]})))
    says(text, "the item table has no column 'item'", "'sku'", "item_id=")


@pytest.mark.bad_input("frames and item tables")
def test_unknown_items_and_users() -> None:
    log = Interactions.from_frame(pl.DataFrame(GOOD))
    says(message(lambda: log.catalogue.codes(["a", "zz", "y"])), "2 items", "'zz', 'y'")
    says(
        message(lambda: log.catalogue.codes([1])),
        "ids are text",
        "whole numbers, for instance 1 at",
    )
    says(message(lambda: log.histories([1, 99])), "2 users", "99")
    says(message(lambda: log.histories(1), TypeError), "list of ids", "[1]")
    says(message(lambda: log.catalogue.codes("abc"), TypeError), "list of ids", "['abc']")
    says(message(lambda: log.catalogue.titles([2])), "codes[0] is 2, but must lie in 0 … 1")


@pytest.mark.bad_input("frames and item tables")
def test_catalogue_wants_its_ids_first() -> None:
    says(message(lambda: Catalogue(pl.DataFrame({"title": ["A"]}))), "'item'", "'title'")


@pytest.mark.bad_input("frames and item tables")
def test_tags_with_faults() -> None:
    tags = pl.DataFrame({"user": ["1"], "item": ["a"], "tag": ["x"]})
    says(
        message(from_frame({}, tags=tags)),
        "user ids are whole",
        "text, for instance '1' at row 0 of the tag",
    )
    tags = pl.DataFrame({"user": [1], "item": ["a"], "word": ["x"]})
    says(message(from_frame({}, tags=tags)), "the tag table has no column 'tag'", "'word'")


# times, ratings, duplicates


@pytest.mark.bad_input("times")
def test_timestamps_that_are_none() -> None:
    text = message(from_frame({"timestamp": ["2024-01-01", "soon", "later"]}))
    says(text, "column 'timestamp' holds 'soon' at row 1", "ISO 8601", "timestamp=None")
    says(message(from_frame({"timestamp": ["1", "2", "x"]})), "'x' at row 2", "like the others")
    says(message(from_frame({"timestamp": [1.0, 2.5, 3]})), "2.5 at row 1", "time_unit='ms'")
    says(message(from_frame({"timestamp": [1, None, 3]})), "no timestamp at row 1")
    says(message(from_frame({"timestamp": [1, "x", 3]})), "timestamp", "1 at row 0", "'x' at row 1")
    says(message(from_frame({"timestamp": [True, False, True]}), TypeError), "Boolean")
    zones = ["2024-01-01T00:00Z", "2024-01-01T00:00", "2024-01-02T00:00"]
    says(message(from_frame({"timestamp": zones})), "time zone", "row 0", "row 1")


@pytest.mark.bad_input("frames and item tables")
def test_ratings_that_are_none() -> None:
    for bad in (np.nan, np.inf, "good", None, 10**400):
        values = [1.0, bad, 3.0]
        text = message(from_frame({"stars": values}, rating="stars"))
        says(text, "column 'stars'", "row 1", "finite number")
    text = message(from_frame({"stars": [1.0, "x", "y"]}, rating="stars"))
    says(text, "holds 'x' at row 1 (and 1 more rows are like it)")
    flags = pl.DataFrame({**GOOD, "stars": [[1], [2], [3]]})
    says(message(lambda: Interactions.from_frame(flags, rating="stars"), TypeError), "'stars'")


@pytest.mark.bad_input("frames and item tables")
@given(st.integers(-(2**60), 2**60))
def test_a_whole_rating_that_float32_rounds_is_said(rating: int) -> None:
    frame = pl.DataFrame({"user": [1], "item": [1], "stars": [rating]})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        log = Interactions.from_frame(frame, timestamp=None, rating="stars")
    changed = float(log.ratings[0]) != float(rating)
    assert [warning.filename for warning in caught] == [__file__] * changed
    if changed:
        says(str(caught[0].message), "column 'stars'", f"holds {float(rating):.0f}", "float32")


@pytest.mark.bad_input("frames and item tables")
def test_further_ratings_that_float32_rounds_are_counted() -> None:
    stars = [2**24 + 1, 5, 2**25 + 1, 2**26 + 1, 2**27 + 1]
    frame = pl.DataFrame({"user": [1] * 5, "item": range(5), "stars": stars})
    with pytest.warns(UserWarning, match=r"holds 16777217, .* \(and 3 more are like it\)"):
        Interactions.from_frame(frame, timestamp=None, rating="stars")


def test_ratings_given_as_arrays_are_not_rounded_either() -> None:
    log = Interactions.from_frame(pl.DataFrame(GOOD))
    for wrong in (2**24 + 1, 2.0**24 + 1, 1e39):
        text = message(
            lambda wrong=wrong: Histories.from_lists(log.catalogue, [["a"]], ratings=[[wrong]])
        )
        says(text, "ratings", "float32 cannot hold")
    text = message(lambda: Histories.from_lists(log.catalogue, [["a"]], ratings=[["4"]]), TypeError)
    says(text, "ratings must hold float32")


@pytest.mark.bad_input("frames and item tables")
def test_duplicates_name_two_rows_and_the_choices() -> None:
    rows = {"user": [1, 2, 1], "item": ["a", "a", "a"], "timestamp": [5, 5, 5]}
    text = message(from_frame(rows))
    says(text, "1 rows repeat another in user, item and timestamp", "row 2, equal to row 0")
    says(text, "user 1, item 'a'", "'keep'", "'first'", "'last'", "'sum'", "'max'", "'mean'")
    says(message(from_frame(rows, timestamp=None)), "timestamp=…")


@pytest.mark.bad_input("times")
def test_histories_without_times() -> None:
    log = Interactions.from_frame(pl.DataFrame(GOOD), timestamp=None)
    says(message(log.histories), "order of this log is unknown", "timestamp='row order'")
    timed = Interactions.from_frame(pl.DataFrame(GOOD))
    says(message(lambda: timed.histories(order_ties="random")), "'shuffle' or 'file'")
    says(message(lambda: timed.histories(seed=-1)), "seed")
    says(message(lambda: timed.matrix("rating")), "needs ratings")
    says(message(lambda: timed.matrix("mean")), "'count', 'binary' or 'rating'")
    says(message(lambda: timed.k_core(0)), "at least 1")
    says(message(lambda: timed.take([3])), "rows[0] is 3")


def test_one_user_is_a_log() -> None:
    log = Interactions.from_frame(pl.DataFrame({"user": [1], "item": [2], "timestamp": [3]}))
    assert repr(log) == "Interactions: 1 users × 1 items, 1 rows"


# files


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def _write(data: bytes) -> Path:
        path = tmp_path / "log.csv"
        path.write_bytes(data)
        return path

    return _write


HEAD = b"user,item,timestamp,stars\n"


@pytest.mark.bad_input("text files")
@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"", ["is empty"]),
        (HEAD, ["has no rows"]),
        (HEAD + b"1,2,3,4\n1,2,3\n2,2,2,2\n", ["line 3", "3 fields", "has 4", "cut short"]),
        (HEAD + b"1,2,3,4\n1,2,3,4,5\n", ["line 3", "5 fields", "double quotes"]),
        (HEAD + b"1,2,3,4\n1,2,3,4,5\n1,2\n", ["line 3", "5 fields"]),
        (HEAD + b"1,2,3,4\n1,,3,4\n", ["column 'item' has no value at line 3"]),
        (HEAD + b"1,2,3,4\n1,3,,4\n", ["column 'timestamp' has no timestamp at line 3"]),
        (HEAD + b"1,2,3,4\n1,3,noon,4\n", ["column 'timestamp' holds 'noon' at line 3"]),
        (HEAD + b"1,2,3,4\n1,3,4,good\n", ["column 'stars' holds 'good' at line 3"]),
        (HEAD + b"1,2,3,4\n1,3,4,\n", ["column 'stars' has no rating at line 3"]),
        (HEAD + b'1,"2\n2",3,4\n\n1,3,4,x\n', ["column 'stars' holds 'x' at line 5"]),
        (HEAD + b'1,2,3,4\n1,"3,4,4\n2,2,2,2\n', ["starts on line 3", "double quote"]),
        (HEAD + b"1,2,3,4\n1,Am\xe9lie,3,4\n", ["line 3", "0xe9", "encoding='latin-1'"]),
        (b"\xff\xfeu\x00", ["UTF-16", "encoding='utf-16'"]),
        (b"user;item;timestamp;stars\n1;2;3;4\n", ["single column", "separator=';'"]),
        (b"user,item,time,stars\n1,2,3,4\n", ["no column 'timestamp'", "timestamp='time'"]),
        (b"user,item,user,timestamp,stars\n1,2,1,3,4\n", ["2 columns named 'user'"]),
        (HEAD + b"1,2,3,4\n2,2,3,4\n1,2,3,5\n", ["line 4, equal to line 2"]),
        (HEAD + b"1,2,3,4\n610,170875,3", ["line 3", "3 fields", "cut short"]),
    ],
)
def test_csv_faults_name_the_line(
    write: Callable[[bytes], Path], data: bytes, parts: list[str]
) -> None:
    path = write(data)
    says(message(lambda: Interactions.from_csv(path, rating="stars")), *parts)


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"1,2,3,4\r\n2,2,2,2\r\n",
        HEAD + b"1,2,3,4\n\n2,2,2,2\n\n\n",
        b"\xef\xbb\xbf" + HEAD + b"1,2,3,4\n2,2,2,2",
        HEAD.replace(b"\n", b"\r") + b"1,2,3,4\r2,2,2,2\r",
        HEAD + b'"1",2,3,"4"\n2,2,2,2\n',
    ],
)
def test_csv_oddities_that_are_no_faults(write: Callable[[bytes], Path], data: bytes) -> None:
    log = Interactions.from_csv(write(data), rating="stars")
    assert log.to_frame().rows() == [(1, 2, 3, 4.0), (2, 2, 2, 2.0)]


@pytest.mark.bad_input("text files")
def test_latin_1(write: Callable[[bytes], Path]) -> None:
    path = write("user,item,timestamp\n1,Amélie,3\n".encode("latin-1"))
    assert Interactions.from_csv(path, encoding="latin-1").catalogue.ids.tolist() == ["Amélie"]
    says(message(lambda: Interactions.from_csv(path, encoding="klingon")), "'klingon'", "latin-1")


@pytest.mark.bad_input("text files")
def test_file_that_is_not_there(tmp_path: Path) -> None:
    for read in (Interactions.from_csv, Interactions.from_parquet):
        text = message(lambda read=read: read(tmp_path / "no.csv"), FileNotFoundError)
        says(text, "no.csv")


@pytest.mark.bad_input("text files")
def test_separator_of_two_characters(write: Callable[[bytes], Path]) -> None:
    path = write(b"user::item\n1::2\n1::2::3\n")
    says(message(lambda: Interactions.from_csv(path)), "single column", "separator='::'")
    read = message(lambda: Interactions.from_csv(path, separator="::", timestamp=None))
    says(read, "line 3", "3 fields", "the header has 2")


def test_bad_row_among_a_million_is_named_within_seconds(write: Callable[[bytes], Path]) -> None:
    rows = [b"%d,%d,%d,4\n" % (i // 20, i % 5000, i) for i in range(1_000_000)]
    for bad, part in (
        (b"7,7,7,seven\n", "'seven'"),
        (b"7,7\n", "2 fields"),
        (b"7,,7,7\n", "no value"),
    ):
        path = write(HEAD + b"".join(rows[:654_321]) + bad + b"".join(rows[654_321:]))
        start = time.perf_counter()
        text = message(lambda p=path: Interactions.from_csv(p, rating="stars"))
        assert time.perf_counter() - start < 10
        says(text, "line 654323", part)


@pytest.mark.bad_input("packed files and Parquet")
def test_no_damage_to_a_parquet_file_is_a_panic(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pl.DataFrame(GOOD).write_parquet(path)
    whole = path.read_bytes()
    for at in range(80, 110):  # within a page: at some of these Polars panics
        path.write_bytes(whole[:at] + bytes(64) + whole[at:])
        says(message(lambda: Interactions.from_parquet(path)), "log.parquet", "damaged")


@pytest.mark.bad_input("packed files and Parquet")
def test_parquet_faults(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pl.DataFrame(GOOD).write_parquet(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    says(message(lambda: Interactions.from_parquet(path)), "log.parquet", "cut short", "PAR1")
    path.write_bytes(whole[:20] + b"\xff" * (len(whole) - 30) + whole[-10:])
    says(message(lambda: Interactions.from_parquet(path)), "damaged")
    path.write_bytes(b"user,item\n1,2\n")
    says(message(lambda: Interactions.from_parquet(path)), "no Parquet file", "from_csv")
    path.write_bytes(b"")
    says(message(lambda: Interactions.from_parquet(path)), "no Parquet file", "12 bytes")
    path.write_bytes(whole)
    says(message(lambda: Interactions.from_parquet(path, user="usr")), "Did you mean user='user'?")
