"""The log of interactions: one table of who met what and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import ArrayLike
from scipy import sparse

from recsys_helpers import _arguments
from recsys_helpers._types import F32, I32, I64, U64, Duplicates, FileTimeUnit, Ids, TimeUnit
from recsys_helpers.log import _ids, _kcore, _order, _views, moments
from recsys_helpers.log._ragged import picked, starts_of
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.reading import csv, frames, parquet
from recsys_helpers.log.reading.build import DROPPED, build
from recsys_helpers.log.reading.options import Options


@dataclass(frozen=True, eq=False, repr=False)
class Interactions:
    """A log: each row says that a user met an item, possibly with a time and a rating.

    Make one with `from_frame`, `from_csv`, `from_parquet`, `load_movielens` or `synthetic`.
    All arrays are read-only.

    Parameters
    ----------
    catalogue
        All items, those without interactions included.
    user_ids
        The caller's user ids, sorted, shape (n_users,); a user's code is its position here.
    users, items
        Codes of user and item, shape (n_rows,).
    times
        Timestamps in `time_unit`, shape (n_rows,); None if the order is unknown.
    ratings
        Ratings, shape (n_rows,), float32; None if there are none.
    time_unit
        "s", "ms", "us", "ns", or "rows" where row numbers are used in place of times.
    tags
        Tags that users gave to items: columns user, item, tag and perhaps timestamp, in the
        caller's ids.
    dropped
        What filters have removed so far: columns step, rows, users and items.
    ordered
        Whether the rows are sorted by user and time and the order of ties is decided, as `in_order`
        and the splits leave them.

    Examples
    --------
    >>> frame = pl.DataFrame({"user": ["Ann", "Bo", "Ann"], "item": [7, 7, 3], "t": [20, 5, 10]})
    >>> log = Interactions.from_frame(frame, timestamp="t")
    >>> log
    Interactions: 2 users × 2 items, 3 rows
    >>> log.histories(["Ann"]).to_lists()
    [[3, 7]]
    """

    catalogue: Catalogue
    user_ids: Ids
    users: I32
    items: I32
    times: I64 | None = None
    ratings: F32 | None = None
    time_unit: TimeUnit = "s"
    tags: pl.DataFrame | None = None
    dropped: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DROPPED))
    ordered: bool = False

    def __post_init__(self) -> None:
        _arguments.instance("catalogue", self.catalogue, Catalogue, "a Catalogue (log.catalogue)")
        _arguments.freeze(self, "user_ids", None)
        _arguments.freeze(self, "users", np.int32)
        _arguments.freeze(self, "items", np.int32, len(self))
        _arguments.freeze(self, "times", np.int64, len(self))
        _arguments.freeze(self, "ratings", np.float32, len(self))
        _arguments.check_codes(self.users, self.n_users, "users", "list of users")
        _arguments.check_codes(self.items, self.n_items, "items", "catalogue")
        _arguments.check_finite(self.ratings, "ratings")
        _arguments.choice("time_unit", self.time_unit, TimeUnit)
        _arguments.instance("tags", self.tags, (pl.DataFrame, type(None)), "a Polars DataFrame")
        _arguments.instance("dropped", self.dropped, pl.DataFrame, "a Polars DataFrame")
        _arguments.flag("ordered", self.ordered)

    def __repr__(self) -> str:
        return f"Interactions: {self.n_users:,} users × {self.n_items:,} items, {len(self):,} rows"

    def __len__(self) -> int:
        return len(self.users)

    @property
    def n_users(self) -> int:
        """Number of users."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items in the catalogue, those without interactions included."""
        return self.catalogue.n_items

    @property
    def datetimes(self) -> pl.Series:
        """The times as dates and times in UTC, shape (n_rows,), whatever the log's unit."""
        return moments.datetimes(self._known_times("dates are unknown"), self.time_unit)

    @classmethod
    def from_frame(
        cls,
        df: IntoDataFrame,
        *,
        user: str = "user",
        item: str = "item",
        timestamp: str | None = "timestamp",
        rating: str | None = None,
        items: IntoDataFrame | Catalogue | None = None,
        tags: IntoDataFrame | None = None,
        item_id: str | None = None,
        duplicates: Duplicates = "error",
        time_unit: FileTimeUnit = "s",
    ) -> Interactions:
        """Return the log in a dataframe; codes never depend on the order of its rows.

        Parameters
        ----------
        df
            A pandas, Polars or PyArrow table, or any other that narwhals understands.
        user, item
            Names of the columns with the ids: whole numbers or text.
        timestamp
            Column with times: whole numbers, dates, or ISO 8601 text (UTC if it names no zone).
            None if the order is unknown; "row order" if the rows are in the order of time.
        rating
            Column with ratings, if there are any: finite numbers. They are stored as float32, with
            about seven digits; if that changes a whole number, a warning names it.
        items
            The item table, or a catalogue. It fixes the catalogue, items without interactions
            included. Without it the catalogue is the items of the log, sorted by id.
        tags
            Table with columns for user and item, named as in `df`, and "tag".
        item_id
            Id column of `items`; by default the name given as `item`, else "item".
        duplicates
            What to do with rows equal in user, item and time (in user and item where the order
            is unknown): raise an "error", "keep" all, keep the "first" or the "last" row, or the
            first with the "sum", "max" or "mean" of their ratings. Rows of the same user and item
            at different times are no duplicates.
        time_unit
            The unit of whole-number timestamps. Dates and text have their own unit.

        Returns
        -------
        Interactions
            The log. It may have a single user, although most splits need more.

        Raises
        ------
        ValueError, TypeError
            If a column is missing or a value cannot be used; the message names column and row,
            counted from 0.

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [2, 1], "item": ["b", "a"], "day": ["2024-03-01"] * 2})
        >>> log = Interactions.from_frame(frame, timestamp="day")
        >>> log.user_ids, log.users
        (array([1, 2]), array([1, 0], dtype=int32))
        """
        options = Options(
            user, item, timestamp, rating, items, tags, item_id, duplicates, time_unit
        )
        table = frames.opened(df, "df")
        options.require(table.columns, "the table")
        columns = {name: frames.column(table, name) for name in options.columns.values()}
        return cls(*build(columns, options, _ids.row_place))

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        *,
        user: str = "user",
        item: str = "item",
        timestamp: str | None = "timestamp",
        rating: str | None = None,
        items: IntoDataFrame | Catalogue | None = None,
        tags: IntoDataFrame | None = None,
        item_id: str | None = None,
        duplicates: Duplicates = "error",
        time_unit: FileTimeUnit = "s",
        separator: str = ",",
        quote: str | None = '"',
        escape: str | None = None,
        encoding: str = "utf-8",
        names: Sequence[str] | None = None,
    ) -> Interactions:
        r"""Return the log in a CSV file; only the named columns are read.

        The ids of a column become whole numbers if all of them are written as such ("7", not
        "007"); otherwise they stay text, exactly as written. Blank lines are skipped. Files
        compressed with gzip, zip (one file), zstd (UTF-8 only), bzip2 or xz are unpacked on the
        way, whatever they are called. Reading takes about twice the size of the unpacked file in
        memory, more if most ids are text that occurs once.

        Parameters
        ----------
        path
            The file.
        separator
            The character or characters between two fields, for instance "," or "::".
        quote
            The character around fields that contain the separator; inside such a field it is
            written twice. None if quotes are ordinary characters.
        escape
            The character that makes the next one ordinary, for instance a backslash; None if there
            is none.
        encoding
            The encoding of the file, for instance "utf-8" or "latin-1".
        names
            Names of all columns in order, for a file without a header; None if the first row
            is the header.
        user, item, timestamp, rating, items, tags, item_id, duplicates, time_unit
            As in `from_frame`.

        Returns
        -------
        Interactions
            The log.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError, TypeError
            If the file cannot be read; the message names the line, counted from 1.
        MemoryError
            If a compressed file unpacks to more than half of the free memory.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "orders.csv")
        ...     _ = path.write_text("customer,sku,timestamp\nann,A7,1\nann,B2,2\nbob,A7,3\n")
        ...     Interactions.from_csv(path, user="customer", item="sku")
        Interactions: 2 users × 2 items, 3 rows
        """
        options = Options(
            user, item, timestamp, rating, items, tags, item_id, duplicates, time_unit
        )
        marks = csv.Marks(separator, quote, escape)
        columns, line = csv.read(_arguments.path("path", path), options, marks, encoding, names)
        return cls(*build(columns, options, line))

    @classmethod
    def from_parquet(
        cls,
        path: str | Path,
        *,
        user: str = "user",
        item: str = "item",
        timestamp: str | None = "timestamp",
        rating: str | None = None,
        items: IntoDataFrame | Catalogue | None = None,
        tags: IntoDataFrame | None = None,
        item_id: str | None = None,
        duplicates: Duplicates = "error",
        time_unit: FileTimeUnit = "s",
    ) -> Interactions:
        """Return the log in one or several Parquet files; only the named columns are read.

        Parameters
        ----------
        path
            A file; a folder, of which all files ending in .parquet, .parq or .pq are read, those in
            its subfolders included (names that begin with "." or "_" are skipped); or a pattern
            such as ``log/2024-*.parquet``. Several files are read in the order of their paths. A
            folder named "day=2024-03-01", as Spark and Hive write it, gives its files a text column
            "day".
        user, item, timestamp, rating, items, tags, item_id, duplicates, time_unit
            As in `from_frame`.

        Returns
        -------
        Interactions
            The log.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError, TypeError
            If a file is cut short or no Parquet file, if files differ in a column's type, or as in
            `from_frame`; the message names the file if there are several.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "orders.parquet")
        ...     pl.DataFrame({"user": [1, 1], "item": [5, 6], "day": [2, 3]}).write_parquet(path)
        ...     Interactions.from_parquet(path, timestamp="day")
        Interactions: 1 users × 2 items, 2 rows
        """
        options = Options(
            user, item, timestamp, rating, items, tags, item_id, duplicates, time_unit
        )
        columns, place = parquet.read(_arguments.path("path", path), options)
        return cls(*build(columns, options, place))

    def to_frame(self) -> pl.DataFrame:
        """Return the log in the caller's ids and in the order of its rows.

        Returns
        -------
        polars.DataFrame
            Columns user, item and, where known, timestamp (whole numbers in `time_unit`) and
            rating.
        """
        table = {
            "user": _ids.as_series(self.user_ids).gather(self.users),
            "item": self.catalogue.items["item"].gather(self.items),
        }
        if self.times is not None:
            table["timestamp"] = pl.Series(self.times)
        if self.ratings is not None:
            table["rating"] = pl.Series(self.ratings)
        return pl.DataFrame(table)

    def user_codes(self, ids: Iterable[int] | Iterable[str]) -> I32:
        """Return the codes of users given by the caller's ids.

        Parameters
        ----------
        ids
            User ids, shape (n,): a list, an array or a Series.

        Returns
        -------
        I32
            Codes, shape (n,).

        Raises
        ------
        ValueError
            If a user is not in the log; the first few are named.
        """
        given, known = _ids.given_ids(ids, "users"), _ids.as_series(self.user_ids)
        complaint = f"the log of {self.n_users:,} users does not know user"
        return _ids.codes_of(given, known, _ids.list_place, "the log's user", complaint)

    def take(self, rows: ArrayLike) -> Interactions:
        """Return the log with only these rows; users, catalogue, tags and codes stay the same.

        Parameters
        ----------
        rows
            Which rows: numbers in 0 … n_rows − 1, shape (m,), or a Boolean mask, shape (n_rows,).

        Returns
        -------
        Interactions
            A log over the same users and catalogue, so some users may have no row.

        Raises
        ------
        ValueError, TypeError
            If a number lies outside the log, or `rows` is neither numbers nor a mask.
        """
        chosen = _arguments.rows(rows, len(self))
        return replace(
            self,
            users=self.users[chosen],
            items=self.items[chosen],
            times=picked(self.times, chosen),
            ratings=picked(self.ratings, chosen),
        )

    def before(self, moment: moments.Moment) -> Interactions:
        """Return the rows before a moment; users, catalogue, tags and codes stay the same.

        Parameters
        ----------
        moment
            The first moment that is left out: a timestamp in the log's unit, a date, or ISO 8601
            text such as "2018-01-31" (UTC if it names no zone).

        Returns
        -------
        Interactions
            The earlier rows; `dropped` counts the others.

        Raises
        ------
        ValueError, TypeError
            If the log has no times, `moment` is no point in time, or no row lies before it.

        Examples
        --------
        >>> days = ["2024-03-01", "2024-03-02"]
        >>> frame = pl.DataFrame({"user": [1, 1], "item": [5, 6], "day": days})
        >>> Interactions.from_frame(frame, timestamp="day").before("2024-03-02").to_frame().rows()
        [(1, 5, 1709251200)]
        """
        times = self._known_times("it cannot be cut at a moment")
        cut = moments.timestamp(moment, self.time_unit, "moment")
        earlier = times < cut
        if not earlier.any():
            first = f"; the first is at {times.min()}" if len(times) else ""
            raise ValueError(f"no row lies before {moment!r}, which is {cut} in this log{first}")
        step = (f"rows at or after {moment}", len(self) - int(earlier.sum()), 0, 0)
        dropped = pl.DataFrame([step], schema=DROPPED, orient="row")
        return replace(self.take(earlier), dropped=pl.concat([self.dropped, dropped]))

    def _known_times(self, consequence: str) -> I64:
        if self.times is None:
            raise ValueError(f"this log has no times, so {consequence}")
        return self.times

    def k_core(self, k: int) -> Interactions:
        """Return the largest part in which every user and every item has at least k rows.

        Items with too few rows are removed, then users with too few, again and again until nothing
        changes. What is left does not depend on who is removed first.

        Parameters
        ----------
        k
            The fewest rows that a user or an item may have, at least 1.

        Returns
        -------
        Interactions
            A log with only the users and items that are left; its `dropped` has a new row for each
            step. Tags stay as they are; `item_tags` counts only those of remaining rows.

        Raises
        ------
        ValueError
            If k is less than 1, or nothing would be left.

        References
        ----------
        Seidman (1983), "Network structure and minimum degree", Social Networks 5(3).
        https://doi.org/10.1016/0378-8733(83)90028-X

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "a", "b", "b"]})
        >>> core = Interactions.from_frame(frame, timestamp=None).k_core(2)
        >>> core
        Interactions: 2 users × 2 items, 4 rows
        >>> core.dropped.rows()
        [('2-core, round 1: users with fewer than 2 rows', 1, 1, 0)]
        """
        _arguments.whole("k", k, 1)
        rows, users, items, steps = _kcore.k_core(
            self.users, self.items, self.n_users, self.n_items, k
        )
        if not rows.any():
            raise ValueError(
                f"the {k}-core is empty: no part of this log has {k} rows for every user and "
                "every item. Choose a smaller k"
            )
        core = self.take(rows)
        new_user, new_item = np.cumsum(users) - 1, np.cumsum(items) - 1
        return replace(
            core,
            catalogue=self.catalogue.take(np.flatnonzero(items)),
            user_ids=self.user_ids[users],
            users=new_user[core.users].astype(np.int32),
            items=new_item[core.items].astype(np.int32),
            dropped=pl.concat([self.dropped, pl.DataFrame(steps, schema=DROPPED, orient="row")]),
        )

    def histories(
        self,
        users: Iterable[int] | Iterable[str] | None = None,
        *,
        order_ties: _order.Ties | None = None,
        seed: int = 0,
    ) -> Histories:
        """Return each user's items, oldest first.

        Rows of one user that share a timestamp have no known order. With "shuffle" they get an
        order that depends on the seed, the user id, the item id and how often the user had met the
        item before, but never on the order of the rows or on codes.

        Parameters
        ----------
        users
            The caller's ids; the histories come in their order. All users, sorted by id, if None.
        order_ties
            "shuffle", or "file" for the order of the rows, which can leak information if the file
            was sorted by, say, item. By default "shuffle", or "file" if the log is `ordered`.
        seed
            Decides which order "shuffle" gives, 0 … 2**32 − 1.

        Returns
        -------
        Histories
            One history for each user, with the user ids as `keys`; a user without rows has an empty
            one.

        Raises
        ------
        ValueError
            If the order is unknown, a user is not in the log, or an argument is out of range.

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [1] * 4, "item": [5, 6, 7, 8], "timestamp": [3, 9, 9, 9]})
        >>> log = Interactions.from_frame(frame)
        >>> log.histories(seed=0).to_lists(), log.histories(seed=2).to_lists()
        ([[5, 8, 7, 6]], [[5, 7, 6, 8]])
        """
        chosen = None if users is None else self.user_codes(users)
        log = self if chosen is None else self.take(np.isin(self.users, chosen))
        log = log.in_order(order_ties=order_ties, seed=seed)
        histories = Histories(
            self.catalogue,
            starts_of(np.bincount(log.users, minlength=self.n_users)),
            log.items,
            log.times,
            log.ratings,
            keys=self.user_ids,
            time_unit=self.time_unit,
        )
        return histories if chosen is None else histories.take(chosen)

    def in_order(self, *, order_ties: _order.Ties | None = None, seed: int = 0) -> Interactions:
        """Return the same log with its rows sorted by user and time, and the order of ties decided.

        Parameters
        ----------
        order_ties, seed
            As in `histories`.

        Returns
        -------
        Interactions
            A log that is `ordered`.

        Raises
        ------
        ValueError
            As in `histories`.

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [2, 1, 1], "item": [5, 6, 7], "timestamp": [3, 9, 4]})
        >>> Interactions.from_frame(frame).in_order().to_frame()["item"].to_list()
        [7, 6, 5]
        """
        if self.times is None:
            raise ValueError(
                "the order of this log is unknown, but histories need it, and with them splits and "
                "models that read order. Name the column with times (timestamp=…), say "
                "timestamp='row order' if the rows stand in the order of time, or take "
                "random_split and models that read no order"
            )
        if order_ties is None:
            order_ties = "file" if self.ordered else "shuffle"
        _arguments.choice("order_ties", order_ties, _order.Ties)
        _arguments.seed(seed)
        ties = self.row_hashes(seed) if order_ties == "shuffle" else np.arange(len(self))
        rows = _order.sorted_rows(self.users, self.times, ties)
        sorted_already = np.array_equal(rows, np.arange(len(self)))
        return replace(self if sorted_already else self.take(rows), ordered=True)

    def row_hashes(self, seed: int) -> U64:
        """Return a number for each row that depends on its ids and a seed, not on codes or order.

        Rows with the same user and item get different numbers: how often the pair occurred before
        is part of the hash.

        Parameters
        ----------
        seed
            0 … 2**64 − 1; another seed gives other numbers.

        Returns
        -------
        U64
            Shape (n_rows,).

        Raises
        ------
        ValueError
            If the seed is no whole number, or negative.

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [1], "item": [10]})
        >>> Interactions.from_frame(frame, timestamp=None).row_hashes(0)
        array([10845380585998469451], dtype=uint64)
        """
        _arguments.whole("seed", seed, 0)
        return _order.tie_keys(
            seed,
            _order.hashes(self.users, self.user_ids),
            _order.hashes(self.items, self.catalogue.ids),
            _order.occurrences(self.users, self.items, self.times, self.ratings),
        )

    def matrix(self, values: _views.Values = "count") -> sparse.csr_array[np.float32]:
        r"""Return the log as a sparse matrix with a row for each user and a column for each item.

        Parameters
        ----------
        values
            The entry :math:`x_{ui}` if user u met item i in n rows: "count" is n, "binary" is 1,
            "rating" the mean of the n ratings.

        Returns
        -------
        scipy.sparse.csr_array
            Shape (n_users, n_items), float32; a rating of 0 is stored, a missing one is not.

        Raises
        ------
        ValueError
            If ratings are asked for and there are none.

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": [5, 5, 6], "timestamp": [1, 2, 1]})
        >>> Interactions.from_frame(frame).matrix().toarray()
        array([[2., 0.],
               [0., 1.]], dtype=float32)
        """
        return _views.matrix(
            self.users, self.items, self.ratings, (self.n_users, self.n_items), values
        )

    def item_tags(self) -> pl.DataFrame:
        """Return the tags of each item, but only those whose author has a row for the item here.

        On the training part of a split this leaves out tags that would reveal which items a user
        met later.

        Returns
        -------
        polars.DataFrame
            One row for each item in code order: item, and tags (a list of text, sorted, one entry
            for each time a user gave the tag; empty if there are none).

        Examples
        --------
        >>> frame = pl.DataFrame({"user": [1, 2], "item": [5, 6]})
        >>> tags = pl.DataFrame({"user": [1, 1], "item": [5, 6], "tag": ["dark", "funny"]})
        >>> Interactions.from_frame(frame, timestamp=None, tags=tags).item_tags().rows()
        [(5, ['dark']), (6, [])]
        """
        return _views.item_tags(self.tags, self.to_frame(), self.catalogue.items["item"])
