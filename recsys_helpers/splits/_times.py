"""The moments at which a split by time cuts the log."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import I64, TimeUnit
from recsys_helpers.log.moments import Moment, timestamp


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
