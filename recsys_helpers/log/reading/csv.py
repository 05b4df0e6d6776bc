"""Reading the wanted columns of a CSV file, with the line of every fault."""

from __future__ import annotations

import csv
import io
import re
import reprlib
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from recsys_helpers._types import Place
from recsys_helpers.log.reading.options import Options

UNUSED = "\x1f"
"""A separator of fields that text does not hold: with it each line is one field."""

WHOLE_NUMBER = r"^(0|-?[1-9][0-9]{0,18})$"


SIGNATURES = {
    b"\x1f\x8b": "is compressed (gzip): unpack it first",
    b"PK\x03\x04": "is compressed (zip): unpack it first",
    b"\x28\xb5\x2f\xfd": "is compressed (zstd): unpack it first",
    b"BZh": "is compressed (bzip2): unpack it first",
    b"\xfd7zXZ": "is compressed (xz): unpack it first",
    b"PAR1": "is a Parquet file: read it with from_parquet",
}
"""The first bytes of files that are no text, and what to do with them."""


class Marks(NamedTuple):
    """The characters that structure a file."""

    separator: str
    quote: str | None
    escape: str | None

    def check(self) -> None:
        """Raise unless each is one character, and all are different."""
        given = {"separator": self.separator}
        given |= {} if self.quote is None else {"quote": self.quote}
        given |= {} if self.escape is None else {"escape": self.escape}
        for name, mark in given.items():
            if not isinstance(mark, str) or len(mark) != 1 or not mark.isascii() or mark in "\r\n":
                raise ValueError(f"{name} must be one plain character such as ',', not {mark!r}")
        if len(set(given.values())) < len(given):
            raise ValueError(f"{' and '.join(given)} must be different characters, not {given}")

    def rows(self, data: bytes) -> Any:
        """Return the csv module's reader of a file."""
        text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
        return csv.reader(
            text,
            delimiter=self.separator,
            quotechar=self.quote,
            escapechar=self.escape,
            quoting=csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
            strict=True,
        )


def read(
    path: Path, options: Options, marks: Marks, encoding: str
) -> tuple[dict[str, pl.Series], Place]:
    """Return the wanted columns as text or whole numbers, and what names a row's line."""
    marks.check()
    data = _text_of(path, encoding)
    name = repr(str(path))
    try:
        header: list[str] = next(marks.rows(data), [])
    except csv.Error as error:
        raise _unreadable(error, 1, name) from error
    if not header:
        raise ValueError(f"{name} is empty: there is not even a header")
    _check_header(header, options, name, marks.separator)
    wanted = list(options.columns.values())
    if _is_plain(data, marks):
        _check_fields(data, marks.separator, len(header), name)
        table, place = _fast(data, wanted, marks.separator)
    else:
        table, place = _careful(data, header, wanted, marks, name)
    ids = (options.user, options.item)
    return {n: _whole_if_all(table[n]) if n in ids else table[n] for n in wanted}, place


def _text_of(path: Path, encoding: str) -> bytes:
    """Return the file as UTF-8, without byte-order mark."""
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: from_csv reads one file")
    data = path.read_bytes()
    for signature, advice in SIGNATURES.items():
        if data.startswith(signature):
            raise ValueError(f"{str(path)!r} {advice}")
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


def _is_plain(data: bytes, marks: Marks) -> bool:
    """Tell whether each line is one row: no quotes, no blank lines, no stray carriage returns."""
    if any(mark and mark.encode() in data for mark in (marks.quote, marks.escape, UNUSED)):
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
    hint = "A field that contains the separator must stand in quotes, by default double quotes"
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
    data: bytes, header: list[str], wanted: list[str], marks: Marks, name: str
) -> tuple[pl.DataFrame, Place]:
    """Read a file with quotes or blank lines, keeping the line on which each row starts."""
    if marks.escape == "\\":
        # MySQL and Hive write a gap as \N; unescaped it would be the text N, an id like any other.
        edge = re.escape(marks.separator).encode()
        data = re.sub(rb"(?m)(^|%b)(\\N)(?=%b|\r?$)" % (edge, edge), rb"\1\\\2", data)
    reader = marks.rows(data)
    places = [header.index(column) for column in wanted]
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for fields in reader:
            if fields:
                if reader.line_num > start:
                    _refuse_swallowed(fields, start, reader.line_num, marks.separator, name)
                if len(fields) != len(header):
                    _raise_fields(name, start, len(fields), len(header))
                rows.append([fields[place] for place in places])
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(error, start, name) from error
    table = pl.DataFrame(rows[1:], schema=dict.fromkeys(wanted, pl.String), orient="row")
    return table, lambda row: f"line {lines[row + 1]}"


def _refuse_swallowed(fields: list[str], start: int, end: int, separator: str, name: str) -> None:
    """Raise if a field may be several rows between two stray quotes."""
    for field in fields:
        if separator in field and ("\n" in field or "\r" in field):
            raise ValueError(
                f"a quoted field of {name} runs from line {start} to line {end} and holds the "
                f"separator {separator!r}, as when stray quotes swallow the rows between them: "
                f"{reprlib.repr(field)}. If quotes are ordinary characters in this file, say "
                "quote=None; if it is one long text, read the file with polars.read_csv and pass "
                "the table to from_frame"
            )


def _unreadable(error: csv.Error, line: int, name: str) -> ValueError:
    if "field limit" in str(error):
        why = (
            f"a field is longer than {csv.field_size_limit():,} characters. Either a quote is "
            "opened and not closed, or the text is that long: then raise the limit with "
            "csv.field_size_limit(…)"
        )
    else:
        why = (
            f"{error}: a quote, by default the double quote, is opened and not closed, or stands "
            "inside a quoted field without being doubled"
        )
    return ValueError(
        f"the row that starts on line {line} of {name} cannot be read: {why}. If quotes are "
        "ordinary characters in this file, say quote=None; if they are escaped, say escape='\\\\'"
    )


def _whole_if_all(ids: pl.Series) -> pl.Series:
    """Return ids as Int64 if all are written as whole numbers, unchanged otherwise."""
    if ids.str.contains(WHOLE_NUMBER).all():
        numbers = ids.cast(pl.Int64, strict=False)
        if not numbers.has_nulls():  # nineteen digits may be beyond 64 bits
            return numbers
    return ids
