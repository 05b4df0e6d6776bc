"""Reading the wanted columns of a Parquet file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from recsys_helpers.log._columns import plain
from recsys_helpers.log.reading.options import Options


def read(path: Path, options: Options) -> dict[str, pl.Series]:
    """Return the wanted columns, or raise and say what is wrong with the file."""
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: from_parquet reads one file")
    try:
        options.require(list(pl.read_parquet_schema(path)), repr(str(path)))
        table = pl.read_parquet(path, columns=list(options.columns.values()))
    except FileNotFoundError:
        raise
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise ValueError(
            f"{str(path)!r} cannot be read: it is cut short, damaged or no Parquet file ({error}). "
            "Copy or download it again; text is read with from_csv"
        ) from error
    return {series.name: plain(series) for series in table.get_columns()}
