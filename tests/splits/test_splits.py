"""Splits: each row in one part, each history what its user had done by then."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from support.strategies import logs

from recsys_helpers import Interactions, Queries, load_movielens
from recsys_helpers._hashing import id_hashes, mix
from recsys_helpers.log.moments import timestamp
from recsys_helpers.splits.split import (
    Split,
    k_folds,
    leave_last_out,
    random_split,
    time_split,
    user_split,
)

Rows = dict[object, list[tuple]]
Asked = list[tuple[object, list[tuple], list[object], int | None]]

SPLITS: dict[str, Callable[..., Split]] = {
    "leave_last_out": lambda log, **kw: leave_last_out(log, 1, 1, **kw),
    "time_split together": lambda log, **kw: time_split(log, 0.2, 0.2, **kw),
    "time_split rolling": lambda log, **kw: time_split(log, 0.2, 0.2, targets="rolling", **kw),
    "user_split": lambda log, **kw: user_split(log, 0.3, 0.3, n_targets=1, **kw),
    "random_split": lambda log, **kw: random_split(log, 0.2, 0.2, **kw),
    "k_folds": lambda log, **kw: k_folds(log, 2, **kw)[1],
}
TOY = Interactions.from_frame(
    pl.DataFrame({"user": [1, 1, 1, 2], "item": list("abca"), "timestamp": [1, 2, 4, 3]})
)


def per_user(log: Interactions, seed: int = 0) -> Rows:
    """Each user's rows (item, time, rating), oldest first."""
    h = log.histories(seed=seed)
    items = h.catalogue.ids[h.items].tolist()
    rows = list(zip(items, h.times.tolist(), h.ratings.tolist(), strict=True))
    return {key: rows[h.indptr[i] : h.indptr[i + 1]] for i, key in enumerate(h.keys.tolist())}


def asked(queries: Queries) -> Asked:
    """Each query as user, rows of its history, targets and the time of asking, in ids."""
    h, ids = queries.histories, queries.catalogue.ids
    nothing = [None] * len(h.items)
    rows = list(
        zip(
            ids[h.items].tolist(),
            nothing if h.times is None else h.times.tolist(),
            nothing if h.ratings is None else h.ratings.tolist(),
            strict=True,
        )
    )
    at = [None] * len(h) if h.at is None else h.at.tolist()
    return [
        (
            h.keys[i],
            rows[h.indptr[i] : h.indptr[i + 1]],
            ids[queries.targets[queries.target_indptr[i] : queries.target_indptr[i + 1]]].tolist(),
            at[i],
        )
        for i in range(len(queries))
    ]


def rolled(rows: Rows, wanted: Callable[[int, int, tuple], bool]) -> Asked:
    """One query a wanted row, by a loop; `wanted` is given place, length and row."""
    return [
        (user, mine[:place], [row[0]], row[1])
        for user, mine in rows.items()
        for place, row in enumerate(mine)
        if wanted(place, len(mine), row)
    ]


def contents(log: Interactions) -> Counter:
    return Counter(log.to_frame().rows())


def counted(split: Split, part: str) -> tuple[int, ...]:
    (line,) = split.report.filter(pl.col("part") == part).drop("part").rows()
    return line


def made(frame: pl.DataFrame) -> Interactions:
    return Interactions.from_frame(frame, rating="rating")


def long_enough(log: Interactions, n: int) -> bool:
    return bool((np.bincount(log.users) >= n).any())


def try_split(log: Interactions, name: str, **kw: object) -> Split:
    """Split, or skip the example where the log is too small for it."""
    try:
        return SPLITS[name](log, **kw)
    except ValueError as error:
        assume(False)
        raise AssertionError from error


@settings(deadline=None)
@given(logs(), st.integers(0, 2), st.integers(1, 2), st.integers(0, 3))
def test_leave_last_out_equals_brute_force(
    frame: pl.DataFrame, n_valid: int, n_test: int, seed: int
) -> None:
    log = made(frame)
    assume(long_enough(log, n_valid + n_test + 1))
    split = leave_last_out(log, n_valid, n_test, seed=seed)
    rows, held = per_user(log, seed), n_valid + n_test
    short = {user for user, mine in rows.items() if len(mine) <= held}
    assert asked(split.test) == rolled(rows, lambda p, n, _: n > held and p >= n - n_test)
    assert asked(split.valid) == rolled(
        rows, lambda p, n, _: n > held and n - held <= p < n - n_test
    )
    assert per_user(split.train) == {
        user: mine if user in short else mine[:-held] for user, mine in rows.items()
    }
    assert counted(split, "of train: users with too few rows") == (
        sum(len(rows[user]) for user in short),
        len(short),
        0,
        0,
    )


@pytest.mark.parametrize("name", SPLITS)
@settings(deadline=None)
@given(frame=logs())
def test_every_row_is_in_one_part(name: str, frame: pl.DataFrame) -> None:
    log = made(frame)
    split = try_split(log, name)
    parts = contents(split.train) + contents(split.valid_rows) + contents(split.test_rows)
    apart = contents(log) - parts
    assert parts + apart == contents(log)
    if name != "user_split":
        assert not apart
    pieces = {"train": split.train, "valid": split.valid_rows, "test": split.test_rows}
    for part, piece in pieces.items():
        queries = {"valid": split.valid, "test": split.test}.get(part)
        assert counted(split, part) == (
            len(piece),
            len(set(piece.users.tolist())),
            len(queries) if queries else 0,
            len(queries.targets) if queries else 0,
        )
        assert piece.catalogue is log.catalogue
        assert piece.user_ids.tolist() == log.user_ids.tolist()
    for queries, piece in ((split.valid, split.valid_rows), (split.test, split.test_rows)):
        pairs = zip(queries.users[queries.rows].tolist(), queries.targets.tolist(), strict=True)
        assert set(pairs) == set(zip(piece.users.tolist(), piece.items.tolist(), strict=True))
        assert queries.train_counts.tolist() == [
            split.train.items.tolist().count(item) for item in range(log.n_items)
        ]
        assert queries.histories.keys.tolist() == log.user_ids[queries.users].tolist()


@pytest.mark.parametrize("name", SPLITS)
@settings(suppress_health_check=[HealthCheck.filter_too_much])  # some logs cannot be split
@given(frame=logs(), rng=st.randoms(), seed=st.sampled_from([0, 2**32 - 1]))
def test_order_of_rows_and_codes_change_nothing(
    name: str, frame: pl.DataFrame, rng: random.Random, seed: int
) -> None:
    again = frame.with_columns(pl.col("rating") + 1)
    frame = pl.concat([frame, again])
    log = Interactions.from_frame(frame, rating="rating", duplicates="keep")
    split = try_split(log, name, seed=seed)
    rows = list(range(frame.height))
    rng.shuffle(rows)
    items = log.catalogue.ids.tolist()
    rng.shuffle(items)
    other = SPLITS[name](
        Interactions.from_frame(
            frame[rows],
            rating="rating",
            duplicates="keep",
            items=pl.DataFrame({"item": items}, {"item": frame["item"].dtype}),
        ),
        seed=seed,
    )
    assert asked(split.valid) == asked(other.valid)
    assert asked(split.test) == asked(other.test)
    assert per_user(split.train) == per_user(other.train)
    assert split.report.equals(other.report)


@settings(deadline=None)
@given(logs(), st.randoms())
def test_order_of_rows_changes_nothing_without_times(
    frame: pl.DataFrame, rng: random.Random
) -> None:
    assume(frame.height >= 3)
    rows = list(range(frame.height))
    rng.shuffle(rows)
    one, other = (
        random_split(Interactions.from_frame(f, timestamp=None, rating="rating", duplicates="keep"))
        for f in (frame, frame[rows])
    )
    assert asked(one.valid) == asked(other.valid)
    assert asked(one.test) == asked(other.test)
    assert one.train.to_frame().equals(other.train.to_frame())


@settings(deadline=None)
@given(logs(), st.sampled_from(["together", "rolling"]), st.sampled_from([0, 0.1, 0.3]))
def test_time_split_equals_brute_force(frame: pl.DataFrame, targets: str, valid: float) -> None:
    log = made(frame)
    times = sorted(frame["timestamp"])
    test_cut = times[len(times) - max(1, round(0.3 * len(times)))]
    before = [t for t in times if t < test_cut]
    n_valid = max(1, round(valid * len(times)))
    valid_cut = before[max(0, len(before) - n_valid)] if valid and before else test_cut
    assume(valid_cut > times[0])
    split = time_split(log, valid, 0.3, targets=targets)
    rows = per_user(log)
    assert max(split.train.times) < valid_cut
    for queries, low, high in (
        (split.valid, valid_cut, test_cut),
        (split.test, test_cut, times[-1] + 1),
    ):
        if targets == "rolling":
            expected = rolled(rows, lambda _p, _n, row, a=low, b=high: a <= row[1] < b)
        else:
            expected = [
                (
                    user,
                    [row for row in mine if row[1] < low],
                    list(dict.fromkeys(row[0] for row in mine if low <= row[1] < high)),
                    low,
                )
                for user, mine in rows.items()
                if any(low <= row[1] < high for row in mine)
            ]
        assert asked(queries) == expected
    known = {user for user, mine in rows.items() if mine[0][1] < valid_cut}
    for part, queries in (("valid", split.valid), ("test", split.test)):
        cold = [query for query in asked(queries) if query[0] not in known]
        line = counted(split, f"of {part}: users without a training row")
        assert line[1:] == (len({q[0] for q in cold}), len(cold), sum(len(q[2]) for q in cold))


@settings(deadline=None)
@given(logs(min_users=3, min_rows=10), st.integers(1, 2), st.integers(0, 5))
def test_user_split_equals_brute_force(frame: pl.DataFrame, n_targets: int, seed: int) -> None:
    log = made(frame)
    rows = per_user(log, seed)
    able = [user for user, mine in rows.items() if len(mine) > n_targets]
    n_test, n_valid = max(1, round(0.4 * len(able))), max(1, round(0.2 * len(able)))
    assume(able and n_test + n_valid < len(rows))

    def key(user: object) -> int:
        hashed = id_hashes(np.array([user], None if isinstance(user, int) else object))
        return int(mix(mix(np.array([seed], np.uint64)) ^ hashed)[0])

    drawn = sorted(able, key=key)
    test, valid = set(drawn[:n_test]), set(drawn[n_test : n_test + n_valid])
    split = user_split(log, 0.2, 0.4, n_targets=n_targets, seed=seed)
    for queries, group in ((split.test, test), (split.valid, valid)):
        theirs = {user: mine for user, mine in rows.items() if user in group}
        assert asked(queries) == rolled(theirs, lambda p, n, _: p >= n - n_targets)
    assert per_user(split.train) == {
        user: [] if user in test | valid else mine for user, mine in rows.items()
    }
    for name, group in (("test", test), ("valid", valid)):
        only = sum(len(rows[user]) - n_targets for user in group)
        assert counted(split, f"{name} users, only in histories")[:2] == (only, len(group))


@settings(deadline=None)
@given(logs(), st.booleans(), st.integers(0, 3))
def test_random_split_asks_for_what_it_held_out(
    frame: pl.DataFrame, timed: bool, seed: int
) -> None:
    assume(frame.height >= 4)
    log = made(frame)
    if not timed:
        log = Interactions.from_frame(frame, timestamp=None, rating="rating", duplicates="keep")
    split = random_split(log, 0.3, 0.3, seed=seed)
    n = round(0.3 * frame.height)
    assert (len(split.valid_rows), len(split.test_rows)) == (n, n)
    known = contents(split.train)
    for queries, held in ((split.valid, split.valid_rows), (split.test, split.test_rows)):
        by_user: dict[object, list] = {}
        for user, item, *_ in held.to_frame().rows():
            by_user.setdefault(user, []).append(item)
        got = {user: (history, targets) for user, history, targets, _ in asked(queries)}
        assert {u: sorted(t) for u, (_, t) in got.items()} == {
            u: sorted(set(items)) for u, items in by_user.items()
        }
        for user, (history, _) in got.items():
            rows = Counter(tuple(x for x in (user, *row) if x is not None) for row in history)
            assert rows == Counter({row: c for row, c in known.items() if row[0] == user})
        known += contents(held)
    assert split.valid.histories.at is None
    if timed:
        ordered = per_user(log, seed)
        for user, history, *_ in asked(split.test):
            places = [ordered[user].index(row) for row in history]
            assert places == sorted(places)
    else:
        assert split.train.times is None
        with pytest.raises(ValueError, match="order of this log is unknown"):
            split.train.histories()


@settings(deadline=None)
@given(logs(), st.integers(2, 5))
def test_each_row_is_test_in_one_fold(frame: pl.DataFrame, k: int) -> None:
    log = made(frame)
    assume(len(log) >= k)
    folds = k_folds(log, k)
    assert len(folds) == k
    assert sum((contents(fold.test_rows) for fold in folds), Counter()) == contents(log)
    sizes = [len(fold.test_rows) for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    for fold in folds:
        assert contents(fold.train) + contents(fold.test_rows) == contents(log)
        assert len(fold.valid) == len(fold.valid_rows) == 0


@pytest.mark.filterwarnings("ignore:column 'timestamp' holds one moment")
def test_what_is_drawn_says_nothing_about_time_or_order() -> None:
    """A thousand rows of one time: held-out ones must not stand first among them."""
    n = 1000
    frame = pl.DataFrame({"user": [1] * n, "item": range(n), "timestamp": [7] * n})
    log = Interactions.from_frame(frame)
    split = random_split(log, 0.3, 0.3)
    place = np.empty(n)
    place[log.histories().items] = np.arange(n)
    for held in (split.valid_rows, split.test_rows):
        assert abs(place[held.items].mean() - (n - 1) / 2) < 4 * n / np.sqrt(12 * 300)
    in_history = np.isin(split.test.histories[0], split.valid_rows.items)
    assert abs(np.flatnonzero(in_history).mean() - 349.5) < 4 * 700 / np.sqrt(12 * 300)


def test_seeds_draw_other_rows_and_users() -> None:
    log = load_movielens()
    for split in (random_split, user_split):
        one, other, again = (split(log, seed=seed) for seed in (1, 2, 1))
        assert contents(one.test_rows) == contents(again.test_rows)
        assert contents(one.test_rows) != contents(other.test_rows)


@pytest.mark.parametrize("name", SPLITS)
def test_the_seed_is_0_if_none_is_given(name: str) -> None:
    rows = [(user, item, item // 2) for user in range(9) for item in range(12)]
    log = Interactions.from_frame(pl.DataFrame(rows, ["user", "item", "timestamp"], orient="row"))
    unsaid, said, other = (SPLITS[name](log, **seed) for seed in ({}, {"seed": 0}, {"seed": 1}))
    assert asked(unsaid.test) == asked(said.test) != asked(other.test)


def test_a_seed_draws_today_what_it_drew_before() -> None:
    """Written down when results were recorded."""
    rows = [(user, (7 * user + 3 * place) % 12) for user in range(6) for place in range(4)]
    frame = pl.DataFrame(rows, ["user", "item"], orient="row").with_row_index("timestamp")
    log = Interactions.from_frame(frame)
    drawn = random_split(log)
    assert contents(drawn.test_rows) == Counter([(0, 9, 3), (1, 10, 5)])
    assert contents(drawn.valid_rows) == Counter([(0, 3, 1), (1, 4, 7)])
    folds = [fold.test_rows.times.tolist() for fold in k_folds(log)]
    assert folds[:3] == [[1, 3, 5, 7, 20], [0, 10, 17, 18, 23], [6, 11, 16, 21, 22]]
    users = user_split(log, n_targets=1)
    assert (users.test.histories.keys, users.valid.histories.keys) == ([5], [0])


def test_a_split_is_not_changed_and_is_equal_to_itself_alone() -> None:
    split, alike = (leave_last_out(TOY, 1, 1) for _ in range(2))
    with pytest.raises(FrozenInstanceError, match="test"):
        split.test = split.valid
    assert len({split, alike, split}) == 2


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize("part", ["train", "valid", "test", "valid_rows", "test_rows", "report"])
def test_a_split_is_made_of_its_parts(part: str) -> None:
    with pytest.raises(TypeError, match=f"{part} must be"):
        replace(leave_last_out(TOY, 1, 1), **{part: None})


def test_order_of_ties_is_kept_in_train() -> None:
    """A split's train keeps the order in which it was cut, whatever seed a reader asks for."""
    log = load_movielens()
    for order_ties in ("shuffle", "file"):
        split = leave_last_out(log, order_ties=order_ties, seed=3)
        whole = log.histories(order_ties=order_ties, seed=3)
        train = split.train.histories(seed=9)
        assert len(whole) == len(train)
        for before, everything in zip(train, whole, strict=True):
            np.testing.assert_array_equal(before, everything[: len(before)])
    again = leave_last_out(split.train, order_ties=None, seed=5)
    assert per_user(again.train)[1] == per_user(split.train)[1][:-10]


def test_movielens_gives_five_and_five_queries_a_user() -> None:
    log = load_movielens().k_core(5)
    split = leave_last_out(log, 5, 5)
    assert log.n_users == 610
    for queries in (split.valid, split.test):
        assert np.bincount(queries.users).tolist() == [5] * 610
    assert split.report["rows"].to_list() == [90_274 - 6_100, 3_050, 3_050, 0]


def test_a_target_may_stand_in_its_own_history() -> None:
    frame = pl.DataFrame({"user": [1] * 4, "item": [5, 6, 5, 5], "timestamp": [1, 2, 3, 4]})
    log = Interactions.from_frame(frame)
    ((_, history, targets, _),) = asked(leave_last_out(log, 0, 1).test)
    assert ([row[0] for row in history], targets) == ([5, 6, 5], [5])
    ((_, history, targets, _),) = asked(time_split(log, 0, test_from=3).test)
    assert ([row[0] for row in history], targets) == ([5, 6], [5])


NOON = datetime(2020, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        1583064000,
        "2020-03-01T12:00:00",
        "2020-03-01 13:00+01:00",
        NOON,
        NOON.replace(tzinfo=None),
        NOON.astimezone(timezone(timedelta(hours=-5))),
        NOON - timedelta(milliseconds=1),
    ],
)
def test_a_moment_may_be_written_in_many_ways(moment: object) -> None:
    frame = pl.DataFrame(
        {
            "user": [1] * 4,
            "item": [5, 6, 7, 8],
            "timestamp": [1, 1583063999, 1583064000, 1583064001],
        }
    )
    split = time_split(Interactions.from_frame(frame), 0, test_from=moment)
    assert asked(split.test)[0][2:] == ([7, 8], 1583064000)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from([("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]),
)
def test_timestamps_are_rounded_up_exactly(moment: datetime, unit: tuple[str, int]) -> None:
    passed = moment - datetime(1970, 1, 1)
    micros = (passed.days * 86400 + passed.seconds) * 10**6 + passed.microseconds
    got = timestamp(moment, unit[0], "test_from")
    assert (got - 1) * 10**6 < micros * unit[1] <= got * 10**6
    assert timestamp(moment.date(), "s", "test_from") == passed.days * 86400
