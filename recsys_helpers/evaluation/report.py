"""What an evaluation found: averages with intervals, and verdicts on differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import F64, I32, Bool
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
from recsys_helpers.evaluation.metrics import METRICS, accuracy, coverage, gini, novelty
from recsys_helpers.log import _ids
from recsys_helpers.log._ragged import ragged_rows
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders import ranking

LIST_METRICS = {"Coverage": coverage, "Novelty": novelty, "Gini": gini}


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """The ranks that some models gave to the targets of some queries, and what follows from them.

    `evaluate` makes one. Ranks that were stored make the same report again, without the models.

    A metric is named with its cutoff, as in "NDCG@10": an accuracy metric of `metrics.METRICS` or
    "Accuracy" at any cutoff, or, where there are lists, "Coverage", "Novelty" or "Gini" at a cutoff
    up to k.

    Parameters
    ----------
    queries
        What the models were asked.
    ranks
        For each model the number of items before each target, shape (n_seeds, n_targets); −1 for a
        target that is not ranked, which counts as a miss.
    lists
        For each model the listed items, best first, shape (n_seeds, n_queries, k), padded with −1.
    k
        The cutoff shown unless another is asked for.
    exclude_seen
        Whether items of a query's history were left out of the ranking.
    seed
        Of the bootstrap.

    Raises
    ------
    ValueError, TypeError
        If there is no query or no model, or shapes and codes do not fit.

    Examples
    --------
    >>> from recsys_helpers import Catalogue, Histories
    >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
    >>> histories = Histories.from_lists(catalogue, [["a"], ["a"], ["b"]])
    >>> users, counts = np.array([0, 1, 2]), np.array([2, 1, 0])
    >>> queries = Queries(histories, np.array([0, 1, 2, 3]), np.array([1, 1, 2]), users, counts)
    >>> report = Report(queries, {"ours": np.array([[0, 1, -1]])}, k=1)
    >>> report.values("ours", "HR@1"), report.values("ours", "HR@2")
    (array([[1., 0., 0.]]), array([[1., 1., 0.]]))
    >>> round(report.mean("ours", "HR@2"), 3)
    0.667
    """

    queries: Queries
    ranks: Mapping[str, I32]
    lists: Mapping[str, I32] = field(default_factory=dict)
    k: int = 10
    exclude_seen: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.queries) == 0:
            raise ValueError("there are no queries to judge on")
        if not self.ranks:
            raise ValueError("there is no model to judge")
        n_items = self.queries.catalogue.n_items
        if not 1 <= self.k <= n_items:
            raise ValueError(f"k must lie between 1 and {n_items:,}, the size of the catalogue")
        shape: tuple[int, ...] = (len(self.queries.targets),)
        ranks = {name: _whole(of, shape, n_items, name) for name, of in self.ranks.items()}
        shape = (len(self.queries), self.k)
        lists = {name: _whole(of, shape, n_items, name) for name, of in self.lists.items()}
        if lists and list(lists) != list(ranks):
            raise ValueError("ranks and lists must name the same models in the same order")
        object.__setattr__(self, "ranks", ranks)
        object.__setattr__(self, "lists", lists)

    def __repr__(self) -> str:
        return (
            f"Report: {', '.join(self.ranks)} on {len(self.queries):,} queries of "
            f"{self._n_users:,} users"
        )

    def _repr_markdown_(self) -> str:
        return self.table()._repr_markdown_()

    @property
    def _n_users(self) -> int:
        return len(np.unique(self.queries.users))

    @cached_property
    def repeated(self) -> Bool:
        """Which targets stand in their own history, shape (n_targets,)."""
        return repeated_targets(self.queries)

    @property
    def untrained(self) -> Bool:
        """Which targets have no training row, shape (n_targets,)."""
        rows = self.queries.train_counts[self.queries.targets]
        return np.equal(rows, 0)

    def take(self, rows: ArrayLike) -> Report:
        """Return the report of some queries alone, such as those for rarely met items.

        Parameters
        ----------
        rows
            Which queries: numbers in 0 … n_queries − 1, shape (m,), or a Boolean mask, shape
            (n_queries,).

        Returns
        -------
        Report
            The same models and settings; averages, intervals and verdicts of these queries.

        Raises
        ------
        ValueError, TypeError
            If a number is out of range, `rows` is neither numbers nor a mask, or it takes nothing.

        Examples
        --------
        >>> from recsys_helpers import Popularity, evaluate, leave_last_out, synthetic
        >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
        >>> report = evaluate({"popular": Popularity().fit(split.train)}, split.test)
        >>> rare = split.test.train_counts[split.test.targets] < 10  # one target a query
        >>> report.take(rare), len(report.queries)
        (Report: popular on 65 queries of 32 users, 210)
        """
        chosen = _arguments.rows(rows, len(self.queries))
        queries = self.queries.take(chosen)
        targets = ragged_rows(self.queries.target_indptr[chosen], queries.n_relevant)
        return replace(
            self,
            queries=queries,
            ranks={name: ranks[:, targets] for name, ranks in self.ranks.items()},
            lists={name: lists[:, chosen] for name, lists in self.lists.items()},
        )

    def values(self, name: str, metric: str | None = None) -> F64:
        """Return an accuracy metric of each query.

        Parameters
        ----------
        name
            The model's name.
        metric
            For instance "HR@20"; "NDCG" at the report's k if None.

        Returns
        -------
        F64
            Shape (n_seeds, n_queries).

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric.
        """
        kind, k = self._parsed(metric)
        if kind in LIST_METRICS:
            raise ValueError(f"{kind} is a property of all lists together, not of each query")
        ranks = self._known(name)
        n_items, n_relevant = self.queries.catalogue.n_items, self.queries.n_relevant
        values = np.empty((len(ranks), len(self.queries)))
        for part in ranking.chunks(len(self.queries), k):
            first, last = self.queries.target_indptr[[part.start, part.stop]]
            rows = np.repeat(np.arange(part.stop - part.start), n_relevant[part])
            for seed, rank in enumerate(ranks[:, first:last]):
                listed = (rank >= 0) & (rank < k)
                hits = np.zeros((part.stop - part.start, k), np.bool_)
                hits[rows[listed], rank[listed]] = True
                if kind == "Accuracy":
                    values[seed, part] = accuracy(hits, n_relevant[part], n_items)
                else:
                    values[seed, part] = METRICS[kind](hits, n_relevant[part])
        return values

    def mean(self, name: str, metric: str | None = None) -> float:
        """Return the average of a metric over queries and seeds.

        Parameters
        ----------
        name
            The model's name.
        metric
            For instance "HR@20" or "Coverage@10"; "NDCG" at the report's k if None.

        Returns
        -------
        float
            For a metric of whole lists: its average over seeds.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, or no lists for it.
        """
        kind, k = self._parsed(metric)
        if kind not in LIST_METRICS:
            return float(self.values(name, metric).mean())
        self._known(name)
        if not self.lists:
            raise ValueError(f"{kind} needs the lists, and this report holds only ranks")
        if k > self.k:
            raise ValueError(f"the lists hold {self.k} items, so {kind}@{k} is unknown")
        counts = self.queries.train_counts
        return float(np.mean([LIST_METRICS[kind](one[:, :k], counts) for one in self.lists[name]]))

    def interval(self, name: str, metric: str | None = None) -> tuple[float, float, float]:
        """Return the average of an accuracy metric and its 95% interval.

        It is the studentised bootstrap over users, and over seeds where there are several.

        Parameters
        ----------
        name
            The model's name.
        metric
            As in `values`.

        Returns
        -------
        mean, low, high
            The ends lie between 0 and 1.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, or the queries belong to one user.
        """
        (found,) = self._intervals([(name, metric)])
        return found

    def table(self, metrics: Sequence[str] | str | None = None) -> NotedTable:
        """Return averages with their 95% intervals, best first.

        Parameters
        ----------
        metrics
            What to show; the models are sorted by the first. If None: NDCG and HR, and
            Coverage and Novelty where there are lists.

        Returns
        -------
        NotedTable
            One row for each model, and what a reader must know under it. The queries of a single
            user give averages without intervals.

        Raises
        ------
        ValueError
            If there is no such metric.
        """
        if isinstance(metrics, str):
            metrics = [metrics]
        if metrics is None:
            kinds = ["NDCG", "HR", *(["Coverage", "Novelty"] if self.lists else [])]
            metrics = [f"{kind}@{self.k}" for kind in kinds]
        names = sorted(self.ranks, key=lambda name: -self.mean(name, metrics[0]))
        found = {}
        averages = [metric for metric in metrics if self._parsed(metric)[0] not in LIST_METRICS]
        if averages and self._n_users > 1:
            pairs = [(name, metric) for name in names for metric in averages]
            found = dict(zip(pairs, self._intervals(pairs), strict=True))
        table = {"model": names}
        for metric in metrics:
            table[metric] = [
                bracketed(*found[name, metric])
                if (name, metric) in found
                else f"{self.mean(name, metric):.3f}"
                for name in names
            ]
        per_query = any(self._parsed(metric)[0] not in LIST_METRICS for metric in metrics)
        return NotedTable(pl.DataFrame(table), self._notes(brackets=per_query))

    def _notes(self, *, brackets: bool) -> tuple[Sentence, ...]:
        n, users = len(self.queries.targets), self._n_users
        notes = [f"Averages over {len(self.queries):,} queries of {users:,} users."]
        if brackets and users > 1:
            notes.append(INTERVALS)
        notes += seed_notes(self.ranks)
        if untrained := int(self.untrained.sum()):
            notes.append(
                f"{untrained:,} of {n:,} targets ({untrained / n:.2%}) have no training row: a "
                "recommender that knows an item only by its id cannot rank them, which counts as a "
                "miss."
            )
        if not self.exclude_seen:
            notes.append("Items of a user's own history may be listed again.")
        elif repeated := int(self.repeated.sum()):
            notes.append(
                f"{repeated:,} of {n:,} targets ({repeated / n:.2%}) stand in their own history, "
                "whose items are not listed: they count as misses."
            )
        return tuple(map(Sentence, notes))

    def compare(self, a: str, b: str, metric: str | None = None) -> Comparison:
        """Return whether one model is better than another; name the two before seeing results.

        It is the symmetric bootstrap of the paired difference over users, and over seeds where
        there are several. Without several seeds the verdict is about these fitted models only.

        Parameters
        ----------
        a, b
            The models' names.
        metric
            As in `values`.

        Returns
        -------
        Comparison
            The difference a − b, its 95% interval and a verdict, shown as a sentence.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, both names are the same, or the queries belong to
            one user.
        """
        if a == b:
            raise ValueError(f"name two different models, not {a!r} twice")
        sums = {name: self._sums(name, metric) for name in (a, b)}
        (pair,) = compared(sums, [(a, b)], self._named(metric), self.seed, lower_is_better=False)
        return pair

    def compare_all(self, metric: str | None = None) -> Comparisons:
        """Return verdicts on all pairs of models, judged at once.

        The intervals are widened by the bootstrap quantile of the largest :math:`|t|` of all pairs.
        To compare many pairs one by one, or the best with the rest, finds differences where there
        are none.

        Parameters
        ----------
        metric
            As in `values`.

        Returns
        -------
        Comparisons
            One comparison for each pair, shown as a table.

        Raises
        ------
        ValueError
            If there is no such metric, fewer than two models, or one user.
        """
        sums = {name: self._sums(name, metric) for name in self.ranks}
        return all_pairs(sums, self._named(metric), self.seed, lower_is_better=False)

    def _sums(self, name: str, metric: str | None) -> Sums:
        return Sums.of(self.values(name, metric), self.queries.users)

    def _intervals(
        self, asked: Sequence[tuple[str, str | None]]
    ) -> list[tuple[float, float, float]]:
        """Return mean and interval of pairs of a model's and a metric's name."""
        sums = [self._sums(name, metric) for name, metric in asked]
        return [
            (mean, max(low, 0.0), min(high, 1.0))
            for mean, low, high in _bootstrap.mean_intervals(sums, self.seed)
        ]

    def _known(self, name: str) -> I32:
        if name not in self.ranks:
            raise KeyError(f"no model {name!r} in this report; there are {', '.join(self.ranks)}")
        return self.ranks[name]

    def _named(self, metric: str | None) -> str:
        return f"NDCG@{self.k}" if metric is None else metric

    def _parsed(self, metric: str | None) -> tuple[str, int]:
        """Split "NDCG@10" into its two parts."""
        named = self._named(metric)
        kind, _, cutoff = named.partition("@")
        kinds = [*METRICS, "Accuracy", *LIST_METRICS]
        if kind not in kinds or not (cutoff.isascii() and cutoff.isdigit()):
            raise ValueError(
                f"no metric {named!r}: write one of {_ids.listed(kinds, len(kinds))} with its "
                "cutoff, such as 'NDCG@10'"
            )
        n_items = self.queries.catalogue.n_items
        if not 1 <= int(cutoff) <= n_items:
            raise ValueError(
                f"the cutoff of {named} must lie between 1 and {n_items:,}, the size of the "
                "catalogue"
            )
        return kind, int(cutoff)


def repeated_targets(queries: Queries) -> Bool:
    """Return which targets stand in their own history.

    Parameters
    ----------
    queries
        Histories and targets.

    Returns
    -------
    Bool
        Shape (n_targets,).
    """
    histories, n_items = queries.histories, queries.catalogue.n_items
    result = np.zeros(len(queries.targets), np.bool_)
    rows = queries.rows
    for part in ranking.chunks(len(queries), len(histories.items) // len(queries)):
        start, stop = histories.indptr[[part.start, part.stop]]
        first, last = queries.target_indptr[[part.start, part.stop]]
        owners = np.repeat(np.arange(part.start, part.stop), histories.lengths[part])
        seen = owners * n_items + histories.items[start:stop]
        result[first:last] = np.isin(rows[first:last] * n_items + queries.targets[first:last], seen)
    return result


def _whole(given: NDArray[Any], shape: tuple[int, ...], n_items: int, name: str) -> I32:
    """Check and freeze one model's ranks or items: codes from −1, one block for each seed."""
    array = np.asarray(given)
    if array.ndim != len(shape) + 1 or array.shape[1:] != shape or len(array) == 0:
        raise ValueError(
            f"the numbers of {name!r} must have the shape (n_seeds, "
            f"{', '.join(map(str, shape))}), not {array.shape}"
        )
    if array.dtype.kind not in "iu":
        raise TypeError(f"the numbers of {name!r} must be whole, not {array.dtype}")
    if array.size and not -1 <= np.min(array) <= np.max(array) < n_items:
        raise ValueError(
            f"the numbers of {name!r} must lie between -1 and {n_items - 1}, but run from "
            f"{np.min(array)} to {np.max(array)}"
        )
    view = array.astype(np.int32, copy=False).view()
    view.flags.writeable = False
    return view
