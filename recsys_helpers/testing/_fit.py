"""Checks of a recommender: how it is made, fitted and saved, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from recsys_helpers.log import Catalogue
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.load import load_recommender
from recsys_helpers.recommenders.store import as_json
from recsys_helpers.testing._optional import scores_by_method
from recsys_helpers.testing._trial import Trial, require, require_refusal
from recsys_helpers.testing._watching import watched_generators

PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))


def fit(trial: Trial) -> None:
    """Check that `fit` returns the recommender and does not change log and queries."""
    model = trial.make()
    require(
        isinstance(model, Recommender)
        and not hasattr(model, "catalogue")
        and model is not trial.make(),
        "make() must return a new recommender, not fitted, at every call",
    )
    checkpoint = getattr(model, "checkpoint", None)
    require(
        checkpoint is None or checkpoint != getattr(trial.make(), "checkpoint", None),
        f"make() gives every recommender the checkpoint {str(checkpoint)!r}, which belongs to one "
        "fit on one log, but several are fitted here: leave it out",
    )
    fitted, train = trial.model, trial.sample.train
    require(trial.returned is fitted, "fit must return the recommender itself")
    require(
        fitted.catalogue.fingerprint == train.catalogue.fingerprint,
        "after fit, catalogue must be the catalogue of the training log",
    )
    require(
        np.array_equal(fitted.train_counts, np.bincount(train.items, minlength=train.n_items)),
        "after fit, train_counts must hold the rows of each item in the training log",
    )
    require(
        not trial.changed,
        f"fit must not change its arguments, but changed {', '.join(trial.changed)}",
    )


def refusals(trial: Trial) -> None:
    """Check that impossible requests raise a ValueError."""
    model, h = trial.model, trial.questions
    train, valid = trial.sample.train, trial.sample.valid
    other = Catalogue(train.catalogue.items.reverse())
    n_items, unknown = other.n_items, int(np.max(other.ids)) + 1
    elsewhere = replace(h, catalogue=other)
    valid_elsewhere = replace(valid, histories=replace(valid.histories, catalogue=other))
    make = trial.make
    for what, call in {
        "score before fit": lambda: make().score(h),
        "histories before fit": lambda: make().histories([[]]),
        "fit on a log without rows": lambda: make().fit(train.take([])),
        "fit with valid of another catalogue": lambda: make().fit(train, valid_elsewhere),
        "score of histories of another catalogue": lambda: model.score(elsewhere),
        "top_k of histories of another catalogue": lambda: model.top_k(elsewhere, 1),
        "histories with an unknown item id": lambda: model.histories([[unknown]]),
        "recommend with an unknown item id among the candidates": (
            lambda: model.recommend(h, 1, candidates=[unknown])
        ),
        "top_k with k=0": lambda: model.top_k(h, 0),
        "top_k with k above the catalogue's size": lambda: model.top_k(h, n_items + 1),
        "top_k with a code outside the catalogue": lambda: model.top_k(h, 1, candidates=[n_items]),
    }.items():
        require_refusal(call, what)


def random_state(trial: Trial) -> None:
    """Check that the global states of `random` and `numpy.random` do not change."""
    model, moved = trial.model, trial.moved
    require(not moved, f"making or fitting it moved the global state of {' and '.join(moved)}")
    with watched_generators() as moved:
        model.top_k(trial.questions, 5)
    require(not moved, f"scoring moved the global state of {' and '.join(moved)}")


def same_seed(trial: Trial) -> None:
    """Check that two recommenders with the same settings, fitted on one log, score alike."""
    again = trial.fitted(trial.sample.train, trial.sample.valid)
    h = trial.questions
    trial.require_same(trial.model.score(h), again.score(h), "when it is made and fitted again")


def row_order(trial: Trial) -> None:
    """Check that the order of the log's rows, which says nothing, changes no score."""
    train, h = trial.sample.train, trial.questions
    rows = np.random.default_rng(1).permutation(len(train))
    other = trial.fitted(train.take(rows), trial.sample.valid)
    trial.require_same(
        trial.model.score(h), other.score(h), "when the rows of the log stand in another order"
    )


def save_and_load(trial: Trial) -> None:
    """Check that a loaded recommender has the settings and scores of the saved one; no pickles."""
    model, h = trial.model, trial.questions
    with TemporaryDirectory() as name:
        folder = Path(name, "model")
        model.save(folder)
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            require(
                not path.read_bytes().startswith(PICKLES),
                f"save writes a pickle ({path.name}), which could run code when it is loaded",
            )
        own = [type(one) for one in (model, *getattr(model, "parts", []))]
        loaded = load_recommender(folder, own)
    require(
        type(loaded) is type(model) and as_json(loaded.settings()) == as_json(model.settings()),
        f"saved as {model!r}, but loaded as {loaded!r}",
    )
    after = scores_by_method(loaded, h)
    for name, scores in scores_by_method(model, h).items():
        trial.require_same(scores, after[name], f"(of {name}) after saving and loading")
