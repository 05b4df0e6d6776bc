"""From checked columns to the arrays of a log; every way of reading ends here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from recsys_helpers._types import F32, I32, I64, Duplicates, Ids, Place, TimeUnit
from recsys_helpers.log import _ids
from recsys_helpers.log._ragged import picked
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.reading import frames, times
from recsys_helpers.log.reading.options import ROW_ORDER, Options

DROPPED = {"step": pl.String, "rows": pl.Int64, "users": pl.Int64, "items": pl.Int64}


class Fields(NamedTuple):
    """Everything that an `Interactions` is made of, in its order."""

    catalogue: Catalogue
    user_ids: Ids
    users: I32
    items: I32
    times: I64 | None
    ratings: F32 | None
    time_unit: TimeUnit
    tags: pl.DataFrame | None
    dropped: pl.DataFrame


def build(table: Mapping[str, pl.Series], options: Options, place: Place) -> Fields:
    """Check every column and encode the ids."""
    user = _ids.id_series(table[options.user], options.user, place)
    item = _ids.id_series(table[options.item], options.item, place)
    if len(user) == 0:
        raise ValueError("the table has no rows, so there is no log to make of it")
    user_ids = user.unique().sort()
    catalogue = _catalogue(options, item)
    times, unit = _times(table, options, place)
    log = Fields(
        catalogue,
        _ids.as_array(user_ids),
        _ids.positions(user, user_ids, "user"),
        _item_codes(item, catalogue, options.item, place),
        times,
        None if options.rating is None else _ratings(table[options.rating], place),
        unit,
        None if options.tags is None else _tags(options, user_ids, catalogue),
        pl.DataFrame(schema=DROPPED),
    )
    return _without_duplicates(log, options.duplicates, place)


def _catalogue(options: Options, item: pl.Series) -> Catalogue:
    items, item_id = options.items, options.item_id or options.item
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


def _times(
    table: Mapping[str, pl.Series], options: Options, place: Place
) -> tuple[I64 | None, TimeUnit]:
    name, unit = options.timestamp, options.time_unit
    if name is None:
        return None, unit
    if name == ROW_ORDER:
        return np.arange(len(table[options.user]), dtype=np.int64), "rows"
    numbers, unit_read = times.whole_times(table[name], name, place, unit)
    return numbers.to_numpy(), unit_read


def _ratings(values: pl.Series, place: Place) -> F32:
    name = values.name
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
        row, n_others = int(bad[0]), len(bad) - 1
        value = values[row]
        shown = "has no rating" if value is None or value == "" else f"holds {value!r}"
        raise ValueError(
            f"column {name!r} {shown} at {place(row)}"
            f"{f' (and {n_others:,} more rows are like it)' if n_others else ''}; "
            "every rating must be a finite number. Mend or remove the row, or leave rating=None"
        )
    return ratings


def _without_duplicates(log: Fields, duplicates: Duplicates, place: Place) -> Fields:
    """Treat rows equal in user, item and time as asked for, and count what was dropped."""
    if duplicates == "keep":
        return log
    keys = pl.DataFrame({"user": log.users, "item": log.items})
    if log.times is not None:
        keys = keys.with_columns(time=pl.Series(log.times))
    if not keys.is_duplicated().any():
        return log
    # For each row the number of the first row that equals it.
    row = pl.col("row").first().over(keys.columns).cast(pl.Int64)
    first = keys.with_row_index("row").select(row)["row"].to_numpy()
    is_first = first == np.arange(len(first))
    repeats = np.flatnonzero(~is_first)
    equal = "user and item" if log.times is None else "user, item and timestamp"
    if duplicates == "error":
        repeat = int(repeats[0])
        user = log.user_ids.tolist()[log.users[repeat]]
        item = log.catalogue.ids.tolist()[log.items[repeat]]
        hint = " If the rows carry times, name their column with timestamp=…."
        raise ValueError(
            f"{len(repeats):,} rows repeat another in {equal}; the first is {place(repeat)}, equal "
            f"to {place(int(first[repeat]))} (user {user!r}, item {item!r})."
            f"{hint if log.times is None else ''} Say what to do with duplicates=: 'keep' all, "
            "keep the 'first', or 'sum' their ratings"
        )
    ratings = log.ratings
    if ratings is not None and duplicates == "sum":
        ratings = np.bincount(first, ratings, minlength=len(first)).astype(np.float32)
    step = f"duplicates={duplicates!r}: rows equal in {equal}"
    return log._replace(
        users=log.users[is_first],
        items=log.items[is_first],
        times=picked(log.times, is_first),
        ratings=picked(ratings, is_first),
        dropped=pl.DataFrame([(step, len(repeats), 0, 0)], schema=DROPPED, orient="row"),
    )


def _tags(options: Options, user_ids: pl.Series, catalogue: Catalogue) -> pl.DataFrame:
    """Return the tag table under the names user, item, tag and timestamp."""
    table = frames.as_polars(options.tags, "tags")
    result: list[pl.Series] = []
    for target, argument, known in (
        (options.user, "user", user_ids),
        (options.item, "item", catalogue.items["item"]),
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
    stamp = options.timestamp if options.timestamp in table.columns else "timestamp"
    if stamp is not None and stamp in table.columns:
        result.append(table[stamp].alias("timestamp"))
    return pl.DataFrame(result)
