"""Times of every unit, zone and range come out as the moments they were, or are refused."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Histories, Interactions, Popularity, load_recommender, time_split
from recsys_helpers.log._ids import row_place
from recsys_helpers.log.moments import NANOSECONDS, datetimes, seconds, timestamp
from recsys_helpers.log.reading.times import whole_times

UNITS = ["s", "ms", "us", "ns"]
FILES = Path(__file__).parent / "files"
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2261, 12, 31))
ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=9))]
)


def log_of(times: object, **how: object) -> Interactions:
    n = len(times)
    frame = {"user": [1] * n, "item": list(range(n)), "timestamp": times}
    return Interactions.from_frame(pd.DataFrame(frame), **how)


def text_log(texts: list[str]) -> Interactions:
    n = len(texts)
    frame = pl.DataFrame({"user": [1] * n, "item": list(range(n)), "timestamp": texts})
    return Interactions.from_frame(frame)


def in_unit(log: Interactions, unit: str) -> Interactions:
    table = log.to_frame().with_columns(pl.col("timestamp") * (10**9 // NANOSECONDS[unit]))
    return Interactions.from_frame(table, time_unit=unit)


# one log in four units


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 60)), min_size=4))
def test_the_unit_changes_nothing_but_the_numbers(rows: list[tuple[int, int, int]]) -> None:
    table = pl.DataFrame(rows, schema=["user", "item", "timestamp"], orient="row")
    log = Interactions.from_frame(table, duplicates="first")
    when = datetime.fromtimestamp(int(np.median(log.times)), UTC)
    for unit in UNITS[1:]:
        other = in_unit(log, unit)
        step = 10**9 // NANOSECONDS[unit]
        mine, others = log.histories(), other.histories()
        assert mine.to_lists() == others.to_lists()
        assert (mine.times * step).tolist() == others.times.tolist()
        assert (others.time_unit, others.take([0]).first(1)[:1].time_unit) == (unit, unit)
        assert log.datetimes.to_list() == other.datetimes.to_list()
        if (log.times < when.timestamp()).any():
            left = log.before(when), other.before(when)
            assert left[0].items.tolist() == left[1].items.tolist()
            split = [time_split(part, valid=0, test_from=when) for part in (log, other)]
            assert split[0].report.equals(split[1].report)
            assert split[1].test.histories.time_unit == unit


@pytest.mark.bad_input("times")
def test_steps_are_told_in_seconds() -> None:
    for unit in UNITS:
        assert seconds([0, 3 * 10**9 // NANOSECONDS[unit]], unit).tolist() == [0, 3]
    with pytest.raises(ValueError, match="row numbers in place of times"):
        seconds([1], "rows")
    with pytest.raises(ValueError, match="row numbers in place of times"):
        datetimes(np.array([1]), "rows")


# before


@given(st.lists(st.integers(-5, 5), min_size=1), st.integers(-5, 6))
def test_before_keeps_what_is_earlier(times: list[int], cut: int) -> None:
    log = log_of(times)
    wanted = [number for number, time in enumerate(times) if time < cut]
    if not wanted:
        with pytest.raises(ValueError, match=f"the first is at {min(times)}"):
            log.before(cut)
        return
    part = log.before(cut)
    assert part.items.tolist() == wanted
    assert (part.n_users, part.n_items) == (log.n_users, log.n_items)
    assert part.dropped["rows"].to_list() == [len(times) - len(wanted)]


def test_before_reads_dates_and_text() -> None:
    log = log_of(pd.to_datetime(["2024-02-29", "2024-03-01", "2024-03-02"]))
    for moment in ("2024-03-01", date(2024, 3, 1), datetime(2024, 3, 1, tzinfo=UTC)):
        assert log.before(moment).items.tolist() == [0]
    later = log.before(datetime(2024, 3, 1, 0, 0, 0, 1))
    assert later.items.tolist() == [0, 1]
    assert later.dropped.rows() == [("rows at or after 2024-03-01 00:00:00.000001", 1, 0, 0)]


@pytest.mark.bad_input("times")
def test_before_refuses_what_has_no_moments() -> None:
    with pytest.raises(ValueError, match="this log has no times"):
        log_of([1, 2], timestamp=None).before("2024-03-01")
    with pytest.raises(ValueError, match="this log has no times"):
        _ = log_of([1, 2], timestamp=None).datetimes
    rows = log_of([1, 2], timestamp="row order")
    with pytest.raises(ValueError, match="row numbers in place of times"):
        rows.before("2024-03-01")
    assert rows.before(1).items.tolist() == [0]
    with pytest.raises(ValueError, match="no date or time in ISO 8601"):
        log_of([1, 2]).before("01/02/2024")
    with pytest.raises(TypeError, match="moment must be"):
        log_of([1, 2]).before(2.5)


# text


@given(st.lists(MOMENTS, min_size=1), ZONES)
def test_text_is_the_moment_it_says(moments: list[datetime], zone: timezone) -> None:
    aware = [moment.replace(tzinfo=UTC).astimezone(zone).isoformat() for moment in moments]
    log = text_log(aware)
    assert log.datetimes.to_list() == moments
    assert text_log([text.replace("T", " ") for text in aware]).times.tolist() == log.times.tolist()


def test_nanoseconds_of_text_are_kept() -> None:
    texts = [
        "2024-03-01T12:00:00.123456789Z",
        "2024-03-01T12:00:00.123456788Z",
        "2024-03-01T00:00Z",
    ]
    log = text_log(texts)
    assert log.time_unit == "ns"
    second = 1_709_294_400 * 10**9
    assert log.times.tolist() == [second + 123456789, second + 123456788, second - 43_200 * 10**9]
    assert log.histories().items.tolist() == [2, 1, 0]
    assert text_log(["2024-03-01T12:00:00.123456000Z"]).time_unit == "us"
    assert text_log(["2024-03-01T12:00:00.1234567"]).times.tolist() == [second + 123456700]
    last = text_log(["2262-04-11T23:47:16.854774999"])
    assert last.times.tolist() == [9_223_372_036_854_774_999]


@pytest.mark.bad_input("times")
@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["2024-03-01T12:00:00.1234567891", "2024-03-01"], "more than nine digits of a second"),
        (["0001-01-01", "2024-03-01T12:00:00.123456789"], "'0001-01-01' at row 0, and elsewhere"),
        (
            ["2262-04-11T23:47:16.854775", "2024-03-01T12:00:00.123456789"],
            "'2262-04-.* at row 0, a",
        ),
        (
            ["2024-03-01T12:00", "2024-03-01T13:00", "2024-03-01T12:00Z"],
            "with and without a time zone: '2024-03-01T12:00' at row 0 and '2024-03-01T12:00Z' at",
        ),
        (["2024-03-01T24:30", "2024-03-02"], "'2024-03-01T24:30' at row 0, which is no timestamp"),
        (["01/02/2024", "02/02/2024"], "row 0, which is no timestamp.*format='%d/%m/%Y'"),
        (["20240301", "20240229"], "20240301 at row 0, and all others look like dates"),
    ],
)
def test_text_that_is_refused(texts: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        text_log(texts)


# dates and times of other libraries


EXTREMES = [datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59), datetime(9999, 12, 31)]


def test_far_dates_are_what_they_were() -> None:
    wanted = [moment.replace(tzinfo=UTC).timestamp() for moment in EXTREMES]
    objects = pd.Series(EXTREMES, dtype=object)
    arrays = [np.array(EXTREMES, f"datetime64[{unit}]") for unit in ("s", "ms", "us")]
    for times in (objects, *arrays, [moment.isoformat() for moment in EXTREMES]):
        log = log_of(times)
        assert seconds(log.times, log.time_unit).tolist() == wanted
    days = Interactions.from_frame(
        pl.DataFrame(
            {"user": [1] * 2, "item": [1, 2], "timestamp": [date(1, 1, 1), date(9999, 12, 31)]}
        )
    )
    assert seconds(days.times, days.time_unit).tolist() == [wanted[0], wanted[2]]


def test_far_dates_that_spark_writes_are_read() -> None:
    log = Interactions.from_parquet(FILES / "int96.parquet")
    assert log.datetimes.to_list() == [
        datetime(1, 1, 1),
        datetime(2024, 3, 1, 12),
        datetime(9999, 12, 31),
        datetime(2500, 1, 1),
    ]


@given(st.lists(st.tuples(MOMENTS, ZONES), min_size=1))
def test_zones_become_utc(rows: list[tuple[datetime, timezone]]) -> None:
    moments = [moment.replace(tzinfo=UTC).astimezone(zone) for moment, zone in rows]
    log = log_of(pd.Series(moments, dtype=object))
    assert log.datetimes.to_list() == [moment for moment, _ in rows]


@pytest.mark.bad_input("times")
def test_moments_with_and_without_a_zone_do_not_mix() -> None:
    mixed = pd.Series([datetime(2024, 3, 1), datetime(2024, 3, 1, tzinfo=UTC)], dtype=object)
    with pytest.raises(
        ValueError, match=r"without a time zone .* at row 0.*with a time zone .*row 1"
    ):
        log_of(mixed)


@pytest.mark.bad_input("times")
@pytest.mark.parametrize(
    ("times", "kind"),
    [
        (pd.to_timedelta([1, 2], "s"), "Duration"),
        ([datetime(2024, 1, 1).time()] * 2, "Time"),
        ([True, False], "Boolean"),
    ],
)
def test_what_is_no_moment(times: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"column 'timestamp' holds {kind}"):
        log_of(times)


@pytest.mark.bad_input("times")
def test_dates_in_place_of_timestamps_in_arrays() -> None:
    log = log_of([1, 2])
    at = np.array(["2024-03-01"], "M8[s]")
    with pytest.raises(TypeError, match=r"at must hold int64 values, not datetime64.*astype"):
        Histories(log.catalogue, np.array([0, 0]), np.array([], np.int32), at=at)
    with pytest.raises(ValueError, match="time_unit must be"):
        Histories(log.catalogue, np.array([0]), np.array([], np.int32), time_unit="minutes")


# recommenders that read times


class Clock(Popularity):
    needs = frozenset({"times"})


@pytest.mark.bad_input("times")
def test_a_model_of_times_refuses_another_unit(tmp_path: Path) -> None:
    log = log_of([1, 2, 3])
    model = Clock().fit(log)
    model.score(log.histories())
    with pytest.raises(ValueError, match=r"fitted on times in 's', .* count in 'ms'"):
        model.score(in_unit(log, "ms").histories())
    Popularity().fit(log).score(in_unit(log, "ms").histories())  # which reads no times
    Popularity().fit(in_unit(log, "ms")).save(tmp_path)
    assert load_recommender(tmp_path).time_unit == "ms"


def test_the_first_timestamp_not_before_a_moment() -> None:
    assert timestamp("1970-01-01T00:00:00.000001", "s", "t") == 1
    assert timestamp("1969-12-31T23:59:59.5", "s", "t") == 0
    assert timestamp("1970-01-01T00:00:00.0000005", "ns", "t") == 500
    assert timestamp(datetime(1970, 1, 1, 0, 0, 1), "ns", "t") == 10**9


@pytest.mark.parametrize(("unit", "a_second"), [("s", 1), ("ms", 1000), ("us", 10**6)])
def test_numbers_up_to_the_end_of_9999_are_moments(unit: str, a_second: int) -> None:
    last = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()) * a_second + a_second - 1
    for moment in (last, -last - 1):
        assert timestamp(moment, unit, "t") == moment
    for moment in (last + 1, -last - 2):
        with pytest.raises(ValueError, match="beyond the year 9999"):
            timestamp(moment, unit, "t")


@pytest.mark.parametrize("text", ["2024-03-01T12:30:00.000000001Z", "2024-03-01 14:30+02:00"])
def test_a_moment_is_the_same_in_every_form(text: str) -> None:
    said = pd.Timestamp(text)
    utc = said.tz_convert(None)
    for moment in (text, text.lower(), said, utc, utc.to_datetime64()):
        assert timestamp(moment, "ns", "t") == utc.value
    assert timestamp(text, "s", "t") == -(-utc.value // 10**9)


@pytest.mark.bad_input("times")
def test_what_is_no_moment_to_cut_at() -> None:
    for moment in (True, None, 2.5, pd.NaT):
        with pytest.raises(TypeError, match="t must be a whole number, a date or text"):
            timestamp(moment, "s", "t")
    with pytest.raises(ValueError, match=r"t='NaT' is no date or time"):
        timestamp(np.datetime64("NaT"), "s", "t")
    with pytest.raises(ValueError, match="more than nine digits"):
        timestamp("2024-03-01T12:00:00.1234567891", "ns", "t")
    with pytest.raises(ValueError, match=r"beyond the year 9999: this log counts 's'"):
        timestamp(1_700_000_000_000, "s", "t")
    for unit in ("ns", "rows"):
        for beyond in (2**63, -(2**63) - 1):
            with pytest.raises(ValueError, match=f"beyond the year 9999: this log counts '{unit}'"):
                timestamp(beyond, unit, "t")
        assert timestamp(2**63 - 1, unit, "t") == 2**63 - 1


@given(st.lists(st.tuples(MOMENTS, st.integers(1, 999)), min_size=1), ZONES)
def test_moments_of_pandas_keep_their_nanoseconds(
    rows: list[tuple[datetime, int]], zone: timezone
) -> None:
    moments = [pd.Timestamp(moment, tz="UTC") + pd.Timedelta(ns) for moment, ns in rows]
    for written in (moments, [moment.tz_convert(zone) for moment in moments]):
        log = log_of(pd.Series(written, dtype=object))
        assert log.time_unit == "ns"
        assert log.times.tolist() == [moment.value for moment in moments]


def test_text_in_lower_case_and_with_the_name_of_utc() -> None:
    for text in ("2024-03-01t12:00:00z", "2024-03-01 12:00:00 UTC", "2024-03-01 12:00:00 +00:00"):
        assert text_log([text]).times.tolist() == [1_709_294_400]
    far = text_log(["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"])
    assert far.times.tolist() == [-62_135_596_800 - 5 * 3600, 253_402_300_799 - 3599 + 5 * 3600]


@pytest.mark.bad_input("times")
def test_numbers_too_large_for_any_unit() -> None:
    with pytest.raises(ValueError, match=r"18446744073709551615 at row 0: .*beyond the year 9999"):
        log_of(np.array([2**64 - 1, 1], np.uint64))


@pytest.mark.bad_input("times", by=("mark",))
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("mark", [0, -1])
def test_marks_of_unknown_times_are_told(mark: int, unit: str) -> None:
    now = 1_700_000_000 * 10**9 // NANOSECONDS[unit]
    with pytest.warns(UserWarning, match=f"holds {mark} at row 1 .*1 more") as caught:
        log = log_of([now, mark, mark], time_unit=unit)
    assert caught[0].filename == __file__
    assert log.times.tolist() == [now, mark, mark]
    log_of([mark, 5, now], time_unit=unit)
    year = 365 * 24 * 3600 * 10**9 // NANOSECONDS[unit]
    log_of([mark, 10 * year], time_unit=unit)
    with pytest.warns(UserWarning, match="ten years before all others"):
        log_of([mark, 10 * year + 1], time_unit=unit)


@pytest.mark.bad_input("times", by=())
@pytest.mark.parametrize("n", [1, 99, 100])
def test_one_moment_in_all_rows_is_told(n: int) -> None:
    frame = pl.DataFrame({"user": [1] * n, "item": range(n), "timestamp": [1_700_000_000] * n})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Interactions.from_frame(frame)
        Interactions.from_frame(frame, timestamp="row order")
    told = [str(warning.message) for warning in caught]
    assert len(told) == (n == 100)
    for text in told:
        assert re.search(r"'timestamp' holds one moment, 1700000000, in all 100 rows.*=None", text)
        assert caught[0].filename == __file__


@pytest.mark.bad_input("times")
def test_validation_in_another_unit_is_refused() -> None:
    log = log_of([1, 2, 3])
    asked = time_split(in_unit(log, "ms"), test=0.3, valid=0.3).valid
    with pytest.raises(ValueError, match=r"fitted on times in 's', .* count in 'ms'"):
        Clock().fit(log, valid=asked)
    made_up = Clock().fit(in_unit(log, "ms")).histories([[0]])
    assert made_up.time_unit == "ms"


def test_text_that_many_rows_share_is_read_like_each_of_them() -> None:
    texts = ["2024-03-01", "2024-03-02T00:00:00.5", "2024-03-01"]
    read, unit = whole_times(pl.Series(texts, dtype=pl.Categorical), "t", row_place, "s")
    assert (read.to_list(), unit) == ([1709251200000000, 1709337600500000, 1709251200000000], "us")
    bad = pl.Series([*texts, "soon", "soon"], dtype=pl.Categorical)
    with pytest.raises(ValueError, match="'soon' at row 3, which is no timestamp"):
        whole_times(bad, "t", row_place, "s")
    gaps = pl.Series([*texts, "", ""], dtype=pl.Categorical)
    with pytest.raises(ValueError, match=r"no timestamp at row 3 \(and 1 more rows\)"):
        whole_times(gaps, "t", row_place, "s")
