"""Verdicts on the differences of models: one pair named beforehand, or all pairs at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from recsys_helpers import _bootstrap
from recsys_helpers._noted import NotedTable
from recsys_helpers.sentences import Sentence, say, verdict


@dataclass(frozen=True, repr=False)
class Comparison:
    """The difference of two models on one metric, its 95% interval and the verdict.

    Parameters
    ----------
    a, b
        The models' names; the difference is that of a minus that of b.
    metric
        The metric's name.
    difference, low, high
        The difference of the means and the ends of its interval.
    lower_is_better
        Whether the metric is an error, such as RMSE.

    Examples
    --------
    >>> Comparison("SASRec", "EASE", "NDCG@10", 0.009, 0.003, 0.015)
    SASRec is better than EASE: NDCG@10 differs by 0.009 (95% interval 0.003 to 0.015).
    """

    a: str
    b: str
    metric: str
    difference: float
    low: float
    high: float
    lower_is_better: bool = False

    @property
    def verdict(self) -> str:
        """One of "better than", "worse than" and "not distinguishable from"."""
        ends = (-self.high, -self.low) if self.lower_is_better else (self.low, self.high)
        return verdict(*ends).text

    @property
    def distinguishable(self) -> bool:
        """Whether the interval leaves out 0."""
        return not self.low <= 0 <= self.high

    def sentence(self) -> Sentence:
        """Return the verdict with its numbers.

        Returns
        -------
        Sentence
            As many decimals as it takes to tell the interval's ends from 0, at least 3.
        """
        return say(
            "comparison",
            a=self.a,
            b=self.b,
            verdict=self.verdict,
            metric=self.metric,
            difference=_written(self.difference, self._decimals),
            low=_written(self.low, self._decimals),
            high=_written(self.high, self._decimals),
        )

    @property
    def _decimals(self) -> int:
        nearest = min(abs(self.low), abs(self.high))
        return 3 if nearest == 0 else min(max(3, math.ceil(-math.log10(nearest))), 6)

    def __repr__(self) -> str:
        return repr(self.sentence())

    def _repr_markdown_(self) -> str:
        return self.sentence()._repr_markdown_()


@dataclass(frozen=True, repr=False)
class Comparisons:
    """All pairs of models on one metric, judged at once.

    Parameters
    ----------
    pairs
        One comparison for each pair, the model with the better mean first.

    Examples
    --------
    >>> pair = Comparison("EASE", "Popularity", "NDCG@10", 0.02, 0.01, 0.03)
    >>> Comparisons((pair,))[("Popularity", "EASE")]
    Popularity is worse than EASE: NDCG@10 differs by -0.020 (95% interval -0.030 to -0.010).
    """

    pairs: tuple[Comparison, ...]

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.pairs)

    def __getitem__(self, names: tuple[str, str]) -> Comparison:
        """Return the comparison of two models, in the order asked for."""
        for pair in self.pairs:
            if names == (pair.a, pair.b):
                return pair
            if names == (pair.b, pair.a):
                return Comparison(
                    *names,
                    pair.metric,
                    -pair.difference,
                    -pair.high,
                    -pair.low,
                    pair.lower_is_better,
                )
        raise KeyError(f"no comparison of {names!r}: name two different models of the report")

    def table(self) -> NotedTable:
        """Return the comparisons as a table.

        Returns
        -------
        NotedTable
            One row for each pair, with the interval that holds for all pairs at once.
        """
        rows = [
            (
                pair.a,
                pair.verdict,
                pair.b,
                _written(pair.difference, pair._decimals),
                f"{_written(pair.low, pair._decimals)} to {_written(pair.high, pair._decimals)}",
            )
            for pair in self.pairs
        ]
        names = ["model", "is", "other", "difference", "95% interval"]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        return NotedTable(
            frame, (say("comparisons", pairs=len(self), metric=self.pairs[0].metric, error=0.05),)
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_markdown_(self) -> str:
        return self.table()._repr_markdown_()


def compared(
    sums: Mapping[str, _bootstrap.Sums],
    pairs: Sequence[tuple[str, str]],
    metric: str,
    seed: int,
    *,
    lower_is_better: bool,
) -> tuple[Comparison, ...]:
    """Judge pairs of models at once.

    Parameters
    ----------
    sums
        The metric's values of each model by name, over the same users.
    pairs
        The names to compare.
    metric
        The metric's name.
    seed
        Of the resampling.
    lower_is_better
        Whether the metric is an error.

    Returns
    -------
    tuple of Comparison
        One for each pair.
    """
    names = list(sums)
    places = [(names.index(a), names.index(b)) for a, b in pairs]
    found = _bootstrap.difference_intervals(list(sums.values()), places, seed)
    return tuple(
        Comparison(a, b, metric, float(difference), float(low), float(high), lower_is_better)
        for (a, b), difference, low, high in zip(pairs, *found, strict=True)
    )


def all_pairs(
    sums: Mapping[str, _bootstrap.Sums], metric: str, seed: int, *, lower_is_better: bool
) -> Comparisons:
    """Judge all pairs of models at once, each with the better mean first.

    Parameters
    ----------
    sums, metric, seed, lower_is_better
        As in `compared`.

    Returns
    -------
    Comparisons
        Every pair once.

    Raises
    ------
    ValueError
        If there are fewer than two models.
    """
    if len(sums) < 2:
        raise ValueError("there is nothing to compare: the report holds one model")
    sign = 1 if lower_is_better else -1
    best_first = sorted(sums, key=lambda name: sign * sums[name].mean)
    pairs = list(combinations(best_first, 2))
    return Comparisons(compared(sums, pairs, metric, seed, lower_is_better=lower_is_better))


def _written(value: float, decimals: int) -> str:
    """Write a number without a minus sign before zero."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text
