"""Each measure of the audit equals a loop over the rows, and finds what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from recsys_book.audit import measures, notices
from recsys_book.audit.measures import small_log
from recsys_helpers import Interactions, synthetic

DAY = 86_400


def shop(rows: Sequence[tuple[int, int, int]] = ()) -> Interactions:
    """Return a made-up log of two months, in a random order of rows, with repeats and ties."""
    made = synthetic(n_users=80, n_items=30, mean_length=12, repeats=True, seed=2).interactions
    rng = np.random.default_rng(4)
    times = rng.integers(0, 60 * DAY, len(made)) // 3600 * 3600
    frame = made.to_frame().with_columns(timestamp=times)[rng.permutation(len(made))]
    columns = ["user", "item", "timestamp"]
    extra = pl.DataFrame(list(rows), schema=columns, orient="row")
    frame = pl.concat([frame.select(columns), extra], how="vertical_relaxed")
    return Interactions.from_frame(frame, duplicates="keep")


LOG = shop()
ROWS = list(zip(LOG.users.tolist(), LOG.items.tolist(), LOG.times.tolist(), strict=True))


def test_repeated_rows() -> None:
    doubled = LOG.take(np.r_[np.arange(len(LOG)), 3, 3, 8])
    met, expected = set(), []
    for row in zip(doubled.users, doubled.items, doubled.times, strict=True):
        expected.append(row in met)
        met.add(row)
    assert measures.repeated_rows(doubled).tolist() == expected
    assert expected[-3:] == [True] * 3


def test_backward_share() -> None:
    times = [time for _, _, time in ROWS]
    expected = sum(b < a for a, b in pairwise(times)) / (len(times) - 1)
    assert measures.backward_share(LOG) == pytest.approx(expected)
    assert measures.backward_share(LOG.take(np.argsort(LOG.times))) == 0
    assert measures.backward_share(LOG.take([0])) == 0


def test_tied_share() -> None:
    pairs = tied = 0
    for user in range(LOG.n_users):
        own = sorted(time for who, _, time in ROWS if who == user)
        pairs += len(own) - 1
        tied += sum(a == b for a, b in pairwise(own))
    assert measures.tied_share(LOG) == pytest.approx(tied / pairs)
    assert tied > 0
    assert measures.tied_share(small_log("Ann a 1", "Bo a 1")) == 0


def test_busiest_days() -> None:
    by_day = Counter((user, time // DAY) for user, _, time in ROWS)
    expected = [max(n for (who, _), n in by_day.items() if who == u) for u in range(LOG.n_users)]
    assert measures.busiest_days(LOG).tolist() == expected


def test_a_robot_is_found() -> None:
    robot = [(9_999, 1 + i % 20, 5 * DAY + 60 * i) for i in range(150)]
    busy = [(9_998, 1 + i % 20, 5 * DAY + 60 * i) for i in range(90)]
    log = shop(rows=robot + busy)
    assert log.user_ids[measures.hurried_users(log)].tolist() == [9_999]
    assert not len(measures.hurried_users(LOG))


def test_a_burst_is_found() -> None:
    burst = [(1 + i % 70, 1 + i % 20, 7 * DAY + 10 * i) for i in range(400)]
    log = shop(rows=burst)
    found, counts = measures.burst_days(log)
    assert found.tolist() == [7]
    assert counts.tolist() == [sum(time // DAY == 7 for time in log.times.tolist())]
    assert not len(measures.burst_days(LOG)[0])


def test_items_of_a_day() -> None:
    news = [(u, 777, 9 * DAY + 3600 * u) for u in range(1, 7)]
    rare = [(u, 778, 9 * DAY + 3600 * u) for u in range(1, 4)]
    slow = [(u, 779, 9 * DAY + 20_000 * u) for u in range(1, 7)]
    log = shop(rows=news + rare + slow)
    assert log.catalogue.ids[measures.items_of_a_day(log)].tolist() == [777]
    for code in range(log.n_items):
        times = log.times[log.items == code]
        short = len(times) >= 5 and times.max() - times.min() < DAY
        assert short == (code in measures.items_of_a_day(log))


def test_repeat_share_and_the_share_of_the_most_popular() -> None:
    met, again = set(), 0
    for user, item, _ in ROWS:
        again += (user, item) in met
        met.add((user, item))
    assert measures.repeat_share(LOG) == pytest.approx(again / len(ROWS))
    counts = sorted(Counter(item for _, item, _ in ROWS).values(), reverse=True)
    expected = sum(counts[:3]) / len(ROWS)
    assert measures.share_of_top(LOG, 3 / len(counts)) == pytest.approx(expected)


def test_rows_by_period() -> None:
    starts, counts = measures.rows_by_period(LOG, n=6)
    ends = [*starts[1:].tolist(), float("inf")]
    for start, end, count in zip(starts.tolist(), ends, counts.tolist(), strict=True):
        assert count == sum(start <= time < end for _, _, time in ROWS)


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1_000), ("us", 10**6), ("ns", 10**9)])
def test_units_of_time_are_of_no_consequence(unit: str, factor: int) -> None:
    frame = LOG.to_frame().with_columns(pl.col("timestamp") * factor)
    other = Interactions.from_frame(frame, duplicates="keep", time_unit=unit)
    np.testing.assert_array_equal(measures.busiest_days(other), measures.busiest_days(LOG))
    np.testing.assert_array_equal(measures.items_of_a_day(other), measures.items_of_a_day(LOG))


def test_a_log_without_times() -> None:
    log = Interactions.from_frame(LOG.to_frame(), timestamp="row order", duplicates="keep")
    with pytest.raises(ValueError, match="this log has no times: name the column that holds them"):
        measures.tied_share(log)


def test_what_is_fine_needs_no_advice_and_what_is_found_has_some() -> None:
    doubled = LOG.take(np.r_[np.arange(len(LOG)), 3, 3, 8])
    told = notices.of_log(doubled)
    assert {notice.level for notice in told} >= {"fine", "look"}
    for notice in told:
        assert bool(notice.advice) == (notice.level != "fine")
