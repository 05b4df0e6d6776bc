"""Pictures of a system: the path of its data, learning by heart, and who needs text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import PercentFormatter

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    PALE_AMBER,
    PALE_TEAL,
    TEAL,
    Picture,
    canvas,
    described,
)
from recsys_book.plots import learning as learning, results as results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from recsys_helpers.evaluation.report import Report
    from recsys_helpers.log.interactions import Interactions
    from recsys_helpers.recommenders.neural.conv_lstm import ConvLSTM

_Band = tuple[float, float, float]
"""A mean and the two ends of its interval."""


def data_flow(model: ConvLSTM, train: Interactions) -> Picture:
    """Draw the path of the data through the system of chapter 4, from two tables to a list.

    Parameters
    ----------
    model
        Fitted, with text.
    train
        What it was fitted on.

    Returns
    -------
    Picture
        The path of behaviour above, that of item features below; they meet in the item vectors.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from recsys_helpers import synthetic
    >>> log = synthetic(n_users=5, n_items=30).interactions
    >>> parts = {"dim": 8, "max_len": 50, "n_filters": 4, "kernel": 3, "n_units": 6}
    >>> data_flow(SimpleNamespace(vocabulary=["a", "b"], **parts), log).alt[-59:]
    'a softmax (30 probabilities) makes the list (the ten best).'
    """
    sizes = {
        "log": f"{len(train):,} rows",
        "item table": f"{train.n_items:,} films",
        "windows": f"{model.max_len} films each",
        "words": f"{len(model.vocabulary):,} different",
        "text encoder": "filters of 3 words",
        "item vectors": f"{train.n_items:,} × {model.dim}",
        "convolution": f"{model.n_filters} filters of {model.kernel}",
        "LSTM": f"{model.n_units} units",
        "dense": f"{model.n_units}, then {model.dim}",
        "softmax": f"{train.n_items:,} probabilities",
        "list": "the ten best",
    }
    places = {
        "log": (0, 2),
        "item table": (0, 0),
        "windows": (1, 2),
        "words": (1, 0),
        "text encoder": (2, 0),
        "item vectors": (2, 1),
        "convolution": (3, 2),
        "LSTM": (4, 2),
        "dense": (5, 2),
        "softmax": (5, 1),
        "list": (5, 0),
    }
    figure, (ax,) = canvas(9.6, 4.2)
    ax.grid(visible=False)
    ax.set_axis_off()
    for name, (x, y) in places.items():
        _box(ax, x, y, name, sizes[name], PALE_AMBER if y == 0 and x < 3 else PALE_TEAL)
    arrows = [
        ("log", "windows"),
        ("item table", "words"),
        ("words", "text encoder"),
        ("text encoder", "item vectors"),
        ("windows", "convolution"),
        ("convolution", "LSTM"),
        ("LSTM", "dense"),
        ("dense", "softmax"),
        ("softmax", "list"),
    ]
    for start, end in arrows:
        _arrow(ax, places[start], places[end])
    _arrow(ax, places["item vectors"], (3, 2), bend=True)
    _arrow(ax, places["item vectors"], places["softmax"])
    ax.text(3.5, 1.13, "the same vectors, in and out", ha="center", fontsize=8.5, color=INK)
    ax.plot([5, 5, -0.62, -0.62], [-0.31, -0.6, -0.6, 2], color=AMBER, linewidth=1.5)
    into = FancyArrowPatch((-0.63, 2), (-0.42, 2), arrowstyle="-|>", mutation_scale=11, color=AMBER)
    ax.add_patch(into)
    loop = "what people choose comes back as new rows: refit every day"
    ax.text(2.2, -0.52, loop, ha="center", fontsize=8.5, color=INK)
    ax.set(xlim=(-0.7, 5.45), ylim=(-0.68, 2.35))
    return described(
        figure,
        alt=(
            "Behaviour: log ({log}), windows ({windows}). Items: item table ({item_table}), words "
            "({words}), text encoder ({text_encoder}). Both meet in item vectors ({item_vectors}), "
            "which a convolution ({convolution}), an LSTM ({LSTM}) and dense layers ({dense}) "
            "read; a softmax ({softmax}) makes the list ({list})."
        ),
        caption=(
            "The path of the data through the system, with the sizes of this run: what people did "
            "above, what is known about films below. The tables meet in the item vectors, which "
            "enter the network on the left and score its output on the right."
        ),
        **{name.replace(" ", "_"): sizes[name] for name in places},
    )


def _box(ax: Axes, x: float, y: float, name: str, size: str, colour: str) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.39, y - 0.27), 0.78, 0.54, boxstyle="round,pad=0.03,rounding_size=0.06",
            facecolor=colour, edgecolor=GREY, linewidth=1,
        )
    )  # fmt: skip
    ax.text(x, y + 0.1, name, ha="center", va="center", fontsize=9.5, color=INK, weight="bold")
    ax.text(x, y - 0.11, size, ha="center", va="center", fontsize=7.6, color=INK)


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], *, bend: bool = False
) -> None:
    (x, y), (u, v) = start, end
    across, up = np.sign(u - x), np.sign(v - y)
    if bend:
        tail, head = (x + 0.3, y + 0.31), (u - 0.3, v - 0.31)
    elif across:
        tail, head = (x + 0.43 * across, y), (u - 0.43 * across, v)
    else:
        tail, head = (x, y + 0.31 * up), (u, v - 0.31 * up)
    ax.add_patch(FancyArrowPatch(tail, head, arrowstyle="-|>", mutation_scale=11, color=INK))


def learnt_by_heart(own: Sequence[float], new: Sequence[float], stopped: int) -> Picture:
    """Draw accuracy by epoch, on the training rows and on what came next.

    Parameters
    ----------
    own
        Accuracy on the training rows after each epoch, 0 … 1.
    new
        Accuracy on rows that were held out, as often as it was measured, at even distances.
    stopped
        The epoch after which the listing would have stopped.

    Returns
    -------
    Picture
        Two lines over one axis.

    Examples
    --------
    >>> learnt_by_heart([0.1, 0.5, 0.9], [0.0, 0.01, 0.01], stopped=2).alt[-54:]
    'rises to 90%, accuracy on the next films ends at 1.0%.'
    """
    figure, (ax,) = canvas(8, 3.2)
    epochs = np.arange(1, len(own) + 1)
    ax.plot(epochs, own, color=AMBER, linewidth=2.2, label="training rows")
    step = len(own) // len(new)
    ax.plot(
        epochs[step - 1 :: step],
        new,
        color=TEAL,
        linewidth=2.2,
        label="next film of the same people",
    )
    ax.axvline(stopped, color=GREY, linewidth=1, linestyle=":")
    ax.annotate("the listing stops", (stopped, 1), xytext=(5, -6),
                textcoords="offset points", fontsize=9, color=INK)  # fmt: skip
    ax.set(xlabel="epoch", ylabel="accuracy", ylim=(-0.02, 1.04))
    ax.xaxis.label.set_color(INK)
    ax.yaxis.label.set_color(INK)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0.14, 0.72))
    return described(
        figure,
        alt=(
            "Two lines over {epochs} epochs: accuracy on the training rows rises to {own:.0%}, "
            "accuracy on the next films ends at {new:.1%}."
        ),
        caption=(
            "Accuracy of one network on the rows that it was trained on (amber) and on the films "
            "that the same people rated next (teal). The listing stops after {stopped} epochs, "
            "when {early:.0%} of its own rows are right; after {epochs}, {own:.0%} are, and "
            "{new:.1%} of the next films."
        ),
        stopped=stopped,
        epochs=len(own),
        early=own[stopped - 1],
        own=own[-1],
        new=new[-1],
    )


def by_training_rows(
    groups: Mapping[str, Report], a: str, b: str, metric: str, chance: float
) -> Picture:
    """Draw two models, and their paired difference, for items with few and with many rows.

    Parameters
    ----------
    groups
        Label of a group, such as "5 to 9" → the report of the queries whose target is in it.
    a, b
        The two models' names in each report.
    metric
        An accuracy metric with its cutoff.
    chance
        What placing items at random gives.

    Returns
    -------
    Picture
        The metric of both on the left, that of a minus that of b on the right, with 95% intervals.
    """
    figure, (left, right) = canvas(9, 3.4, columns=2)
    x = np.arange(len(groups))
    for shift, name, colour in ((-0.12, a, TEAL), (0.12, b, AMBER)):
        means = [report.interval(name, metric) for report in groups.values()]
        _bars(left, x + shift, means, colour, name)
    compared = [report.compare(a, b, metric) for report in groups.values()]
    _bars(right, x, [(one.difference, one.low, one.high) for one in compared], INK, "")
    left.set_ylabel(metric, color=INK)
    _chance(left, chance, x[-1])
    left.legend(frameon=False, fontsize=9)
    right.set_ylabel(f"{a} minus {b}", color=INK)
    right.axhline(0, color=GREY, linewidth=1)
    for ax in (left, right):
        ax.set_xticks(x, list(groups))
        ax.set_xlabel("training rows of the film that came next", color=INK)
        ax.margins(x=0.12)
    left.set_ylim(bottom=0)
    listed = "; ".join(
        f"{label}: {report.mean(a, metric):.3f} and {report.mean(b, metric):.3f}, difference "
        f"{one.low:+.3f} to {one.high:+.3f}"
        for (label, report), one in zip(groups.items(), compared, strict=True)
    )
    return described(
        figure,
        alt=(
            "{metric} of {a} and of {b} by training rows of the target: {listed}. Chance gives "
            "{chance:.3f}."
        ),
        caption=(
            "Left, the {metric} of both models by the number of training rows of the film that "
            "came next; right, the paired difference. Bars are 95% intervals over people, and over "
            "seeds where there are several; each holds by itself, not for all groups at once. The "
            "dotted line is chance."
        ),
        metric=metric,
        a=a,
        b=b,
        listed=listed,
        chance=chance,
    )


def id_dropout(report: Report, k: int, known: Mapping[str, float]) -> Picture:
    """Draw what dropping ids in training does to items without training rows, and to others.

    Parameters
    ----------
    report
        The networks, and one named "at random", on queries for items without a training row.
    k
        How many items are a tenth of the catalogue.
    known
        Network → NDCG@10 on all other queries.

    Returns
    -------
    Picture
        Two panels; a dotted line in the left one is what chance gives.
    """
    figure, (left, right) = canvas(9, 3.2, columns=2)
    x = np.arange(len(known))
    means = [report.interval(name, f"HR@{k}") for name in known]
    chance = report.mean("at random", f"HR@{k}")
    _bars(left, x, means, AMBER, "")
    left.plot(x, [mean for mean, _, _ in means], color=AMBER, linewidth=1)
    _chance(left, chance, x[-1])
    right.plot(x, list(known.values()), "o-", color=TEAL, linewidth=1, markersize=7)
    left.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    left.set_ylabel(f"ranked in the first {k}", color=INK)
    right.set_ylabel("validation NDCG@10", color=INK)
    left.set_title("queries for new films", fontsize=10, color=INK)
    right.set_title("queries for other films", fontsize=10, color=INK)
    for ax in (left, right):
        ax.set_xticks(x, list(known))
        ax.set_ylim(0, 1.1 * ax.get_ylim()[1])
        ax.margins(x=0.15)
    new = ", ".join(f"{name} {mean:.1%}" for name, (mean, _, _) in zip(known, means, strict=True))
    others = ", ".join(f"{name} {ndcg:.3f}" for name, ndcg in known.items())
    return described(
        figure,
        alt=(
            "New films in the first tenth of the catalogue: {new}, chance {chance:.1%}. NDCG@10 on "
            "other films: {others}."
        ),
        caption=(
            "Networks fitted without a fifth of the films, by the share of ids that they dropped "
            "in each training step. Left, how often the new film that came next is ranked in the "
            "first tenth of the catalogue; right, NDCG@10 on the queries for other films. Bars are "
            "95% intervals over people and seeds, the dotted line is chance."
        ),
        new=new,
        chance=chance,
        others=others,
    )


def _chance(ax: Axes, chance: float, x: float) -> None:
    ax.axhline(chance, color=GREY, linewidth=1.2, linestyle=":")
    ax.annotate("chance", (x, chance), xytext=(0, -11), textcoords="offset points", color=INK,
                fontsize=9, ha="right")  # fmt: skip


def _bars(ax: Axes, x: np.ndarray, means: Sequence[_Band], colour: str, label: str) -> None:
    middle, low, high = np.transpose(means)
    ax.vlines(x, low, high, color=colour, linewidth=2.5)
    ax.plot(x, middle, "o", color=colour, markersize=7, label=label or None)
