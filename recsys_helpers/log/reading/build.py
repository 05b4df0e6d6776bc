"""From checked columns to the arrays of a log; every way of reading ends here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import polars as pl

from recsys_helpers._types import F32, I32, I64, Duplicates, Ids, Place, TimeUnit
from recsys_helpers.log import _ids
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.reading import frames, times

DROPPED = {"step": pl.String, "rows": pl.Int64, "users": pl.Int64, "items": pl.Int64}

ROW_ORDER = "row order"


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold what."""

    user: str
    item: str
    timestamp: str | None
    rating: str | None

    def __post_init__(self) -> None:
        used = list(self.wanted.values())
        for name in used:
            if used.count(name) > 1:
                raise ValueError(
                    f"column {name!r} is named twice; user, item, timestamp and rating must be "
                    "different columns"
                )

    @property
    def wanted(self) -> dict[str, str]:
        """Argument and column for every column that must be read."""
        timestamp = None if self.timestamp == ROW_ORDER else self.timestamp
        pairs = {"user": self.user, "item": self.item, "timestamp": timestamp}
        pairs["rating"] = self.rating
        return {argument: name for argument, name in pairs.items() if name is not None}

    def require(self, found: list[str], table: str) -> None:
        """Raise unless the table has all of them."""
        for argument, name in self.wanted.items():
            try:
                _ids.require_column(found, name, argument, table)
            except ValueError as error:
                if argument != "timestamp":
                    raise
                raise ValueError(
                    f"{error}, or say timestamp=None if the order is unknown"
                ) from None


@dataclass(frozen=True)
class Parts:
    """Everything that an `Interactions` is made of."""

    catalogue: Catalogue
    user_ids: Ids
    users: I32
    items: I32
    times: I64 | None
    ratings: F32 | None
    time_unit: TimeUnit
    tags: pl.DataFrame | None
    dropped: pl.DataFrame


def build(
    table: Mapping[str, pl.Series],
    columns: Columns,
    place: Place,
    *,
    items: object,
    tags: object,
    item_id: str | None,
    duplicates: Duplicates,
    time_unit: TimeUnit,
) -> Parts:
    """Check every column and encode the ids."""
    _check_choice("duplicates", duplicates, get_args(Duplicates))
    _check_choice("time_unit", time_unit, ("s", "ms", "us", "ns"))
    if duplicates == "sum" and columns.rating is None:
        raise ValueError("duplicates='sum' adds up ratings: name their column with rating=…")
    user = _ids.id_series(table[columns.user], columns.user, place)
    item = _ids.id_series(table[columns.item], columns.item, place)
    if len(user) == 0:
        raise ValueError("the table has no rows, so there is no log to make of it")
    user_ids = user.unique().sort()
    users = _ids.positions(user, user_ids, "user")
    catalogue = _catalogue(items, item_id or columns.item, item)
    codes = _item_codes(item, catalogue, columns.item, place)
    times, unit = _times_of(table, columns, place, time_unit)
    ratings = None if columns.rating is None else _ratings(table[columns.rating], columns, place)
    rows, ratings, dropped = _resolve(users, codes, times, ratings, duplicates, user, item, place)
    return Parts(
        catalogue,
        _ids.as_array(user_ids),
        users if rows is None else users[rows],
        codes if rows is None else codes[rows],
        times if rows is None or times is None else times[rows],
        ratings,
        unit,
        None if tags is None else _tags(tags, columns, user_ids, catalogue),
        dropped,
    )


def _check_choice(argument: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{argument} must be one of {_ids.listed(choices)}, not {value!r}")


def _catalogue(items: object, item_id: str, item: pl.Series) -> Catalogue:
    if isinstance(items, Catalogue):
        return items
    if items is None:
        return Catalogue(pl.DataFrame({"item": item.unique().sort()}))
    table = frames.as_polars(items, "items")
    name = item_id if item_id in table.columns or "item" not in table.columns else "item"
    _ids.require_column(table.columns, name, "item_id", "the item table")
    if name != "item" and "item" in table.columns:
        raise ValueError(
            f"the item table has a column 'item' beside its id column {name!r}; rename it, "
            "because the catalogue calls the ids 'item'"
        )
    ids = _ids.id_series(table[name], name, lambda row: f"row {row} of the item table")
    return Catalogue(pl.DataFrame([ids.alias("item"), *table.drop(name).get_columns()]))


def _item_codes(item: pl.Series, catalogue: Catalogue, column: str, place: Place) -> I32:
    known = catalogue.items["item"]
    if item.dtype == pl.String and known.dtype == pl.Int64:
        row = item.cast(pl.Int64, strict=False).is_null().arg_max() or 0
        raise ValueError(
            f"column {column!r} holds text ids, for instance {item[row]!r} at {place(row)}, but "
            f"the item table has whole numbers, for instance {known[0]}. Convert one of them"
        )
    codes = _ids.positions(item, known, "the item table's")
    if (codes < 0).any():
        missing = item.filter(pl.Series(codes < 0))
        unknown = missing.unique(maintain_order=True).to_list()
        row = int(np.argmax(codes < 0))
        raise ValueError(
            f"column {column!r} holds {len(unknown):,} items that the item table does not list: "
            f"{_ids.listed(unknown)} (first at {place(row)}). Add them to the item table, or "
            "remove their rows"
        )
    return codes


def _times_of(
    table: Mapping[str, pl.Series], columns: Columns, place: Place, unit: TimeUnit
) -> tuple[I64 | None, TimeUnit]:
    if columns.timestamp is None:
        return None, unit
    if columns.timestamp == ROW_ORDER:
        return np.arange(len(table[columns.user]), dtype=np.int64), "rows"
    name = columns.timestamp
    whole, unit = times.whole_times(table[name], name, place, unit)
    return whole.to_numpy(), unit


def _ratings(values: pl.Series, columns: Columns, place: Place) -> F32:
    name = columns.rating
    if values.dtype in (pl.String, pl.Decimal):
        text = values.cast(pl.String).str.strip_chars()
        numbers = text.cast(pl.Float64, strict=False)
    elif values.dtype.is_numeric():
        numbers = values.cast(pl.Float64)
    elif values.dtype == pl.Object:
        numbers = pl.Series(
            [v if type(v) in (int, float) else None for v in values.to_list()],
            dtype=pl.Float64,
            strict=False,
        )
    else:
        raise TypeError(f"column {name!r} holds {values.dtype} values; ratings must be numbers")
    ratings: F32 = numbers.fill_null(np.nan).to_numpy().astype(np.float32)
    bad = np.flatnonzero(~np.isfinite(ratings))
    if len(bad):
        row, more = int(bad[0]), len(bad) - 1
        value = values[row]
        shown = "has no rating" if value is None or value == "" else f"holds {value!r}"
        raise ValueError(
            f"column {name!r} {shown} at {place(row)}"
            f"{f' (and {more:,} more rows are like it)' if more else ''}; "
            "every rating must be a finite number. Mend or remove the row, or leave rating=None"
        )
    return ratings


def _resolve(
    users: I32,
    items: I32,
    times: I64 | None,
    ratings: F32 | None,
    duplicates: Duplicates,
    user: pl.Series,
    item: pl.Series,
    place: Place,
) -> tuple[I64 | None, F32 | None, pl.DataFrame]:
    """Return the rows to keep (None for all), the ratings of these, and what was dropped."""
    dropped = pl.DataFrame(schema=DROPPED)
    if duplicates == "keep":
        return None, ratings, dropped
    keys = pl.DataFrame({"user": users, "item": items})
    if times is not None:
        keys = keys.with_columns(pl.Series("time", times))
    same = keys.is_duplicated()
    if not same.any():
        return None, ratings, dropped
    equal = "user and item" if times is None else "user, item and timestamp"
    groups = keys.with_row_index("row").with_columns(
        first=pl.col("row").first().over(keys.columns).cast(pl.Int64)
    )
    first = groups["first"].to_numpy()
    extra = np.flatnonzero(first != np.arange(len(first)))
    if duplicates == "error":
        row = int(extra[0])
        unknown = (
            " If the rows carry times, name their column with timestamp=…." if times is None else ""
        )
        raise ValueError(
            f"{len(extra):,} rows repeat another in {equal}; the first is {place(row)}, equal to "
            f"{place(int(first[row]))} (user {user[row]!r}, item {item[row]!r}).{unknown} Say what "
            "to do with duplicates=: 'keep' all, keep the 'first', or 'sum' their ratings"
        )
    rows = np.flatnonzero(first == np.arange(len(first)))
    if ratings is not None and duplicates == "sum":
        ratings = np.bincount(first, ratings, minlength=len(first)).astype(np.float32)
    step = f"duplicates={duplicates!r}: rows equal in {equal}"
    dropped = pl.DataFrame([(step, len(extra), 0, 0)], schema=DROPPED, orient="row")
    return rows, None if ratings is None else ratings[rows], dropped


def _tags(
    tags: object, columns: Columns, user_ids: pl.Series, catalogue: Catalogue
) -> pl.DataFrame:
    """Return the tag table under the names user, item, tag and timestamp."""
    table = frames.as_polars(tags, "tags")
    result: list[pl.Series] = []
    for target, argument, known in (
        (columns.user, "user", user_ids),
        (columns.item, "item", catalogue.items["item"]),
    ):
        name = target if target in table.columns else argument
        _ids.require_column(table.columns, name, argument, "the tag table")
        ids = _ids.id_series(table[name], name, lambda row: f"row {row} of the tag table")
        if len(ids) and ids.dtype != known.dtype:
            raise ValueError(
                f"{argument} ids of the tag table ({ids[0]!r}) and of the log ({known[0]!r}) "
                "have different types. Convert one of them"
            )
        result.append(ids.alias(argument))
    _ids.require_column(table.columns, "tag", "tag", "the tag table")
    tag = table["tag"]
    if tag.dtype != pl.String or tag.has_nulls():
        raise ValueError("column 'tag' of the tag table must hold text in every row")
    result.append(tag)
    stamp = columns.timestamp if columns.timestamp in table.columns else "timestamp"
    if stamp is not None and stamp in table.columns:
        result.append(table[stamp].alias("timestamp"))
    return pl.DataFrame(result)
