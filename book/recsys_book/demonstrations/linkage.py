"""The attack of Narayanan and Shmatikov: which pseudonym belongs to what a friend knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from recsys_book.demonstrations.uniqueness import days_of
from recsys_helpers import Interactions
from recsys_helpers._types import F64

STARS, DAYS = 1.5, 30.0
"""The scales of errors, as the paper has them."""


def linkage_scores(
    log: Interactions,
    items: Sequence[Any],
    *,
    ratings: ArrayLike | None = None,
    days: ArrayLike | None = None,
) -> F64:
    r"""Return how well each person of a log fits what is known of somebody.

    .. math::

        s_u = \sum_{i \in K \cap u} \frac{1}{\log n_i} \Bigl(
        e^{-|r_i - r_{ui}| / 1.5} + e^{-|d_i - d_{ui}| / 30} \Bigr)

    where K holds the known items, and :math:`n_i` is the number of rows of item i: what few people
    have met tells more. An item with a single row counts as one with two. Without ratings or days,
    their part is left out; without both, each known item that a person has met counts as 1.

    Parameters
    ----------
    log
        The log, with pseudonyms in place of names.
    items
        The known items, in the log's ids, shape (k,).
    ratings
        :math:`r_i`, the known ratings, shape (k,).
    days
        :math:`d_i`, when these were given, in days since 1970, shape (k,).

    Returns
    -------
    F64
        Shape (n_users,).

    Raises
    ------
    ValueError
        If an item is unknown, or the log lacks ratings or times that are known.

    References
    ----------
    Narayanan and Shmatikov (2008), "Robust de-anonymization of large sparse datasets", IEEE S&P,
    section 5. https://doi.org/10.1109/SP.2008.33

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rating": [3, 4, 3]})
    >>> log = Interactions.from_frame(frame, timestamp=None, rating="rating")
    >>> linkage_scores(log, ["a", "b"], ratings=[3, 4]).round(2)  # each item adds 1 / log 2
    array([2.89, 1.44])
    """
    known: list[tuple[F64, F64, float]] = []
    if ratings is not None:
        if log.ratings is None:
            raise ValueError("this log has no ratings to compare with")
        known.append((np.asarray(ratings, np.float64), log.ratings.astype(np.float64), STARS))
    if days is not None:
        known.append((np.asarray(days, np.float64), days_of(log), DAYS))
    counts = np.bincount(log.items, minlength=log.n_items)
    scores = np.zeros(log.n_users)
    for place, item in enumerate(log.catalogue.codes(items)):
        rows = np.flatnonzero(log.items == item)
        alike = sum(
            np.exp(-np.abs(given[place] - all_[rows]) / scale) for given, all_, scale in known
        )
        of_item = np.zeros(log.n_users)
        np.maximum.at(of_item, log.users[rows], alike if known else 1.0)
        scores += of_item / np.log(max(counts[item], 2))
    return scores


def eccentricity(scores: F64) -> float:
    r"""Return how far the best score stands out from the second best.

    .. math:: \frac{s_{(1)} - s_{(2)}}{\sigma(s)}

    Parameters
    ----------
    scores
        Of `linkage_scores`, shape (n_users,), two or more.

    Returns
    -------
    float
        In standard deviations of all scores; 0 where all are equal. From 1.5 on, the paper takes
        the best for the right one, and says else that nobody fits.

    References
    ----------
    As in `linkage_scores`.

    Examples
    --------
    >>> eccentricity(np.array([0.0, 2.0]))  # the deviation is 1
    2.0
    """
    second, best = np.sort(scores)[-2:]
    return float((best - second) / scores.std()) if best > second else 0.0
