"""Evaluating predicted ratings: the errors on every held-out rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import F64, I32
from recsys_helpers.display import Table
from recsys_helpers.evaluation._bootstrap import Sums
from recsys_helpers.evaluation.judgement import Judgement, check_models, fits_by_name
from recsys_helpers.log import Interactions
from recsys_helpers.recommenders.base import Recommender

METRICS = ("RMSE", "MAE")


@runtime_checkable
class RatingPredictor(Protocol):
    """What `evaluate_ratings` evaluates: anything that predicts ratings."""

    def predict(self, users: I32, items: I32) -> F64:
        """Return the predicted rating of each pair.

        Parameters
        ----------
        users, items
            Codes in the log that it was fitted on, shape (n,). A user or an item without a training
            row is an ordinary case: then the prediction rests on what is known of the other.

        Returns
        -------
        F64
            Shape (n,), finite.
        """
        ...


@dataclass(frozen=True, eq=False, repr=False)
class RatingReport(Judgement):
    r"""The errors of models on held-out ratings, in the unit of the ratings.

    .. math::
        \mathrm{RMSE} = \sqrt{\frac{1}{n} \sum_r (\hat y_r - y_r)^2} \qquad
        \mathrm{MAE} = \frac{1}{n} \sum_r |\hat y_r - y_r|

    over n held-out ratings; if a model has several seeds, over these too. `evaluate_ratings` makes
    one. The metrics are "RMSE", the default, and "MAE".

    Parameters
    ----------
    users
        Codes of the users who gave the ratings, shape (n_rows,).
    errors
        For each model, predicted minus true ratings, shape (n_seeds, n_rows).
    seed
        Of the bootstrap, 0 … 2**32 − 1.

    Raises
    ------
    ValueError
        If there is no row or no model, shapes do not fit, or an error is not a finite number.

    Examples
    --------
    >>> report = RatingReport(np.array([0, 0, 1]), {"mean": np.array([[1.0, -1.0, 2.0]])})
    >>> round(report.mean("mean", "RMSE"), 3), round(report.mean("mean", "MAE"), 3)
    (1.414, 1.333)
    """

    lower_is_better: ClassVar[bool] = True
    highest: ClassVar[float] = np.inf

    users: I32
    errors: Mapping[str, F64]
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.freeze(self, "users", np.int32)
        _arguments.seed(self.seed)
        check_models("errors", self.errors)
        if len(self.users) == 0:
            raise ValueError("there are no ratings to judge on")
        for name, given in self.errors.items():
            errors = _arguments.as_array(given, f"errors[{name!r}]")
            if errors.shape[1:] != self.users.shape or len(errors) == 0:
                raise ValueError(
                    f"errors[{name!r}] must have the shape (n_seeds, {len(self.users)}), "
                    f"not {errors.shape}"
                )
            _arguments.check_finite(errors, f"errors[{name!r}]")

    def __repr__(self) -> str:
        return f"RatingReport: {', '.join(self.errors)} on {len(self.users):,} ratings"

    def table(self) -> Table:
        """Return RMSE and MAE of each model with 95% intervals, best RMSE first.

        Returns
        -------
        Table
            One row for each model. With ratings of one user only, there are no intervals.
        """
        n_ratings = f"{len(self.users):,} ratings of {self._n_users:,} users"
        return self._table(METRICS, f"Averages over {n_ratings}; less is better.")

    @property
    def _models(self) -> Mapping[str, F64]:
        return self.errors

    @cached_property
    def _n_users(self) -> int:
        return len(np.unique(self.users))

    def _metric(self, metric: str | None) -> str:
        meant = METRICS[0] if metric is None else metric
        _arguments.choice("metric", meant, METRICS)
        return meant

    def _sums(self, name: str, metric: str | None) -> Sums:
        errors = self._fits(name)
        if self._metric(metric) == "RMSE":
            return Sums.of(errors**2, self.users, root=True)
        return Sums.of(np.abs(errors), self.users)


def evaluate_ratings(
    models: Mapping[str, RatingPredictor | Sequence[RatingPredictor]],
    test: Interactions,
    *,
    seed: int = 0,
) -> RatingReport:
    """Predict each held-out rating, and report the errors.

    Parameters
    ----------
    models
        Fitted rating predictors by name; a list holds fits of one model with several seeds.
    test
        The held-out rows with their ratings, for instance `split.test_rows`.
    seed
        Of the bootstrap, 0 … 2**32 − 1.

    Returns
    -------
    RatingReport
        RMSE and MAE with intervals, and verdicts.

    Raises
    ------
    ValueError, TypeError
        If there is no row or no model, the rows have no ratings, a model was fitted on another
        catalogue, or a prediction is not a finite number.

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
    _arguments.seed(seed)
    _arguments.instance("test", test, Interactions, "Interactions (split.test_rows)")
    if test.ratings is None:
        raise ValueError("the log has no ratings: name their column (rating=…) when reading it")
    fits = fits_by_name(models, RatingPredictor, "fitted rating predictors with a method predict")
    errors = {
        name: np.stack([_predicted(name, model, test) for model in seeds]) - test.ratings
        for name, seeds in fits.items()
    }
    return RatingReport(test.users, errors, seed)


def _predicted(name: str, model: RatingPredictor, test: Interactions) -> F64:
    if isinstance(model, Recommender):
        model._check_fitted()
        if model.catalogue.fingerprint != test.catalogue.fingerprint:
            raise ValueError(f"{name!r} was fitted on another catalogue than the test rows")
    predicted = np.asarray(model.predict(test.users, test.items), np.float64)
    if predicted.shape != (len(test),) or not np.isfinite(predicted).all():
        raise ValueError(
            f"{name!r} must predict one finite number for each of {len(test):,} rows; it returned "
            f"shape {predicted.shape} with {int((~np.isfinite(predicted)).sum()):,} not finite"
        )
    return predicted
