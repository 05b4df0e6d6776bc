"""Conversion of timestamps to dates, and of dates to timestamps."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias, cast

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from recsys_helpers._arguments import is_whole
from recsys_helpers._types import F64, I64, TimeUnit
from recsys_helpers.log._columns import is_missing

Moment: TypeAlias = int | str | date | np.datetime64
"""A timestamp in the log's unit, a date (and time), or ISO 8601 text; UTC if no zone is named."""

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""How many nanoseconds each unit has."""

YEAR_10000 = 253_402_300_800
"""Seconds from 1970 to the end of the year 9999."""

LIMITS = {
    "s": YEAR_10000 - 1,
    "ms": YEAR_10000 * 10**3 - 1,
    "us": YEAR_10000 * 10**6 - 1,
    "ns": 2**63 - 1,
    "rows": 2**63 - 1,
}
"""The largest timestamp that is accepted, in each unit; nanoseconds reach the year 2262."""

BEYOND_MICROSECONDS = r"[.,]\d{6}(\d+)"
"""The digits that follow the first six of a fraction of a second."""

NO_TIMES = "this log has row numbers in place of times"


def timestamp(moment: Moment, unit: TimeUnit, name: str) -> int:
    """Return a moment as a timestamp, rounded up to the log's unit.

    Parameters
    ----------
    moment
        A whole number is taken as a timestamp already and only checked.
    unit
        The unit of the log, as in `Interactions.time_unit`.
    name
        The argument to name in messages.

    Returns
    -------
    int
        The first timestamp that is not before the moment.

    Raises
    ------
    ValueError, TypeError
        If the moment is none, lies beyond the year 9999, or is a date where the log has row
        numbers in place of times.

    Examples
    --------
    >>> timestamp("1970-01-02", "s", "test_from"), timestamp(date(1970, 1, 2), "ms", "test_from")
    (86400, 86400000)
    >>> timestamp(12, "rows", "test_from")
    12
    """
    if is_whole(moment):
        number = int(cast("int", moment))
        if not -LIMITS[unit] - 1 <= number <= LIMITS[unit]:
            raise ValueError(f"{name}={number} is beyond the year 9999: this log counts {unit!r}")
        return number
    finer = getattr(moment, "nanosecond", 0)  # which pandas has and Python has not
    if isinstance(moment, (str, np.datetime64)):
        text = str(moment)
        digits = re.search(BEYOND_MICROSECONDS, text)
        finer = int(digits[1].rstrip("0").ljust(3, "0")) if digits else 0
        try:
            moment = from_text(text)
        except ValueError as error:
            raise ValueError(
                f"{name}={text!r} is no date or time in ISO 8601, such as '2018-01-31'"
            ) from error
        if finer > 999:
            raise ValueError(f"{name}={text!r} has more than nine digits of a second. Round it")
    if not isinstance(moment, date) or is_missing(moment):
        raise TypeError(f"{name} must be a whole number, a date or text, not {moment!r}")
    if unit == "rows":
        raise ValueError(f"{name}={str(moment)!r} is a date, but {NO_TIMES}. Give a row number")
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return -(-(microseconds(moment) * 1_000 + finer) // NANOSECONDS[unit])  # rounded up


def from_text(text: str) -> datetime:
    """Return the moment that ISO 8601 text names, to the microsecond.

    Examples
    --------
    >>> from_text("2024-03-01 12:30:00 UTC") == from_text("2024-03-01t14:30:00+02:00")
    True
    """
    return datetime.fromisoformat(text.strip().upper().replace(" UTC", "Z"))


def microseconds(moment: datetime) -> int:
    """Return the microseconds from the start of 1970 (UTC) to a moment; UTC if it has no zone.

    Examples
    --------
    >>> microseconds(datetime(1969, 12, 31, 23, 59, 59))
    -1000000
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def datetimes(times: I64, unit: TimeUnit) -> pl.Series:
    """Return timestamps, shape (n,), as a Series of dates and times in UTC.

    Raises
    ------
    ValueError
        If the unit is "rows".

    Examples
    --------
    >>> datetimes(np.array([86400]), "s").to_list()
    [datetime.datetime(1970, 1, 2, 0, 0)]
    """
    if unit == "rows":
        raise ValueError(f"{NO_TIMES}, so dates are unknown")
    if unit == "s":  # which Polars does not have
        return pl.Series(times * 1000).cast(pl.Datetime("ms"))
    return pl.Series(times).cast(pl.Datetime(unit))


def seconds(steps: ArrayLike, unit: TimeUnit) -> F64:
    """Return differences between timestamps in seconds, in the same shape.

    Raises
    ------
    ValueError
        If the unit is "rows".

    Examples
    --------
    >>> seconds([1500, 86400000], "ms")
    array([1.50e+00, 8.64e+04])
    """
    if unit == "rows":
        raise ValueError(f"{NO_TIMES}, so pauses are unknown")
    return np.asarray(steps) * (NANOSECONDS[unit] / 1e9)
