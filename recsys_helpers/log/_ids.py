"""The caller's ids: checked, looked up, and shown in messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from recsys_helpers._types import I32, Ids, Place
from recsys_helpers.log import _columns

FILL_IN = "Every row needs one: fill it in or remove the row."
GAPS = (
    " Gaps also turn whole-number ids into decimals in pandas; once they are gone, whole numbers "
    "are read as such."
)


GAP_SIGN = r"^\s*(\\N|<NA>|#N/A)\s*$"
"""What databases and programs write for a missing value, and nobody as an id."""

GAP_WORD = r"(?i)^\s*(null|nan|none|n/?a|nat|nil)\s*$"

WHOLE_NUMBER = r"^(0|-?[1-9][0-9]{0,18})$"

NUMBER = r"^[+-]?[0-9]+(\.0*)?$"


def row_place(row: int) -> str:
    """Name a row of a frame, counted from 0 as frames count."""
    return f"row {row}"


def list_place(row: int) -> str:
    """Name a position in a list, counted from 0."""
    return f"position {row}"


def listed(values: Iterable[object], limit: int = 5) -> str:
    """Show the first few values and how many more there are.

    Examples
    --------
    >>> listed(["a", 7, "c"], limit=2)
    "'a', 7 and 1 more"
    """
    shown = [repr(value) for value in values]
    if len(shown) > limit:
        return f"{', '.join(shown[:limit])} and {len(shown) - limit:,} more"
    return ", ".join(shown)


def require_column(
    columns: Sequence[str], wanted: str, argument: str, table: str, advice: str = ""
) -> None:
    """Raise unless the table has the column, and suggest the closest name it does have."""
    if wanted in columns:
        return
    close = difflib.get_close_matches(wanted.lower(), [c.lower() for c in columns], n=1, cutoff=0.5)
    near = [c for c in columns if close and c.lower() == close[0]]
    hint = f" Did you mean {argument}={near[0]!r}?" if near else ""
    raise ValueError(
        f"{table} has no column {wanted!r}; its columns are {listed(columns, 20)}.{hint} "
        f"Name the column with {argument}=…{advice}"
    )


def id_series(values: pl.Series, column: str, place: Place) -> pl.Series:
    """Return ids as Int64 or String, or raise and name the first row that is no id."""
    values = _columns.plain(values).alias(column)
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    advice = FILL_IN + (GAPS if values.dtype.is_float() else "")
    refuse_missing(values, column, place, "value", advice)
    _columns.refuse_objects(
        values,
        place,
        "ids must be whole numbers or text, all of one type, for instance "
        f"df[{column!r}].astype('string')",
    )
    if values.dtype.is_float():
        return whole_numbers(values, column, place, 2.0**53, "ids must be whole numbers or text")
    if values.dtype.is_integer():
        try:
            return values.cast(pl.Int64)
        except pl.exceptions.InvalidOperationError as error:
            raise ValueError(f"column {column!r} holds ids beyond 64 bits; use text ids") from error
    if values.dtype == pl.String:
        return values
    if len(values) == 0:
        return values.cast(pl.Int64)
    raise TypeError(
        f"column {column!r} holds {values.dtype} values; ids must be whole numbers or text. "
        "Convert the column first"
    )


def refuse_gap_marks(ids: pl.Series, column: str, place: Place) -> None:
    """Raise if a text id is what some program writes for a missing value.

    A person may be called Null or Nan, so words are refused only where all other ids are numbers.
    """
    if ids.dtype != pl.String:
        return
    is_gap, is_word = ids.str.contains(GAP_SIGN), ids.str.contains(GAP_WORD)
    rest = ids.filter(~is_gap & ~is_word)
    if is_word.any() and rest.str.contains(NUMBER).all():
        is_gap |= is_word
    rows = is_gap.arg_true()
    if len(rows):
        others = f" (and {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
        raise ValueError(
            f"column {column!r} holds {ids[rows[0]]!r} at {place(rows[0])}{others}, which marks a "
            f"gap and is no id. Remove these rows first, in pandas with df.dropna(subset="
            f"[{column!r}]) before any astype(str), or read the file with polars.read_csv(…, "
            f"null_values=[{ids[rows[0]]!r}]).drop_nulls({column!r}) and pass that to from_frame"
        )


def refuse_missing(values: pl.Series, column: str, place: Place, what: str, advice: str) -> None:
    """Raise if a value is null, NaN or empty; name the first row and how many there are."""
    missing = values.is_null()
    if values.dtype.is_float():
        missing |= values.is_nan()
    elif values.dtype in (pl.String, pl.Categorical):
        missing |= values == ""
    rows = missing.arg_true()
    if len(rows):
        others = f" (and {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
        raise ValueError(f"column {column!r} has no {what} at {place(rows[0])}{others}. {advice}")


def whole_numbers(
    values: pl.Series, column: str, place: Place, largest: float, advice: str
) -> pl.Series:
    """Return decimal numbers that are whole as Int64, or raise and name the first that is not."""
    wrong = (values != values.round(0)) | (values.abs() > largest)
    if wrong.any():
        row = wrong.arg_true()[0]
        raise ValueError(
            f"column {column!r} holds {values[row]!r} at {place(row)}, which is no whole number; "
            f"{advice}"
        )
    return values.cast(pl.Int64)


def whole_if_all(values: pl.Series) -> pl.Series:
    """Return text as Int64 if every row is written as a whole number, unchanged otherwise."""
    if values.str.contains(WHOLE_NUMBER).all():
        numbers = values.cast(pl.Int64, strict=False)
        if not numbers.has_nulls():  # nineteen digits may be beyond 64 bits
            return numbers
    return values


def given_ids(ids: object, argument: str) -> pl.Series:
    """Return ids that a caller passed as a list, array or Series."""
    if isinstance(ids, (str, bytes, Mapping)) or not isinstance(ids, Iterable):
        raise TypeError(f"{argument} must be a list of ids, for instance [{ids!r}]")
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        ids = pl.Series(ids)
    if not isinstance(ids, pl.Series):
        ids = pl.Series(list(ids), dtype=pl.Object)
    return id_series(ids, argument, list_place)


def codes_of(
    ids: pl.Series, known: pl.Series, place: Place, whose: str, complaint: str, advice: str = ""
) -> I32:
    """Return the position of each id among the known ones, or raise and name the unknown ones."""
    same_type(ids, known, place, whose)
    codes = lookup(ids, known)
    if codes.has_nulls():
        unknown = ids.filter(codes.is_null()).unique(maintain_order=True).to_list()
        row = codes.is_null().arg_true()[0]
        raise ValueError(f"{complaint} {listed(unknown)} (first at {place(row)}){advice}")
    return codes.to_numpy()


def lookup(ids: pl.Series, known: pl.Series) -> pl.Series:
    """Return the position of each id among the known ones, null for an unknown one."""
    if len(ids) == 0:
        return pl.Series([], dtype=pl.Int32)  # no id says no type, which may differ from the known
    if ids.dtype == pl.Categorical:
        each = ids.unique()
        codes = lookup(each.cast(pl.String), known)
        of_rows = pl.Series(_columns.of_each(ids, each, codes.fill_null(-1).to_numpy()))
        return of_rows.set(of_rows == -1, None) if codes.has_nulls() else of_rows
    codes = pl.int_range(len(known), dtype=pl.Int32, eager=True)
    table = pl.DataFrame({"id": known.cast(ids.dtype), "code": codes})
    return _columns.by_slices(
        ids.alias("id"),
        lambda part: part.to_frame().join(table, "id", "left", maintain_order="left")["code"],
    ).rechunk()


def distinct(ids: pl.Series) -> pl.Series:
    """Return each id once, sorted."""
    return ids.unique().cast(pl.Int64 if ids.dtype == pl.Int64 else pl.String).sort()


def same_type(ids: pl.Series, known: pl.Series, place: Place, whose: str) -> None:
    """Raise if ids are text and the known ones whole numbers, or the other way round."""
    if len(ids) == 0 or len(known) == 0 or _noun(ids) == _noun(known):
        return
    # One id that is no number makes a whole column text, so it is the one to show.
    numbers = ids.cast(pl.String).cast(pl.Int64, strict=False)
    row = numbers.is_null().arg_max() or 0
    raise ValueError(
        f"{whose} ids are {_noun(known)}, for instance {known[0]!r}, and these are "
        f"{_noun(ids)}, for instance {ids[row]!r} at {place(row)}. Convert one of them"
    )


def _noun(ids: pl.Series) -> str:
    return "whole numbers" if ids.dtype == pl.Int64 else "text"


def as_array(ids: pl.Series) -> Ids:
    """Return ids as the arrays of the public interface, read-only."""
    array: Ids = np.array(ids.to_list(), dtype=object) if ids.dtype == pl.String else ids.to_numpy()
    view = array.view()
    view.flags.writeable = False
    return view


def as_series(ids: Ids) -> pl.Series:
    """Return the package's id arrays as Polars."""
    if ids.dtype == object:
        return pl.Series(ids.tolist(), dtype=pl.String)
    return pl.Series(ids)
