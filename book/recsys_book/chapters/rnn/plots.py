"""Pictures of recurrence: what gates do, how far gradients reach, what order is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    PALE_GREY,
    TEAL,
    Picture,
    apart,
    canvas,
    described,
    shortened,
    styled_dots,
    styled_lines,
)
from recsys_book.plots import learning as learning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from recsys_helpers.evaluation.report import Report

_OPEN = LinearSegmentedColormap.from_list("open", ["#f4f7f8", TEAL])


def memory(inputs: ArrayLike, gates: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Picture:
    """Draw what one entry of a memory holds while inputs come in, with several sets of gates.

    Parameters
    ----------
    inputs
        What comes in at each step, shape (n,), between −1 and 1.
    gates
        For each panel its title and two gates, forget and input, each of shape (n,) and between 0
        (shut) and 1 (open).

    Returns
    -------
    Picture
        Bars for the inputs, a line for the memory, and the gates as two rows of cells beneath.
    """
    x = np.asarray(inputs, float)
    steps = np.arange(1, len(x) + 1)
    figure, panels = canvas(8.4, 3.9, columns=len(gates))
    for ax, (title, both) in zip(panels, gates.items(), strict=True):
        forget, enter = (np.asarray(gate, float) for gate in both)
        held, line = 0.0, []
        for f, i, new in zip(forget, enter, x, strict=True):
            held = f * held + i * new
            line.append(held)
        ax.bar(steps, x, 0.55, color=PALE_GREY)
        ax.plot(steps, line, "o-", color=AMBER, linewidth=2.2, markersize=4)
        for y, gate in ((-2.2, forget), (-2.85, enter)):
            for step, value in zip(steps, gate, strict=True):
                ax.add_patch(
                    Rectangle((step - 0.45, y), 0.9, 0.5, facecolor=_OPEN(value), edgecolor=GREY)
                )
        ax.axhline(0, color=GREY, linewidth=1)
        ax.set_title(title, fontsize=10, color=INK)
        ax.set(xlim=(0.4, len(x) + 0.6), ylim=(-3.0, 1.75))
        ax.set_yticks([-2.6, -1.95, -1, 0, 1], ["input gate", "forget gate", "−1", "0", "1"])
        ax.grid(visible=False)
        ax.set_xticks([1, *range(4, len(x) + 1, 4)])
        ax.set_xlabel("step", color=INK)
    return described(
        figure,
        alt=(
            "Panels with the titles {titles}: bars of what comes in at each step, a line of what "
            "the memory holds, and two rows of cells, filled where a gate is open."
        ),
        caption=(
            "Grey bars are the inputs, the amber line is the memory, filled cells are open gates. "
            "Left: with gates that stay half open, the memory is a blur of the latest inputs. "
            "Right: the input gate opens once, at step 4, and the forget gate stays open until "
            "step 12. So that one input is kept exactly as it came in, and then forgotten."
        ),
        titles=" and ".join(gates),
    )


def reaches(panels: Mapping[str, Mapping[str, ArrayLike]]) -> Picture:
    """Draw how the gradient of the last state shrinks with the distance of the input.

    Parameters
    ----------
    panels
        Title → network → norms, shape (n,), the input at distance 0 first.

    Returns
    -------
    Picture
        One panel beside the other, on one logarithmic axis.
    """
    figure, axes = canvas(8.4, 3.5, columns=len(panels))
    least = 1e-16
    told = []
    for ax, (title, lines) in zip(axes, panels.items(), strict=True):
        for (name, norms), style in styled_lines(lines.items()):
            y = np.maximum(np.asarray(norms, float), least)
            ax.semilogy(np.arange(len(y)), y, linewidth=2, label=_cell(name), **style)
            told.append(f"{title}, {name} {y[0]:.0e} to {y[-1]:.0e}")
        ax.set_title(title, fontsize=10, color=INK)
        ax.set_xlabel("distance of the input in steps", color=INK)
        ax.set_ylim(least, 30)
    axes[0].set_ylabel("size of the derivative", color=INK)
    axes[0].legend(frameon=False, fontsize=9, loc="lower left")
    return described(
        figure,
        alt="Norms of gradients falling with distance on a logarithmic axis: {told}.",
        caption=(
            "The size of the derivative of the last state by the input some steps before it, on a "
            "logarithmic axis. A line that falls straight loses the same factor at every step. The "
            "symbol to remember is the input at the far right."
        ),
        told="; ".join(told),
    )


def recall_by_distance(right: Mapping[str, ArrayLike], chance: float) -> Picture:
    """Draw how often networks name the first symbol, by how many steps ago it was.

    Parameters
    ----------
    right
        Network → share of right answers at each distance, shape (n,), distance 0 first.
    chance
        The share that guessing gets.

    Returns
    -------
    Picture
        A line for each network, and guessing.
    """
    figure, (ax,) = canvas(8, 3.2)
    for number, ((name, shares), style) in enumerate(styled_lines(right.items())):
        y = np.asarray(shares, float)
        # Lines of networks that remember everything lie on each other: thin ones over thick ones.
        width = 4 - 2.4 * number / len(right)
        ax.plot(np.arange(len(y)), y, linewidth=width, label=_cell(name), **style)
    ax.axhline(chance, color=INK, linewidth=1.3, linestyle=":", label="guessing")
    ax.set(ylim=(0, 1.05), xlim=(0, None))
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set_xlabel("steps since the first symbol", color=INK)
    ax.set_ylabel("right answers", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="center right")
    ends = ", ".join(f"{name} {np.asarray(shares)[-1]:.0%}" for name, shares in right.items())
    return described(
        figure,
        alt=(
            "Share of right answers against the steps since the first symbol. At the end: {ends}; "
            "guessing gets {chance:.0%}."
        ),
        caption=(
            "Share of right answers to the question which symbol came first, by how long ago it "
            "came. Where networks are equally good, the thinner line lies on the thicker one. All "
            "three had the same number of training steps, examples and units."
        ),
        ends=ends,
        chance=chance,
    )


def orders(by_way: Mapping[str, Report], metric: str = "NDCG@10") -> Picture:
    """Draw what models lose when histories are shuffled, a colour for each model.

    Parameters
    ----------
    by_way
        Way of asking → report; all hold the same models.
    metric
        An accuracy metric with its cutoff.

    Returns
    -------
    Picture
        Dots with 95% intervals, grouped by the way of asking.
    """
    models = list(next(iter(by_way.values())).ranks)
    figure, (ax,) = canvas(8, 1.2 + 0.62 * len(by_way))
    told = []
    step = min(0.2, 0.8 / len(models))  # the lines of one way stay together
    for number, (name, style) in enumerate(styled_dots(models)):
        lines = np.arange(len(by_way)) + step * (number - (len(models) - 1) / 2)
        found = [report.interval(name, metric) for report in by_way.values()]
        middle, low, high = np.array(found).T
        ax.hlines(lines, low, high, color=style["color"], linewidth=2.5)
        ax.plot(middle, lines, markersize=6.5, label=name, **style)
        values = zip(by_way, middle, strict=True)
        told.append(f"{name}: " + ", ".join(f"{way} {value:.3f}" for way, value in values))
    ax.set_yticks(range(len(by_way)), list(by_way))
    ax.set_ylim(len(by_way) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.set_xlabel(f"{metric}, average over queries", color=INK)
    figure.legend(frameon=False, fontsize=9, loc="outside upper center", ncols=len(models))
    return described(
        figure,
        alt="{metric}, by model and by what was shuffled. {listed}.",
        caption=(
            "Dots are averages over queries, bars their 95% intervals. From top to bottom more of "
            "the order is destroyed. EASE does not change, since it ignores the order. The Markov "
            "chain changes as soon as the last film moves. In all rows but the lowest the network "
            "reads the same films."
        ),
        metric=metric,
        listed="; ".join(told),
    )


def influence(distances: Sequence[int], moved: Mapping[str, ArrayLike]) -> Picture:
    """Draw how much of the top ten changes with one item, by how far back that item is.

    Parameters
    ----------
    distances
        Positions counted from the end, 1 for the last item, shape (n,).
    moved
        Model → share of the list that changes, shape (n,).

    Returns
    -------
    Picture
        A line for each model, distances on a logarithmic axis.
    """
    figure, (ax,) = canvas(8, 3.3)
    for (name, shares), style in styled_lines(moved.items()):
        ax.plot(distances, np.asarray(shares), marker="o", linewidth=2, label=name, **style)
    ax.set_xscale("log")
    ax.set_xticks(list(distances), [str(d) for d in distances])
    ax.minorticks_off()
    ax.set_ylim(-0.03, 1.03)
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set_xlabel("position of the replaced film, counted from the end", color=INK)
    ax.set_ylabel("share of the top ten that changes", color=INK)
    ax.legend(frameon=False, fontsize=9)
    listed = "; ".join(
        f"{name} {np.asarray(shares)[0]:.0%} at position {distances[0]}, "
        f"{np.asarray(shares)[-1]:.0%} at position {distances[-1]}"
        for name, shares in moved.items()
    )
    return described(
        figure,
        alt="Share of the top ten that changes with one film: {listed}.",
        caption=(
            "One film of the history is replaced by a random one, and the lists of ten before and "
            "after are compared. The Markov chain reads only the last film, and EASE treats all "
            "positions alike. For the recurrent network the influence of a film fades with its "
            "distance."
        ),
        listed=listed,
    )


def moving_ranks(ranks: ArrayLike, films: Sequence[str], arriving: Sequence[str]) -> Picture:
    """Draw how the ranks of some films move while other films come in.

    Parameters
    ----------
    ranks
        Rank of each film after each arrival, from 1, shape (n_films, n_arriving).
    films
        Titles of the films that are followed, shape (n_films,).
    arriving
        Titles of the films that come in, oldest first, shape (n_arriving,).

    Returns
    -------
    Picture
        A line for each film, the best rank on top, on a logarithmic axis.
    """
    table = np.asarray(ranks, float)
    figure, (ax,) = canvas(8.6, 4.9)
    x = np.arange(table.shape[1])
    heights = apart(np.log10(table[:, -1]), 0.075 * np.log10(max(table.max(), 10)))
    rows = zip(films, table, heights, strict=True)
    for (film, line, height), style in styled_lines(rows):
        ax.plot(x, line, marker="o", linewidth=2, markersize=4, **style)
        ax.annotate(
            shortened(film, 30),
            (x[-1], 10**height),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            color=style["color"],
            fontsize=9,
            annotation_clip=False,
        )
    ax.set_yscale("log")
    ax.invert_yaxis()
    marks = [mark for mark in (1, 3, 10, 30, 100, 300, 1000, 3000) if mark <= table.max() * 1.5]
    ax.set_yticks(marks, [f"{mark:,}" for mark in marks])
    ax.minorticks_off()
    ax.set_xticks(x, [shortened(title, 28) for title in arriving], rotation=38, ha="right")
    ax.tick_params(axis="x", labelsize=8)
    ax.set_xlim(-0.3, x[-1] + 0.2)
    ax.set_ylabel("rank in the list", color=INK)
    ax.set_xlabel("film that has just come in", color=INK)
    told = "; ".join(
        f"{film} from {line[0]:.0f} to {line[-1]:.0f}"
        for film, line in zip(films, table, strict=True)
    )
    return described(
        figure,
        alt="Ranks of five films over {n} arrivals: {told}.",
        caption=(
            "Each line is a film that Ada has not watched, one of the five at the top of her list "
            "in the end. From left to right her last films come in, one by one, and the ranks "
            "change with each."
        ),
        n=table.shape[1],
        told=told,
    )


def half_lives(steps: ArrayLike) -> Picture:
    """Draw how long the entries of a memory keep what was written into them.

    Parameters
    ----------
    steps
        Half-life of each entry in steps, shape (n,).

    Returns
    -------
    Picture
        A histogram on a logarithmic axis.
    """
    values = np.asarray(steps, float)
    figure, (ax,) = canvas(8, 2.9)
    edges = np.geomspace(values.min() * 0.95, values.max() * 1.05, 25)
    ax.hist(values, list(edges), color=TEAL, edgecolor="white")
    ax.axvline(float(np.median(values)), color=AMBER, linewidth=2)
    ax.set_xscale("log")
    marks = [m for m in (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128) if edges[0] <= m <= edges[-1]]
    ax.set_xticks(marks, [f"{mark:g}" for mark in marks])
    ax.minorticks_off()
    ax.set_xlabel("films until half of what was written is gone", color=INK)
    ax.set_ylabel("entries of the memory", color=INK)
    return described(
        figure,
        alt=(
            "Histogram of the half-lives of {n} entries of the memory: between {least:.1f} and "
            "{most:.1f} films, half of them below {middle:.1f}."
        ),
        caption=(
            "For each entry of the trained memory, how many films pass until the forget gate has "
            "halved what was written into it, on average over people. The amber line is the "
            "median, {middle:.1f} films; the slowest entry keeps half for {most:.0f}."
        ),
        n=len(values),
        middle=float(np.median(values)),
        least=values.min(),
        most=values.max(),
    )


def lengths(n_steps: ArrayLike, taken: Mapping[str, ArrayLike]) -> Picture:
    """Draw the time of several ways to compute against the length of the history.

    Parameters
    ----------
    n_steps
        Lengths, shape (n,).
    taken
        Way → milliseconds, shape (n,).

    Returns
    -------
    Picture
        Both axes logarithmic.
    """
    figure, (ax,) = canvas(8, 3.2)
    at = np.asarray(n_steps)
    for (name, times), style in styled_lines(taken.items()):
        ax.loglog(at, np.asarray(times, float), marker="o", linewidth=2, label=name, **style)
    ax.set_xticks(at, [str(n) for n in at])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.set_xlabel("films of the history", color=INK)
    ax.set_ylabel("time, ms", color=INK)
    ax.legend(frameon=False, fontsize=9)
    told = "; ".join(f"{name} {np.asarray(times)[-1]:.2g} ms" for name, times in taken.items())
    return described(
        figure,
        alt=("Time against length up to {longest} films, on logarithmic axes. At the end: {told}."),
        caption=(
            "Time to read one history of growing length: with the recurrence, which needs each "
            "state before it can compute the next, and with a single matrix product of as many "
            "multiplications."
        ),
        longest=int(at[-1]),
        told=told,
    )


def _cell(name: str) -> str:
    return {"rnn": "plain", "gru": "GRU", "lstm": "LSTM"}.get(name, name)
