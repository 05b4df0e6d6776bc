"""What films with ids that begin alike have in common, and how well each code is predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from recsys_helpers import Catalogue, Queries
from recsys_helpers._types import F64, I32, Floats
from recsys_helpers.recommenders.neural.semantic_ids import prefix_numbers


@dataclass(frozen=True)
class Likeness:
    """How alike two different films of a set of pairs are.

    Parameters
    ----------
    n_pairs
        How many pairs.
    genre
        The share of pairs that have a genre in common.
    years
        The mean number of years between the two, over pairs whose years are both known.
    """

    n_pairs: int
    genre: float
    years: float


def likeness(catalogue: Catalogue, codes: I32) -> Likeness:
    """Return how alike films with equal codes are.

    Parameters
    ----------
    catalogue
        Its item table has columns "genres", a list for each film, and "year".
    codes
        Shape (n_items, n): all pairs of films with equal rows count.

    Examples
    --------
    >>> films = {"item": [1, 2, 3], "genres": [["War"], ["War", "Drama"], ["Comedy"]]}
    >>> catalogue = Catalogue(pl.DataFrame(films | {"year": [1990, 1994, 2000]}))
    >>> likeness(catalogue, np.array([[0], [0], [1]], np.int32))
    Likeness(n_pairs=1, genre=1.0, years=4.0)
    """
    names = catalogue.items["genres"].explode().drop_nulls().unique().to_list()
    has = [catalogue.items["genres"].list.contains(name).to_numpy() for name in names]
    has_genre = np.column_stack(has).astype(np.float32)  # (n_items, n_genres)
    year = catalogue.items["year"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    branch = prefix_numbers(codes)[:, -1]
    pairs = np.triu(branch[:, None] == branch, 1)
    common = has_genre @ has_genre.T > 0
    apart = np.abs(year[:, None] - year)
    return Likeness(int(pairs.sum()), float(common[pairs].mean()), float(np.nanmean(apart[pairs])))


def code_losses(ids: I32, log_p: Floats, queries: Queries) -> F64:
    r"""Return the loss of each code of the targets' ids, given the codes before it.

    .. math:: -\log P(c_{jl} \mid H, c_{j1}, \dots, c_{j, l - 1})

    The probability of a beginning is the sum of those of all items whose ids begin so.

    Parameters
    ----------
    ids
        Codes and last digit of each item, shape (n_items, n_levels + 1).
    log_p
        Log-probability of each item for each history, shape (n, n_items).
    queries
        The n histories with their targets.

    Returns
    -------
    F64
        In nats, shape (n_targets, n_levels + 1). A row sums to the loss of the target itself.
    """
    beginnings = prefix_numbers(ids)  # (n_items, n_levels + 1)
    n_items, n_codes = ids.shape
    of_beginning = np.zeros((len(queries.targets), n_codes + 1))
    for level, numbers in enumerate(beginnings.T, start=1):
        at = (np.arange(n_items), numbers)
        below = sparse.csr_array((np.ones(n_items), at), (n_items, beginnings.max() + 1))
        p = np.exp(log_p.astype(np.float64)) @ below  # (n, n_prefixes)
        of_beginning[:, level] = np.log(p[queries.rows, numbers[queries.targets]])
    return -np.diff(of_beginning, axis=1)
