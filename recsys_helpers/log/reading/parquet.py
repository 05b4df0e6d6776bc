"""Reading columns of Parquet files: of one, of all in a folder, or of all that match a pattern."""

from __future__ import annotations

import glob
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import polars.selectors as cs

from recsys_helpers._types import Place
from recsys_helpers.log import _ids
from recsys_helpers.log._columns import plain
from recsys_helpers.log.reading import unpack
from recsys_helpers.log.reading.options import Options

FURTHEST = 2**63 - 1
"""Nanoseconds from 1970 to 2262; Polars clips later dates in columns from Spark to this."""


ENDINGS = (".parquet", ".parq", ".pq")
HIVE_GAP = "__HIVE_DEFAULT_PARTITION__"


def read(path: Path, options: Options) -> tuple[dict[str, pl.Series], Place]:
    """Return the columns to read, and a function that names a row and its file."""
    files = _files(path)
    tables = _in_one_unit([_table(file, options) for file in files])
    for file, table in zip(files, tables, strict=True):
        for name, dtype in table.schema.items():
            if dtype != tables[0].schema[name]:
                raise ValueError(
                    f"column {name!r} holds {dtype} values in {str(file)!r}, but "
                    f"{tables[0].schema[name]} values in {str(files[0])!r}. Write all files alike"
                )
    ends = list(accumulate(table.height for table in tables))
    table = pl.concat(tables)

    def place(row: int) -> str:
        at = bisect_right(ends, row)
        return f"row {row - (ends[at] - tables[at].height)} of {str(files[at])!r}"

    in_files = _scan(files[0]).collect_schema()
    columns = {
        name: values if name in in_files else _ids.whole_if_all(values)
        for name, values in table.to_dict().items()
    }
    return columns, _ids.row_place if path.is_file() else place


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return _files_in(path)
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    hits = sorted(map(Path, glob.glob(str(path), recursive=True)))
    files = [file for hit in hits for file in (_files_in(hit) if hit.is_dir() else [hit])]
    if not files:
        raise FileNotFoundError(f"no file matches {str(path)!r}")
    return list(dict.fromkeys(files))


def _files_in(folder: Path) -> list[Path]:
    """Return the Parquet files in a folder and its subfolders, without hidden ones."""
    below = [
        file.relative_to(folder)
        for file in folder.rglob("*")
        if file.is_file()
        and not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
    ]
    files = sorted(file for file in below if file.suffix in ENDINGS)
    if not files:
        held = _ids.listed(sorted(map(str, below))) or "no file"
        raise ValueError(
            f"the folder {str(folder)!r} holds no Parquet file ({', '.join(ENDINGS)}), but {held}"
        )
    return [folder / file for file in files]


def _table(path: Path, options: Options) -> pl.DataFrame:
    """Return the columns to read of one file, or raise and say what is wrong with it."""
    if packed := unpack.packing(path):
        raise ValueError(
            f"{str(path)!r} is compressed ({packed}): unpack it first, or read it with from_csv if "
            "it holds text"
        )
    wanted = list(options.columns.values())
    folders = _hive(path)
    try:
        schema = _scan(path).collect_schema()
        options.require([*schema, *folders], repr(str(path)))
        own = [name for name in wanted if name in schema]
        table = _scan(path).select(own).collect()
        cut = [column.name for column in table.select(cs.datetime("ns")) if _is_cut(column)]
        if cut:
            known = {**schema, **dict.fromkeys(cut, pl.Datetime("us"))}
            table = _scan(path, known).select(own).collect()
    except FileNotFoundError:
        raise
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise ValueError(
            f"{str(path)!r} cannot be read: it is cut short, damaged or no Parquet file ({error}). "
            "Copy or download it again; text is read with from_csv"
        ) from error
    return pl.DataFrame(
        [
            plain(table[name])
            if name in own
            else pl.Series(name, [folders[name]], pl.String).new_from_index(0, table.height)
            for name in wanted
        ]
    )


def _in_one_unit(tables: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Convert moments to microseconds where some files have them, and others "ns" without need."""
    units = {pl.Datetime("us"), pl.Datetime("ns")}
    for name in tables[0].columns:
        if {table.schema[name] for table in tables} == units:
            tables = [table.with_columns(_in_microseconds(table[name])) for table in tables]
    return tables


def _in_microseconds(moments: pl.Series) -> pl.Series:
    """Return moments in microseconds, unchanged if some are finer."""
    is_finer = moments.dtype == pl.Datetime("ns") and (moments.cast(pl.Int64) % 1_000 != 0).any()
    return moments if is_finer else moments.cast(pl.Datetime("us"))


def _is_cut(moments: pl.Series) -> bool:
    return bool((moments.cast(pl.Int64) == FURTHEST).any())


def _scan(path: Path, schema: dict[str, pl.DataType] | None = None) -> pl.LazyFrame:
    return pl.scan_parquet(path, schema=schema, glob=False, hive_partitioning=False)


def _hive(path: Path) -> dict[str, str | None]:
    """Return the columns that folders such as day=2024-03-01 stand for, as text."""
    pairs = [part.split("=", 1) for part in path.parent.parts if "=" in part]
    return {name: None if value == HIVE_GAP else unquote(value) for name, value in pairs}
