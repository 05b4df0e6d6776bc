"""A simulated shop whose customers' wishes are known, and the lists that it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recsys_helpers import Interactions
from recsys_helpers._types import F64, I32, Bool
from recsys_helpers.datasets.synthetic_log import SyntheticLog
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender


@dataclass(frozen=True, eq=False)
class Shown:
    """Lists that were shown, with what is known about them.

    Parameters
    ----------
    items
        What was listed, shape (n, k).
    propensities
        The probability with which each of these items was listed, shape (n, k).
    clicks
        Which of them were clicked, shape (n, k).
    """

    items: I32
    propensities: F64
    clicks: Bool


@dataclass(frozen=True, eq=False)
class Shop:
    r"""Customers who each come with one item in mind, and click on it if it is listed.

    The item is drawn from the true distribution q of a synthetic log. So a list L is worth

    .. math:: \sum_{i \in L} q(i \mid u, H)

    clicks a visit, whatever else is listed and in whatever order: that is the truth by which any
    estimate can be judged.

    Parameters
    ----------
    made
        The customers, drawn with `tied=0` and without repeats: their wishes follow from what they
        met before, in its order.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> shop = Shop(synthetic(n_users=3, n_items=30, mean_length=4, tied=0))
    >>> everything = np.tile(np.arange(30, dtype=np.int32), (3, 1))
    >>> shop.worth(shop.made.interactions.histories(), everything).round(6)
    array([1., 1., 1.])
    """

    made: SyntheticLog

    def wishes(self, histories: Histories) -> F64:
        """Return the probability of each item to be what the customer has in mind.

        Parameters
        ----------
        histories
            What n customers met so far; the keys are their ids.

        Returns
        -------
        F64
            q, shape (n, n_items).

        Raises
        ------
        ValueError
            If the histories have no keys.
        """
        if histories.keys is None:
            raise ValueError("the histories need the customers' ids as keys, as log.histories has")
        return self.made.next_item_probabilities(histories.keys, histories)

    def worth(self, histories: Histories, lists: I32) -> F64:
        """Return the expected clicks of each list, shape (n,).

        Parameters
        ----------
        histories
            As in `wishes`.
        lists
            Items, none twice in a list, −1 for an empty place, shape (n, k).
        """
        q = self.wishes(histories)
        of_items = np.where(lists >= 0, np.take_along_axis(q, lists, axis=1), 0.0)
        return np.asarray(of_items.sum(axis=1))

    def clicks(self, histories: Histories, lists: I32, rng: np.random.Generator) -> Bool:
        """Draw what each customer has in mind, and return where it is listed, shape (n, k).

        Parameters
        ----------
        histories, lists
            As in `worth`.
        rng
            What the wishes are drawn from.
        """
        sums = np.cumsum(self.wishes(histories), axis=1)  # (n, n_items)
        wanted = (sums <= rng.random((len(sums), 1)) * sums[:, -1:]).sum(axis=1)
        return np.asarray(lists == wanted[:, None])


def explored(
    model: Recommender, histories: Histories, k: int, n_explored: int, rng: np.random.Generator
) -> tuple[I32, F64]:
    r"""Return a model's lists with their last places given to items drawn at random.

    The first :math:`k - e` places hold the model's best items; each of the m other items that the
    customer has not met gets one of the last e places with probability e / m.

    Parameters
    ----------
    model
        Fitted.
    histories
        n histories.
    k
        Length of the lists.
    n_explored
        e, 0 … k.
    rng
        What the last items are drawn from.

    Returns
    -------
    items, propensities
        What is listed, and the probability with which it is, 1 or e / m, shape (n, k) each.

    Raises
    ------
    ValueError
        If the model can rank too few items, or too few are left to draw from.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "b", "c", "d"]})
    >>> model = Popularity().fit(Interactions.from_frame(frame, timestamp=None))
    >>> items, p = explored(model, model.histories([["a"]]), 2, 1, np.random.default_rng(0))
    >>> int(items[0, 0]), p  # "b" is listed always, "c" and "d" every other time
    (1, array([[1. , 0.5]]))
    """
    n, n_items = len(histories), histories.catalogue.n_items
    best, _ = model.top_k(histories, k - n_explored) if n_explored < k else (np.empty((n, 0)), None)
    draws = rng.random((n, n_items))
    draws[histories.owners, histories.items] = np.inf
    np.put_along_axis(draws, best.astype(np.int64), np.inf, axis=1)
    n_left = np.isfinite(draws).sum(axis=1, keepdims=True)
    if (best < 0).any() or (n_left < n_explored).any():
        raise ValueError(f"too few items are left for lists of {k}: choose shorter lists")
    drawn = np.argsort(draws, axis=1)[:, :n_explored]
    chances = n_explored / np.maximum(n_left, 1)
    items = np.column_stack([best, drawn]).astype(np.int32)
    propensities = np.column_stack([np.ones(best.shape), np.repeat(chances, n_explored, axis=1)])
    return items, propensities


def with_clicks(log: Interactions, items: I32, clicks: Bool) -> Interactions:
    """Return the log with a row for each click, later than all rows so far.

    Parameters
    ----------
    log
        With times.
    items, clicks
        What each user of the log was shown, in the order of their codes, and clicked, shape
        (n_users, k).

    Returns
    -------
    Interactions
        Without ratings.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"user": [1, 2], "item": ["a", "b"], "timestamp": [4, 9]}
    >>> log = Interactions.from_frame(pl.DataFrame(rows))
    >>> more = with_clicks(log, np.array([[1], [0]]), np.array([[True], [False]]))
    >>> more.to_frame().rows()
    [(1, 'a', 4), (2, 'b', 9), (1, 'b', 10)]
    """
    if log.times is None:
        raise ValueError("the log needs times, so that clicks can be later")
    users, places = np.nonzero(clicks)
    times = np.full(len(users), log.times.max() + 1)
    return replace(
        log,
        users=np.append(log.users, users.astype(np.int32)),
        items=np.append(log.items, items[users, places].astype(np.int32)),
        times=np.append(log.times, times),
        ratings=None,
        ordered=False,
    )
