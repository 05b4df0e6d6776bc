"""Pictures of a system: the way of its data, what learning by heart looks like, who needs text."""

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
    """Draw the way of the data through the system of chapter 4, from two tables to a list.

    Parameters
    ----------
    model
        Fitted, with text.
    train
        What it was fitted on.

    Returns
    -------
    Picture
        Above the way of behaviour, below that of item features, which meet in the item vectors.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from recsys_helpers import synthetic
    >>> log = synthetic(n_users=5, n_items=30).interactions
    >>> parts = {"dim": 8, "max_len": 50, "n_filters": 4, "kernel": 3, "n_units": 6}
    >>> data_flow(SimpleNamespace(vocabulary=["a", "b"], **parts), log).alt[-61:]
    '8) read; a softmax (30 shares) makes the list (the ten best).'
    """
    sizes = {
        "log": f"{len(train):,} rows",
        "item table": f"{train.n_items:,} films",
        "windows": f"{model.max_len} films each",
        "words": f"{len(model.vocabulary):,} different ones",
        "text encoder": "filters of 3 words",
        "item vectors": f"{train.n_items:,} × {model.dim}",
        "convolution": f"{model.n_filters} filters of {model.kernel}",
        "LSTM": f"{model.n_units} numbers",
        "dense": f"{model.n_units}, then {model.dim}",
        "softmax": f"{train.n_items:,} shares",
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
    told = "what people choose comes back as new rows: refit every day"
    ax.text(2.2, -0.52, told, ha="center", fontsize=8.5, color=INK)
    ax.set(xlim=(-0.7, 5.45), ylim=(-0.68, 2.35))
    return described(
        figure,
        alt=(
            "Behaviour: log ({log}), windows ({windows}). Items: item table ({item_table}), words "
            "({words}), text encoder ({text_encoder}). Both meet in item vectors ({item_vectors}), "
            "which a convolution ({convolution}), an LSTM ({LSTM}) and a dense layer ({dense}) "
            "read; a softmax ({softmax}) makes the list ({list})."
        ),
        caption=(
            "The data's way through the system, with the sizes of this run. Above what people did, "
            "below what is known about films. The item vectors are where the two tables meet: they "
            "go in at the left end of the network and come out at the right."
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
    """Draw the accuracy on the rows that were learnt from, and on what came next, by epoch.

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
    >>> learnt_by_heart([0.1, 0.5, 0.9], [0.0, 0.01, 0.01], stopped=2).alt[-48:]
    'own rows to 90%, that on the next films to 1.0%.'
    """
    figure, (ax,) = canvas(8, 3.2)
    epochs = np.arange(1, len(own) + 1)
    ax.plot(epochs, own, color=AMBER, linewidth=2.2, label="rows it was trained on")
    step = len(own) // len(new)
    ax.plot(epochs[step - 1 :: step], new, color=TEAL, linewidth=2.2, label="what came next")
    ax.axvline(stopped, color=GREY, linewidth=1, linestyle=":")
    ax.annotate("the listing stops", (stopped, max(own)), xytext=(5, -6),
                textcoords="offset points", fontsize=9, color=INK)  # fmt: skip
    ax.set(xlabel="epoch", ylabel="accuracy", ylim=(-0.02, 1.04))
    ax.xaxis.label.set_color(INK)
    ax.yaxis.label.set_color(INK)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0.14, 0.72))
    numbers: dict[str, object] = {"epochs": len(own), "own": own[-1], "new": new[-1]}
    return described(
        figure,
        alt=(
            "Two lines over {epochs} epochs: accuracy on its own rows to {own:.0%}, that on the "
            "next films to {new:.1%}."
        ),
        caption=(
            "The same network, asked about the rows that it learnt from (amber) and about the "
            "films that these people met next (teal). After {stopped} epochs neither has begun; "
            "after {epochs} it knows {own:.0%} of its own rows by heart, and {new:.1%} of what "
            "comes next."
        ),
        stopped=stopped,
        **numbers,
    )


def by_training_rows(
    parts: Mapping[str, Report], a: str, b: str, metric: str = "NDCG@10"
) -> Picture:
    """Draw two models, and their paired difference, for items with few and with many rows.

    Parameters
    ----------
    parts
        Label of a bucket, such as "5 to 9" → the report of the queries whose target is in it.
    a, b
        The two models' names in each report.
    metric
        An accuracy metric with its cutoff.

    Returns
    -------
    Picture
        The metric of both on the left, that of a minus that of b on the right, with 95% intervals.
    """
    figure, (left, right) = canvas(9, 3.4, columns=2)
    x = np.arange(len(parts))
    for shift, name, colour in ((-0.12, a, TEAL), (0.12, b, AMBER)):
        found = [report.interval(name, metric) for report in parts.values()]
        _bars(left, x + shift, found, colour, name)
    compared = [report.compare(a, b, metric) for report in parts.values()]
    _bars(right, x, [(one.difference, one.low, one.high) for one in compared], INK, "")
    left.set_ylabel(metric, color=INK)
    left.set_ylim(bottom=0)
    left.legend(frameon=False, fontsize=9)
    right.set_ylabel(f"{a} minus {b}", color=INK)
    right.axhline(0, color=GREY, linewidth=1)
    for ax in (left, right):
        ax.set_xticks(x, list(parts))
        ax.set_xlabel("training rows of the film that came next", color=INK)
        ax.margins(x=0.12)
    listed = "; ".join(
        f"{label}: {report.mean(a, metric):.3f} and {report.mean(b, metric):.3f}, difference "
        f"{one.low:+.3f} to {one.high:+.3f}"
        for (label, report), one in zip(parts.items(), compared, strict=True)
    )
    return described(
        figure,
        alt="{metric} of {a} and of {b} by training rows of the target: {listed}.",
        caption=(
            "Left {metric} of both models, by how many training rows the film has that came next; "
            "right the paired difference. Bars are 95% intervals over people, and over seeds where "
            "there are several."
        ),
        metric=metric,
        a=a,
        b=b,
        listed=listed,
    )


def id_dropout(unknown: Mapping[float, _Band], known: Mapping[float, float], k: int) -> Picture:
    """Draw what leaving out ids in training does to items without training rows, and to others.

    Parameters
    ----------
    unknown
        Share of ids left out → HR@k with its interval, on queries for items without a training
        row, for k that is a tenth of the catalogue.
    known
        Share of ids left out → NDCG@10 on all other queries.
    k
        The length of a tenth of the catalogue.

    Returns
    -------
    Picture
        Two panels; a dotted line in the left one is what chance would give.

    Examples
    --------
    >>> id_dropout({0.0: (0.06, 0.04, 0.08)}, {0.0: 0.08}, 365).alt
    'By share of ids left out: HR@365 for films without a training row, 0% 0.06; NDCG@10, 0% 0.080.'
    """
    figure, (left, right) = canvas(9, 3.1, columns=2)
    x = np.arange(len(unknown))
    middle = {rate: mean for rate, (mean, _, _) in unknown.items()}
    _bars(left, x, list(unknown.values()), AMBER, "")
    left.plot(x, list(middle.values()), color=AMBER, linewidth=1)
    left.axhline(0.1, color=GREY, linewidth=1, linestyle=":")
    left.annotate("chance", (x[-1], 0.1), xytext=(0, 3), textcoords="offset points", color=INK,
                  fontsize=9, ha="right")  # fmt: skip
    right.plot(x, list(known.values()), "o-", color=TEAL, linewidth=1, markersize=7)
    left.set_ylabel(f"validation HR@{k}", color=INK)
    right.set_ylabel("validation NDCG@10", color=INK)
    left.set_title("films without a training row", fontsize=10, color=INK)
    right.set_title("all other films", fontsize=10, color=INK)
    for ax in (left, right):
        ax.set_xticks(x, [f"{rate:.0%}" for rate in unknown])
        ax.set_xlabel("ids left out in a training step", color=INK)
        ax.set_ylim(0, 1.1 * ax.get_ylim()[1])
        ax.margins(x=0.12)
    new = ", ".join(f"{rate:.0%} {mean:.2f}" for rate, mean in middle.items())
    others = ", ".join(f"{rate:.0%} {mean:.3f}" for rate, mean in known.items())
    return described(
        figure,
        alt=(
            "By share of ids left out: HR@{k} for films without a training row, {unknown}; "
            "NDCG@10, {known}."
        ),
        caption=(
            "Networks that left out so many of the ids in each training step, fitted without a "
            "fifth of the films. Left the share of queries for these films in which the film "
            "stands within the first tenth of the catalogue, with 95% intervals over people; right "
            "NDCG@10 on the queries for all others."
        ),
        k=k,
        unknown=new,
        known=others,
    )


def _bars(ax: Axes, x: np.ndarray, found: Sequence[_Band], colour: str, label: str) -> None:
    middle, low, high = np.transpose(found)
    ax.vlines(x, low, high, color=colour, linewidth=2.5)
    ax.plot(x, middle, "o", color=colour, markersize=7, label=label or None)
