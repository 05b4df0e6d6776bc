"""Checks of methods that only some recommenders have: `score_positions` and `with_items`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from recsys_helpers._types import F32, I64, Bool
from recsys_helpers.log import Histories
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._trial import Trial, require


def scores_by_method(model: Recommender, h: Histories) -> dict[str, F32]:
    """Return the scores of the histories by each method of the recommender that gives some."""
    scores = {"score": model.score(h)}
    if score_positions := getattr(model, "score_positions", None):
        scores["score_positions"] = score_positions(h)
    if hasattr(model, "with_items") and model.ranks_new_items:
        larger = model.with_items(_new_items(model))
        scores["score with new items"] = larger.score(replace(h, catalogue=larger.catalogue))
    return scores


def _new_items(model: Recommender) -> pl.DataFrame:
    table = model.catalogue.items
    return table.head(3).with_columns(item=table["item"].head(3) + int(np.max(model.catalogue.ids)))


def positions(trial: Trial) -> str | None:
    """Check that row t of `score_positions` equals `score` up to item t and reads nothing later.

    For position t, `at` is the time of the next item; for the last position it is `histories.at`.
    """
    model, h = trial.model, trial.questions
    score_positions = getattr(model, "score_positions", None)
    if score_positions is None:
        return "it has no score_positions"
    scores = score_positions(h)
    shape = (len(h.items), h.catalogue.n_items)
    require(
        scores.shape == shape and scores.dtype == np.float32,
        f"score_positions must return float32 of shape {shape}, the items of all histories by "
        f"the items of the catalogue, but returned {scores.dtype} of shape {scores.shape}",
    )
    require(
        bool((scores < np.inf).all()),
        "score_positions returned NaN or +inf: a score is finite, or -inf where it cannot be given",
    )
    lengths = h.lengths[h.owners]
    position = np.arange(len(h.items)) - h.indptr[h.owners]
    late = position > lengths // 2
    trial.require_same(
        scores[~late],
        score_positions(_with_other_ends(h, late))[~late],
        "(rows of score_positions) when items and ratings that come later in the history change",
    )
    # Every position would be slow: the first ones, the last, and a few between.
    checked = np.flatnonzero((position < 40) | (position % 31 == 0) | (position == lengths - 1))
    trial.require_same(
        scores[checked],
        model.score(_prefixes(h, checked)),
        "(rows of score_positions) when score is asked for the history up to there",
    )
    return None


def _with_other_ends(h: Histories, late: Bool) -> Histories:
    rng = np.random.default_rng(4)
    items = np.where(late, rng.permutation(h.items), h.items)
    assert h.ratings is not None
    return replace(h, items=items, ratings=np.where(late, rng.permutation(h.ratings), h.ratings))


def _prefixes(h: Histories, ends: I64) -> Histories:
    """Return for each item position in `h.items` the history up to and with it."""
    rows = h.owners[ends]
    prefixes = h.take(rows).first(ends + 1 - h.indptr[rows])
    at = h.at
    if h.at is not None and h.times is not None:
        is_last = ends == h.indptr[rows + 1] - 1
        at = np.where(is_last, h.at[rows], h.times[np.minimum(ends + 1, len(h.times) - 1)])
    return replace(prefixes, at=at, keys=None)


def with_items(trial: Trial) -> str | None:
    """Check that `with_items` appends and ranks new items, and old ones keep code and score."""
    model, h = trial.model, trial.questions
    extend = getattr(model, "with_items", None)
    if extend is None:
        return "it has no with_items"
    if not model.ranks_new_items:
        return "its ranks_new_items is False"
    known, new = model.catalogue.ids, _new_items(model)
    n = len(known)
    before = model.score(h)
    larger = extend(new)
    ids = larger.catalogue.ids
    require(
        np.array_equal(ids, [*known, *new["item"]]),
        "with_items must leave the old items in their places, so that old codes keep their "
        f"meaning, and append {new['item'].to_list()} in the order given; it ends with "
        f"{ids[n:].tolist()}",
    )
    require(
        model.catalogue.n_items == n,
        "with_items must return another recommender and leave this one as it was",
    )
    after = larger.score(replace(h, catalogue=larger.catalogue))
    trial.require_same(before, after[:, :n], "after with_items")
    require(
        np.isfinite(after[:, n:]).all(),
        "after with_items, a new item is not ranked: its score is not finite",
    )
    trial.require_same(before, model.score(h), "in the recommender whose with_items was called")
    return None
