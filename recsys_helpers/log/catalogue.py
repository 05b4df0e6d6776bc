"""The catalogue: every item that may be recommended, and what is known about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from recsys_helpers import _arguments, _hashing
from recsys_helpers._types import I32, Ids
from recsys_helpers.log import _columns, _ids


@dataclass(frozen=True, eq=False, repr=False)
class Catalogue:
    """The table of items, in a fixed order that gives each item its code.

    An item's code is its row number, 0 … n_items − 1. The arrays of this package hold codes; tables
    and messages show the caller's own ids.

    Parameters
    ----------
    items
        Table with the column "item" first (unique ids, Int64 or String) and any feature columns
        after it, such as "title", "year" and "genres".

    Raises
    ------
    ValueError
        If the first column is not "item", or an id is missing or occurs twice.
    TypeError
        If `items` is no Polars frame, or the ids are neither whole numbers nor text.

    Examples
    --------
    >>> catalogue = Catalogue(pl.DataFrame({"item": [10, 30], "title": ["Heat", "Fargo"]}))
    >>> catalogue
    Catalogue: 2 items with title
    >>> catalogue.codes([30, 10])
    array([1, 0], dtype=int32)
    >>> catalogue.titles([1])
    ['Fargo']
    """

    items: pl.DataFrame

    def __post_init__(self) -> None:
        _arguments.instance("items", self.items, pl.DataFrame, "a Polars DataFrame")
        if self.items.columns[:1] != ["item"]:
            raise ValueError(
                "the first column of the item table must be named 'item' and hold the ids; its "
                f"columns are {_ids.listed(self.items.columns, 20)}"
            )
        ids = _ids.id_series(self.items["item"], "item", _ids.row_place)
        repeated = ids.is_duplicated()
        if repeated.any():
            first = ids[repeated.arg_true()[0]]
            rows = (ids == first).arg_true().to_list()
            raise ValueError(
                f"item {first!r} stands in the item table more than once, in rows "
                f"{_ids.listed(rows)}: keep one row for each item"
            )
        features = _columns.plain_table(self.items.drop("item"), "the item table")
        table = pl.DataFrame([ids.alias("item"), *features.get_columns()])
        object.__setattr__(self, "items", table)

    def __repr__(self) -> str:
        features = ", ".join(self.items.columns[1:])
        return f"Catalogue: {self.n_items:,} items" + (f" with {features}" if features else "")

    def __len__(self) -> int:
        return self.n_items

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.items.height

    @cached_property
    def ids(self) -> Ids:
        """The caller's ids in code order, shape (n_items,), read-only."""
        return _ids.as_array(self.items["item"])

    @cached_property
    def fingerprint(self) -> str:
        """A short text that is the same for two catalogues only if ids, order and type are.

        It is the BLAKE2b digest (16 bytes, hexadecimal) of the ids in code order, and does not
        depend on the machine.

        Examples
        --------
        >>> Catalogue(pl.DataFrame({"item": [1, 2]})).fingerprint
        '5780dd0ad4b4b7ac67404ef72cb64b77'
        >>> Catalogue(pl.DataFrame({"item": ["1", "2"]})).fingerprint
        'ab19afe9ba4d5e697d9de91c192322ca'
        """
        ids = self.items["item"]
        digest = hashlib.blake2b(digest_size=16)
        if ids.dtype == pl.Int64:
            digest.update(b"int64")
            digest.update(ids.to_numpy().astype("<i8").tobytes())
        else:
            digest.update(b"text")
            digest.update(ids.str.len_bytes().to_numpy().astype("<i8").tobytes())
            digest.update("".join(ids.to_list()).encode())
        return digest.hexdigest()

    @cached_property
    def tie_rank(self) -> I32:
        """Each item's rank among items of equal score, lowest first, shape (n_items,), read-only.

        It is the rank of a hash of the item's id, so it is the same for all recommenders and does
        not depend on codes.

        Examples
        --------
        >>> Catalogue(pl.DataFrame({"item": [10, 20, 30]})).tie_rank
        array([2, 1, 0], dtype=int32)
        """
        order = np.argsort(_hashing.id_hashes(self.ids), kind="stable")
        ranks = np.empty(self.n_items, np.int32)
        ranks[order] = np.arange(self.n_items, dtype=np.int32)
        ranks.flags.writeable = False
        return ranks

    def codes(self, ids: ArrayLike | pl.Series) -> I32:
        """Return the codes of items given by the caller's ids.

        Parameters
        ----------
        ids
            Item ids, shape (n,): a list, an array or a Series.

        Returns
        -------
        I32
            Codes, shape (n,).

        Raises
        ------
        ValueError
            If an id is not in the catalogue; the first few are named.
        """
        given, known = _ids.given_ids(ids, "ids"), self.items["item"]
        complaint = f"the catalogue of {self.n_items:,} items does not know"
        return _ids.codes_of(given, known, _ids.list_place, "the catalogue's", complaint)

    def titles(self, codes: ArrayLike) -> list[str]:
        """Return what to show for each code: the item's title, or its id where there is no title.

        Parameters
        ----------
        codes
            Item codes, shape (n,), each in 0 … n_items − 1; or a Boolean mask, shape (n_items,).

        Returns
        -------
        list of str
            One text for each code.

        Raises
        ------
        ValueError, TypeError
            If a code lies outside the catalogue, or `codes` is neither numbers nor a mask.
        """
        rows = _arguments.rows(codes, self.n_items, "codes")
        shown = self.items["item"].cast(pl.String)
        if "title" in self.items.columns:
            shown = self.items["title"].cast(pl.String).fill_null(shown)
        return [str(title) for title in shown.gather(rows).to_list()]

    def take(self, codes: ArrayLike) -> Catalogue:
        """Return a smaller catalogue with only these items, in this order.

        Parameters
        ----------
        codes
            Item codes, shape (n,), none twice, or a Boolean mask, shape (n_items,). Item `codes[j]`
            gets the new code j.

        Returns
        -------
        Catalogue
            A catalogue of n items.

        Raises
        ------
        ValueError, TypeError
            If a code lies outside the catalogue or occurs twice, or `codes` is neither numbers nor
            a mask.
        """
        return Catalogue(self.items[_arguments.rows(codes, self.n_items, "codes")])
