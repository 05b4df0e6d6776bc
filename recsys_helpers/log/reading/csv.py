"""Reading the wanted columns of a CSV file, with the line of every fault."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from recsys_helpers._types import Place
from recsys_helpers.log.reading.options import Options

UNUSED = "\x1f"
"""A separator of fields that text does not hold: with it each line is one field."""

WHOLE_NUMBER = r"^(0|-?[1-9][0-9]{0,18})$"


def read(
    path: Path, options: Options, separator: str, encoding: str
) -> tuple[dict[str, pl.Series], Place]:
    """Return the wanted columns as text or whole numbers, and what names a row's line."""
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n':
        raise ValueError(f"separator must be one plain character such as ',', not {separator!r}")
    data = _text_of(path, encoding)
    name = repr(str(path))
    header = next(csv.reader(_text(data), delimiter=separator), [])
    if not header:
        raise ValueError(f"{name} is empty: there is not even a header")
    _check_header(header, options, name, separator)
    wanted = list(options.columns.values())
    if _is_plain(data):
        _check_fields(data, separator, len(header), name)
        table, place = _fast(data, wanted, separator)
    else:
        table, place = _careful(data, header, wanted, separator, name)
    ids = (options.user, options.item)
    return {n: _whole_if_all(table[n]) if n in ids else table[n] for n in wanted}, place


def _text_of(path: Path, encoding: str) -> bytes:
    """Return the file as UTF-8, without byte-order mark."""
    data = path.read_bytes()
    if encoding.lower().replace("-", "") == "utf8" and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(f"{str(path)!r} is UTF-16 text; say encoding='utf-16'")
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise ValueError(f"encoding {encoding!r} is unknown; try 'utf-8' or 'latin-1'") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"line {line} of {str(path)!r} holds the byte 0x{data[error.start]:02x}, which is no "
            f"{encoding} text. If the file comes from an older program, try encoding='latin-1'"
        ) from error
    if encoding.lower().replace("-", "") != "utf8":
        data = text.encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _text(data: bytes) -> io.TextIOWrapper:
    """Return the file as the csv module wants it, decoded as it is read."""
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")


def _check_header(header: list[str], options: Options, name: str, separator: str) -> None:
    if len(header) == 1:
        other = [s for s in (",", ";", "\t", "|") if s != separator and s in header[0]]
        if other:
            raise ValueError(
                f"{name} has a single column {header[0]!r} when split at {separator!r}; "
                f"say separator={other[0]!r}?"
            )
    options.require(header, name)
    for wanted in options.columns.values():
        if header.count(wanted) > 1:
            raise ValueError(f"{name} has {header.count(wanted)} columns named {wanted!r}")


def _is_plain(data: bytes) -> bool:
    """Tell whether each line is one row: no quotes, no blank lines, no stray carriage returns."""
    if b'"' in data or UNUSED.encode() in data:
        return False
    if b"\n\n" in data.rstrip(b"\r\n") or b"\n\r\n" in data.rstrip(b"\r\n"):
        return False
    return data.count(b"\r") == data.count(b"\r\n") and data[:1] not in (b"\n", b"\r")


def _check_fields(data: bytes, separator: str, expected: int, name: str) -> None:
    """Raise if a line has too few or too many fields."""
    lines = pl.scan_csv(
        data,
        has_header=False,
        separator=UNUSED,
        quote_char=None,
        infer_schema=False,
        new_columns=["line"],
    ).with_row_index("number", offset=1)
    n_fields = 1 + pl.col("line").str.count_matches(separator, literal=True)
    counted = lines.select("number", n_fields=n_fields).filter(pl.col("n_fields") != expected)
    for line, wrong in counted.head(1).collect(engine="streaming").rows():
        _raise_fields(name, line, wrong, expected)


def _raise_fields(name: str, line: int, n_fields: int, expected: int) -> None:
    hint = "A field that contains the separator must stand in double quotes"
    if n_fields < expected:
        hint = "If it is the last line, the file may be cut short"
    raise ValueError(
        f"line {line} of {name} has {n_fields} field{'s' * (n_fields != 1)}, but the header has "
        f"{expected}. {hint}"
    )


def _fast(data: bytes, wanted: list[str], separator: str) -> tuple[pl.DataFrame, Place]:
    """Read a file in which each line after the header is a row."""
    table = pl.read_csv(
        data, columns=wanted, separator=separator, infer_schema=False, quote_char=None
    )
    return table.fill_null(""), lambda row: f"line {row + 2}"


def _careful(
    data: bytes, header: list[str], wanted: list[str], separator: str, name: str
) -> tuple[pl.DataFrame, Place]:
    """Read a file with quotes or blank lines, keeping the line on which each row starts."""
    reader = csv.reader(_text(data), delimiter=separator, strict=True)
    places = [header.index(column) for column in wanted]
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for fields in reader:
            if fields:
                if len(fields) != len(header):
                    _raise_fields(name, start, len(fields), len(header))
                rows.append([fields[place] for place in places])
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"the row that starts on line {start} of {name} cannot be read ({error}): a double "
            "quote is opened and not closed, or stands inside a quoted field without being doubled"
        ) from error
    table = pl.DataFrame(rows[1:], schema=dict.fromkeys(wanted, pl.String), orient="row")
    return table, lambda row: f"line {lines[row + 1]}"


def _whole_if_all(ids: pl.Series) -> pl.Series:
    """Return ids as Int64 if all are written as whole numbers, unchanged otherwise."""
    if ids.str.contains(WHOLE_NUMBER).all():
        numbers = ids.cast(pl.Int64, strict=False)
        if not numbers.has_nulls():  # nineteen digits may be beyond 64 bits
            return numbers
    return ids
