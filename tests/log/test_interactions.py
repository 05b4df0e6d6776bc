"""The log: encoding, filters, and the ways in."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, strategies as st
from support.strategies import TEXT_IDS, logs

from recsys_helpers import Catalogue, Interactions

SMALL = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "timestamp": [3, 1, 2]})


@given(logs())
def test_encoding_and_back_gives_the_same_rows(frame: pl.DataFrame) -> None:
    log = Interactions.from_frame(frame, rating="rating")
    assert log.to_frame().rows() == frame.rows()
    assert log.user_ids.tolist() == sorted(set(frame["user"]))
    assert log.catalogue.ids.tolist() == sorted(set(frame["item"]))


@given(logs(), st.randoms())
def test_row_order_never_matters(frame: pl.DataFrame, rng: random.Random) -> None:
    rows = list(range(frame.height))
    rng.shuffle(rows)
    one = Interactions.from_frame(frame, rating="rating")
    other = Interactions.from_frame(frame[rows], rating="rating")
    assert one.catalogue.fingerprint == other.catalogue.fingerprint
    np.testing.assert_array_equal(one.users[rows], other.users)
    np.testing.assert_array_equal(one.items[rows], other.items)
    for values in ("count", "binary", "rating"):
        assert (one.matrix(values) != other.matrix(values)).nnz == 0


@given(logs())
def test_pandas_and_polars_agree(frame: pl.DataFrame) -> None:
    one = Interactions.from_frame(frame, rating="rating")
    other = Interactions.from_frame(pd.DataFrame(frame.to_dict(as_series=False)), rating="rating")
    assert one.to_frame().equals(other.to_frame())
    assert one.catalogue.fingerprint == other.catalogue.fingerprint


@given(logs(), st.sampled_from([",", ";", "\t"]))
def test_csv_round_trip(
    tmp_path_factory: pytest.TempPathFactory, frame: pl.DataFrame, separator: str
) -> None:
    texts = [str(value) for value in (*frame["user"], *frame["item"])]
    assume(not any(separator in text and {*text} & {*"\r\n"} for text in texts))  # is refused
    path = tmp_path_factory.mktemp("csv") / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(frame.columns)
        writer.writerows(frame.rows())
    log = Interactions.from_csv(path, rating="rating", separator=separator)
    text = log.to_frame().with_columns(pl.col("user", "item").cast(pl.String))
    assert text.equals(frame.with_columns(pl.col("user", "item").cast(pl.String)))


@given(logs(), st.integers(1, 4))
def test_k_core_equals_brute_force(frame: pl.DataFrame, k: int) -> None:
    rows = frame.rows()
    while True:
        users, items = Counter(r[0] for r in rows), Counter(r[1] for r in rows)
        kept = [r for r in rows if users[r[0]] >= k and items[r[1]] >= k]
        if kept == rows:
            break
        rows = kept
    log = Interactions.from_frame(frame, rating="rating")
    if not rows:
        with pytest.raises(ValueError, match=f"the {k}-core is empty"):
            log.k_core(k)
        return
    core = log.k_core(k)
    assert core.to_frame().rows() == rows
    assert core.user_ids.tolist() == sorted({r[0] for r in rows})
    assert core.catalogue.ids.tolist() == sorted({r[1] for r in rows})
    assert core.dropped["rows"].sum() == len(log) - len(core)
    assert core.dropped["users"].sum() == log.n_users - core.n_users
    assert core.dropped["items"].sum() == log.n_items - core.n_items


def test_k_core_counts_every_round() -> None:
    frame = pl.DataFrame({"user": [1, 1, 2, 2, 3, 3], "item": ["a", "b", "a", "b", "b", "c"]})
    core = Interactions.from_frame(frame, timestamp=None).k_core(2)
    assert core.dropped.rows() == [
        ("2-core, round 1: items with fewer than 2 rows", 1, 0, 1),
        ("2-core, round 1: users with fewer than 2 rows", 1, 1, 0),
    ]
    assert core.k_core(1).dropped.rows() == core.dropped.rows()


def test_item_table_is_the_whole_catalogue_in_its_order() -> None:
    items = pl.DataFrame({"item": ["b", "z", "a"], "title": ["Bee", None, "Ant"]})
    log = Interactions.from_frame(SMALL, items=items)
    assert repr(log) == "Interactions: 2 users × 3 items, 3 rows"
    assert log.items.tolist() == [2, 0, 2]
    assert log.catalogue.titles([0, 1, 2]) == ["Bee", "z", "Ant"]
    again = Interactions.from_frame(SMALL, items=log.catalogue)
    assert again.catalogue is log.catalogue


def test_item_table_under_its_own_id_name() -> None:
    items = pl.DataFrame({"title": ["Bee", "Ant"], "sku": ["b", "a"]})
    frame = SMALL.rename({"item": "product"})
    log = Interactions.from_frame(frame, item="product", items=items, item_id="sku")
    assert log.catalogue.items.columns == ["item", "title"]


def test_pandas_item_table_with_lists() -> None:
    items = pd.DataFrame({"item": ["a", "b"], "genres": [["x"], []], "year": [1999, None]})
    log = Interactions.from_frame(SMALL, items=items)
    assert log.catalogue.items["genres"].to_list() == [["x"], []]
    assert log.catalogue.items["year"].to_list() == [1999.0, None]


def test_text_ids_keep_their_zeros(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("user,item,timestamp\n007,10,1\n8,11,2\n")
    log = Interactions.from_csv(path)
    assert log.user_ids.tolist() == ["007", "8"]
    assert log.catalogue.ids.tolist() == [10, 11]


def test_a_gap_among_categories_names_its_row() -> None:
    frame = pd.DataFrame({"user": [1, 1, 1], "item": pd.Categorical(["x", "y", None])})
    with pytest.raises(ValueError, match="column 'item' has no value at row 2"):
        Interactions.from_frame(frame, timestamp=None)


def test_categories_and_whole_decimals_are_ids() -> None:
    frame = pd.DataFrame(
        {"user": [2.0, 1.0], "item": pd.Categorical(["x", "y"]), "timestamp": [1, 2]}
    )
    log = Interactions.from_frame(frame)
    assert log.user_ids.tolist() == [1, 2]
    assert log.catalogue.ids.tolist() == ["x", "y"]


DAY = datetime(2024, 3, 1, 12, 0, 0, 250_000)


@pytest.mark.parametrize(
    ("values", "unit", "first"),
    [
        ([5.0, 6.0], "s", 5),
        (["5", " 6"], "s", 5),
        ([date(2024, 3, 1), date(2024, 3, 2)], "s", 1_709_251_200),
        (["2024-03-01", "2024-03-02"], "s", 1_709_251_200),
        (["2024-03-01T00:00:00Z", "2024-03-01 01:00:00+01:00"], "s", 1_709_251_200),
        (["2024-03-01 00:00:00.5", "2024-03-02"], "us", 1_709_251_200_500_000),
        ([DAY, DAY + timedelta(microseconds=1)], "us", 1_709_294_400_250_000),
    ],
)
def test_kinds_of_timestamps(values: list[object], unit: str, first: int) -> None:
    log = Interactions.from_frame(
        pl.DataFrame({"user": [1, 1], "item": [1, 2], "timestamp": values})
    )
    assert log.time_unit == unit
    assert log.times is not None
    assert log.times[0] == first


def test_time_zones_of_pandas_are_counted_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    moments = [datetime(2024, 3, 1, 1, tzinfo=berlin), datetime(2024, 3, 1, 2, tzinfo=berlin)]
    frame = pd.DataFrame({"user": [1, 1], "item": [1, 2], "timestamp": pd.to_datetime(moments)})
    log = Interactions.from_frame(frame)
    assert log.times is not None
    scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[log.time_unit]
    assert log.times[0] / scale == datetime(2024, 3, 1, tzinfo=UTC).timestamp()


def test_nanoseconds_keep_their_order() -> None:
    moments = np.array(["2024-03-01T00:00:00.000000002", "2024-03-01T00:00:00.000000001"], "M8[ns]")
    frame = pd.DataFrame({"user": [1, 1], "item": [1, 2], "timestamp": moments})
    assert Interactions.from_frame(frame).histories().to_lists() == [[2, 1]]


def test_row_order_as_time() -> None:
    log = Interactions.from_frame(SMALL.drop("timestamp"), timestamp="row order")
    assert log.time_unit == "rows"
    assert log.histories().to_lists() == [["a", "b"], ["a"]]


REPEATED = pl.DataFrame(
    {"user": [1, 1, 1], "item": [5, 5, 5], "timestamp": [1, 1, 2], "rating": [2.0, 3.0, 4.0]}
)


def test_duplicates_by_choice() -> None:
    keep = Interactions.from_frame(REPEATED, rating="rating", duplicates="keep")
    first = Interactions.from_frame(REPEATED, rating="rating", duplicates="first")
    total = Interactions.from_frame(REPEATED, rating="rating", duplicates="sum")
    assert len(keep) == 3
    assert first.to_frame()["rating"].to_list() == [2.0, 4.0]
    assert total.to_frame()["rating"].to_list() == [5.0, 4.0]
    assert total.dropped.rows() == [
        ("duplicates='sum': rows equal in user, item and timestamp", 1, 0, 0)
    ]


REPEATS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.integers(1, 3),
        st.integers(0, 2),
        st.floats(-100, 100, width=32),
    ),
    min_size=1,
    max_size=12,
)


@given(
    REPEATS,
    st.sampled_from(["first", "last", "sum", "max", "mean"]),
    st.sampled_from([pl.Float32, pl.Float64]),
    st.booleans(),
)
def test_duplicates_against_a_loop(
    rows: list[tuple[str, int, int, float]], way: Any, dtype: Any, timed: bool
) -> None:
    schema = {"user": pl.String, "item": pl.Int64, "timestamp": pl.Int64, "rating": dtype}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    log = Interactions.from_frame(
        frame, timestamp="timestamp" if timed else None, rating="rating", duplicates=way
    )
    groups: dict[tuple[Any, ...], list[tuple[int, Any]]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row[: 3 if timed else 2], []).append((number, row))
    expected = []
    for key, members in groups.items():
        ratings = [row[3] for _, row in members]
        value = {
            "first": ratings[0],
            "last": ratings[-1],
            "sum": sum(ratings),
            "max": max(ratings),
            "mean": sum(ratings) / len(ratings),
        }[way]
        expected.append((members[-1 if way == "last" else 0][0], *key, value))
    found = log.to_frame().rows()
    assert [row[:-1] for row in found] == [row[1:-1] for row in sorted(expected)]
    np.testing.assert_allclose(
        [row[-1] for row in found], [row[-1] for row in sorted(expected)], rtol=1e-6, atol=1e-12
    )
    n_dropped = [len(rows) - len(groups)] if len(rows) > len(groups) else []
    assert log.dropped["rows"].to_list() == n_dropped


def test_the_mean_of_ratings_is_rounded_once() -> None:
    """In float32 the ones would vanish beside 2**24."""
    frame = pl.DataFrame({"user": [1] * 4, "item": [1] * 4, "rating": [2.0**24, 1.0, 1.0, 2.0]})
    frame = frame.cast({"rating": pl.Float32})
    log = Interactions.from_frame(frame, timestamp=None, rating="rating", duplicates="mean")
    assert log.to_frame()["rating"].to_list() == [2**22 + 1]


def test_matrix_says_what_repeats_do() -> None:
    frame = REPEATED.with_columns(rating=pl.Series([2.0, 3.0, 5.5]))
    log = Interactions.from_frame(frame, rating="rating", duplicates="keep")
    assert log.matrix("count").toarray().tolist() == [[3.0]]
    assert log.matrix("binary").toarray().tolist() == [[1.0]]
    assert log.matrix("rating").toarray().tolist() == [[3.5]]


def test_ties_are_shuffled_with_seed_0_unless_another_is_named() -> None:
    frame = pl.DataFrame({"user": [1] * 20, "item": range(20), "timestamp": [7] * 20})
    log = Interactions.from_frame(frame)
    drawn = log.histories().to_lists()
    assert drawn == log.histories(seed=0).to_lists() != log.histories(seed=1).to_lists()


def test_tags_of_rows_outside_the_log_do_not_count() -> None:
    tags = pl.DataFrame(
        {"user": [1, 1, 2, 9], "item": ["a", "b", "b", "a"], "tag": ["x", "y", "leak", "z"]}
    )
    log = Interactions.from_frame(SMALL, tags=tags)
    assert log.item_tags().rows() == [("a", ["x"]), ("b", ["y"])]
    train = log.take(log.items != log.catalogue.codes(["b"])[0])
    assert train.item_tags().rows() == [("a", ["x"]), ("b", [])]
    assert train.n_users == log.n_users


def test_log_without_tags_has_empty_lists() -> None:
    assert Interactions.from_frame(SMALL).item_tags().rows() == [("a", []), ("b", [])]


def test_arrays_are_read_only() -> None:
    log = Interactions.from_frame(SMALL)
    for array in (log.users, log.items, log.times, log.user_ids, log.catalogue.ids):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_parquet(tmp_path: Path) -> None:
    SMALL.with_columns(extra=pl.lit(1)).write_parquet(tmp_path / "log.parquet")
    assert Interactions.from_parquet(tmp_path / "log.parquet").to_frame().equals(SMALL)


@given(st.lists(TEXT_IDS, min_size=1, unique=True))
def test_fingerprint_follows_ids_and_order(ids: list[str]) -> None:
    def fingerprint(values: list[str]) -> str:
        return Catalogue(pl.DataFrame({"item": values})).fingerprint

    assert fingerprint(ids) == fingerprint(list(ids))
    if len(ids) > 1:
        assert fingerprint(ids) != fingerprint(ids[::-1])
        assert fingerprint(["".join(ids)]) != fingerprint(ids)


def test_take_of_a_catalogue_renumbers_it() -> None:
    catalogue = Catalogue(pl.DataFrame({"item": [10, 20, 30], "title": ["A", "B", "C"]}))
    assert catalogue.take([2, 0]).titles([0, 1]) == ["C", "A"]
