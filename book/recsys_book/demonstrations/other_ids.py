"""TIGER with ids made of other vectors than its own, to see what the ids are worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from recsys_book.demonstrations.nearest_content import directions
from recsys_book.text_vectors import with_text_vectors
from recsys_helpers import TIGER, Catalogue, Interactions, Queries
from recsys_helpers._types import Floats


@dataclass(eq=False, kw_only=True)
class TIGERWithRandomIds(TIGER):
    """TIGER whose codes say nothing of an item: its vectors are random numbers."""

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        rng = np.random.default_rng(self.seed)
        super()._fit(with_vectors(train, rng.normal(size=(train.n_items, 64))), valid)


@dataclass(eq=False, kw_only=True)
class TIGERWithTasteIds(TIGER):
    """TIGER whose items begin alike if the same users met them (`taste_vectors`)."""

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(with_vectors(train, taste_vectors(train, 64, self.seed)), valid)


@dataclass(eq=False, kw_only=True)
class TIGERWithLanguageIds(TIGER):
    """TIGER whose ids are made of a language model's vectors of the films' texts."""

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(with_text_vectors(train), valid)


def with_vectors(log: Interactions, vectors: Floats) -> Interactions:
    """Return the same log with a column "vector" in its item table.

    Parameters
    ----------
    log
        Any log.
    vectors
        One for each item of the catalogue, shape (n_items, d).

    Examples
    --------
    >>> frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> with_vectors(log, np.eye(2)).catalogue.items["vector"].to_list()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    column = pl.Series("vector", vectors.tolist(), dtype=pl.List(pl.Float64))
    return replace(log, catalogue=Catalogue(log.catalogue.items.with_columns(column)))


def taste_vectors(train: Interactions, dim: int, seed: int) -> Floats:
    r"""Return vectors of items from who met them, so that items met by the same users are alike.

    .. math:: M \approx U \Sigma V^\top, \qquad M_{ui} = \frac{n_{ui}}{\sqrt{n_u\, n_i}}

    where user u met item i :math:`n_{ui}` times. Item i gets row i of V, divided by its length, so
    that popular items are not set apart by their popularity.

    Parameters
    ----------
    train
        The training rows.
    dim
        How many directions.
    seed
        Of the decomposition.

    Returns
    -------
    Floats
        Shape (n_items, dim), 0 for an item without a row.

    Examples
    --------
    Two pairs of items, each met by two users of its own:

    >>> rows = {"user": [1, 1, 2, 2, 3, 3, 4, 4], "item": list("ababcdcd")}
    >>> log = Interactions.from_frame(pl.DataFrame(rows), timestamp=None)
    >>> v = taste_vectors(log, dim=2, seed=0)
    >>> (v @ v.T > 0.5)[0].tolist()
    [True, True, False, False]
    """
    met = train.matrix()  # (n_users, n_items)
    of_users: Floats = np.asarray(met.sum(axis=1))
    of_items: Floats = np.asarray(met.sum(axis=0))
    by_users, by_items = (np.maximum(n, 1) ** -0.5 for n in (of_users, of_items))
    scaled = sparse.diags_array(by_users) @ met @ sparse.diags_array(by_items)
    vectors = TruncatedSVD(dim, random_state=seed).fit(scaled).components_.T
    return directions(vectors) * (of_items > 0)[:, None]
