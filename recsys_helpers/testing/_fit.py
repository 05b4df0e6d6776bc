"""Checks of a recommender: how it is made, fitted and saved, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.load import load_recommender
from recsys_helpers.testing._abilities import answers
from recsys_helpers.testing._subject import Subject, require, require_refusal, watched_generators

PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))


def fit(subject: Subject) -> None:
    """Check that `fit` returns the recommender and leaves log and queries as they were."""
    made = subject.make()
    require(
        isinstance(made, Recommender)
        and not hasattr(made, "catalogue")
        and made is not subject.make(),
        "make() must return a new recommender, not fitted, at every call",
    )
    first, train = subject.first, subject.sample.train
    require(first.returned is first.model, "fit must return the recommender itself")
    require(
        first.model.catalogue.fingerprint == train.catalogue.fingerprint,
        "after fit, catalogue must be the catalogue of the training log",
    )
    require(
        np.array_equal(first.model.train_counts, np.bincount(train.items, minlength=train.n_items)),
        "after fit, train_counts must hold the rows of each item in the training log",
    )
    require(
        not first.changed_arguments,
        f"fit must not change its arguments, but changed {', '.join(first.changed_arguments)}",
    )


def refusals(subject: Subject) -> None:
    """Check that what cannot be answered ends in a ValueError."""
    model, h = subject.model, subject.sample.questions
    train, valid = subject.sample.train, subject.sample.valid
    other = Catalogue(train.catalogue.items.reverse())
    n_items, unknown = other.n_items, int(np.max(other.ids)) + 1
    elsewhere = replace(h, catalogue=other)
    require_refusal(lambda: subject.make().score(h), "score before fit")
    require_refusal(lambda: subject.make().histories([[]]), "histories before fit")
    require_refusal(lambda: subject.make().fit(train.take([])), "fit on a log without rows")
    require_refusal(
        lambda: subject.make().fit(
            train, replace(valid, histories=replace(valid.histories, catalogue=other))
        ),
        "fit with valid of another catalogue",
    )
    require_refusal(lambda: model.score(elsewhere), "score of histories of another catalogue")
    require_refusal(lambda: model.top_k(elsewhere, 1), "top_k of histories of another catalogue")
    require_refusal(lambda: model.histories([[unknown]]), "histories with an unknown item id")
    require_refusal(
        lambda: model.recommend(h, 1, candidates=[unknown]),
        "recommend with an unknown item id among the candidates",
    )
    require_refusal(lambda: model.top_k(h, 0), "top_k with k=0")
    require_refusal(lambda: model.top_k(h, n_items + 1), "top_k with k above the catalogue's size")
    require_refusal(
        lambda: model.top_k(h, 1, candidates=[n_items]), "top_k with a code outside the catalogue"
    )


def random_state(subject: Subject) -> None:
    """Check that the state of `random` and `numpy.random` is left alone."""
    moved = subject.first.moved_generators
    require(not moved, f"making or fitting it moved the global state of {' and '.join(moved)}")
    model = subject.model
    with watched_generators() as moved:
        model.top_k(subject.sample.questions, 5)
    require(not moved, f"scoring moved the global state of {' and '.join(moved)}")


def same_seed(subject: Subject) -> None:
    """Check that two recommenders made alike and fitted on one log give the same scores."""
    again = subject.fitted(subject.sample.train, subject.sample.valid)
    h = subject.sample.questions
    subject.require_same(subject.model.score(h), again.score(h), "when it is made and fitted again")


def row_order(subject: Subject) -> None:
    """Check that the order of the log's rows, which says nothing, changes no score."""
    train, h = subject.sample.train, subject.sample.questions
    rows = np.random.default_rng(1).permutation(len(train))
    other = subject.fitted(train.take(rows), subject.sample.valid)
    subject.require_same(
        subject.model.score(h), other.score(h), "when the rows of the log stand in another order"
    )


def save_and_load(subject: Subject) -> None:
    """Check that what is loaded has the settings and scores of what was saved, without pickle."""
    model, h = subject.model, subject.sample.questions
    with TemporaryDirectory() as name:
        folder = Path(name, "model")
        model.save(folder)
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            _require_no_pickle(path)
        loaded = load_recommender(folder, [type(model)])
    require(
        type(loaded) is type(model) and loaded.settings() == model.settings(),
        f"saved as {model!r}, but loaded as {loaded!r}",
    )
    before, after = answers(model, h), answers(loaded, h)
    for name, found in before.items():
        subject.require_same(found, after[name], f"(of {name}) after saving and loading")


def _require_no_pickle(path: Path) -> None:
    require(
        not path.read_bytes().startswith(PICKLES),
        f"save writes a pickle ({path.name}), which could run code when it is loaded",
    )
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                try:
                    arrays[name]
                except ValueError as error:
                    raise AssertionError(
                        f"save pickles the array {name!r}: give it a numeric type"
                    ) from error
