"""Metrics of ranked lists: the accuracy of each list, and what all lists have in common.

All accuracy metrics have one form: they take which of the k listed items are relevant and return
one number for each list. List metrics take the listed items themselves and return one number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from recsys_helpers._arguments import as_array, frozen, whole
from recsys_helpers._types import F64, I32, I64, Bool
from recsys_helpers.recommenders import ranking


def hit_rate(hits: Bool, n_relevant: I64) -> F64:
    r"""Return whether a list contains any relevant item, :math:`\max_r h_r`.

    Parameters
    ----------
    hits
        :math:`h_{qr}`, whether the item at rank r of list q is relevant, shape (n, k), best first.
    n_relevant
        :math:`R_q`, how many relevant items there are, at least 1, shape (n,).

    Returns
    -------
    F64
        0 or 1 for each list, shape (n,).

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, or a list has more hits than there are relevant items.

    Examples
    --------
    >>> hit_rate([[False, True, False], [False, False, False]], [2, 1])
    array([1., 0.])
    """
    hits, _ = _checked(hits, n_relevant)
    return np.asarray(hits.any(axis=1), np.float64)


def recall(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the share of the relevant items that a list contains, :math:`\sum_r h_r / R`.

    With one relevant item it equals the hit rate.

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`.

    Examples
    --------
    >>> recall([[False, True, False]], [2])
    array([0.5])
    """
    hits, n_relevant = _checked(hits, n_relevant)
    return np.asarray(hits.sum(axis=1) / n_relevant)


def precision(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the share of the list that is relevant, :math:`\sum_r h_r / k`.

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`.

    Examples
    --------
    >>> precision([[False, True, False, True]], [2])
    array([0.5])
    """
    hits, _ = _checked(hits, n_relevant)
    return np.asarray(hits.mean(axis=1))


def f1(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the harmonic mean of precision and recall, :math:`2 \sum_r h_r / (k + R)`.

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`.

    Examples
    --------
    >>> f1([[False, True, False, False]], [2])  # precision 1/4, recall 1/2
    array([0.33333333])
    """
    hits, n_relevant = _checked(hits, n_relevant)
    return np.asarray(2 * hits.sum(axis=1) / (hits.shape[1] + n_relevant))


def ndcg(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the normalised discounted cumulative gain: a hit further down the list is worth less.

    .. math::

        \frac{\sum_{r=1}^{k} h_r / \log_2(r + 1)}{\sum_{r=1}^{\min(k, R)} 1 / \log_2(r + 1)}

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.

    Returns
    -------
    F64
        Between 0 and 1 (all hits on top), shape (n,).

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`.

    References
    ----------
    Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", ACM TOIS
    20(4). https://doi.org/10.1145/582415.582418 Gains here are 0 and 1, and the discount is
    log2(r + 1), as in trec_eval.

    Examples
    --------
    >>> ndcg([[False, True, False]], [1])  # 1 / log2(3)
    array([0.63092975])
    """
    hits, n_relevant = _checked(hits, n_relevant)
    k = hits.shape[1]
    return np.asarray(hits @ ranking.discounts(k) / ranking.ideal_dcg(n_relevant, k))


def mrr(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the reciprocal rank of the first relevant item, 0 if the list has none.

    .. math:: \max_r \frac{h_r}{r}

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.

    Returns
    -------
    F64
        1, 1/2, … 1/k or 0, shape (n,); its average is the mean reciprocal rank.

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`.

    References
    ----------
    Voorhees (1999), "The TREC-8 question answering track report".
    https://trec.nist.gov/pubs/trec8/papers/qa_report.pdf

    Examples
    --------
    >>> mrr([[False, True, True]], [2])
    array([0.5])
    """
    hits, _ = _checked(hits, n_relevant)
    first = hits.argmax(axis=1)
    return np.asarray(np.where(hits.any(axis=1), 1 / (first + 1), 0.0))


def average_precision(hits: Bool, n_relevant: I64) -> F64:
    r"""Return the precision at each hit, averaged over all relevant items.

    .. math:: \frac{1}{R} \sum_{r=1}^{k} h_r \frac{1}{r} \sum_{s=1}^{r} h_s

    A relevant item that is not listed counts as precision 0. The average over lists is MAP.

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`.

    References
    ----------
    Buckley and Voorhees (2000), "Evaluating evaluation measure stability", SIGIR.
    https://doi.org/10.1145/345508.345543

    Examples
    --------
    >>> average_precision([[True, False, True]], [2])  # (1/1 + 2/3) / 2
    array([0.83333333])
    """
    hits, n_relevant = _checked(hits, n_relevant)
    ranks = np.arange(1, hits.shape[1] + 1)
    return np.asarray((hits * np.cumsum(hits, axis=1) / ranks).sum(axis=1) / n_relevant)


def accuracy(hits: Bool, n_relevant: I64, n_items: int) -> F64:
    r"""Return the share of the catalogue that a list classifies correctly as relevant or not.

    .. math:: 1 - \frac{(k - \sum_r h_r) + (R - \sum_r h_r)}{I}

    Listed items count as predicted to be relevant. So the mistakes are listed items that are not
    relevant, and relevant items that are not listed. In a catalogue of thousands nearly all items
    are neither listed nor relevant, so the accuracy is close to 1 for any list.

    Parameters
    ----------
    hits, n_relevant
        As in `hit_rate`.
    n_items
        :math:`I`, the size of the catalogue.

    Returns
    -------
    F64
        Between 0 and 1, shape (n,).

    Raises
    ------
    ValueError, TypeError
        As in `hit_rate`, or if the catalogue has too few items for the lists and relevant items.

    Examples
    --------
    >>> accuracy([[False, True]], [1], n_items=100)  # one listed item is not relevant
    array([0.99])
    """
    whole("n_items", n_items, 1)
    hits, n_relevant = _checked(hits, n_relevant)
    wrong = hits.shape[1] + n_relevant - 2 * hits.sum(axis=1)
    if wrong.size and np.max(wrong + hits.sum(axis=1)) > n_items:
        raise ValueError(f"a catalogue of {n_items} items is too small for these lists")
    return np.asarray(1 - wrong / n_items)


METRICS: Mapping[str, Callable[[Bool, I64], F64]] = {
    "HR": hit_rate,
    "Recall": recall,
    "Precision": precision,
    "F1": f1,
    "NDCG": ndcg,
    "MRR": mrr,
    "MAP": average_precision,
}
"""The accuracy metrics, by the names that tables show."""


def coverage(items: I32, train_counts: I64) -> float:
    r"""Return the share of the catalogue that appears in at least one list.

    Parameters
    ----------
    items
        Codes of the listed items, shape (n, k), best first, padded with −1.
    train_counts
        Number of training rows of each item, shape (n_items,).

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit or a code lies outside the catalogue.

    References
    ----------
    Herlocker, Konstan, Terveen and Riedl (2004), "Evaluating collaborative filtering recommender
    systems", ACM TOIS 22(1). https://doi.org/10.1145/963770.963772

    Examples
    --------
    >>> coverage([[0, 1], [1, -1]], [5, 3, 1, 1])
    0.5
    """
    listed, counts = _listed(items, train_counts)
    return float((np.bincount(listed, minlength=len(counts)) > 0).mean())


def novelty(items: I32, train_counts: I64) -> float:
    r"""Return how surprising the listed items are on average, in bits.

    .. math:: \frac{1}{|L|} \sum_{i \in L} -\log_2 \frac{n_i}{\sum_j n_j}

    over all listed items L of all lists, where item i has :math:`n_i` training rows. An item
    without a training row would be infinitely surprising; it is counted as if it had one.

    Parameters
    ----------
    items, train_counts
        As in `coverage`.

    Returns
    -------
    float
        0 or more; NaN if nothing is listed or there is no training row.

    Raises
    ------
    ValueError, TypeError
        As in `coverage`.

    References
    ----------
    Zhou, Kuscsik, Liu, Medo, Wakeling and Zhang (2010), "Solving the apparent diversity-accuracy
    dilemma of recommender systems", PNAS 107(10), "Surprisal/novelty"; here with the share of rows
    in place of the share of users. https://doi.org/10.1073/pnas.1000488107

    Examples
    --------
    >>> novelty([[0, 1]], [4, 2, 2])  # one bit and two bits
    1.5
    """
    listed, counts = _listed(items, train_counts)
    total = counts.sum()
    if len(listed) == 0 or total == 0:
        return float("nan")
    return float(np.log2(total / np.maximum(counts, 1)[listed]).mean())


def gini(items: I32, train_counts: I64) -> float:
    r"""Return the Gini coefficient of how often each item of the catalogue is listed.

    .. math:: \frac{\sum_{j=1}^{I} (2j - I - 1)\, m_j}{I \sum_j m_j}

    where :math:`m_1 \le \dots \le m_I` are how often each of the I items is listed, sorted.

    Parameters
    ----------
    items, train_counts
        As in `coverage`.

    Returns
    -------
    float
        0 if all items are listed equally often, 1 − 1/I if only one is; NaN if nothing is listed.

    Raises
    ------
    ValueError, TypeError
        As in `coverage`.

    References
    ----------
    Fleder and Hosanagar (2009), "Blockbuster culture's next rise or fall", Management Science
    55(5). https://doi.org/10.1287/mnsc.1080.0974

    Examples
    --------
    >>> gini([[0], [0], [0], [0]], [1, 1, 1, 1])
    0.75
    """
    listed, counts = _listed(items, train_counts)
    if len(listed) == 0:
        return float("nan")
    times = np.sort(np.bincount(listed, minlength=len(counts)))
    n = len(counts)
    return float(((2 * np.arange(1, n + 1) - n - 1) @ times) / (n * times.sum()))


def _checked(hits: ArrayLike, n_relevant: ArrayLike) -> tuple[Bool, I64]:
    table = as_array(hits, "hits")
    if table.ndim != 2 or table.shape[1] == 0:
        raise ValueError(f"hits must have shape (n, k) with k at least 1, not {table.shape}")
    if table.dtype != np.bool_:
        raise TypeError(f"hits must hold truth values, not {table.dtype}")
    relevant = frozen(n_relevant, np.int64, "n_relevant", len(table))
    n_hits = table.sum(axis=1)
    for row in np.flatnonzero((relevant < 1) | (relevant < n_hits))[:1]:
        raise ValueError(
            f"n_relevant[{row}] is {relevant[row]}, but must be at least 1 and at least the "
            f"{n_hits[row]} hits of its list"
        )
    return table, relevant


def _listed(items: ArrayLike, train_counts: ArrayLike) -> tuple[I64, I64]:
    table = as_array(items, "items")
    if table.ndim != 2:
        raise ValueError(f"items must have shape (n, k), not {table.shape}")
    counts = frozen(train_counts, np.int64, "train_counts")
    if len(counts) == 0 or np.min(counts) < 0:
        raise ValueError("train_counts must have a number of 0 or more for each item")
    codes: I64 = frozen(table.ravel(), np.int64, "items").reshape(table.shape)
    for row, column in np.argwhere((codes < -1) | (codes >= len(counts)))[:1]:
        raise ValueError(
            f"items[{row}, {column}] is {codes[row, column]}, but must be a code from 0 to "
            f"{len(counts) - 1}, or -1 for padding"
        )
    return codes[codes != -1], counts
