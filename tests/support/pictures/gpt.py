"""The pictures of chapter 5.2, each drawn once."""

from __future__ import annotations

import numpy as np
from support.pictures.made import NAMES, Drawn

from recsys_book.chapters.gpt import plots as gpt


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
