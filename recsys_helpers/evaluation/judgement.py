"""What every report can do: intervals, verdicts on differences, and a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any, ClassVar, TypeVar

import polars as pl
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers.display import Sentence, Table, bracketed, escaped
from recsys_helpers.evaluation._bootstrap import Sums, difference_intervals, mean_intervals
from recsys_helpers.evaluation.comparisons import Comparison, Comparisons

OVER_USERS = "Brackets hold 95% intervals by bootstrap over users."
OVER_SEEDS = (
    "Brackets hold 95% intervals by bootstrap over users, and seeds where there are several."
)

Model = TypeVar("Model")


class Judgement(ABC):
    """Averages of several models with intervals by bootstrap over users, and verdicts.

    A subclass lists its models, names the metric that None stands for, and sums the values of a
    metric within users. All that follows from these sums is the same for every report.

    Attributes
    ----------
    lower_is_better
        Whether the metrics are errors.
    highest
        The largest value that a metric can have; the smallest is 0.
    without_interval
        Kinds of metrics that are not averages of one value for each query, so that users cannot be
        resampled.
    seed
        Of the bootstrap.
    """

    lower_is_better: ClassVar[bool] = False
    highest: ClassVar[float] = 1.0
    without_interval: ClassVar[Collection[str]] = ()

    seed: int

    @property
    @abstractmethod
    def _models(self) -> Mapping[str, NDArray[Any]]:
        """The models by name: arrays with one row for each seed."""

    @property
    @abstractmethod
    def _n_users(self) -> int:
        """Number of users to whom the values belong."""

    @abstractmethod
    def _metric(self, metric: str | None) -> str:
        """Return the name of the metric, the default one for None."""

    @abstractmethod
    def _sums(self, name: str, metric: str | None) -> Sums:
        """Return a model's values of a metric, summed within users."""

    @abstractmethod
    def table(self) -> Table:
        """Return averages with intervals."""

    def _repr_markdown_(self) -> str:
        return self.table()._repr_markdown_()

    def mean(self, name: str, metric: str | None = None) -> float:
        """Return the average of a metric over all values and seeds, for RMSE the root of it.

        There is one value for each query, or for each rating, so users with more count more.

        Parameters
        ----------
        name
            The model's name.
        metric
            One of the report's metrics; if None, its default.

        Returns
        -------
        float
            In the unit of the metric.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric.
        """
        return self._sums(name, metric).mean

    def interval(self, name: str, metric: str | None = None) -> tuple[float, float, float]:
        """Return the average of a metric and its 95% interval.

        The interval is a studentised bootstrap over users, and over seeds if there are several.

        Parameters
        ----------
        name
            The model's name.
        metric
            As in `mean`.

        Returns
        -------
        mean, low, high
            The ends are clipped to the metric's range.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, or all values belong to one user.
        """
        return self._intervals([name], metric)[0]

    def compare(self, a: str, b: str, metric: str | None = None) -> Comparison:
        """Return whether one model is better than another; choose the two before seeing results.

        The interval is a symmetric bootstrap of the paired difference over users, and over seeds if
        there are several. With one seed each, the verdict is about these two fitted models only.

        Parameters
        ----------
        a, b
            The models' names.
        metric
            As in `mean`.

        Returns
        -------
        Comparison
            The difference a − b, its 95% interval and a verdict, shown as a sentence.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, both names are the same, or all values belong to
            one user.
        """
        for name, value in (("a", a), ("b", b)):
            _arguments.instance(name, value, str, "the name of a model")
        if a == b:
            raise ValueError(f"name two different models, not {a!r} twice")
        return self._comparisons([a, b], [(a, b)], metric)[0]

    def compare_all(self, metric: str | None = None) -> Comparisons:
        """Return verdicts on all pairs of models, with intervals that hold for all pairs at once.

        Their width comes from the bootstrap quantile of the largest :math:`|t|` of all pairs.
        Comparing many pairs one by one, or the best with the rest, would find differences where
        there are none.

        Parameters
        ----------
        metric
            As in `mean`.

        Returns
        -------
        Comparisons
            One comparison for each pair, the better mean first, shown as a table.

        Raises
        ------
        ValueError
            If there is no such metric, fewer than two models, or one user.
        """
        if len(self._models) < 2:
            raise ValueError("there is nothing to compare: the report holds one model")
        pairs = list(combinations(self._best_first(metric), 2))
        return Comparisons(self._comparisons(list(self._models), pairs, metric))

    def _fits(self, name: str) -> NDArray[Any]:
        _arguments.instance("name", name, str, "the name of a model")
        if name not in self._models:
            raise KeyError(f"no model {name!r} in this report; there are {', '.join(self._models)}")
        return self._models[name]

    def _best_first(self, metric: str | None) -> list[str]:
        sign = 1 if self.lower_is_better else -1
        return sorted(self._models, key=lambda name: sign * self.mean(name, metric))

    def _intervals(
        self, names: Sequence[str], metric: str | None
    ) -> list[tuple[float, float, float]]:
        sums = [self._sums(name, metric) for name in names]
        return [
            (mean, max(low, 0.0), min(high, self.highest))
            for mean, low, high in mean_intervals(sums, self.seed)
        ]

    def _comparisons(
        self, names: Sequence[str], pairs: Sequence[tuple[str, str]], metric: str | None
    ) -> tuple[Comparison, ...]:
        """Compare pairs of the named models, with intervals that hold for all pairs at once."""
        sums = [self._sums(name, metric) for name in names]
        positions = [(names.index(a), names.index(b)) for a, b in pairs]
        intervals = difference_intervals(sums, positions, self.seed)
        return tuple(
            Comparison(a, b, self._metric(metric), *interval, self.lower_is_better)
            for (a, b), interval in zip(pairs, intervals, strict=True)
        )

    def _table(self, metrics: Sequence[str], basis: str, remarks: Sequence[str] = ()) -> Table:
        """Return a column for each metric, best first by the first one, with notes under it.

        Parameters
        ----------
        metrics
            Names of metrics.
        basis
            The first note, which says what the averages are taken over.
        remarks
            The last notes.
        """
        names = self._best_first(metrics[0])
        columns: dict[str, list[str]] = {}
        notes = [basis]
        with_seeds = any(len(seeds) > 1 for seeds in self._models.values())
        for metric in metrics:
            if self._n_users > 1 and metric.partition("@")[0] not in self.without_interval:
                intervals = self._intervals(names, metric)
                columns[metric] = [bracketed(*interval) for interval in intervals]
                notes = [basis, OVER_SEEDS if with_seeds else OVER_USERS]
            else:
                columns[metric] = [f"{self.mean(name, metric):.3f}" for name in names]
        notes += [
            f"{escaped(name)} was fitted with {len(seeds)} seeds, which are averaged."
            for name, seeds in self._models.items()
            if len(seeds) > 1
        ]
        notes += remarks
        return Table(pl.DataFrame({"model": names, **columns}), tuple(map(Sentence, notes)))


def check_models(name: str, models: object) -> None:
    """Raise unless there is a dictionary with at least one model."""
    _arguments.instance(name, models, Mapping, "arrays by the names of models, {'EASE': array}")
    if not models:
        raise ValueError(f"there is no model to judge: {name} is empty")


def fits_by_name(
    models: Mapping[str, Model | Sequence[Model]], kind: type, wanted: str
) -> dict[str, list[Model]]:
    """Return the fits of each model, one for each seed.

    Parameters
    ----------
    models
        What to evaluate: by name a fitted model, or a list of them.
    kind
        The class, or the protocol, of each.
    wanted
        What an error calls these models.

    Returns
    -------
    dict
        The fits by name, at least one for each.

    Raises
    ------
    TypeError, ValueError
        If a model is of another kind, or occurs twice in a list.
    """
    if not isinstance(models, Mapping):
        raise TypeError("models must map names to models, as in {'EASE': model}")
    fits = {}
    for name, given in models.items():
        _arguments.instance(f"the name {name!r} of a model", name, str, "text")
        seeds = list(given) if isinstance(given, Sequence) else [given]
        strangers = [type(model).__name__ for model in seeds if not isinstance(model, kind)]
        if strangers or not seeds:
            raise TypeError(
                f"models must be {wanted}, but {name!r} is {', '.join(strangers) or 'empty'}"
            )
        if len({id(model) for model in seeds}) < len(seeds):
            raise ValueError(f"{name!r} holds one fitted model twice: give one fit for each seed")
        fits[name] = seeds
    return fits
