"""Loading a fitted recommender from the folder that `save` wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recsys_helpers import _arguments, recommenders
from recsys_helpers.log import _ids
from recsys_helpers.recommenders import HOMES, store
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.store import AGAIN, ARRAYS, CATALOGUE, FORMAT, MODEL

RETIRED: dict[str, dict[str, Any]] = {
    "ConvLSTM": {"every_position": True},
    "RankSVM": {"own_counts": False},
}
"""Settings that recommenders once had, each with the value that equals today's behaviour."""


def load_recommender(folder: str | Path, classes: Sequence[type[Recommender]] = ()) -> Recommender:
    """Return the recommender that `save` wrote; no code from the folder is run.

    Parameters
    ----------
    folder
        The folder that was given to `save`.
    classes
        Your own recommender classes that the folder may name; those of this package are known.

    Returns
    -------
    Recommender
        A fitted recommender, whose scores are exactly those of the one that was saved.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If the folder has another format, names an unknown recommender or a setting that no longer
        exists, or its files are damaged or do not belong together.
    TypeError
        If `classes` holds anything but recommender classes.

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
    folder = _arguments.path("folder", folder)
    if not isinstance(classes, Sequence) or not all(map(_is_recommender, classes)):
        raise TypeError(f"classes must be a list of your recommenders' classes, not {classes!r}")
    if missing := [name for name in (MODEL, ARRAYS, CATALOGUE) if not (folder / name).is_file()]:
        raise FileNotFoundError(
            f"{folder} lacks {', '.join(missing)}: give a folder that save has written, with all "
            "its files"
        )
    described = _described(folder / MODEL)
    files = described.get("files", {})  # digests; early folders have none
    catalogue = store.read_catalogue(folder / CATALOGUE, files.get(CATALOGUE))
    if catalogue.fingerprint != described["catalogue"]:
        raise ValueError(
            f"the catalogue in {folder} is not the one the recommender was fitted on: {AGAIN}"
        )
    model = _made(described, {cls.__name__: cls for cls in classes}, folder)
    arrays = store.read_npz(folder / ARRAYS, AGAIN, files.get(ARRAYS))
    try:
        model._restore(store.assembled(arrays), catalogue)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{folder / ARRAYS} does not belong to this {type(model).__name__}: {error}; {AGAIN}"
        ) from error
    return model


def _is_recommender(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, Recommender)


def _made(
    described: dict[str, Any], known: dict[str, type[Recommender]], folder: Path
) -> Recommender:
    """Return the recommender that is described, not fitted; its settings may describe its parts."""
    name = described["recommender"]
    if name not in known and name not in HOMES:
        names = _ids.listed(sorted({*known, *HOMES}), 40)
        raise ValueError(
            f"{folder} holds the recommender {name!r}, which is unknown here; known are {names}. "
            "Give your own class in classes=[…]"
        )
    cls = known.get(name) or getattr(recommenders, name)

    def with_parts(setting: Any) -> Any:
        match setting:
            case [*several]:
                return [with_parts(one) for one in several]
            case {"recommender": str(), "settings": dict()}:
                return _made(setting, known, folder)
        return setting

    settings = _current(name, described["settings"], folder)
    try:
        model: Recommender = cls(**{key: with_parts(value) for key, value in settings.items()})
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{name} does not take these settings in {folder}: {error}") from error
    return model


def _current(name: str, settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the settings without retired ones; raise if a retired one had an effect."""
    retired = RETIRED.get(name, {})
    for setting, today in retired.items():
        if settings.get(setting, today) != today:
            raise ValueError(
                f"{folder} holds a {name} with {setting}={settings[setting]!r}, which this package "
                "no longer has: fit it anew, or load it with the version that wrote it"
            )
    return {setting: value for setting, value in settings.items() if setting not in retired}


def _described(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        version, name, settings = (described[k] for k in ("format", "recommender", "settings"))
        described["catalogue"] = str(described["catalogue"])
        digests = described.get("files", {})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{path} does not describe a recommender ({error}): {AGAIN}") from None
    if version != FORMAT:
        raise ValueError(
            f"{path} has format {version!r}, this package reads format {FORMAT}: save it again, or "
            "install the version that wrote it"
        )
    if not (isinstance(name, str) and isinstance(settings, dict) and isinstance(digests, dict)):
        raise ValueError(f"{path} does not describe a recommender: {AGAIN}")
    return dict(described)
