"""MovieLens: found on this computer or downloaded, and checked before it is read."""

from __future__ import annotations

import logging
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pooch

from recsys_helpers import _arguments
from recsys_helpers.datasets import _movielens_files
from recsys_helpers.log import Interactions

CACHE_VARIABLE = "RECSYS_HELPERS_DATA"

CHECKOUT = Path(__file__).resolve().parents[2] / "data"
"""The project's own copy; there is none where the package was installed from a wheel."""


@dataclass(frozen=True)
class Source:
    """A published data set: its archive, the archive's checksum, and those of files in it."""

    name: str
    checksum: str
    members: tuple[str, ...]
    sums: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the publisher offers the archive."""
        return f"https://files.grouplens.org/datasets/movielens/{self.name}.zip"


CSV = ("ratings.csv", "movies.csv", "tags.csv")

# The checksums of the archives "small" and "1m" are those of TensorFlow Datasets,
# https://github.com/tensorflow/datasets/blob/1c076ac3c19c8ea83e1d1a75e0623c9a699e0d7c/tensorflow_datasets/url_checksums/movielens.txt
# that of "32m" is the publisher's, https://files.grouplens.org/datasets/movielens/ml-32m.zip.md5
# The checksums of the small set's files are those of the copy in data/ml-latest-small.
SOURCES = {
    "small": Source(
        "ml-latest-small",
        "sha256:696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
        CSV,
        {
            "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
            "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
            "tags.csv": "92a9f8bb7916dceef6151209845788c3643f794dfa79d1feaec7121b5960399d",
        },
    ),
    "1m": Source(
        "ml-1m",
        "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
        ("ratings.dat", "movies.dat"),
    ),
    "32m": Source("ml-32m", "md5:d472be332d4daa821edc399621853b57", CSV),
}


def load_movielens(
    size: Literal["small", "1m", "32m"] = "small",
    *,
    folder: str | Path | None = None,
    download: bool = True,
) -> Interactions:
    """Return MovieLens with ratings, times, tags, and the films' titles, years and genres.

    It is looked for in the checkout's `data/`, then in the user's cache; otherwise the publisher's
    archive is downloaded into that cache. Its checksum is verified before it is read. Titles are
    written as one says them: "The Matrix", where the publisher has "Matrix, The (1999)".

    Parameters
    ----------
    size
        "small" (100,836 ratings, 610 users, 9,742 films), "1m" (1,000,209 ratings of 6,040 users;
        no tags) or "32m" (32,000,204 ratings).
    folder
        The only folder to look in and to download to, instead of those above.
    download
        Whether to fetch the archive if it is not found.

    Returns
    -------
    Interactions
        Item features: title, year (missing where unknown) and genres (a list, perhaps empty).

    Raises
    ------
    FileNotFoundError
        If the files are not here, and may not or cannot be downloaded.
    ValueError
        If a file is not what was published.
    OSError
        If the folder for downloads cannot be written.

    References
    ----------
    Harper and Konstan (2015), "The MovieLens Datasets: History and Context", ACM Transactions on
    Interactive Intelligent Systems 5(4). https://doi.org/10.1145/2827872

    Examples
    --------
    >>> log = load_movielens()
    >>> log
    Interactions: 610 users × 9,742 items, 100,836 rows
    >>> log.catalogue.titles([0, 1])
    ['Toy Story', 'Jumanji']
    """
    _arguments.choice("size", size, list(SOURCES))
    _arguments.flag("download", download)
    source = SOURCES[size]
    places = [_arguments.path("folder", folder)] if folder is not None else data_folders()
    path = next((hit for place in places if (hit := _find(source, place))), None)
    if path is None:
        if not download:
            raise FileNotFoundError(_advice(source, places, "download=False was given"))
        path = _download(source, places)
    read = _read_archive if path.is_file() else _read_folder
    ratings, films, tags = _movielens_files.tables(read(source, path))
    return Interactions.from_frame(
        ratings, user="userId", item="movieId", rating="rating", items=films, tags=tags
    )


def data_folders() -> list[Path]:
    """Return the folders in which to look: the checkout's, if there is one, then the cache."""
    return [*([CHECKOUT] if CHECKOUT.is_dir() else []), cache_folder()]


def cache_folder() -> Path:
    """Return the folder for downloads: RECSYS_HELPERS_DATA if it is set, else the user's cache."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else Path(pooch.os_cache("recsys_helpers"))


def _find(source: Source, place: Path) -> Path | None:
    """Return a folder with the unpacked files, or the archive, whichever is there."""
    if source.sums:
        for folder in (place / source.name, place):
            if all((folder / name).is_file() for name in source.members):
                return folder
    archive = place / f"{source.name}.zip"
    return archive if archive.is_file() else None


def _read_folder(source: Source, folder: Path) -> dict[str, bytes]:
    for name in source.members:
        _check(f"sha256:{source.sums[name]}", folder / name)
    return {name: (folder / name).read_bytes() for name in source.members}


def _read_archive(source: Source, archive: Path) -> dict[str, bytes]:
    _check(source.checksum, archive)
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(f"{source.name}/{name}") for name in source.members}


def _check(checksum: str, path: Path) -> None:
    algorithm, _, expected = checksum.partition(":")
    digest = pooch.file_hash(str(path), alg=algorithm)
    if digest != expected:
        raise ValueError(
            f"{str(path)!r} is not the file that this package knows: its {algorithm} is {digest}, "
            f"expected {expected}. It may be cut short or changed; the publisher also replaces "
            "ml-latest-small now and then. Restore the project's own copy (git restore data), or "
            "delete the file so that it is downloaded again"
        )


def _download(source: Source, places: list[Path]) -> Path:
    target = places[-1]
    try:
        target.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=target).close()
    except OSError as error:
        raise type(error)(
            f"the folder {str(target)!r} for downloads cannot be written ({error.strerror}). Set "
            f"the environment variable {CACHE_VARIABLE} to a folder that can, or pass folder=…"
        ) from error
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    name = f"{source.name}.zip"
    try:
        return Path(pooch.retrieve(source.url, source.checksum, fname=name, path=target))
    except ValueError as error:
        raise ValueError(
            f"what {source.url} offers is not the file that this package knows: {error} "
            "The publisher replaces ml-latest-small now and then; the project's own copy is in "
            "the data/ folder of its repository"
        ) from error
    except OSError as error:
        reason = f"the download failed ({type(error).__name__})"
        raise FileNotFoundError(_advice(source, places, reason)) from error
    finally:
        logger.setLevel(level)


def _advice(source: Source, places: list[Path], reason: str) -> str:
    looked = " and ".join(repr(str(place)) for place in places)
    target = str(places[-1] / f"{source.name}.zip")
    return (
        f"{source.name} is not in {looked}, and {reason}. Download {source.url} on a computer "
        f"with a connection and put it at {target!r}, or pass folder=…"
    )
