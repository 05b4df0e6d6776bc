"""Simple recommenders fitted on a log, judged by each user's last rows and by the latest period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from recsys_helpers import (
    EASE,
    ItemKNN,
    MarkovChain,
    Popularity,
    Random,
    evaluate,
    leave_last_out,
    time_split,
)
from recsys_helpers.evaluation.report import Report, repeated_targets
from recsys_helpers.log import Interactions, Queries
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.splits import Split

BASELINES: dict[str, Callable[[], Recommender]] = {
    "Random": Random,
    "Popularity": Popularity,
    "MarkovChain": MarkovChain,
    "ItemKNN": ItemKNN,
    "EASE": EASE,
}
"""The cheapest first; of several that are equally good, the first one is recommended."""

MOST_QUERIES = 20_000
"""How many queries are judged at most, drawn with a seed."""


def networks() -> dict[str, Callable[[], Recommender]]:
    """Return the networks that are tried if asked for; they need TensorFlow."""
    from recsys_helpers import LSTM4Rec, SASRec  # noqa: PLC0415

    return {"SASRec": SASRec, "LSTM4Rec": LSTM4Rec}


@dataclass(frozen=True, eq=False)
class Trial:
    """One split of a log, and what came of it.

    Parameters
    ----------
    name
        How the log was split.
    split
        The two parts; None if the log could not be split like that.
    report
        The baselines on the test part; None without a split.
    seconds
        How long each fit took.
    failed
        Why a baseline, or the split under the name "split", could not be made.
    """

    name: str
    split: Split | None = None
    report: Report | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def winners(self) -> list[str]:
        """The models that cannot be distinguished from the best one, the cheapest first."""
        if self.report is None:
            return []
        names = list(self.report.ranks)
        best = max(names, key=self.report.mean)
        if len(names) == 1:
            return names
        pairs = self.report.compare_all()
        return [name for name in names if name == best or not pairs[(best, name)].distinguishable]


def last_rows(log: Interactions) -> Split:
    """Hold out each user's last row, or the last five where half of the users have twelve rows."""
    n = 5 if np.median(np.bincount(log.users, minlength=log.n_users)) >= 12 else 1
    return leave_last_out(log, n_valid=n, n_test=n)


def latest_period(log: Interactions) -> Split:
    """Hold out the latest tenth of the rows, and before it the tenth before."""
    return time_split(log, 0.1, 0.1, targets="rolling")


SPLITS: dict[str, Callable[[Interactions], Split]] = {
    "Each user's last rows": last_rows,
    "The latest period": latest_period,
}


def trial(
    name: str,
    log: Interactions,
    models: Mapping[str, Callable[[], Recommender]],
    say: Callable[[str], None],
) -> Trial:
    """Split a log, fit models on the train part and judge them on the test part.

    Parameters
    ----------
    name
        One of `SPLITS`.
    log
        Without duplicates, with times.
    models
        What makes each recommender, not fitted. One that does not fit into memory, or cannot learn
        from this log, is left out with the reason.
    say
        Is told what is being done.
    """
    try:
        split = SPLITS[name](log)
    except (ValueError, MemoryError) as error:
        return Trial(name, failed={"split": str(error)})
    queries = some(split.test)
    if len(np.unique(queries.users)) < 2:
        return Trial(name, failed={"split": "fewer than two users have rows in its test part"})
    fitted, seconds, failed = {}, {}, {}
    for model, make in models.items():
        say(f"{name}: fitting {model}")
        start = perf_counter()
        try:
            fitted[model] = make().fit(split.train, split.valid if len(split.valid) else None)
        except (ValueError, MemoryError) as error:
            failed[model] = str(error)
        seconds[model] = perf_counter() - start
    say(f"{name}: ranking {len(queries):,} queries")
    seen = bool(repeated_targets(queries).mean() > 0.01)
    k = min(10, log.n_items)
    report = evaluate(fitted, queries, k=k, exclude_seen=not seen)
    return Trial(name, split, report, seconds, failed)


def some(queries: Queries, most: int = MOST_QUERIES) -> Queries:
    """Return the queries, or so many of them drawn at random, the same at every call."""
    if len(queries) <= most:
        return queries
    chosen = np.random.default_rng(0).choice(len(queries), most, replace=False)
    return queries.take(np.sort(chosen))
