"""Ranking new items among themselves, which the chapter on ConvLSTM measures text by."""

from __future__ import annotations

import numpy as np

from recsys_book.demonstrations.new_items_only import NewItemsOnly
from recsys_helpers import (
    FeatureLogistic,
    Popularity,
    evaluate,
    hold_out_items,
    leave_last_out,
    synthetic,
)

LOG = synthetic(n_users=60, n_items=40, seed=0).interactions
SPLIT = hold_out_items(leave_last_out(LOG, 2, 2))
IS_NEW = SPLIT.test.train_counts == 0


def test_new_items_keep_their_scores_and_no_other_is_ranked() -> None:
    model = FeatureLogistic().fit(SPLIT.train)
    among_all = model.score(SPLIT.test.histories)
    among_new = NewItemsOnly(model).score(SPLIT.test.histories)
    assert np.array_equal(among_new[:, IS_NEW], among_all[:, IS_NEW])
    assert np.isneginf(among_new[:, ~IS_NEW]).all()


def test_ranks_count_new_items_alone() -> None:
    model = FeatureLogistic().fit(SPLIT.train)
    report = evaluate({"all": model, "new": NewItemsOnly(model)}, SPLIT.test)
    assert (report.ranks["new"] >= 0).all()
    assert (report.ranks["new"] < IS_NEW.sum()).all()
    assert (report.ranks["new"] <= report.ranks["all"]).all()
    assert (report.ranks["new"] < report.ranks["all"]).any()


def test_what_knows_items_by_id_alone_ranks_none() -> None:
    model = NewItemsOnly(Popularity().fit(SPLIT.train))
    assert np.isneginf(model.score(SPLIT.test.histories)).all()
