"""Evaluating ranked lists: every item of the catalogue is ranked for every query."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from recsys_helpers import _arguments
from recsys_helpers._types import I32, Bool
from recsys_helpers.evaluation.judgement import fits_by_name
from recsys_helpers.evaluation.report import Report, check_question, repeated_targets
from recsys_helpers.log import Queries, _ids
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender

MOST_REPEATED = 0.01
"""The share of targets in their own history above which `evaluate` raises by default."""
MOST_LEAKED = 0.01
"""The share of targets in a model's training log above which `evaluate` raises by default."""


def evaluate(
    models: Mapping[str, Recommender | Sequence[Recommender]],
    queries: Queries,
    *,
    k: int = 10,
    exclude_seen: bool = True,
    repeats: Literal["error", "miss"] = "error",
    leaks: Literal["error", "allow"] = "error",
    seed: int = 0,
) -> Report:
    """Rank all items of the catalogue for each query, and report the ranks of the targets.

    Equal scores are ordered by a hash of the items' ids, the same for all models. A target that a
    model cannot rank counts as a miss. Queries are scored in chunks, so that memory never holds the
    scores of all items for all queries.

    Parameters
    ----------
    models
        Fitted recommenders by name; a list holds fits of one model with several seeds, which are
        averaged.
    queries
        Histories and targets, for instance `split.test`.
    k
        Length of the lists, 1 … n_items. Accuracy can be read at any other cutoff as well.
    exclude_seen
        Whether to leave the items of the whole history out of the lists.
    repeats
        With `exclude_seen`, a target that is in its own history cannot be listed. If more than 1 %
        of the targets are: raise an "error", or count each as a "miss". Up to 1 % always count as
        misses. The table has a note with their number.
    leaks
        What to do if more than 1 % of the targets, as pairs of user and item, are in the log that a
        model was fitted on: raise an "error", or "allow" it. Targets that are in their own history
        do not count. If the log is not at hand, as for a loaded model, "error" only warns, and only
        if the model's `train_counts` are large enough for the log to hold all targets.
    seed
        Of the bootstrap, 0 … 2**32 − 1.

    Returns
    -------
    Report
        Averages with intervals (`report.table()`) and verdicts (`report.compare("a", "b")`).

    Raises
    ------
    ValueError, TypeError
        If there is no query or no model, a model is not fitted, was fitted on another catalogue or
        on the targets too, k is out of range, or too many targets are in their own history.

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
    _arguments.choice("repeats", repeats, ("error", "miss"))
    _arguments.choice("leaks", leaks, ("error", "allow"))
    _arguments.flag("exclude_seen", exclude_seen)
    _arguments.seed(seed)
    check_question(queries, k)
    fits = fits_by_name(models, Recommender, "fitted recommenders")
    for name, seeds in fits.items():
        for model in seeds:
            _check(name, model, queries)
            if leaks == "error":
                _refuse_seen(name, model, queries)
    if exclude_seen and repeats == "error":
        _refuse_repeats(queries)
    ranks, lists = {}, {}
    for name, seeds in fits.items():
        rankings = [_ranked(model, queries, k, exclude_seen) for model in seeds]
        ranks[name] = np.stack([rank for rank, _ in rankings])
        lists[name] = np.stack([items for _, items in rankings])
    return Report(queries, ranks, lists, k, exclude_seen, seed)


def _check(name: str, model: Recommender, queries: Queries) -> None:
    """Raise if a model cannot answer the queries."""
    try:
        model._check(queries.histories)
    except ValueError as error:
        raise ValueError(f"{name!r} cannot be judged on these queries: {error}") from None


def _refuse_seen(name: str, model: Recommender, queries: Queries) -> None:
    """Raise if a model was fitted on the targets; warn if it may have been and nobody can know."""
    seen = _seen(model, queries)
    if seen is None:
        # Rows beyond the split's train: does each target have one?
        extra = model.train_counts - queries.train_counts
        if (extra >= np.bincount(queries.targets, minlength=len(extra))).all():
            warnings.warn(
                f"{name!r} may have seen the answers: it was fitted on more rows than the split's "
                "train, enough to hold every target, and cannot tell which (it was loaded, its log "
                "is gone, or the queries have no keys). If it has not, say leaks='allow'",
                stacklevel=3,  # the caller of evaluate
            )
    # A target that is in its own history may well be in train: people come back to items.
    elif seen.any() and (n := (seen & ~repeated_targets(queries)).sum()) > MOST_LEAKED * len(seen):
        raise ValueError(
            f"{name!r} has seen the answers: the log it was fitted on holds user and item of {n:,} "
            f"of {len(seen):,} targets. Fit it on split.train, or say leaks='allow'"
        )


def _seen(model: Recommender, queries: Queries) -> Bool | None:
    """Return which targets were in the training log for the same user, None if that is unknown."""
    train = None if model._train is None else model._train()
    keys = queries.histories.keys
    if train is None or keys is None:
        return None
    asking, known = _ids.as_series(keys), _ids.as_series(train.user_ids)
    if asking.dtype != known.dtype:
        return None
    users = _ids.lookup(asking, known).cast(pl.Int64).fill_null(-1).to_numpy()  # (n,)
    # A pair of a user and an item is one number, below 0 for an unknown user.
    n_items = queries.catalogue.n_items
    fitted_on = train.users.astype(np.int64) * n_items + train.items
    return np.isin(users[queries.rows] * n_items + queries.targets, fitted_on)


def _refuse_repeats(queries: Queries) -> None:
    """Raise if so many targets are in their own history that the caller has to decide."""
    repeated, n = int(repeated_targets(queries).sum()), len(queries.targets)
    if repeated > MOST_REPEATED * n:
        raise ValueError(
            f"{repeated:,} of {n:,} targets ({repeated / n:.1%}) stand in their own history, so "
            "they cannot be listed while seen items are left out. Say exclude_seen=False if items "
            "may be recommended again, or repeats='miss' to count these targets as misses"
        )


def _ranked(model: Recommender, queries: Queries, k: int, exclude_seen: bool) -> tuple[I32, I32]:
    """Return the rank of each target and the list of each query."""
    ranks = np.empty(len(queries.targets), np.int32)
    lists = np.empty((len(queries), k), np.int32)
    for part, scores in ranking.scores_by_chunk(model.score, queries.histories, exclude_seen):
        targets, ranks_of_targets = ranking.target_ranks(scores, queries, part)
        ranks[targets] = ranks_of_targets
        lists[part], _ = ranking.top_k(scores, k, queries.catalogue.tie_rank)
    return ranks, lists
