"""Timestamps as dates, and dates as timestamps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from recsys_helpers._types import F64, I64, TimeUnit

Moment: TypeAlias = int | str | date
"""A timestamp of the log, a date or date and time, or one as ISO 8601 text; no zone means UTC."""

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""How long one step of a timestamp is, in each unit."""

NO_TIMES = "this log has row numbers in place of times"


def timestamp(moment: Moment, unit: TimeUnit, name: str) -> int:
    """Return the first timestamp of the log's unit that is not before the moment.

    Examples
    --------
    >>> timestamp("1970-01-02", "s", "test_from"), timestamp(date(1970, 1, 2), "ms", "test_from")
    (86400, 86400000)
    >>> timestamp(12, "rows", "test_from")
    12
    """
    if isinstance(moment, (int, np.integer)) and not isinstance(moment, bool):
        return int(moment)
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment.strip())
        except ValueError as error:
            raise ValueError(
                f"{name}={moment!r} is no date or time in ISO 8601, such as '2018-01-31'"
            ) from error
    if not isinstance(moment, date):
        raise TypeError(f"{name} must be a whole number, a date or text, not {moment!r}")
    if unit == "rows":
        raise ValueError(f"{name}={str(moment)!r} is a date, but {NO_TIMES}. Give a row number")
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    passed = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return -(-passed * 1_000 // NANOSECONDS[unit])  # rounded up


def datetimes(times: I64, unit: TimeUnit) -> pl.Series:
    """Return timestamps as dates and times in UTC.

    Examples
    --------
    >>> datetimes(np.array([86400]), "s").to_list()
    [datetime.datetime(1970, 1, 2, 0, 0)]
    """
    if unit == "rows":
        raise ValueError(f"{NO_TIMES}, so nothing is known of dates")
    if unit == "s":  # which Polars does not have
        return pl.Series(times * 1000).cast(pl.Datetime("ms"))
    return pl.Series(times).cast(pl.Datetime(unit))


def seconds(steps: ArrayLike, unit: TimeUnit) -> F64:
    """Return how long so many steps between timestamps are, in seconds.

    Examples
    --------
    >>> seconds([1500, 86400000], "ms")
    array([1.50e+00, 8.64e+04])
    """
    if unit == "rows":
        raise ValueError(f"{NO_TIMES}, so nothing is known of pauses")
    return np.asarray(steps) * (NANOSECONDS[unit] / 1e9)
