"""Verdicts on differences between models: one pair chosen beforehand, or all pairs at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from recsys_helpers.display import Sentence, Table, escaped


@dataclass(frozen=True, repr=False)
class Comparison:
    """The difference between two models on one metric, its 95% interval and the verdict.

    Parameters
    ----------
    a, b
        The models' names; the difference is a minus b.
    metric
        The metric's name.
    difference, low, high
        The difference between the means, and the ends of its interval.
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
            Numbers have three decimals, or up to six where an end of the interval is that close to
            0.
        """
        difference, low, high = self._written()
        return Sentence(
            f"{escaped(self.a)} is {self.verdict} {escaped(self.b)}: {self.metric} differs by "
            f"{difference} (95% interval {low} to {high})."
        )

    def _written(self) -> tuple[str, ...]:
        nearest = min(abs(self.low), abs(self.high))
        decimals = 3 if nearest == 0 else min(max(3, math.ceil(-math.log10(nearest))), 6)
        numbers = (self.difference, self.low, self.high)
        return tuple(f"{number:z.{decimals}f}" for number in numbers)  # z: no minus before zero

    def _turned(self) -> Comparison:
        """Return the same comparison with the models exchanged."""
        low, high = -self.high, -self.low
        return replace(self, a=self.b, b=self.a, difference=-self.difference, low=low, high=high)

    def __repr__(self) -> str:
        return repr(self.sentence())

    def _repr_markdown_(self) -> str:
        return self.sentence()._repr_markdown_()


@dataclass(frozen=True, repr=False)
class Comparisons:
    """All pairs of models on one metric, compared at once; index it by two names.

    Parameters
    ----------
    pairs
        One comparison for each pair, with the model with the better mean first.

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
        """Return the comparison of two models, in the order of the names given."""
        for pair in self.pairs:
            for comparison in (pair, pair._turned()):
                if names == (comparison.a, comparison.b):
                    return comparison
        raise KeyError(f"no comparison of {names!r}: name two different models of the report")

    def table(self) -> Table:
        """Return the comparisons as a table.

        Returns
        -------
        Table
            One row for each pair, with the interval that holds for all pairs at once.
        """
        rows = []
        for pair in self.pairs:
            difference, low, high = pair._written()
            rows.append((pair.a, pair.verdict, pair.b, difference, f"{low} to {high}"))
        names = ["model", "is", "other", "difference", "95% interval"]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        note = (
            f"Differences in {self.pairs[0].metric}. All {len(self):,} pairs are judged at once: "
            "where all recommenders are equally good, the chance that any of these verdicts finds "
            "a difference is about 5%."
        )
        return Table(frame, (Sentence(note),))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_markdown_(self) -> str:
        return self.table()._repr_markdown_()


def verdict(low: float, high: float) -> Sentence:
    """Return the verdict that the interval of a difference allows.

    Parameters
    ----------
    low, high
        The ends of the interval of a difference, first minus second, where more is better.

    Returns
    -------
    Sentence
        "better than" if the interval lies above 0, "worse than" if below, else "not
        distinguishable from".

    Raises
    ------
    ValueError
        If `low` is above `high`, or one of them is not a number.

    Examples
    --------
    >>> verdict(0.01, 0.03), verdict(-0.01, 0.03)
    (better than, not distinguishable from)
    """
    if not low <= high:
        raise ValueError(f"an interval runs from low to high, not from {low} to {high}")
    if low > 0:
        return Sentence("better than")
    return Sentence("worse than" if high < 0 else "not distinguishable from")
