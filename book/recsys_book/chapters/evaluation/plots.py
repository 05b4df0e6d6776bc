"""Pictures of chapter 6.3: bent protocols, trade-offs, power, estimates and rounds of a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    TEAL,
    Picture,
    canvas,
    described,
    styled_lines,
)
from recsys_book.plots import results as results

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl
    from numpy.typing import ArrayLike

    from recsys_helpers._types import F64


MODELS = ("Popularity", "MarkovChain", "ItemKNN", "EASE")
"""Those that have the same colour in every picture of this chapter."""
SHAPES = ("o", "s", "D", "^", "v", "P")


def _styles(names: Iterable[str], chance: str = "Random") -> dict[str, dict[str, Any]]:
    """Return the colour and the line of each model; the one that knows nothing is grey."""
    others = [name for name in names if name not in (*MODELS, chance)]
    return dict(styled_lines([*MODELS, *others])) | {chance: {"color": GREY, "linestyle": "-"}}


def lie_detector(
    figures: Mapping[str, Mapping[str, tuple[float, float]]],
    metric: str = "NDCG@10",
    chance: str = "Random",
) -> Picture:
    """Draw the figures of the same models under many protocols, a row for each.

    Parameters
    ----------
    figures
        Protocol → model → figure before and after it was bent, above 0; the protocol that most
        others are held against first, with the same figure twice.
    metric
        What the figures are.
    chance
        The model that knows nothing.

    Returns
    -------
    Picture
        A symbol for each model in each row, on a logarithmic axis, with a thin line from the figure
        before; a short line marks chance.

    Examples
    --------
    >>> ours = {"Random": (0.01, 0.01), "EASE": (0.06, 0.06)}
    >>> bent = {"Random": (0.01, 0.1), "EASE": (0.06, 0.4)}
    >>> lie_detector({"ours": ours, "bent": bent}).alt
    'NDCG@10 by protocol. ours: EASE 0.060, Random 0.010; bent: EASE 0.400, Random 0.100.'
    """
    models = [name for name in next(iter(figures.values())) if name != chance]
    styles = _styles(models)
    figure, (ax,) = canvas(8.6, 1.2 + 0.36 * len(figures))
    lines = np.arange(len(figures))
    by_chance = [row[chance][1] for row in figures.values()]
    ax.plot(by_chance, lines, "|", color=GREY, markersize=13, markeredgewidth=2.5, label=chance)
    for step, (name, shape) in enumerate(zip(models, SHAPES[: len(models)], strict=True)):
        before, after = np.array([row[name] for row in figures.values()]).T
        places = lines + 0.16 * (step - (len(models) - 1) / 2)
        colour = styles[name]["color"]
        ax.hlines(places, before, after, color=colour, linewidth=1, alpha=0.55)
        ax.plot(after, places, shape, color=colour, markersize=5.5, label=name)
    ax.axhline(0.5, color=INK, linewidth=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_yticks(lines, list(figures))
    ax.set_ylim(len(figures) - 0.5, -0.5)
    ax.set_xlabel(f"{metric}, logarithmic", color=INK)
    ax.legend(
        frameon=False,
        fontsize=9,
        ncols=len(models) + 1,
        loc="lower center",
        bbox_to_anchor=(0.4, 1.0),
    )
    told = [
        f"{protocol}: "
        + ", ".join(f"{name} {row[name][1]:.3f}" for name in sorted(row, key=lambda n: -row[n][1]))
        for protocol, row in figures.items()
    ]
    return described(
        figure,
        alt="{metric} by protocol. {told}.",
        caption=(
            "The same models, judged in {n} ways; the first row is the protocol of this book. Each "
            "symbol is a model, the grey mark is chance, and a thin line begins where the model "
            "stood before. Look first at how far a whole row moves, then at the order within it. "
            "Symbols that nearly touch are a tie; the text has the intervals."
        ),
        metric=metric,
        told="; ".join(told),
        n=len(figures),
    )


def trade_offs(
    hits: Mapping[str, tuple[float, float, float]],
    properties: Mapping[str, Mapping[str, tuple[float, float, float]]],
    metric: str = "NDCG@10",
) -> Picture:
    """Draw properties of lists against their hits.

    Parameters
    ----------
    hits
        Model → mean of the metric and the ends of its interval.
    properties
        Property → model → mean and the ends of its interval.
    metric
        What counts the hits.

    Returns
    -------
    Picture
        Axes for each property, with a dot and two bars for each model, grey for chance.

    Examples
    --------
    >>> trade_offs({"EASE": (0.06, 0.05, 0.07)}, {"lift": {"EASE": (1.5, 1.4, 1.6)}}).alt
    'Properties of lists against NDCG@10. lift: EASE 1.50 at 0.060.'
    """
    rows = (len(properties) + 1) // 2
    figure, axes = canvas(8.6, 0.4 + 2.9 * rows, columns=2, rows=rows)
    for ax in axes[len(properties) :]:
        ax.remove()
    styles = _styles(hits)
    others = [name for name in hits if name != "Random"]
    shapes = dict(zip(others, SHAPES[: len(others)], strict=True))
    told = []
    for ax, (kind, values) in zip(axes[: len(properties)], properties.items(), strict=True):
        for name in hits:
            x, y, colour = hits[name], values[name], styles[name]["color"]
            ax.plot([x[1], x[2]], [y[0], y[0]], color=colour, linewidth=1.3)
            ax.plot([x[0], x[0]], [y[1], y[2]], color=colour, linewidth=1.3)
            ax.plot(x[0], y[0], shapes.get(name, "o"), color=colour, markersize=6.5, label=name)
        ax.set_xlabel(metric, color=INK)
        ax.set_ylabel(kind, color=INK)
        listed = ", ".join(f"{n} {values[n][0]:.2f} at {hits[n][0]:.3f}" for n in hits)
        told.append(f"{kind}: {listed}")
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(
        handles, names, frameon=False, fontsize=9, ncols=len(names), loc="outside upper center"
    )
    return described(
        figure,
        alt="Properties of lists against {metric}. {told}.",
        caption=(
            "Each symbol is a model; its bars are 95% intervals, for coverage what nearly all of "
            "the groups have. Further right is better in {metric}; whether up or down is better, a "
            "shop has to decide. Models that stand above each other reach the same with other "
            "lists."
        ),
        metric=metric,
        told="; ".join(told).replace("-", "−"),
    )


def by_group(
    groups: Mapping[str, Mapping[str, tuple[float, float, float]]],
    xlabel: str,
    chance: float,
    metric: str = "NDCG@10",
) -> Picture:
    """Draw a metric for groups of queries, a line for each model.

    Parameters
    ----------
    groups
        Group → model → mean and the ends of its interval.
    xlabel
        What the groups differ in.
    chance
        What lists drawn at random reach.
    metric
        What is drawn.

    Returns
    -------
    Picture
        Lines with intervals, and a dotted one for chance.

    Examples
    --------
    >>> few, many = {"EASE": (0.09, 0.08, 0.1)}, {"EASE": (0.03, 0.02, 0.04)}
    >>> by_group({"few": few, "many": many}, "films met", chance=0.002).alt
    'NDCG@10 by films met. few: EASE 0.090; many: EASE 0.030. Chance gives 0.002.'
    """
    names = list(next(iter(groups.values())))
    figure, (ax,) = canvas(8, 3.4)
    places = np.arange(len(groups))
    styles = _styles(names)
    for step, name in enumerate(names):
        found = np.array([group[name] for group in groups.values()])  # (n_groups, 3)
        x = places + 0.06 * (step - (len(names) - 1) / 2)
        ax.plot(x, found[:, 0], marker="o", linewidth=2, label=name, **styles[name])
        ax.vlines(x, found[:, 1], found[:, 2], color=styles[name]["color"], linewidth=1.3)
    ax.axhline(chance, color=GREY, linewidth=1.5, linestyle=":", label="chance")
    ax.set_xticks(places, list(groups))
    ax.set_ylim(bottom=0)
    ax.set_xlabel(xlabel, color=INK)
    ax.set_ylabel(metric, color=INK)
    ax.legend(frameon=False, fontsize=9)
    told = [
        f"{group}: " + ", ".join(f"{name} {values[name][0]:.3f}" for name in names)
        for group, values in groups.items()
    ]
    return described(
        figure,
        alt="{metric} by {xlabel}. {told}. Chance gives {chance:.3f}.",
        caption=(
            "{metric} for groups of queries, with 95% intervals; the dotted line is chance. An "
            "average over all hides how much lies between the left and the right."
        ),
        metric=metric,
        xlabel=xlabel,
        told="; ".join(told),
        chance=chance,
    )


def power(
    n_users: ArrayLike, chances: Mapping[str, ArrayLike], marked: Mapping[str, int]
) -> Picture:
    """Draw how probable it is to find a difference, by the number of users.

    Parameters
    ----------
    n_users
        Numbers of users, shape (n,).
    chances
        Difference → probability to find it, shape (n,).
    marked
        Names of logs → how many users they have.

    Returns
    -------
    Picture
        A line for each difference, with dotted lines at the logs and at four times in five.

    Examples
    --------
    >>> power([100, 1000], {"0.01": [0.3, 0.9]}, {"here": 610}).alt
    'Probability to find a difference, from 100 to 1,000 users. 0.01: 30% to 90%.'
    """
    x = np.asarray(n_users, dtype=float)
    figure, (ax,) = canvas(8, 3.5)
    told = []
    for (name, of), style in styled_lines(chances.items()):
        y = np.asarray(of, dtype=float)
        ax.plot(x, y, linewidth=2, label=name, **style)
        told.append(f"{name}: {y[0]:.0%} to {y[-1]:.0%}")
    ax.axhline(0.8, color=GREY, linewidth=1.2, linestyle=":")
    for name, n in marked.items():
        ax.axvline(n, color=GREY, linewidth=1.2, linestyle="--")
        ax.annotate(
            name,
            (n, 0.02),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=9,
            color=INK,
        )
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set_ylim(0, 1.03)
    ax.set_xlabel("users in the comparison", color=INK)
    ax.set_ylabel("probability to find it", color=INK)
    ax.legend(frameon=False, fontsize=9, title="true difference", title_fontsize=9)
    return described(
        figure,
        alt="Probability to find a difference, from {first:,} to {last:,} users. {told}.",
        caption=(
            "How often one paired comparison finds a difference that is really there. The dotted "
            "line is four times in five, which most plans ask for; the dashed lines are logs of "
            "known size. Where a curve is low, a verdict of no difference says little."
        ),
        first=int(x[0]),
        last=int(x[-1]),
        told="; ".join(told),
    )


def estimates(found: Mapping[str, F64], truth: float) -> Picture:
    """Draw what each estimator says in many repetitions, beside the truth.

    Parameters
    ----------
    found
        Estimator → its estimates, shape (n,).
    truth
        What all of them want to know.

    Returns
    -------
    Picture
        A row of strokes for each, their mean with two standard errors, and a line at the truth.

    Examples
    --------
    >>> estimates({"IPS": np.array([0.2, 0.4])}, truth=0.25).alt
    'Estimated clicks a list; the truth is 0.250. IPS: mean 0.300, standard deviation 0.100.'
    """
    figure, (ax,) = canvas(8, 0.9 + 0.5 * len(found))
    told = []
    for line, (name, values) in enumerate(found.items()):
        ax.plot(values, np.full(len(values), line), "|", color=AMBER, markersize=12, alpha=0.5)
        error = 2 * values.std() / np.sqrt(len(values))
        ax.plot(values.mean() + np.array([-error, error]), [line] * 2, color=TEAL, linewidth=3)
        ax.plot(values.mean(), line, "o", color=TEAL, markersize=8)
        told.append(f"{name}: mean {values.mean():.3f}, standard deviation {values.std():.3f}")
    ax.axvline(truth, color=INK, linewidth=1.5)
    ax.set_yticks(range(len(found)), list(found))
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.set_xlabel("estimated clicks a list", color=INK)
    return described(
        figure,
        alt="Estimated clicks a list; the truth is {truth:.3f}. {told}.",
        caption=(
            "Each stroke is the estimate from one day of logged lists, each dot the mean of all "
            "days with two standard errors to both sides, the line the truth. A dot that is "
            "further off than its bar explains is a bias, which more days do not cure; a broad "
            "band is variance, which they do."
        ),
        truth=truth,
        told="; ".join(told),
    )


def rounds(loops: Mapping[str, pl.DataFrame]) -> Picture:
    """Draw what happens to lists that learn from clicks on themselves.

    Parameters
    ----------
    loops
        Name → what `feedback_loop` returned.

    Returns
    -------
    Picture
        Left the worth of the lists as a share of the best, right their coverage, by round.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"round": [1, 2], "worth": [0.2, 0.3], "best": [0.4, 0.4], "coverage": [0.5, 0.2]}
    >>> rounds({"EASE": pl.DataFrame(rows)}).alt
    'Rounds 1 to 2. EASE: worth 50% to 75% of the best, coverage 50% to 20%.'
    """
    figure, (left, right) = canvas(8.8, 3.8, columns=2)
    told = []
    styles = _styles(loops)
    for name, loop in loops.items():
        style = {**styles[name], "marker": "o", "markersize": 4, "linewidth": 2}
        share = (loop["worth"] / loop["best"]).to_numpy()
        coverage, x = loop["coverage"].to_numpy(), loop["round"].to_numpy()
        left.plot(x, share, label=name, **style)
        right.plot(x, coverage, **style)
        told.append(
            f"{name}: worth {share[0]:.0%} to {share[-1]:.0%} of the best, coverage "
            f"{coverage[0]:.0%} to {coverage[-1]:.0%}"
        )
    for ax, label in (
        (left, "worth, share of the best lists"),
        (right, "coverage of the catalogue"),
    ):
        ax.set_xlabel("round", color=INK)
        ax.set_ylabel(label, color=INK)
        ax.set_ylim(0, 1.03)
        ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, frameon=False, fontsize=9, ncols=3, loc="outside upper center")
    first, last = (int(loop["round"][at]) for at in (0, -1))
    return described(
        figure,
        alt="Rounds {first} to {last}. {told}.",
        caption=(
            "In each round a recommender is fitted, shows its lists, and learns from the clicks on "
            "them. Left what the lists are worth to customers, as a share of the best lists that "
            "there could be; right how much of the catalogue anybody gets to see."
        ),
        first=first,
        last=last,
        told="; ".join(told),
    )
