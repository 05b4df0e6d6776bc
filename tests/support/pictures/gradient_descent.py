"""The pictures of chapter 3.2.1, each drawn once."""

from __future__ import annotations

import numpy as np
from support.pictures.made import NAMES, Drawn, curve

from recsys_book.chapters.gradient_descent import plots as gradient_descent
from recsys_book.demonstrations.bowl import Bowl


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
