"""Other orders of equal scores, beside sorting each list."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.tied_scores import Equal, tied_ranks
from recsys_helpers import EASE, Popularity, evaluate, leave_last_out, random_split, synthetic

LOG = synthetic(n_users=80, n_items=60, mean_length=10, seed=2).interactions
SPLIT = leave_last_out(LOG, 2, 2)
MODELS = [Popularity().fit(SPLIT.train), Equal().fit(SPLIT.train), EASE().fit(SPLIT.train)]


@pytest.mark.parametrize("model", MODELS, ids=["popular", "equal", "EASE"])
@pytest.mark.parametrize("order", ["first", "last", "catalogue"])
@pytest.mark.parametrize("queries", [SPLIT.test, random_split(LOG).test], ids=["one", "several"])
def test_ranks_are_those_of_a_sorted_list(model, order, queries) -> None:
    ranks = tied_ranks(model, queries, order)[0]
    scores = model.score(queries.histories)
    for place, (query, target) in enumerate(zip(queries.rows, queries.targets, strict=True)):
        met = set(queries.histories[query].tolist())
        codes = [i for i in range(60) if i not in met and np.isfinite(scores[query, i])]
        tie = {"first": -1, "last": 60, "catalogue": target}[order]
        codes.sort(key=lambda i, q=query, t=target, tie=tie: (-scores[q, i], tie if i == t else i))
        assert ranks[place] == (codes.index(target) if target in codes else -1)


@pytest.mark.parametrize("model", MODELS[:2], ids=["popular", "equal"])
def test_random_places_average_to_the_middle(model) -> None:
    first, last = (tied_ranks(model, SPLIT.test, order)[0] for order in ("first", "last"))
    drawn = np.stack([tied_ranks(model, SPLIT.test, "random", seed=s)[0] for s in range(50)])
    assert (first <= drawn).all()
    assert (drawn <= last).all()
    spread = np.maximum(last - first, 1)
    assert ((drawn - first) / spread)[:, last > first].mean() == pytest.approx(0.5, abs=0.02)


def test_where_no_score_is_equal_nothing_moves() -> None:
    ours = evaluate({"EASE": MODELS[2]}, SPLIT.test).ranks["EASE"]
    tied = tied_ranks(MODELS[2], SPLIT.test, "first") < tied_ranks(MODELS[2], SPLIT.test, "last")
    for order in ("first", "last", "catalogue", "random"):
        assert np.array_equal(tied_ranks(MODELS[2], SPLIT.test, order)[~tied], ours[~tied])
