"""Checks of what only some recommenders can do: score every position, take in new items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from recsys_helpers._types import F32, I64, Bool
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._subject import Subject, require


def answers(model: Recommender, h: Histories) -> dict[str, F32]:
    """Return what the recommender says of the histories, by each method that says something."""
    found = {"score": model.score(h)}
    if score_positions := getattr(model, "score_positions", None):
        found["score_positions"] = score_positions(h)
    if hasattr(model, "with_items") and model.ranks_new_items:
        larger = model.with_items(_new_items(model))
        found["score with new items"] = larger.score(replace(h, catalogue=larger.catalogue))
    return found


def _new_items(model: Recommender) -> pl.DataFrame:
    table = model.catalogue.items
    return table.head(3).with_columns(item=table["item"].head(3) + int(np.max(model.catalogue.ids)))


def positions(subject: Subject) -> str | None:
    """Check that row t of `score_positions` scores the history up to t and sees nothing later.

    Position t is asked at the time of the next item, the last one at `histories.at`.
    """
    model, h = subject.model, subject.sample.questions
    score_positions = getattr(model, "score_positions", None)
    if score_positions is None:
        return "it has no score_positions"
    found = score_positions(h)
    shape = (len(h.items), h.catalogue.n_items)
    require(
        found.shape == shape and found.dtype == np.float32,
        f"score_positions must return float32 of shape {shape}, the items of all histories by "
        f"the items of the catalogue, but returned {found.dtype} of shape {found.shape}",
    )
    rows = np.repeat(np.arange(len(h)), h.lengths)
    places = np.arange(len(h.items)) - h.indptr[rows]
    late = places > h.lengths[rows] // 2
    early = np.flatnonzero(~late)
    subject.require_same(
        found[early],
        score_positions(_with_other_ends(h, late))[early],
        "(rows of score_positions) when items and ratings that come later in the history change",
    )
    some = np.flatnonzero((places < 40) | (places % 31 == 0) | (places == h.lengths[rows] - 1))
    subject.require_same(
        found[some],
        model.score(_prefixes(h, rows[some], some)),
        "(rows of score_positions) when score is asked for the history up to there",
    )
    return None


def _with_other_ends(h: Histories, late: Bool) -> Histories:
    rng = np.random.default_rng(4)
    items = np.where(late, rng.permutation(h.items), h.items)
    if h.ratings is None:
        return replace(h, items=items)
    return replace(h, items=items, ratings=np.where(late, rng.permutation(h.ratings), h.ratings))


def _prefixes(h: Histories, rows: I64, ends: I64) -> Histories:
    """Return the beginning of history `rows[j]` up to and with item `ends[j]`, for each j."""
    starts = h.indptr[rows]
    chosen = np.concatenate(
        [np.arange(start, end + 1) for start, end in zip(starts, ends, strict=True)]
    )
    at = h.at
    if h.at is not None and h.times is not None:
        last = ends == h.indptr[rows + 1] - 1
        at = np.where(last, h.at[rows], h.times[np.minimum(ends + 1, len(h.times) - 1)])
    return Histories(
        h.catalogue,
        np.r_[0, np.cumsum(ends + 1 - starts)],
        h.items[chosen],
        None if h.times is None else h.times[chosen],
        None if h.ratings is None else h.ratings[chosen],
        at,
    )


def with_items(subject: Subject) -> str | None:
    """Check that `with_items` appends and ranks new items, and old ones keep code and score."""
    model, h = subject.model, subject.sample.questions
    extend = getattr(model, "with_items", None)
    if extend is None:
        return "it has no with_items"
    if not model.ranks_new_items:
        return "its ranks_new_items is False"
    table, n, new = model.catalogue.items, model.catalogue.n_items, _new_items(model)
    before = model.score(h)
    larger = extend(new)
    ids = larger.catalogue.ids
    require(
        np.array_equal(ids[:n], table["item"].to_numpy()),
        "with_items must leave the old items in their places, so that old codes keep their meaning",
    )
    require(
        np.array_equal(ids[n:], new["item"].to_numpy()),
        f"with_items must append the new items {new['item'].to_list()} in the order given, but "
        f"appended {ids[n:].tolist()}",
    )
    require(
        model.catalogue.n_items == n,
        "with_items must return another recommender and leave this one as it was",
    )
    after = larger.score(replace(h, catalogue=larger.catalogue))
    subject.require_same(before, after[:, :n], "after with_items")
    require(
        np.isfinite(after[:, n:]).all(),
        "after with_items, a new item is not ranked: its score is not finite",
    )
    subject.require_same(before, model.score(h), "in the recommender whose with_items was called")
    return None
