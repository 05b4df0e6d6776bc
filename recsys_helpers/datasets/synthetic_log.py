"""Synthetic logs drawn from a known model, so that the best possible result is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import F64, I32
from recsys_helpers.datasets import _simulate
from recsys_helpers.datasets.truth import Truth
from recsys_helpers.log import Catalogue, Histories, Interactions, _ids

GENRES = ("Action", "Comedy", "Crime", "Drama", "Fantasy", "Romance", "Thriller", "Western")


@dataclass(frozen=True, eq=False, repr=False)
class SyntheticLog:
    r"""A synthetic log and the truth behind it; see `synthetic` for the model.

    Parameters
    ----------
    interactions
        The log; the rows of a user are in the order in which they were drawn.
    truth
        The distribution of the next item, with `tastes`, `item_genres`, `popularity`, `successors`,
        `successor_probabilities` and `order`.
    user_bias, item_bias
        How much a user and an item add to a rating, in stars, shapes (n_users,) and (n_items,).
    repeats
        Whether a user may meet an item again.
    """

    interactions: Interactions
    truth: Truth
    user_bias: F64
    item_bias: F64
    repeats: bool

    def __repr__(self) -> str:
        log = self.interactions
        return f"SyntheticLog: {log.n_users:,} users × {log.n_items:,} items, {len(log):,} rows"

    def next_item_probabilities(self, users: ArrayLike, histories: Histories) -> F64:
        """Return the distribution from which each user's next item is drawn.

        No recommender can do better than ranking by it. It is exact if the histories are in the
        order in which the items were drawn: with `tied=0`, or `order_ties="file"`.

        Parameters
        ----------
        users
            User ids, shape (n,), for instance `histories.keys`.
        histories
            The items that each of these users has met: n histories over this log's catalogue.

        Returns
        -------
        F64
            Probabilities, shape (n, n_items); each row sums to 1. Without repeats, items of the
            history have probability 0; if no item is left, the whole row is 0.

        Raises
        ------
        ValueError
            If a user is unknown, there are more or fewer users than histories, or the histories
            have another catalogue.

        Examples
        --------
        >>> made = synthetic(n_users=3, n_items=8, mean_length=2, order=1.0, n_genres=2, tied=0)
        >>> history = Histories.from_lists(made.interactions.catalogue, [[1]], keys=[2])
        >>> p = made.next_item_probabilities(history.keys, history)
        >>> bool(np.isclose(p[0, made.truth.successors[0]].sum(), 1))
        True
        """
        _arguments.instance("histories", histories, Histories, "Histories")
        catalogue = self.interactions.catalogue
        if histories.catalogue.fingerprint != catalogue.fingerprint:
            raise ValueError("the histories have another catalogue than this synthetic log")
        ids = _ids.given_ids(users, "users")
        if len(ids) != len(histories):
            raise ValueError(f"{len(ids)} users were given for {len(histories)} histories")
        codes = self.interactions.user_codes(ids)
        last = np.full(len(histories), -1, np.int32)
        last[histories.lengths > 0] = histories.last(1).items
        seen = np.zeros((len(histories), catalogue.n_items), np.bool_)
        if not self.repeats:
            seen[histories.owners, histories.items] = True
        return self.truth.probabilities(codes, last, seen)


def synthetic(
    n_users: int = 1_000,
    n_items: int = 500,
    mean_length: float = 20,
    *,
    order: float = 0.5,
    n_genres: int = 8,
    popularity: float = 1.0,
    tied: float = 0.1,
    repeats: bool = False,
    seed: int = 0,
) -> SyntheticLog:
    r"""Draw a log from a model, and return it with the model's true probabilities.

    Item i has one genre :math:`g_i` and a Zipf popularity
    :math:`p_i \propto \mathrm{rank}_i^{-a}`. User u has a taste :math:`\theta_u` over genres: 95 %
    are drawn from a Dirichlet distribution (all its parameters .5), 5 % are spread evenly. After
    item l the next item is drawn from

    .. math::

        q(i \mid u, l) = \omega\, s(i \mid l)
        + (1 - \omega)\, \theta_{u g_i} \frac{p_i}{\sum_{j: g_j = g_i} p_j}

    where s gives five fixed successors of l, drawn once by popularity, the probabilities .4, .25,
    .15, .12 and .08 (in a catalogue of five items or fewer, all other items, renormalised). The
    first item is drawn with :math:`\omega = 0`. Without repeats, q is renormalised over the items
    not yet met; if these have no probability, :math:`\omega = 0` is used. The rating is
    :math:`3 + b_u + b_i + \theta_{u g_i} + \varepsilon` stars, with normal :math:`b_u, b_i`
    (standard deviation .4) and :math:`\varepsilon` (.5), rounded to half stars between .5 and 5.

    Parameters
    ----------
    n_users, n_items
        Number of users and of items; ids count from 1. Items without interactions stay in the
        catalogue.
    mean_length
        Mean number of rows of a user: half of it, and a geometric number more; cut at n_items
        without repeats.
    order
        :math:`\omega`, from 0 (the last item says nothing about the next) to 1 (it says all).
    n_genres
        Number of genres, at most n_items.
    popularity
        :math:`a`, the exponent of popularity; 0 makes all items of a genre equally popular.
    tied
        The probability that a row has the same timestamp as the user's row before it.
    repeats
        Whether a user may meet an item again.
    seed
        0 … 2**32 − 1; the same seed gives the same log. NumPy's global state is not used.

    Returns
    -------
    SyntheticLog
        The log, with ratings, times in seconds and item features title, year and genres, and the
        truth.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> made = synthetic(n_users=50, n_items=30, mean_length=6)
    >>> made.interactions.n_users, made.interactions.catalogue
    (50, Catalogue: 30 items with title, year, genres)
    """
    _arguments.seed(seed)
    _arguments.whole("n_users", n_users, 1)
    _arguments.whole("n_items", n_items, 2)
    _arguments.whole("n_genres", n_genres, 1)
    _arguments.between("order", order, 0, 1)
    _arguments.between("tied", tied, 0, 1)
    _arguments.between("popularity", popularity, 0, 10)
    _arguments.flag("repeats", repeats)
    _arguments.number("mean_length", mean_length)
    if n_genres > n_items:
        raise ValueError(f"n_genres is {n_genres}, more than the {n_items} items")
    if not mean_length >= 1:
        raise ValueError(f"mean_length must be at least 1, not {mean_length!r}")
    if not repeats and mean_length > n_items:
        raise ValueError(
            f"mean_length is {mean_length}, but without repeats a user can meet only the "
            f"{n_items} items. Say repeats=True or lower it"
        )
    rng = np.random.default_rng([seed, 0])
    item_genres = rng.permutation(np.arange(n_items) % n_genres).astype(np.int32)
    weights = (1.0 + rng.permutation(n_items)) ** -popularity
    shares = weights / weights.sum()
    tastes = 0.95 * rng.dirichlet(np.full(n_genres, 0.5), n_users) + 0.05 / n_genres
    chances = np.array([0.4, 0.25, 0.15, 0.12, 0.08])[: n_items - 1]
    successors = _simulate.draw_successors(rng, shares, len(chances))
    truth = Truth(tastes, item_genres, shares, successors, chances / chances.sum(), float(order))
    user_bias, item_bias = rng.normal(0, 0.4, n_users), rng.normal(0, 0.4, n_items)
    years = rng.integers(1950, 2025, n_items)
    lengths = _simulate.draw_lengths(rng, n_users, mean_length, None if repeats else n_items)
    users = np.repeat(np.arange(n_users, dtype=np.int32), lengths)
    items, times = _simulate.draw_rows(truth, lengths, tied, repeats, seed)
    stars = 3 + user_bias[users] + item_bias[items] + tastes[users, item_genres[items]]
    stars += rng.normal(0, 0.5, len(users))
    log = Interactions(
        Catalogue(_item_table(item_genres, years)),
        np.arange(1, n_users + 1),
        users,
        items,
        times,
        np.clip(np.round(2 * stars) / 2, 0.5, 5).astype(np.float32),
    )
    return SyntheticLog(log, truth, user_bias, item_bias, repeats)


def _item_table(genres: I32, years: NDArray[np.int64]) -> pl.DataFrame:
    names = [GENRES[g] if g < len(GENRES) else f"Genre {g + 1}" for g in genres.tolist()]
    numbers = range(1, len(names) + 1)
    return pl.DataFrame(
        {
            "item": list(numbers),
            "title": [f"{name} {number}" for name, number in zip(names, numbers, strict=True)],
            "year": years.tolist(),
            "genres": [[name] for name in names],
        },
        schema_overrides={"year": pl.Int32},
    )
