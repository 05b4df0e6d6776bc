"""A fitted recommender as a folder: model.json, arrays.npz and catalogue.parquet."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from recsys_helpers.log import Catalogue

Learnt: TypeAlias = NDArray[Any] | sparse.csr_array


@runtime_checkable
class HasSettings(Protocol):
    """What a recommender can say about itself, so that another one may have it as a part."""

    def settings(self) -> dict[str, Any]:
        """Return the constructor's arguments by name."""


FORMAT = 1
MODEL, ARRAYS, CATALOGUE = "model.json", "arrays.npz", "catalogue.parquet"
AGAIN = "copy the whole folder again, or save the recommender again"
PARTS = ("data", "indices", "indptr", "shape")


def write(
    folder: Path,
    name: str,
    settings: dict[str, Any],
    arrays: dict[str, Learnt],
    catalogue: Catalogue,
) -> None:
    """Write the three files; model.json has digests of the others, so that two saves never mix."""
    described: dict[str, Any] = {
        "format": FORMAT,
        "recommender": name,
        "settings": as_json(settings),
        "catalogue": catalogue.fingerprint,
    }
    flat: dict[str, Any] = {}
    for key, array in arrays.items():
        if sparse.issparse(array):
            flat |= {f"{key}.{part}": np.asarray(getattr(array, part)) for part in PARTS}
        else:
            flat[key] = array
    if pickled := [key for key, array in flat.items() if array.dtype.hasobject]:
        raise TypeError(
            f"{', '.join(pickled)} of {name} holds Python objects: keep numbers or text"
        )
    table = io.BytesIO()  # if the disk is full, Polars would complain about Parquet
    catalogue.items.write_parquet(table)
    folder.mkdir(parents=True, exist_ok=True)
    with replaced_whole(folder / ARRAYS, folder / CATALOGUE, folder / MODEL) as drafts:
        with drafts[0].open("w+b") as file:
            np.savez(file, **flat)
            file.seek(0)
            described["files"] = {ARRAYS: _digest(file)}
        drafts[1].write_bytes(table.getbuffer())
        table.seek(0)
        described["files"][CATALOGUE] = _digest(table)
        drafts[2].write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")


@contextmanager
def replaced_whole(*paths: Path) -> Iterator[list[Path]]:
    """Yield a draft for each file; when all are written, they replace the files, else none does."""
    drafts = [path.with_name(f"{path.name}.part") for path in paths]
    try:
        yield drafts
        for draft, path in zip(drafts, paths, strict=True):
            os.replace(draft, path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def _digest(file: io.BufferedIOBase) -> str:
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def as_json(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings as JSON keeps them: tuples as lists, NumPy's numbers as Python's."""
    return dict(json.loads(json.dumps(settings, default=_plain)))


def _plain(setting: object) -> object:
    """Return a value of NumPy, a path or a recommender as a value that JSON can hold."""
    if isinstance(setting, HasSettings):
        return {"recommender": type(setting).__name__, "settings": setting.settings()}
    if isinstance(setting, np.generic | np.ndarray):
        return setting.tolist()
    if isinstance(setting, Path):
        return str(setting)
    raise TypeError(f"the setting {setting!r} is neither a number, text, a list nor None")


@contextmanager
def _opened(path: Path, advice: str, digest: str | None = None) -> Iterator[io.BufferedIOBase]:
    """Open a file for reading; raise if it is not the file that was saved, or cannot be read.

    Readers raise some ten kinds of errors for damaged files, and advise to allow pickle.
    """
    with path.open("rb") as file:
        if digest is not None and _digest(file) != digest:
            raise ValueError(f"{path} is damaged or belongs to another save than {MODEL}: {advice}")
        file.seek(0)
        try:
            yield file
        except (Exception, pl.exceptions.PanicException):
            raise ValueError(f"{path} is damaged or of another kind: {advice}") from None


def read_npz(path: Path, advice: str, digest: str | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name."""
    with _opened(path, advice, digest) as opened, np.load(opened, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise TypeError("a zip file of other things")
    return arrays


def read_catalogue(path: Path, digest: str | None) -> Catalogue:
    """Return what `write` put into catalogue.parquet."""
    with _opened(path, AGAIN, digest) as file:
        return Catalogue(pl.read_parquet(file.read()))


def assembled(flat: dict[str, NDArray[Any]]) -> dict[str, Learnt]:
    """Return the arrays that were given to `write`, with sparse matrices put together again."""
    arrays: dict[str, Learnt] = {}
    for key, array in flat.items():
        name = key.rpartition(".")[0]
        if not name:
            arrays[key] = array
        elif name not in arrays:
            data, indices, indptr, shape = (flat[f"{name}.{part}"] for part in PARTS)
            matrix = sparse.csr_array((data, indices, indptr), shape=tuple(shape.tolist()))
            matrix.check_format(full_check=True)
            arrays[name] = matrix
    return arrays


def checked(arrays: dict[str, Learnt], names: Iterable[str]) -> dict[str, Any]:
    """Return the arrays by name; raise unless they are those that a recommender saves."""
    if set(arrays) != set(names):
        raise ValueError(f"the saved arrays are {sorted(arrays)}, not {sorted(names)}")
    return arrays
