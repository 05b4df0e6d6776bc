"""Checks of a recommender: the ranked lists that it makes from its scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unittest.mock import patch

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from recsys_helpers._types import F32, I32
from recsys_helpers.log import Histories
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._log import sample
from recsys_helpers.testing._trial import Trial, require


def top_k(trial: Trial) -> None:
    """Check that `top_k` lists the highest scores, equal ones in the order of `tie_rank`."""
    model, h = trial.model, trial.questions
    scores = model.score(h)
    tie_rank = model.catalogue.tie_rank
    best = [
        sorted(np.flatnonzero(row > -np.inf).tolist(), key=lambda i: (-row[i], tie_rank[i]))
        for row in scores
    ]
    for k in (1, 5, len(tie_rank)):
        lists = model.top_k(h, k, exclude_seen=False)
        _require_lists(trial, lists, _padded(best, k), scores, f"top_k with k={k}")


def _padded(lists: Iterable[Sequence[int]], k: int) -> I32:
    """Return the first k items of each list, −1 where there are fewer."""
    return np.array([[*items[:k], *[-1] * (k - len(items))] for items in lists], np.int32)


def chunks(trial: Trial) -> None:
    """Check that lists made in small chunks equal those made in one."""
    model, h = trial.model, trial.questions
    scores, (items, _) = model.score(h), model.top_k(h, 10)
    for rows in (1, 3):
        with patch.object(ranking, "CELLS", rows * h.catalogue.n_items):
            parts = model.top_k(h, 10)
        _require_lists(trial, parts, items, scores, f"top_k in chunks of {rows}")


def exclude_seen(trial: Trial) -> None:
    """Check that `exclude_seen` leaves out the items of the whole history and nothing else."""
    model, h = trial.model, trial.questions
    scores, k = model.score(h), h.catalogue.n_items
    unseen, _ = model.top_k(h, k, exclude_seen=True)
    for row, history in enumerate(h):
        able = set(np.flatnonzero(scores[row] > -np.inf).tolist())
        seen, listed = set(history.tolist()), set(unseen[row].tolist()) - {-1}
        name = f"a history of {len(history)} items"
        repeated = sorted(listed & seen)
        require(
            not repeated,
            f"the list for {name} holds item codes {repeated[:5]}, which stand in it: exclude the "
            "whole history, also what is too old for the scores",
        )
        require(
            listed == able - seen,
            f"the list for {name} lacks item codes {sorted(able - seen - listed)[:5]}",
        )


def candidates(trial: Trial) -> None:
    """Check that a list from candidates, for all or for each, is the ranking without the rest."""
    model, h = trial.model, trial.questions
    scores, n_items = model.score(h), h.catalogue.n_items
    every, _ = model.top_k(h, n_items, exclude_seen=False)
    rng = np.random.default_rng(3)
    for size in (1, 7, n_items):
        allowed = rng.permutation(n_items)[:size]
        lists = model.top_k(h, 10, exclude_seen=False, candidates=allowed)
        expected = _padded([row[np.isin(row, allowed)].tolist() for row in every], 10)
        _require_lists(trial, lists, expected, scores, f"top_k with {size} candidates")
    each = [rng.permutation(n_items)[:size] for size in range(len(h))]
    lists = model.top_k(h, 10, exclude_seen=False, candidates=each)
    own = [row[np.isin(row, codes)].tolist() for row, codes in zip(every, each, strict=True)]
    _require_lists(trial, lists, _padded(own, 10), scores, "top_k with candidates for each history")


def recommend(trial: Trial) -> None:
    """Check that `recommend` lists what `top_k` lists, in the caller's ids, numbers or text."""
    _require_ids(trial.model, trial.questions)
    text = sample(text=True)
    _require_ids(trial.fitted(text.train, None), text.questions)


def _require_ids(model: Recommender, h: Histories) -> None:
    items, values = model.top_k(h, 5)
    rows, positions = np.nonzero(items >= 0)
    keys = np.arange(len(h)) if h.keys is None else h.keys
    columns = {
        "query": keys[rows],
        "rank": positions + 1,
        "item": model.catalogue.ids[items[rows, positions]],
        "score": values[rows, positions],
    }
    expected = pl.DataFrame({name: column.tolist() for name, column in columns.items()})
    try:
        assert_frame_equal(model.recommend(h, 5), expected, check_dtypes=False)
    except AssertionError as error:
        raise AssertionError(f"recommend (left) differs from top_k (right): {error}") from error


def _require_lists(
    trial: Trial, lists: tuple[I32, F32], expected: I32, scores: F32, what: str
) -> None:
    """Raise unless the lists agree; items whose scores differ by rounding may be exchanged."""
    items, values = lists
    require(
        items.shape == expected.shape,
        f"{what} must return items of shape {expected.shape}, not {items.shape}",
    )
    for row, listed in enumerate(items):
        filled = listed[listed >= 0]
        require(len(np.unique(filled)) == len(filled), f"{what} lists an item twice in row {row}")
    for row, position in np.argwhere(items != expected).tolist():
        item, other = int(items[row, position]), int(expected[row, position])
        apart = np.inf
        if item >= 0 and other >= 0:
            apart = abs(float(scores[row, item]) - float(scores[row, other]))
        require(
            0 < apart <= trial.room(scores),
            f"{what} lists {_named(item, scores[row])} in position {position + 1} of row {row}, "
            f"where {_named(other, scores[row])} belongs"
            + ("; equal scores stand in the order of catalogue.tie_rank" if apart == 0 else ""),
        )
    listed = np.take_along_axis(scores, np.maximum(items, 0), axis=1)
    listed[items < 0] = -np.inf
    trial.require_same(listed, values, f"among the scores of {what}")


def _named(item: int, scores: F32) -> str:
    return f"item code {item} (score {scores[item]:.7g})" if item >= 0 else "nothing (−1)"
