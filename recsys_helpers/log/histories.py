"""Histories: the items of each user, oldest first, as one ragged array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, overload

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy import sparse

from recsys_helpers import _arguments, _machine
from recsys_helpers._types import F32, I32, I64, Ids, TimeUnit
from recsys_helpers.log import _ids, _views
from recsys_helpers.log._ragged import picked, ragged_rows, starts_of
from recsys_helpers.log.catalogue import Catalogue

COPIED = 36
"""Bytes that one row copied into a history takes at the peak: row number, item, time, rating, and
the difference between two times, which is checked."""


@dataclass(frozen=True, eq=False, repr=False)
class Histories:
    """The items of n users, oldest first; history i is `items[indptr[i]:indptr[i + 1]]`.

    A recommender ranks items *for a history*, so a user never seen in training is the normal case.
    All arrays are read-only views; they share memory with the arrays given.

    Parameters
    ----------
    catalogue
        The items that the codes refer to.
    indptr
        Where each history starts in `items`, shape (n + 1,), from 0 to nnz.
    items
        Item codes, shape (nnz,), oldest first within a history.
    times
        When each item was met, shape (nnz,), never decreasing within a history.
    ratings
        How it was rated, shape (nnz,), float32.
    at
        The time for which each prediction is made, shape (n,).
    keys
        The caller's ids of the histories, shape (n,); an id may repeat.
    time_unit
        The unit of `times` and `at`, as in `Interactions`.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit each other, codes lie outside the catalogue, times run backwards or
        ratings are not finite.

    Examples
    --------
    >>> import polars as pl
    >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
    >>> histories = Histories(catalogue, np.array([0, 2, 2]), np.array([2, 0], np.int32))
    >>> histories
    Histories: 2 histories, 2 items, from a catalogue of 3
    >>> histories[0], histories[:1]
    (array([2, 0], dtype=int32), Histories: 1 histories, 2 items, from a catalogue of 3)
    >>> histories.to_lists()
    [['c', 'a'], []]
    """

    catalogue: Catalogue
    indptr: I64
    items: I32
    times: I64 | None = None
    ratings: F32 | None = None
    at: I64 | None = None
    keys: Ids | None = None
    time_unit: TimeUnit = "s"

    def __post_init__(self) -> None:
        _arguments.instance("catalogue", self.catalogue, Catalogue, "a Catalogue (log.catalogue)")
        _arguments.freeze(self, "indptr", np.int64)
        if len(self.indptr) == 0 or self.indptr[0] != 0 or (np.diff(self.indptr) < 0).any():
            raise ValueError("indptr must start with 0 and never decrease")
        _arguments.freeze(self, "items", np.int32)
        if self.indptr[-1] != len(self.items):
            raise ValueError(
                f"indptr must end at {len(self.items):,}, the number of items, "
                f"but ends at {self.indptr[-1]:,}"
            )
        _arguments.check_codes(self.items, self.catalogue.n_items, "items", "catalogue")
        _arguments.freeze(self, "times", np.int64, len(self.items))
        _arguments.freeze(self, "ratings", np.float32, len(self.items))
        _arguments.freeze(self, "at", np.int64, len(self))
        _arguments.freeze(self, "keys", None, len(self))
        self._check_times()
        _arguments.check_finite(self.ratings, "ratings")
        _arguments.choice("time_unit", self.time_unit, TimeUnit)

    def _check_times(self) -> None:
        if self.times is None:
            return
        in_order = np.append(np.diff(self.times) >= 0, True)
        in_order[self.indptr[1:] - 1] = True  # what follows a last item is another history
        if not in_order.all():
            row = np.searchsorted(self.indptr, np.argmin(in_order), side="right") - 1
            raise ValueError(f"times of history {row} run backwards; histories are oldest first")

    def __repr__(self) -> str:
        return (
            f"Histories: {len(self):,} histories, {len(self.items):,} items, "
            f"from a catalogue of {self.catalogue.n_items:,}"
        )

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @overload
    def __getitem__(self, i: int) -> I32: ...
    @overload
    def __getitem__(self, i: slice) -> Histories: ...
    def __getitem__(self, i: int | slice) -> I32 | Histories:
        """Return the item codes of history i, oldest first, or the histories of a slice."""
        if isinstance(i, slice):
            return self._slice(*i.indices(len(self)))
        if not -len(self) <= i < len(self):
            raise IndexError(f"history {i} asked for, but there are {len(self):,}")
        i = range(len(self))[i]
        return self.items[self.indptr[i] : self.indptr[i + 1]]

    def _slice(self, start: int, stop: int, step: int) -> Histories:
        """Return histories that share memory with these where they lie side by side."""
        if step != 1 or stop <= start:
            return self.take(range(start, stop, step))
        first, last = self.indptr[[start, stop]]
        indptr = self.indptr[start : stop + 1] - first
        return self._part(slice(start, stop), indptr, slice(first, last))

    def _part(self, rows: I64 | slice, indptr: I64, items: I64 | slice) -> Histories:
        """Return new histories: those in `rows`, made of the items in `items`."""
        return Histories(
            self.catalogue,
            indptr,
            self.items[items],
            picked(self.times, items),
            picked(self.ratings, items),
            picked(self.at, rows),
            picked(self.keys, rows),
            self.time_unit,
        )

    def __iter__(self) -> Iterator[I32]:
        return (self[i] for i in range(len(self)))

    @property
    def lengths(self) -> I64:
        """Number of items in each history, shape (n,)."""
        return np.diff(self.indptr)

    @property
    def owners(self) -> I64:
        """The history of each item, as its number, shape (nnz,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def take(self, rows: ArrayLike) -> Histories:
        """Return only these histories, in this order.

        Parameters
        ----------
        rows
            Which histories: numbers in 0 … n − 1, shape (m,), which may repeat, or a Boolean mask,
            shape (n,).

        Returns
        -------
        Histories
            m histories over the same catalogue.

        Raises
        ------
        ValueError, TypeError
            If a number lies outside 0 … n − 1, or `rows` is neither numbers nor a mask.
        MemoryError
            If rows are repeated so often that the result does not fit into memory.
        """
        chosen = _arguments.rows(rows, len(self))
        lengths = self.lengths[chosen]
        n_items = int(lengths.sum())
        if n_items > len(self.items):  # rows are repeated
            _machine.require_memory(
                COPIED * n_items,
                f"taking {len(chosen):,} histories of {n_items:,} items together",
                "take them in parts",
            )
        items = ragged_rows(self.indptr[chosen], lengths)
        return self._part(chosen, starts_of(lengths), items)

    def first(self, n: int | ArrayLike) -> Histories:
        """Return the same histories with only their first n items.

        Parameters
        ----------
        n
            How many items a history keeps at most, 0 or more: one number, or one for each history.

        Returns
        -------
        Histories
            As many histories as before; shorter ones are unchanged.

        Raises
        ------
        ValueError, TypeError
            If n is negative, no whole number, or not one for each history.

        Examples
        --------
        >>> import polars as pl
        >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
        >>> Histories.from_lists(catalogue, [["a", "b", "c"], ["b"]]).first([2, 0]).to_lists()
        [['a', 'b'], []]
        """
        lengths = self._at_most(n)
        items = ragged_rows(self.indptr[:-1], lengths)
        return self._part(slice(None), starts_of(lengths), items)

    def last(self, n: int | ArrayLike) -> Histories:
        """Return the same histories with only their last n items.

        Parameters
        ----------
        n
            As in `first`.

        Returns
        -------
        Histories
            As many histories as before; shorter ones are unchanged.

        Raises
        ------
        ValueError, TypeError
            As in `first`.

        Examples
        --------
        >>> import polars as pl
        >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
        >>> Histories.from_lists(catalogue, [["a", "b", "c"], ["b"]]).last(2).to_lists()
        [['b', 'c'], ['b']]
        """
        lengths = self._at_most(n)
        items = ragged_rows(self.indptr[1:] - lengths, lengths)
        return self._part(slice(None), starts_of(lengths), items)

    def _at_most(self, n: int | ArrayLike) -> I64:
        """Return the length of each history cut to n items."""
        given = _arguments.as_array(n, "n")
        for_each = np.full(len(self), n) if given.ndim == 0 else given
        most = _arguments.frozen(for_each, np.int64, "n", len(self))
        if (most < 0).any():
            raise ValueError(f"n must be 0 or more, not {most.min()}")
        lengths: I64 = np.minimum(self.lengths, most)
        return lengths

    def matrix(self, values: _views.Values = "count") -> sparse.csr_array[np.float32]:
        """Return the histories as a sparse matrix: a row for each history, a column for each item.

        Parameters
        ----------
        values
            As in `Interactions.matrix`.

        Returns
        -------
        scipy.sparse.csr_array
            Shape (n, n_items), float32.

        Raises
        ------
        ValueError
            If ratings are asked for and there are none.

        Examples
        --------
        >>> import polars as pl
        >>> catalogue = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
        >>> Histories.from_lists(catalogue, [["a", "c", "a"], []]).matrix().toarray()
        array([[2., 0., 1.],
               [0., 0., 0.]], dtype=float32)
        """
        shape = (len(self), self.catalogue.n_items)
        rows = self.owners.astype(np.int32)  # SciPy would widen the columns to 64 bits as well
        return _views.matrix(rows, self.items, self.ratings, shape, values)

    def to_lists(self) -> list[list[Any]]:
        """Return each history as a list of the caller's item ids, oldest first."""
        ids = self.catalogue.ids
        return [ids[history].tolist() for history in self]

    @classmethod
    def from_lists(
        cls,
        catalogue: Catalogue,
        lists_of_ids: Sequence[Sequence[int] | Sequence[str]],
        keys: ArrayLike | None = None,
        ratings: Sequence[Sequence[float]] | None = None,
    ) -> Histories:
        """Return histories from lists of item ids, for instance of made-up users.

        Parameters
        ----------
        catalogue
            The items that a history may contain.
        lists_of_ids
            For each user the item ids, oldest first; a list may be empty.
        keys
            A name for each user, shape (n,).
        ratings
            A rating, or another weight, for each item of each list.

        Returns
        -------
        Histories
            n histories without times.

        Raises
        ------
        ValueError, TypeError
            If an item is not in the catalogue, a single list is given instead of a list of lists,
            or a list and its ratings differ in length.

        Examples
        --------
        >>> import polars as pl
        >>> catalogue = Catalogue(pl.DataFrame({"item": [10, 20, 30]}))
        >>> Histories.from_lists(catalogue, [[30, 10], []], keys=["Ann", "Bo"]).to_lists()
        [[30, 10], []]
        """
        _arguments.instance("catalogue", catalogue, Catalogue, "a Catalogue (log.catalogue)")
        rows = _lists("lists_of_ids", lists_of_ids)
        lengths = [len(row) for row in rows]
        if ratings is not None and [len(row) for row in _lists("ratings", ratings)] != lengths:
            raise ValueError("ratings must have one list a user, as long as the list of items")
        return cls(
            catalogue,
            starts_of(np.array(lengths, np.int64)),
            catalogue.codes([item for row in rows for item in row]),
            ratings=None if ratings is None else np.array([*chain(*ratings)]),
            keys=None if keys is None else _ids.as_array(_ids.given_ids(keys, "keys")),
        )


def _lists(name: str, given: Any) -> list[Any]:
    """Return an iterable of lists as a list; raise if it is anything else."""
    # These can be looped over as well, but not user by user:
    others = (str, bytes, Mapping, pl.DataFrame, Histories)
    is_list = isinstance(given, Iterable) and not isinstance(given, others)
    rows = list(given) if is_list else [given]
    for row in rows:
        if not is_list or isinstance(row, others) or not hasattr(row, "__len__"):
            raise TypeError(
                f"{name} must hold one list for each user, but holds {row!r}; "
                "for a single user write [[…]]"
            )
    return rows
