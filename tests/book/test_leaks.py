"""Splits that leak and shares of later rows, beside plain loops."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from recsys_book.demonstrations.leaks import share_later, share_later_of_targets, with_held_out
from recsys_helpers import (
    MarkovChain,
    Popularity,
    evaluate,
    leave_last_out,
    random_split,
    synthetic,
    time_split,
)

LOG = synthetic(n_users=60, n_items=40, mean_length=10, seed=3).interactions
SPLIT = leave_last_out(LOG, 2, 2)


def test_train_and_held_out_rows_are_the_whole_log_in_order() -> None:
    whole = with_held_out(SPLIT, test=True).train
    assert whole.to_frame().equals(LOG.in_order().to_frame())
    part = with_held_out(SPLIT).train.histories()
    assert part.to_lists() == SPLIT.test.histories.take(np.arange(0, 120, 2)).to_lists()


@pytest.mark.parametrize("split", [SPLIT, random_split(LOG), time_split(LOG)])
def test_rows_are_counted_once(split) -> None:
    larger = with_held_out(split)
    expected = split.train.to_frame().vstack(split.valid_rows.to_frame())
    columns = ["user", "item", "timestamp"]
    assert larger.train.to_frame().sort(columns).equals(expected.sort(columns))
    counts = [int((larger.train.items == item).sum()) for item in range(40)]
    assert larger.test.train_counts.tolist() == larger.valid.train_counts.tolist() == counts
    assert np.array_equal(larger.test.targets, split.test.targets)


def test_a_model_that_saw_the_answers_is_better_and_refused() -> None:
    leaky = with_held_out(SPLIT, test=True)
    model = MarkovChain().fit(leaky.train)
    with pytest.raises(ValueError, match="has seen the answers"):
        evaluate({"leaky": model}, leaky.test)
    models = {"leaky": model, "honest": MarkovChain().fit(SPLIT.train)}
    report = evaluate(models, SPLIT.test, leaks="allow")
    assert report.mean("leaky") > report.mean("honest") + 0.1
    later = Popularity().fit(with_held_out(SPLIT).train)
    assert evaluate({"later": later}, with_held_out(SPLIT).test).mean("later") > 0


def test_shares_of_later_rows_are_those_of_a_loop() -> None:
    train, test = SPLIT.train, SPLIT.test
    later, of_targets = share_later(train, test), share_later_of_targets(train, test)
    for query, (at, target) in enumerate(zip(test.histories.at, test.targets, strict=True)):
        assert later[query] == pytest.approx(np.mean([time > at for time in train.times]))
        times = [t for t, item in zip(train.times, train.items, strict=True) if item == target]
        expected = np.mean([time > at for time in times]) if times else np.nan
        assert of_targets[query] == pytest.approx(expected, nan_ok=True)
    assert later.max() > 0.5


def test_a_row_of_the_same_moment_is_not_later() -> None:
    rows = {"user": [1, 1, 2, 2, 3], "item": list("abbcb"), "timestamp": [1, 5, 5, 9, 6]}
    split = leave_last_out(type(LOG).from_frame(pl.DataFrame(rows)), 0, 1)
    assert share_later(split.train, split.test).tolist() == [pytest.approx(1 / 3), 0]
    assert share_later_of_targets(split.train, split.test)[0] == 0.5


def test_one_moment_lets_nothing_through() -> None:
    split = time_split(LOG, targets="rolling")
    assert not share_later(split.train, split.test).any()
    assert not np.nan_to_num(share_later_of_targets(split.train, split.test)).any()


def test_times_are_needed() -> None:
    split = random_split(LOG)
    for share in (share_later, share_later_of_targets):
        with pytest.raises(ValueError, match="each query the time at which it is asked"):
            share(split.train, split.test)
