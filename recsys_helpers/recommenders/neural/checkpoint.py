"""An interrupted fit goes on: a file with all that training has reached after an epoch."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_helpers.log.interactions import Interactions

Curve = list[dict[str, float]]


class Checkpoint:
    """Saves and resumes one training run.

    Parameters
    ----------
    path
        The file; it is written anew after each epoch, whole or not at all.
    mark
        What tells this run from any other, see `mark`.
    """

    def __init__(self, path: Path, mark: str) -> None:
        self.path, self.mark = path, mark

    def save(self, curve: Curve, variables: list[Any], best: list[NDArray[Any]]) -> None:
        """Write the curve, the variables of network and optimizer, and the best weights so far."""
        arrays = {f"variable_{i:04}": variable.numpy() for i, variable in enumerate(variables)}
        arrays |= {f"best_{i:04}": weight for i, weight in enumerate(best)}
        about = np.array(json.dumps({"mark": self.mark, "curve": curve}))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(self.path.name + ".part")
        with draft.open("wb") as file:
            np.savez(file, about=about, **arrays)
        os.replace(draft, self.path)

    def resume(self, variables: list[Any]) -> tuple[Curve, list[NDArray[Any]]]:
        """Assign the saved variables; return the curve and the best weights, both empty at first.

        Raises
        ------
        ValueError
            If the file belongs to another run.
        """
        if not self.path.exists():
            return [], []
        with self.path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            if about["mark"] != self.mark:
                raise ValueError(
                    f"the checkpoint {self.path} belongs to other settings or another log: name "
                    "another file, or remove it to start afresh"
                )
            for i, variable in enumerate(variables):
                variable.assign(file[f"variable_{i:04}"])
            best = [file[name] for name in sorted(file.files) if name.startswith("best_")]
        return about["curve"], best


def mark(name: str, settings: dict[str, Any], log: Interactions, arrays: list[NDArray[Any]]) -> str:
    """Return a hash of what a run depends on: class, settings, catalogue, rows and other arrays.

    A run may go on for more epochs, or in another file.
    """
    settings = {
        key: value for key, value in settings.items() if key not in ("checkpoint", "epochs")
    }
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([name, settings], default=str, sort_keys=True).encode())
    digest.update(log.catalogue.fingerprint.encode())
    for array in (log.users, log.items, *arrays):
        digest.update(array.tobytes())
    return digest.hexdigest()
