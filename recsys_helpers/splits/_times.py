"""The moments at which a split by time cuts the log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import numpy as np

from recsys_helpers._types import I64, TimeUnit

Moment: TypeAlias = int | str | date
"""A timestamp of the log, a date or date and time, or one as ISO 8601 text; no zone means UTC."""

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def cut_points(
    times: I64,
    unit: TimeUnit,
    valid: float,
    test: float,
    valid_from: Moment | None,
    test_from: Moment | None,
) -> tuple[int, int]:
    """Return the first moments of the validation and of the test period; equal without the former.

    Examples
    --------
    >>> cut_points(np.array([1, 2, 3, 3, 4]), "s", 0.2, 0.2, None, None)
    (3, 4)
    >>> cut_points(np.array([1, 2, 3, 3, 4]), "s", 0.0, 0.2, None, 3)
    (3, 3)
    """
    ordered = np.sort(times)
    if len(ordered) == 0:
        raise ValueError("the log has no rows, so there is no test period")
    if test_from is None:
        test_cut = int(ordered[-max(1, round(test * len(ordered)))])
    else:
        test_cut = timestamp(test_from, unit, "test_from")
    before = ordered[ordered < test_cut]
    if len(before) == len(ordered):
        raise ValueError(
            f"no row lies at or after test_from={test_from!r}; the last one is at {ordered[-1]}"
        )
    if valid_from is not None:
        valid_cut = timestamp(valid_from, unit, "valid_from")
        if not (before >= valid_cut).any():
            raise ValueError(
                f"no row lies between valid_from={valid_from!r} and the test period, which starts "
                f"at {test_cut}. Say valid=0 for a split without validation"
            )
    elif valid == 0 or len(before) == 0:
        valid_cut = test_cut
    else:
        n_valid = max(1, round(valid * len(ordered)))
        valid_cut = int(before[-n_valid:][0])
    if not (before < valid_cut).any():
        raise ValueError(
            f"no row lies before {valid_cut}, so there is nothing to train on: a moment is never "
            "cut in two. Choose smaller shares, or later cuts (valid_from=…, test_from=…)"
        )
    return valid_cut, test_cut


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
        raise ValueError(
            f"{name}={str(moment)!r} is a date, but this log has row numbers in place of times. "
            "Give a row number"
        )
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    passed = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return -(-passed * 1_000 // NANOSECONDS[unit])  # rounded up
