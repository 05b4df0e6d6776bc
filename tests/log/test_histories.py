"""Ragged histories: grouping, ties, and what they refuse."""

from __future__ import annotations

import random
from functools import partial

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from support.strategies import logs

from recsys_helpers import Catalogue, Histories, Interactions, Queries, load_movielens
from recsys_helpers._hashing import id_hashes
from recsys_helpers.log._order import tie_keys

CATALOGUE = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))


def brute_force(frame: pl.DataFrame, seed: int | None) -> dict[object, list[object]]:
    """Group and sort in plain Python; ties by hash, or by row if the seed is None."""
    result: dict[object, list[object]] = {}
    for user in sorted(set(frame["user"])):
        mine = sorted((r for r in frame.iter_rows() if r[0] == user), key=lambda r: (r[2], r[3]))
        if seed is None:
            mine = sorted((r for r in frame.iter_rows() if r[0] == user), key=lambda r: r[2])
        else:
            keyed = []
            for place, row in enumerate(mine):
                before = sum(other[1] == row[1] for other in mine[:place])
                hashes = [
                    id_hashes(np.array([i], dtype=None if isinstance(i, int) else object))
                    for i in row[:2]
                ]
                keyed.append((row[2], int(tie_keys(seed, *hashes, np.array([before]))[0]), row))
            mine = [row for *_, row in sorted(keyed, key=lambda k: k[:2])]
        result[user] = [row[1] for row in mine]
    return result


@given(logs(), st.sampled_from([0, 1, 2**32 - 1]))
def test_histories_equal_brute_force(frame: pl.DataFrame, seed: int) -> None:
    log = Interactions.from_frame(frame, rating="rating")
    expected = brute_force(frame, seed)
    histories = log.histories(seed=seed)
    assert dict(zip(histories.keys.tolist(), histories.to_lists(), strict=True)) == expected
    in_file = log.histories(order_ties="file")
    assert dict(zip(in_file.keys.tolist(), in_file.to_lists(), strict=True)) == brute_force(
        frame, None
    )


@given(logs(), st.randoms())
def test_row_order_never_changes_shuffled_histories(
    frame: pl.DataFrame, rng: random.Random
) -> None:
    frame = pl.concat([frame, frame.with_columns(pl.col("rating") + 1)])
    rows = list(range(frame.height))
    rng.shuffle(rows)
    one, other = (
        Interactions.from_frame(f, rating="rating", duplicates="keep").histories()
        for f in (frame, frame[rows])
    )
    np.testing.assert_array_equal(one.items, other.items)
    np.testing.assert_array_equal(one.times, other.times)
    np.testing.assert_array_equal(one.ratings, other.ratings)


@given(logs(), st.data())
def test_chosen_users_keep_their_order_and_their_histories(
    frame: pl.DataFrame, data: st.DataObject
) -> None:
    log = Interactions.from_frame(frame)
    users = data.draw(st.lists(st.sampled_from(log.user_ids.tolist()), max_size=6))
    everyone = log.histories()
    by_user = dict(zip(everyone.keys.tolist(), everyone.to_lists(), strict=True))
    chosen = log.histories(users)
    assert chosen.keys.tolist() == users
    assert chosen.to_lists() == [by_user[user] for user in users]


def test_ties_do_not_follow_the_file_in_movielens() -> None:
    """File order is by film id within a tie; the shuffle must show no trace of it."""
    log = load_movielens()
    for order, low, high in (("file", 0.95, 1.0), ("shuffle", 0.48, 0.52)):
        h = log.histories(order_ties=order)
        inner = np.ones(len(h.items) - 1, np.bool_)
        inner[h.indptr[1:-1] - 1] = False
        tied = inner & (np.diff(h.times) == 0)
        share = (np.diff(h.items)[tied] > 0).mean()
        assert low <= share <= high


def test_repeated_ties_do_not_repeat_their_order() -> None:
    """A user who meets the same two items together each day gets them in either order."""
    frame = pl.DataFrame(
        {"user": [1] * 80, "item": [5, 6] * 40, "timestamp": [t for t in range(40) for _ in "ab"]}
    )
    firsts = Interactions.from_frame(frame).histories().to_lists()[0][::2]
    assert 10 < firsts.count(5) < 30


def test_an_order_is_named() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        load_movielens().in_order("file")


def test_sorted_log_is_shared_not_copied() -> None:
    frame = pl.DataFrame({"user": [1, 1, 2], "item": [5, 6, 5], "timestamp": [1, 2, 1]})
    log = Interactions.from_frame(frame)
    assert np.shares_memory(log.histories().items, log.items)


def test_user_without_rows_has_an_empty_history() -> None:
    frame = pl.DataFrame({"user": [1, 2], "item": [5, 6], "timestamp": [1, 2]})
    train = Interactions.from_frame(frame).take([1])
    assert train.histories().to_lists() == [[], [6]]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=5), max_size=5), st.integers(1, 4))
def test_lists_there_and_back(lists: list[list[str]], n: int) -> None:
    histories = Histories.from_lists(CATALOGUE, lists)
    assert histories.to_lists() == lists
    assert histories.lengths.tolist() == [len(row) for row in lists]
    assert histories.last(n).to_lists() == [row[-n:] for row in lists]
    assert [codes.tolist() for codes in histories] == [CATALOGUE.codes(x).tolist() for x in lists]


def test_take_carries_everything_along() -> None:
    h = Histories(
        CATALOGUE,
        np.array([0, 2, 3]),
        np.array([0, 1, 2], np.int32),
        times=np.array([1, 2, 1]),
        ratings=np.array([1, 2, 3], np.float32),
        at=np.array([7, 8]),
        keys=np.array(["x", "y"], object),
    )
    t = h.take([1, 0, 1])
    assert t.to_lists() == [["c"], ["a", "b"], ["c"]]
    assert t.times.tolist() == [1, 1, 2, 1]
    assert t.ratings.tolist() == [3, 1, 2, 3]
    assert t.at.tolist() == [8, 7, 8]
    assert t.keys.tolist() == ["y", "x", "y"]
    assert h[-1].tolist() == [2]


ITEMS = np.array([0, 1], np.int32)


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"indptr": np.array([0, 1])}, "indptr must end at 2"),
        ({"indptr": np.array([1, 2])}, "indptr must start with 0"),
        (
            {"items": np.array([0, 3], np.int32)},
            r"items\[1\] is 3, but the catalogue has codes 0 to 2",
        ),
        ({"times": np.array([2, 1])}, "times of history 0 run backwards"),
        ({"times": np.array([1])}, "times must have 2 values, but has 1"),
        ({"ratings": np.array([1, np.nan], np.float32)}, "ratings must be finite"),
        ({"at": np.array([1, 2])}, "at must have 1 values"),
        ({"keys": np.array([1, 2])}, "keys must have 1 values"),
    ],
)
def test_histories_refuse_what_does_not_fit(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Histories(**{"catalogue": CATALOGUE, "indptr": np.array([0, 2]), "items": ITEMS, **change})


@pytest.mark.bad_input("settings and arrays out of range")
def test_histories_that_repeat_beyond_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    histories = Histories.from_lists(CATALOGUE, [["a", "b", "c"], []])
    monkeypatch.setattr("recsys_helpers._machine.memory", lambda: (2**30, 100))
    assert len(histories.take([0, 1, 1])) == 3  # no longer than what is there
    with pytest.raises(MemoryError, match=r"taking 2 histories of 6 items .* 216 B, and 100 B"):
        histories.take([0, 0])


@pytest.mark.bad_input("settings and arrays out of range")
def test_one_list_in_place_of_lists() -> None:
    with pytest.raises(TypeError, match=r"for a single user write \[\[…\]\]"):
        Histories.from_lists(CATALOGUE, ["a", "b"])
    with pytest.raises(IndexError, match="history 5 asked for, but there are 0"):
        Histories.from_lists(CATALOGUE, [])[5]


def test_slices_are_histories_that_share_memory() -> None:
    h = Histories(
        CATALOGUE,
        np.array([0, 2, 2, 3]),
        np.array([0, 1, 2], np.int32),
        times=np.array([1, 2, 1]),
        ratings=np.array([1, 2, 3], np.float32),
        at=np.array([7, 8, 9]),
        keys=np.array(["x", "y", "z"], object),
    )
    part = h[1:]
    assert np.shares_memory(part.items, h.items)
    for cut, rows in ((part, [1, 2]), (h[::2], [0, 2]), (h[::-1], [2, 1, 0]), (h[2:1], [])):
        for name in ("indptr", "items", "times", "ratings", "at", "keys"):
            np.testing.assert_array_equal(getattr(cut, name), getattr(h.take(rows), name))


@given(
    st.lists(st.tuples(st.lists(st.sampled_from("abc"), max_size=4), st.integers(0, 5)), max_size=5)
)
def test_each_history_cut_to_a_size_of_its_own(pairs: list[tuple[list[str], int]]) -> None:
    lists, sizes = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    histories = Histories.from_lists(CATALOGUE, lists)
    assert histories.first(sizes).to_lists() == [row[:n] for row, n in pairs]
    assert histories.last(sizes).to_lists() == [
        row[len(row) - min(n, len(row)) :] for row, n in pairs
    ]
    assert histories.owners.tolist() == [i for i, row in enumerate(lists) for _ in row]


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("n", "error", "message"),
    [
        (-1, ValueError, "n must be 0 or more, not -1"),
        (1.5, TypeError, "n must hold int64 values, not float64"),
        (True, TypeError, "n must hold int64 values, not bool"),
        ([1, 2], ValueError, "n must have 1 values, but has 2"),
        ([[1]], ValueError, "n must have one dimension"),
    ],
)
def test_sizes_that_cut_nothing(n: object, error: type[Exception], message: str) -> None:
    histories = Histories.from_lists(CATALOGUE, [["a", "b"]])
    for cut in (histories.first, histories.last):
        with pytest.raises(error, match=message):
            cut(n)


@pytest.mark.bad_input("settings and arrays out of range")
def test_codes_are_never_wrapped_or_read_from_a_mask() -> None:
    for items in (np.array([2**32]), np.array([2**63], np.uint64)):
        with pytest.raises(
            ValueError, match=r"items runs from \d+ to \d+, which int32 cannot hold"
        ):
            Histories(CATALOGUE, np.array([0, 1]), items)
    with pytest.raises(TypeError, match="items must hold int32 values, not bool"):
        Histories(CATALOGUE, np.array([0, 1]), np.array([True]))


@pytest.mark.parametrize("ids", [[7, 8], ["a", "b"]])
def test_histories_without_items_have_no_type_of_id(ids: list) -> None:
    catalogue = Catalogue(pl.DataFrame({"item": ids}))
    assert Histories.from_lists(catalogue, [[], []]).to_lists() == [[], []]
    assert catalogue.codes([]).dtype == np.int32


def test_a_query_with_a_target_twice_is_named() -> None:
    catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
    histories = Histories.from_lists(catalogue, [["a"], ["b"], []])
    queries = partial(Queries, histories, users=np.arange(3), train_counts=np.ones(3, int))
    assert len(queries(np.array([0, 1, 3, 4]), np.array([2, 0, 2, 2])).targets) == 4
    with pytest.raises(ValueError, match="query 1 has the same target twice"):
        queries(np.array([0, 1, 3, 4]), np.array([2, 2, 2, 2]))
