"""The networks under the protocol of published figures: python benchmarks/published.py --help.

Leave-one-out in the file's order, every item ranked, seen ones left out, fitted on the training
rows alone. `fit` trains, stops by validation and records settings, curve, seconds and memory;
`test` reads the test queries once, with the weights that `fit` left in its checkpoint. Only
aggregates are written: the publisher forbids passing the data on, so its folder is given by whoever
runs this.
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
from typing import Any

import polars as pl

from recsys_helpers import (
    Caser,
    GRU4Rec,
    Interactions,
    LSTM4Rec,
    NextItNet,
    SASRec,
    _machine,
    evaluate,
    leave_last_out,
)
from recsys_helpers.splits import Split

RESULTS = Path(__file__).parent / "results" / "published"
METRICS = ("HR@10", "NDCG@10")


def ml_100k(folder: Path) -> Split:
    """Return MovieLens 100K, 5-core, rows in the file's order where times are equal."""
    frame = pl.read_csv(
        folder / "ml-100k" / "u.data",
        separator="\t",
        has_header=False,
        new_columns=["user", "item", "rating", "timestamp"],
    )
    log = Interactions.from_frame(frame, rating="rating").k_core(5)
    return leave_last_out(log, n_valid=1, n_test=1, order_ties="file")


def ml_1m_sasrec(folder: Path) -> Split:
    """Return MovieLens 1M as prepared by the authors of SASRec: a line a user, items in order."""
    lines = (folder / "ml-1m-sasrec" / "sequences_sasrec_ids.txt").read_text("utf-8").splitlines()
    rows = [(line.split()[0], line.split()[1:]) for line in lines]
    frame = pl.DataFrame(rows, schema=["user", "item"], orient="row").explode("item")
    log = Interactions.from_frame(frame.cast(pl.Int64), timestamp="row order")
    return leave_last_out(log, n_valid=1, n_test=1)


SETS: dict[str, Callable[[Path], Split]] = {"ml-100k": ml_100k, "ml-1m-sasrec": ml_1m_sasrec}
MODELS: dict[str, dict[str, Callable[..., Any]]] = {
    "ml-100k": {
        "SASRec": SASRec,
        "LSTM4Rec": LSTM4Rec,
        "GRU4Rec": GRU4Rec,
        "NextItNet": NextItNet,
        "Caser": Caser,
    },
    "ml-1m-sasrec": {
        "SASRec": lambda **more: SASRec(dim=128, max_len=200, batch_size=64, patience=8, **more),
    },
}
"""How each model is made, with settings chosen on validation."""


def fit(name: str, model: Any, split: Split, record: dict[str, Any]) -> None:
    """Train and record what it took."""
    model.fit(split.train, split.valid)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    record |= {
        "settings": {k: v for k, v in model.settings().items() if k != "checkpoint"},
        "curve": [{k: round(v, 5) for k, v in entry.items()} for entry in model.curve],
        "peak_mib": round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10),
        "valid": means(name, model, split.valid),
        "measured": date.today().isoformat(),
        "versions": {p: version(p) for p in ("recsys-helpers", "tensorflow", "keras", "numpy")},
        "machine": _machine.facts(),
    }


def means(name: str, model: Any, queries: Any) -> dict[str, float]:
    """Return the averages over queries."""
    report = evaluate({name: model}, queries)
    return {metric: round(report.mean(name, metric), 5) for metric in METRICS}


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Fit and judge a network on published data.")
    parser.add_argument("what", choices=["fit", "test"])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--set", choices=SETS, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoints", type=Path, required=True, help="folder to keep weights in")
    options = parser.parse_args()
    label = f"{options.set}-{options.model}-{options.seed}"
    path = RESULTS / f"{label}.json"
    split = SETS[options.set](options.data)
    make = MODELS[options.set][options.model]
    model = make(seed=options.seed, checkpoint=options.checkpoints / f"{label}.npz")
    record = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if options.what == "fit":
        fit(options.model, model, split, record)
        record["command"] = (
            f"python benchmarks/published.py fit --set {options.set} --model {options.model} "
            f"--seed {options.seed} --data DATA --checkpoints FOLDER"
        )
    else:
        model.fit(split.train, split.valid)  # the checkpoint is complete: nothing is trained
        record["test"] = means(options.model, model, split.test)
        print(record["test"])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".json.part")
    draft.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
