"""The pictures of chapter 3.1.1, each drawn once."""

from __future__ import annotations

from support.pictures.made import NAMES, Drawn, compared, of_names

from recsys_book.chapters.cnn import plots as cnn


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
