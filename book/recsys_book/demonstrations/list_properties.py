"""What lists are like, beyond accuracy: their genres, how known and how various their items are."""

from __future__ import annotations

import numpy as np
from scipy import sparse, special

from recsys_helpers import Catalogue
from recsys_helpers._types import F64, I32, I64
from recsys_helpers.log.histories import Histories


def genre_weights(catalogue: Catalogue) -> F64:
    r"""Return how much of each item belongs to each genre.

    Parameters
    ----------
    catalogue
        Its item table has a column "genres", a list for each item.

    Returns
    -------
    F64
        Shape (n_items, n_genres); the genres of an item share it evenly, and an item without
        genres has zeros.

    Examples
    --------
    >>> import polars as pl
    >>> films = pl.DataFrame({"item": [1, 2], "genres": [["Drama", "War"], ["War"]]})
    >>> genre_weights(Catalogue(films))
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    genres = catalogue.items["genres"]
    names = genres.explode().drop_nulls().unique().sort().to_list()
    has = np.column_stack(
        [genres.list.contains(name).fill_null(False).to_numpy() for name in names]
    )
    return np.asarray(has / np.maximum(has.sum(axis=1, keepdims=True), 1))


def miscalibration(histories: Histories, lists: I32, weights: F64, alpha: float = 0.01) -> F64:
    r"""Return how far the genres of each list are from those of its history.

    .. math:: \sum_g p_g \ln \frac{p_g}{\tilde q_g}, \qquad
        \tilde q_g = (1 - \alpha)\, q_g + \alpha\, p_g

    where p and q are the mean weights of genres in the history and in the list.

    Parameters
    ----------
    histories
        n histories.
    lists
        Their lists, shape (n, k), padded with −1.
    weights
        As `genre_weights` returns, shape (n_items, n_genres).
    alpha
        :math:`\alpha`, between 0 and 1, keeps the figure finite where the list lacks a genre.

    Returns
    -------
    F64
        0 where the list has the history's genres, larger the more it lacks, shape (n,); NaN where
        history or list has no genre.

    References
    ----------
    Steck (2018), "Calibrated recommendations", RecSys. https://doi.org/10.1145/3240323.3240372

    Examples
    --------
    A history of drama and war, a list of both, and one of war only:

    >>> import polars as pl
    >>> films = {"item": [1, 2, 3, 4], "genres": [["Drama"], ["War"], ["Drama"], ["War"]]}
    >>> catalogue = Catalogue(pl.DataFrame(films))
    >>> histories = Histories.from_lists(catalogue, [[1, 2], [1, 2]])
    >>> lists = np.array([[2, 3], [3, -1]])
    >>> miscalibration(histories, lists, genre_weights(catalogue), alpha=0.5)  # .5 ln(.5 / .25) + …
    array([0.        , 0.14384104])
    """
    owners, places = np.nonzero(lists >= 0)
    p = _shares(histories.owners, histories.items, weights, len(histories))
    q = _shares(owners, lists[owners, places], weights, len(histories))
    return np.asarray(special.rel_entr(p, (1 - alpha) * q + alpha * p).sum(axis=1))


def _shares(owners: I64, items: I32, weights: F64, n: int) -> F64:
    """Return the mean weights of each owner's items, made to sum to 1, shape (n, n_genres)."""
    cells = (np.ones(len(items)), (owners, items))
    sums = np.asarray(sparse.csr_array(cells, (n, len(weights))) @ weights)
    totals = sums.sum(axis=1, keepdims=True)
    shares: F64 = np.divide(sums, totals, out=np.full_like(sums, np.nan), where=totals > 0)
    return shares


def popularity_lift(histories: Histories, lists: I32, train_counts: I64) -> F64:
    r"""Return how much more popular the items of each list are than those of its history.

    .. math:: \frac{\frac{1}{k} \sum_{i \in L} n_i}{\frac{1}{|H|} \sum_{i \in H} n_i} - 1

    Parameters
    ----------
    histories
        n histories.
    lists
        Their lists, shape (n, k), padded with −1.
    train_counts
        :math:`n_i`, the number of training rows of each item, shape (n_items,).

    Returns
    -------
    F64
        0 if they are as popular, 1 if twice as popular, shape (n,); NaN where the history has no
        item with a training row, or the list is empty.

    References
    ----------
    Kowald, Schedl and Lex (2020), "The unfairness of popularity bias in music recommendation: a
    reproducibility study", ECIR, who compare groups of users.
    https://doi.org/10.1007/978-3-030-45442-5_5

    Examples
    --------
    >>> import polars as pl
    >>> catalogue = Catalogue(pl.DataFrame({"item": [1, 2, 3]}))
    >>> histories = Histories.from_lists(catalogue, [[2, 3]])
    >>> popularity_lift(histories, np.array([[0]]), np.array([6, 3, 1]))  # 6 / 2 - 1
    array([2.])
    """
    n_listed = (lists >= 0).sum(axis=1)
    of_lists = np.where(lists >= 0, train_counts[lists], 0).sum(axis=1)
    of_histories = np.bincount(histories.owners, train_counts[histories.items], len(histories))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = of_lists / n_listed / (of_histories / histories.lengths)
    return np.asarray(np.where(np.isfinite(ratios), ratios - 1, np.nan))


def surprise(lists: I32, train_counts: I64) -> F64:
    r"""Return how surprising the items of each list are on average, in bits.

    .. math:: \frac{1}{k} \sum_{i \in L} -\log_2 \frac{n_i}{\sum_j n_j}

    The average over lists is `metrics.novelty` where all are of one length; one value for each list
    allows an interval.

    Parameters
    ----------
    lists
        Shape (n, k), padded with −1.
    train_counts
        :math:`n_i`, as in `popularity_lift`; an item without a row counts as if it had one.

    Returns
    -------
    F64
        Shape (n,); NaN for an empty list.

    Examples
    --------
    >>> surprise(np.array([[0, 1], [2, -1]]), np.array([4, 2, 2]))  # 1 and 2 bits, 2 bits
    array([1.5, 2. ])
    """
    bits = np.log2(train_counts.sum() / np.maximum(train_counts, 1))
    total = np.where(lists >= 0, bits[lists], 0).sum(axis=1)
    n_listed = (lists >= 0).sum(axis=1)
    mean: F64 = np.divide(total, n_listed, out=np.full(len(lists), np.nan), where=n_listed > 0)
    return mean


def coverage_of_groups(
    lists: I32, users: I64, n_items: int, n_users: int, n_groups: int = 200, seed: int = 0
) -> F64:
    """Return which share of the catalogue random groups of users get to see.

    The coverage of all lists grows with their number, and drawing users with replacement, as a
    bootstrap does, shrinks it. Groups of one size, without replacement, can be compared.

    Parameters
    ----------
    lists
        Shape (n, k), padded with −1.
    users
        Whose lists they are, shape (n,).
    n_items
        Size of the catalogue.
    n_users
        How many different users a group has, at most all there are.
    n_groups
        How many groups are drawn.
    seed
        Which groups.

    Returns
    -------
    F64
        Shape (n_groups,).

    Raises
    ------
    ValueError
        If there are fewer than `n_users` users.

    Examples
    --------
    Each of two users sees two of eight items, and one of them is the same:

    >>> lists = np.array([[0, 1], [1, 2]])
    >>> coverage_of_groups(lists, np.array([0, 1]), n_items=8, n_users=1, n_groups=3)
    array([0.25, 0.25, 0.25])
    >>> coverage_of_groups(lists, np.array([0, 1]), n_items=8, n_users=2, n_groups=1)
    array([0.375])
    """
    names, of_list = np.unique(users, return_inverse=True)
    if not 1 <= n_users <= len(names):
        raise ValueError(f"n_users must be 1 … {len(names)}, the users there are, not {n_users}")
    owners, places = np.nonzero(lists >= 0)
    cells = (np.ones(len(owners)), (of_list[owners], lists[owners, places]))
    shown = sparse.csr_array(cells, (len(names), n_items)) > 0
    rng = np.random.default_rng(seed)
    drawn = [rng.permutation(len(names))[:n_users] for _ in range(n_groups)]
    return np.array([len(np.unique(shown[group].indices)) / n_items for group in drawn])
