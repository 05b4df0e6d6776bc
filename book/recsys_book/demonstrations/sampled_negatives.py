"""Ranking a target among a few sampled items, and what can be told from such ranks."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.stats import binom

from recsys_helpers import Queries
from recsys_helpers._types import F64, I32, I64
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender


def draw_negatives(
    queries: Queries,
    n_negatives: int = 100,
    *,
    by: Literal["uniform", "popularity"] = "uniform",
    seed: int = 0,
) -> I32:
    """Draw items for each query that are neither in its history nor its target.

    Parameters
    ----------
    queries
        With one target each.
    n_negatives
        How many items are drawn for each.
    by
        "uniform": all items alike, with replacement. "popularity": by the number of training rows,
        without replacement.
    seed
        Of the draw.

    Returns
    -------
    I32
        Item codes, shape (n_queries, n_negatives).

    Raises
    ------
    ValueError
        If a query has several targets, or too few items to draw from.

    References
    ----------
    Uniform as in https://github.com/kang205/SASRec, util.py; by popularity as in
    https://github.com/FeiSun/BERT4Rec, run.py.

    Examples
    --------
    >>> from recsys_helpers import leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=100).interactions)
    >>> negatives = draw_negatives(split.test, n_negatives=5)
    >>> negatives.shape == (len(split.test), 5)
    True
    >>> bool(np.isin(negatives[0], split.test.histories[0]).any())
    False
    """
    _require_one_target(queries)
    rng, n_items = np.random.default_rng(seed), queries.catalogue.n_items
    weights = np.ones(n_items) if by == "uniform" else queries.train_counts.astype(np.float64)
    negatives = np.empty((len(queries), n_negatives), np.int32)
    for query, (history, target) in enumerate(zip(queries.histories, queries.targets, strict=True)):
        p = weights.copy()
        p[history] = p[target] = 0
        if (n := np.count_nonzero(p)) < n_negatives:
            raise ValueError(
                f"query {query} leaves {n} items to draw {n_negatives} negatives from: choose a "
                "smaller n_negatives"
            )
        negatives[query] = rng.choice(n_items, n_negatives, replace=by == "uniform", p=p / p.sum())
    return negatives


def sampled_ranks(model: Recommender, queries: Queries, negatives: I32) -> I32:
    """Return how many negatives rank before each target.

    Parameters
    ----------
    model
        Fitted.
    queries
        With one target each.
    negatives
        As `draw_negatives` returns; the same for all models that are compared.

    Returns
    -------
    I32
        0 … n_negatives, −1 for a target that the model cannot rank, shape (1, n_queries): what
        `Report` takes.

    Raises
    ------
    ValueError
        If a query has several targets.

    Examples
    --------
    >>> from recsys_helpers import Popularity, leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=100).interactions)
    >>> negatives = draw_negatives(split.test, n_negatives=5)
    >>> ranks = sampled_ranks(Popularity().fit(split.train), split.test, negatives)
    >>> ranks.shape == (1, len(split.test)), int(ranks.max())
    (True, 5)
    """
    _require_one_target(queries)
    tie_rank = queries.catalogue.tie_rank
    ranks = np.empty((1, len(queries)), np.int32)
    for part, scores in ranking.scores_by_chunk(model.score, queries.histories):
        target, drawn = queries.targets[part, None], negatives[part]
        own = np.take_along_axis(scores, target, axis=1)  # (n, 1)
        others = np.take_along_axis(scores, drawn, axis=1)  # (n, n_negatives)
        tied_before = (others == own) & (tie_rank[drawn] < tie_rank[target])
        n_before = ((others > own) | tied_before).sum(axis=1)
        ranks[0, part] = np.where(own[:, 0] == -np.inf, -1, n_before)
    return ranks


def n_candidates(queries: Queries) -> I64:
    """Return how many items negatives can be drawn from: all but the history and the target.

    Parameters
    ----------
    queries
        With one target each.

    Returns
    -------
    I64
        Shape (n_queries,).

    Raises
    ------
    ValueError
        If a query has several targets.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions, leave_last_out
    >>> rows = {"user": [1, 1, 1, 2], "item": list("aabc"), "timestamp": [1, 2, 3, 4]}
    >>> split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), 0, 1)
    >>> n_candidates(split.test)  # of "a", "b" and "c", only "c" is neither met nor the target
    array([1])
    """
    _require_one_target(queries)
    met = np.diff(queries.histories.matrix("binary").indptr)
    return queries.catalogue.n_items - met.astype(np.int64) - 1


def expected_ndcg(ranks: I32, candidates: I64, n_negatives: int, k: int = 10) -> F64:
    r"""Return the NDCG@k that uniform negatives give on average, from the rank among all items.

    .. math::

        \sum_{s=0}^{k-1} \binom{m}{s} p^s (1 - p)^{m - s} \frac{1}{\log_2(s + 2)},
        \qquad p = \frac{r}{n}

    where r of n items rank before the target, so that each of m negatives does so with probability
    p. No model is needed: recorded ranks will do.

    Parameters
    ----------
    ranks
        r, how many items rank before each target, −1 if it is not ranked, shape (n_seeds,
        n_queries).
    candidates
        n, as `n_candidates` returns, shape (n_queries,).
    n_negatives
        m.
    k
        The cutoff.

    Returns
    -------
    F64
        Shape (n_seeds, n_queries).

    References
    ----------
    Krichene and Rendle (2020), "On sampled metrics for item recommendation", KDD.
    https://doi.org/10.1145/3394486.3403226

    Examples
    --------
    One negative stands before the target in a quarter of the draws:

    >>> expected_ndcg(np.array([[1, -1]]), np.array([4, 4]), n_negatives=1, k=1)
    array([[0.75, 0.  ]])
    """
    p = np.maximum(ranks, 0) / candidates  # (n_seeds, n_queries)
    chances = binom.pmf(np.arange(k), n_negatives, p[..., None])  # (n_seeds, n_queries, k)
    return np.where(ranks >= 0, chances @ ranking.discounts(k), 0.0)


def corrected_gains(n: int, n_negatives: int, k: int = 10, gamma: float = 0.1) -> F64:
    r"""Return what each sampled rank should count, so that its average estimates the full NDCG@k.

    The gains g minimise squared bias plus :math:`\gamma` times variance, averaged over all ranks:

    .. math::

        \sum_{r=0}^{n} \frac{1}{n + 1}
        \left[ \left(\operatorname{E}[g_s \mid r] - f_r\right)^2
        + \gamma \operatorname{Var}[g_s \mid r] \right]

    where :math:`f_r` is the true gain of rank r, and s, the rank among m negatives, is binomial
    with m draws and probability r / n. With :math:`A_{rs} = P(s \mid r)` and
    :math:`c_s = \sum_r A_{rs}` this is a linear system,

    .. math:: \left[(1 - \gamma) A^\top A + \gamma \operatorname{diag}(c)\right] g = A^\top f

    Parameters
    ----------
    n
        How many items negatives are drawn from; the average if queries differ.
    n_negatives
        m.
    k
        The cutoff.
    gamma
        :math:`\gamma`, above 0 and up to 1: the larger, the less noise and the more bias.

    Returns
    -------
    F64
        The gain of each sampled rank from 0 to m, shape (n_negatives + 1,).

    Raises
    ------
    ValueError
        If gamma is out of range.

    References
    ----------
    Krichene and Rendle (2020), "On sampled metrics for item recommendation", KDD, the estimator
    that trades bias for variance. https://doi.org/10.1145/3394486.3403226

    Examples
    --------
    Two items and one negative: the target is before it in all, half and none of the draws if its
    full rank is 0, 1 and 2. With gamma 1, a gain is the mean of the true gains that lead there:

    >>> corrected_gains(n=2, n_negatives=1, k=1, gamma=1.0)  # 1 / (1 + 1/2) and 0
    array([0.66666667, 0.        ])
    """
    if not 0 < gamma <= 1:
        raise ValueError(f"gamma must be above 0 and at most 1, not {gamma}")
    true = np.zeros(n + 1)
    true[:k] = ranking.discounts(k)[: n + 1]
    p = np.arange(n + 1)[:, None] / n
    chances = np.asarray(binom.pmf(np.arange(n_negatives + 1), n_negatives, p))
    system = (1 - gamma) * chances.T @ chances + gamma * np.diag(chances.sum(axis=0))
    return np.asarray(np.linalg.solve(system, chances.T @ true))


def _require_one_target(queries: Queries) -> None:
    if (queries.n_relevant != 1).any():
        raise ValueError("each query must have one target")
