"""Record what networks reach when little is known: python tools/cold_start.py [MODEL …].

Chapter 6.4 draws these records beside models that it fits itself. "known_films" holds people whom
nobody has met, asked with only their last films known: MODEL-0, MODEL-1, … "few_rows" holds films
that keep only a few training rows, ranked among all films; "few_rows_alone" ranks them among
themselves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from recsys_book import machine, results
from recsys_book.demonstrations.few_rows import few_rows, rare_items
from recsys_book.demonstrations.known_films import LastItems, newcomers
from recsys_book.demonstrations.new_items_only import Among
from recsys_helpers import (
    ConvLSTM,
    LSTM4Rec,
    RankSVM,
    SASRec,
    Split,
    TwoTower,
    evaluate,
    leave_last_out,
    load_movielens,
)
from recsys_helpers.recommenders.base import Recommender

FOLDER = Path(__file__).resolve().parents[1] / "data" / "results"
PACKAGES = ("recsys-helpers", "numpy", "scipy", "tensorflow", "keras")
KNOWN = (0, 1, 2, 3, 5, 10, 20)
"""How many films of a person are known."""
ROWS = (0, 1, 2, 5, 10)
"""How many training rows a film keeps."""
SEED = 0

MODELS: dict[str, Callable[[], Recommender]] = {
    "RankSVM": lambda: RankSVM(seed=SEED),
    "SASRec": lambda: SASRec(n_blocks=1, seed=SEED),
    "LSTM4Rec": lambda: LSTM4Rec(seed=SEED),
    "ConvLSTM": lambda: ConvLSTM(seed=SEED),
    "TwoTower": lambda: TwoTower(seed=SEED),
}


def films() -> Split:
    """Return the book's split, whose films `few_rows` makes new."""
    return leave_last_out(load_movielens().k_core(5), n_valid=5, n_test=5)


def fitted(name: str, split: Split) -> tuple[Recommender, dict[str, Any]]:
    """Fit a model, and return it with the facts about the fit."""
    start = perf_counter()
    model = MODELS[name]().fit(split.train, split.valid)
    facts: dict[str, Any] = {
        "settings": model.settings(),
        "seeds": [SEED],
        "fit_seconds": round(perf_counter() - start, 2),
        "measured": date.today().isoformat(),
        "command": f"python tools/cold_start.py {name}",
        "versions": {package: version(package) for package in PACKAGES},
        "machine": machine.facts(),
    }
    return model, facts


def write(
    folder: Path, record: str, model: Recommender, split: Split, facts: Mapping[str, Any]
) -> None:
    """Judge a model on the test part of a split, and write its ranks."""
    queries = split.test
    report = evaluate({record: model}, queries)
    results.write(folder, record, report, [SEED], {"protocol": folder.name, **facts})
    print(f"{report.mean(record):7.4f} NDCG@10  {folder.name}/{record}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Record what networks reach on little data.")
    parser.add_argument("model", nargs="*", help=f"any of {', '.join(MODELS)}")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.model if name not in MODELS]:
        parser.error(f"no such model: {', '.join(unknown)}; there are {', '.join(MODELS)}")
    people = newcomers()
    whole = films()
    for name in options.model or MODELS:
        model, facts = fitted(name, people)
        for n in KNOWN:
            write(options.folder / "known_films", f"{name}-{n}", LastItems(model, n), people, facts)
        for n in ROWS:
            split = few_rows(whole, n, asked="test")
            model, facts = fitted(name, split)
            alone = Among(model, rare_items(whole))
            write(options.folder / "few_rows", f"{name}-{n}", model, split, facts)
            write(options.folder / "few_rows_alone", f"{name}-{n}", alone, split, facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
