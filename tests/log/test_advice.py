"""Advice that leads somewhere: units of time and names of columns."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Interactions

NOVEMBER_2023 = 1_700_000_000
STEPS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
GOOD = {"user": [1, 2], "item": [1, 2], "timestamp": [1, 2]}


@pytest.mark.bad_input("times", by=())
@pytest.mark.parametrize("said", STEPS)
@pytest.mark.parametrize("meant", STEPS)
@pytest.mark.parametrize("kind", [int, str, float])
def test_a_finer_unit_than_said_is_noticed(said: str, meant: str, kind: type) -> None:
    stamps = [kind(NOVEMBER_2023 * STEPS[meant]), kind((NOVEMBER_2023 + 1) * STEPS[meant])]
    frame = pl.DataFrame({**GOOD, "timestamp": stamps})
    if STEPS[meant] <= STEPS[said]:  # a coarser unit gives dates soon after 1970, which may be
        assert Interactions.from_frame(frame, time_unit=said).time_unit == said
    else:
        with pytest.raises(ValueError, match=f"at row 0.*time_unit='{meant}'"):
            Interactions.from_frame(frame, time_unit=said)


no_date = st.integers(-(2**63), 2**63 - 1).filter(lambda n: not 10**7 <= n < 10**8)  # 20311001


@pytest.mark.filterwarnings("ignore:.*ten years before all others")  # 0 or −1 among late times
@given(st.lists(no_date, min_size=1, max_size=4, unique=True))
def test_every_whole_number_that_is_no_date_is_a_time_in_some_unit(stamps: list[int]) -> None:
    frame = {"user": [1] * len(stamps), "item": range(len(stamps)), "timestamp": stamps}
    assert Interactions.from_frame(pl.DataFrame(frame), time_unit="ns").times.tolist() == stamps


@pytest.mark.bad_input("frames and item tables")
def test_a_frame_read_without_header_says_so() -> None:
    with pytest.raises(TypeError, match=r"df has columns named 0, 1, 2.*df\.columns = \["):
        Interactions.from_frame(pd.DataFrame([[1, 2, 3]]))
    with pytest.raises(TypeError, match="items has columns named 7"):
        Interactions.from_frame(pl.DataFrame(GOOD), items=pd.DataFrame({"item": [1, 2], 7: "x"}))


@pytest.mark.bad_input("frames and item tables", by=("name",))
@pytest.mark.parametrize("argument", ["user", "item", "timestamp", "rating"])
@pytest.mark.parametrize("name", [0, 1.5, True, ["user"]])
def test_columns_are_named_by_text(argument: str, name: object) -> None:
    with pytest.raises(TypeError, match=f"{argument} must be the name of a column"):
        Interactions.from_frame(pl.DataFrame(GOOD), **{argument: name})


@pytest.mark.bad_input("frames and item tables")
@pytest.mark.parametrize("argument", ["user", "item"])
def test_user_and_item_are_needed(argument: str) -> None:
    with pytest.raises(TypeError, match=f"{argument} must be the name of a column, not None"):
        Interactions.from_frame(pl.DataFrame(GOOD), **{argument: None})
