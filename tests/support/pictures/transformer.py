"""The pictures of chapter 5.1, each drawn once."""

from __future__ import annotations

from support.pictures.made import NAMES, Drawn, compared, of_names

from recsys_book.chapters.transformer import plots as transformer


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
