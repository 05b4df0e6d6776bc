"""A fitted recommender as a folder: model.json, arrays.npz and catalogue.parquet."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_helpers.log.catalogue import Catalogue

Learnt: TypeAlias = NDArray[Any] | sparse.csr_array

FORMAT = 1
PARTS = ("data", "indices", "indptr", "shape")


def write(
    folder: Path,
    name: str,
    settings: dict[str, Any],
    arrays: dict[str, Learnt],
    catalogue: Catalogue,
) -> None:
    """Write the three files, each whole or not at all, model.json last."""
    text = json.dumps(
        {
            "format": FORMAT,
            "recommender": name,
            "settings": settings,
            "catalogue": catalogue.fingerprint,
        },
        indent=2,
        default=_plain,
    )
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
    folder.mkdir(parents=True, exist_ok=True)
    drafts = [folder / f"{file}.part" for file in ("arrays.npz", "catalogue.parquet", "model.json")]
    with drafts[0].open("wb") as file:
        np.savez(file, **flat)
    catalogue.items.write_parquet(drafts[1])
    drafts[2].write_text(text + "\n", encoding="utf-8")
    for draft in drafts:
        os.replace(draft, draft.with_suffix(""))


def _plain(setting: object) -> object:
    """Turn a NumPy number or a path into what JSON can hold."""
    if isinstance(setting, np.generic):
        return setting.item()
    if isinstance(setting, Path):
        return str(setting)
    raise TypeError(f"the setting {setting!r} is neither a number, text, a list nor None")


def read_arrays(path: Path) -> dict[str, Learnt]:
    """Return what `write` put into arrays.npz."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            flat = {key: file[key] for key in file.files}
    except zipfile.BadZipFile as error:
        raise ValueError(f"{path} is damaged: save the recommender again") from error
    arrays: dict[str, Learnt] = {}
    for key, array in flat.items():
        name, _, part = key.rpartition(".")
        if not name:
            arrays[key] = array
        elif part == PARTS[0]:
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
