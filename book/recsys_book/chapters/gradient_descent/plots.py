"""Pictures of descent: paths, rates that are too large, losses against work, films as points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    RED,
    Picture,
    canvas,
    described,
    shortened,
    styled_dots,
    styled_lines,
)
from recsys_book.plots import results as results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from recsys_book.demonstrations.bowl import Bowl
    from recsys_helpers._types import F64


def bowls(
    bowls: Mapping[str, Bowl],
    paths: Mapping[str, Mapping[str, F64]],
    labels: tuple[str, str],
) -> Picture:
    """Draw paths of descent over two parameters: a row per bowl, a column per learning rate.

    Parameters
    ----------
    bowls
        Name → the bowl.
    paths
        Name of the bowl → name of the rate → points, shape (n_steps + 1, 2), the start first.
    labels
        What the two parameters are.

    Returns
    -------
    Picture
        Lines of equal loss under each path.
    """
    rows, columns = len(paths), max(map(len, paths.values()))
    figure = Figure(figsize=(8, 0.4 + 2.6 * rows), layout="constrained", facecolor="white")
    grid = figure.subplots(rows, columns, squeeze=False)
    found, steps = [], 0
    for row, (name, walks) in enumerate(paths.items()):
        bowl = bowls[name]
        for ax, (rate, walk) in zip(grid[row][: len(walks)], walks.items(), strict=True):
            _bowl(ax, bowl, walk)
            ax.set_title(f"{name}, {rate}", fontsize=9.5, color=INK)
            left, start = bowl.above(walk[-1]), bowl.above(walk[0])
            found.append(f"{name}, {rate}: {_times(float(left / start))}")
            steps = len(walk) - 1
        grid[row, 0].set_ylabel(labels[1], color=INK)
    for ax in grid[-1]:
        ax.set_xlabel(labels[0], color=INK)
    return described(
        figure,
        alt=(
            "Paths of gradient descent over lines of equal loss. Excess loss after {steps} steps, "
            "compared with the start: {listed}."
        ),
        caption=(
            "{steps} steps from the square; the star marks the minimum, and lines join points of "
            "equal loss. Both rows fit the same line to the same person's stars; only the unit of "
            "one feature differs. Loss above the minimum, compared with the start: {listed}."
        ),
        steps=steps,
        listed="; ".join(found),
    )


def _bowl(ax: Axes, bowl: Bowl, walk: F64) -> None:
    """Draw lines of equal loss and a path over them."""
    sides = np.linspace(-1.5, 1.5, 161) * np.abs(walk[0] - bowl.bottom).max()
    first, second = np.meshgrid(*(middle + sides for middle in bowl.bottom))
    height = bowl.above(np.stack([first, second], axis=-1))
    levels = height.max() * np.geomspace(2e-4, 0.9, 9)
    ax.contourf(first, second, height, [0, *levels, height.max()], cmap="GnBu_r", alpha=0.35)
    ax.contour(first, second, height, levels, colors="white", linewidths=0.9)
    ax.spines[:].set_color(GREY)
    ax.plot(*walk.T, "o-", color=RED, markersize=3, linewidth=1.2)
    ax.plot(*walk[0], "s", color=INK, markersize=6)
    ax.plot(*bowl.bottom, "*", color=AMBER, markersize=12, markeredgecolor=INK, zorder=4)
    ax.set(xlim=bowl.bottom[0] + sides[[0, -1]], ylim=bowl.bottom[1] + sides[[0, -1]])
    ax.tick_params(colors=INK, labelsize=8)


def _times(share: float) -> str:
    return (
        f"{share:,.0f} times"
        if share >= 10
        else f"{share:.1%}"
        if share >= 1e-3
        else "less than 0.1%"
    )


def difference_errors(steps: ArrayLike, slopes: Mapping[str, ArrayLike], exact: float) -> Picture:
    """Draw the error of a difference quotient against the distance of its two points.

    Parameters
    ----------
    steps
        The distances, shape (n,).
    slopes
        Name of the quotient → its values, shape (n,).
    exact
        The exact slope.

    Returns
    -------
    Picture
        Logarithmic axes; a dot marks the best distance of each.

    Examples
    --------
    >>> difference_errors([1e-4, 1e-2], {"both sides": [2.001, 2.1]}, exact=2.0).alt[-29:]
    'both sides best at ε = 1e-04.'
    """
    figure, (ax,) = canvas(8, 3.2)
    distances, found = np.asarray(steps, dtype=float), []
    for (name, values), style in styled_lines(slopes.items()):
        wrong = np.maximum(np.abs(np.asarray(values) / exact - 1), 1e-17)
        best = int(wrong.argmin())
        ax.loglog(distances, wrong, linewidth=2, label=name, **style)
        ax.plot(distances[best], wrong[best], "o", color=style["color"], markersize=8)
        found.append(f"{name} best at ε = {distances[best]:.0e}")
    ax.set_xlabel("step ε", color=INK)
    ax.set_ylabel("relative error of the slope", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="upper center")
    return described(
        figure,
        alt=(
            "Error of a slope on logarithmic axes: it falls as its two points come closer, and "
            "rises again; {listed}."
        ),
        caption=(
            "The relative error of a slope between two points. From right to left the points come "
            "closer and the straight line fits better, until rounding errors take over; {listed}. "
            "To test a gradient, use both sides and an ε near the lowest point of their curve."
        ),
        listed="; ".join(found),
    )


def rate_cliff(rates: ArrayLike, excess: Mapping[int, ArrayLike], limit: float) -> Picture:
    """Draw the excess loss that is left after some steps against the learning rate.

    Parameters
    ----------
    rates
        Learning rates, shape (n,).
    excess
        Number of steps → loss above the minimum, as a share of that at the start, shape (n,).
    limit
        The rate from which descent diverges.

    Returns
    -------
    Picture
        A line for each number of steps, and the limit.

    Examples
    --------
    >>> rate_cliff([0.1, 1.0], {10: [0.5, 0.1], 100: [0.1, 1e-3]}, limit=2.0).alt[:44]
    'Excess loss left after 10, 100 steps against'
    """
    figure, (ax,) = canvas(8, 3.4)
    x = np.asarray(rates, dtype=float)
    for (steps, left), style in styled_lines(excess.items()):
        label = f"{steps:,} steps"
        ax.loglog(x, np.clip(left, 1e-12, 1e4), linewidth=2, label=label, **style)
    ax.axvline(limit, color=INK, linewidth=1.5, linestyle=":", label="2 / largest eigenvalue")
    ax.axhline(1, color=GREY, linewidth=1)
    lowest = min(float(np.min(left)) for left in excess.values())
    ax.set_ylim(max(lowest / 3, 1e-12), 1e3)
    ax.set_xlabel("learning rate", color=INK)
    ax.set_ylabel("excess loss, share of the start", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="lower left")
    listed = ", ".join(f"{steps:,}" for steps in excess)
    return described(
        figure,
        alt=(
            "Excess loss left after {listed} steps against the learning rate: it falls as the rate "
            "grows and jumps up at {limit:.3f}."
        ),
        caption=(
            "The excess loss that is left after {listed} steps. On this bowl larger rates are "
            "better up to shortly before the limit of {limit:.3f}, the dotted line. Beyond it the "
            "loss grows with every step. The more steps, the steeper the cliff. What is too small "
            "for the axis is drawn on its lower edge."
        ),
        listed=listed,
        limit=limit,
    )


def descents(
    curves: Mapping[str, Sequence[Mapping[str, float]]], work: Mapping[str, float]
) -> Picture:
    """Draw losses above the lowest one reached, against epochs and against multiplications.

    Parameters
    ----------
    curves
        Name → an entry with "epoch" and "loss" after each epoch.
    work
        Name → the multiplications of one epoch.

    Returns
    -------
    Picture
        Two charts with logarithmic axes, a line per method in both.
    """
    figure, (left, right) = canvas(8, 3.5, columns=2)
    lowest = min(entry["loss"] for curve in curves.values() for entry in curve)
    found = []
    for (name, curve), style in styled_lines(curves.items()):
        epochs = np.array([entry["epoch"] for entry in curve])
        above = np.array([entry["loss"] for entry in curve]) / lowest - 1
        shown = np.where(above > 1e-4, above, np.nan)
        for ax, x in ((left, epochs), (right, epochs * work[name] / 1e6)):
            ax.loglog(x, shown, linewidth=2, label=name, **style)
        found.append(
            f"{name} ends {above[-1]:.1%} above after {epochs[-1]:.0f} epochs and "
            f"{epochs[-1] * work[name] / 1e6:,.0f} million multiplications"
        )
    left.set_xlabel("epoch", color=INK)
    right.set_xlabel("multiplications, millions", color=INK)
    left.set_ylabel("loss above the lowest, relative", color=INK)
    for ax in (left, right):
        ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.xaxis.set_minor_formatter(NullFormatter())
    left.legend(frameon=False, fontsize=9, loc="lower left")
    return described(
        figure,
        alt=(
            "Loss above the lowest one reached, against epochs and against multiplications: "
            "{listed}."
        ),
        caption=(
            "Four ways down the same loss, from the same film vectors: left against epochs, right "
            "against multiplications, on logarithmic axes. Above the lowest loss that any of them "
            "reached: {listed}. An epoch of one method is not as much work as an epoch of another."
        ),
        listed="; ".join(found),
    )


def film_map(
    points: ArrayLike, titles: Sequence[str], groups: Sequence[str], quantity: str
) -> Picture:
    """Draw films as points of the plane, with as many titles as fit.

    Parameters
    ----------
    points
        Shape (n, 2), the most important films first, since titles are placed in this order, after
        those of the outermost films.
    titles
        Of the n films.
    groups
        The group of each film, which gives its colour; shown in alphabetical order.
    quantity
        What the axes show: the end of both labels, such as "principal component".

    Returns
    -------
    Picture
        A dot per film; titles that would cover another title are left out.

    Examples
    --------
    >>> film_map([[0, 0], [1, 1]], ["Alien", "Up"], ["horror", "comedy"], "direction").alt[:25]
    'Map of 2 films as points;'
    """
    where = np.asarray(points, dtype=float)
    figure, (ax,) = canvas(8, 6)
    for group, style in styled_dots(sorted(set(groups))):
        members = np.array([name == group for name in groups])
        ax.plot(*where[members].T, markersize=5, label=group, zorder=3, **style)
    middle, (width, height) = (
        (where.max(0) + where.min(0)) / 2,
        np.ptp(where, axis=0) * (1.45, 1.3) + 1e-9,
    )
    ax.set_xlim(middle[0] - width / 2, middle[0] + width / 2)
    ax.set_ylim(middle[1] - height / 2, middle[1] + height / 2)
    dot = np.array([0.006 * width, 0.008 * height])
    taken = [(*(point - dot), *(point + dot)) for point in where]
    ends = [int(k) for axis in where.T for k in (axis.argmin(), axis.argmax())]
    for k in dict.fromkeys([*ends, *range(len(titles))]):  # those that the caption names first
        (x, y), text = where[k], shortened(titles[k], 28)
        wide, tall = 0.0094 * width * len(text), 0.026 * height
        for right, up in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            left = x + right * 0.009 * width - (wide if right < 0 else wide / 2 if up else 0)
            low = y + up * 0.026 * height - tall / 2
            box = (left, low, left + wide, low + tall)
            inside = abs(left + wide / 2 - middle[0]) < (width - wide) / 2
            if not inside or any(_meet(box, other) for other in taken):
                continue
            taken.append(box)
            anchor = ("left", "center", "right")[1 - right]
            at = {"left": left, "center": x, "right": left + wide}[anchor]
            ax.text(at, low + tall / 2, text, fontsize=7.5, color=INK, va="center", ha=anchor)
            break
    ax.set_xlabel(f"first {quantity}", color=INK)
    ax.set_ylabel(f"second {quantity}", color=INK)
    ax.legend(frameon=False, fontsize=9, ncols=6, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return described(figure, alt=(
            "Map of {n} films as points; along the first axis from {left} to {right}, along the "
            "second from {bottom} to {top}."
        ), caption=(
            "{n} films by their vectors, projected onto the two directions in which they differ "
            "most: from {left} (left) to {right} (right), from {bottom} (bottom) to {top} (top). "
            "Colours show the year of release, which was not given to the model."
        ), n=len(titles), left=titles[ends[0]], right=titles[ends[1]],
                     bottom=titles[ends[2]], top=titles[ends[3]])  # fmt: skip


def _meet(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
