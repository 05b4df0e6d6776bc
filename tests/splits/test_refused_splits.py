"""What no split can be made of gets an error that says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from recsys_helpers import Interactions
from recsys_helpers.splits.split import (
    k_folds,
    leave_last_out,
    random_split,
    time_split,
    user_split,
)

TOY = Interactions.from_frame(
    pl.DataFrame({"user": [1, 1, 1, 2], "item": list("abca"), "timestamp": [1, 2, 4, 3]})
)
UNTIMED = Interactions.from_frame(pl.DataFrame({"user": [1, 1], "item": [5, 6]}), timestamp=None)
BY_ROW = Interactions.from_frame(
    pl.DataFrame({"user": [1, 1], "item": [5, 6]}), timestamp="row order"
)


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: leave_last_out(TOY), "no user has 11 rows, .* the longest history has 3"),
        (lambda: leave_last_out(TOY, -1), "n_valid must be a whole number of at least 0, not -1"),
        (lambda: leave_last_out(TOY, 1, 0), "n_test must be a whole number of at least 1"),
        (lambda: leave_last_out(TOY, 1, 1.0), "n_test must be a whole number"),
        (lambda: leave_last_out(TOY, 1, True), "n_test must be a whole number"),
        (lambda: leave_last_out(TOY, 1, 1, order_ties="no"), "order_ties must be"),
        (lambda: leave_last_out(TOY, 1, 1, seed=-1), "seed must be a whole number"),
        (lambda: leave_last_out(UNTIMED, 0, 1), "order of this log is unknown"),
        (lambda: time_split(UNTIMED), "order of this log is unknown"),
        (lambda: time_split(TOY.take([])), "the log has no rows"),
        (lambda: time_split(TOY, test=0), "test must be a share of more than 0"),
        (lambda: time_split(TOY, valid=-0.1), "valid must be a share of 0 or more"),
        (lambda: time_split(TOY, test=1.5), "test must be a share of more than 0 and less than 1"),
        (lambda: time_split(TOY, valid="x"), "valid must be a share"),
        (lambda: time_split(TOY, 0.5, 0.5), "leave nothing to train on"),
        (lambda: time_split(TOY, targets="all"), "targets must be 'together' or 'rolling'"),
        (lambda: time_split(TOY, test_from=5), "no row lies at or after test_from=5; .* at 4"),
        (lambda: time_split(TOY, test_from=1), "no row lies before 1, so there is nothing to"),
        (lambda: time_split(TOY, valid_from=4, test_from=3), "between valid_from=4 and the test"),
        (lambda: time_split(TOY, test_from="soon"), "test_from='soon' is no date or time"),
        (lambda: time_split(BY_ROW, test_from=date(2020, 1, 1)), "row numbers in place of times"),
        (lambda: user_split(UNTIMED), "order of this log is unknown"),
        (lambda: user_split(TOY), "no user has 6 rows, .* the longest history has 3"),
        (lambda: user_split(TOY, n_targets=0), "n_targets must be a whole number"),
        (lambda: user_split(TOY.take([0, 1]), n_targets=1), "leave nothing to train on"),
        (lambda: random_split(TOY.take([0])), "leave nothing to train on"),
        (lambda: random_split(UNTIMED, seed=2**64), "seed must be a whole number"),
        (lambda: k_folds(TOY, 1), "k must be a whole number of at least 2"),
        (lambda: k_folds(TOY, 5), "k=5 folds need as many rows at least, but the log has 4"),
    ],
)
def test_splits_refuse_what_does_not_fit(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input("splits and judgements")
def test_a_moment_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match=r"test_from must be a whole number, a date or text"):
        time_split(TOY, test_from=2.5)
