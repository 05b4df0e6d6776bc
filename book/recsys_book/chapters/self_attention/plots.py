"""Pictures of self-attention: its weights, its distance biases, its reach, its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    TEAL,
    Picture,
    canvas,
    described,
    shortened,
    styled_dots,
    styled_lines,
)
from recsys_book.plots import (
    attention_maps as attention_maps,
    learning as learning,
    results as results,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike


def weights_of_last(maps: Mapping[str, ArrayLike], titles: Sequence[str], n: int = 15) -> Picture:
    """Draw how much the last film of a history attends to each of the last n, with their titles.

    Parameters
    ----------
    maps
        Name → weights of the last film, shape (l,), oldest film first.
    titles
        Of the l films.
    n
        How many films to show, the latest at the bottom.

    Returns
    -------
    Picture
        A row of dots for each film; a line marks equal weights.
    """
    shown = [shortened(title, 40) for title in titles[-n:]]
    equal = 1 / len(titles)
    figure, (ax,) = canvas(8, 1.0 + 0.27 * len(shown))
    found = []
    for (name, weights), style in styled_dots(maps.items()):
        row = np.asarray(weights, dtype=float)
        ax.plot(row[-n:], range(len(shown)), markersize=7, label=name, **style)
        most = int(row.argmax())
        found.append(f"{name} attends most to {titles[most]} ({row[most]:.1%})")
    ax.axvline(equal, color=GREY, linewidth=1.5, linestyle=":", label="equal weights")
    ax.set_yticks(range(len(shown)), shown)
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(lambda share, _: f"{share:.1%}")
    ax.set_xlabel("attention weight of the last film", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return described(
        figure,
        alt=(
            "How much the last film attends to the films of the history, for the last {n} of "
            "{total}. {listed}; equal weights would give {equal:.1%} to each."
        ),
        caption=(
            "The attention weights behind the recommendation: how much the last film attends to "
            "each of the last {n} of {total} films, the latest at the bottom. {listed}. The dotted "
            "line marks equal weights, {equal:.1%} each."
        ),
        n=len(shown),
        equal=equal,
        total=len(titles),
        listed="; ".join(found),
    )


def weights_by_distance(curves: Mapping[str, ArrayLike]) -> Picture:
    """Draw the average attention weight of the last film by distance.

    Parameters
    ----------
    curves
        Name → average weights, shape (l,): first that of the last film on itself, then on the
        film before it, and so on.

    Returns
    -------
    Picture
        A line for each name; a dotted line marks equal weights.
    """
    figure, (ax,) = canvas(8, 3.2)
    length = 1
    found = []
    for (name, weights), style in styled_lines(curves.items()):
        row = np.asarray(weights, dtype=float)
        length = len(row)
        ax.plot(range(length), row, marker="o", markersize=3.5, linewidth=2, label=name, **style)
        found.append(f"{name} from {row.min():.1%} to {row.max():.1%}")
    ax.axhline(1 / length, color=GREY, linewidth=1.5, linestyle=":", label="equal weights")
    ax.set_ylim(bottom=0)
    ax.margins(y=0.15)
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.1%}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("distance: positions before the last film (0: itself)", color=INK)
    ax.set_ylabel("average attention weight", color=INK)
    ax.legend(frameon=False, fontsize=9, ncols=len(curves) + 1, loc="upper right")
    return described(
        figure,
        alt=(
            "Average attention weight by distance from the last film: {listed}; equal weights "
            "would be {equal:.1%}."
        ),
        caption=(
            "How much the last film attends to each earlier film, by distance, averaged over all "
            "full windows: {listed}. The dotted line marks equal weights, {equal:.1%}. Where the "
            "curve lies below it, films count less than in a plain average."
        ),
        equal=1 / length,
        listed="; ".join(found),
    )


def distances(learnt: Mapping[str, ArrayLike]) -> Picture:
    """Draw the distance biases of attention heads.

    Parameters
    ----------
    learnt
        Name → biases, shape (l,): for the film itself, for the one before it, and so on.

    Returns
    -------
    Picture
        A line for each head; all started at zero.

    Examples
    --------
    >>> distances({"block 1": [0.5, 1.0, -2.0]}).alt[-49:]
    'block 1 from −2.0 to +1.0, highest at distance 1.'
    """
    figure, (ax,) = canvas(8, 3.2)
    found = []
    for (name, biases), style in styled_lines(learnt.items()):
        row = np.asarray(biases, dtype=float)
        ax.plot(range(len(row)), row, marker="o", markersize=3.5, linewidth=2, label=name, **style)
        low, high = (f"{value:+.1f}".replace("-", "−") for value in (row.min(), row.max()))
        found.append(f"{name} from {low} to {high}, highest at distance {row.argmax()}")
    ax.axhline(0, color=GREY, linewidth=1.5, linestyle=":", label="before training")
    ax.margins(y=0.15)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("distance: positions back (0: the film itself)", color=INK)
    ax.set_ylabel("bias added to the logit", color=INK)
    ax.legend(frameon=False, fontsize=9, ncols=len(learnt) + 1, loc="upper right")
    return described(
        figure,
        alt="Distance biases: {listed}.",
        caption=(
            "The bias that each head learnt for each distance: {listed}. A bias that is larger by "
            "one multiplies a film's weight by e, relative to the others, whatever the film is."
        ),
        listed="; ".join(found),
    )


def films_seen(
    estimates: Mapping[int, tuple[float, float, float]], bar: tuple[str, float], metric: str
) -> Picture:
    """Draw a metric against how many films of each history a fitted model may read.

    Parameters
    ----------
    estimates
        Number of films → (estimate, low end, high end).
    bar
        Name and value of what to compare with.
    metric
        The label of the axis.

    Returns
    -------
    Picture
        A dot with an interval for each number of films; the axis is not to scale.
    """
    figure, (ax,) = canvas(8, 3.2)
    for place, (middle, low, high) in enumerate(estimates.values()):
        ax.plot([place, place], [low, high], color=TEAL, linewidth=2.5, solid_capstyle="round")
        ax.plot(place, middle, "o", color=TEAL, markersize=8)
        ax.annotate(
            f"{middle:.3f}",
            (place, middle),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=9,
        )
    ax.axhline(bar[1], color=AMBER, linewidth=1.5, linestyle=":", label=bar[0])
    ax.set_xticks(range(len(estimates)), [str(number) for number in estimates])
    ax.set_xlim(-0.4, len(estimates) - 0.4)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("how many of the last films the model reads", color=INK)
    ax.set_ylabel(f"{metric}, average over queries", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="lower right")
    listed = ", ".join(f"{number}: {found[0]:.3f}" for number, found in estimates.items())
    return described(
        figure,
        alt=(
            "{metric} by how many of the last films are read, with 95% intervals: {listed}; the "
            "{bar} reaches {value:.3f}."
        ),
        caption=(
            "One fitted model that is given only the last films of each history: {metric} by "
            "number of films, with 95% intervals over users. The dotted line is the {bar}, which "
            "reads one film."
        ),
        metric=metric,
        listed=listed,
        bar=bar[0],
        value=bar[1],
    )


def attention_cost(
    lengths: Sequence[int], seconds: ArrayLike, n_bytes: ArrayLike, dim: int
) -> Picture:
    """Draw what one forward pass costs against the length of the history: counted and measured.

    Parameters
    ----------
    lengths
        Shape (n,), how many items are read.
    seconds, n_bytes
        Shape (n,): the time of a pass, and the memory of its attention weights.
    dim
        Length of the item vectors.

    Returns
    -------
    Picture
        Left the multiplications in one block, in the middle seconds, right memory; all axes are
        logarithmic.
    """
    x = np.asarray(lengths, dtype=float)
    figure, (left, middle, right) = canvas(8, 3.2, columns=3)
    left.loglog(x, 2 * x**2 * dim, "o-", color=AMBER, linewidth=2, label="pairs, 2l²d")
    left.loglog(x, 12 * x * dim**2, "o-", color=TEAL, linewidth=2, label="single positions, 12ld²")
    left.axvline(6 * dim, color=GREY, linewidth=1.5, linestyle=":")
    left.set_ylabel("multiplications in a block", color=INK)
    left.legend(frameon=False, fontsize=8.5, loc="lower left", bbox_to_anchor=(0, 1))
    middle.loglog(x, np.asarray(seconds), "o-", color=TEAL, linewidth=2)
    middle.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    middle.yaxis.set_major_formatter("{x:g}")
    middle.yaxis.set_minor_formatter(NullFormatter())
    middle.set_ylabel("one forward pass, s", color=INK)
    right.loglog(x, np.asarray(n_bytes, dtype=float) / 1024**2, "o-", color=TEAL, linewidth=2)
    right.set_ylabel("attention weights, MiB", color=INK)
    for ax in (left, middle, right):
        ax.set_xticks(x[:: max(len(x) // 3, 1)], [f"{n:,.0f}" for n in x[:: max(len(x) // 3, 1)]])
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set_xlabel("length of the history", color=INK)
    return described(
        figure,
        alt=(
            "Three logarithmic charts against lengths from {first:,} to {last:,}: multiplications "
            "on pairs overtake those on single positions at {cross:,}, seconds grow "
            "{times:.0f}-fold, memory "
            "grows with the square."
        ),
        caption=(
            "Left: the multiplications in one block, counted; those on pairs overtake those on "
            "single positions at {cross:,} films (dotted). Middle: the measured time of a forward "
            "pass. Right: the measured memory of the attention weights. On these axes a slope of "
            "one is linear growth, a slope of two quadratic."
        ),
        first=int(x[0]),
        last=int(x[-1]),
        times=float(np.asarray(seconds)[-1] / np.asarray(seconds)[0]),
        cross=6 * dim,
    )
