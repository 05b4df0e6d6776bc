"""Pictures of optimizers: their paths, their learning rates, and what they do for rare items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    TEAL,
    Picture,
    canvas,
    described,
    dress,
    styled_lines,
)
from recsys_book.plots import results as results

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from recsys_book.demonstrations.rate_search import RateSearch
    from recsys_helpers._types import F64, Bool


_FAR = 2.5
"""How many times the least loss is still drawn as it is."""


def rule_descents(
    surfaces: Mapping[str, Callable[[F64, F64], F64]],
    paths: Mapping[str, Mapping[str, F64]],
    lowest: Mapping[str, tuple[float, float]],
    box: tuple[float, float, float, float],
) -> Picture:
    """Draw the path of each rule down each surface, over lines of equal height.

    Parameters
    ----------
    surfaces
        Name → height over two coordinates, arrays of one shape.
    paths
        For each surface the points of each rule, shape (n_steps + 1, 2), the start first.
    lowest
        For each surface where its lowest point is.
    box
        Ends of both axes: left, right, bottom, top.

    Returns
    -------
    Picture
        A row for each surface, a column for each rule.

    Examples
    --------
    >>> way = np.array([[1.0, 1.0], [0.0, 0.0]])
    >>> rule_descents(
    ...     {"bowl": lambda x, y: x**2 + y**2},
    ...     {"bowl": {"SGD": way}},
    ...     {"bowl": (0, 0)},
    ...     (-1, 1, -1, 1),
    ... ).alt
    'Paths of 1 optimizers on 1 surfaces. bowl: SGD ends 0.00 from the lowest point.'
    """
    names = list(next(iter(paths.values())))
    figure = Figure(
        figsize=(8.4, 0.5 + 1.75 * len(surfaces)), layout="constrained", facecolor="white"
    )
    grid = figure.subplots(len(surfaces), len(names), squeeze=False, sharex=True, sharey=True)
    x, y = np.meshgrid(np.linspace(*box[:2], 200), np.linspace(*box[2:], 200))
    ends = []
    for row, (surface, height) in zip(grid, surfaces.items(), strict=True):
        z, goal = height(x, y), lowest[surface]
        levels = np.geomspace(1e-3, 1, 11) * float(z.max())
        listed = []
        for ax, name in zip(row, names, strict=True):
            way = paths[surface][name]
            ax.contour(x, y, z, levels=levels, colors="#b9c6cc", linewidths=0.7)
            ax.plot(*way.T, color=TEAL, linewidth=1.3)
            ax.plot(*way.T, "o", color=TEAL, markersize=1.8)
            ax.plot(*way[0], "o", color=INK, markersize=5)
            ax.plot(*goal, "*", color=AMBER, markersize=11, zorder=4)
            ax.set(xlim=box[:2], ylim=box[2:])
            ax.tick_params(colors=INK, labelsize=7)
            for spine in ax.spines.values():
                spine.set_color(GREY)
            listed.append(f"{name} ends {np.hypot(*(way[-1] - np.asarray(goal))):.2f}")
        row[0].set_ylabel(surface, color=INK, fontsize=10)
        ends.append(f"{surface}: {', '.join(listed)} from the lowest point")
    for ax, name in zip(grid[0], names, strict=True):
        ax.set_title(name, fontsize=10, color=INK)
    figure.supxlabel("θ₁ (across), θ₂ (up)", fontsize=9, color=INK)
    n, steps = len(surfaces), max(len(way) for of in paths.values() for way in of.values()) - 1
    return described(
        figure,
        alt="Paths of {rules} optimizers on {n} surfaces. {listed}.",
        caption=(
            "{steps} steps of each rule from the round dot, at the best of the learning rates "
            "tried. The star is the lowest point. Where a line leaves its frame, the rule stepped "
            "outside. Compare the rows: which paths change with the surface?"
        ),
        n=n,
        rules=len(names),
        steps=steps,
        listed="; ".join(ends),
    )


def rates(found: Mapping[str, RateSearch[Any]]) -> Picture:
    """Draw the loss that each rule ends with against its learning rate.

    Parameters
    ----------
    found
        Rule → what `search_rate` returned.

    Returns
    -------
    Picture
        A line for each rule, learning rates on a logarithmic axis; a large dot at the rate that
        was chosen, a cross where a rate is so large that training ended far above the others.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> sgd = SimpleNamespace(losses={1.0: 0.8, 10.0: 0.6, 100.0: float("inf")}, rate=10.0)
    >>> rates({"SGD": sgd}).alt
    'Final loss by learning rate, at the rate that validation chose: SGD at 10, loss 0.600.'
    """
    figure, (ax,) = canvas(8.4, 3.6)
    finite = [v for of in found.values() for v in of.losses.values() if np.isfinite(v)]
    bottom = min(finite)
    top = min(max(finite), _FAR * bottom)
    listed = []
    for (name, of), style in styled_lines(found.items()):
        losses, best = of.losses, of.rate
        x, y = np.array(list(losses)), np.array(list(losses.values()))
        within = y <= top
        ax.plot(x[within], y[within], marker="o", markersize=4, linewidth=2, label=name, **style)
        ax.plot(x[~within], np.full((~within).sum(), top), "x", color=style["color"], markersize=8)
        ax.plot(best, min(losses[best], top), "o", color=style["color"], markersize=10)
        listed.append(f"{name} at {best:.3g}, loss {losses[best]:.3f}")
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(numticks=12))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_ylim(bottom - 0.05 * (top - bottom), top + 0.07 * (top - bottom))
    ax.set_xlabel("learning rate", color=INK)
    ax.set_ylabel("loss at the end", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return described(
        figure,
        alt="Final loss by learning rate, at the rate that validation chose: {listed}.",
        caption=(
            "Each small dot is one training run. The large dot is the rate that validation chose; "
            "its loss need not be the least. A cross at the top is a run that ended far above the "
            "others or blew up; one may hide another. Look at where each valley lies and how wide "
            "it is."
        ),
        listed="; ".join(listed),
    )


def first_steps(lengths: Mapping[str, ArrayLike]) -> Picture:
    """Draw how long the first steps are, in units of the learning rate.

    Parameters
    ----------
    lengths
        Name → length of each step divided by the learning rate, shape (n,).

    Returns
    -------
    Picture
        A line for each name, steps on a logarithmic axis.

    Examples
    --------
    >>> first_steps({"corrected": [1.0, 1.0], "uncorrected": [3.2, 4.2]}).alt
    'Step lengths by step: corrected at most 1.0, uncorrected at most 4.2 learning rates.'
    """
    figure, (ax,) = canvas(8, 3)
    found = []
    for (name, of), style in styled_lines(lengths.items()):
        y = np.asarray(of, dtype=float)
        ax.plot(np.arange(1, len(y) + 1), y, linewidth=2, label=name, **style)
        found.append(f"{name} at most {y.max():.1f}")
    ax.axhline(1, color=GREY, linewidth=1.5, linestyle=":")
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylim(bottom=0)
    ax.set_xlabel("step", color=INK)
    ax.set_ylabel("step length (learning rates)", color=INK)
    ax.legend(frameon=False, fontsize=9)
    return described(
        figure,
        alt="Step lengths by step: {listed} learning rates.",
        caption=(
            "Length of Adam's steps, in learning rates, when the gradient never changes: "
            "{listed}. The dotted line is the learning rate itself."
        ),
        listed=", ".join(found),
    )


def rule_losses(
    curves: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]],
) -> Picture:
    """Draw the loss of each model and rule, by epochs and by seconds.

    Parameters
    ----------
    curves
        Model → rule → what a recommender's `curve` holds: epoch, loss and seconds so far.

    Returns
    -------
    Picture
        A row for each model; epochs on the left, seconds on the right.

    Examples
    --------
    >>> curve = [{"epoch": 1, "loss": 0.9, "seconds": 0.1}, {"epoch": 2, "loss": 0.5, "seconds": 1}]
    >>> rule_losses({"BPR": {"Adam": curve}}).alt
    'Loss by epoch and by second. BPR: after 2 epochs Adam 0.500.'
    """
    figure = Figure(figsize=(8.4, 2.7 * len(curves)), layout="constrained", facecolor="white")
    grid = figure.subplots(len(curves), 2, squeeze=False, sharey="row")
    styles = dict(styled_lines(dict.fromkeys(name for of in curves.values() for name in of)))
    found = []
    for row, (model, rules) in zip(grid, curves.items(), strict=True):
        ends = []
        for name, curve in rules.items():
            y = [entry["loss"] for entry in curve]
            for ax, key in zip(row, ("epoch", "seconds"), strict=True):
                label = name if key == "epoch" else None
                ax.plot([e[key] for e in curve], y, linewidth=1.8, label=label, **styles[name])
            ends.append(f"{name} {y[-1]:.3f}")
        for ax, label in zip(row, ("epoch", "seconds"), strict=True):
            dress(ax)
            ax.set_xlabel(label, color=INK)
        row[0].xaxis.set_major_locator(MaxNLocator(integer=True))
        row[0].set_ylabel(f"{model}: loss", color=INK)
        first = min(curve[0]["loss"] for curve in rules.values())
        least = min(entry["loss"] for curve in rules.values() for entry in curve)
        row[0].set_ylim(least - 0.05 * (first - least), 1.25 * first)
        found.append(f"{model}: after {len(curve)} epochs {', '.join(ends)}")
    handles = [figure.axes[0].plot([], [], linewidth=1.8, **s)[0] for s in styles.values()]
    figure.legend(
        handles, list(styles), loc="outside upper center", ncols=4, frameon=False, fontsize=9
    )
    return described(
        figure,
        alt="Loss by epoch and by second. {listed}.",
        caption=(
            "The training loss of each rule, each at the rate that brought it lowest, against "
            "epochs (left) and seconds (right). Look at which lines fall fastest, and where they "
            "end; spikes are steps that went too far."
        ),
        listed="; ".join(found),
    )


def by_popularity(
    groups: Mapping[str, Bool],
    panels: Mapping[str, Mapping[str, ArrayLike]],
    chance: float | None = None,
) -> Picture:
    """Draw quantities of items by how many training rows they have, one panel each.

    Parameters
    ----------
    groups
        Name of a group of items → which belong to it, shape (n_items,), rare ones first.
    panels
        Label of a quantity → rule → its value for each item, of which each group gets the mean;
        or for each group, shape (n_groups,), or value, low and high end, shape (n_groups, 3).
    chance
        What a random ranking would reach in the last panel, drawn as a dotted line.

    Returns
    -------
    Picture
        A line for each rule in each panel.

    Examples
    --------
    >>> groups = {"rare": np.array([True, True, False]), "popular": np.array([False, False, True])}
    >>> by_popularity(groups, {"loss": {"SGD": [0.3, 0.5, 0.2], "Adagrad": [0.1, 0.2]}}).alt
    'By training rows of the film. loss: SGD from 0.4 to 0.2, Adagrad from 0.1 to 0.2.'
    """
    figure, axes = canvas(8.4, 3.3, columns=len(panels))
    found = []
    for ax, (label, rules) in zip(axes, panels.items(), strict=True):
        ends = []
        for place, ((name, of), style) in enumerate(styled_lines(rules.items())):
            y = np.asarray(of, dtype=float)
            if len(y) != len(groups):
                y = np.array([y[which].mean() for which in groups.values()])
            x = np.arange(len(y)) + 0.12 * (place - (len(rules) - 1) / 2)
            if y.ndim == 2:
                ax.vlines(x, y[:, 1], y[:, 2], color=style["color"], linewidth=2)
                y = y[:, 0]
            ax.plot(x, y, marker="o", markersize=5, linewidth=1.8, label=name, **style)
            ends.append(f"{name} from {y[0]:.2g} to {y[-1]:.2g}")
        ax.set_xticks(range(len(groups)), list(groups), fontsize=8)
        ax.set_title(label, fontsize=10, color=INK)
        ax.set_ylim(bottom=0)
        ax.set_xlabel("training rows of the film", color=INK)
        found.append(f"{label}: {', '.join(ends)}")
    if chance is not None:
        axes[-1].axhline(chance, color=GREY, linewidth=1.5, linestyle=":", label="chance")
        axes[-1].legend(frameon=False, fontsize=9)
        found[-1] += f", chance {chance:.2g}"
    axes[0].legend(frameon=False, fontsize=9)
    sizes = [int(np.sum(which)) for which in groups.values()]
    listed = "; ".join(found)
    return described(
        figure,
        alt="By training rows of the film. {listed}.",
        caption=(
            "Films grouped by their number of training rows: {rare:,} films in the rarest group, "
            "{popular:,} in the most popular. The dots of a group stand side by side; a bar is a "
            "95% interval. Look at how far the rules differ on the left, for rare films, and on "
            "the right, for popular ones."
        ),
        listed=listed,
        rare=sizes[0],
        popular=sizes[-1],
    )


def lonely(paths: Mapping[str, ArrayLike], at: int) -> Picture:
    """Draw the path of a parameter that has a gradient in one step only.

    Parameters
    ----------
    paths
        Rule → distance from the start after each step, in learning rates, shape (n_steps,).
    at
        The step with the gradient.

    Returns
    -------
    Picture
        A line for each rule.

    Examples
    --------
    >>> lonely({"Adam": [0.0, 3.0, 6.0], "lazy Adam": [0.0, 3.0, 3.0]}, at=1).alt
    'Distance moved after one gradient, at step 1: Adam 6.0, lazy Adam 3.0 learning rates.'
    """
    figure, (ax,) = canvas(8, 3.2)
    found = []
    for (name, of), style in _crossed(paths):
        y = np.asarray(of, dtype=float)
        ax.plot(range(len(y)), y, linewidth=2.2, label=name, **style)
        found.append(f"{name} {y[-1]:.1f}")
    ax.axvline(at, color=GREY, linewidth=1.5, linestyle=":", label="the one gradient")
    ax.set_xlabel("step", color=INK)
    ax.set_ylabel("distance moved (learning rates)", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="center right")
    return described(
        figure,
        alt="Distance moved after one gradient, at step {at}: {listed} learning rates.",
        caption=(
            "One parameter with a gradient at step {at}, and none before or after; dashes let a "
            "line beneath be seen. In the end it has moved, in learning rates: {listed}."
        ),
        at=at,
        listed=", ".join(found),
    )


def shrinking(panels: Mapping[str, Mapping[str, ArrayLike]]) -> Picture:
    """Draw how parameters shrink under penalties, one panel each.

    Parameters
    ----------
    panels
        Title → name of a parameter → its size after each step, shape (n_steps,).

    Returns
    -------
    Picture
        Panels side by side with one vertical axis.

    Examples
    --------
    >>> shrinking({"AdamW": {"short": [1.0, 0.5], "long": [1.0, 0.5]}}).alt
    'Sizes of parameters by step. AdamW: short ends at 0.50, long at 0.50.'
    """
    figure, axes = canvas(8, 3, columns=len(panels))
    found = []
    for ax, (title, of) in zip(axes, panels.items(), strict=True):
        for (name, y), style in _crossed(of):
            ax.plot(np.asarray(y), linewidth=2.2, label=name, **style)
        ends = [f"{name} at {np.asarray(y)[-1]:.2f}" for name, y in of.items()]
        found.append(f"{title}: {', '.join(ends).replace(' at ', ' ends at ', 1)}")
        ax.set_title(title, fontsize=10, color=INK)
        ax.set_ylim(0, 1.08)
        ax.set_xlabel("step", color=INK)
    axes[0].set_ylabel("parameter", color=INK)
    axes[-1].legend(frameon=False, fontsize=9, loc="upper right")
    return described(
        figure,
        alt="Sizes of parameters by step. {listed}.",
        caption=(
            "Two parameters under the same penalty. The loss pushes one hard and the other softly, "
            "back and forth with mean zero. {listed}."
        ),
        listed="; ".join(found),
    )


def _crossed(lines: Mapping[str, ArrayLike]) -> list[tuple[tuple[str, ArrayLike], dict[str, Any]]]:
    """Style lines that may lie on each other: every other one is dashed, and drawn on top."""
    return [
        (line, style | ({"linestyle": (0, (4, 3)), "zorder": 3} if number % 2 else {}))
        for number, (line, style) in enumerate(styled_lines(lines.items()))
    ]
