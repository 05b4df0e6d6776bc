"""Judging recommenders: every item ranked for every query, and every held-out rating predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeVar, runtime_checkable

import numpy as np

from recsys_helpers._types import F64, I32
from recsys_helpers.evaluation.rating_report import RatingReport
from recsys_helpers.evaluation.report import Report, repeated_targets
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.ranking import without_seen

Model = TypeVar("Model")

MOST_REPEATED = 0.01
"""The share of targets in their own history above which `evaluate` asks what to do."""


@runtime_checkable
class RatingPredictor(Protocol):
    """What `evaluate_ratings` judges: anything that predicts ratings."""

    def predict(self, users: I32, items: I32) -> F64:
        """Return the predicted rating of each pair.

        Parameters
        ----------
        users, items
            Codes of the log it was fitted on, shape (n,). A user or an item without a training row
            is an ordinary case: what is known of the other decides.

        Returns
        -------
        F64
            Shape (n,), finite.
        """
        ...


def evaluate(
    models: Mapping[str, Recommender | Sequence[Recommender]],
    queries: Queries,
    *,
    k: int = 10,
    exclude_seen: bool = True,
    repeats: Literal["error", "miss"] = "error",
    seed: int = 0,
) -> Report:
    """Rank all items of the catalogue for each query and report where the targets stand.

    Equal scores are ordered by a hash of the items' ids, the same for all models. A target that a
    model cannot rank counts as a miss. Memory does not grow with the number of queries times the
    size of the catalogue.

    Parameters
    ----------
    models
        Fitted recommenders by name; a list of them holds fits of one model with several seeds,
        which are averaged.
    queries
        What to ask, for instance `split.test`.
    k
        Length of the lists, 1 … n_items. Accuracy is known at any other cutoff as well.
    exclude_seen
        Whether to leave out the items of the whole history.
    repeats
        What to do when more than 1 % of the targets stand in their own history, and `exclude_seen`
        keeps them from being listed: raise an "error", or count each as a "miss" and say so. Up to
        1 % they are misses, and are counted under the table.
    seed
        Of the bootstrap.

    Returns
    -------
    Report
        Averages with intervals (`report.table()`) and verdicts (`report.compare("a", "b")`).

    Raises
    ------
    ValueError, TypeError
        If there is no query or no model, a model is not fitted, was fitted on another catalogue or
        on the targets too, k is out of range, or too many targets stand in their own history.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Histories, Interactions, Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "b", "c", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> histories = Histories.from_lists(log.catalogue, [["a"], ["b"], ["b"]])
    >>> users, counts = np.array([0, 1, 2]), np.array([1, 3, 1])
    >>> queries = Queries(histories, np.array([0, 1, 2, 3]), np.array([1, 2, 0]), users, counts)
    >>> report = evaluate({"popular": Popularity().fit(log)}, queries, k=2)
    >>> report.ranks["popular"]
    array([[0, 0, 1]], dtype=int32)
    >>> round(report.mean("popular", "HR@1"), 3)
    0.667
    """
    if repeats not in ("error", "miss"):
        raise ValueError(f"repeats must be 'error' or 'miss', not {repeats!r}")
    if len(queries) == 0:
        raise ValueError("there are no queries to judge on")
    n_items = queries.catalogue.n_items
    if not 1 <= k <= n_items:
        raise ValueError(f"k must lie between 1 and {n_items:,}, the size of the catalogue")
    fitted = _by_name(models, Recommender, "fitted recommenders")
    for name, seeds in fitted.items():
        for model in seeds:
            try:
                model._check(queries.histories)
            except ValueError as error:
                raise ValueError(f"{name!r} cannot be judged on these queries: {error}") from None
            if _holds_every_target(model, queries):
                raise ValueError(
                    f"{name!r} has seen the answers: the log it was fitted on holds every target. "
                    "Fit it on split.train"
                )
    if exclude_seen and repeats == "error":
        _refuse_repeats(queries)
    ranks, lists = {}, {}
    for name, seeds in fitted.items():
        results = [_ranked(model, queries, k, exclude_seen) for model in seeds]
        ranks[name] = np.stack([rank for rank, _ in results])
        lists[name] = np.stack([items for _, items in results])
    return Report(queries, ranks, lists, k, exclude_seen, seed)


def evaluate_ratings(
    models: Mapping[str, RatingPredictor | Sequence[RatingPredictor]],
    test: Interactions,
    *,
    seed: int = 0,
) -> RatingReport:
    """Predict each held-out rating and report the errors.

    Parameters
    ----------
    models
        Fitted rating predictors by name; a list holds fits of one model with several seeds.
    test
        The held-out rows with their ratings, for instance `split.test_rows`.
    seed
        Of the bootstrap.

    Returns
    -------
    RatingReport
        RMSE and MAE with intervals, and verdicts.

    Raises
    ------
    ValueError, TypeError
        If there is no row or no model, the rows have no ratings, a model was fitted on another
        catalogue, or a prediction is no finite number.

    Examples
    --------
    >>> import polars as pl
    >>> class Three:
    ...     def predict(self, users, items):
    ...         return np.full(len(users), 3.0)
    >>> frame = pl.DataFrame({"user": [1, 2], "item": [5, 5], "rating": [4.0, 1.0]})
    >>> test = Interactions.from_frame(frame, timestamp=None, rating="rating")
    >>> evaluate_ratings({"three": Three()}, test).mean("three", "MAE")
    1.5
    """
    if test.ratings is None:
        raise ValueError("the log has no ratings: name their column (rating=…) when reading it")
    if len(test) == 0:
        raise ValueError("there are no ratings to judge on")
    fitted = _by_name(models, RatingPredictor, "fitted rating predictors with a method predict")
    errors = {}
    for name, seeds in fitted.items():
        for model in seeds:
            if isinstance(model, Recommender):
                model._check_fitted()
                if model.catalogue.fingerprint != test.catalogue.fingerprint:
                    raise ValueError(f"{name!r} was fitted on another catalogue than the test rows")
        predicted = [_predicted(name, model, test) for model in seeds]
        errors[name] = np.stack(predicted) - test.ratings
    return RatingReport(test.users, errors, seed)


def _by_name(
    models: Mapping[str, Model | Sequence[Model]], kind: type, wanted: str
) -> dict[str, list[Model]]:
    """Return a list of models for each name."""
    if not isinstance(models, Mapping):
        raise TypeError("models must map names to models, as in {'EASE': model}")
    if not models:
        raise ValueError("there is no model to judge")
    fitted = {}
    for name, given in models.items():
        seeds = list(given) if isinstance(given, Sequence) else [given]
        strangers = [type(model).__name__ for model in seeds if not isinstance(model, kind)]
        if strangers or not seeds:
            raise TypeError(
                f"models must be {wanted}, but {name!r} is {', '.join(strangers) or 'empty'}"
            )
        if len({id(model) for model in seeds}) < len(seeds):
            raise ValueError(f"{name!r} holds one fitted model twice: give one fit for each seed")
        fitted[name] = seeds
    return fitted


def _holds_every_target(model: Recommender, queries: Queries) -> bool:
    """Tell whether the fit had, beyond the split's train, as many rows as there are targets."""
    extra = model.train_counts - queries.train_counts
    wanted = np.bincount(queries.targets, minlength=len(extra))
    return bool((extra >= wanted).all())


def _refuse_repeats(queries: Queries) -> None:
    """Raise if so many targets stand in their own history that it must be a choice."""
    repeated, n = int(repeated_targets(queries).sum()), len(queries.targets)
    if repeated > MOST_REPEATED * n:
        raise ValueError(
            f"{repeated:,} of {n:,} targets ({repeated / n:.1%}) stand in their own history, so "
            "they cannot be listed while seen items are left out. Say exclude_seen=False if items "
            "may be recommended again, or repeats='miss' to count these targets as misses"
        )


def _ranked(model: Recommender, queries: Queries, k: int, exclude_seen: bool) -> tuple[I32, I32]:
    """Return the rank of each target and the list of each query."""
    n_items, tie_rank, rows = queries.catalogue.n_items, queries.catalogue.tie_rank, queries.rows
    ranks = np.empty(len(queries.targets), np.int32)
    lists = np.empty((len(queries), k), np.int32)
    for part in ranking.chunks(len(queries), n_items):
        histories = queries.histories.take(np.arange(part.start, part.stop))
        scores = model.score(histories)
        if exclude_seen:
            scores = without_seen(scores, histories)
        first, last = queries.target_indptr[[part.start, part.stop]]
        ranks[first:last] = ranking.ranks(
            scores, rows[first:last] - part.start, queries.targets[first:last], tie_rank
        )
        lists[part], _ = ranking.top_k(scores, k, tie_rank)
    return ranks, lists


def _predicted(name: str, model: RatingPredictor, test: Interactions) -> F64:
    predicted = np.asarray(model.predict(test.users, test.items), np.float64)
    if predicted.shape != (len(test),) or not np.isfinite(predicted).all():
        raise ValueError(
            f"{name!r} must predict one finite number for each of {len(test):,} rows; it returned "
            f"shape {predicted.shape} with {int((~np.isfinite(predicted)).sum()):,} not finite"
        )
    return predicted
