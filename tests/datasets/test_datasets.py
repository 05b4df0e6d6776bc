"""MovieLens: found, checked, parsed; and what is said when it is not there."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pooch
import pytest

import recsys_helpers
from recsys_helpers import load_movielens
from recsys_helpers.datasets import movielens
from recsys_helpers.datasets._movielens_files import split_title

COPY = movielens.CHECKOUT / "ml-latest-small"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every download fail as it does without a connection; return the addresses asked for."""
    asked: list[str] = []

    def offline(url: str, *_: object, **__: object) -> str:
        asked.append(url)
        raise ConnectionError("no route to host")

    monkeypatch.setattr(pooch, "retrieve", offline)
    return asked


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Hide the checkout's data and return an empty cache folder."""
    monkeypatch.setattr(movielens, "CHECKOUT", tmp_path / "no-data")
    monkeypatch.setenv(movielens.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_small_is_what_the_publisher_counts() -> None:
    log = load_movielens()
    assert (log.n_users, log.n_items, len(log)) == (610, 9_742, 100_836)
    assert len(set(log.items.tolist())) == 9_724
    assert log.tags is not None
    assert log.tags.columns == ["user", "item", "tag", "timestamp"]
    assert log.tags.height == 3_683
    assert log.time_unit == "s"
    assert set(log.ratings.tolist()) == {s / 2 for s in range(1, 11)}
    assert log.catalogue.items.schema == {
        "item": pl.Int64,
        "title": pl.String,
        "year": pl.Int32,
        "genres": pl.List(pl.String),
    }
    assert log.catalogue.items["year"].null_count() == 12
    assert not log.catalogue.items["genres"].has_nulls()


def test_five_core_of_the_book() -> None:
    core = load_movielens().k_core(5)
    assert (core.n_users, core.n_items, len(core)) == (610, 3_650, 90_274)
    assert core.dropped["rows"].sum() == 100_836 - 90_274


def test_copy_in_the_repository_is_whole() -> None:
    for line in (COPY / "sha256sums.txt").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((COPY / name).read_bytes()).hexdigest() == digest, name
    assert b"\r\n" in (COPY / "ratings.csv").read_bytes()


@pytest.mark.parametrize(
    ("published", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Matrix, The (1999)", "The Matrix", 1999),
        ("Beautiful Mind, A (2001)", "A Beautiful Mind", 2001),
        ("Bear, The (Ours, L') (1988)", "The Bear (L'Ours)", 1988),
        ("Boot, Das (Boat, The) (1981)", "Das Boot (The Boat)", 1981),
        ("Crow, The: Wicked Prayer (2005)", "The Crow: Wicked Prayer", 2005),
        ("Blind Side, The  (2009)", "The Blind Side", 2009),
        (
            "Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)",
            "The Good, the Bad and the Ugly (Il Buono, il brutto, il cattivo)",
            1966,
        ),
        (
            "Vitelloni, I (a.k.a. The Young and the Passionate) (1953)",
            "I Vitelloni (a.k.a. The Young and the Passionate)",
            1953,
        ),
        ("Paris, Texas (1984)", "Paris, Texas", 1984),
        ("I, Robot (2004)", "I, Robot", 2004),
        ("Monsters, Inc. (2001)", "Monsters, Inc.", 2001),
        ("Runaway Brain (1995) ", "Runaway Brain", 1995),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("1984", "1984", None),
        ("Babylon 5", "Babylon 5", None),
    ],
)
def test_titles_as_one_says_them(published: str, title: str, year: int | None) -> None:
    assert split_title(published) == (title, year)


def test_every_odd_title_of_the_real_file() -> None:
    items = load_movielens().catalogue.items
    assert not items["title"].str.contains(r"\(\d{4}\)\s*$").any()
    assert not items["title"].str.contains(r", (The|A|An|La|Le|Les)( \(|:|\)|$)").any()
    assert items["year"].min() == 1902
    assert items.filter(pl.col("genres").list.len() == 0).height == 34


@pytest.mark.parametrize("name", ["ratings.csv", "movies.csv", "tags.csv"])
def test_tampered_file_is_named_with_both_sums(tmp_path: Path, name: str) -> None:
    for file in COPY.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    data = (tmp_path / name).read_bytes()
    for changed in (data[:-1], data.replace(b"1", b"2", 1)):
        (tmp_path / name).write_bytes(changed)
        with pytest.raises(ValueError, match="is not the file that this package knows") as caught:
            load_movielens(folder=tmp_path)
        text = str(caught.value)
        assert name in text
        assert hashlib.sha256(data).hexdigest() in text
        assert hashlib.sha256(changed).hexdigest() in text
        assert "replaces ml-latest-small now and then" in text
        assert "git restore data" in text


def test_offline_says_what_to_fetch_and_where_to_put_it(
    nowhere: Path, no_network: list[str]
) -> None:
    with pytest.raises(FileNotFoundError, match="the download failed") as caught:
        load_movielens("1m")
    text = str(caught.value)
    url = "https://files.grouplens.org/datasets/movielens/ml-1m.zip"
    assert no_network == [url]
    assert f"Download {url}" in text
    assert f"put it at '{nowhere / 'ml-1m.zip'}'" in text


def test_download_false_asks_for_nothing(nowhere: Path, no_network: list[str]) -> None:
    with pytest.raises(FileNotFoundError, match="download=False was given"):
        load_movielens(download=False)
    with pytest.raises(FileNotFoundError, match="elsewhere"):
        load_movielens(folder=nowhere / "elsewhere", download=False)
    assert no_network == []
    assert not nowhere.exists()


def test_changed_download_is_refused(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_file(*_: object, **__: object) -> str:
        raise ValueError("expected abc but got def.")

    monkeypatch.setattr(pooch, "retrieve", other_file)
    with pytest.raises(ValueError, match="expected abc but got def") as caught:
        load_movielens()
    assert "replaces ml-latest-small now and then" in str(caught.value)


def test_cache_that_cannot_be_written(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_network: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = tmp_path / "file" / "cache"
    monkeypatch.setenv(movielens.CACHE_VARIABLE, str(cache))
    with pytest.raises(OSError, match="cannot be written") as caught:
        load_movielens("32m")
    text = str(caught.value)
    assert str(cache) in text
    assert "RECSYS_HELPERS_DATA" in text
    assert no_network == []


def test_cache_that_is_there_and_cannot_be_written(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, no_network: list[str]
) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(movielens.tempfile, "TemporaryFile", refused)
    with pytest.raises(PermissionError, match=r"cannot be written \(Permission denied\)"):
        load_movielens("1m")
    assert no_network == []


def test_unknown_size() -> None:
    with pytest.raises(ValueError, match="'small', '1m' or '32m', not '10m'"):
        load_movielens("10m")


def known_archive(
    monkeypatch: pytest.MonkeyPatch, size: str, path: Path, members: dict[str, bytes]
) -> None:
    """Write an archive and let the package take it for the published one."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    checksum = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    monkeypatch.setitem(
        movielens.SOURCES, size, replace(movielens.SOURCES[size], checksum=checksum)
    )


ONE_M = {
    "ml-1m/ratings.dat": b"1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n",
    "ml-1m/movies.dat": (
        "661::Misérables, Les (1995)::Drama|Musical\n"
        "1193::One Flew Over the Cuckoo's Nest (1975)::Drama\n"
        "7::Unseen: A Film (1990)::Drama\n"
    ).encode("latin-1"),
}


def test_1m_from_its_archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known_archive(monkeypatch, "1m", tmp_path / "ml-1m.zip", ONE_M)
    log = load_movielens("1m", folder=tmp_path)
    assert repr(log) == "Interactions: 2 users × 3 items, 3 rows"
    assert log.tags is None
    assert log.catalogue.titles([0]) == ["Les Misérables"]
    assert log.to_frame().row(1) == (1, 661, 978302109, 3.0)


def test_32m_from_its_archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    members = {f"ml-32m/{file.name}": file.read_bytes() for file in COPY.glob("*.csv")}
    known_archive(monkeypatch, "32m", tmp_path / "ml-32m.zip", members)
    assert load_movielens("32m", folder=tmp_path).item_tags().equals(load_movielens().item_tags())


def test_archive_never_writes_outside_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "a" / "b"
    place.mkdir(parents=True)
    escaping = {"../escaped": b"x", "/tmp/recsys_helpers_escaped": b"x", "ml-1m/../../up": b"x"}
    known_archive(monkeypatch, "1m", place / "ml-1m.zip", ONE_M | escaping)
    load_movielens("1m", folder=place)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == [place / "ml-1m.zip"]
    assert not Path("/tmp/recsys_helpers_escaped").exists()


def test_cut_archive(tmp_path: Path) -> None:
    (tmp_path / "ml-1m.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match=r"ml-1m\.zip.* its sha256 is .* expected a6898adb"):
        load_movielens("1m", folder=tmp_path)


def test_download_into_the_cache(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere.mkdir()
    known_archive(monkeypatch, "1m", nowhere / "kept.zip", ONE_M)

    def copy(url: str, known_hash: str, fname: str, path: Path) -> str:
        assert known_hash == movielens.SOURCES["1m"].checksum
        (nowhere / "kept.zip").rename(Path(path) / fname)
        return str(Path(path) / fname)

    monkeypatch.setattr(pooch, "retrieve", copy)
    assert len(load_movielens("1m")) == 3
    monkeypatch.setattr(pooch, "retrieve", None)
    assert len(load_movielens("1m")) == 3


def test_import_stays_light() -> None:
    code = (
        "import sys, recsys_helpers as r; r.load_movielens; r.synthetic; r.Interactions; dir(r);"
        "print([m for m in ('tensorflow', 'matplotlib', 'sklearn', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert run.stdout.strip() == "[]"


def test_the_face_offers_what_it_names() -> None:
    for name in recsys_helpers.__all__:
        assert name in dir(recsys_helpers)
        assert getattr(recsys_helpers, name).__name__ == name
    assert recsys_helpers.__version__
    with pytest.raises(AttributeError, match="no attribute 'SASRecs'"):
        _ = recsys_helpers.SASRecs
