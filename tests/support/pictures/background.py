"""The pictures of chapter 1, and those that chapters share, each drawn once."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from support.pictures.made import NAMES, Drawn, curve, log, means, of_names, report

from recsys_book import plots as shared
from recsys_book.chapters.background import plots as background
from recsys_book.chapters.core_concepts import plots as core_concepts


def agreement() -> Drawn:
    shares = np.array([[0.8, 0.2], [0.3, 0.7]])
    return Drawn(background.agreement(shares, NAMES[2:4]), NAMES[2:4], [shares], ["20%"])


def pauses() -> Drawn:
    picture = background.pauses([0, 0, 5, 90])
    return Drawn(picture, ["tied"], [[0.5]], ["50% are zero, 75% are shorter than a minute"])


def growth() -> Drawn:
    picture = background.growth([10, 100], of_names(2**20, 2**21), of_names(0.1, 0.3))
    return Drawn(picture, NAMES, [[1, 2], [6, 12], [0.6, 1.8]], NAMES)


def intervals() -> Drawn:
    estimates = {name: (0.1 * n, 0.08 * n, 0.12 * n) for n, name in enumerate(NAMES, start=1)}
    picture = background.intervals(estimates, "share")
    return Drawn(picture, NAMES, [[0.1], [0.6], [0.48, 0.72]], [f"{NAMES[5]} 60.0%"])


def log_matrix() -> Drawn:
    data = log()
    order = np.argsort(-np.bincount(data.items, minlength=30), kind="stable")
    ranks = np.argsort(order)[data.items]
    return Drawn(shared.log_matrix(data), [], [ranks], ["60 users against 30 items"])


def long_tail() -> Drawn:
    counts = np.sort(np.bincount(log().items, minlength=30))[::-1]
    counts = counts[counts > 0]
    half = 1 + int(np.argmax(np.cumsum(counts) >= counts.sum() / 2))
    picture = shared.long_tail(log())
    return Drawn(
        picture,
        [f"{half} items\nhave half of all"],
        [counts, np.cumsum(counts) / counts.sum()],
        [f"one half after {half} items"],
    )


def results() -> Drawn:
    best = max(means())
    return Drawn(shared.results(report()), NAMES, [[best]], [f"{best:.3f}", *NAMES])


def learning() -> Drawn:
    models = {name: SimpleNamespace(curve=curve(3, 1 + n, 2 + n)) for n, name in enumerate(NAMES)}
    picture = shared.learning(models)
    listed = [f"{name} is best after epoch" for name in NAMES]
    return Drawn(picture, NAMES, [[3, 1, 2], [3, 6, 7], [0.1 / 3, 0.1, 0.05]], listed)


def popularity() -> Drawn:
    counts = report().queries.train_counts
    order = np.lexsort((report().queries.catalogue.tie_rank, -counts))
    place = np.argsort(order)
    lists = report().lists[NAMES[1]]
    at = np.bincount(place[lists[lists >= 0]], minlength=len(counts))
    return Drawn(core_concepts.popularity(report()), NAMES, [np.cumsum(at) / at.sum()], NAMES)


def history() -> Drawn:
    histories = log().histories()
    titles = log().catalogue.titles(histories[0][-4:])
    days = (histories.take([0]).times[-1] - histories.take([0]).times[-4:]) / 86_400
    return Drawn(core_concepts.history(histories, 0, n=4), titles, [-days], titles)
