"""Every picture shows the data it is given, names what it draws, and carries its words.

Each is drawn once from small numbers, and read back off matplotlib's axes.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from sklearn.svm import SVC
from support.paths import ROOT

from recsys_book import plots as shared
from recsys_book.chapters.background import plots as background
from recsys_book.chapters.cnn import plots as cnn
from recsys_book.chapters.core_concepts import plots as core_concepts
from recsys_book.chapters.evaluation import plots as evaluation
from recsys_book.chapters.gpt import plots as gpt
from recsys_book.chapters.gradient_descent import plots as gradient_descent
from recsys_book.chapters.optimizers import plots as optimizers
from recsys_book.chapters.rnn import plots as rnn
from recsys_book.chapters.self_attention import plots as self_attention
from recsys_book.chapters.sgd import plots as sgd
from recsys_book.chapters.svm import plots as svm
from recsys_book.chapters.transformer import plots as transformer
from recsys_book.chapters.worked_example import plots as worked_example
from recsys_book.demonstrations.boundary import boundary as boundary_of
from recsys_book.demonstrations.bowl import Bowl
from recsys_book.figures import Picture, canvas, described, styled_dots, styled_lines
from recsys_helpers import (
    EASE,
    Interactions,
    LikeSVM,
    MarkovChain,
    Popularity,
    Report,
    evaluate,
    leave_last_out,
    synthetic,
)
from recsys_helpers.evaluation.comparisons import Comparison

NAMES = ["EASE", "M*A*S*H", "A$AP and Ke$ha", "x_1 | y", "fifth", "sixth"]
"""More models than any chapter draws, some with characters that could be read as markup."""


@dataclass(frozen=True)
class Drawn:
    """A picture, what it must name, what it must draw, and parts of its alternative text."""

    picture: Picture
    names: Sequence[str] = ()
    numbers: Sequence[Any] = ()
    alt: Sequence[str] = ()


def of_names(*values: Any) -> dict[str, Any]:
    """Give each name values of its own: the first multiplied by 1, 2, 3, …"""
    return {name: np.multiply(n, values) for n, name in enumerate(NAMES, start=1)}


def curve(*losses: float) -> list[dict[str, float]]:
    """Return what a fit notes after each epoch."""
    return [
        {"epoch": n, "loss": loss, "seconds": 0.5 * n, "ndcg": 0.1 / loss}
        for n, loss in enumerate(losses, start=1)
    ]


@cache
def log() -> Interactions:
    return synthetic(n_users=60, n_items=30, seed=0).interactions


@cache
def report() -> Report:
    split = leave_last_out(log(), 2, 2)
    few = [Popularity(), MarkovChain(), *(EASE(10.0**n) for n in range(4))]
    return evaluate(
        {name: model.fit(split.train) for name, model in zip(NAMES, few, strict=True)}, split.test
    )


def compared(*differences: float) -> list[Comparison]:
    return [Comparison("a", "b", "NDCG@10", d, d - 0.01, d + 0.01) for d in differences]


def means() -> list[float]:
    return [report().mean(name) for name in NAMES]


# Background and shared pictures


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


# Convolution


def paddings() -> Drawn:
    picture = cnn.paddings(7, 3)
    return Drawn(picture, ["causal: padding on the left"], [], ["Two rows of 7", "film 6"])


def receptive_field() -> Drawn:
    picture = cnn.receptive_field(3, (1, 2, 4))
    return Drawn(picture, ["with dilation"], [[1, 3, 7, 15], [1, 3, 5, 7]], ["15 films", "to 7 "])


def gradients() -> Drawn:
    picture = cnn.gradients([4.0, 2.0, 1.0, 0.0], edge=3, block=2)
    alt = ["over 4 positions", "beyond position 3; 3 positions"]
    return Drawn(picture, ["edge of the network"], [[1, 0.5, 0.25, 0]], alt)


def positions() -> Drawn:
    lost = dict(zip((1, 3), compared(0.014, 0.002), strict=True))
    kept = {1: (0.04, 0.03, 0.05), 5: (0.06, 0.05, 0.07)}
    picture = cnn.positions(lost, kept, chain=0.05)
    return Drawn(
        picture,
        ["Markov chain, from the last film"],
        [[0.014, 0.002], [0.04, 0.06], [0.05, 0.05]],
        ["0.0140", "0.0020", "0.040", "0.060", "0.050"],
    )


def themes() -> Drawn:
    picture = cnn.themes(of_names(0.01, 0.03))
    return Drawn(picture, NAMES, [[0.01, 0.03], [0.06, 0.18]], [f"{NAMES[5]} 12.0%", *NAMES])


def caser_filters() -> Drawn:
    picture = cnn.caser_filters(4, 6)
    return Drawn(picture, ["last film", "3 before"], [], ["4 films by 6 entries"])


# Recurrence


def memory() -> Drawn:
    gates = {name: ([0, 1, 0.5], [1, 0, 1]) for name in NAMES[:3]}
    picture = rnn.memory([0.5, -0.5, 0.75], gates)
    return Drawn(picture, NAMES[:3], [[0.5, 0.5, 1.0], [0.5, -0.5, 0.75]], NAMES[:3])


def reaches() -> Drawn:
    picture = rnn.reaches({"before": of_names(1, 0.1), NAMES[2]: of_names(1, 0.5)})
    alt = [f"before, {NAMES[5]} 6e+00 to 6e-01"]
    return Drawn(picture, ["before", *NAMES], [[1, 0.1], [6, 3]], alt)


def recall_by_distance() -> Drawn:
    picture = rnn.recall_by_distance(of_names(0.15, 0.1), chance=0.125)
    numbers = [[0.15, 0.1], [0.9, 0.6], [0.125, 0.125]]
    return Drawn(picture, [*NAMES, "guessing"], numbers, ["x_1 | y 40%", "12%", *NAMES])


def orders() -> Drawn:
    by_way = {way: report() for way in ("kept", NAMES[2])}
    picture = rnn.orders(by_way)
    alt = [f"{name}: kept {mean:.3f}" for name, mean in zip(NAMES, means(), strict=True)]
    return Drawn(picture, [*NAMES, *by_way], [[mean] * 2 for mean in means()], alt)


def influence() -> Drawn:
    picture = rnn.influence([1, 10], of_names(0.15, 0.1))
    alt = [f"{NAMES[5]} 90% at position 1, 60% at position 10"]
    return Drawn(picture, NAMES, [[0.15, 0.1], [0.9, 0.6]], alt)


def moving_ranks() -> Drawn:
    ranks = [[30 + n, 1 + n] for n in range(6)]
    picture = rnn.moving_ranks(ranks, NAMES, ["Alien", "Big"])
    alt = [f"{name} from {a} to {b}" for name, (a, b) in zip(NAMES, ranks, strict=True)]
    return Drawn(picture, [*NAMES, "Alien", "Big"], ranks, alt)


def half_lives() -> Drawn:
    picture = rnn.half_lives([0.5, 1, 3, 8])
    return Drawn(picture, [], [[2, 2]], ["4 entries", "0.5 and 8.0 films", "below 2.0"])


def lengths() -> Drawn:
    picture = rnn.lengths([10, 100], of_names(1, 10))
    return Drawn(picture, NAMES, [[1, 10], [6, 60]], [f"{NAMES[5]} 60 ms", "100 films"])


# Self-attention


def attention_maps() -> Drawn:
    even = np.tril(np.ones((3, 3))) / [[1], [2], [3]]
    last = np.array([[1, 0, 0], [0.5, 0.5, 0], [1 / 6, 1 / 6, 2 / 3]])
    picture = shared.attention_maps({NAMES[1]: even, NAMES[2]: last})
    nothing = [[0, np.nan, np.nan], [0, 0, np.nan], [0, 0, 0]]
    twice = [[0, np.nan, np.nan], [0, 0, np.nan], [-1, -1, 1]]
    return Drawn(picture, NAMES[1:3], [nothing, twice], [*NAMES[1:3], "2.0 times an equal weight"])


def weights_of_last() -> Drawn:
    titles = [*NAMES[2:4], "Up"]
    picture = self_attention.weights_of_last(of_names(0.1, 0.02, 0.04), titles, n=2)
    alt = [f"{NAMES[5]} attends most to {titles[0]} (60.0%)", "33.3%", "last 2 of 3"]
    return Drawn(picture, [*NAMES, *titles[1:]], [[0.02, 0.04], [0.12, 0.24]], alt)


def weights_by_distance() -> Drawn:
    picture = self_attention.weights_by_distance(of_names(0.15, 0.1))
    alt = [f"{NAMES[5]} from 60.0% to 90.0%", "50.0%"]
    return Drawn(picture, NAMES, [[0.15, 0.1], [0.9, 0.6], [0.5, 0.5]], alt)


def distances() -> Drawn:
    picture = self_attention.distances(of_names(0.5, 1.0, -2.0))
    alt = [f"{NAMES[5]} from −12.0 to +6.0, highest at distance 1"]
    return Drawn(picture, NAMES, [[0.5, 1, -2], [3, 6, -12]], alt)


def films_seen() -> Drawn:
    estimates = {1: (0.05, 0.04, 0.06), 50: (0.07, 0.06, 0.08)}
    picture = self_attention.films_seen(estimates, (NAMES[2], 0.055), "HR@5")
    alt = ["HR@5", "1: 0.050, 50: 0.070", f"{NAMES[2]} reaches 0.055"]
    return Drawn(picture, [NAMES[2], "50"], [[0.05], [0.06, 0.08], [0.055] * 2], alt)


def attention_cost() -> Drawn:
    picture = self_attention.attention_cost([64, 128], [0.01, 0.03], [2**20, 2**22], dim=8)
    pairs, seconds = [2 * 64**2 * 8, 2 * 128**2 * 8], [0.01, 0.03]
    return Drawn(picture, ["pairs, 2l²d"], [pairs, seconds, [1, 4]], ["3-fold", "at 48"])


# Gradient descent


def bowls() -> Drawn:
    bowl, way = Bowl(np.eye(2), np.ones(2)), np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]])
    walks = {"round": {NAMES[2]: way, "half": way[:2]}, "other": {"one": way}}
    picture = gradient_descent.bowls({"round": bowl, "other": bowl}, walks, ("a", "b"))
    names = [f"round, {NAMES[2]}", "round, half", "other, one"]
    return Drawn(picture, names, [way, way[:2]], [f"{names[0]}: less than 0.1%", "half: 25.0%"])


def difference_errors() -> Drawn:
    slopes = {name: [2.2, 2 + 0.02 * n] for n, name in enumerate(NAMES, start=1)}
    picture = gradient_descent.difference_errors([1e-3, 1e-2], slopes, exact=2.0)
    return Drawn(picture, NAMES, [[0.1, 0.01], [0.1, 0.06]], [f"{NAMES[5]} best at ε = 1e-02"])


def rate_cliff() -> Drawn:
    excess = {10**n: [0.5, 0.1 / n] for n in range(1, 7)}
    picture = gradient_descent.rate_cliff([0.1, 1.0], excess, limit=2.0)
    names = [f"{steps:,} steps" for steps in excess]
    return Drawn(
        picture, names, [[0.5, 0.1], [0.5, 0.1 / 6]], ["100,000, 1,000,000 steps", "2.000"]
    )


def descents() -> Drawn:
    curves = {name: curve(2, 1 + n / 4) for n, name in enumerate(NAMES)}
    picture = gradient_descent.descents(curves, dict.fromkeys(NAMES, 1e6))
    return Drawn(picture, NAMES, [[1, 0.25], [1, 1.25]], [f"{NAMES[5]} ends 125.0% above"])


def film_map() -> Drawn:
    points = [[n, n % 2] for n in range(6)]
    groups = [f"{1980 + 10 * n}s" for n in range(6)]
    picture = gradient_descent.film_map(points, NAMES, groups, "direction")
    return Drawn(picture, [*groups, NAMES[2]], [[[5, 1]]], ["from EASE to sixth"])


# Optimizers


def rule_descents() -> Drawn:
    way = np.array([[1.0, 1.0], [0.0, 0.5]])
    picture = optimizers.rule_descents(
        {NAMES[2]: lambda x, y: x**2 + y**2},
        {NAMES[2]: dict.fromkeys(NAMES, way)},
        {NAMES[2]: (0, 0)},
        (-1, 1, -1, 1),
    )
    return Drawn(picture, NAMES, [way], [f"{name} ends 0.50" for name in NAMES])


def rates() -> Drawn:
    searches = {
        name: SimpleNamespace(losses={1.0: 0.8, 10.0: 0.6 + n / 100, 99.0: np.inf}, rate=10.0)
        for n, name in enumerate(NAMES)
    }
    picture = optimizers.rates(searches)
    return Drawn(picture, NAMES, [[0.8, 0.6], [0.8, 0.65]], [f"{NAMES[5]} at 10, loss 0.650"])


def first_steps() -> Drawn:
    picture = optimizers.first_steps(of_names(1.0, 0.5))
    return Drawn(picture, NAMES, [[1, 0.5], [6, 3]], [f"{NAMES[5]} at most 6.0"])


def rule_losses() -> Drawn:
    losses = {name: curve(2, 1 + n) for n, name in enumerate(NAMES)}
    picture = optimizers.rule_losses({"BPR": losses, "MF": {NAMES[5]: curve(3, 2)}})
    alt = [f"{NAMES[5]} 6.000; MF: after 2 epochs {NAMES[5]} 2.000"]
    return Drawn(picture, [*NAMES, "BPR: loss"], [[2, 1], [2, 6], [3, 2]], alt)


def by_popularity() -> Drawn:
    groups = {"rare": np.array([True, True, False]), NAMES[2]: np.array([False, False, True])}
    picture = optimizers.by_popularity(groups, {"loss": of_names(0.1, 0.3, 0.4)}, chance=0.5)
    alt = [f"{NAMES[5]} from 1.2 to 2.4, chance 0.5"]
    drawn = [[0.2, 0.4], [1.2, 2.4], [0.5, 0.5]]
    return Drawn(picture, [*NAMES, *groups, "loss", "chance"], drawn, alt)


def lonely() -> Drawn:
    picture = optimizers.lonely(of_names(0.0, 3.0), at=1)
    return Drawn(picture, [*NAMES, "the one gradient"], [[0, 3], [0, 18]], [f"{NAMES[5]} 18.0"])


def shrinking() -> Drawn:
    picture = optimizers.shrinking({"AdamW": of_names(0.15, 0.1), NAMES[2]: of_names(0.1, 0.05)})
    alt = [f"{NAMES[5]} at 0.60", f"{NAMES[2]}: EASE ends at 0.05"]
    return Drawn(picture, [*NAMES, "AdamW"], [[0.15, 0.1], [0.6, 0.3]], alt)


# Stochastic gradients


def gradient_noise() -> Drawn:
    clouds = {name: np.full((3, 2), float(n)) for n, name in enumerate(NAMES)}
    picture = sgd.gradient_noise(clouds, [4, 16], of_names(2.0, 1.0))
    alt = [f"{NAMES[5]} from 12.0 at 4 to 6.00 at 16"]
    return Drawn(picture, NAMES, [[[5, 5]] * 3, [2, 1], [12, 6]], alt)


def races() -> Drawn:
    curves = {name: curve(2, 1 + n) for n, name in enumerate(NAMES)}
    picture = sgd.races(curves)
    return Drawn(picture, NAMES, [[2, 1], [2, 6]], [f"{NAMES[5]} reach 6.000 after 1.00 s"])


def noise_floors() -> Drawn:
    picture = sgd.noise_floors(of_names(4.0, 2.0, 1.0), {NAMES[0]: 1.5})
    return Drawn(picture, NAMES, [[2, 1], [12, 6], [1.5, 1.5]], [f"{NAMES[5]} ends at 6"])


def pair_losses() -> Drawn:
    margins = {name: float(n) for n, name in enumerate(NAMES, start=-2)}
    picture = sgd.pair_losses(margins)
    bits = np.log2(1 + np.exp(2.0))
    return Drawn(picture, NAMES, [[bits], [1.0]], [f"EASE at {bits:.2f} bits (−2)"])


def popularity_dial() -> Drawn:
    bands = [(0.05, 0.04, 0.06), (0.03, 0.02, 0.04)]
    picture = sgd.popularity_dial([0, 1], bands, of_names(0.15, 0.1), 0.43)
    alt = ["0.050 at β = 0 and 0.030 at β = 1", f"{NAMES[5]} from 90% to 60%"]
    return Drawn(picture, NAMES, [[0.05, 0.03], [0.15, 0.1], [0.43, 0.43]], alt)


def taste_words() -> Drawn:
    words = {"genres:$": 2.0, "tags:$": -3.0, "b": 1.0}
    picture = sgd.taste_words({NAMES[2]: words, "Lin": {"c": 1.0}})
    alt = [f"for {NAMES[2]} genres:$ +2.0 … tags:$ −3.0"]
    return Drawn(picture, [NAMES[2], "Lin", *words], [[2, 1, -3]], alt)


# Support vector machines


def margins() -> Drawn:
    points, liked = [[0, 0], [1, 0], [-1, 3]], [False, True, False]
    linear = SVC(kernel="linear", C=100).fit(points, liked)  # w = (2, 0), b = -1
    machines = {NAMES[1]: linear, NAMES[2]: SVC(gamma=1).fit(points, liked)}
    picture = svm.margins(points, liked, machines, names="abc")
    titles = [f"{NAMES[1]}\nmargin 1.00, 2 support vectors", f"{NAMES[2]}\n3 support vectors"]
    numbers = [[[1, 0]], [[0, 0], [-1, 3]]]
    return Drawn(picture, [*"abc", *titles], numbers, [f"{NAMES[1]}: margin 1.00, 2 support"])


def margin_losses() -> Drawn:
    z = np.linspace(-2, 3, 501)
    hinge = np.where(z < 1, 1 - z, 0)
    names = ["hinge", "squared hinge", "logistic loss, base 2", "squared loss, (1 − y f)²"]
    logistic = np.log2(1 + np.exp(-z))
    return Drawn(svm.margin_losses(), names, [hinge, hinge**2, logistic, (1 - z) ** 2], ["Four"])


def descent() -> Drawn:
    picture = svm.descent([1.0, 0.1, 0.02], every=10)
    return Drawn(picture, [], [[1, 0.1, 0.02], [10, 20, 30]], ["2.0% after 30", "One jagged"])


def support_vectors() -> Drawn:
    titles = ["Ke$ha $", "b", "c", "d"]
    words = [["war"], ["love"], ["war", "sea"], ["love", "sea"]]
    films = pl.DataFrame({"item": range(4), "title": titles, "genres": words})
    rows = pl.DataFrame({"user": [1] * 4, "item": range(4)})
    model = LikeSVM().fit(Interactions.from_frame(rows, timestamp=None, items=films))
    boundary = boundary_of(model, model.histories([[0, 1, 2, 3]], ratings=[[5, 1, 5, 1]]))
    picture = svm.support_vectors(boundary)
    liked = np.sort(boundary.scores[boundary.liked])
    return Drawn(picture, [*titles, "liked", "not liked"], [liked], ["4 films by title"])


def leak() -> Drawn:
    shares = {name: 0.6 + 0.05 * n for n, name in enumerate(NAMES)}
    bands = {name: (0.1 * n, 0.09 * n, 0.11 * n) for n, name in enumerate(NAMES, start=1)}
    picture = svm.leak(shares, bands, "HR@10")
    return Drawn(picture, NAMES, [[0.85], [0.54, 0.66]], [f"{NAMES[5]} 85.00% and 0.600", "HR@10"])


def dropped() -> Drawn:
    picture = svm.dropped(dict(zip(NAMES, compared(*(0.01 * n for n in range(6))), strict=True)))
    return Drawn(
        picture, NAMES, [[0.05], [0.04, 0.06], [0]], ["Loss of NDCG@10", f"{NAMES[5]} 0.0500"]
    )


def kernels() -> Drawn:
    picture = svm.kernels([10, 20], of_names(0.1, 0.05), [100, 200], of_names(0.3, 0.4))
    alt = [f"{NAMES[5]} 0.3", f"{NAMES[5]} 2.4 s", "length 20", "200 ratings"]
    return Drawn(picture, NAMES, [[0.1, 0.05], [0.6, 0.3], [1.8, 2.4]], alt)


def tube() -> Drawn:
    data = log()
    item = int(np.bincount(data.items).argmax())
    title = data.catalogue.titles([item])[0]
    count = int((data.items == item).sum())
    picture = svm.tube(data, item)
    return Drawn(
        picture, [title, "prediction", "support vectors"], [], [f"{count} ratings of {title}"]
    )


# A worked example


def data_flow() -> Drawn:
    sizes = {"dim": 8, "max_len": 50, "n_filters": 4, "kernel": 3, "n_units": 6}
    picture = worked_example.data_flow(SimpleNamespace(vocabulary=["a", "b"], **sizes), log())
    names = ["30 × 8", "4 filters of 3", "2 different", "50 films each"]
    return Drawn(picture, names, [], names)


def learnt_by_heart() -> Drawn:
    picture = worked_example.learnt_by_heart([0.1, 0.5, 0.9, 1.0], [0.0, 0.01], stopped=2)
    names = ["training rows", "next film of the same people", "the listing stops"]
    return Drawn(picture, names, [[0.1, 0.5, 0.9, 1.0], [0, 0.01], [2, 4]], ["100%", "1.0%"])


def by_training_rows() -> Drawn:
    groups = {"few": report(), NAMES[3]: report()}
    picture = worked_example.by_training_rows(groups, *NAMES[1:3], "NDCG@10", 0.25)
    mean = means()[1:3]
    difference = mean[0] - mean[1]
    numbers = [[mean[0]] * 2, [mean[1]] * 2, [difference] * 2, [0.25, 0.25]]
    names = [*NAMES[1:4], "few", "chance", f"{NAMES[1]} minus {NAMES[2]}"]
    return Drawn(picture, names, numbers, [f"few: {mean[0]:.3f} and {mean[1]:.3f}", *NAMES[1:4]])


def id_dropout() -> Drawn:
    ranks = {**report().ranks, "at random": report().ranks[NAMES[2]]}
    some = replace(report(), ranks=ranks, lists={})
    picture = worked_example.id_dropout(some, 4, {NAMES[0]: 0.09, NAMES[1]: 0.08})
    shares = [some.mean(name, "HR@4") for name in NAMES[:2]]
    names = ["chance", "ranked in the first 4", *NAMES[:2]]
    return Drawn(picture, names, [shares, [0.09, 0.08]], [f"{NAMES[0]} {shares[0]:.1%}"])


# Transformers


def changes() -> Drawn:
    few = dict(zip(NAMES, compared(0.02, -0.01, 0.005, 0.03, 0.04, 0.05), strict=True))
    apart = {"asked": compared(0.1)[0]}
    picture = transformer.changes({"one part": few, "another question": apart})
    alt = ["one part: sixth +0.050, fifth +0.040", f"{NAMES[1]} −0.010", "question: asked +0.100"]
    numbers = [[0.05], [0.04, 0.06], [0.1], [0, 0]]
    return Drawn(picture, [*NAMES, "one part", "another question", "asked"], numbers, alt)


def gradient_sizes() -> Drawn:
    picture = transformer.gradient_sizes([1, 16], of_names(0.4, 0.1))
    names = [*NAMES, "1 / √blocks"]
    return Drawn(picture, names, [[1, 0.25], [1, 16]], [f"{NAMES[5]} times 0.25", "1 to 16"])


def gap_biases() -> Drawn:
    seconds = [0.0] * 16
    seconds[0], seconds[6], seconds[15] = 0.5, -1.5, 9.0
    picture = transformer.gap_biases(of_names(*seconds), [30, *[0] * 5, 60, *[0] * 8, 10])
    alt = [f"{NAMES[0]}: from −1.5 to +9.0, highest at 5 h", NAMES[5]]
    numbers = [[0, 6, 15], [0.5, -1.5, 9], [3, -9, 54], [0.3, 0.6, 0.1]]
    return Drawn(picture, [*NAMES, "before training", "1 min", "1 h"], numbers, alt)


# GPT


def two_levels() -> Drawn:
    films = np.array([[0.0, 2.0], [1.0, -1.0], [9.0, -1.0]])
    centroids = [[[0.0, 0.0], [8.0, 0.0]], [[0.0, 2.0], [1.0, -1.0]]]
    picture = gpt.two_levels(films, [[0, 0], [0, 1], [1, 1]], centroids, NAMES[1:4])
    alt = [f"{NAMES[1]} 0 0", f"{NAMES[3]} 1 1"]
    return Drawn(picture, [*NAMES[1:4], "code 0", "code 1"], [[9], [-1], [8]], alt)


def search() -> Drawn:
    children = {(): [0.4, 0.6], (1,): [0.5, 0.5]}
    films = {(0,): NAMES[1], (1, 0): NAMES[2], (1, 1): NAMES[3]}
    picture = gpt.search(children, films, {1: [(), (1,)], 2: [()]})
    names = [f"{NAMES[1]}, 0.4", f"{NAMES[3]}, 0.3", "0.6", "read by a beam of 1"]
    return Drawn(picture, names, [[0, 1]], [f"most probable film is {NAMES[1]}, 0.4"])


def branches() -> Drawn:
    tree = {"code 7": {"3": NAMES[1:3], "4": NAMES[:1]}, NAMES[3]: {"5": NAMES[4:]}}
    names = ["code 7", NAMES[3], f"3:  {NAMES[1]} · {NAMES[2]}", "5:  fifth · sixth"]
    return Drawn(gpt.branches(tree), names, [], [f"code 7: {NAMES[1]}, {NAMES[2]}, EASE"])


def beams() -> Drawn:
    picture = gpt.beams([1, 1000], [0.25, 1.0], [2.0, 3.0], exact=4.0)
    names = ["1,000", "beam search", "all films exactly"]
    return Drawn(picture, names, [[1, 1000], [0.25, 1], [2, 3], [4, 4]], ["1: 25%, 1,000: 100%"])


# Evaluation


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


DRAWERS: dict[Callable[..., Picture], Callable[[], Drawn]] = {
    drawing: draw
    for module in (
        shared, background, core_concepts, cnn, rnn, self_attention, gradient_descent, optimizers,
        sgd, svm, worked_example, transformer, gpt, evaluation,
    )
    for name, drawing in vars(module).items()
    if inspect.isfunction(drawing) and (draw := globals().get(name)) and draw is not drawing
}  # fmt: skip
EACH = pytest.mark.parametrize("draw", DRAWERS.values(), ids=lambda draw: draw.__name__)


@cache
def drawn_by(draw: Callable[[], Drawn]) -> Drawn:
    """Draw a picture, with its layout, once for all tests."""
    drawn = draw()
    drawn.picture.figure.draw_without_rendering()
    return drawn


PLOT_MODULES = [
    f"recsys_book.{'.'.join(path.relative_to(ROOT / 'book' / 'recsys_book').with_suffix('').parts)}"
    for path in sorted((ROOT / "book" / "recsys_book").rglob("plots*/*.py"))
    + sorted((ROOT / "book" / "recsys_book").rglob("chapters/*/plots.py"))
]


def texts(figure: Figure) -> list[str]:
    """Return all that is written in a figure that has been drawn."""
    return [text.get_text() for text in figure.findobj(Text)]


def drawn_numbers(figure: Figure) -> Iterator[np.ndarray]:
    """Read lines, bars, dots and images back off the axes."""
    for ax in figure.axes:
        for line in ax.lines:
            yield from (np.asarray(a, float) for a in (line.get_xdata(), line.get_ydata()))
            yield line.get_xydata()
        for bars in ax.containers:
            yield np.array([bar.get_height() for bar in bars])
            yield np.array([bar.get_width() for bar in bars])
        for drawn in ax.collections:
            yield from np.ma.filled(drawn.get_offsets(), np.nan).T
            if isinstance(drawn, LineCollection):
                yield np.array([segment[:, 0] for segment in drawn.get_segments()])
        for image in ax.images:
            yield np.ma.filled(image.get_array().astype(float), np.nan)


def same(a: np.ndarray, b: Any) -> bool:
    return a.shape == np.shape(b) and np.allclose(a, b, equal_nan=True)


def unlabelled(figure: Figure) -> Iterator[str]:
    """Name the axes whose ticks are numbers without a label, their own or a neighbour's."""
    axes = [ax for ax in figure.axes if ax.axison]
    for kind in "xy":
        labels = [getattr(ax, f"get_{kind}label")() for ax in axes]
        labels.append(getattr(figure, f"get_sup{kind}label")())
        for ax in axes:
            ticks = [tick.get_text() for tick in getattr(ax, f"get_{kind}ticklabels")()]
            numbers = [bool(re.fullmatch(r"[−\d.,]*%?", tick)) for tick in ticks]
            named = any(labels) or (kind == "y" and ax.get_title())
            if ticks and all(numbers) and any(ticks) and not named:
                yield kind


def labels(ax: Axes) -> set[str]:
    """Return the names of what is drawn, which a legend should hold."""
    return {label for label in ax.get_legend_handles_labels()[1] if not label.startswith("_")}


def legends(figure: Figure) -> list[Any]:
    return [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]


@EACH
def test_a_picture_shows_what_it_is_given(draw: Callable[[], Drawn]) -> None:
    drawn = drawn_by(draw)
    picture, figure = drawn.picture, drawn.picture.figure
    written = texts(figure)
    assert not [name for name in drawn.names if name not in written]
    numbers = list(drawn_numbers(figure))
    assert not [given for given in drawn.numbers if not any(same(a, given) for a in numbers)]
    for words in (picture.alt, picture.caption):
        assert words.strip()
        assert not re.search(r"\{\w*[:}]|\bnan\b", words)
    assert not [part for part in drawn.alt if part not in picture.alt]
    assert not list(unlabelled(figure))


@EACH
def test_a_legend_names_every_line_and_no_two_look_alike(draw: Callable[[], Drawn]) -> None:
    figure = drawn_by(draw).picture.figure
    named = set().union(*map(labels, figure.axes))
    written = [text.get_text() for legend in legends(figure) for text in legend.get_texts()]
    assert len(named) <= 1 or named <= {*written, *texts(figure)}
    for legend in legends(figure):
        looks = [
            (line.get_color(), line.get_linestyle(), line.get_marker(), line.get_linewidth())
            for line in legend.get_lines()
        ]
        assert len({*map(str, looks)}) == len(looks)


CLIPPED = ["margin_losses", "rule_losses"]
"""Pictures that leave out the end of a steep line on purpose."""


@EACH
def test_nothing_lies_outside(draw: Callable[[], Drawn]) -> None:
    for ax in drawn_by(draw).picture.figure.axes:
        for line in ax.lines:
            if draw.__name__ not in CLIPPED and line.get_transform() == ax.transData:
                points = ax.transAxes.inverted().transform(
                    ax.transData.transform(line.get_xydata())
                )
                shown = points[np.isfinite(points).all(axis=1)]
                assert np.all((shown > -0.01) & (shown < 1.01)), line.get_label()


@EACH
def test_no_dollar_sign_opens_a_formula(draw: Callable[[], Drawn]) -> None:
    figure = drawn_by(draw).picture.figure
    powers = r"\$\\mathdefault\{.*\}\$"  # the labels that logarithmic axes make
    risky = [text for text in figure.findobj(Text) if text.get_visible() and "$" in text.get_text()]
    assert not [
        text.get_text()
        for text in risky
        if text.get_parse_math() is not bool(re.fullmatch(powers, text.get_text()))
    ]


def test_every_picture_of_the_book_is_drawn_here() -> None:
    modules = [import_module(name) for name in PLOT_MODULES]
    public = {
        thing
        for module in modules
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and name[0] != "_"
    }
    assert {drawing.__name__ for drawing in public - DRAWERS.keys()} == set()
    assert len(public) > 50


def test_styles_are_all_different_and_run_out() -> None:
    for styled in (styled_lines, styled_dots):
        styles = [tuple(style.items()) for _, style in styled(range(32))]
        assert len({*styles}) == 32
        with pytest.raises(ValueError, match="tells 32 lines or kinds of dots apart, not 33"):
            styled(range(33))


def test_nothing_is_zipped_away() -> None:
    """A zip without strictness drops what has no partner, such as the model without a colour."""
    loose = []
    for folder in (ROOT / "recsys_helpers", ROOT / "book" / "recsys_book"):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "zip":
                    strict = {word.arg: ast.unparse(word.value) for word in node.keywords}
                    if strict.get("strict") != "True":
                        loose.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not loose, "zip without strict=True: " + ", ".join(loose)


def test_a_logarithmic_axis_keeps_its_powers() -> None:
    figure, (ax,) = canvas(3, 2)
    ax.loglog([1, 1e6], [1, 10])
    ax.set_xlabel("a $ and $ b")
    described(figure, alt="A curve.", caption="A curve.")
    figure.draw_without_rendering()
    assert all(label.get_parse_math() for label in ax.get_xticklabels())
    assert not ax.xaxis.label.get_parse_math()


def test_six_models_of_one_way_do_not_mix_with_the_next() -> None:
    (ax,) = orders().picture.figure.axes
    first, second = np.transpose([line.get_ydata() for line in ax.lines])
    assert max(first) < 0.5 < min(second)
