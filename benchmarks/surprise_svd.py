"""Surprise's SVD on given folds, in an environment of its own: called by classical.py."""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time

import numpy as np
from surprise import SVD, Dataset, Reader, SVDpp, __version__

COLUMNS = ("users", "items", "ratings")
ALGORITHMS = {"SVD": SVD, "SVD++": SVDpp}


def main(path: str, name: str) -> None:
    """Fit on each fold with default settings and predict; one line of JSON in the end."""
    folds = np.load(path)
    clock = processor = 0.0
    predicted = {}
    for fold in range(int(folds["n_folds"])):
        rows = {
            part: list(
                zip(
                    *(folds[f"{part}_{name}_{fold}"].tolist() for name in COLUMNS),
                    strict=True,
                )
            )
            for part in ("train", "test")
        }
        reader = Reader(rating_scale=(1, 5))
        data = Dataset(reader).construct_trainset([(*row, None) for row in rows["train"]])
        start = perf_counter(), process_time()
        model = ALGORITHMS[name](random_state=0).fit(data)
        guesses = model.test(rows["test"])
        clock += perf_counter() - start[0]
        processor += process_time() - start[1]
        predicted[str(fold)] = np.array([guess.est for guess in guesses])
    np.savez(f"{path}.{name}.npz", **predicted)
    seconds = {"clock": round(clock, 3), "processor": round(processor, 3)}
    print(json.dumps({"seconds": seconds, "surprise": __version__, "numpy": np.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
