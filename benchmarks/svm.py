"""Support vector machines on MovieLens 100K: python benchmarks/svm.py --help.

Leave-one-out in the file's order, as in published.py; every item ranked, seen ones left out, fitted
on the training rows alone. `fit` records settings, seconds and what the model reaches on
validation; `test` fits the same again and reads the test queries once; `compare` records what the
leak of own counts costs on them; `table` writes what is recorded to results/svm/README.md. Only
aggregates are written: the publisher forbids passing the data on, so its folder is given by whoever
runs this. No TensorFlow is needed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import movielens_100k
import numpy as np
from recorded import circumstances, spread, write

from recsys_book.demonstrations.own_counts import OwnCountsRankSVM, share_in_order
from recsys_helpers import (
    Interactions,
    RankSVM,
    RatingBiases,
    RatingSVR,
    evaluate,
    evaluate_ratings,
)
from recsys_helpers.splits.split import Split

RESULTS = Path(__file__).parent / "results" / "svm"
MODELS: dict[str, tuple[bool, Callable[..., Any]]] = {
    "RankSVM": (False, RankSVM),
    "RankSVM_text": (True, RankSVM),
    "RankSVM_own_counts": (False, OwnCountsRankSVM),
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
    record = {
        "settings": model.settings(),
        "fit_seconds": round(fitted - start, 2),
        "judge_seconds": round(judged - fitted, 2),
        "valid": valid,
        **circumstances("scikit-learn", "numpy", "scipy"),
    }
    if isinstance(model, RankSVM):
        share = share_in_order(model, model.examples(split.train))
        record["pairs_in_order"] = round(share, 4)
    return record


def compare(folder: Path) -> dict[str, Any]:
    """Return the difference that a pair's own rows in its features make, with its interval."""
    split = movielens_100k.split(folder, text=False)
    leaky, honest = (
        [make(seed=seed).fit(split.train) for seed in range(3)]
        for make in (OwnCountsRankSVM, RankSVM)
    )
    report = evaluate({"RankSVM_own_counts": leaky, "RankSVM": honest}, split.test)
    found = report.compare("RankSVM_own_counts", "RankSVM")
    return {
        "metric": found.metric,
        **{end: round(getattr(found, end), 5) for end in ("difference", "low", "high")},
        "seeds": 3,
        **circumstances("scikit-learn", "numpy", "scipy"),
        "command": "python benchmarks/svm.py compare --data DATA",
    }


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


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Fit and judge a machine on MovieLens 100K.")
    parser.add_argument("what", choices=["fit", "test", "compare", "table"])
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--model", choices=MODELS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.what == "table":
        (RESULTS / "README.md").write_text(f"{HEAD}\n{table()}", encoding="utf-8")
        return 0
    if options.what == "compare" and options.data:
        write(RESULTS / "leak.json", compare(options.data))
        return 0
    if None in (options.data, options.model):
        parser.error(f"{options.what} needs --data and --model")
    path = RESULTS / f"{options.model}-{options.seed}.json"
    if options.what == "test" and not path.exists():
        parser.error(f"there is no record {path.name}: run fit first")
    text, make = MODELS[options.model]
    split, model = movielens_100k.split(options.data, text), make(seed=options.seed)
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
    write(path, record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
