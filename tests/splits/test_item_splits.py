"""Items made new: they lose every training row, and queries ask for them alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings, strategies as st
from support.strategies import logs

from recsys_helpers import (
    Interactions,
    Popularity,
    evaluate,
    hold_out_items,
    leave_last_out,
    random_split,
    synthetic,
)

SPLIT = leave_last_out(synthetic(n_users=60, n_items=40, seed=3).interactions, 2, 2)


def pairs(log: Interactions) -> Counter:
    return Counter(zip(log.users.tolist(), log.items.tolist(), strict=True))


@pytest.mark.parametrize("asked", ["valid", "test"])
def test_drawn_items_are_asked_for_and_never_learnt(asked: str) -> None:
    new = hold_out_items(split=SPLIT, share=0.25, asked=asked)
    now = new.train
    drawn = np.setdiff1d(SPLIT.train.items, now.items)
    assert len(drawn) == round(0.25 * len(np.unique(SPLIT.train.items)))
    lost = SPLIT.train.take(np.isin(SPLIT.train.items, drawn))
    assert pairs(now) + pairs(lost) == pairs(SPLIT.train)
    part = getattr(SPLIT, asked)
    wanted = np.isin(part.targets, drawn)
    assert np.array_equal(new.test.targets, part.targets[wanted])
    assert np.array_equal(new.test.users, part.users[wanted])
    kept = np.flatnonzero(wanted)
    for row, query in enumerate(kept):
        assert np.array_equal(new.test.histories[row], part.histories[query])
    assert not np.isin(new.valid.targets, drawn).any()
    assert len(new.valid) == (~np.isin(SPLIT.valid.targets, drawn)).sum()
    counts = np.bincount(now.items, minlength=40)
    for queries in (new.valid, new.test):
        assert np.array_equal(queries.train_counts, counts)
    assert not counts[drawn].any()
    assert len(new.test_rows) == len(new.test)
    assert len(new.valid_rows) == len(new.valid)
    assert new.report["rows"].to_list() == [
        len(now), len(new.valid_rows), len(new.test_rows), len(lost)
    ]  # fmt: skip
    report = evaluate({"popular": Popularity().fit(new.train)}, new.test)
    assert (report.ranks["popular"] == -1).all() or report.mean("popular", "HR@10") == 0


def test_the_draw_depends_on_ids_and_seed_alone() -> None:
    log = synthetic(n_users=60, n_items=40, seed=3).interactions
    rows = np.random.default_rng(0).permutation(len(log))
    again = leave_last_out(log.take(rows), 2, 2)
    one, two, other, unsaid = (
        np.unique(hold_out_items(split, **seed).train.items)
        for split, seed in (
            (SPLIT, {"seed": 0}),
            (again, {"seed": 0}),
            (SPLIT, {"seed": 1}),
            (SPLIT, {}),
        )
    )
    assert np.array_equal(one, two)
    assert np.array_equal(one, unsaid)
    assert not np.array_equal(one, other)


def test_a_share_is_one_of_the_items_that_were_trained_on() -> None:
    """Those that were asked for or listed only are new already."""
    log = synthetic(n_users=60, n_items=40, seed=3).interactions
    ids = [*log.catalogue.ids.tolist(), *range(1_000, 1_100)]
    more = Interactions.from_frame(log.to_frame(), items=pl.DataFrame({"item": ids}))
    split = leave_last_out(more, 2, 2)
    known = np.unique(split.train.items)
    drawn = np.setdiff1d(known, hold_out_items(split, 0.25).train.items)
    assert len(drawn) == round(0.25 * len(known))


def test_several_targets_of_one_query() -> None:
    """Of targets that are asked for together, only those of the part are left."""
    split = random_split(synthetic(n_users=80, n_items=30, seed=5).interactions, 0.3, 0.3)
    new = hold_out_items(split, 0.3)
    drawn = np.setdiff1d(split.train.items, new.train.items)
    asked = split.valid.targets[np.isin(split.valid.targets, drawn)]
    assert np.array_equal(new.test.targets, asked)
    assert len(new.test.targets) + len(new.valid.targets) == len(split.valid.targets)
    assert new.test.n_relevant.min() >= 1
    assert new.test.n_relevant.max() > 1


@given(logs(min_rows=12), st.floats(0.1, 0.9), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_no_target_is_lost(frame: pl.DataFrame, share: float, seed: int) -> None:
    try:
        split = leave_last_out(Interactions.from_frame(frame, rating="rating"), 1, 1)
        new = hold_out_items(split, share, seed=seed)
    except ValueError:
        assume(False)
    found = Counter([*new.valid.targets.tolist(), *new.test.targets.tolist()])
    assert found == Counter(split.valid.targets.tolist())


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_share_out_of_range(share: float) -> None:
    with pytest.raises(ValueError, match="share must lie between 0 and 1"):
        hold_out_items(SPLIT, share)


@pytest.mark.bad_input("splits and judgements")
def test_no_query_left() -> None:
    with pytest.raises(ValueError, match="a part has no query left: draw another share"):
        hold_out_items(SPLIT, 0.001)


@pytest.mark.bad_input("splits and judgements")
def test_the_part_that_is_asked_is_named() -> None:
    with pytest.raises(ValueError, match="asked must be 'valid' or 'test', not 'train'"):
        hold_out_items(SPLIT, asked="train")
