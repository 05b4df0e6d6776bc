"""Queries: histories and the items that came next, with which recommenders are evaluated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from recsys_helpers import _arguments
from recsys_helpers._types import I32, I64
from recsys_helpers.log._ragged import ragged_rows, starts_of
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.histories import Histories


@dataclass(frozen=True, eq=False, repr=False)
class Queries:
    """Histories, each with its targets: the items that a good list for it contains.

    `split.valid` and `split.test` are queries. The targets of query i are
    `targets[target_indptr[i]:target_indptr[i + 1]]`. All arrays are read-only.

    Parameters
    ----------
    histories
        What is known when the list is made; n histories.
    target_indptr
        Where each query's targets start, shape (n + 1,), from 0 to n_targets.
    targets
        Item codes, shape (n_targets,): at least one for each query, none twice within a query.
    users
        Codes of the users to whom the histories belong, shape (n,). Queries of one user are not
        independent, so intervals resample users.
    train_counts
        Number of rows of each item in the training part of the split, shape (n_items,).

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit each other, a query has no target or one twice, a code lies outside the
        catalogue, or a user or a count is negative.

    Examples
    --------
    >>> import polars as pl
    >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
    >>> histories = Histories.from_lists(catalogue, [["a"], ["a", "b"]])
    >>> Queries(histories, np.array([0, 1, 2]), np.array([1, 2]), np.zeros(2, int), np.ones(3, int))
    Queries: 2 queries of 1 users, 2 targets, from a catalogue of 3
    """

    histories: Histories
    target_indptr: I64
    targets: I32
    users: I32
    train_counts: I64

    def __post_init__(self) -> None:
        _arguments.instance("histories", self.histories, Histories, "Histories")
        n, n_items = len(self.histories), self.catalogue.n_items
        _arguments.freeze(self, "target_indptr", np.int64, n + 1)
        if self.target_indptr[0] != 0 or (self.n_relevant < 1).any():
            raise ValueError(
                "target_indptr must start with 0 and rise at every step: each query has a target"
            )
        _arguments.freeze(self, "targets", np.int32, int(self.target_indptr[-1]))
        _arguments.check_codes(self.targets, n_items, "targets", "catalogue")
        pairs = np.sort(self.rows * n_items + self.targets)
        twice = np.flatnonzero(pairs[1:] == pairs[:-1])
        if len(twice):
            raise ValueError(f"query {pairs[twice[0]] // n_items} has the same target twice")
        _arguments.freeze(self, "users", np.int32, n)
        _arguments.freeze(self, "train_counts", np.int64, n_items)
        for name in ("users", "train_counts"):
            if (getattr(self, name) < 0).any():
                raise ValueError(f"{name} must be 0 or more")

    def __repr__(self) -> str:
        return (
            f"Queries: {len(self):,} queries of {len(np.unique(self.users)):,} users, "
            f"{len(self.targets):,} targets, from a catalogue of {self.catalogue.n_items:,}"
        )

    def __len__(self) -> int:
        return len(self.histories)

    @property
    def catalogue(self) -> Catalogue:
        """The items that the codes refer to."""
        return self.histories.catalogue

    @property
    def n_relevant(self) -> I64:
        """Number of targets of each query, shape (n,)."""
        return np.diff(self.target_indptr)

    @property
    def rows(self) -> I64:
        """The query of each target, shape (n_targets,)."""
        return np.repeat(np.arange(len(self)), self.n_relevant)

    def take(self, rows: ArrayLike) -> Queries:
        """Return only these queries, in this order.

        Parameters
        ----------
        rows
            Which queries: numbers in 0 … n − 1, shape (m,), which may repeat, or a Boolean mask,
            shape (n,).

        Returns
        -------
        Queries
            m queries over the same catalogue.

        Raises
        ------
        ValueError, TypeError
            If a number lies outside 0 … n − 1, or `rows` is neither numbers nor a mask.
        """
        chosen = _arguments.rows(rows, len(self))
        lengths = self.n_relevant[chosen]
        targets = self.targets[ragged_rows(self.target_indptr[chosen], lengths)]
        return Queries(
            self.histories.take(chosen),
            starts_of(lengths),
            targets,
            self.users[chosen],
            self.train_counts,
        )
