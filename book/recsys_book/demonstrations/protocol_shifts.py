"""How far a bent protocol moves figures, and which orders of models it turns round."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recsys_helpers import Report
from recsys_helpers._types import F64, I32
from recsys_helpers.display import Table
from recsys_helpers.evaluation._bootstrap import Sums
from recsys_helpers.evaluation.comparisons import Comparison
from recsys_helpers.evaluation.judgement import Judgement


@dataclass(frozen=True, eq=False, repr=False)
class QueryValues(Judgement):
    """Any figure that has one value for each query, with intervals over users and verdicts.

    A `Report` holds ranks. This holds what does not follow from ranks, such as an estimate, and
    the values that one model has under two protocols.

    Parameters
    ----------
    metric
        What tables call the figure.
    users
        Codes of the users to whom the queries belong, shape (n,).
    values
        For each model, or protocol, the value of each query, shape (n_seeds, n).
    seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        If a model has not one value for each query.

    Examples
    --------
    >>> users = np.array([0, 0, 1, 1])
    >>> values = QueryValues("clicks", users, {"a": np.array([[1, 0, 1, 1]])})
    >>> values.mean("a")
    0.75
    """

    highest: ClassVar[float] = math.inf

    metric: str
    users: I32
    values: Mapping[str, F64]
    seed: int = 0

    def __post_init__(self) -> None:
        for name, values in self.values.items():
            if np.shape(values)[1:] != (len(self.users),):
                raise ValueError(
                    f"{name!r} has values of shape {np.shape(values)}, but must have (n_seeds, "
                    f"{len(self.users)}): one for each query"
                )

    def table(self) -> Table:
        """Return each model's mean with its 95% interval, the largest first.

        Returns
        -------
        Table
            One row for each model.
        """
        basis = f"Averages over {len(self.users):,} queries of {self._n_users:,} users."
        return self._table([self.metric], basis)

    @property
    def _models(self) -> Mapping[str, F64]:
        return self.values

    @property
    def _n_users(self) -> int:
        return len(np.unique(self.users))

    def _metric(self, metric: str | None) -> str:
        return self.metric

    def _sums(self, name: str, metric: str | None) -> Sums:
        return Sums.of(self._fits(name), self.users)


def shift(ours: Report, bent: Report, name: str, metric: str = "NDCG@10") -> Comparison:
    """Return how far a bent protocol moves a model's figure, with the interval over users.

    Both reports answer the same queries, so the difference is taken query by query.

    Parameters
    ----------
    ours, bent
        Reports on the same queries.
    name
        The model.
    metric
        As in `Report.values`.

    Returns
    -------
    Comparison
        Of the model "bent" and the model as it is; positive if the bent protocol flatters it.

    Raises
    ------
    ValueError
        If the reports have queries of different users.

    Examples
    --------
    >>> from recsys_helpers import Popularity, evaluate, leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> model = {"popular": Popularity().fit(split.train)}
    >>> reports = (evaluate(model, split.test, exclude_seen=excluded) for excluded in (True, False))
    >>> shift(*reports, "popular").difference < 0  # seen items stand before the targets
    True
    """
    users = ours.queries.users
    if not np.array_equal(users, bent.queries.users):
        raise ValueError("both reports must answer the same queries, in the same order")
    values = {f"{name} bent": bent.values(name, metric), name: ours.values(name, metric)}
    return QueryValues(metric, users, values, ours.seed).compare(*values)


def turned(
    ours: Judgement, bent: Judgement, metric: str | None = None
) -> list[tuple[Comparison, Comparison]]:
    """Return the pairs of models that stand in another order under a bent protocol.

    Parameters
    ----------
    ours, bent
        Judgements on the same models; their queries may differ.
    metric
        As in `Judgement.compare_all`.

    Returns
    -------
    list of (Comparison, Comparison)
        For each pair the comparison under both protocols, the model that is ahead in `ours` first.
        All pairs of a protocol are judged at once.

    Examples
    --------
    >>> users, zeros = np.arange(4), np.zeros((1, 4))
    >>> ours = QueryValues("clicks", users, {"a": zeros + 3, "b": zeros + 2, "c": zeros + 1})
    >>> bent = QueryValues("clicks", users, {"a": zeros + 2, "b": zeros + 3, "c": zeros + 1})
    >>> [(one.a, one.verdict, one.b, other.verdict) for one, other in turned(ours, bent)]
    [('a', 'better than', 'b', 'worse than')]
    """
    after = bent.compare_all(metric)
    pairs = [(pair, after[(pair.a, pair.b)]) for pair in ours.compare_all(metric)]
    return [(pair, other) for pair, other in pairs if pair.difference * other.difference < 0]
