"""A shelf of new items: which one to show when nothing is known about any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from recsys_helpers._types import F64, I64, Bool

Policy: TypeAlias = Callable[[F64, F64, np.random.Generator], F64]
"""Takes the clicks on each item, how often each was shown, shape (n, n_items) both, and a source of
chance; returns an index for each item, shape (n, n_items). The item with the highest is shown."""


def greedy(clicks: F64, shown: F64, rng: np.random.Generator) -> F64:
    r"""Return the share of clicks of each item; one that was never shown comes first.

    .. math:: \hat p_j = \frac{c_j}{n_j}

    Examples
    --------
    >>> greedy(np.array([[1.0, 0.0, 0.0]]), np.array([[4.0, 2.0, 0.0]]), np.random.default_rng(0))
    array([[0.25, 0.  ,  inf]])
    """
    return np.where(shown > 0, clicks / np.maximum(shown, 1), np.inf)


def epsilon_greedy(epsilon: float) -> Policy:
    """Return a policy that shows any item with probability ε, and else the best so far.

    Parameters
    ----------
    epsilon
        Between 0, which is `greedy`, and 1, which is chance.
    """

    def index(clicks: F64, shown: F64, rng: np.random.Generator) -> F64:
        explores = rng.random((len(shown), 1)) < epsilon
        return np.where(explores, rng.random(shown.shape), greedy(clicks, shown, rng))

    return index


def ucb1(clicks: F64, shown: F64, rng: np.random.Generator) -> F64:
    r"""Return how good each item may still be: the upper end of an interval.

    .. math:: \frac{c_j}{n_j} + \sqrt{\frac{2 \ln n}{n_j}}, \qquad n = \sum_j n_j

    References
    ----------
    Auer, Cesa-Bianchi and Fischer (2002), "Finite-time analysis of the multiarmed bandit problem",
    Machine Learning 47, figure 1. https://doi.org/10.1023/A:1013689704352

    Examples
    --------
    >>> shown = np.array([[4.0, 1.0]])
    >>> ucb1(np.array([[2.0, 0.0]]), shown, np.random.default_rng(0)).round(3)  # ln 5 = 1.609
    array([[1.397, 1.794]])
    """
    n = np.maximum(shown.sum(axis=1, keepdims=True), 1)
    return np.asarray(greedy(clicks, shown, rng) + np.sqrt(2 * np.log(n) / np.maximum(shown, 1)))


def thompson(clicks: F64, shown: F64, rng: np.random.Generator) -> F64:
    r"""Return a share for each item, drawn from what its clicks leave possible.

    .. math:: \theta_j \sim \operatorname{Beta}(1 + c_j, 1 + n_j - c_j)

    So an item is shown as probably as it is the best one, as far as anybody knows.

    References
    ----------
    Chapelle and Li (2011), "An empirical evaluation of Thompson sampling", NIPS, algorithm 2.
    https://papers.nips.cc/paper/2011/hash/e53a0a2978c28872a4505bdb51db06dc-Abstract.html
    """
    return rng.beta(1 + clicks, 1 + shown - clicks)


def regret(policy: Policy, truth: F64, n_rounds: int, n_runs: int = 200, *, seed: int = 0) -> F64:
    r"""Return the clicks that were lost so far, in expectation, by not showing the best item.

    .. math:: R_t = \sum_{s=1}^{t} \left( \max_j p_j - p_{a_s} \right)

    Parameters
    ----------
    policy
        What chooses the item :math:`a_s` of each round; ties are broken at random.
    truth
        p, the probability of a click on each item, shape (n_items,).
    n_rounds
        How many times one item is shown.
    n_runs
        How often all of it is repeated.
    seed
        Of all runs.

    Returns
    -------
    F64
        Shape (n_runs, n_rounds).

    Examples
    --------
    >>> truth = np.array([0.5, 0.0])
    >>> regret(greedy, truth, n_rounds=3, n_runs=2).shape
    (2, 3)
    """
    rng = np.random.default_rng(seed)
    clicks, shown = np.zeros((2, n_runs, len(truth)))
    runs, lost = np.arange(n_runs), np.empty((n_runs, n_rounds))
    for t in range(n_rounds):
        item = _best(policy(clicks, shown, rng), rng)
        clicks[runs, item] += rng.random(n_runs) < truth[item]
        shown[runs, item] += 1
        lost[:, t] = truth.max() - truth[item]
    return np.cumsum(lost, axis=1)


def replayed(
    policy: Policy, items: I64, clicks: Bool, n_items: int, *, seed: int = 0
) -> tuple[I64, Bool]:
    """Run a policy over a log of items that another one showed, and keep what both show.

    If the log's items were drawn uniformly, the rows that are kept are what the policy itself would
    have met, and their share of clicks is an unbiased estimate. If not, items that the log shows
    often are kept often, and nobody can tell from the rows alone.

    Parameters
    ----------
    policy
        What is judged. It learns from the rows that are kept, and from no other.
    items, clicks
        What was shown, one item a row, and whether it was clicked, shape (n_rows,).
    n_items
        How many items there are on the shelf.
    seed
        Of the policy and of ties.

    Returns
    -------
    rows, clicks
        Which rows are kept, and the clicks on them, shape (n_kept,).

    References
    ----------
    Li, Chu, Langford and Wang (2011), "Unbiased offline evaluation of contextual-bandit-based news
    article recommendation algorithms", WSDM, algorithm 2. https://arxiv.org/abs/1003.5956

    Examples
    --------
    >>> clicked = np.array([True, False, False, True])
    >>> replayed(greedy, np.array([0, 0, 1, 0]), clicked, n_items=1)[0]
    Traceback (most recent call last):
    ValueError: the log shows item 1, but the shelf has 1: give n_items
    >>> rows, kept = replayed(greedy, np.array([0, 0, 0, 0]), clicked, n_items=1)
    >>> rows, kept
    (array([0, 1, 2, 3]), array([ True, False, False,  True]))
    """
    if items.max(initial=-1) >= n_items:
        raise ValueError(
            f"the log shows item {items.max()}, but the shelf has {n_items}: give n_items"
        )
    rng = np.random.default_rng(seed)
    won, shown = np.zeros((2, 1, n_items))
    kept = []
    for row, (item, click) in enumerate(zip(items, clicks, strict=True)):
        if item == _best(policy(won, shown, rng), rng)[0]:
            won[0, item] += click
            shown[0, item] += 1
            kept.append(row)
    return np.array(kept, np.int64), clicks[kept]


def _best(index: F64, rng: np.random.Generator) -> I64:
    """Return the item with the highest index of each run, any of several, shape (n,)."""
    is_best = index == index.max(axis=1, keepdims=True)
    best: I64 = np.argmax(np.where(is_best, rng.random(index.shape), -1.0), axis=1)
    return best
