"""The pictures of chapter 6.3, each drawn once."""

from __future__ import annotations

import numpy as np
import polars as pl
from support.pictures.made import NAMES, Drawn, of_names

from recsys_book.chapters.evaluation import plots as evaluation


def lie_detector() -> Drawn:
    figures = dict(zip(NAMES, (0.06, 0.05, 0.04, 0.03, 0.02, 0.001), strict=True))
    ours = {name: (figure, figure) for name, figure in figures.items()}
    bent = {name: (figure, 2 * figure) for name, figure in figures.items()}
    picture = evaluation.lie_detector({"ours": ours, "a $ bend": bent}, chance="sixth")
    alt = [f"ours: {NAMES[0]} 0.060", "a $ bend: EASE 0.120", "sixth 0.002"]
    numbers = [[0.06, 0.12], [0.001, 0.002], [[0.06, 0.06], [0.06, 0.12]]]
    return Drawn(picture, [*NAMES, "ours", "a $ bend"], numbers, alt)


def trade_offs() -> Drawn:
    accuracy = {
        name: (0.01 * n, 0.01 * n - 0.002, 0.01 * n + 0.002) for n, name in enumerate(NAMES, 1)
    }
    lift = {name: (n, n - 0.5, n + 0.25) for n, name in enumerate(NAMES, 1)}
    picture = evaluation.trade_offs(accuracy, {"lift": lift, "bits": accuracy})
    numbers = [[0.06], [6], [5.5, 6.25], [0.058, 0.062]]
    return Drawn(picture, [*NAMES, "lift", "bits"], numbers, [f"lift: {NAMES[0]} 1.00 at 0.010"])


def by_group() -> Drawn:
    few = {name: (0.01 * n, 0.009 * n, 0.012 * n) for n, name in enumerate(NAMES, 1)}
    many = dict.fromkeys(NAMES, (0.02, 0.01, 0.03))
    picture = evaluation.by_group({"few": few, "many": many}, "films met", chance=0.002)
    names = [*NAMES, "few", "many", "chance"]
    return Drawn(picture, names, [[0.06, 0.02], [0.002, 0.002]], ["few: EASE 0.010", "many: EASE"])


def power() -> Drawn:
    picture = evaluation.power([100, 1000], of_names(0.05, 0.15), {"this log": 610})
    alt = [f"{NAMES[5]}: 30% to 90%", "from 100 to 1,000 users"]
    return Drawn(picture, [*NAMES, "this log"], [[100, 1000], [0.3, 0.9], [610, 610]], alt)


def estimates() -> Drawn:
    told = {name: np.array([0.1 * n, 0.3 * n]) for n, name in enumerate(NAMES, 1)}
    picture = evaluation.estimates(told, truth=0.25)
    alt = ["truth is 0.250", "EASE: mean 0.200, standard deviation 0.100"]
    return Drawn(picture, NAMES, [[0.1, 0.3], [0.2], [0.25, 0.25]], alt)


def rounds() -> Drawn:
    loops = {
        name: pl.DataFrame(
            {"round": [1, 2], "worth": [0.1, 0.1 * n], "best": [1, 1], "coverage": [0.9, 0.1 * n]}
        )
        for n, name in enumerate(NAMES, 1)
    }
    alt = [f"{NAMES[5]}: worth 10% to 60% of the best, coverage 90% to 60%", "Rounds 1 to 2"]
    return Drawn(evaluation.rounds(loops), NAMES, [[0.1, 0.6], [0.9, 0.6]], alt)
