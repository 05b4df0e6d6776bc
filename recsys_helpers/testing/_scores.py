"""Checks of a recommender: its scores, and what they may depend on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from recsys_helpers._types import F32
from recsys_helpers.log import Histories
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._trial import Trial, require, require_refusal
from recsys_helpers.testing._watching import watched_arrays


def scores(trial: Trial) -> None:
    """Check that `score` returns float32 of shape (n, n_items) without NaN or +inf."""
    h = trial.questions
    for n in (len(h), 0):
        scores = trial.model.score(h[:n])
        shape = (n, h.catalogue.n_items)
        require(
            isinstance(scores, np.ndarray) and scores.shape == shape and scores.dtype == np.float32,
            f"score must return a float32 array of shape {shape} for {n} histories, but returned "
            f"{getattr(scores, 'dtype', type(scores).__name__)} of shape {np.shape(scores)}",
        )
        require(not np.isnan(scores).any(), "a score is NaN: use -inf for what cannot be ranked")
        require(not np.isposinf(scores).any(), "a score is +inf, which leaves no room above it")


def side_effects(trial: Trial) -> None:
    """Check that scoring changes neither the histories nor later scores."""
    model, h = trial.model, trial.questions
    with watched_arrays(histories=h) as changed:
        scores = model.score(h)
        first = scores.copy()
        if scores.flags.writeable:
            scores[:] = -np.inf
        model.top_k(h, 5)
    require(not changed, f"scoring must not change its input, but changed {', '.join(changed)}")
    trial.require_same(first, model.score(h), "when the same histories are scored again")


def _scored(model: Recommender, h: Histories, when: str) -> F32:
    try:
        return model.score(h)
    except Exception as error:
        raise AssertionError(f"score fails {when}: {error}") from error


def _alone(model: Recommender, h: Histories) -> F32:
    """Return the scores of each history, scored one by one."""
    return np.concatenate([model.score(h[row : row + 1]) for row in range(len(h))])


def short_histories(trial: Trial) -> None:
    """Check that empty and one-item histories get scores, even if nobody met that item."""
    model, h = trial.model, trial.sample.short
    known = np.flatnonzero(model.train_counts)
    for row, codes in enumerate(h):
        name = f"a history of {len(codes)} items (codes {codes.tolist()})"
        scores = _scored(model, h[row : row + 1], f"for {name}")
        bad = known[~np.isfinite(scores[0, known])]
        require(
            not len(bad),
            f"for {name} items with training rows have no finite score: codes {bad[:5].tolist()}",
        )
    trial.require_same(_alone(model, h), model.score(h), "when short histories are scored together")


def new_items(trial: Trial) -> None:
    """Check that items without a training row get −inf, or a score with `ranks_new_items`."""
    model = trial.model
    new = np.flatnonzero(model.train_counts == 0)
    scores = model.score(trial.questions)[:, new]
    if model.ranks_new_items:
        require(
            np.isfinite(scores).all(),
            "ranks_new_items is True, but items without training rows have no finite score",
        )
    else:
        require(
            np.isneginf(scores).all(),
            f"items without training rows must get -inf, but one got {np.max(scores):.7g}; "
            "recommenders that know more of an item than its id say ranks_new_items = True",
        )


def needs(trial: Trial) -> None:
    """Check that scores depend only on items and `needs`, and that histories without raise."""
    model, h = trial.model, trial.questions
    columns = {"times", "ratings", "at"}
    require(
        frozenset(model.needs) <= columns,
        f"needs may hold 'times', 'ratings' and 'at', not {sorted(model.needs)}",
    )
    for name in sorted(model.needs):
        require_refusal(
            partial(model.score, _without(h, {name})),
            f"score without the {name} of the histories, which it needs,",
        )
    scores = model.score(h)
    spare = {*columns, "keys"} - model.needs
    for names in [*({name} for name in sorted(spare)), spare]:
        missing = " and ".join(sorted(names))
        when = f"without {missing} of the histories, which it does not name in needs"
        trial.require_same(scores, _scored(model, _without(h, names), when), when)


def _without(histories: Histories, names: Iterable[str]) -> Histories:
    absent: dict[str, Any] = dict.fromkeys(names)
    return replace(histories, **absent)


def batch(trial: Trial) -> None:
    """Check that the scores of a history do not depend on others in the same batch."""
    model, h = trial.model, trial.questions
    together = model.score(h)
    trial.require_same(together, _alone(model, h), "when each history is scored alone")
    order = np.random.default_rng(2).permutation(len(h))
    trial.require_same(
        together[order], model.score(h.take(order)), "when the histories are asked in another order"
    )
