"""What an evaluation of predicted ratings found: errors with intervals, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from recsys_helpers._types import F64, I32
from recsys_helpers.display import NotedTable, Sentence, bracketed
from recsys_helpers.evaluation import _bootstrap
from recsys_helpers.evaluation._bootstrap import Sums
from recsys_helpers.evaluation.comparisons import (
    INTERVALS,
    Comparison,
    Comparisons,
    all_pairs,
    compared,
    seed_notes,
)

METRICS = ("RMSE", "MAE")


@dataclass(frozen=True, eq=False, repr=False)
class RatingReport:
    r"""The errors that some models made on held-out ratings, in the unit of the ratings.

    .. math::
        \mathrm{RMSE} = \sqrt{\frac{1}{n} \sum_r (\hat y_r - y_r)^2} \qquad
        \mathrm{MAE} = \frac{1}{n} \sum_r |\hat y_r - y_r|

    `evaluate_ratings` makes one. Where a model has several seeds, the sums run over them too.

    Parameters
    ----------
    users
        Codes of the users who gave the ratings, shape (n_rows,).
    errors
        For each model predicted minus given rating, shape (n_seeds, n_rows).
    seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        If there is no row or no model, shapes do not fit, or an error is not finite.

    Examples
    --------
    >>> report = RatingReport(np.array([0, 0, 1]), {"mean": np.array([[1.0, -1.0, 2.0]])})
    >>> round(report.mean("mean", "RMSE"), 3), round(report.mean("mean", "MAE"), 3)
    (1.414, 1.333)
    """

    users: I32
    errors: Mapping[str, F64]
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.users) == 0:
            raise ValueError("there are no ratings to judge on")
        if not self.errors:
            raise ValueError("there is no model to judge")
        for name, errors in self.errors.items():
            if errors.ndim != 2 or errors.shape[1] != len(self.users) or len(errors) == 0:
                raise ValueError(
                    f"the errors of {name!r} must have the shape (n_seeds, {len(self.users)}), "
                    f"not {errors.shape}"
                )
            if not np.isfinite(errors).all():
                raise ValueError(f"the errors of {name!r} must be finite numbers")

    def __repr__(self) -> str:
        return f"RatingReport: {', '.join(self.errors)} on {len(self.users):,} ratings"

    def _repr_markdown_(self) -> str:
        return self.table()._repr_markdown_()

    def mean(self, name: str, metric: str = "RMSE") -> float:
        """Return the error of a model.

        Parameters
        ----------
        name
            The model's name.
        metric
            "RMSE" or "MAE".

        Returns
        -------
        float
            In the unit of the ratings.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric.
        """
        return self._sums(name, metric).mean

    def interval(self, name: str, metric: str = "RMSE") -> tuple[float, float, float]:
        """Return the error of a model and its 95% interval, by bootstrap over users and seeds.

        Parameters
        ----------
        name
            The model's name.
        metric
            "RMSE" or "MAE".

        Returns
        -------
        mean, low, high
            In the unit of the ratings.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, or the ratings come from one user.
        """
        (found,) = self._intervals([(name, metric)])
        return found

    def table(self) -> NotedTable:
        """Return RMSE and MAE of each model with 95% intervals, best RMSE first.

        Returns
        -------
        NotedTable
            One row for each model. The ratings of a single user give errors without intervals.
        """
        names = sorted(self.errors, key=self.mean)
        table = {"model": names}
        for metric in METRICS:
            if self._n_users > 1:
                found = self._intervals([(name, metric) for name in names])
                table[metric] = [bracketed(*interval) for interval in found]
            else:
                table[metric] = [f"{self.mean(name, metric):.3f}" for name in names]
        n_rows = len(self.users)
        notes = [f"Averages over {n_rows:,} ratings of {self._n_users:,} users; less is better."]
        if self._n_users > 1:
            notes.append(INTERVALS)
        notes += seed_notes(self.errors)
        return NotedTable(pl.DataFrame(table), tuple(map(Sentence, notes)))

    def compare(self, a: str, b: str, metric: str = "RMSE") -> Comparison:
        """Return whether one model errs less than another; name the two before seeing results.

        Parameters
        ----------
        a, b
            The models' names.
        metric
            "RMSE" or "MAE".

        Returns
        -------
        Comparison
            The difference a − b, its 95% interval and a verdict, shown as a sentence.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, both names are the same, or the ratings come from
            one user.
        """
        if a == b:
            raise ValueError(f"name two different models, not {a!r} twice")
        sums = {name: self._sums(name, metric) for name in (a, b)}
        (pair,) = compared(sums, [(a, b)], metric, self.seed, lower_is_better=True)
        return pair

    def compare_all(self, metric: str = "RMSE") -> Comparisons:
        """Return verdicts on all pairs of models, judged at once.

        Parameters
        ----------
        metric
            "RMSE" or "MAE".

        Returns
        -------
        Comparisons
            One comparison for each pair, shown as a table.

        Raises
        ------
        ValueError
            If there is no such metric, fewer than two models, or one user.
        """
        sums = {name: self._sums(name, metric) for name in self.errors}
        return all_pairs(sums, metric, self.seed, lower_is_better=True)

    @property
    def _n_users(self) -> int:
        return len(np.unique(self.users))

    def _intervals(self, asked: Sequence[tuple[str, str]]) -> list[tuple[float, float, float]]:
        """Return mean and interval of pairs of a model's and a metric's name."""
        sums = [self._sums(name, metric) for name, metric in asked]
        return [
            (mean, max(low, 0.0), high)
            for mean, low, high in _bootstrap.mean_intervals(sums, self.seed)
        ]

    def _sums(self, name: str, metric: str) -> Sums:
        if name not in self.errors:
            raise KeyError(f"no model {name!r} in this report; there are {', '.join(self.errors)}")
        if metric not in METRICS:
            raise ValueError(f"metric must be 'RMSE' or 'MAE', not {metric!r}")
        errors = self.errors[name]
        if metric == "RMSE":
            return Sums.of(errors**2, self.users, root=True)
        return Sums.of(np.abs(errors), self.users)
