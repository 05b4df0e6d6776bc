"""The pictures of chapter 3.2.2, each drawn once."""

from __future__ import annotations

import numpy as np
from support.pictures.made import NAMES, Drawn, curve, of_names

from recsys_book.chapters.sgd import plots as sgd


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
