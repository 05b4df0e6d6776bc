"""Pictures of a log: who met what, how unevenly, when, and what happens when it grows.

Each function returns a `Picture`: a figure with an alternative text and a caption, whose words come
from the table of `sentences` and whose numbers come from the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from recsys_book.figures import AMBER, GREY, INK, TEAL, Picture, canvas, described

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from recsys_helpers.log.interactions import Interactions

_SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#7fc4c4", TEAL, "#0b3540"])


def log_matrix(data: Interactions) -> Picture:
    """Draw the interaction matrix: a dot for each row of the log.

    Users are sorted by how many rows they have, items by how many they received.

    Parameters
    ----------
    data
        The log.

    Returns
    -------
    Picture
        The most active users on top, the most popular items on the left.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> log_matrix(synthetic(n_users=50, n_items=30, seed=0).interactions).alt[:46]
    'Scatter of 50 users against 30 items, dense in'
    """
    by_user = _places(np.bincount(data.users, minlength=data.n_users))
    by_item = _places(np.bincount(data.items, minlength=data.n_items))
    figure, (ax,) = canvas(8, 3.6)
    ax.grid(visible=False)
    ax.plot(by_item[data.items], by_user[data.users], ",", color=TEAL, alpha=0.7)
    ax.set(xlim=(0, data.n_items), ylim=(data.n_users, 0))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel("item, most popular first", color=INK)
    ax.set_ylabel("user, most active first", color=INK)
    filled = len(data) / (data.n_users * data.n_items)
    return described(
        figure, "matrix", users=data.n_users, items=data.n_items, rows=len(data), filled=filled
    )


def long_tail(data: Interactions) -> Picture:
    """Draw how unevenly interactions fall on items: counts by rank, and their running share.

    Parameters
    ----------
    data
        The log. Items without any interaction are not drawn, but counted in the caption.

    Returns
    -------
    Picture
        Left the number of rows of each item by rank (both axes logarithmic), right the share of all
        rows that the most popular items have together.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> long_tail(synthetic(n_users=50, n_items=30, seed=0).interactions).alt[:40]
    'Two curves over items sorted by populari'
    """
    counts = np.sort(np.bincount(data.items, minlength=data.n_items))[::-1]
    met = counts[counts > 0]
    share = np.cumsum(met) / met.sum()
    half = int(np.searchsorted(share, 0.5)) + 1
    figure, (left, right) = canvas(8, 3.3, columns=2)
    left.loglog(np.arange(1, len(met) + 1), met, color=TEAL, linewidth=2)
    left.set_xlabel("rank of the item", color=INK)
    left.set_ylabel("interactions", color=INK)
    right.plot(np.arange(1, len(met) + 1) / len(met), share, color=TEAL, linewidth=2)
    right.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    right.plot([half / len(met)] * 2, [0, 0.5], color=AMBER, linewidth=1.5)
    right.plot(half / len(met), 0.5, "o", color=AMBER)
    right.annotate(
        f"{half:,} items\nhave half of all",
        (half / len(met), 0.5),
        xytext=(12, -26),
        textcoords="offset points",
        color=INK,
        fontsize=9,
    )
    right.set_xlabel("share of the items, most popular first", color=INK)
    right.set_ylabel("share of the interactions", color=INK)
    right.set(xlim=(0, 1), ylim=(0, 1.02))
    return described(
        figure, "long_tail", half=half, met=len(met), untouched=data.n_items - len(met)
    )


def agreement(shares: ArrayLike, labels: Sequence[str]) -> Picture:
    """Draw how much lists of popular items of different periods share.

    Parameters
    ----------
    shares
        Shape (n, n), each entry between 0 and 1; on the diagonal two halves of one period.
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

    Examples
    --------
    >>> agreement([[0.8, 0.2], [0.2, 0.7]], ["1996–99", "2000–03"])
    Figure: The share ...
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
    return described(figure, "agreement", first=labels[0], last=labels[-1], ends=grid[0, -1])


def pauses(seconds: ArrayLike) -> Picture:
    """Draw the pauses between neighbouring rows of one user on a logarithmic axis.

    Parameters
    ----------
    seconds
        Shape (n,), the pauses in seconds, zero where two rows are tied.

    Returns
    -------
    Picture
        A histogram; the ties stand in a bar of their own on the left.

    Examples
    --------
    >>> pauses([0, 0, 5, 60, 86_400]).alt[:22]
    'Histogram of the pause'
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
    ax.set_ylabel("share of the pauses", color=INK)
    return described(figure, "pauses", tied=(gaps == 0).mean(), minute=(gaps < 60).mean())


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

    Examples
    --------
    >>> growth([1e3, 1e4], {"dense": [1e6, 1e8]}, {"dense": [0.1, 9.0]})
    Figure: Left the ...
    """
    figure, (left, right) = canvas(8, 3.3, columns=2)
    _lines(left, rows, {name: np.asarray(b, float) / 1024**2 for name, b in n_bytes.items()})
    _lines(right, rows, seconds)
    left.set_ylabel("memory of the table, MiB", color=INK)
    right.set_ylabel("counting pairs, s", color=INK)
    left.legend(frameon=False, fontsize=9)
    return described(figure, "growth", methods=" and ".join(n_bytes))


def _lines(ax: Axes, x: ArrayLike, lines: Mapping[str, ArrayLike]) -> None:
    for (name, y), colour in zip(lines.items(), (AMBER, TEAL, GREY), strict=False):
        ax.loglog(np.asarray(x), np.asarray(y), "o-", color=colour, label=name, linewidth=2)
    ax.set_xlabel("rows of the log", color=INK)


def _places(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.argsort(np.argsort(-counts, kind="stable"))
