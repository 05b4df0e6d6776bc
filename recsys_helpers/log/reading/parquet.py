"""Reading the wanted columns of a Parquet file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from recsys_helpers.log.reading.options import Options

MAGIC = b"PAR1"


def read(path: Path, options: Options) -> dict[str, pl.Series]:
    """Return the wanted columns, or raise and say what is wrong with the file."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(max(0, path.stat().st_size - 4))
        end = file.read(4)
    if start != MAGIC:
        hint = " It is empty." if not start else " If it is text, read it with from_csv."
        raise ValueError(f"{str(path)!r} is no Parquet file.{hint}")
    if end != MAGIC:
        raise ValueError(
            f"{str(path)!r} is cut short: a Parquet file ends with the bytes PAR1, this one does "
            "not. Copy or download it again"
        )
    try:
        options.require(list(pl.read_parquet_schema(path)), repr(str(path)))
        table = pl.read_parquet(path, columns=list(options.columns.values()))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ValueError(
            f"{str(path)!r} is damaged and cannot be read ({error}). Copy or download it again"
        ) from error
    return {series.name: series for series in table.get_columns()}
