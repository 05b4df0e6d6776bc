"""The pictures of chapter 3.1.2, each drawn once."""

from __future__ import annotations

from support.pictures.made import NAMES, Drawn, means, of_names, report

from recsys_book.chapters.rnn import plots as rnn


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
