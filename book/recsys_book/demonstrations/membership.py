"""Who was in the training log? The question put to whole recommenders, through their scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recsys_helpers import Interactions, Queries, Recommender, leave_last_out
from recsys_helpers._types import F64, Bool
from recsys_helpers.privacy.attacks import (
    attack_auc,
    attack_true_positives,
    likelihood_ratio,
)

N_TARGETS = 5
"""How many of a person's last items are asked for, each from all before it."""


@dataclass(frozen=True, eq=False)
class Attack:
    """What an attacker makes of a recommender.

    Parameters
    ----------
    scores
        For each person, higher for those taken for members, shape (n,).
    members
        Who was in the training log, shape (n,).
    """

    scores: F64
    members: Bool

    def auc(self) -> tuple[float, float, float]:
        """Return `attack_auc`: the chance that a member is above a non-member, with interval."""
        return attack_auc(self.scores, self.members)

    def found(self, at: float = 0.01) -> tuple[float, float, float]:
        """Return `attack_true_positives`: the share of members found at few false alarms."""
        return attack_true_positives(self.scores, self.members, at)


def own_scores(model: Recommender, queries: Queries) -> F64:
    """Return how high a recommender scores each person's own targets, on average.

    A score says nothing without the others of its list, so it is held against their mean and
    standard deviation. An item that the recommender does not know counts as one at the mean.

    Parameters
    ----------
    model
        A fitted recommender.
    queries
        One or more for each person.

    Returns
    -------
    F64
        In the order of the users that the queries name, shape (n,).

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "a", "c"]})
    >>> log = Interactions.from_frame(frame, timestamp="row order")
    >>> queries = leave_last_out(log, n_valid=0, n_test=1).test  # "b" of 1, "c" of 2
    >>> own_scores(Popularity().fit(log), queries).round(3)  # counts are 2, 1 and 1
    array([-0.707, -0.707])
    """
    scores = model.score(queries.histories).astype(np.float64)  # (n_queries, n_items)
    known = np.isfinite(scores)
    n_known = known.sum(axis=1)  # (n_queries,)
    mean = np.where(known, scores, 0).sum(axis=1) / n_known
    off = np.where(known, scores - mean[:, None], 0)  # (n_queries, n_items)
    spread = np.sqrt((off**2).sum(axis=1) / n_known)
    of_targets = off[queries.rows, queries.targets] / np.maximum(spread, 1e-12)[queries.rows]
    _, places = np.unique(queries.users[queries.rows], return_inverse=True)
    return np.asarray(np.bincount(places, of_targets) / np.bincount(places))


def attacked(
    make: Callable[[int], Recommender], log: Interactions, n_shadows: int = 16, seed: int = 0
) -> Attack:
    r"""Attack a recommender that was fitted to the rows of half of the people.

    The attacker knows how the recommender was made, has the rows of everybody, and asks whose were
    used. They fit shadow models to halves of their own, note `own_scores` of each, and compare by
    `likelihood_ratio`. Since people differ in how far their score varies from model to model, it is
    divided by its standard deviation over all shadow models.

    Parameters
    ----------
    make
        Returns an unfitted recommender for a seed; noise must differ from seed to seed.
    log
        A log with known order, in which everybody has more rows than `N_TARGETS`.
    n_shadows
        An even number of shadow models, 4 or more. Each person is in one half of them.
    seed
        Of the halves.

    Returns
    -------
    Attack
        On everybody, of whom one half were in the training log.

    References
    ----------
    Carlini and others (2022), see `likelihood_ratio`.

    Examples
    --------
    >>> from recsys_helpers import EASE, synthetic
    >>> log = synthetic(n_users=60, n_items=40, mean_length=30).interactions
    >>> attack = attacked(lambda seed: EASE(regularisation=1.0), log, n_shadows=8)
    >>> attack.members.mean(), attack.auc()[0] > 0.8
    (np.float64(0.5), True)
    """
    rng = np.random.default_rng(seed)
    queries = leave_last_out(log, n_valid=0, n_test=N_TARGETS).test
    people = np.unique(queries.users)
    members = rng.permutation(len(people)) < len(people) // 2
    order = rng.random((n_shadows, len(people))).argsort(axis=0)
    samples = np.vstack([members, order < n_shadows // 2])  # (1 + n_shadows, n)
    noted = np.empty(samples.shape)
    for number, chosen in enumerate(samples):
        fitted = make(number).fit(log.take(np.isin(log.users, people[chosen])))
        noted[number] = own_scores(fitted, queries)
    noted /= np.maximum(noted[1:].std(axis=0), 1e-12)
    return Attack(likelihood_ratio(noted[0], noted[1:], samples[1:]), members)
