"""What is measured stays as it was measured, and a difference is written as finely as it needs."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from recsys_helpers import Catalogue, Histories, Interactions, Queries, Report, Split
from recsys_helpers.evaluation._bootstrap import Sums
from recsys_helpers.evaluation.comparisons import Comparison, Comparisons
from recsys_helpers.evaluation.ratings import RatingReport

HELD = [Catalogue, Histories, Interactions, Queries, RatingReport, Report, Split, Sums]


@pytest.mark.parametrize("kind", [*HELD, Comparison, Comparisons])
def test_what_is_measured_cannot_be_changed(kind: type) -> None:
    thing = object.__new__(kind)
    with pytest.raises(FrozenInstanceError):
        setattr(thing, fields(kind)[0].name, None)


@pytest.mark.parametrize("kind", HELD)
def test_what_holds_arrays_is_equal_to_itself_alone(kind: type) -> None:
    one, other = object.__new__(kind), object.__new__(kind)
    assert one == one  # noqa: PLR0124  (arrays have no single truth value)
    assert one != other


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (0.0, 0.04, "0.000 to 0.040"),  # an end that is 0 needs no more than three
        (0.0015, 0.04, "0.002 to 0.040"),
        (0.0004, 0.04, "0.0004 to 0.0400"),
        (-0.04, -0.00002, "-0.04000 to -0.00002"),
        (1e-9, 0.04, "0.000000 to 0.040000"),  # six are enough
        (2.0, 30.0, "2.000 to 30.000"),
    ],
)
def test_decimals_tell_an_end_from_zero(low: float, high: float, written: str) -> None:
    comparison = Comparison("a", "b", "NDCG@10", (low + high) / 2, low, high)
    assert f"(95% interval {written})" in str(comparison)
