"""Columns of any dataframe that narwhals understands, as Polars Series."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from recsys_helpers.log import _columns, _ids


def opened(frame: object, argument: str) -> nw.DataFrame[Any]:
    """Return any eager or lazy dataframe as a narwhals frame."""
    try:
        native: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(frame)
    except TypeError as error:
        raise TypeError(
            f"{argument} must be a dataframe (pandas, Polars, PyArrow or another that narwhals "
            f"knows), not {type(frame).__name__}. For a file use from_csv or from_parquet"
        ) from error
    table = native.collect() if isinstance(native, nw.LazyFrame) else native
    if numbers := [name for name in table.columns if not isinstance(name, str)]:
        raise TypeError(
            f"{argument} has columns named {_ids.listed(numbers)}, as a file read without a header "
            "has; columns must be named by text. Name them first, for instance "
            "df.columns = ['user', 'item', 'timestamp']"
        )
    return table


def as_polars(frame: object, argument: str) -> pl.DataFrame:
    """Return a whole dataframe as Polars."""
    table = opened(frame, argument)
    columns = [column(table, name) for name in table.columns]
    return _columns.plain_table(pl.DataFrame(columns), argument)


def column(frame: nw.DataFrame[Any], name: str) -> pl.Series:
    """Return one column as Polars; values of mixed types come back as Polars' Object type."""
    values = frame[name]
    native = values.to_native()
    if isinstance(native, pl.Series):
        return _columns.plain(native)
    dtype = values.dtype
    if isinstance(dtype, nw.Datetime):
        moments = values.to_numpy()  # in UTC, if the column has a zone
        unit = "ms" if dtype.time_unit == "s" else dtype.time_unit
        return pl.Series(name, moments.astype(f"datetime64[{unit}]"))
    if (dtype.is_integer() or dtype.is_float()) and not values.is_null().any():
        return pl.Series(name, values.to_numpy())
    if dtype.is_float():
        return pl.Series(name, values.to_numpy().astype(float), nan_to_null=True)
    return _columns.from_objects(name, values.to_list())
