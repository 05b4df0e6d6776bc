"""NDCG with other denominators than the best list there could be, as they are in use."""

from __future__ import annotations

import numpy as np

from recsys_helpers import Queries
from recsys_helpers._types import F64, I32, I64, Bool
from recsys_helpers.recommenders import ranking


def hits_of(ranks: I32, queries: Queries, k: int = 10) -> Bool:
    """Return which of the k listed items are targets, from the ranks of the targets.

    Parameters
    ----------
    ranks
        Of one fit, as a `Report` holds them, shape (n_targets,).
    queries
        To which they belong.
    k
        Length of the lists.

    Returns
    -------
    Bool
        Shape (n_queries, k), best first: what the metrics take.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Catalogue, Histories
    >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c", "d"]}))
    >>> histories = Histories.from_lists(catalogue, [["a"]])
    >>> queries = Queries(histories, np.array([0, 3]), np.array([1, 2, 3]), [0], [1, 1, 1, 1])
    >>> hits_of(np.array([1, 5, -1]), queries, k=3)
    array([[False,  True, False]])
    """
    listed = (ranks >= 0) & (ranks < k)
    hits = np.zeros((len(queries), k), np.bool_)
    hits[queries.rows[listed], ranks[listed]] = True
    return hits


def ndcg_of_found(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the NDCG whose ideal list has the hits of the list itself, sorted to the top.

    .. math::

        \frac{\sum_{r=1}^{k} h_r / \log_2(r + 1)}{\sum_{r=1}^{h} 1 / \log_2(r + 1)},
        \qquad h = \sum_{r=1}^{k} h_r

    A list is not asked for what it missed: one hit on top counts as perfect, and a second hit
    further down makes it worse.

    Parameters
    ----------
    hits, n_relevant
        As in `metrics.ndcg`; the number of relevant items is not read.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    References
    ----------
    https://github.com/xiangwang1223/neural_graph_collaborative_filtering/issues/34

    Examples
    --------
    >>> ndcg_of_found(np.array([[True, False, False], [True, False, True]]), np.array([2, 2]))
    array([1.        , 0.91972079])
    """
    k, n_found = hits.shape[1], hits.sum(axis=1)
    gains = hits @ ranking.discounts(k)
    return np.where(n_found > 0, gains / ranking.ideal_dcg(np.maximum(n_found, 1), k), 0.0)


def ndcg_of_full_list(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the NDCG whose ideal list has k hits, however many relevant items there are.

    .. math:: \frac{\sum_{r=1}^{k} h_r / \log_2(r + 1)}{\sum_{r=1}^{k} 1 / \log_2(r + 1)}

    With fewer than k relevant items no list reaches 1.

    Parameters
    ----------
    hits, n_relevant
        As in `metrics.ndcg`; the number of relevant items is not read.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    References
    ----------
    https://github.com/run-llama/llama_index/issues/17070

    Examples
    --------
    >>> ndcg_of_full_list(np.array([[True, False, False]]), np.array([1]))  # 1 / (1 + .63 + .5)
    array([0.46927873])
    """
    gains = ranking.discounts(hits.shape[1])
    return np.asarray(hits @ gains / gains.sum())
