"""From columns to the arrays of a log: the last step of every way of reading."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys_helpers._types import F32, F64, I32, I64, Duplicates, Ids, Place, TimeUnit
from recsys_helpers.log import _ids
from recsys_helpers.log._columns import by_slices
from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.reading import frames, times
from recsys_helpers.log.reading.options import OF_RATINGS, ROW_ORDER, Options

DROPPED = {"step": pl.String, "rows": pl.Int64, "users": pl.Int64, "items": pl.Int64}

Fields: TypeAlias = tuple[
    Catalogue, Ids, I32, I32, I64 | None, F32 | None, TimeUnit, pl.DataFrame | None, pl.DataFrame
]
"""The arguments of `Interactions`, in order."""


def build(columns: dict[str, pl.Series], options: Options, place: Place) -> Fields:
    """Check every column, encode the ids and handle duplicates as the options say.

    Columns are removed from the dictionary, so that each is freed as soon as it is encoded.
    """
    user = _ids_of_log(columns.pop(options.user), place)
    item = _ids_of_log(columns.pop(options.item), place)
    if len(user) == 0:
        raise ValueError("the table has no rows, so there is no log to make of it")
    user_ids = _ids.distinct(user)
    rows = {"user": _ids.lookup(user, user_ids)}
    del user
    catalogue = _catalogue(options, item)
    item_codes = _ids.codes_of(
        item,
        catalogue.items["item"],
        place,
        "the item table's",
        f"column {options.item!r} holds items that the item table does not list:",
        ". Add them to the item table, or remove their rows",
    )
    del item
    rows["item"] = pl.Series(item_codes)
    unit: TimeUnit = options.time_unit
    if options.timestamp == ROW_ORDER:
        rows["time"], unit = pl.int_range(len(item_codes), eager=True), "rows"
    elif options.timestamp is not None:
        stamps = columns.pop(options.timestamp)
        stamps, unit = times.whole_times(stamps, options.timestamp, place, options.time_unit)
        times.warn_of_marks(stamps, unit, options.timestamp, place)
        times.warn_of_one(stamps, options.timestamp)
        rows["time"] = stamps.rechunk()
        del stamps
    if options.rating is not None:
        rows["rating"] = _ratings(columns.pop(options.rating), place)
    dropped = _drop_duplicates(rows, user_ids, catalogue, options, place)
    return (
        catalogue,
        _ids.as_array(user_ids),
        rows["user"].to_numpy(),
        rows["item"].to_numpy(),
        rows["time"].to_numpy() if "time" in rows else None,
        _as_float32(rows["rating"], str(options.rating)) if "rating" in rows else None,
        unit,
        None if options.tags is None else _tags(options, user_ids, catalogue),
        dropped,
    )


def _ids_of_log(values: pl.Series, place: Place) -> pl.Series:
    """Return ids as Int64, String or, if they came as such, Categorical."""
    if values.dtype == pl.Categorical:
        with suppress(ValueError):  # then all values are checked, to name the row
            _checked_ids(values.unique(), place)
            return values
    return _checked_ids(values, place)


def _checked_ids(values: pl.Series, place: Place) -> pl.Series:
    ids = _ids.id_series(values, values.name, place)
    _ids.refuse_gap_marks(ids, values.name, place)
    return ids


def _catalogue(options: Options, item: pl.Series) -> Catalogue:
    items, item_id = options.items, options.item_id or options.item
    if isinstance(items, Catalogue):
        return items
    if items is None:
        return Catalogue(pl.DataFrame({"item": _ids.distinct(item)}))
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
    kept = numbers.cast(pl.Float32)
    bad = (~kept.is_finite().fill_null(False)).arg_true()
    if len(bad):
        value = values[bad[0]]
        shown = "has no rating" if value is None or value == "" else f"holds {value!r}"
        others = f" (and {len(bad) - 1:,} more rows are like it)" if len(bad) > 1 else ""
        raise ValueError(
            f"column {name!r} {shown} at {place(bad[0])}{others}; every rating must be a finite "
            "number. Correct or remove the row, or leave rating=None"
        )
    is_exact = by_slices(numbers, lambda part: part == part.cast(pl.Float32))
    return kept if is_exact.all() else numbers


def _as_float32(numbers: pl.Series, name: str) -> F32:
    """Return ratings as float32, and warn if that changes a whole number."""
    kept = numbers.cast(pl.Float32)
    if numbers.dtype == pl.Float32:
        return kept.to_numpy()
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


def _drop_duplicates(
    rows: dict[str, pl.Series],
    user_ids: pl.Series,
    catalogue: Catalogue,
    options: Options,
    place: Place,
) -> pl.DataFrame:
    """Handle rows equal in user, item and time as the options say, and count what was dropped.

    Columns are replaced one by one, so that memory never holds all of them twice.
    """
    dropped = pl.DataFrame(schema=DROPPED)
    if options.duplicates == "keep":
        return dropped
    keys = [rows[name].to_numpy() for name in ("time", "item", "user") if name in rows]
    order = np.lexsort(keys)  # leaves equal rows in the order of the file
    is_first = _starts(keys, order)
    n_repeats = len(order) - int(is_first.sum())
    if n_repeats == 0:
        return dropped
    equal = "user, item and timestamp" if "time" in rows else "user and item"
    if options.duplicates == "error":
        repeat = np.where(is_first, len(order), order).argmin()
        row, original = (int(order[at]) for at in (repeat, np.flatnonzero(is_first[:repeat])[-1]))
        user, item = user_ids[rows["user"][row]], catalogue.items["item"][rows["item"][row]]
        untimed = " If they carry times, name the column with timestamp=…."
        hint = "" if "time" in rows else untimed
        raise ValueError(
            f"{n_repeats:,} rows repeat another in {equal}; the first is {place(row)}, equal to "
            f"{place(original)} (user {user!r}, item {item!r}).{hint} Say what to do "
            "with duplicates=: 'keep' all, keep the 'first' or 'last', or the 'sum', 'max' or "
            "'mean' of their ratings"
        )
    is_kept = np.zeros(len(order), bool)
    is_kept[order[np.roll(is_first, -1) if options.duplicates == "last" else is_first]] = True
    if options.duplicates in OF_RATINGS:
        ratings = _combined(rows["rating"].to_numpy(), order, is_first, options.duplicates)
        rows["rating"] = pl.Series(ratings)
    del keys, order, is_first  # they are as long as the log
    kept = pl.Series(is_kept)
    for name, column in rows.items():
        rows[name] = column.filter(kept)
    step = f"duplicates={options.duplicates!r}: rows equal in {equal}"
    return pl.DataFrame([(step, n_repeats, 0, 0)], schema=DROPPED, orient="row")


def _starts(keys: list[NDArray[Any]], order: I64) -> NDArray[np.bool_]:
    """Return at which positions of the order one of the keys changes."""
    is_first = np.ones(len(order), bool)
    is_first[1:] = False
    for key in keys:
        values = key[order]
        is_first[1:] |= values[1:] != values[:-1]
    return is_first


def _combined(
    ratings: F32 | F64, order: I64, is_first: NDArray[np.bool_], duplicates: Duplicates
) -> F64:
    """Return ratings in which the first of several equal rows has the sum, max or mean of all."""
    several = ~is_first | ~np.append(is_first[1:], True)
    rows = order[several]  # only these change
    starts = np.flatnonzero(is_first[several])
    combine = np.maximum if duplicates == "max" else np.add
    combined = ratings.astype(np.float64)
    values = combine.reduceat(combined[rows], starts)
    if duplicates == "mean":
        values /= np.diff(starts, append=len(rows))
    combined[rows[starts]] = values
    return combined


def _tags(options: Options, user_ids: pl.Series, catalogue: Catalogue) -> pl.DataFrame:
    """Return the tag table with its columns renamed to user, item, tag and timestamp."""
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
