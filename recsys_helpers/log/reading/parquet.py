"""Reading the wanted columns of a Parquet file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import polars.selectors as cs

from recsys_helpers.log._columns import plain
from recsys_helpers.log.reading.options import Options

FURTHEST = 2**63 - 1
"""Nanoseconds from 1970 to 2262, to which Polars cuts further dates of columns from Spark."""


def read(path: Path, options: Options) -> dict[str, pl.Series]:
    """Return the wanted columns, or raise and say what is wrong with the file."""
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: from_parquet reads one file")
    try:
        schema = pl.read_parquet_schema(path)
        options.require(list(schema), repr(str(path)))
        wanted = list(options.columns.values())
        table = pl.read_parquet(path, columns=wanted)
        cut = [column.name for column in table.select(cs.datetime("ns")) if _is_cut(column)]
        if cut:
            known = {**schema, **dict.fromkeys(cut, pl.Datetime("us"))}
            table = pl.scan_parquet(path, schema=known).select(wanted).collect()
    except FileNotFoundError:
        raise
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise ValueError(
            f"{str(path)!r} cannot be read: it is cut short, damaged or no Parquet file ({error}). "
            "Copy or download it again; text is read with from_csv"
        ) from error
    return {series.name: plain(series) for series in table.get_columns()}


def _is_cut(moments: pl.Series) -> bool:
    return bool((moments.cast(pl.Int64) == FURTHEST).any())
