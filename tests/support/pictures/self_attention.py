"""The pictures of chapter 3.1.3, each drawn once."""

from __future__ import annotations

import numpy as np
from support.pictures.made import NAMES, Drawn, of_names

from recsys_book import plots as shared
from recsys_book.chapters.self_attention import plots as self_attention


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
