"""Factor models beside published figures on MovieLens 100K: python benchmarks/classical.py --help.

`rank` fits MatrixFactorization and BPR on the training rows of leave-one-out in the file's order
(the protocol of `published.py`), one fit a seed, and reads the validation queries, with `--test`
also the test queries. `rate` cuts all ratings into five random folds, chooses BiasedMF's settings
inside the training part of each, and holds it beside Surprise's SVD on the same folds, run by
`--peer`, a Python that has scikit-surprise. `table` prints what is recorded. Only aggregates are
written. Seconds are given by the clock and by the processor, which other work on the machine does
not make longer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import movielens_100k
import numpy as np
from recorded import circumstances, spread, write

from recsys_helpers import BPR, BiasedMF, Interactions, MatrixFactorization, evaluate, k_folds
from recsys_helpers.evaluation.ratings import RatingReport

CLOCKS = ("clock", "processor")
METRICS = ("HR@10", "NDCG@10")
RESULTS = Path(__file__).parent / "results" / "classical.json"
RANKERS = {
    "MatrixFactorization": lambda seed: MatrixFactorization(seed=seed),
    "BPR": lambda seed: BPR(seed=seed),
}
"""How each is made for a seed: the defaults, which were chosen on the validation queries."""
SEEDS = (0, 1, 2)
GRID = {"dim": (50,), "regularisation": (0.12, 0.14, 0.16), "epochs": (10,)}
SCALE = (1.0, 5.0)
"""Of the ratings; Surprise clips to it, so ours is clipped here too."""


class Watch:
    """Adds up the seconds spent inside, by the clock and by this process's processor time."""

    def __init__(self) -> None:
        self.clock = self.processor = 0.0

    def __enter__(self) -> None:
        self.started = perf_counter(), process_time()

    def __exit__(self, *_: object) -> None:
        self.clock += perf_counter() - self.started[0]
        self.processor += process_time() - self.started[1]

    def read(self) -> dict[str, float]:
        """Return both, rounded."""
        return {"clock": round(self.clock, 3), "processor": round(self.processor, 3)}


def rank(folder: Path, test: bool) -> dict[str, Any]:
    """Fit each ranker with each seed and return its averages, seconds and settings."""
    split = movielens_100k.split(folder, text=False)
    found = {}
    for name, make in RANKERS.items():
        seconds, models = [], []
        for seed in SEEDS:
            watch = Watch()
            with watch:
                models.append(make(seed).fit(split.train, split.valid))
            seconds.append(watch.read())
        settings = {k: v for k, v in models[0].settings().items() if k != "seed"}
        record: dict[str, Any] = {"settings": settings, "seeds": SEEDS, "fit_seconds": seconds}
        for part in ("valid", "test") if test else ("valid",):
            reports = [evaluate({name: model}, getattr(split, part)) for model in models]
            record[part] = {
                metric: [round(report.mean(name, metric), 5) for report in reports]
                for metric in METRICS
            }
        record["curves"] = [
            [{k: round(v, 5) for k, v in entry.items()} for entry in model.curve]
            for model in models
        ]
        found[name] = record
    return found


def rate(folder: Path, peer: str | None, algorithms: list[str]) -> dict[str, Any]:
    """Predict every rating by models of the other four folds, and return errors and verdicts."""
    folds = k_folds(movielens_100k.log(folder, text=False), 5)
    chosen, watch, search = [], Watch(), Watch()
    predicted: dict[str, list[np.ndarray]] = {"BiasedMF": []}
    for fold in folds:
        with search:
            chosen.append(choose(fold.train))
        with watch:
            model = BiasedMF(**chosen[-1]).fit(fold.train)
            guess = model.predict(fold.test_rows.users, fold.test_rows.items)
        predicted["BiasedMF"].append(guess)
    record: dict[str, Any] = {
        "settings": chosen,
        "grid": GRID,
        "seconds": {"BiasedMF": watch.read()},
        "search_seconds": search.read(),
    }
    if peer is not None:
        for name in algorithms:
            predicted[name], facts = beside(peer, name, folds)
            record["seconds"][name] = facts.pop("seconds")
            record["peer"] = facts
    users = np.concatenate([fold.test_rows.users for fold in folds])
    given = np.concatenate([fold.test_rows.ratings for fold in folds])
    errors = {
        name: np.clip(np.concatenate(guesses), *SCALE)[None] - given
        for name, guesses in predicted.items()
    }
    report = RatingReport(users, errors)
    record["RMSE"] = {name: [round(v, 5) for v in report.interval(name)] for name in errors}
    record["MAE"] = {name: [round(v, 5) for v in report.interval(name, "MAE")] for name in errors}
    record["verdicts"] = {
        name: str(report.compare("BiasedMF", name)) for name in errors if name != "BiasedMF"
    }
    return record


def choose(train: Interactions) -> dict[str, Any]:
    """Return the settings that err least on a fifth of the training rows, fitted on the rest."""
    inner = k_folds(train, 5, seed=1)[0]
    rows = inner.test_rows
    errors = {}
    for values in product(*GRID.values()):
        model = BiasedMF(**dict(zip(GRID, values, strict=True))).fit(inner.train)
        guess = np.clip(model.predict(rows.users, rows.items), *SCALE)
        errors[values] = float(np.sqrt(np.mean((guess - rows.ratings) ** 2)))
    return dict(zip(GRID, min(errors, key=errors.__getitem__), strict=True))


def beside(peer: str, name: str, folds: list[Any]) -> tuple[list[np.ndarray], dict[str, Any]]:
    """Return what an algorithm of Surprise predicts on the same folds, and what it took."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "folds.npz"))
        arrays: dict[str, Any] = {"n_folds": len(folds)}
        for number, fold in enumerate(folds):
            for part, rows in (("train", fold.train), ("test", fold.test_rows)):
                for column in ("users", "items", "ratings"):
                    arrays[f"{part}_{column}_{number}"] = getattr(rows, column)
        np.savez(path, **arrays)
        script = str(Path(__file__).parent / "surprise_svd.py")
        out = subprocess.check_output([peer, script, path, name], text=True)
        guesses = np.load(f"{path}.{name}.npz")
        return [guesses[str(n)] for n in range(len(folds))], json.loads(out.splitlines()[-1])


def table(record: dict[str, Any]) -> str:
    """Return two tables in Markdown: ranking and ratings."""
    lines = [
        "| model | part | HR@10 | NDCG@10 | s to fit | processor s |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in record.get("rank", {}).items():
        seconds = [f"{np.mean([each[by] for each in found['fit_seconds']]):.2f}" for by in CLOCKS]
        for part in ("valid", "test"):
            if part in found:
                values = [found[part][metric] for metric in METRICS]
                cells = [spread(v) for v in values]
                lines.append("| " + " | ".join([name, part, *cells, *seconds]) + " |")
    if "rate" in record:
        found = record["rate"]
        lines += [
            "",
            "| model | RMSE | MAE | s for five folds | processor s |",
            "|---|---|---|---|---|",
        ]
        for name, seconds in found["seconds"].items():
            cells = [
                "{:.4f} [{:.4f}, {:.4f}]".format(*found[metric][name]) for metric in ("RMSE", "MAE")
            ]
            lines.append(
                "| " + " | ".join([name, *cells, *(f"{seconds[by]:.2f}" for by in CLOCKS)]) + " |"
            )
        lines += ["", *found["verdicts"].values()]
    return "\n".join(lines)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Measure the factor models on MovieLens 100K.")
    parser.add_argument("what", choices=["rank", "rate", "table"])
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--test", action="store_true", help="read the test queries too")
    parser.add_argument("--peer", help="a Python that has scikit-surprise")
    parser.add_argument("--plus", action="store_true", help="run Surprise's SVD++ too (minutes)")
    options = parser.parse_args()
    record = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    if options.what != "table":
        if options.data is None:
            parser.error(f"{options.what} needs --data")
        if options.what == "rank":
            record["rank"] = rank(options.data, options.test)
        else:
            algorithms = ["SVD", "SVD++"] if options.plus else ["SVD"]
            record["rate"] = rate(options.data, options.peer, algorithms)
        write(RESULTS, record | circumstances("numpy", "scipy"))
    print(table(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
