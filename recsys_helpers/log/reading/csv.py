"""Reading columns of a CSV file, with the line number of every fault."""

from __future__ import annotations

import csv
import io
import re
import reprlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import Place
from recsys_helpers.log import _ids
from recsys_helpers.log.reading import unpack
from recsys_helpers.log.reading.options import Options

LINE, FIELD = "\x1e", "\x1f"
"""Separators that text does not contain: with the first each line is one field; the second replaces
a separator of several characters."""

NUMBER = re.compile(r"\s*-?[0-9]+(\.[0-9]*)?\s*")
BATCH = 50_000
"""How many rows are held as Python strings at once."""


class Marks(NamedTuple):
    """The characters that structure a file."""

    separator: str
    quote: str | None
    escape: str | None

    def check(self) -> None:
        """Raise unless quote and escape are one character each, and all marks are different."""
        given = {"separator": self.separator}
        given |= {} if self.quote is None else {"quote": self.quote}
        given |= {} if self.escape is None else {"escape": self.escape}
        for name, mark in given.items():
            is_text = isinstance(mark, str) and mark != "" and mark.isascii()
            if not is_text or (len(mark) > 1 and name != "separator") or {*mark} & {*"\r\n"}:
                raise ValueError(f"{name} must be one plain character such as ',', not {mark!r}")
        if len({*given.values()}) < len(given) or {*self.separator} & {self.quote, self.escape}:
            raise ValueError(f"{' and '.join(given)} must be different characters, not {given}")

    @property
    def between(self) -> str:
        """The one character between fields after `split`."""
        return self.separator if len(self.separator) == 1 else FIELD

    def split(self, text: str) -> str:
        """Return text with one character between fields, as parsers require."""
        if len(self.separator) == 1:
            return text
        if FIELD in text:
            raise ValueError(f"text split at {self.separator!r} must not hold the sign {FIELD!r}")
        return text.replace(self.separator, FIELD)

    def joined(self, fields: list[str]) -> list[str]:
        """Return fields as before `split`, which also replaces separators within quotes."""
        if len(self.separator) == 1:
            return fields
        return [field.replace(FIELD, self.separator) for field in fields]

    def rows(self, lines: Iterable[str]) -> Any:
        """Return the csv module's reader of lines."""
        if self.escape == "\\":
            # MySQL and Hive write a gap as \N; unescaped it would be N, an id like any other.
            edge = re.escape(self.between)
            gap = re.compile(rf"(^|{edge})(\\N)(?={edge}|\r?\n?$)")
            lines = (gap.sub(r"\1\\\2", self.split(line)) for line in lines)
        else:
            lines = map(self.split, lines)
        return csv.reader(
            lines,
            delimiter=self.between,
            quotechar=self.quote,
            escapechar=self.escape,
            quoting=csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
            strict=True,
        )

    def is_plain(self, text: str) -> bool:
        """Return whether each line is one row: no quotes, blank lines or stray carriage returns."""
        marks = (self.quote, self.escape, LINE, FIELD)
        if text[0] in "\r\n" or any(mark and mark in text for mark in marks):
            return False
        inner = text.rstrip("\r\n")
        return not ("\n\n" in inner or "\n\r\n" in inner or text.count("\r") != text.count("\r\n"))


class Lines:
    """The line on which each row starts, stored only where a row spans lines or lines are blank."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._lines: list[int] = []

    def add(self, row: int, line: int) -> None:
        """Record the line on which a row starts."""
        if not self._rows or line - row != self._lines[-1] - self._rows[-1]:
            self._rows.append(row)
            self._lines.append(line)

    def __call__(self, row: int) -> str:
        """Return the name of a row's line."""
        known = bisect_right(self._rows, row) - 1
        return f"line {self._lines[known] + row - self._rows[known]}"


class Column:
    """A column that grows block by block: as numbers in one buffer, otherwise as text.

    Text is stored as `text`, a type of Polars. A Categorical stores each text once for all its
    rows; if `text` is None, it is used if the first block repeats most of its texts.
    """

    def __init__(
        self,
        name: str,
        as_numbers: Callable[[pl.Series], pl.Series],
        text: type[pl.DataType] | None,
    ) -> None:
        self._name, self._as_numbers, self._text = name, as_numbers, text
        self._numbers = bytearray()
        self._dtype = np.dtype(np.int32)
        self._texts: list[pl.Series] = []

    def add(self, block: pl.Series) -> None:
        """Append text; unless it is written as numbers, the whole column becomes text."""
        if not self._texts:
            values = self._as_numbers(block)
            if values.dtype.is_numeric():
                self._append(values.to_numpy())
                return
            shared = pl.Categorical if 2 * block.n_unique() < len(block) else pl.String
            self._texts.append(self.whole().cast(pl.String).cast(self._text or shared))
            self._numbers = bytearray()
        self._texts.append(block.cast(self._texts[0].dtype))

    def whole(self) -> pl.Series:
        """Return the column; numbers that became text look as they did in the file."""
        if self._texts:
            return pl.concat(self._texts).alias(self._name)
        return pl.Series(self._name, np.frombuffer(self._numbers, self._dtype))

    def _append(self, numbers: NDArray[Any]) -> None:
        """Append numbers: whole numbers in 32 bits as long as all of them fit."""
        if numbers.dtype == np.int64 and (numbers == numbers.astype(np.int32)).all():
            numbers = numbers.astype(np.int32)
        dtype = np.promote_types(self._dtype, numbers.dtype)
        if dtype != self._dtype:
            self._numbers = bytearray(np.frombuffer(self._numbers, self._dtype).astype(dtype).data)
            self._dtype = dtype
        self._numbers += numbers.astype(dtype, copy=False).data


class Shape(NamedTuple):
    """What a file's rows must look like."""

    file: str
    marks: Marks
    columns: list[str]
    named_by: str

    def refuse(self, line: int, n_fields: int) -> NoReturn:
        """Raise because a line has too few or too many fields."""
        hint = "A field that contains the separator must stand in quotes, by default double quotes"
        if n_fields < len(self.columns):
            hint = "If it is the last line, the file may be cut short"
        raise ValueError(
            f"line {line} of {self.file} has {n_fields} field{'s' * (n_fields != 1)}, but "
            f"{self.named_by} {len(self.columns)}. {hint}"
        )


def read(
    path: Path, options: Options, marks: Marks, encoding: str, names: Sequence[str] | None
) -> tuple[dict[str, pl.Series], Place]:
    """Return the columns to read, as text or numbers, and a function that names a row's line."""
    marks.check()
    name = repr(str(path))
    texts = unpack.blocks(path, encoding)
    start = io.StringIO(next(texts, ""), newline="")
    reader = marks.rows(start)
    try:
        first = marks.joined(next(filter(None, reader), []))
    except csv.Error as error:
        raise _unreadable(error, 1, name) from error
    if not first:
        raise ValueError(f"{name} is empty: there is not even a header")
    line = reader.line_num + 1
    if names is None:
        shape = Shape(name, marks, first, "the header has")
    else:
        shape = Shape(name, marks, _names(names, first, name), "names has")
        start, line = io.StringIO(start.getvalue(), newline=""), 1
    _check_separator(first, name, marks.separator)
    _check_columns(shape, options)
    if len(first) != len(shape.columns):
        shape.refuse(reader.line_num, len(first))
    wanted = list(options.columns.values())
    columns = {name: Column(name, _ids.whole_if_all, pl.Categorical) for name in wanted}
    if options.timestamp in columns:
        columns[options.timestamp] = Column(options.timestamp, _ids.whole_if_all, None)
    if options.rating is not None:
        columns[options.rating] = Column(options.rating, _decimal, pl.String)
    where = Lines()
    for table in _tables(chain([start.read()], texts), line, shape, wanted, where):
        for column, block in zip(columns.values(), table.get_columns(), strict=True):
            column.add(block)
    return {name: column.whole() for name, column in columns.items()}, where


def _names(names: Sequence[str], first: list[str], file: str) -> list[str]:
    given = _arguments.names("names", names)
    if given == first:
        raise ValueError(f"{file} has a header with these names: leave names=… out")
    return given


def _check_separator(first: list[str], file: str, separator: str) -> None:
    if len(first) == 1:
        other = [s for s in ("::", ",", ";", "\t", "|") if s != separator and s in first[0]]
        if other:
            raise ValueError(
                f"{file} has a single column {first[0]!r} when split at {separator!r}; "
                f"say separator={other[0]!r}?"
            )


def _check_columns(shape: Shape, options: Options) -> None:
    wanted, columns = list(options.columns.values()), shape.columns
    if not {*wanted} & {*columns} and any(NUMBER.fullmatch(field) for field in columns):
        raise ValueError(
            f"{shape.file} has none of the columns {', '.join(map(repr, wanted))}, and its first "
            f"line holds numbers: {reprlib.repr(columns)}. If it has no header, name all of its "
            "columns in order, for instance names=['user', 'item', 'rating', 'timestamp']"
        )
    options.require(columns, shape.file)
    for column in wanted:
        if columns.count(column) > 1:
            raise ValueError(f"{shape.file} has {columns.count(column)} columns named {column!r}")


def _tables(
    texts: Iterator[str], line: int, shape: Shape, wanted: list[str], where: Lines
) -> Iterator[pl.DataFrame]:
    """Read blocks of rows: with Polars as long as each line is a row, then with the csv module."""
    row = 0
    for text in texts:
        if not text:
            continue
        if not shape.marks.is_plain(text):
            yield from _careful(chain([text], texts), row, line, shape, wanted, where)
            return
        table = _fast(text, line, shape, wanted)
        where.add(row, line)
        row, line = row + table.height, line + text.count("\n")
        yield table


def _fast(text: str, line: int, shape: Shape, wanted: list[str]) -> pl.DataFrame:
    """Read text in which each line is a row."""
    between = shape.marks.between
    data = shape.marks.split(text.rstrip("\r\n")).encode()
    lines = pl.read_csv(
        data, has_header=False, separator=LINE, quote_char=None, infer_schema=False
    ).to_series()
    n_fields = lines.str.count_matches(between, literal=True) + 1
    wrong = (n_fields != len(shape.columns)).arg_true()
    if len(wrong):
        shape.refuse(line + wrong[0], n_fields[wrong[0]])
    places = [shape.columns.index(column) for column in wanted]
    table = pl.read_csv(
        data,
        has_header=False,
        columns=sorted(places),
        separator=between,
        infer_schema=False,
        quote_char=None,
    )
    return table[:, [sorted(places).index(place) for place in places]].fill_null("")


def _careful(
    texts: Iterable[str], row: int, line: int, shape: Shape, wanted: list[str], where: Lines
) -> Iterator[pl.DataFrame]:
    """Read text with quotes or blank lines, recording the line on which each row starts."""
    marks = shape.marks
    reader = marks.rows(chain.from_iterable(io.StringIO(text, newline="") for text in texts))
    places = [shape.columns.index(column) for column in wanted]
    schema = dict.fromkeys(wanted, pl.String)
    rows: list[list[str]] = []
    offset, start = line - 1, line
    try:
        for record in reader:
            if record:
                fields = marks.joined(record)
                if reader.line_num + offset > start:
                    end = reader.line_num + offset
                    _refuse_swallowed(fields, start, end, marks.separator, shape.file)
                if len(fields) != len(shape.columns):
                    shape.refuse(start, len(fields))
                where.add(row, start)
                row += 1
                rows.append([fields[place] for place in places])
                if len(rows) == BATCH:
                    yield pl.DataFrame(rows, schema=schema, orient="row")
                    rows = []
            start = reader.line_num + offset + 1
    except csv.Error as error:
        raise _unreadable(error, start, shape.file) from error
    yield pl.DataFrame(rows, schema=schema, orient="row")


def _refuse_swallowed(fields: list[str], start: int, end: int, separator: str, name: str) -> None:
    """Raise if a field looks like several rows between two stray quotes."""
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


def _decimal(values: pl.Series) -> pl.Series:
    """Return text as Float64 if every row is a finite number, unchanged otherwise."""
    numbers = values.str.strip_chars().cast(pl.Float64, strict=False)
    return numbers if numbers.is_finite().fill_null(False).all() else values
