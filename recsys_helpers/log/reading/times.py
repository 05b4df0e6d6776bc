"""Timestamps of many kinds, turned into whole numbers without losing their order."""

from __future__ import annotations

import warnings
from datetime import datetime
from itertools import count
from typing import cast

import numpy as np
import polars as pl

from recsys_helpers._types import Place, TimeUnit
from recsys_helpers.log._columns import by_slices, of_each, refuse_objects
from recsys_helpers.log._ids import refuse_missing, whole_numbers
from recsys_helpers.log.moments import (
    BEYOND_MICROSECONDS,
    LIMITS,
    NANOSECONDS,
    from_text,
    microseconds,
)

ACCEPTED = (
    "Timestamps may be whole numbers, dates, or ISO 8601 text such as '2024-03-01T12:30:00'. "
    "If the order is unknown, say timestamp=None"
)

FILL_IN = "Fill it in, remove the row, or say timestamp=None if the order is unknown"
MULTIPLY = (
    "multiply so that the fraction is kept, for instance (t * 1000).round() with time_unit='ms'"
)

PARSE = "Parse it first and say what is what: pd.to_datetime(times, format='%d/%m/%Y')"

MANY = 100
"""So many rows do not all share one moment by chance."""


def whole_times(
    values: pl.Series, column: str, place: Place, unit: TimeUnit
) -> tuple[pl.Series, TimeUnit]:
    """Return timestamps as Int64, and their unit.

    Dates and times have their own unit and are counted from 1970-01-01 UTC; `unit` is the unit of
    plain numbers only.
    """
    dtype = values.dtype
    refuse_objects(values, place, ACCEPTED)
    refuse_missing(values, column, place, "timestamp", FILL_IN)
    if dtype.is_integer():
        return _counted(values, column, place, unit), unit
    if dtype.is_float():
        numbers = whole_numbers(values, column, place, np.nextafter(2.0**63, 0), MULTIPLY)
        return _counted(numbers, column, place, unit), unit
    if dtype == pl.Date:
        return values.cast(pl.Datetime("ms")).cast(pl.Int64) // 1000, "s"
    if isinstance(dtype, pl.Datetime):
        return values.cast(pl.Int64), dtype.time_unit
    if dtype in (pl.String, pl.Categorical):
        read = _from_text if dtype == pl.String else _from_distinct_text
        return read(values, column, place, unit)
    if len(values) == 0:
        return values.cast(pl.Int64), unit
    raise TypeError(f"column {column!r} holds {dtype} values. {ACCEPTED}")


def warn_of_marks(times: pl.Series, unit: TimeUnit, column: str, place: Place) -> None:
    """Warn of 0 and −1 if all other times are ten years later: they often mean "unknown"."""
    marks = times.is_in([0, -1])
    others = times.filter(~marks) if marks.any() else times[:0]
    if len(others) and (others > 315_360_000 * 10**9 // NANOSECONDS[unit]).all():
        row = marks.arg_true()[0]
        warnings.warn(
            f"column {column!r} holds {times[row]} at {place(row)} (and {marks.sum() - 1:,} more "
            "are like it), ten years before all others: if that stands for an unknown time, "
            "remove these rows or fill it in",
            stacklevel=4,  # the caller of from_frame, from_csv or from_parquet
        )


def warn_of_one(times: pl.Series, column: str) -> None:
    """Warn if all rows of a log of `MANY` or more share one moment, so that nothing is ordered."""
    if len(times) >= MANY and times.min() == times.max():
        warnings.warn(
            f"column {column!r} holds one moment, {times[0]}, in all {len(times):,} rows, so their "
            "order is unknown and would be drawn at random: say timestamp=None, or "
            "timestamp='row order' if they stand in the order of time",
            stacklevel=4,  # the caller of from_frame, from_csv or from_parquet
        )


def _counted(numbers: pl.Series, column: str, place: Place, unit: TimeUnit) -> pl.Series:
    """Return whole numbers, or raise if one is beyond the year 9999 in this unit."""
    first, last = cast("tuple[int, int]", (numbers.min(), numbers.max()))
    fits = {unit: -limit - 1 <= first and last <= limit for unit, limit in LIMITS.items()}
    if not fits[unit]:
        within = numbers.cast(pl.Int128).is_between(-LIMITS[unit] - 1, LIMITS[unit])
        row = (~within).arg_true()[0]
        likely = [f" Is it time_unit={name!r}?" for name, fit in fits.items() if fit]
        raise ValueError(
            f"column {column!r} holds {numbers[row]} at {place(row)}: counted in {unit!r} from "
            f"1970 that is beyond the year 9999.{''.join(likely[:1])}"
        )
    if _look_like_dates(numbers[:1000]) and _look_like_dates(numbers):
        raise ValueError(
            f"column {column!r} holds {numbers[0]} at {place(0)}, and all others look like dates "
            "too, not like a count. Parse them first: pd.to_datetime(times, format='%Y%m%d')"
        )
    return numbers.cast(pl.Int64)


def _look_like_dates(numbers: pl.Series) -> bool:
    years = numbers.cast(pl.String).str.to_date("%Y%m%d", strict=False).dt.year()
    return years.is_between(1900, 2100).fill_null(False).all()


def _from_text(
    values: pl.Series, column: str, place: Place, unit: TimeUnit
) -> tuple[pl.Series, TimeUnit]:
    wrong = by_slices(values, lambda part: _numbers(part).is_null())
    if not wrong.any():
        return _counted(by_slices(values, _numbers), column, place, unit), unit
    if wrong.sum() <= len(values) / 2:
        row = wrong.arg_true()[0]
        raise ValueError(
            f"column {column!r} holds {values[row]!r} at {place(row)}, which is no whole number "
            f"like the others. {ACCEPTED}"
        )
    rows, aware = count(), bytearray()

    def stamps_of(part: pl.Series) -> pl.Series:
        moments = [_moment(text, column, place, next(rows)) for text in part.to_list()]
        aware.extend(moment.tzinfo is not None for moment in moments)
        return pl.Series(column, map(microseconds, moments), dtype=pl.Int64)

    stamps = by_slices(values, stamps_of)
    if len({*aware}) > 1:
        row = aware.index(not aware[0])
        raise ValueError(
            f"column {column!r} has times with and without a time zone: {values[0]!r} at "
            f"{place(0)} and {values[row]!r} at {place(row)}. Write all of them in one way"
        )
    return _with_nanoseconds(stamps, values, column, place)


def _from_distinct_text(
    values: pl.Series, column: str, place: Place, unit: TimeUnit
) -> tuple[pl.Series, TimeUnit]:
    """Read each distinct text once; messages name the first row that has it."""
    distinct = values.unique(maintain_order=True)
    texts = distinct.cast(pl.String)

    def first(row: int) -> str:
        return place((values == texts[row]).arg_true()[0])

    moments, unit = _from_text(texts, column, first, unit)
    return pl.Series(column, of_each(values, distinct, moments.to_numpy())), unit


def _numbers(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars().cast(pl.Int64, strict=False)


def _with_nanoseconds(
    stamps: pl.Series, texts: pl.Series, column: str, place: Place
) -> tuple[pl.Series, TimeUnit]:
    """Add the digits beyond microseconds, which Python's datetime does not have."""
    if not texts.str.contains(BEYOND_MICROSECONDS).any():
        return _without_zeros(stamps)
    beyond = texts.str.extract(BEYOND_MICROSECONDS).fill_null("").str.strip_chars_end("0")
    if (beyond.str.len_chars() > 3).any():
        row = (beyond.str.len_chars() > 3).arg_true()[0]
        raise ValueError(
            f"column {column!r} holds {texts[row]!r} at {place(row)}: more than nine digits of a "
            "second, where nanoseconds are the finest. Round them"
        )
    if (beyond != "").any():
        furthest = 2**63 // 1000 - 1
        if not stamps.is_between(-furthest, furthest).all():
            row = (~stamps.is_between(-furthest, furthest)).arg_true()[0]
            raise ValueError(
                f"column {column!r} holds {texts[row]!r} at {place(row)}, and elsewhere "
                "nanoseconds, which reach from 1678 to 2262 only. Round all to microseconds"
            )
        return stamps * 1000 + beyond.str.pad_end(3, "0").cast(pl.Int64), "ns"
    return _without_zeros(stamps)


def _without_zeros(stamps: pl.Series) -> tuple[pl.Series, TimeUnit]:
    """Return microseconds as seconds if that loses nothing."""
    if (stamps % 1_000_000 == 0).all():
        return stamps // 1_000_000, "s"
    return stamps, "us"


def _moment(text: str, column: str, place: Place, row: int) -> datetime:
    try:
        return from_text(text)
    except ValueError as error:
        raise ValueError(
            f"column {column!r} holds {text!r} at {place(row)}, which is no timestamp. {ACCEPTED}. "
            f"{PARSE}"
        ) from error
