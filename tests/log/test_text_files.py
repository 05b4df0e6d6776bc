"""Text files whose quotes, escapes and gaps could turn rows into rows that never were."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Interactions
from recsys_helpers.log.reading.csv import Lines

STRAY = (
    "user\tartist\titem\ttimestamp\n"
    'ann\t"Heroes\tA\t1\n'
    "bob\tQueen\tB\t2\n"
    'cid\tLive 12"\tC\t3\n'
    "dan\tx\tD\t4\n"
)
ROWS = [("ann", "A", 1), ("bob", "B", 2), ("cid", "C", 3), ("dan", "D", 4)]

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(data: str | bytes) -> Path:
        path = tmp_path / "log.csv"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return _write


def refused(path: Path, **how: object) -> str:
    with pytest.raises((ValueError, OSError)) as caught:
        Interactions.from_csv(path, **how)
    return str(caught.value)


# quotes


@pytest.mark.bad_input("text files", by=())
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_stray_quotes_do_not_swallow_rows(write: Write, newline: str) -> None:
    path = write(STRAY.replace("\n", newline))
    text = refused(path, separator="\t")
    for part in ("line 2", "line 4", "separator '\\t'", "quote=None", "Heroes"):
        assert part in text
    assert Interactions.from_csv(path, separator="\t", quote=None).to_frame().rows() == ROWS


@pytest.mark.bad_input("text files")
def test_a_quote_that_never_closes_says_what_to_do(write: Write) -> None:
    path = write(STRAY.replace('12"', "12"))
    text = refused(path, separator="\t")
    assert "starts on line 2" in text
    assert "quote=None" in text
    assert Interactions.from_csv(path, separator="\t", quote=None).to_frame().rows() == ROWS


@pytest.mark.bad_input("text files")
def test_long_fields_and_headers_say_why(write: Write) -> None:
    long = '"' + "x" * (csv.field_size_limit() + 1)
    text = refused(write(f'user,item,timestamp,note\n1,2,3,{long}"\n'))
    for part in ("starts on line 2", f"{csv.field_size_limit():,} characters", "field_size_limit("):
        assert part in text
    assert "starts on line 1" in refused(write('user,"item,timestamp\n1,2,3\n'))


def test_quoted_text_over_lines_and_quoted_separators_are_no_faults(write: Write) -> None:
    path = write('user,item,note,timestamp\nann,A,"two\nlines",1\nbob,B,"one, two",2\n')
    assert Interactions.from_csv(path).to_frame().rows() == ROWS[:2]


def test_another_quote_and_escapes(write: Write) -> None:
    path = write("user,item,timestamp\n'ann',A,1\nbob,'B',2\n")
    assert Interactions.from_csv(path, quote="'").to_frame().rows() == ROWS[:2]
    path = write('user,item,timestamp\n"a\\"nn",A,1\nb\\,ob,B,2\n')
    log = Interactions.from_csv(path, escape="\\")
    assert log.to_frame()["user"].to_list() == ['a"nn', "b,ob"]
    assert "escape=" in refused(path)


@pytest.mark.bad_input("text files")
@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({"quote": "''"}, "quote"),
        ({"escape": ""}, "escape"),
        ({"separator": None}, "separator"),
        ({"separator": '"'}, "separator and quote"),
        ({"quote": "\\", "escape": "\\"}, "quote and escape"),
    ],
)
def test_marks_are_single_and_different(write: Write, how: dict[str, object], name: str) -> None:
    assert name in refused(write(STRAY), **how)


text = st.text(st.sampled_from("ab\"',;\\\t0 "), min_size=1, max_size=6).filter(
    lambda value: value.strip() and value[0] + value[-1] == (value[0] + value[-1]).strip()
)


@given(
    st.lists(st.tuples(text, text), min_size=1, max_size=6),
    st.sampled_from([('"', None), ("'", None), ('"', "\\"), (None, "\\")]),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    pairs: list[tuple[str, str]],
    marks: tuple[str | None, str | None],
) -> None:
    quote, escape = marks
    file = io.StringIO(newline="")
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    writer = csv.writer(
        file, quotechar=quote, escapechar=escape, quoting=quoting, doublequote=escape is None
    )
    writer.writerow(["user", "item", "timestamp"])
    writer.writerows((user, item, row) for row, (user, item) in enumerate(pairs))
    path = tmp_path_factory.mktemp("csv") / "log.csv"
    path.write_text(file.getvalue(), newline="")
    log = Interactions.from_csv(path, quote=quote, escape=escape)
    rows = [(str(user), str(item)) for user, item, _ in log.to_frame().rows()]
    assert rows == pairs


def test_a_header_may_hold_numbers_or_none_of_the_columns(write: Write) -> None:
    path = write("user,item,timestamp,2024\nann,A,1,x\nbob,B,2,x\n")
    assert Interactions.from_csv(path).to_frame().rows() == ROWS[:2]
    assert "no column 'user'; its columns are 'who', 'what'" in refused(write("who,what\na,b\n"))
    assert "its first line holds numbers" in refused(write("7,b\n8,c\n"))


def test_lines_are_kept_only_where_rows_stop_following_them() -> None:
    """So that a file of any length takes a few numbers."""
    where = Lines()
    for row, line in enumerate([2, 3, 5, 6, 7, 9]):
        where.add(row, line)
    assert [where(row) for row in range(6)] == [f"line {line}" for line in (2, 3, 5, 6, 7, 9)]
    assert len(where._rows) == len(where._lines) == 3


# gaps


@pytest.mark.bad_input("text files", by=("mark",))
@pytest.mark.parametrize("mark", ["NULL", "\\N", "nan", "NaN", "None", "<NA>", "N/A", "null"])
@pytest.mark.parametrize("escape", [None, "\\"])
def test_marks_for_gaps_are_nobody(write: Write, mark: str, escape: str | None) -> None:
    path = write(f"user,item,timestamp\n1,2,3\n{mark},2,4\n2,2,5\n{mark},3,6\n")
    said = refused(path, escape=escape)
    for part in ("column 'user'", repr(mark), "line 3", "and 1 more row", "null_values"):
        assert part in said
    known = pl.read_csv(path, null_values=[mark]).drop_nulls("user")
    assert Interactions.from_frame(known).user_ids.tolist() == [1, 2]


@pytest.mark.bad_input("frames and item tables")
def test_gaps_in_frames_and_item_tables() -> None:
    frame = pd.DataFrame({"user": [1, None, 2], "item": [1, 2, 3], "timestamp": [1, 2, 3]})
    with pytest.raises(ValueError, match=r"'user' holds 'nan' at row 1.*dropna"):
        Interactions.from_frame(frame.assign(user=[str(user) for user in frame["user"]]))
    items = pl.DataFrame({"item": ["1", "None"]})
    with pytest.raises(ValueError, match="'item' holds 'None' at row 1 of the item table"):
        Interactions.from_frame(frame.assign(user=1, item=["1"] * 3), items=items)


def test_people_may_be_called_like_gaps_but_not_like_signs(write: Write) -> None:
    path = write("user,item,timestamp\nAnn,1,1\nNan,1,2\nNull,1,3\n")
    assert Interactions.from_csv(path).user_ids.tolist() == ["Ann", "Nan", "Null"]
    assert "line 3" in refused(write("user,item,timestamp\nAnn,1,1\n\\N,1,2\n"))


@pytest.mark.bad_input("text files", by=("marks",))
@pytest.mark.parametrize("column", ["user", "item"])
@pytest.mark.parametrize("marks", [["NULL"] * 3, ["nan", "None", " NaN"]])
def test_a_column_of_nothing_but_gaps_is_nobody(column: str, marks: list[str]) -> None:
    frame = pl.DataFrame({"user": [1, 2, 3], "item": [4, 5, 6], "timestamp": [7, 8, 9]})
    frame = frame.with_columns(pl.Series(column, marks))
    with pytest.raises(ValueError, match=f"'{column}' holds '{marks[0]}' at row 0 .and 2 more"):
        Interactions.from_frame(frame)


# files that are something else


@pytest.mark.bad_input("text files")
def test_other_files_say_what_they_are(write: Write, tmp_path: Path) -> None:
    table = pl.DataFrame({"user": [1], "item": [2], "timestamp": [3]})
    parquet = tmp_path / "log.parquet"
    table.write_parquet(parquet)
    assert "from_parquet" in refused(parquet)
    assert "is a folder" in refused(tmp_path)


def test_a_line_of_one_field_has_one_field(write: Write) -> None:
    assert "line 3 of" in refused(write("user,item\n1,2\n3\n"), timestamp=None)
    assert "has 1 field, but" in refused(write("user,item\n1,2\n3\n"), timestamp=None)
    assert "has 3 fields, but" in refused(write("user,item\n1,2\n3,4,5\n"), timestamp=None)


@pytest.mark.bad_input("text files")
@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-32-be", "utf-32"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(write: Write, written: str, kind: str) -> None:
    mark = "" if written in ("utf-8-sig", "utf-16", "utf-32") else "\ufeff"
    path = write(f"{mark}user,item\nä,2\n".encode(written))
    for encoding in ("utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-32"):
        if encoding.startswith(kind):
            log = Interactions.from_csv(path, timestamp=None, encoding=encoding)
            assert log.to_frame().rows() == [("ä", 2)]
        else:
            text = refused(path, timestamp=None, encoding=encoding)
            assert f"is {kind.upper()} text; say encoding={kind!r}" in text
