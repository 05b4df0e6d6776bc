"""Any dataframe that narwhals understands, column by column, as Polars."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl


def opened(frame: object, argument: str) -> nw.DataFrame[Any]:
    """Return any eager or lazy dataframe as a narwhals frame."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    try:
        return nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise TypeError(
            f"{argument} must be a dataframe (pandas, Polars, PyArrow or another that narwhals "
            f"knows), not {type(frame).__name__}. For a file use from_csv or from_parquet"
        ) from error


def as_polars(frame: object, argument: str) -> pl.DataFrame:
    """Return a whole dataframe as Polars."""
    if isinstance(frame, pl.DataFrame):
        return frame
    table = opened(frame, argument)
    return pl.DataFrame([column(table, name) for name in table.columns])


def column(frame: nw.DataFrame[Any], name: str) -> pl.Series:
    """Return one column as Polars; values of mixed types come back as Polars' Object type."""
    values = frame[name]
    native = values.to_native()
    if isinstance(native, pl.Series):
        return native
    dtype = values.dtype
    if isinstance(dtype, nw.Datetime):
        if dtype.time_zone is not None:
            values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        moments = values.to_numpy()
        unit = "ms" if dtype.time_unit == "s" else dtype.time_unit
        return pl.Series(name, moments.astype(f"datetime64[{unit}]"))
    if dtype.is_numeric() and not values.is_null().any():
        return pl.Series(name, values.to_numpy())
    if dtype.is_float():
        return pl.Series(name, values.to_numpy().astype(float), nan_to_null=True)
    return _from_objects(name, values.to_list(), values.is_null().to_list())


def _from_objects(name: str, values: list[Any], missing: list[bool]) -> pl.Series:
    cleaned = [None if gap else value for value, gap in zip(values, missing, strict=True)]
    kinds = {type(value) for value in cleaned if value is not None}
    if len(kinds) <= 1:
        try:
            return pl.Series(name, cleaned)
        except (TypeError, OverflowError, pl.exceptions.PolarsError):
            pass
    return pl.Series(name, cleaned, dtype=pl.Object)
