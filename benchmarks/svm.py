"""Support vector machines on MovieLens 100K: python benchmarks/svm.py --help.

Leave-one-out in the file's order, as in published.py; every item ranked, seen ones left out, fitted
on the training rows alone. `fit` records settings, seconds and what the model reaches on
validation; `test` fits the same again and reads the test queries once; `table` writes what is
recorded to results/svm/README.md. Only aggregates are written: the publisher forbids passing the
data on, so its folder is given by whoever runs this. No TensorFlow is needed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from recsys_helpers import (
    Interactions,
    RankSVM,
    RatingBiases,
    RatingSVR,
    _machine,
    evaluate,
    evaluate_ratings,
    leave_last_out,
)
from recsys_helpers.splits import Split

RESULTS = Path(__file__).parent / "results" / "svm"
GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
MODELS: dict[str, tuple[bool, Callable[..., Any]]] = {
    "RankSVM": (False, RankSVM),
    "RankSVM_text": (True, RankSVM),
    "RankSVM_own_counts": (False, lambda **more: RankSVM(own_counts=True, **more)),
    "RankSVM_fourier": (False, lambda **more: RankSVM(kernel="fourier", cost=1e4, **more)),
    "RankSVM_nystroem": (False, lambda **more: RankSVM(kernel="nystroem", cost=1e4, **more)),
    "RatingBiases": (True, lambda seed: RatingBiases()),
    "RatingSVR_linear": (True, lambda **more: RatingSVR(kernel="linear", **more)),
    "RatingSVR_fourier": (True, RatingSVR),
    "RatingSVR_nystroem": (True, lambda **more: RatingSVR(kernel="nystroem", **more)),
}
"""Whether titles and genres are given, and how the model is made; settings from validation."""

HEAD = """# Support vector machines on MovieLens 100K

Leave-one-out: the last item of each user for test, the one before for validation; rows in the
file's order; all items ranked, seen ones left out; fitted on the training rows alone, settings
chosen by validation, test read once. Written by `python benchmarks/svm.py table`; settings, machine
and command stand in the JSON files beside this one. Other work on the same machine made some times
longer. "Pairs in order" is the share of training pairs in which what came next scores higher: with
its own counts in the tables a machine does well on the pairs it learns from, and worse on others.
"""


def ml_100k(folder: Path, text: bool) -> Split:
    """Return MovieLens 100K, 5-core, rows in the file's order where times are equal."""
    frame = pl.read_csv(
        folder / "ml-100k" / "u.data",
        separator="\t",
        has_header=False,
        new_columns=["user", "item", "rating", "timestamp"],
    )
    items = films(folder) if text else None
    log = Interactions.from_frame(frame, rating="rating", items=items).k_core(5)
    return leave_last_out(log, n_valid=1, n_test=1, order_ties="file")


def films(folder: Path) -> pl.DataFrame:
    """Return title and genres of each film."""
    lines = (folder / "ml-100k" / "u.item").read_text("latin-1").splitlines()
    fields = [line.split("|") for line in lines if line]
    genres = [
        [genre for genre, flag in zip(GENRES, row[-len(GENRES) :], strict=True) if flag == "1"]
        for row in fields
    ]
    table = {"item": [int(row[0]) for row in fields], "title": [row[1] for row in fields]}
    return pl.DataFrame(table).with_columns(genres=pl.Series(genres, dtype=pl.List(pl.String)))


def means(model: Any, queries: Any, rows: Interactions) -> dict[str, float]:
    """Return the averages that a model is judged by."""
    if isinstance(model, RankSVM):
        lists = evaluate({"it": model}, queries)
        return {metric: round(lists.mean("it", metric), 5) for metric in ("HR@10", "NDCG@10")}
    stars = evaluate_ratings({"it": model}, rows)
    return {metric: round(stars.mean("it", metric), 5) for metric in ("RMSE", "MAE")}


def fit(model: Any, split: Split) -> dict[str, Any]:
    """Train, and return what it took."""
    start = perf_counter()
    model.fit(split.train, split.valid)
    fitted = perf_counter()
    valid = means(model, split.valid, split.valid_rows)
    judged = perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    record = {
        "settings": model.settings(),
        "fit_seconds": round(fitted - start, 2),
        "judge_seconds": round(judged - fitted, 2),
        "peak_mib": round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10),
        "valid": valid,
        "measured": date.today().isoformat(),
        "versions": {p: version(p) for p in ("recsys-helpers", "scikit-learn", "numpy", "scipy")},
        "machine": _machine.facts(),
    }
    if isinstance(model, RankSVM):
        scores = model.feature_map(model.examples(split.train)) @ model.weights
        record["pairs_in_order"] = round(float((scores[:, :1] > scores[:, 1:]).mean()), 4)
    return record


def table() -> str:
    """Return a row for each model: averages over the seeds whose test was read."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(RESULTS.glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        found.setdefault(path.stem.rsplit("-", 1)[0], []).append(record)
    rankers, raters = [], []
    for name in MODELS:
        records = found.get(name, [])
        if not records or not all("test" in record for record in records):
            continue
        seconds = [
            f"{np.mean([record[key] for record in records]):.1f}"
            for key in ("fit_seconds", "judge_seconds")
        ]
        cells = [name.replace("_", ", ", 1).replace("_", " "), str(len(records))]
        metrics = list(records[0]["test"])
        cells += [spread([record["test"][metric] for record in records]) for metric in metrics]
        chosen_by = "NDCG@10" if "NDCG@10" in metrics else "RMSE"
        cells.append(spread([record["valid"][chosen_by] for record in records]))
        if "pairs_in_order" in records[0]:
            cells.append(spread([record["pairs_in_order"] for record in records]))
        cells += [*seconds, f"{max(record['peak_mib'] for record in records):,}"]
        (rankers if chosen_by == "NDCG@10" else raters).append("| " + " | ".join(cells) + " |")
    lines = [
        "| model | seeds | test HR@10 | test NDCG@10 | validation NDCG@10 | pairs in order "
        "| s to fit | s to judge | peak MiB |",
        "|---|---|---|---|---|---|---|---|---|",
        *rankers,
        "",
        "| model | seeds | test RMSE | test MAE | validation RMSE | s to fit | s to judge "
        "| peak MiB |",
        "|---|---|---|---|---|---|---|---|",
        *raters,
    ]
    return "\n".join(lines) + "\n"


def spread(values: list[float]) -> str:
    """Return the mean and, of several values, their standard deviation."""
    mean = f"{np.mean(values):.4f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.4f}"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Fit and judge a machine on MovieLens 100K.")
    parser.add_argument("what", choices=["fit", "test", "table"])
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--model", choices=MODELS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    if options.what == "table":
        (RESULTS / "README.md").write_text(f"{HEAD}\n{table()}", encoding="utf-8")
        return 0
    if None in (options.data, options.model):
        parser.error(f"{options.what} needs --data and --model")
    path = RESULTS / f"{options.model}-{options.seed}.json"
    if options.what == "test" and not path.exists():
        parser.error(f"there is no record {path.name}: run fit first")
    text, make = MODELS[options.model]
    split, model = ml_100k(options.data, text), make(seed=options.seed)
    if options.what == "fit":
        record = fit(model, split)
        record["command"] = (
            f"python benchmarks/svm.py fit --model {options.model} --seed {options.seed} "
            "--data DATA"
        )
    else:
        record = json.loads(path.read_text("utf-8"))
        model.fit(split.train, split.valid)
        if means(model, split.valid, split.valid_rows) != record["valid"]:
            parser.error(f"{path.name} was recorded by another model: run fit again")
        record["test"] = means(model, split.test, split.test_rows)
        print(record["test"])
    draft = path.with_suffix(".json.part")
    draft.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
