"""The pictures of chapter 3.2.3, each drawn once."""

from __future__ import annotations

import numpy as np
import polars as pl
from sklearn.svm import SVC
from support.pictures.made import NAMES, Drawn, compared, log, of_names

from recsys_book.chapters.svm import plots as svm
from recsys_book.demonstrations.boundary import boundary as boundary_of
from recsys_helpers import (
    Interactions,
    LikeSVM,
)


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
