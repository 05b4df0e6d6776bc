"""Checks of a recommender: its scores, and what they may depend on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from recsys_helpers._types import F32
from recsys_helpers.log.histories import Histories
from recsys_helpers.testing._subject import Subject, changed, copies, require, require_refusal


def scores(subject: Subject) -> None:
    """Check that `score` returns float32 of shape (n, n_items) without NaN or +inf."""
    h = subject.sample.questions
    for n in (len(h), 0):
        found = subject.model.score(h.take(np.arange(n)))
        shape = (n, h.catalogue.n_items)
        require(
            isinstance(found, np.ndarray) and found.shape == shape and found.dtype == np.float32,
            f"score must return a float32 array of shape {shape} for {n} histories, but returned "
            f"{getattr(found, 'dtype', type(found).__name__)} of shape {np.shape(found)}",
        )
        require(not np.isnan(found).any(), "a score is NaN: use -inf for what cannot be ranked")
        require(not np.isposinf(found).any(), "a score is +inf, which leaves no room above it")


def side_effects(subject: Subject) -> None:
    """Check that asking changes neither the histories nor the next answer."""
    model, h = subject.model, subject.sample.questions
    before = copies({"histories": h})
    found = model.score(h)
    kept = found.copy()
    if found.flags.writeable:
        found[:] = -np.inf
    model.top_k(h, 5)
    now = changed(before, {"histories": h})
    require(not now, f"scoring must not change its input, but changed {', '.join(now)}")
    subject.require_same(kept, model.score(h), "when the same histories are scored again")


def short_histories(subject: Subject) -> None:
    """Check that histories of no item and of one are ranked, also if nobody met that item."""
    model, h = subject.model, subject.sample.short
    known = np.flatnonzero(model.train_counts)
    for row, codes in enumerate(h):
        name = f"a history of {len(codes)} items (codes {codes.tolist()})"
        try:
            found = model.score(h.take([row]))
        except Exception as error:
            raise AssertionError(f"{name} cannot be scored: {error}") from error
        bad = known[~np.isfinite(found[0, known])]
        require(
            not len(bad),
            f"for {name} items with training rows have no finite score: codes {bad[:5].tolist()}",
        )
    together = model.score(h)
    alone = np.concatenate([model.score(h.take([row])) for row in range(len(h))])
    subject.require_same(alone, together, "when short histories are scored together")


def new_items(subject: Subject) -> None:
    """Check that items without a training row get −inf, or with `ranks_new_items` a score."""
    model = subject.model
    new = np.flatnonzero(model.train_counts == 0)
    found = model.score(subject.sample.questions)[:, new]
    if model.ranks_new_items:
        require(
            np.isfinite(found).all(),
            "ranks_new_items is True, but items without training rows have no finite score",
        )
    else:
        require(
            np.isneginf(found).all(),
            f"items without training rows must get -inf, but one got {np.max(found):.7g}; "
            "recommenders that know more of an item than its id say ranks_new_items = True",
        )


def needs(subject: Subject) -> None:
    """Check that scores depend on items and `needs` alone, and that nothing of it may lack."""
    model, h = subject.model, subject.sample.questions
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
    whole = model.score(h)
    spare = sorted(columns - model.needs)
    for names in [{name} for name in (*spare, "keys")] + [{*spare, "keys"}]:
        missing = " and ".join(sorted(names))
        try:
            bare = model.score(_without(h, names))
        except Exception as error:
            raise AssertionError(
                f"needs is {sorted(model.needs)}, but without {missing} score fails: {error}"
            ) from error
        subject.require_same(
            whole, bare, f"without {missing} of the histories, which it does not name in needs"
        )


def _without(histories: Histories, names: set[str]) -> Histories:
    return replace(
        histories,
        times=None if "times" in names else histories.times,
        ratings=None if "ratings" in names else histories.ratings,
        at=None if "at" in names else histories.at,
        keys=None if "keys" in names else histories.keys,
    )


def batch(subject: Subject) -> None:
    """Check that the scores of a history do not depend on the others scored beside it."""
    model, h = subject.model, subject.sample.questions
    together, n = model.score(h), len(h)
    alone: F32 = np.concatenate([model.score(h.take([row])) for row in range(n)])
    subject.require_same(together, alone, "when each history is scored alone")
    order = np.random.default_rng(2).permutation(n)
    subject.require_same(
        together[order], model.score(h.take(order)), "when the histories are asked in another order"
    )
    longest = int(np.argmax(h.lengths))
    for row in range(n):
        subject.require_same(
            together[[row]],
            model.score(h.take([row, longest]))[:1],
            f"when a history of {h.lengths[row]} items is scored beside one of "
            f"{h.lengths[longest]}",
        )
