"""Models that were fitted on the answers are refused, or named where it cannot be known."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import (
    Interactions,
    Popularity,
    Queries,
    evaluate,
    leave_last_out,
    load_recommender,
    synthetic,
)
from recsys_helpers.recommenders.base import Recommender

LOG = synthetic(n_users=60, n_items=25, mean_length=12, seed=3).interactions
CHOOSE = leave_last_out(LOG, n_valid=3, n_test=1)  # settings are chosen on its valid
FINAL = leave_last_out(LOG, n_valid=0, n_test=1)  # for the fit on train and validation rows
HONEST = Popularity().fit(FINAL.train)


def means(model: Recommender, queries: Queries, **asked: object) -> float:
    return evaluate({"m": model}, queries, repeats="miss", **asked).mean("m", "NDCG@10")


def test_a_refit_on_train_and_validation_rows_may_be_judged() -> None:
    assert len(FINAL.train) > len(CHOOSE.train)
    assert 0 < means(HONEST, CHOOSE.test) < 1
    with pytest.raises(ValueError, match=r"'m' has seen the answers.* of .* targets.*'allow'"):
        means(HONEST, CHOOSE.valid)
    assert 0 < means(HONEST, CHOOSE.valid, leaks="allow") < 1
    with pytest.raises(ValueError, match="leaks must be 'error' or 'allow'"):
        means(HONEST, CHOOSE.valid, leaks="ignore")


@pytest.mark.bad_input("splits and judgements")
@given(st.integers(0, 2**16), st.floats(0.1, 1))
def test_a_model_is_refused_when_rows_of_the_answers_are_in_its_log(
    seed: int, share: float
) -> None:
    """In whatever order its rows stand."""
    log = FINAL.train.to_frame()
    taken = FINAL.test_rows.to_frame().sample(fraction=share, seed=seed)
    rows = pl.concat([log, taken]).sample(fraction=1, shuffle=True, seed=seed)
    train = Interactions.from_frame(rows, items=LOG.catalogue, duplicates="keep")
    model = Popularity().fit(train)
    with pytest.raises(ValueError, match="has seen the answers"):
        means(model, FINAL.test)


def test_people_who_come_back_to_an_item_are_no_leak() -> None:
    rows = {"user": [1, 1, 1, 2, 2, 2], "item": list("abaabb"), "timestamp": [1, 2, 3, 1, 2, 3]}
    split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), n_valid=0, n_test=1)
    model = Popularity().fit(split.train)
    evaluate({"m": model}, split.test, k=1, exclude_seen=False)


@pytest.mark.bad_input("splits and judgements")
def test_where_it_cannot_be_known_it_is_a_warning(tmp_path: Path) -> None:
    HONEST.save(tmp_path)
    queries = CHOOSE.test.take(np.arange(5))
    loaded, copied = load_recommender(tmp_path), pickle.loads(pickle.dumps(HONEST))
    gone = Popularity().fit(FINAL.train.take(np.arange(len(FINAL.train))))
    for model in (loaded, copied, gone):
        with pytest.warns(UserWarning, match="'m' may have seen the answers") as caught:
            expected = means(model, queries)
        assert caught[0].filename == __file__
        assert means(model, queries, leaks="allow") == expected == means(HONEST, queries)
    nameless = replace(queries, histories=replace(queries.histories, keys=None))
    with pytest.warns(UserWarning, match="the queries have no keys"):
        means(HONEST, nameless)
    means(loaded, FINAL.test)  # the counts say that it has not seen them
