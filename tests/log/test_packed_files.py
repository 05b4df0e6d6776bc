"""Text files packed in many ways, read in blocks, with and without a header."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, strategies as st

from recsys_helpers import Interactions
from recsys_helpers._types import Duplicates
from recsys_helpers.log import _columns, _ids
from recsys_helpers.log.reading import unpack, zstd
from recsys_helpers.log.reading.csv import Column

TEXT = "user,item,timestamp\n" + "".join(f"u{row % 7},{row},{row}\n" for row in range(2_000))
ROWS = [(f"u{row % 7}", row, row) for row in range(2_000)]

COLUMNS = ["user", "item", "timestamp", "rating"]


def zipped(data: bytes, *names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        for name in names or ("folder/log.csv", "__MACOSX/._log.csv"):
            archive.writestr(name, data)
    return file.getvalue()


def raw_zstd(data: bytes) -> bytes:
    """A zstd file by hand: a frame to skip, one of stored blocks, one of a repeated byte."""
    skipped = (0x184D2A50).to_bytes(4, "little") + (3).to_bytes(4, "little") + b"abc"
    start = (0xFD2FB528).to_bytes(4, "little") + bytes([0, 0x38])  # a window of 128 KiB
    half = len(data) // 2
    blocks = b"".join(
        (len(part) << 3 | last).to_bytes(3, "little") + part
        for part, last in ((data[:half], 0), (data[half:], 1))
    )
    return start + blocks + skipped + start + (3 << 3 | 0b11).to_bytes(3, "little") + b"\n"


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "zstd": raw_zstd,
}


def refused(path: Path, **how: object) -> str:
    with pytest.raises((ValueError, TypeError, OSError, MemoryError)) as caught:
        Interactions.from_csv(path, **how)
    return str(caught.value)


@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize("block", [5, 1 << 22])
def test_packed_files_are_known_by_their_first_bytes(
    tmp_path: Path, packed: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "BLOCK", block)
    path = tmp_path / "log.csv"
    path.write_bytes(PACK[packed](TEXT[:900].rpartition("\n")[0].encode()))
    rows = Interactions.from_csv(path).to_frame().rows()
    assert rows == ROWS[: len(rows)]
    assert len(rows) > 50


@pytest.mark.bad_input("packed files and Parquet")
@pytest.mark.parametrize("packed", PACK)
def test_damaged_files_are_named(tmp_path: Path, packed: str) -> None:
    path = tmp_path / "log.csv"
    data = PACK[packed](TEXT.encode())
    for cut in (len(data) // 2, len(data) - 4):
        path.write_bytes(data[:cut])
        said = refused(path)
        assert str(path) in said, cut
        assert "cut short or damaged" in said, cut


@pytest.mark.bad_input("packed files and Parquet")
def test_archives_hold_one_file(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    path.write_bytes(zipped(TEXT.encode(), "a.csv", "b.csv"))
    assert "'a.csv', 'b.csv': it must hold exactly one file" in refused(path)
    path.write_bytes(zipped(b"", "other/"))
    assert "an archive of no file" in refused(path)
    locked = bytearray(zipped(TEXT.encode(), "a.csv"))
    for at in (locked.rindex(b"PK\1\2") + 8, locked.rindex(b"PK\3\4") + 6):
        locked[at] |= 1
    path.write_bytes(locked)
    assert "is encrypted" in refused(path)
    path.write_bytes(gzip.compress(zipped(TEXT.encode())))
    assert "an archive within another" in refused(path)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(__file__)
    assert "an archive within another" in refused(path)


@pytest.mark.bad_input("packed files and Parquet")
@pytest.mark.parametrize("packed", PACK)
def test_bombs_are_refused_with_sizes(
    tmp_path: Path, packed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(PACK[packed](TEXT.encode()))
    monkeypatch.setattr("recsys_helpers._machine.memory", lambda: (None, 20_000))
    said = refused(path)
    for part in (str(path), f"{path.stat().st_size:,} bytes", "or more", "20,000 bytes of memory"):
        assert part in said
    for enough in (3 * (len(TEXT) + 3), None):
        monkeypatch.setattr("recsys_helpers._machine.memory", lambda free=enough: (None, free))
        assert len(Interactions.from_csv(path)) == 2_000


def test_zstd_tells_its_size_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(raw_zstd(TEXT.encode()))
    assert zstd.largest_size(path) == len(TEXT) + 3


@given(
    st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans(), st.lists(st.integers(0, 9))
)
def test_zstd_headers_of_every_length_are_passed(
    tmp_path_factory: pytest.TempPathFactory,
    size: int,
    dictionary: int,
    one_segment: bool,
    summed: bool,
    blocks: list[int],
) -> None:
    """Two frames with the fields that RFC 8878 allows, the second found behind the first."""
    header = bytes([size << 6 | one_segment << 5 | summed << 2 | dictionary])
    header += bytes(not one_segment) + bytes((0, 1, 2, 4)[dictionary])
    header += bytes((one_segment, 2, 4, 8)[size])
    body = b"".join((n << 3).to_bytes(3, "little") + b"x" * n for n in blocks)
    frame = (0xFD2FB528).to_bytes(4, "little") + header + body + b"\1\0\0" + b"sum!" * summed
    path = tmp_path_factory.mktemp("zstd") / "log.csv"
    path.write_bytes(frame * 2)
    assert zstd.largest_size(path) == 2 * sum(blocks)


@pytest.mark.bad_input("packed files and Parquet")
def test_lines_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "LONGEST", 5_000)
    path = tmp_path / "log.csv"
    path.write_bytes(gzip.compress(b"x" * 6_000))
    assert "more than 5,000 characters" in refused(path)


CELL = st.text("ab0,\"\n '", max_size=4).filter(lambda cell: not ("," in cell and "\n" in cell))
RECORD = st.tuples(st.sampled_from(["7", "07", "ann", "b,o", 'c"d']), CELL)


@given(st.lists(RECORD, min_size=1, max_size=12), st.integers(1, 40), st.booleans())
def test_blocks_do_not_change_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str]], block: int, gap: bool
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["user", "note", "timestamp", "item"])
    lines = []
    for row, (user, note) in enumerate(records):
        file.write("\n" * (gap and row % 3 == 2))
        lines.append(file.getvalue().count("\n") + 1)
        writer.writerow([user, note, row, 3])
    path = tmp_path_factory.mktemp("blocks") / "log.csv"
    path.write_text(file.getvalue(), newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpack, "BLOCK", block)
        found = Interactions.from_csv(path).to_frame()
        path.write_text(file.getvalue() + "x,,5,\n", newline="")
        assert f"line {file.getvalue().count(chr(10)) + 1}" in refused(path)
    assert [str(user) for user in found["user"]] == [user for user, _ in records]
    assert found["timestamp"].to_list() == list(range(len(records)))


DAYS = [
    "2024-03-01",
    "2024-03-01T00:00:01",
    "2024-03-02 00:00:00.5",
    "2024-03-01T07:00:00.123456789",
]
MET = st.tuples(
    st.sampled_from(["ann", "7", "a very long name of a user"]),
    st.sampled_from("xyz"),
    st.sampled_from(DAYS),
    st.sampled_from([1.0, 2.5, 0.1]),
)


@given(
    st.lists(MET, min_size=1, max_size=30),
    st.sampled_from(["keep", "first", "last", "sum", "max", "mean"]),
    st.integers(1, 200),
    st.integers(1, 5),
)
def test_a_file_in_blocks_and_slices_is_the_log_of_its_table(
    tmp_path_factory: pytest.TempPathFactory,
    met: list[tuple[str, str, str, float]],
    duplicates: Duplicates,
    block: int,
    rows: int,
) -> None:
    table = pl.DataFrame([("one", "x", DAYS[0], 1.0), *met], COLUMNS, orient="row")
    whole = Interactions.from_frame(table, rating="rating", duplicates=duplicates)
    path = tmp_path_factory.mktemp("slices") / "log.csv"
    table.write_csv(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpack, "BLOCK", block)
        patch.setattr(_columns, "SLICE", rows)
        log = Interactions.from_csv(path, rating="rating", duplicates=duplicates)
    assert log.to_frame().equals(whole.to_frame())
    assert log.user_ids.tolist() == whole.user_ids.tolist()
    assert log.catalogue.items.equals(whole.catalogue.items)
    assert (log.time_unit, log.dropped.rows()) == (whole.time_unit, whole.dropped.rows())


def test_text_after_blocks_of_numbers_keeps_all_ids_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "BLOCK", 30)
    path = tmp_path / "log.csv"
    path.write_text("user,item,timestamp,stars\n1,1,1,2.50\n22,1,2,3\n007,1,3,4.5\n1,1,4,1e0\n")
    log = Interactions.from_csv(path, rating="stars")
    assert log.to_frame().rows() == [
        ("1", 1, 1, 2.5),
        ("22", 1, 2, 3.0),
        ("007", 1, 3, 4.5),
        ("1", 1, 4, 1.0),
    ]


WHOLE = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**31 - 1, 2**31, -(2**31), 0])
MANY_WHOLE = st.lists(WHOLE | st.integers(-(2**31) - 1, 2**31), min_size=1, max_size=20)


@given(MANY_WHOLE, st.integers(1, 100))
def test_whole_numbers_of_any_size_stay_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, ids: list[int], block: int
) -> None:
    path = tmp_path_factory.mktemp("numbers") / "log.csv"
    path.write_text("user,item,timestamp\n" + "".join(f"{one},{one},1\n" for one in ids))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpack, "BLOCK", block)
        log = Interactions.from_csv(path, duplicates="keep")
    assert sorted(log.to_frame()["user"].to_list()) == sorted(ids)
    assert sorted(log.to_frame()["item"].to_list()) == sorted(ids)


def test_whole_numbers_take_half_the_memory_while_they_fit() -> None:
    column = Column("item", _ids.whole_if_all, None)
    for number, dtype in (("7", pl.Int32), (str(2**31 - 1), pl.Int32), (str(2**31), pl.Int64)):
        column.add(pl.Series([number]))
        assert column.whole().dtype == dtype
    assert column.whole().to_list() == [7, 2**31 - 1, 2**31]
    stars = Column("stars", lambda text: text.cast(pl.Float64), None)
    stars.add(pl.Series(["4.0"]))
    assert stars.whole().dtype == pl.Float64


@pytest.mark.parametrize(
    ("n_distinct", "dtype"), [(1, pl.Categorical), (4, pl.Categorical), (5, pl.String)]
)
def test_text_that_mostly_repeats_is_kept_once(n_distinct: int, dtype: type[pl.DataType]) -> None:
    column = Column("timestamp", _ids.whole_if_all, None)
    column.add(pl.Series([f"day {row % n_distinct}" for row in range(10)]))
    assert column.whole().dtype == dtype


@pytest.mark.bad_input("text files")
def test_faults_beyond_the_first_block_name_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "BLOCK", 100)
    path = tmp_path / "log.csv"
    for fault, part in (
        (b"7,7\n", "2 fields"),
        (b"\xff,7,7\n", "0xff"),
        (b',"7",7\n', "no value"),
        (b",7,7\n", "no value"),
    ):
        path.write_bytes(TEXT.encode() + fault + b"1,2,3\n")
        assert "line 2002" in refused(path)
        assert part in refused(path)
    path.write_bytes((TEXT + "a,b,3\n").encode("utf-16"))
    assert len(Interactions.from_csv(path, encoding="utf-16")) == 2_001


# files without a header

FILMS = '1::5::A "quoted" one::978300760\n1::7::Two, or three::978302109\n2::5::::978301968\n'
NAMES = ["user", "item", "title", "timestamp"]


def test_names_stand_in_for_a_header(tmp_path: Path) -> None:
    path = tmp_path / "ratings.dat"
    path.write_text(FILMS)
    log = Interactions.from_csv(path, separator="::", quote=None, names=NAMES)
    assert log.to_frame().rows() == [(1, 5, 978300760), (1, 7, 978302109), (2, 5, 978301968)]
    path.write_text(FILMS + "x::5::::noon\n")
    assert "line 4" in refused(path, separator="::", quote=None, names=NAMES)
    path.write_text('"a::b"::5::x::1\n\n2::7::y::2\n')
    log = Interactions.from_csv(path, separator="::", names=NAMES)
    assert log.user_ids.tolist() == ["2", "a::b"]


@pytest.mark.bad_input("text files")
def test_names_are_counted_and_advised(tmp_path: Path) -> None:
    path = tmp_path / "ratings.dat"
    path.write_text(FILMS)
    how = {"separator": "::", "quote": None}
    assert "names=['user'" in refused(path, **how)
    for names in (NAMES[:3], [*NAMES, "more"]):
        known = {"timestamp": None} if len(names) == 3 else {}
        said = refused(path, **how, **known, names=names)
        assert "line 1" in said
        assert f"names has {len(names)}" in said
    assert "names must be a list" in refused(path, **how, names="user")
    assert "has 2 columns named 'user'" in refused(
        path, **how, names=["user", "item", "user", "timestamp"]
    )
    assert "separator='::'" in refused(path, names=NAMES)
    path.write_text("user,item,timestamp\n1,2,3\n")
    assert "leave names=… out" in refused(path, names=["user", "item", "timestamp"])


@pytest.mark.bad_input("text files")
@pytest.mark.parametrize("separator", ["", ':"', "\n\n", "é"])
def test_separators_that_cannot_be(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(TEXT)
    said = refused(path, separator=separator)
    assert "must be one plain character" in said or "must be different characters" in said


@pytest.mark.bad_input("packed files and Parquet")
def test_parquet_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    file = io.BytesIO()
    pl.DataFrame({"user": [1], "item": [2], "timestamp": [3]}).write_parquet(file)
    path.write_bytes(gzip.compress(file.getvalue()))
    assert "is a Parquet file" in refused(path)
    with pytest.raises(ValueError, match=r"gzip.*unpack it"):
        Interactions.from_parquet(path)
