"""How many clicks other lists would have had, estimated from lists that were shown.

Each estimator takes lists that a recommender would show, and counts the clicks on those of their
items that happened to be shown. A click is thought to depend on the item and the customer alone.
"""

from __future__ import annotations

import numpy as np

from recsys_book.demonstrations.shop import Shown
from recsys_helpers._types import F64, I32, Bool


def listed(shown: Shown, lists: I32) -> Bool:
    """Return which of the shown items a recommender would list too.

    Parameters
    ----------
    shown
        n lists of k items that were shown.
    lists
        What would be shown instead, −1 for an empty place, shape (n, m).

    Returns
    -------
    Bool
        Shape (n, k).
    """
    return np.asarray((shown.items[:, :, None] == lists[:, None, :]).any(axis=2))


def replay(shown: Shown, lists: I32) -> float:
    r"""Return the clicks a list, estimated from the shown items that would be listed too.

    .. math:: m\, \frac{\sum_v \sum_j z_{vj} c_{vj}}{\sum_v \sum_j z_{vj}}

    where visit v showed item j with :math:`c_{vj}` clicks, and :math:`z_{vj}` says whether the new
    list of m items has it. It is right if all items were shown equally often.

    Parameters
    ----------
    shown, lists
        As in `listed`.

    Returns
    -------
    float
        NaN if no shown item would be listed.

    References
    ----------
    Li, Chu, Langford and Wang (2011), "Unbiased offline evaluation of contextual-bandit-based news
    article recommendation algorithms", WSDM, for one item at a time.
    https://arxiv.org/abs/1003.5956

    Examples
    --------
    >>> items, p = np.array([[0], [1], [1]]), np.full((3, 1), 0.5)
    >>> shown = Shown(items, p, clicks=np.array([[True], [True], [False]]))
    >>> replay(shown, np.array([[1], [1], [1]]))  # one click on two showings of item 1
    0.5
    """
    same = listed(shown, lists)
    if not same.any():
        return float("nan")
    return float(lists.shape[1] * shown.clicks[same].mean())


def ips(shown: Shown, lists: I32) -> F64:
    r"""Return the clicks on each list by inverse propensity scoring.

    .. math:: \sum_j \frac{z_{vj}}{p_{vj}} c_{vj}

    An item that is shown with probability p stands for the 1 / p visits in which it could have
    been. The average over visits is unbiased if every listed item could have been shown; it is
    noisy if some rarely are.

    Parameters
    ----------
    shown, lists
        As in `listed`.

    Returns
    -------
    F64
        Shape (n,).

    References
    ----------
    Li, Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay and Wen (2018), "Offline evaluation of ranking
    policies with click models", KDD, for lists whose clicks depend on the item.
    https://arxiv.org/abs/1804.10488

    Examples
    --------
    >>> items, p = np.array([[0], [1], [1]]), np.full((3, 1), 0.5)
    >>> shown = Shown(items, p, clicks=np.array([[True], [True], [False]]))
    >>> ips(shown, np.array([[1], [1], [1]]))
    array([0., 2., 0.])
    """
    return np.asarray((listed(shown, lists) * shown.clicks / shown.propensities).sum(axis=1))


def snips(shown: Shown, lists: I32) -> float:
    r"""Return the clicks a list by self-normalised inverse propensity scoring.

    .. math::

        m\, \frac{\sum_v \sum_j z_{vj} c_{vj} / p_{vj}}{\sum_v \sum_j z_{vj} / p_{vj}}

    On average the weights of a visit sum to m, the length of a list. Dividing by their actual sum
    takes out the noise of how many they happen to be, for a small bias.

    Parameters
    ----------
    shown, lists
        As in `listed`.

    Returns
    -------
    float
        NaN if no shown item would be listed.

    References
    ----------
    Swaminathan and Joachims (2015), "The self-normalized estimator for counterfactual learning",
    NIPS. https://papers.nips.cc/paper/2015/hash/39027dfad5138c9ca0c474d71db915c3-Abstract.html

    Examples
    --------
    >>> items, p = np.array([[0], [1], [1]]), np.array([[0.5], [0.5], [0.25]])
    >>> shown = Shown(items, p, clicks=np.array([[True], [True], [False]]))
    >>> snips(shown, np.array([[1], [1], [1]])) == 2 / (2 + 4)
    True
    """
    weights = listed(shown, lists) / shown.propensities
    if not weights.any():
        return float("nan")
    return float(lists.shape[1] * (weights * shown.clicks).sum() / weights.sum())


def doubly_robust(shown: Shown, lists: I32, predicted: F64) -> F64:
    r"""Return the clicks on each list, predicted by a model and corrected where it was tried.

    .. math:: \sum_{i \in L_v} \hat c_{vi} + \sum_j \frac{z_{vj}}{p_{vj}}
        \left( c_{vj} - \hat c_{vj} \right)

    The average over visits is unbiased whatever is predicted, if propensities are right, and less
    noisy than `ips` if the predictions are good.

    Parameters
    ----------
    shown, lists
        As in `listed`.
    predicted
        :math:`\hat c`, the probability of a click on each item, shape (n, n_items) or (n_items,).
        It must not be learnt from these very clicks.

    Returns
    -------
    F64
        Shape (n,).

    References
    ----------
    Dudík, Langford and Li (2011), "Doubly robust policy evaluation and learning", ICML.
    https://arxiv.org/abs/1103.4601

    Examples
    --------
    >>> items, p = np.array([[0], [1], [1]]), np.full((3, 1), 0.5)
    >>> shown = Shown(items, p, clicks=np.array([[True], [True], [False]]))
    >>> doubly_robust(shown, np.array([[1], [1], [1]]), np.array([0.5, 0.25]))  # (1 - .25) / .5, …
    array([ 0.25,  1.75, -0.25])
    """
    of_items = np.broadcast_to(predicted, (len(lists), np.shape(predicted)[-1]))
    of_lists = np.where(lists >= 0, np.take_along_axis(of_items, lists.astype(np.int64), axis=1), 0)
    of_shown = np.take_along_axis(of_items, shown.items.astype(np.int64), axis=1)
    errors = listed(shown, lists) * (shown.clicks - of_shown) / shown.propensities
    return np.asarray(of_lists.sum(axis=1) + errors.sum(axis=1))


def click_rates(shown: Shown, n_items: int, weight: float = 10.0) -> F64:
    r"""Return each item's clicks for each time that it was shown, drawn towards the average.

    .. math:: \frac{c_i + a \bar c}{n_i + a}

    Parameters
    ----------
    shown
        Lists that were shown.
    n_items
        The size of the catalogue.
    weight
        a, above 0: how many showings the average rate :math:`\bar c` counts for.

    Returns
    -------
    F64
        Shape (n_items,): a prediction for `doubly_robust`.

    Examples
    --------
    >>> clicks = np.array([[True, False], [True, False]])
    >>> shown = Shown(np.array([[0, 1], [0, 1]]), np.ones((2, 2)), clicks)
    >>> click_rates(shown, n_items=3, weight=2)  # (2 + 1) / (2 + 2), (0 + 1) / 4, and 1 / 2
    array([0.75, 0.25, 0.5 ])
    """
    times_shown = np.bincount(shown.items.ravel(), minlength=n_items)
    times_clicked = np.bincount(shown.items[shown.clicks], minlength=n_items)
    rates = (times_clicked + weight * shown.clicks.mean()) / (times_shown + weight)
    return np.asarray(rates)
