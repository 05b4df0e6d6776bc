"""Measure what privacy costs and what it prevents: python tools/privacy.py [SWEEP …].

A recommender's sweep has its accuracy and what an attack finds out about it, without privacy and at
several ε. The sweep "people" has the accuracy at fixed ε for few people and for many. The rows are
written to data/results/privacy, and chapter 6.5 reads them. δ is a tenth of one over the number of
people. ε is that of a person, with all their rows; that settings were chosen is not counted in it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from recsys_book import machine, results
from recsys_book.demonstrations.membership import attacked
from recsys_book.demonstrations.privacy_and_people import cost_of_privacy
from recsys_book.demonstrations.private_factors import PrivateFactors
from recsys_helpers import (
    EASE,
    Interactions,
    MarkovChain,
    Popularity,
    PrivateEASE,
    PrivateMarkovChain,
    PrivatePopularity,
    Recommender,
    evaluate,
    leave_last_out,
    load_movielens,
)
from recsys_helpers.privacy.accountant import sampled_gaussian_noise_multiplier
from recsys_helpers.privacy.gaussian import gaussian_noise_multiplier

FOLDER = Path(__file__).resolve().parents[1] / "data" / "results" / "privacy"
PACKAGES = ("recsys-helpers", "numpy", "scipy")
CORE = 30
"""The log is MovieLens small, cut to people and films with so many rows each."""
EPSILONS = (1.0, 10.0, 100.0, 1000.0)
PEOPLE = (1_000, 3_000, 10_000, 30_000, 100_000)
N_SHADOWS = 16
SEEDS = (0, 1, 2)
SAMPLING_RATE, STEPS = 0.2, 100
"""Of PrivateFactors."""

Make = Callable[[float, float, int], Recommender]


def popularity(setting: float, noise: float, seed: int) -> Recommender:
    """Return Popularity, private where there is noise."""
    return PrivatePopularity(1.0, noise, seed) if noise else Popularity()


def markov_chain(prior: float, noise: float, seed: int) -> Recommender:
    """Return the Markov chain, private where there is noise."""
    return PrivateMarkovChain(prior, 1.0, noise, seed) if noise else MarkovChain(prior)


def ease(regularisation: float, noise: float, seed: int) -> Recommender:
    """Return EASE, private where there is noise."""
    if noise:
        return PrivateEASE(regularisation, 10.0, noise, seed=seed)
    return EASE(regularisation)


def factors(learning_rate: float, noise: float, seed: int) -> Recommender:
    """Return matrix factorisation by DP-SGD; without noise, people are clipped all the same."""
    return PrivateFactors(
        learning_rate=learning_rate,
        noise_multiplier=noise,
        sampling_rate=SAMPLING_RATE,
        steps=STEPS,
        seed=seed,
    )


MODELS: dict[str, tuple[Make, tuple[float, ...]]] = {
    "Popularity": (popularity, (0.0,)),
    "MarkovChain": (markov_chain, (1.0, 10.0, 100.0)),
    "EASE": (ease, (10.0, 100.0, 1_000.0, 10_000.0)),
    "Factors": (factors, (1.0, 3.0, 10.0)),
}
"""How each recommender is made from a setting, noise and a seed, and what settings it may have."""


def noise_of(name: str, epsilon: float | None, delta: float) -> float:
    """Return the noise multiplier that gives a recommender its ε."""
    if epsilon is None:
        return 0.0
    if name == "Factors":
        return sampled_gaussian_noise_multiplier(epsilon, SAMPLING_RATE, STEPS, delta)
    return gaussian_noise_multiplier(epsilon, delta)


def accuracy_and_attack(
    name: str,
    log: Interactions,
    epsilons: Sequence[float] = EPSILONS,
    n_shadows: int = N_SHADOWS,
    seeds: Sequence[int] = SEEDS,
) -> pl.DataFrame:
    """Return NDCG@10 and what the attack finds, without privacy and at each ε.

    The setting is chosen on the validation part, with noise of a seed of its own.
    """
    make, settings = MODELS[name]
    split = leave_last_out(log, n_valid=5, n_test=5)
    delta = 0.1 / log.n_users
    rows: list[dict[str, object]] = []
    for epsilon in (None, *epsilons):
        noise = noise_of(name, epsilon, delta)
        tried = {
            str(setting): make(setting, noise, len(seeds)).fit(split.train) for setting in settings
        }
        valid = evaluate(tried, split.valid)
        best = max(settings, key=lambda setting: valid.mean(str(setting), "NDCG@10"))
        fitted = [make(best, noise, seed).fit(split.train) for seed in seeds]
        ndcg = evaluate({name: fitted}, split.test).interval(name, "NDCG@10")
        attack = attacked(partial(make, best, noise), log, n_shadows)
        figures = {"NDCG@10": ndcg, "AUC": attack.auc(), "found": attack.found()}
        row: dict[str, object] = {"recommender": name, "epsilon": epsilon, "setting": best}
        for figure, ends in figures.items():
            row |= dict(zip((figure, f"{figure} low", f"{figure} high"), ends, strict=True))
        rows.append(row)
        print(f"{name:12} ε {epsilon}: NDCG {ndcg[0]:.4f}, AUC {attack.auc()[0]:.3f}", flush=True)
    return pl.DataFrame(rows, infer_schema_length=None)


def people(sizes: Sequence[int] = PEOPLE, epsilons: Sequence[float] = EPSILONS[:2]) -> pl.DataFrame:
    """Return the accuracy of PrivateEASE for each number of people."""
    return pl.concat([cost_of_privacy(size, epsilons) for size in sizes])


def measure(sweep: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the rows of a sweep, and its settings."""
    if sweep == "people":
        return people(), {"people": PEOPLE, "epsilons": EPSILONS[:2]}
    log = load_movielens().k_core(CORE)
    settings = {"core": CORE, "n_users": log.n_users, "n_items": log.n_items}
    return accuracy_and_attack(sweep, log), {**settings, "shadows": N_SHADOWS, "seeds": SEEDS}


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    sweeps = (*MODELS, "people")
    parser = argparse.ArgumentParser(
        description="Measure what privacy costs and what it prevents, and record it."
    )
    parser.add_argument("sweep", nargs="*", help=f"any of {', '.join(sweeps)}; all if none")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    options = parser.parse_args(arguments)
    if unknown := [sweep for sweep in options.sweep if sweep not in sweeps]:
        parser.error(f"no such sweep: {', '.join(unknown)}; there are {', '.join(sweeps)}")
    for sweep in options.sweep or sweeps:
        start = perf_counter()
        rows, settings = measure(sweep)
        facts = {
            "settings": settings,
            "seconds": round(perf_counter() - start, 1),
            "measured": date.today().isoformat(),
            "command": f"python tools/privacy.py {sweep}",
            "versions": {package: version(package) for package in PACKAGES},
            "machine": machine.facts(),
        }
        results.write_rows(options.folder, sweep, rows, facts)
        print(f"{facts['seconds']:8.1f} s  {sweep}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
