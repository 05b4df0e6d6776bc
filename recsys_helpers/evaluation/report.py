"""Results of an evaluation: averages with intervals, and verdicts on differences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import F64, I32, Bool
from recsys_helpers.display import Table
from recsys_helpers.evaluation._bootstrap import Sums
from recsys_helpers.evaluation.judgement import Judgement, check_models
from recsys_helpers.evaluation.metrics import METRICS, accuracy, coverage, gini, novelty
from recsys_helpers.log import Queries, _ids
from recsys_helpers.log._ragged import ragged_rows
from recsys_helpers.recommenders import ranking

LIST_METRICS = {"Coverage": coverage, "Novelty": novelty, "Gini": gini}


@dataclass(frozen=True, eq=False, repr=False)
class Report(Judgement):
    """The ranks that models gave to the targets of queries, and what follows from them.

    `evaluate` makes one. Stored ranks make the same report again, without the models.

    A metric is named with its cutoff, as in "NDCG@10": an accuracy metric of `metrics.METRICS` or
    "Accuracy" at any cutoff, or, where there are lists, "Coverage", "Novelty" or "Gini" at a cutoff
    up to k.

    Parameters
    ----------
    queries
        Histories and targets.
    ranks
        For each model the number of items ranked before each target, shape (n_seeds, n_targets);
        −1 for a target that is not ranked, which counts as a miss.
    lists
        For each model the listed items, best first, shape (n_seeds, n_queries, k), padded with −1.
    k
        The cutoff used by default, and the length of the lists.
    exclude_seen
        Whether items of a query's history were left out of the ranking.
    seed
        Of the bootstrap, 0 … 2**32 − 1.

    Raises
    ------
    ValueError, TypeError
        If there is no query or no model, or shapes and codes do not fit.

    Examples
    --------
    >>> import polars as pl
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

    without_interval: ClassVar[Collection[str]] = LIST_METRICS

    queries: Queries
    ranks: Mapping[str, I32]
    lists: Mapping[str, I32] = field(default_factory=dict)
    k: int = 10
    exclude_seen: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        check_question(self.queries, self.k)
        check_models("ranks", self.ranks)
        _arguments.instance("lists", self.lists, Mapping, "arrays by the names of models")
        _arguments.flag("exclude_seen", self.exclude_seen)
        _arguments.seed(self.seed)
        n_items = self.queries.catalogue.n_items
        n, n_targets = len(self.queries), len(self.queries.targets)
        for field_name, shape in (("ranks", (n_targets,)), ("lists", (n, self.k))):
            codes = {
                name: _codes(given, shape, n_items, f"{field_name}[{name!r}]")
                for name, given in getattr(self, field_name).items()
            }
            object.__setattr__(self, field_name, codes)
        if self.lists and list(self.lists) != list(self.ranks):
            raise ValueError("ranks and lists must name the same models in the same order")

    def __repr__(self) -> str:
        return (
            f"Report: {', '.join(self.ranks)} on {len(self.queries):,} queries of "
            f"{self._n_users:,} users"
        )

    @cached_property
    def repeated(self) -> Bool:
        """Which targets are in their own history, shape (n_targets,)."""
        return repeated_targets(self.queries)

    @property
    def untrained(self) -> Bool:
        """Which targets have no training row, shape (n_targets,)."""
        rows = self.queries.train_counts[self.queries.targets]
        return np.equal(rows, 0)

    def take(self, rows: ArrayLike) -> Report:
        """Return the report of only some queries, such as those with rare targets.

        Parameters
        ----------
        rows
            Which queries: numbers in 0 … n_queries − 1, shape (m,), or a Boolean mask, shape
            (n_queries,).

        Returns
        -------
        Report
            The same models and settings, with only these queries.

        Raises
        ------
        ValueError, TypeError
            If a number is out of range, `rows` is neither numbers nor a mask, or no query is left.

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
        """Return the values of an accuracy metric, one for each query.

        Parameters
        ----------
        name
            The model's name.
        metric
            For instance "HR@20"; if None, "NDCG" at the report's k.

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
        ranks = self._fits(name)
        n_items, n_relevant = self.queries.catalogue.n_items, self.queries.n_relevant
        measure = METRICS.get(kind, partial(accuracy, n_items=n_items))
        values = np.empty((len(ranks), len(self.queries)))
        for part in ranking.chunks(len(self.queries), k):
            n = part.stop - part.start
            rows = np.repeat(np.arange(n), n_relevant[part])
            first, last = self.queries.target_indptr[[part.start, part.stop]]
            for seed, rank in enumerate(ranks[:, first:last]):
                listed = (rank >= 0) & (rank < k)
                hits = np.zeros((n, k), np.bool_)
                hits[rows[listed], rank[listed]] = True
                values[seed, part] = measure(hits, n_relevant[part])
        return values

    def mean(self, name: str, metric: str | None = None) -> float:
        """Return the average of a metric over queries and seeds.

        Parameters
        ----------
        name
            The model's name.
        metric
            For instance "HR@20" or "Coverage@10"; if None, "NDCG" at the report's k.

        Returns
        -------
        float
            The average over queries and seeds; for "Coverage", "Novelty" and "Gini", which describe
            all lists together, the average over seeds.

        Raises
        ------
        KeyError, ValueError
            If there is no such model or metric, or the metric needs lists and there are none.
        """
        kind, k = self._parsed(metric)
        if kind not in LIST_METRICS:
            return float(self.values(name, metric).mean())
        self._fits(name)
        if not self.lists:
            raise ValueError(f"{kind} needs the lists, and this report holds only ranks")
        if k > self.k:
            raise ValueError(f"the lists hold {self.k} items, so {kind}@{k} is unknown")
        counts = self.queries.train_counts
        return float(np.mean([LIST_METRICS[kind](fit[:, :k], counts) for fit in self.lists[name]]))

    def table(self, metrics: Sequence[str] | str | None = None) -> Table:
        """Return averages with their 95% intervals, best first.

        Parameters
        ----------
        metrics
            The metrics to show; models are sorted by the first. If None: NDCG and HR, and also
            Coverage and Novelty if there are lists.

        Returns
        -------
        Table
            One row for each model. Notes under it say what is averaged, and how many targets could
            not be ranked. With queries of one user only, there are no intervals.

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
        metrics = _arguments.names("metrics", metrics)
        basis = f"Averages over {len(self.queries):,} queries of {self._n_users:,} users."
        return self._table(metrics, basis, self._remarks())

    def _remarks(self) -> list[str]:
        """Say which targets could not be ranked, and whether seen items were left out."""
        n = len(self.queries.targets)
        remarks = []
        if untrained := int(self.untrained.sum()):
            remarks.append(
                f"{untrained:,} of {n:,} targets ({untrained / n:.2%}) have no training row: a "
                "recommender that knows an item only by its id cannot rank them, which counts as a "
                "miss."
            )
        if not self.exclude_seen:
            remarks.append("Items of a user's own history may be listed again.")
        elif repeated := int(self.repeated.sum()):
            remarks.append(
                f"{repeated:,} of {n:,} targets ({repeated / n:.2%}) stand in their own history, "
                "whose items are not listed: they count as misses."
            )
        return remarks

    @property
    def _models(self) -> Mapping[str, I32]:
        return self.ranks

    @cached_property
    def _n_users(self) -> int:
        return len(np.unique(self.queries.users))

    def _metric(self, metric: str | None) -> str:
        meant = f"NDCG@{self.k}" if metric is None else metric
        _arguments.instance("metric", meant, str, "text such as 'NDCG@10'")
        return meant

    def _sums(self, name: str, metric: str | None) -> Sums:
        return Sums.of(self.values(name, metric), self.queries.users)

    def _parsed(self, metric: str | None) -> tuple[str, int]:
        """Split "NDCG@10" into its two parts."""
        named = self._metric(metric)
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


def check_question(queries: Queries, k: int) -> None:
    """Raise unless there are queries, and the catalogue has k items or more."""
    _arguments.instance("queries", queries, Queries, "Queries (split.valid or split.test)")
    if len(queries) == 0:
        raise ValueError("there are no queries to judge on")
    _arguments.length_of_list(k, queries.catalogue.n_items)


def repeated_targets(queries: Queries) -> Bool:
    """Return which targets are in their own history.

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
    wanted = queries.rows * n_items + queries.targets  # one number for a pair of query and item
    repeated = np.empty(len(wanted), np.bool_)
    for part in ranking.chunks(len(queries), len(histories.items) // len(queries)):
        first, last = queries.target_indptr[[part.start, part.stop]]
        some = histories[part]
        met = (part.start + some.owners) * n_items + some.items
        repeated[first:last] = np.isin(wanted[first:last], met)
    return repeated


def _codes(given: NDArray[Any], shape: tuple[int, ...], n_items: int, name: str) -> I32:
    """Check and freeze one model's ranks or items: codes from −1, one block for each seed."""
    array = _arguments.as_array(given, name)
    if array.shape[1:] != shape or len(array) == 0:
        raise ValueError(
            f"{name} must have the shape (n_seeds, {', '.join(map(str, shape))}), not {array.shape}"
        )
    codes = _arguments.frozen(array.ravel(), np.int32, name)
    if array.size and not -1 <= np.min(array) <= np.max(array) < n_items:
        raise ValueError(
            f"{name} must lie between -1 and {n_items - 1}, but run from {np.min(array)} to "
            f"{np.max(array)}"
        )
    return codes.reshape(array.shape)
