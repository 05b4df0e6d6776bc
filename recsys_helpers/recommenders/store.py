"""A fitted recommender as a folder: model.json, arrays.npz and catalogue.parquet."""

from __future__ import annotations

import json
import os
import zipfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy import sparse

from recsys_helpers import _ids
from recsys_helpers.catalogue import Catalogue
from recsys_helpers.recommenders import HOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recsys_helpers.recommenders.base import Learnt, Recommender

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
    """Turn a NumPy number into one that JSON can hold."""
    if isinstance(setting, np.generic):
        return setting.item()
    raise TypeError(f"the setting {setting!r} is neither a number, text, a list nor None")


def load_recommender(folder: str | Path, classes: Sequence[type[Recommender]] = ()) -> Recommender:
    """Return the recommender that `save` wrote; no code from the folder is run.

    Parameters
    ----------
    folder
        What `save` was given.
    classes
        Recommenders of your own that the folder may name; those of this package are known.

    Returns
    -------
    Recommender
        Fitted; it scores exactly as the one that was saved.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If the folder was written by another format, names an unknown recommender, or its files do
        not belong together.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from recsys_helpers import Popularity, synthetic
    >>> model = Popularity().fit(synthetic(n_users=20, n_items=9, mean_length=3).interactions)
    >>> with TemporaryDirectory() as folder:
    ...     model.save(folder)
    ...     load_recommender(folder)
    Popularity()
    """
    folder = Path(folder)
    described = _described(folder / "model.json")
    name = described["recommender"]
    known = {cls.__name__: cls for cls in classes}
    if name not in known and name not in HOMES:
        names = _ids.listed(sorted({*known, *HOMES}), 40)
        raise ValueError(
            f"{folder} holds the recommender {name!r}, which is unknown here; known are {names}. "
            "Give your own class in classes=[…]"
        )
    cls = known.get(name) or getattr(
        import_module(f"recsys_helpers.recommenders.{HOMES[name]}"), name
    )
    catalogue = Catalogue(pl.read_parquet(folder / "catalogue.parquet"))
    if catalogue.fingerprint != described["catalogue"]:
        raise ValueError(f"the catalogue in {folder} is not the one the recommender was fitted on")
    try:
        model: Recommender = cls(**described["settings"])
    except TypeError as error:
        raise ValueError(f"{name} does not take these settings in {folder}: {error}") from error
    model._restore(_arrays(folder / "arrays.npz"), catalogue)
    return model


def _described(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        version, name, settings = (described[k] for k in ("format", "recommender", "settings"))
        described["catalogue"] = str(described["catalogue"])
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} does not describe a recommender: {error}") from error
    if version != FORMAT:
        raise ValueError(
            f"{path} has format {version!r}, this package reads format {FORMAT}: save it again, or "
            "install the version that wrote it"
        )
    if not isinstance(name, str) or not isinstance(settings, dict):
        raise ValueError(f"{path} does not describe a recommender")
    return dict(described)


def _arrays(path: Path) -> dict[str, Learnt]:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            flat = {key: file[key] for key in file.files}
    except zipfile.BadZipFile as error:
        raise ValueError(f"{path} is damaged: save the recommender again") from error
    arrays: dict[str, Learnt] = {}
    for key, array in flat.items():
        whole, _, part = key.rpartition(".")
        if not whole:
            arrays[key] = array
        elif part == PARTS[0]:
            data, indices, indptr, shape = (flat[f"{whole}.{p}"] for p in PARTS)
            matrix = sparse.csr_array((data, indices, indptr), shape=tuple(shape.tolist()))
            matrix.check_format(full_check=True)
            arrays[whole] = matrix
    return arrays
