"""The pictures of chapter 5.3, each drawn once."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from support.pictures.made import NAMES, Drawn, curve, of_names

from recsys_book.chapters.optimizers import plots as optimizers


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
