"""The networks under the protocol of published figures: python benchmarks/published.py --help.

Leave-one-out in the file's order, every item ranked, seen ones left out, fitted on the training
rows alone. `fit` trains, stops by validation and records settings, curve, seconds and memory;
`test` reads the test queries once, with the weights that `fit` left in its checkpoint; `table`
writes what is recorded to results/published/README.md. Only aggregates are written: the publisher
forbids passing the data on, so its folder is given by whoever runs this.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import movielens_100k
import numpy as np
import polars as pl
from recorded import circumstances, spread, write

from recsys_helpers import (
    HSTU,
    Caser,
    ConvLSTM,
    GRU4Rec,
    Interactions,
    LSTM4Rec,
    NextItNet,
    SASRec,
    evaluate,
    leave_last_out,
)
from recsys_helpers.splits.split import Split

RESULTS = Path(__file__).parent / "results" / "published"
METRICS = ("HR@10", "NDCG@10")


def ml_1m_sasrec(folder: Path) -> Split:
    """Return MovieLens 1M as prepared by the authors of SASRec: a line a user, items in order."""
    lines = (folder / "ml-1m-sasrec" / "sequences_sasrec_ids.txt").read_text("utf-8").splitlines()
    rows = [(line.split()[0], line.split()[1:]) for line in lines]
    frame = pl.DataFrame(rows, schema=["user", "item"], orient="row").explode("item")
    log = Interactions.from_frame(frame.cast(pl.Int64), timestamp="row order")
    return leave_last_out(log, n_valid=1, n_test=1)


SETS: dict[str, Callable[[Path], Split]] = {
    "ml-100k": lambda folder: movielens_100k.split(folder, text=True),
    "ml-1m-sasrec": ml_1m_sasrec,
}
MODELS: dict[str, dict[str, Callable[..., Any]]] = {
    "ml-100k": {
        "SASRec": SASRec,
        "LSTM4Rec": LSTM4Rec,
        "GRU4Rec": GRU4Rec,
        "NextItNet": NextItNet,
        "Caser": Caser,
        "ConvLSTM": ConvLSTM,
        "HSTU": HSTU,
        "HSTU_gaps": lambda **more: HSTU(time="gaps", **more),
        "HSTU_asked": lambda **more: HSTU(time="asked", **more),
    },
    "ml-1m-sasrec": {
        "SASRec": lambda **more: SASRec(
            dim=128,
            max_len=200,
            dropout=0.1,
            learning_rate=2e-3,
            batch_size=64,
            averaging=0.995,
            epochs=12,
            patience=4,
            **more,
        ),
        "LSTM4Rec": lambda **more: LSTM4Rec(
            dim=128,
            n_units=256,
            max_len=200,
            learning_rate=3e-3,
            batch_size=64,
            averaging=0.995,
            patience=4,
            **more,
        ),
        "NextItNet": lambda **more: NextItNet(
            dim=128,
            dilations=(1, 4, 16),
            max_len=200,
            batch_size=64,
            averaging=0.995,
            epochs=21,
            patience=4,
            **more,
        ),
    },
}
"""How each model is made: settings chosen on validation, or the first that were tried.

On ml-1m NextItNet was still rising after 21 epochs, and SASRec after 12, that there was time for.
"""


HEAD = """# Networks on published data

Leave-one-out: the last item of each user for test, the one before for validation; rows in the
file's order; all items ranked, seen ones left out; fitted on the training rows alone, stopped and
chosen by validation, test read once. Written by `python benchmarks/published.py table`; each
row's settings, curves, machine and command stand in the JSON files beside this one. Other work on
the same machine made some times longer. Where the best epoch is the last, a model was still rising.
"""


def fit(name: str, model: Any, split: Split) -> dict[str, Any]:
    """Train, and return what it took."""
    model.fit(split.train, split.valid)
    return {
        "settings": {k: v for k, v in model.settings().items() if k != "checkpoint"},
        "curve": [{k: round(v, 5) for k, v in entry.items()} for entry in model.curve],
        "valid": means(name, model, split.valid),
        **circumstances("tensorflow", "keras", "numpy"),
    }


def means(name: str, model: Any, queries: Any) -> dict[str, float]:
    """Return the averages over queries."""
    report = evaluate({name: model}, queries)
    return {metric: round(report.mean(name, metric), 5) for metric in METRICS}


def table() -> str:
    """Return a row for each set and model: averages over the seeds whose test was read."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in sorted(RESULTS.glob("*.json")):
        name, model, _ = path.stem.rsplit("-", 2)
        record = json.loads(path.read_text("utf-8"))
        if "test" in record:
            found.setdefault((name, model), []).append(record)
    lines = [
        "| data | model | seeds | test HR@10 | test NDCG@10 | validation NDCG@10 | s an epoch "
        "| best epoch | s in all | peak MiB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (name, model), records in found.items():
        curves = [record["curve"] for record in records]
        best = [max(curve, key=lambda entry: entry["ndcg"])["epoch"] for curve in curves]
        seconds = [curve[-1]["seconds"] for curve in curves]
        cells = [name, model, str(len(records))]
        cells += [spread([record["test"][metric] for record in records]) for metric in METRICS]
        cells.append(spread([record["valid"]["NDCG@10"] for record in records]))
        cells.append(f"{np.mean(seconds) / np.mean([len(curve) for curve in curves]):.1f}")
        cells += [", ".join(map(str, best)), f"{np.mean(seconds):.0f}"]
        cells.append(f"{max(record['peak_mib'] for record in records):,}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Fit and judge a network on published data.")
    parser.add_argument("what", choices=["fit", "test", "table"])
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--set", choices=SETS)
    parser.add_argument("--model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoints", type=Path, help="folder to keep weights in")
    options = parser.parse_args()
    if options.what == "table":
        (RESULTS / "README.md").write_text(f"{HEAD}\n{table()}", encoding="utf-8")
        return 0
    if None in (options.data, options.set, options.model, options.checkpoints):
        parser.error(f"{options.what} needs --data, --set, --model and --checkpoints")
    if options.model not in MODELS[options.set]:
        parser.error(f"for {options.set} there are {', '.join(MODELS[options.set])}")
    label = f"{options.set}-{options.model}-{options.seed}"
    path, checkpoint = RESULTS / f"{label}.json", options.checkpoints / f"{label}.npz"
    if options.what == "test" and not (path.exists() and checkpoint.exists()):
        parser.error(f"{label} has no record or no checkpoint: run fit first")
    split = SETS[options.set](options.data)
    model = MODELS[options.set][options.model](seed=options.seed, checkpoint=checkpoint)
    if options.what == "fit":
        record = fit(options.model, model, split)
        record["command"] = (
            f"python benchmarks/published.py fit --set {options.set} --model {options.model} "
            f"--seed {options.seed} --data DATA --checkpoints FOLDER"
        )
    else:
        record = json.loads(path.read_text("utf-8"))
        model.fit(split.train, split.valid)  # from a complete checkpoint, so nothing is trained
        if len(model.curve) != len(record["curve"]):
            parser.error(f"the checkpoint of {label} does not belong to its record: run fit again")
        record["test"] = means(options.model, model, split.test)
        print(record["test"])
    write(path, record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
