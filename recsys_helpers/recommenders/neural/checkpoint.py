"""Checkpoints: a file with the state of training after each epoch, to resume from."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.store import as_json, read_npz, replaced_whole

Curve = list[dict[str, float]]

AFRESH = "name another file in checkpoint, or remove this one to start afresh"


class Checkpoint:
    """Saves and resumes one training run.

    Parameters
    ----------
    path
        The file. It is replaced after each epoch, completely or not at all.
    run
        What the run depends on, see the function `run`.
    """

    def __init__(self, path: str | Path, run: dict[str, Any]) -> None:
        self.path, self.run = Path(path), run

    def save(self, curve: Curve, variables: list[Any], best: list[NDArray[Any]]) -> None:
        """Write the curve, the variables of network and optimizer, and the best weights so far.

        If that fails, it warns instead of raising, so that training is not lost with the file.
        """
        arrays = {f"variable_{i:04}": variable.numpy() for i, variable in enumerate(variables)}
        arrays |= {f"best_{i:04}": weight for i, weight in enumerate(best)}
        about = np.array(json.dumps({"run": self.run, "curve": curve}))
        try:
            with replaced_whole(self.path) as drafts, drafts[0].open("wb") as file:
                np.savez(file, about=about, **arrays)
        except OSError as error:
            warnings.warn(
                f"the checkpoint {self.path} could not be written ({error}): training "
                "goes on, but could not be resumed from here",
                RuntimeWarning,
                stacklevel=2,
            )

    def resume(self, epochs: int, variables: list[Any]) -> tuple[Curve, list[NDArray[Any]]]:
        """Assign the saved variables; return the curve and best weights, both empty without a file.

        Raises
        ------
        ValueError
            If the file belongs to another run, has more epochs than `epochs`, or is no checkpoint.
        """
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return [], []
        arrays = read_npz(self.path, AFRESH)
        try:
            about = json.loads(str(arrays["about"]))
            saved, curve = dict(about["run"]), list(about["curve"])
        except (KeyError, TypeError, ValueError):
            raise ValueError(f"{self.path} is no checkpoint of this version: {AFRESH}") from None
        if others := [name for name, value in self.run.items() if saved.get(name) != value]:
            raise ValueError(
                f"the checkpoint {self.path} belongs to a run with another "
                f"{' and another '.join(others)}: {AFRESH}"
            )
        if len(curve) > epochs:
            raise ValueError(
                f"the checkpoint {self.path} holds {len(curve)} epochs, more than epochs={epochs}: "
                f"raise epochs, {AFRESH}"
            )
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"variable_{i:04}"])
        return curve, [arrays[name] for name in sorted(arrays) if name.startswith("best_")]


def run(
    name: str,
    settings: dict[str, Any],
    log: Interactions,
    arrays: list[NDArray[Any]],
    valid: Queries | None,
) -> dict[str, Any]:
    """Return what a run depends on, by name, with digests in place of large data.

    The number of epochs and the file's name are left out: a run may be resumed with more epochs.
    """
    settings = {name: value for name, value in settings.items() if name != "epochs"}
    rows = [log.users, log.items, *arrays]
    if log.times is not None:
        rows.append(log.times)  # each epoch draws a new order of tied items
    queries = None
    if valid is not None:
        histories = valid.histories
        queries = _digest(histories.indptr, histories.items, valid.target_indptr, valid.targets)
    return {
        "recommender": name,
        **as_json(settings),
        "catalogue": log.catalogue.fingerprint,
        "log": _digest(*rows),
        "validation": queries,
    }


def _digest(*arrays: NDArray[Any]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
