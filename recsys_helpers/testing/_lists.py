"""Checks of a recommender: the ranked lists that it makes of its scores."""

from __future__ import annotations

import numpy as np

from recsys_helpers._types import F32, I32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._log import sample
from recsys_helpers.testing._subject import Subject, require


def top_k(subject: Subject) -> None:
    """Check that `top_k` lists the highest scores, equal ones in the order of `tie_rank`."""
    model, h = subject.model, subject.sample.questions
    scores = model.score(h)
    tie_rank = model.catalogue.tie_rank
    for k in (1, 5, len(tie_rank)):
        items, values = model.top_k(h, k, exclude_seen=False)
        expected = np.full((len(h), k), -1, np.int32)
        for row, own in enumerate(scores):
            able = np.flatnonzero(own > -np.inf).tolist()
            best = sorted(able, key=lambda item: (-own[item], tie_rank[item]))[:k]
            expected[row, : len(best)] = best
        _require_lists(subject, items, expected, scores, f"top_k with k={k}")
        _require_values(subject, items, values, scores)


def chunks(subject: Subject) -> None:
    """Check that lists made in small chunks equal those made in one."""
    model, h = subject.model, subject.sample.questions
    k, scores, before = 10, model.score(h), ranking.CELLS
    items, values = model.top_k(h, k)
    for rows in (1, 3):
        ranking.CELLS = rows * h.catalogue.n_items
        try:
            parts, part_values = model.top_k(h, k)
        finally:
            ranking.CELLS = before
        what = f"top_k in chunks of {rows}"
        _require_lists(subject, parts, items, scores, what)
        subject.require_same(values, part_values, f"in {what}")


def exclude_seen(subject: Subject) -> None:
    """Check that `exclude_seen` leaves out the items of the whole history and nothing else."""
    model, h = subject.model, subject.sample.questions
    scores, k = model.score(h), h.catalogue.n_items
    left, _ = model.top_k(h, k, exclude_seen=True)
    whole, _ = model.top_k(h, k, exclude_seen=False)
    for row, codes in enumerate(h):
        able = set(np.flatnonzero(scores[row] > -np.inf).tolist())
        seen, listed = set(codes.tolist()), set(left[row].tolist()) - {-1}
        name = f"a history of {len(codes)} items"
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
        lacking = sorted(able - set(whole[row].tolist()))
        require(
            not lacking,
            f"with exclude_seen=False the list for {name} lacks item codes {lacking[:5]}",
        )


def candidates(subject: Subject) -> None:
    """Check that with candidates the list is the whole ranking without all other items."""
    model, h = subject.model, subject.sample.questions
    scores, n_items = model.score(h), h.catalogue.n_items
    ranking, _ = model.top_k(h, n_items, exclude_seen=False)
    rng = np.random.default_rng(3)
    for size in (1, 7, n_items):
        allowed = rng.permutation(n_items)[:size]
        items, values = model.top_k(h, 10, exclude_seen=False, candidates=allowed)
        expected = np.full(items.shape, -1, np.int32)
        for row, ranked in enumerate(ranking):
            best = ranked[np.isin(ranked, allowed)][:10]
            expected[row, : len(best)] = best
        _require_lists(subject, items, expected, scores, f"top_k with {size} candidates")
        _require_values(subject, items, values, scores)


def recommend(subject: Subject) -> None:
    """Check that `recommend` says what `top_k` says, in the caller's ids, numbers or text."""
    _require_ids(subject.model, subject.sample.questions)
    text = sample(text=True)
    _require_ids(subject.fitted(text.train, None), text.questions)


def _require_ids(model: Recommender, h: Histories) -> None:
    items, values = model.top_k(h, 5)
    frame = model.recommend(h, 5)
    ids = model.catalogue.ids.tolist()
    keys = range(len(h)) if h.keys is None else h.keys.tolist()
    expected = [
        (keys[row], place + 1, ids[item], score)
        for row, (codes, own) in enumerate(zip(items, values.tolist(), strict=True))
        for place, (item, score) in enumerate(zip(codes, own, strict=True))
        if item >= 0
    ]
    require(
        frame.columns == ["query", "rank", "item", "score"],
        f"recommend must return the columns query, rank, item, score, not {frame.columns}",
    )
    found = frame.rows()
    wrong = [i for i, row in enumerate(expected) if i >= len(found) or found[i][:3] != row[:3]]
    require(
        len(found) == len(expected) and not wrong,
        f"recommend returns {found[wrong[0]] if wrong and wrong[0] < len(found) else found[-1:]} "
        f"where top_k says {expected[wrong[0]] if wrong else 'nothing'} (query, rank, item, score)",
    )
    require(
        np.allclose(frame["score"].to_numpy(), [row[3] for row in expected], rtol=1e-4),
        "recommend and top_k return different scores",
    )


def _require_lists(subject: Subject, items: I32, expected: I32, scores: F32, what: str) -> None:
    """Raise unless the lists agree; scores that differ by rounding may change places."""
    require(
        items.shape == expected.shape,
        f"{what} must return items of shape {expected.shape}, not {items.shape}",
    )
    for row, listed in enumerate(items):
        filled = listed[listed >= 0]
        require(len(np.unique(filled)) == len(filled), f"{what} lists an item twice in row {row}")
    rows, places = np.nonzero(items != expected)
    for row, place in zip(rows.tolist(), places.tolist(), strict=True):
        item, other = int(items[row, place]), int(expected[row, place])
        both = item >= 0 and other >= 0
        apart = abs(float(scores[row, item]) - float(scores[row, other])) if both else np.inf
        require(
            0 < apart <= subject.room(scores),
            f"{what} lists {_named(item, scores[row])} in place {place + 1} of row {row}, where "
            f"{_named(other, scores[row])} belongs"
            + ("; equal scores stand in the order of catalogue.tie_rank" if apart == 0 else ""),
        )


def _named(item: int, scores: F32) -> str:
    return f"item code {item} (score {scores[item]:.7g})" if item >= 0 else "nothing (−1)"


def _require_values(subject: Subject, items: I32, values: F32, scores: F32) -> None:
    expected = np.take_along_axis(scores, np.maximum(items, 0), axis=1)
    expected = np.where(items >= 0, expected, np.float32(-np.inf))
    subject.require_same(expected.astype(np.float32), values, "among the scores of top_k")
