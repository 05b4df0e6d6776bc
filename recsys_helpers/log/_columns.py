"""Columns of any kind as plain types, with which the package can compute and which it can save."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys_helpers._types import Place

SLICE = 10_000
"""A column of up to so many rows is processed at once, a longer one in up to sixteen slices."""

NAMES = {"int": "whole number", "float": "decimal number", "str": "text"}


def plain_table(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return a table of plain columns, or raise and name the column and rows that mix types."""
    columns = [plain(values) for values in table.get_columns()]
    for values in columns:
        refuse_objects(
            values,
            lambda row: f"row {row} of {name}",
            "a column must hold one type: numbers, text, dates, or lists of one of them",
        )
    return pl.DataFrame(columns)


def plain(values: pl.Series) -> pl.Series:
    """Return fixed-length lists as lists, decimals as numbers, objects as the type they share."""
    dtype = values.dtype
    if dtype == pl.Object:
        return from_objects(values.name, values.to_list())
    if isinstance(dtype, pl.Array):
        return values.arr.to_list()
    if dtype.is_decimal():
        whole = values.cast(pl.Int64, strict=False)
        fits = whole.null_count() == values.null_count() and (whole == values).all()
        return whole if fits else values.cast(pl.Float64)
    return values


def from_objects(name: str, values: Sequence[Any]) -> pl.Series:
    """Return Python values as a column of the type they share, or of Polars' Object type.

    Arrays, tuples and sets become lists, and values that mean "missing" become null.
    """
    if not {*map(type, values)} <= {str, int, type(None)}:  # spares long columns a loop
        values = [_plain_value(value) for value in values]
    types = {*map(type, values)} - {type(None)}
    dtype: pl.DataType | None = None
    if types == {int, float}:
        dtype = pl.Float64()
    elif types == {list}:
        # Polars takes the type of entries from the first list and cuts 2.5 to 2 after [1].
        entries = from_objects(name, [entry for value in values for entry in value or ()])
        dtype = pl.List(entries.dtype)
    has_zone = {value.tzinfo is not None for value in values if isinstance(value, datetime)}
    mixed = len(has_zone) > 1 or (len(types) > 1 and dtype is None)
    # Of dictionaries Polars would keep only the keys of the first.
    if not mixed and dict not in types and dtype != pl.List(pl.Object):
        try:
            if any(getattr(value, "nanosecond", 0) for value in values):
                # pandas' moments, which Polars would cut to microseconds
                values = [value and value.as_unit("ns").value for value in values]
                dtype = pl.Datetime("ns")
            return pl.Series(name, values, dtype=dtype)
        except (TypeError, ValueError, OverflowError, RuntimeError, pl.exceptions.PolarsError):
            pass  # for instance a number beyond 128 bits
    return pl.Series(name, values, dtype=pl.Object)


def _plain_value(value: object) -> Any:
    """Return a value as one of Python's own types, None if it is missing."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=lambda entry: (type(entry).__name__, str(entry)))
    if isinstance(value, (list, tuple)):
        return [_plain_value(entry) for entry in value]
    if is_missing(value):
        return None
    if isinstance(value, Decimal):
        return int(value) if abs(value) < 2**63 and value == int(value) else float(value)
    return value


def by_slices(values: pl.Series, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Apply a function to a sixteenth of a column at a time, which saves memory.

    Examples
    --------
    >>> by_slices(pl.Series(["1", "2"]), lambda part: part.cast(pl.Int64)).to_list()
    [1, 2]
    """
    n_rows = max(len(values) // 16, SLICE)
    parts = (function(values[start : start + n_rows]) for start in range(0, len(values), n_rows))
    return pl.concat(parts)


def of_each(values: pl.Series, distinct: pl.Series, found: NDArray[Any]) -> NDArray[Any]:
    """Return, for each row of a Categorical, the value found for its text.

    Examples
    --------
    >>> values = pl.Series(["b", "a", "b"], dtype=pl.Categorical)
    >>> of_each(values, values.unique(maintain_order=True), np.array([7, 9])).tolist()
    [7, 9, 7]
    """
    codes = distinct.to_physical().to_numpy()
    by_code = np.zeros(int(codes.max()) + 1, found.dtype)
    by_code[codes] = found
    of_rows: NDArray[Any] = by_code[values.to_physical().to_numpy()]
    return of_rows


def is_missing(value: object) -> bool:
    """Return whether a value means "missing": None, NaN, pandas.NA or NaT of any library."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, float) and math.isnan(value)


def refuse_objects(values: pl.Series, place: Place, wanted: str) -> None:
    """Raise if values share no type, and name the first row of each type."""
    if values.dtype != pl.Object:
        return
    first: dict[str, str] = {}
    for row, value in enumerate(values.to_list()):
        if value is not None:
            first.setdefault(_kind(value), f"{reprlib.repr(value)} at {place(row)}")
    shown = " and ".join(f"{kind} ({where})" for kind, where in first.items())
    if len(first) > 1:
        raise ValueError(
            f"column {values.name!r} mixes values of different types: {shown}; {wanted}"
        )
    raise TypeError(f"column {values.name!r} holds {shown}, which it cannot keep; {wanted}")


def _kind(value: object) -> str:
    if isinstance(value, list):
        return f"list of {' and '.join(sorted({_kind(entry) for entry in value})) or 'nothing'}"
    if isinstance(value, datetime):
        return f"moment with{'out' * (value.tzinfo is None)} a time zone"
    return NAMES.get(type(value).__name__, type(value).__name__)
