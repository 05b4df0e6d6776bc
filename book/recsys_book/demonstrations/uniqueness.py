"""How many people fit a few known ratings: one is enough to give a pseudonym away."""

from __future__ import annotations

import numpy as np

from recsys_helpers import Interactions
from recsys_helpers._types import F64, I64


def drawn_rows(
    log: Interactions,
    k: int,
    n_draws: int = 1000,
    *,
    popularity: tuple[int, float] = (1, np.inf),
    seed: int = 0,
) -> I64:
    """Return k rows each of people drawn at random, as if a friend knew these.

    Parameters
    ----------
    log
        The log.
    k
        How many rows are known.
    n_draws
        How many people are drawn, with replacement, of those with k rows that may be known.
    popularity
        The fewest and the most rows that the item of a known row has in the log.
    seed
        Of the draw.

    Returns
    -------
    I64
        Row numbers, shape (n_draws, k).

    Raises
    ------
    ValueError
        If nobody has as many rows with such items.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> log = synthetic(n_users=50, n_items=30).interactions
    >>> drawn_rows(log, k=3, n_draws=2).shape
    (2, 3)
    """
    fewest, most = popularity
    counts = np.bincount(log.items, minlength=log.n_items)[log.items]  # (n_rows,)
    rows = np.flatnonzero((counts >= fewest) & (counts <= most))
    n_known = np.bincount(log.users[rows], minlength=log.n_users)
    able = np.flatnonzero(n_known >= k)
    if not len(able):
        raise ValueError(f"nobody has {k} rows with items of such popularity: lower k")
    rows = rows[np.argsort(log.users[rows], kind="stable")]
    starts = np.cumsum(n_known) - n_known
    rng = np.random.default_rng(seed)
    return np.stack(
        [
            rows[starts[user] + rng.choice(n_known[user], k, replace=False)]
            for user in rng.choice(able, n_draws)
        ]
    )


def n_fitting(
    log: Interactions,
    rows: I64,
    *,
    stars: float | None = 0.0,
    days: float | None = None,
    n_wrong: int = 0,
    seed: int = 0,
) -> I64:
    """Return how many people of the log fit what is known of somebody.

    A known row fits a person who has a row with the item whose rating and time are near enough. A
    person fits if all known rows but `n_wrong` do. Where only one person fits, the known rows
    single somebody out.

    Parameters
    ----------
    log
        The log, with pseudonyms in place of names.
    rows
        What is known of each: row numbers, shape (n, k).
    stars, days
        How far a known rating and time may be from the truth; both are moved at random within
        these limits. None if ratings or times are not known.
    n_wrong
        How many of the k known rows may be wrong. As many are: rows of anybody.
    seed
        Of the errors.

    Returns
    -------
    I64
        Number of people, shape (n,); 1 or more.

    Raises
    ------
    ValueError
        If the log lacks ratings or times that are to be known.

    References
    ----------
    Narayanan and Shmatikov (2008), "Robust de-anonymization of large sparse datasets", IEEE S&P,
    section 5, whose 8 ratings with 2 wrong and dates within 14 days single out 99 % of people in
    the Netflix log. https://doi.org/10.1109/SP.2008.33

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rating": [3, 4, 3]})
    >>> log = Interactions.from_frame(frame, timestamp=None, rating="rating")
    >>> n_fitting(log, np.array([[0], [1]]))  # two people gave "a" 3 stars, one gave "b" 4
    array([2, 1])
    """
    rng = np.random.default_rng(seed)
    known = rows.copy()
    known[:, :n_wrong] = rng.integers(len(log), size=(len(rows), n_wrong))
    order = np.argsort(log.items, kind="stable")
    starts = np.searchsorted(log.items[order], np.arange(log.n_items + 1))
    columns = [
        (values, limit, values[known] + rng.uniform(-limit, limit, known.shape))
        for values, limit in _columns(log, stars, days)
    ]
    fitting = np.empty(len(rows), np.int64)
    for person, own in enumerate(known):
        n_found = np.zeros(log.n_users, np.int64)
        for place, row in enumerate(own):
            met = order[starts[log.items[row]] : starts[log.items[row] + 1]]
            for values, limit, given in columns:
                met = met[np.abs(values[met] - given[person, place]) <= limit + 1e-6]
            n_found[np.unique(log.users[met])] += 1
        fitting[person] = np.count_nonzero(n_found >= len(own) - n_wrong)
    return fitting


def _columns(log: Interactions, stars: float | None, days: float | None) -> list[tuple[F64, float]]:
    """Return what is known besides items, each with its largest error."""
    columns = []
    if stars is not None:
        if log.ratings is None:
            raise ValueError("this log has no ratings: say stars=None")
        columns.append((log.ratings.astype(np.float64), stars))
    if days is not None:
        columns.append((days_of(log), days))
    return columns


def days_of(log: Interactions) -> F64:
    """Return the time of each row in days since 1970, with fractions.

    Parameters
    ----------
    log
        A log with times.

    Returns
    -------
    F64
        Shape (n_rows,).

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1], "item": [1], "timestamp": ["1970-01-02T12:00"]})
    >>> days_of(Interactions.from_frame(frame))
    array([1.5])
    """
    return log.datetimes.dt.epoch("ms").to_numpy() / 86_400_000
