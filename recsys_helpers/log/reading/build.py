"""From checked columns to the arrays of a log; every way of reading ends here."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import polars as pl

from recsys_helpers._types import F32, I32, I64, Ids, Place, TimeUnit
from recsys_helpers.log import _ids
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.reading import frames, times
from recsys_helpers.log.reading.options import OF_RATINGS, ROW_ORDER, Options

DROPPED = {"step": pl.String, "rows": pl.Int64, "users": pl.Int64, "items": pl.Int64}

Fields: TypeAlias = tuple[
    Catalogue, Ids, I32, I32, I64 | None, F32 | None, TimeUnit, pl.DataFrame | None, pl.DataFrame
]
"""Everything that an `Interactions` is made of, in its order."""


def build(columns: Mapping[str, pl.Series], options: Options, place: Place) -> Fields:
    """Check every column, encode the ids and treat duplicates as asked for."""
    user = _checked_ids(columns[options.user], place)
    item = _checked_ids(columns[options.item], place)
    if len(user) == 0:
        raise ValueError("the table has no rows, so there is no log to make of it")
    user_ids = user.unique().sort()
    catalogue = _catalogue(options, item)
    item_codes = _ids.codes_of(
        item,
        catalogue.items["item"],
        place,
        "the item table's",
        f"column {options.item!r} holds items that the item table does not list:",
        ". Add them to the item table, or remove their rows",
    )
    log = {"user": _ids.lookup(user, user_ids), "item": pl.Series(item_codes)}
    unit: TimeUnit = options.time_unit
    if options.timestamp == ROW_ORDER:
        log["time"], unit = pl.int_range(len(user), eager=True), "rows"
    elif options.timestamp is not None:
        stamps = columns[options.timestamp]
        log["time"], unit = times.whole_times(stamps, options.timestamp, place, options.time_unit)
        times.warn_of_marks(log["time"], unit, options.timestamp, place)
        times.warn_of_one(log["time"], options.timestamp)
    if options.rating is not None:
        log["rating"] = _ratings(columns[options.rating], place)
    rows, dropped = _without_duplicates(pl.DataFrame(log), user, item, options, place)
    return (
        catalogue,
        _ids.as_array(user_ids),
        rows["user"].to_numpy(),
        rows["item"].to_numpy(),
        rows["time"].to_numpy() if "time" in log else None,
        _as_float32(rows["rating"], str(options.rating)) if "rating" in log else None,
        unit,
        None if options.tags is None else _tags(options, user_ids, catalogue),
        dropped,
    )


def _checked_ids(values: pl.Series, place: Place) -> pl.Series:
    ids = _ids.id_series(values, values.name, place)
    _ids.refuse_gap_marks(ids, values.name, place)
    return ids


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
    ids = _checked_ids(table[name], lambda row: f"row {row} of the item table")
    return Catalogue(pl.DataFrame([ids.alias("item"), *table.drop(name).get_columns()]))


def _ratings(values: pl.Series, place: Place) -> pl.Series:
    name = values.name
    if values.dtype == pl.String:
        numbers = values.str.strip_chars().cast(pl.Float64, strict=False)
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
    bad = (~numbers.cast(pl.Float32).is_finite().fill_null(False)).arg_true()
    if len(bad):
        value = values[bad[0]]
        shown = "has no rating" if value is None or value == "" else f"holds {value!r}"
        others = f" (and {len(bad) - 1:,} more rows are like it)" if len(bad) > 1 else ""
        raise ValueError(
            f"column {name!r} {shown} at {place(bad[0])}{others}; every rating must be a finite "
            "number. Mend or remove the row, or leave rating=None"
        )
    return numbers


def _as_float32(numbers: pl.Series, name: str) -> F32:
    """Return ratings as a log keeps them, and warn if a whole number is kept as another."""
    kept = numbers.cast(pl.Float32)
    changed = ((numbers == numbers.round(0)) & (numbers != kept.cast(pl.Float64))).arg_true()
    if len(changed):
        row = changed[0]
        warnings.warn(
            f"column {name!r} holds {numbers[row]:.0f}, which is kept as {kept[row]:.0f} (and "
            f"{len(changed) - 1:,} more are like it): ratings are float32, about seven digits. If "
            "they are times or ids, name another column; else divide them by their unit",
            stacklevel=4,  # the caller of from_frame, from_csv or from_parquet
        )
    return kept.to_numpy()


def _without_duplicates(
    rows: pl.DataFrame, user: pl.Series, item: pl.Series, options: Options, place: Place
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Treat rows equal in user, item and time as asked for, and count what was dropped."""
    dropped = pl.DataFrame(schema=DROPPED)
    if options.duplicates == "keep":
        return rows, dropped
    keys = [rows[name].to_numpy() for name in ("time", "item", "user") if name in rows.columns]
    order = np.lexsort(keys)  # leaves equal rows in the order of the file
    is_first = np.ones(len(order), bool)
    is_first[1:] = False
    for key in keys:
        is_first[1:] |= key[order[1:]] != key[order[:-1]]
    starts = np.flatnonzero(is_first)
    n_repeats = len(order) - len(starts)
    if n_repeats == 0:
        return rows, dropped
    equal = "user, item and timestamp" if "time" in rows.columns else "user and item"
    if options.duplicates == "error":
        repeat = np.where(is_first, len(order), order).argmin()
        row, original = int(order[repeat]), int(order[starts[starts < repeat][-1]])
        untimed = " If they carry times, name the column with timestamp=…."
        hint = "" if "time" in rows.columns else untimed
        raise ValueError(
            f"{n_repeats:,} rows repeat another in {equal}; the first is {place(row)}, equal to "
            f"{place(original)} (user {user[row]!r}, item {item[row]!r}).{hint} Say what to do "
            "with duplicates=: 'keep' all, keep the 'first' or 'last', or the 'sum', 'max' or "
            "'mean' of their ratings"
        )
    ends = np.append(starts[1:], len(order))
    kept = order[ends - 1] if options.duplicates == "last" else order[starts]
    in_file = np.argsort(kept)
    rest = rows[kept[in_file]]
    if options.duplicates in OF_RATINGS:
        ratings = rows["rating"].to_numpy()[order]
        combine = np.maximum if options.duplicates == "max" else np.add
        values = combine.reduceat(ratings, starts)
        if options.duplicates == "mean":
            values /= ends - starts
        rest = rest.with_columns(rating=pl.Series(values[in_file]))
    step = f"duplicates={options.duplicates!r}: rows equal in {equal}"
    return rest, pl.DataFrame([(step, n_repeats, 0, 0)], schema=DROPPED, orient="row")


def _tags(options: Options, user_ids: pl.Series, catalogue: Catalogue) -> pl.DataFrame:
    """Return the tag table under the names user, item, tag and timestamp."""
    table = frames.as_polars(options.tags, "tags")

    def place(row: int) -> str:
        return f"row {row} of the tag table"

    result: list[pl.Series] = []
    for target, argument, known in (
        (options.user, "user", user_ids),
        (options.item, "item", catalogue.items["item"]),
    ):
        name = target if target in table.columns else argument
        _ids.require_column(table.columns, name, argument, "the tag table")
        ids = _checked_ids(table[name], place)
        _ids.same_type(ids, known, place, f"the log's {argument}")
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
