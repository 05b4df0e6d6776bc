"""Pictures of chapter 1: drift, pauses, how the cost grows, estimates with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from recsys_book.figures import AMBER, GREY, INK, TEAL, Picture, canvas, described, styled_lines
from recsys_book.plots import log_matrix as log_matrix, long_tail as long_tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#7fc4c4", TEAL, "#0b3540"])


def agreement(shares: ArrayLike, labels: Sequence[str]) -> Picture:
    """Draw how much lists of popular items of different periods share.

    Parameters
    ----------
    shares
        Shape (n, n), each entry between 0 and 1; on the diagonal the mean over random halves of one
        period.
    labels
        Names of the n periods.

    Returns
    -------
    Picture
        A grid of shares, each written into its cell.

    Raises
    ------
    ValueError
        If `shares` is not square or `labels` has another length.
    """
    grid = np.asarray(shares, dtype=float)
    if grid.shape != (len(labels), len(labels)):
        raise ValueError(
            f"shares must have shape {(len(labels),) * 2}, one row a label; it has {grid.shape}"
        )
    figure, (ax,) = canvas(7.2, 4.6)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.imshow(grid, cmap=_SHADES, vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(grid):
        ax.text(
            column,
            row,
            f"{share:.0%}",
            ha="center",
            va="center",
            fontsize=10,
            color="white" if share > 0.55 else INK,
            weight="bold" if row == column else None,
        )
    ticks = np.arange(len(labels))
    ax.set_xticks(ticks, labels)
    ax.set_yticks(ticks, labels)
    ax.tick_params(length=0, labelsize=8.5)
    return described(
        figure,
        alt=(
            "Grid of shares between periods from {first} to {last}: {same:.0%} on average on the "
            "diagonal, {ends:.0%} between the first and the last period."
        ),
        caption=(
            "The share of their most popular items that two periods have in common: {ends:.0%} for "
            "{first} and {last}. The diagonal compares random halves of the users of one period, "
            "{same:.0%} on average: without drift, two periods should share at least as much."
        ),
        first=labels[0],
        last=labels[-1],
        same=grid.diagonal().mean(),
        ends=grid[0, -1],
    )


def pauses(seconds: ArrayLike) -> Picture:
    """Draw the pauses between neighbouring rows of one user on a logarithmic axis.

    Parameters
    ----------
    seconds
        Shape (n,), the pauses in seconds, zero where two rows are tied.

    Returns
    -------
    Picture
        A histogram, with a bar of its own for the ties on the left.
    """
    gaps = np.asarray(seconds, dtype=float)
    edges = np.geomspace(1, max(gaps.max(), 10), 49)
    figure, (ax,) = canvas(8, 3.2)
    counts, _ = np.histogram(gaps[gaps > 0], edges)
    ax.bar(edges[:-1], counts / len(gaps), np.diff(edges), align="edge", color=TEAL)
    ax.bar(0.45, (gaps == 0).mean(), 0.3, color=AMBER)
    ax.set_xscale("log")
    marks = {
        0.45: "tied",
        1: "1 s",
        60: "1 min",
        3600: "1 h",
        86_400: "1 day",
        2_592_000: "1 month",
        31_557_600: "1 year",
    }
    ax.set_xticks(list(marks), list(marks.values()))
    ax.minorticks_off()
    ax.set_xlim(0.28, edges[-1] * 1.2)
    ax.set_xlabel("pause between two interactions of one user", color=INK)
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set_ylabel("share of the pauses", color=INK)
    return described(
        figure,
        alt=(
            "Histogram of the pauses between neighbouring interactions of one user: {tied:.0%} are "
            "zero, {minute:.0%} are shorter than a minute, the longest lasts {longest:,.0f} days."
        ),
        caption=(
            "Pauses between neighbouring interactions of one user. The amber bar shows the "
            "{tied:.0%} that are zero: both carry the same second. {minute:.0%} of all pauses are "
            "shorter than a minute."
        ),
        tied=(gaps == 0).mean(),
        minute=(gaps < 60).mean(),
        longest=gaps.max() / 86_400,
    )


def growth(
    rows: ArrayLike, n_bytes: Mapping[str, ArrayLike], seconds: Mapping[str, ArrayLike]
) -> Picture:
    """Draw memory and time of several methods against the size of the log.

    Parameters
    ----------
    rows
        Shape (n,), how many rows each log has.
    n_bytes, seconds
        Method → shape (n,); NaN where a method was not run.

    Returns
    -------
    Picture
        Memory on the left, time on the right, all axes logarithmic.
    """
    figure, (left, right) = canvas(8, 3.3, columns=2)
    _lines(left, rows, {name: np.asarray(b, float) / 1024**2 for name, b in n_bytes.items()})
    _lines(right, rows, seconds)
    left.set_ylabel("memory of the table, MiB", color=INK)
    right.set_ylabel("time to count all pairs, s", color=INK)
    left.legend(frameon=False, fontsize=9)
    return described(
        figure,
        alt=(
            "Memory and time of {methods} against the rows of the log, on logarithmic axes; the "
            "lines rise at different slopes."
        ),
        caption=(
            "Left: the memory of the log as a table. Right: the time to count which items occur "
            "together. On logarithmic axes a power is a straight line, and its slope is the "
            "exponent: the steeper, the faster the cost grows. A line ends early where the table "
            "would pass the limit."
        ),
        methods=" and ".join(n_bytes),
    )


def _lines(ax: Axes, x: ArrayLike, lines: Mapping[str, ArrayLike]) -> None:
    for (name, y), style in styled_lines(lines.items()):
        ax.loglog(np.asarray(x), np.asarray(y), marker="o", label=name, linewidth=2, **style)
    ax.set_xlabel("rows of the log", color=INK)


def intervals(estimates: Mapping[str, tuple[float, float, float]], quantity: str) -> Picture:
    """Draw estimates with their intervals, one row each, in the order given.

    Parameters
    ----------
    estimates
        Name → (estimate, low end, high end).
    quantity
        What is estimated, with its unit: the label of the axis.

    Returns
    -------
    Picture
        A dot and a bar for each; the last one in another colour.
    """
    figure, (ax,) = canvas(8, 0.9 + 0.5 * len(estimates))
    for line, (middle, low, high) in enumerate(estimates.values()):
        colour = AMBER if line == len(estimates) - 1 else TEAL
        ax.plot([low, high], [line, line], color=colour, linewidth=2.5, solid_capstyle="round")
        ax.plot(middle, line, "o", color=colour, markersize=8)
        ax.annotate(
            _share(middle),
            (high, line),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=9,
        )
    ax.set_yticks(range(len(estimates)), list(estimates))
    ax.set_ylim(len(estimates) - 0.4, -0.6)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.margins(x=0.1)
    ax.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set_xlabel(quantity, color=INK)
    listed = ", ".join(f"{name} {_share(middle)}" for name, (middle, _, _) in estimates.items())
    return described(
        figure,
        alt="Estimates with intervals of {quantity}: {listed}.",
        caption="The {quantity}: dots are averages over users, bars their 95% intervals.",
        listed=listed,
        quantity=quantity,
    )


def _share(value: float) -> str:
    return f"{value:.1%}" if abs(value) >= 0.01 else f"{value:.2%}"
