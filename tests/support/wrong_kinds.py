"""Values of the wrong kind for each argument of whatever is public."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

import polars as pl

import recsys_helpers
from recsys_helpers import (
    TIGER,
    BiasedMF,
    Catalogue,
    ConvLSTM,
    FeatureLogistic,
    Histories,
    Interactions,
    LikeSVM,
    Popularity,
    PrivateEASE,
    Queries,
    RankSVM,
    RatingBiases,
    RatingSVR,
    Recommender,
    Report,
    SASRec,
    Split,
    Stacked,
    Table,
    TwoTower,
    evaluate,
    evaluate_ratings,
    leave_last_out,
    synthetic,
)
from recsys_helpers.evaluation import RatingReport, metrics
from recsys_helpers.optimizers import RULES, optimizer_of
from recsys_helpers.privacy import accountant, attacks, gaussian, mechanisms
from recsys_helpers.recommenders import HOMES
from recsys_helpers.serving import service

Model = TypeVar("Model", bound=Recommender)


class Stranger:
    """Of a kind that nothing takes."""


MADE = synthetic(n_users=60, n_items=25, mean_length=12, seed=1)
LOG = MADE.interactions
SPLIT = leave_last_out(LOG, 1, 1)
MODEL = Popularity().fit(SPLIT.train)
ASKED = MODEL.histories([[LOG.catalogue.ids[0]]])
REPORT = evaluate({"m": MODEL, "n": MODEL}, SPLIT.test, k=3)
FRAME = pl.DataFrame({"user": [1], "item": [7], "timestamp": [5]})

VALUES: dict[str, object] = {
    "a stranger": Stranger(),
    "text": "100",
    "None": None,
    "a fraction": 5.5,
    "a mixed list": [1, "a"],
    "lists of unequal length": [[1, 2], [3]],
    "a dict": {"a": 1},
    "NaN": math.nan,
    "infinity": math.inf,
    "a negative number": -1,
    "True": True,
    "bytes": b"100",
    "a complex number": 1j,
    "a table": FRAME,
    "a log": LOG,
    "a split": SPLIT,
    "histories": ASKED,
    "queries": SPLIT.test,
    "a class": Popularity,
}

RIGHT = {
    "text": {"str", "Path"},
    "None": {"None"},
    "a fraction": {"float"},
    "a mixed list": {"Ids"},  # NumPy makes text of numbers beside text
    "lists of unequal length": {"Sequence[Sequence[int]", "Sequence[Sequence[float]]"},
    "a negative number": {"int", "float", "Moment", "moments.Moment"},
    "True": {"bool"},
    "a table": {"IntoDataFrame", "pl.DataFrame"},
    "a log": {"Interactions"},
    "a split": {"Split"},
    "histories": {"Histories", "ArrayLike", "Bool", "F64", "I32", "I64", "Ids"},  # of arrays
    "queries": {"Queries"},
    "a class": {"Schedule", "Callable[[], Recommender]"},
}
"""The annotations of arguments for which a value may be right, though out of range."""


class Door(NamedTuple):
    """A public callable, and arguments with which it works."""

    call: Callable[..., object]
    good: dict[str, object]


def _as_if_fitted(model: Model) -> Model:
    """Return a recommender that takes itself for fitted."""
    model.catalogue, model.time_unit = LOG.catalogue, LOG.time_unit
    return model


def _made_of(thing: object) -> dict[str, object]:
    """Return the fields of a dataclass, with which its constructor makes the same again."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


ROWS: dict[str, object] = {"rows": [0]}
HITS: dict[str, object] = {"hits": [[True, False]], "n_relevant": [1]}
LISTED: dict[str, object] = {"items": [[0, 1]], "train_counts": [1, 1]}
MATRIX = LOG.matrix()
ATTACKED: dict[str, object] = {"scores": [1.0, 0.0], "members": [True, False]}
SHADOWS: dict[str, object] = {
    "shadow_scores": [[1.0], [2.0], [3.0], [4.0]],
    "shadow_members": [[True], [True], [False], [False]],
}
SAMPLED: dict[str, object] = {
    "noise_multiplier": 1.0,
    "sampling_rate": 0.5,
    "steps": 2,
    "delta": 0.1,
}
RATINGS = RatingReport(LOG.users, {"a": LOG.ratings[None], "b": LOG.ratings[None]})
FOLDER = TemporaryDirectory()
CSV, PARQUET = f"{FOLDER.name}/log.csv", f"{FOLDER.name}/log.parquet"
FRAME.write_csv(CSV)
FRAME.write_parquet(PARQUET)
MODEL.save(FOLDER.name)
RATED = Histories(LOG.catalogue, [0, 1], [0], ratings=[4.0])
OF_NETWORKS = [  # as if fitted: training one takes seconds, and arguments are checked before use
    Door(_as_if_fitted(SASRec()).score_positions, {"histories": ASKED}),
    Door(_as_if_fitted(SASRec()).attention, {"histories": ASKED}),
    Door(_as_if_fitted(ConvLSTM()).with_items, {"items": pl.DataFrame({"item": [99]})}),
    Door(_as_if_fitted(TIGER()).with_items, {"items": pl.DataFrame({"item": [99]})}),
    Door(_as_if_fitted(Stacked()).with_items, {"items": pl.DataFrame({"item": [99]})}),
    Door(_as_if_fitted(TwoTower()).with_items, {"items": pl.DataFrame({"item": [99]})}),
    Door(_as_if_fitted(TwoTower()).history_vectors, {"histories": ASKED}),
    Door(_as_if_fitted(TIGER()).generate, {"histories": ASKED, "k": 2, "n_beams": 2}),
]
DOORS = [
    *OF_NETWORKS,
    Door(Catalogue, {"items": LOG.catalogue.items}),
    Door(LOG.catalogue.codes, {"ids": [1]}),
    Door(LOG.catalogue.take, {"codes": [0]}),
    Door(LOG.catalogue.titles, {"codes": [0]}),
    Door(Histories, _made_of(SPLIT.test.histories)),
    Door(ASKED.take, ROWS),
    Door(ASKED.first, {"n": 1}),
    Door(ASKED.last, {"n": 1}),
    Door(ASKED.matrix, {}),
    Door(Histories.from_lists, {"catalogue": LOG.catalogue, "lists_of_ids": [[1]]}),
    Door(Interactions, _made_of(LOG)),
    Door(Interactions.from_frame, {"df": FRAME}),
    Door(Interactions.from_csv, {"path": CSV}),
    Door(Interactions.from_parquet, {"path": PARQUET}),
    Door(LOG.user_codes, {"ids": [1]}),
    Door(LOG.take, ROWS),
    Door(LOG.before, {"moment": 10**10}),
    Door(LOG.k_core, {"k": 1}),
    Door(LOG.histories, {}),
    Door(LOG.in_order, {}),
    Door(LOG.row_hashes, {"seed": 0}),
    Door(LOG.matrix, {}),
    Door(Queries, _made_of(SPLIT.test)),
    Door(SPLIT.test.take, ROWS),
    Door(Split, _made_of(SPLIT)),
    Door(recsys_helpers.load_movielens, {}),
    Door(synthetic, {}),
    Door(MADE.next_item_probabilities, {"users": [1], "histories": ASKED}),
    Door(leave_last_out, {"data": LOG}),
    Door(recsys_helpers.time_split, {"data": LOG}),
    Door(recsys_helpers.user_split, {"data": LOG}),
    Door(recsys_helpers.random_split, {"data": LOG}),
    Door(recsys_helpers.k_folds, {"data": LOG}),
    Door(recsys_helpers.hold_out_items, {"split": SPLIT}),
    Door(evaluate, {"models": {"m": MODEL}, "queries": SPLIT.test, "k": 3}),
    Door(evaluate_ratings, {"models": {"m": RatingBiases().fit(LOG)}, "test": LOG}),
    Door(Report, _made_of(REPORT)),
    Door(REPORT.take, ROWS),
    Door(REPORT.values, {"name": "m"}),
    Door(REPORT.mean, {"name": "m"}),
    Door(REPORT.interval, {"name": "m"}),
    Door(REPORT.compare, {"a": "m", "b": "n"}),
    Door(REPORT.compare_all, {}),
    Door(REPORT.table, {}),
    Door(RatingReport, _made_of(RATINGS)),
    Door(RATINGS.mean, {"name": "a"}),
    *(Door(metric, HITS) for metric in metrics.METRICS.values()),
    Door(metrics.accuracy, {**HITS, "n_items": 9}),
    Door(metrics.coverage, LISTED),
    Door(metrics.novelty, LISTED),
    Door(metrics.gini, LISTED),
    Door(MODEL.fit, {"train": LOG}),
    Door(MODEL.score, {"histories": ASKED}),
    Door(MODEL.top_k, {"histories": ASKED, "k": 3}),
    Door(MODEL.recommend, {"histories": ASKED}),
    Door(MODEL.histories, {"lists_of_ids": [[1]]}),
    Door(MODEL.save, {"folder": FOLDER.name}),
    Door(RatingBiases().fit(LOG).predict, {"users": [0], "items": [0]}),
    Door(BiasedMF(dim=1, epochs=1).fit(LOG).predict, {"users": [0], "items": [0]}),
    Door(RatingSVR().fit(LOG).predict, {"users": [0], "items": [0]}),
    Door(RatingSVR().examples, {"train": LOG}),
    Door(RankSVM().examples, {"train": LOG}),
    Door(LikeSVM().fit(LOG).hyperplane, {"histories": RATED}),
    Door(FeatureLogistic(dim=2).fit(LOG).word_weights, {"histories": ASKED}),
    Door(recsys_helpers.load_recommender, {"folder": FOLDER.name}),
    Door(recsys_helpers.check_recommender, {"make": Popularity}),
    Door(recsys_helpers.reproducible, {}),
    Door(Table, {"frame": FRAME}),
    Door(service, {"recommender": MODEL}),
    Door(optimizer_of, {"name": "sgd", "learning_rate": 0.1}),
    *(Door(make, {}) for make in RULES.values()),
    Door(gaussian.gaussian_delta, {"noise_multiplier": 1.0, "epsilon": 1.0}),
    Door(gaussian.gaussian_epsilon, {"noise_multiplier": 1.0, "delta": 0.1}),
    Door(gaussian.gaussian_noise_multiplier, {"epsilon": 1.0, "delta": 0.1}),
    Door(accountant.sampled_gaussian_rdp, {"noise_multiplier": 1.0, "sampling_rate": 0.5}),
    Door(accountant.epsilon_of_rdp, {"rdp": [1.0], "delta": 0.1, "orders": [2.0]}),
    Door(accountant.sampled_gaussian_epsilon, SAMPLED),
    Door(
        accountant.sampled_gaussian_noise_multiplier,
        {"epsilon": 1.0, "sampling_rate": 0.5, "steps": 2, "delta": 0.1},
    ),
    Door(mechanisms.without_person, {"log": LOG, "user": 1}),
    Door(mechanisms.clip_rows, {"rows": MATRIX, "max_norm": 1.0}),
    Door(mechanisms.private_sum, {"rows": MATRIX, "max_norm": 1.0, "noise_multiplier": 1.0}),
    Door(mechanisms.private_gram, {"rows": MATRIX, "max_norm": 1.0, "noise_multiplier": 1.0}),
    Door(PrivateEASE().epsilon, {"delta": 0.1}),
    Door(attacks.likelihood_ratio, {"scores": [1.0], **SHADOWS}),
    Door(attacks.attack_auc, ATTACKED),
    Door(attacks.attack_true_positives, ATTACKED),
    Door(attacks.epsilon_lower_bound, {**ATTACKED, "delta": 0.1}),
    *(Door(getattr(recsys_helpers, name), {}) for name in HOMES),
]


@cache
def doors() -> dict[str, Door]:
    """Return each door by the name of its callable."""
    return {door.call.__qualname__: door for door in DOORS}


def public() -> set[str]:
    """Return the names of all callables on the package's face that take arguments."""
    found = set()
    for thing in (getattr(recsys_helpers, name) for name in recsys_helpers.__all__):
        methods = [method for name, method in inspect.getmembers(thing, callable) if name[0] != "_"]
        for call in [thing, *(methods if inspect.isclass(thing) else [])]:
            if {*inspect.signature(call).parameters} - {"self"}:
                found.add(call.__qualname__)
    return found


class Case(NamedTuple):
    """A wrong value of an argument."""

    call: str
    argument: str
    annotation: str
    label: str


def cases() -> Iterator[Case]:
    """Yield each value that cannot be right for an argument."""
    for name, door in doors().items():
        for argument in inspect.signature(door.call).parameters.values():
            annotation = str(argument.annotation)
            kinds = {kind.strip(" '") for kind in annotation.split("|")}
            for label in VALUES:
                if not kinds & RIGHT.get(label, set()):
                    yield Case(name, argument.name, annotation, label)
