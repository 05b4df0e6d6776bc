"""Fit and judge every recommender of the book: python tools/models.py [MODEL …], or make results.

Under each protocol every model is fitted in a process of its own, once for each seed, and its
ranks, mean metrics, seconds, peak memory and settings are written to data/results/PROTOCOL. The
chapters read them. Settings were chosen on the validation part, as chapter 2 shows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from recsys_book import machine, results
from recsys_book.demonstrations.last_item import LastItemConvLSTM
from recsys_book.demonstrations.new_items_only import NewItemsOnly
from recsys_book.demonstrations.other_ids import (
    TIGERWithLanguageIds,
    TIGERWithRandomIds,
    TIGERWithTasteIds,
)
from recsys_book.demonstrations.own_counts import OwnCountsRankSVM
from recsys_book.demonstrations.shuffled import OrderlessLSTM4Rec, shuffled as shuffled_histories
from recsys_helpers import (
    BPR,
    EASE,
    HSTU,
    TIGER,
    BiasedMF,
    Caser,
    ConvLSTM,
    FeatureLogistic,
    GRU4Rec,
    ItemKNN,
    LikeSVM,
    LSTM4Rec,
    MarkovChain,
    MatrixFactorization,
    NextItNet,
    Popularity,
    Queries,
    Random,
    RankSVM,
    RatingBiases,
    SASRec,
    evaluate,
    hold_out_items,
    leave_last_out,
    load_movielens,
)
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.splits.split import Split

FOLDER = Path(__file__).resolve().parents[1] / "data" / "results"
MIB = 1024**2
PACKAGES = ("recsys-helpers", "numpy", "scipy", "tensorflow", "keras")


def last_five() -> Split:
    """Return the book's split: MovieLens small, 5-core, each user's last five films for test."""
    return leave_last_out(load_movielens().k_core(5), n_valid=5, n_test=5)


def shuffled() -> Split:
    """Return the same split with the last films that a network reads in random order when asked."""
    split, rng = last_five(), np.random.default_rng(0)

    def mixed(queries: Queries) -> Queries:
        window = LSTM4Rec().max_len
        return replace(queries, histories=shuffled_histories(queries.histories, rng, 0, window))

    return replace(split, valid=mixed(split.valid), test=mixed(split.test))


def held_out_films() -> Split:
    """Return a split that asks, within the validation part, for films without a training row.

    The ranks of `ALONE` are also recorded among these films alone, as held_out_films_alone.
    """
    return hold_out_items(last_five(), share=0.2, asked="valid")


PROTOCOLS: dict[str, Callable[[], Split]] = {
    "last_five": last_five,
    "shuffled": shuffled,
    "ablations": last_five,
    "held_out_films": held_out_films,
}
RATES = (0, 10, 40)
"""Shares of ids left out in training, per cent, from which ConvLSTM's was chosen."""
DEFAULT = "ConvLSTM-drop-10"
"""The one that was chosen."""
ALONE = (DEFAULT, "TIGER")
"""Those whose ranks among new films alone are recorded too."""


def leaving_out(rate: int) -> Callable[[int], Recommender]:
    """Return what makes a ConvLSTM that leaves out so many per cent of the ids."""
    return lambda seed: ConvLSTM(id_dropout=rate / 100, seed=seed)


def one_item(seed: int) -> Recommender:
    """Return the plain stack of layers, learning from one item a window, in no less time."""
    return LastItemConvLSTM(skip=False, text=False, epochs=50, patience=50, seed=seed)


TRANSFORMER: dict[str, Any] = {"n_blocks": 1, "gate": False, "forward": 256}
"""The settings of HSTU with which it computes what SASRec does."""


def transformer(**change: Any) -> Callable[[int], Recommender]:
    """Return what makes a SASRec with one part changed."""
    return lambda seed: HSTU(**TRANSFORMER | change, seed=seed)


CHANGES: dict[str, dict[str, Any]] = {
    "post-norm": {"norm": "post"},
    "gate": {"gate": True},
    "no-forward": {"forward": None},
    "pointwise": {"attention": "pointwise"},
    "no-distance": {"distance": False},
    "rotary": {"distance": False, "rotary": True},
    "bce": {"loss": "bce", "n_negatives": 1},
    "sampled-softmax": {"loss": "sampled_softmax"},
    "cosine": {"temperature": 0.05},
    "gaps": {"time": "gaps"},
    "asked": {"time": "asked"},
}
"""What chapter 5.1 changes about SASRec, one at a time."""

MODELS: dict[str, tuple[Callable[[int], Recommender], list[int]]] = {
    "Random": (Random, [0]),
    "Popularity": (lambda seed: Popularity(), [0]),
    "RatingBiases": (lambda seed: RatingBiases(), [0]),
    "BiasedMF": (lambda seed: BiasedMF(seed=seed), [0, 1, 2]),
    "MarkovChain": (lambda seed: MarkovChain(), [0]),
    "ItemKNN": (lambda seed: ItemKNN(n_neighbours=5), [0]),
    "EASE": (lambda seed: EASE(regularisation=10.0), [0]),
    "LikeSVM": (lambda seed: LikeSVM(cost=0.3), [0]),
    "RankSVM": (lambda seed: RankSVM(seed=seed), [0, 1, 2]),
    "MatrixFactorization": (
        lambda seed: MatrixFactorization(alpha=1.0, seed=seed),
        [0, 1, 2],
    ),
    "BPR": (lambda seed: BPR(seed=seed), [0, 1, 2]),
    "FeatureLogistic": (lambda seed: FeatureLogistic(), [0]),
    "NextItNet": (lambda seed: NextItNet(seed=seed), [0, 1, 2]),
    "Caser": (lambda seed: Caser(seed=seed), [0]),
    "LSTM4Rec": (lambda seed: LSTM4Rec(seed=seed), [0, 1, 2]),
    "GRU4Rec": (lambda seed: GRU4Rec(seed=seed), [0]),
    "HSTU": (lambda seed: HSTU(n_blocks=1, seed=seed), [0, 1, 2]),
    "SASRec": (lambda seed: SASRec(n_blocks=1, seed=seed), [0, 1, 2]),
    "ConvLSTM": (lambda seed: ConvLSTM(seed=seed), [0, 1, 2]),
    "TIGER": (lambda seed: TIGER(seed=seed), [0, 1, 2]),
    "LSTM4Rec-orderless": (lambda seed: OrderlessLSTM4Rec(seed=seed), [0, 1, 2]),
    "SASRec-two-blocks": (lambda seed: SASRec(seed=seed), [0, 1, 2]),
    "SASRec-two-heads": (lambda seed: SASRec(n_blocks=1, n_heads=2, seed=seed), [0, 1, 2]),
    "BPR-uniform": (lambda seed: BPR(negatives="uniform", seed=seed), [0, 1, 2]),
    "RankSVM-own-counts": (lambda seed: OwnCountsRankSVM(seed=seed), [0, 1, 2]),
    "ConvLSTM-one-item": (one_item, [0]),
    "ConvLSTM-stack": (
        lambda seed: ConvLSTM(skip=False, text=False, seed=seed),
        [0, 1, 2],
    ),
    "ConvLSTM-no-text": (lambda seed: ConvLSTM(text=False, seed=seed), [0, 1, 2]),
    "ConvLSTM-window-10": (lambda seed: ConvLSTM(max_len=10, seed=seed), [0]),
    "ConvLSTM-bce": (lambda seed: ConvLSTM(loss="bce", n_negatives=20, seed=seed), [0, 1, 2]),
    **{
        f"Transformer-{name}": (transformer(**change), [0, 1, 2])
        for name, change in CHANGES.items()
    },
    "TIGER-codes-alone": (lambda seed: TIGER(prefix_vectors=False, seed=seed), [0, 1, 2]),
    "TIGER-random-ids": (
        lambda seed: TIGERWithRandomIds(vectors="vector", seed=seed),
        [0, 1, 2],
    ),
    "TIGER-cooccurrence-ids": (
        lambda seed: TIGERWithTasteIds(vectors="vector", seed=seed),
        [0, 1, 2],
    ),
    "TIGER-wordllama-ids": (
        lambda seed: TIGERWithLanguageIds(vectors="vector", seed=seed),
        [0, 1, 2],
    ),
    **{f"ConvLSTM-drop-{rate}": (leaving_out(rate), [0, 1, 2]) for rate in RATES},
}
"""Each model by name: how it is made for a seed, and the seeds it is fitted with."""
APART = {
    "shuffled": ["LSTM4Rec-orderless"],
    "ablations": [
        "SASRec-two-blocks",
        "SASRec-two-heads",
        "BPR-uniform",
        "RankSVM-own-counts",
        *(f"ConvLSTM-{change}" for change in ("one-item", "stack", "no-text", "window-10", "bce")),
        *(f"Transformer-{change}" for change in CHANGES),
        "TIGER-codes-alone",
        *(f"TIGER-{ids}-ids" for ids in ("random", "cooccurrence", "wordllama")),
    ],
    "held_out_films": [f"ConvLSTM-drop-{rate}" for rate in RATES],
}
ONLY = {
    "last_five": [name for name in MODELS if not any(name in apart for apart in APART.values())],
    **APART,
    "held_out_films": [*APART["held_out_films"], "TIGER"],
}
"""The models that are judged under each protocol."""


def last_queries(queries: Queries) -> Queries:
    """Return the last query of each user, enough to choose an epoch where ranking is dear."""
    return queries.take(np.flatnonzero(np.diff(queries.users, append=-1)))


def measure(protocol: str, name: str, folder: Path) -> str:
    """Fit and judge one model, write its record, and say what came out.

    Call it in a fresh process, since peak memory is that of the whole process.
    """
    import resource  # noqa: PLC0415  (not on Windows, where the tests import this file too)

    make, seeds = MODELS[name]
    split = PROTOCOLS[protocol]()
    valid = last_queries(split.valid) if name.startswith("TIGER") else split.valid
    start = perf_counter()
    fitted = [make(seed).fit(split.train, valid) for seed in seeds]
    fit_seconds = (perf_counter() - start) / len(seeds)
    start = perf_counter()
    report = evaluate({name: fitted}, split.test)
    rank_seconds = (perf_counter() - start) / len(seeds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    validation = evaluate({name: fitted}, split.valid).mean(name, "NDCG@10")
    facts: dict[str, Any] = {
        "protocol": protocol,
        "settings": fitted[0].settings(),
        "seeds": seeds,
        "fit_seconds": round(fit_seconds, 2),
        "rank_seconds": round(rank_seconds, 2),
        "peak_mib": round((peak if sys.platform == "darwin" else peak * 1024) / MIB),
        "valid": {"NDCG@10": round(validation, 6)},
        "measured": date.today().isoformat(),
        "command": f"python tools/models.py {name}",
        "versions": {package: version(package) for package in PACKAGES},
        "machine": machine.facts(),
    }
    results.write(folder / protocol, name, report, seeds, facts)
    if protocol == "held_out_films" and name in ALONE:
        alone = evaluate({name: [NewItemsOnly(model) for model in fitted]}, split.test)
        facts["protocol"] = f"{protocol}_alone"
        results.write(folder / f"{protocol}_alone", name, alone, seeds, facts)
    return (
        f"{fit_seconds:8.2f} s to fit {rank_seconds:8.2f} s to rank "
        f"{report.mean(name, 'NDCG@10'):7.4f} NDCG@10  {protocol}/{name}"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description="Fit and judge every recommender, or those named, and record the results."
    )
    parser.add_argument("model", nargs="*", help=f"any of {', '.join(MODELS)}")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.model if name not in MODELS]:
        parser.error(f"no such model: {', '.join(unknown)}; there are {', '.join(MODELS)}")
    for protocol in PROTOCOLS:
        for name in options.model or MODELS:
            if name not in ONLY[protocol]:
                continue
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
                print(fresh.submit(measure, protocol, name, options.folder).result(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
