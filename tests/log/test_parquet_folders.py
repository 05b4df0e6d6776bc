"""Parquet files by the folder and by the pattern, as Spark and Hive write them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from recsys_helpers import Interactions

FILES = Path(__file__).parent / "files"


def write(path: Path, **columns: list[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    given = {"user": [1, 2], "item": ["a", "b"], "timestamp": [5, 6], **columns}
    pl.DataFrame({name: own for name, own in given.items() if own}).write_parquet(path)
    return path


def users(path: Path | str) -> list[int]:
    return Interactions.from_parquet(path).to_frame()["user"].to_list()


def test_folders_are_read_in_sorted_order_without_hidden_files(tmp_path: Path) -> None:
    for part, own in (("part-2", [5, 6]), ("part-1", [3, 4]), ("below/part-0", [1, 2])):
        write(tmp_path / f"{part}.snappy.parquet", user=own)
    for hidden in ("_SUCCESS", ".part-1.parquet.crc", "_metadata", "_temporary/part-9.parquet"):
        (tmp_path / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / hidden).write_bytes(b"")
    assert users(tmp_path) == [1, 2, 3, 4, 5, 6]
    assert users(str(tmp_path / "part-*.parquet")) == [3, 4, 5, 6]
    assert users(str(tmp_path / "*" / "part-0.*")) == [1, 2]
    assert users(str(tmp_path / "below*")) == [1, 2]
    write(tmp_path / "below" / "deeper" / "part-0.parquet", user=[0, 9])
    assert users(str(tmp_path / "**" / "part-0.*")) == [0, 9, 1, 2]
    assert users(write(tmp_path / "a[1].parquet", user=[7, 8])) == [7, 8]


def test_folders_named_by_a_column(tmp_path: Path) -> None:
    for day, hour in (("2024-03-02", 1), ("2024-03-01", 2)):
        write(tmp_path / f"day={day}" / f"shop=a%20b={hour}" / "part-0.parquet", timestamp=[])
    log = Interactions.from_parquet(tmp_path, timestamp="day", user="shop")
    day = 24 * 60 * 60
    assert log.to_frame()["timestamp"].to_list() == [19783 * day] * 2 + [19784 * day] * 2
    assert log.user_ids.tolist() == ["a b=1", "a b=2"]
    only = Interactions.from_parquet(tmp_path / "day=*2", timestamp="day")
    assert only.to_frame()["timestamp"].to_list() == [19784 * day] * 2
    write(tmp_path / "day=__HIVE_DEFAULT_PARTITION__" / "part-0.parquet", timestamp=[])
    with pytest.raises(ValueError, match=r"'day' has no timestamp at row 0 of .*PARTITION__"):
        Interactions.from_parquet(tmp_path, timestamp="day")


def test_partitions_named_by_numbers_are_numbers(tmp_path: Path) -> None:
    for user in (9, 10):
        write(tmp_path / f"user={user}" / "part-0.parquet", user=[])
    assert users(tmp_path) == [10, 10, 9, 9]


@pytest.mark.bad_input("packed files and Parquet")
def test_files_that_differ_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet")
    other = write(tmp_path / "b.parquet", user=["x", "y"])
    with pytest.raises(ValueError, match=r"'user' holds String values in .*b\.parquet.*Int64.*a\."):
        Interactions.from_parquet(tmp_path)
    write(other, timestamp=[])
    with pytest.raises(ValueError, match=r"b\.parquet' has no column 'timestamp'"):
        Interactions.from_parquet(tmp_path)
    write(other, user=[3, None])
    with pytest.raises(ValueError, match=r"'user' has no value at row 1 of '.*b\.parquet'"):
        Interactions.from_parquet(tmp_path)
    other.write_bytes(b"PAR1")
    with pytest.raises(ValueError, match=r"b\.parquet' cannot be read"):
        Interactions.from_parquet(tmp_path)


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_files_of_which_some_hold_far_dates_are_read(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    far, near = (tmp_path / f"{name}.parquet" for name in names)
    far.write_bytes((FILES / "int96.parquet").read_bytes())  # read in microseconds
    moments = pl.Series([datetime(2024, 3, 1, 12, 0, 0, 7)], dtype=pl.Datetime("ns"))
    ids = pl.read_parquet(far, columns=["user", "item"])[:1]
    ids.with_columns(timestamp=moments).write_parquet(near)
    log = Interactions.from_parquet(tmp_path)
    apart = {path: Interactions.from_parquet(path).datetimes.to_list() for path in (far, near)}
    assert log.datetimes.to_list() == apart[min(apart)] + apart[max(apart)]
    finer = (moments.cast(pl.Int64) + 1).cast(pl.Datetime("ns"))
    ids.with_columns(timestamp=finer).write_parquet(near)
    with pytest.raises(ValueError, match=r"'timestamp' holds Datetime.*Write all files alike"):
        Interactions.from_parquet(tmp_path)


@pytest.mark.bad_input("packed files and Parquet")
def test_folders_without_parquet(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no Parquet file .*, but no file"):
        Interactions.from_parquet(tmp_path)
    (tmp_path / "log.csv").write_text("user,item\n")
    with pytest.raises(ValueError, match=r"holds no Parquet file .*, but 'log\.csv'"):
        Interactions.from_parquet(tmp_path)
    with pytest.raises(FileNotFoundError, match="no file matches"):
        Interactions.from_parquet(tmp_path / "*.parquet")
    with pytest.raises(FileNotFoundError):
        Interactions.from_parquet(tmp_path / "none.parquet")
