"""Pictures of stochastic gradients: their noise, what they save, and the lists they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    TEAL,
    Picture,
    canvas,
    described,
    styled_dots,
    styled_lines,
)
from recsys_book.plots import results as results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recsys_helpers._types import F64


def gradient_noise(
    clouds: Mapping[str, F64], sizes: Sequence[int], noise: Mapping[str, Sequence[float]]
) -> Picture:
    """Draw gradients of batches around the full one, and their noise against the batch size.

    Parameters
    ----------
    clouds
        Label → gradients of some batches in two directions, along the full gradient and across it,
        in units of its length, shape (n, 2).
    sizes
        Examples in a batch, increasing.
    noise
        Label → root mean squared distance from the full gradient, in units of its length, for
        each size.

    Returns
    -------
    Picture
        Clouds on the left, lines on logarithmic axes on the right.

    Examples
    --------
    >>> cloud = np.array([[0.0, 2.0], [2.0, -2.0]])
    >>> gradient_noise({"batches of 4": cloud}, [4, 16], {"early": [2.0, 1.0]}).alt[-34:]
    'early from 2.0 at 4 to 1.00 at 16.'
    """
    figure, (left, right) = canvas(8, 3.5, columns=2)
    for (label, cloud), style in styled_dots(clouds.items()):
        left.plot(*cloud.T, alpha=0.55, markersize=3.5, markeredgewidth=0, label=label, **style)
    left.annotate(
        "",
        xy=(1, 0),
        xytext=(0, 0),
        arrowprops={
            "arrowstyle": "-|>",
            "color": INK,
            "linewidth": 2.2,
            "mutation_scale": 14,
            "shrinkA": 0,
            "shrinkB": 0,
        },
        zorder=5,
    )
    left.axhline(0, color=GREY, linewidth=0.8)
    left.axvline(0, color=GREY, linewidth=0.8)
    left.set_xlabel("along the full gradient (arrow)", color=INK)
    left.set_ylabel("across the full gradient", color=INK)
    left.margins(y=0.2)
    left.legend(
        frameon=False,
        fontsize=8,
        loc="lower center",
        bbox_to_anchor=(0.5, 1),
        ncols=len(clouds),
        columnspacing=1,
        handletextpad=0.1,
    )
    x = np.asarray(sizes, float)
    for (label, values), style in styled_lines(noise.items()):
        right.plot(x, values, marker="o", linewidth=2, markersize=5, label=label, **style)
    first = next(iter(noise.values()))
    half = first[0] * np.sqrt(x[0] / x)
    right.plot(x, half, "--", color=GREY, linewidth=1.2, label="slope −1/2")
    right.axhline(1, color=INK, linewidth=1, linestyle=":")
    right.set(xscale="log", yscale="log")
    right.annotate(
        "as long as the gradient",
        (x[0], 1),
        xytext=(0, 3),
        textcoords="offset points",
        color=INK,
        fontsize=8,
    )
    right.xaxis.set_major_formatter("{x:,.0f}")
    right.yaxis.set_major_formatter("{x:g}")
    right.set_xlabel("ratings in a batch", color=INK)
    right.set_ylabel("noise / length of the gradient", color=INK)
    right.legend(frameon=False, fontsize=8, loc="upper right")
    listed = "; ".join(
        f"{label} from {values[0]:.1f} at {sizes[0]:,} to {values[-1]:.2f} at {sizes[-1]:,}"
        for label, values in noise.items()
    )
    return described(
        figure,
        alt=(
            "Left, clouds of batch gradients around the tip of an arrow, wide for small batches "
            "and tight for large ones. Right, noise against batch size on logarithmic axes, "
            "falling lines: {listed}."
        ),
        caption=(
            "Left: at the later of the two moments, each dot is the gradient of one batch, in "
            "units of the full gradient (arrow), along it and along the widest spread across it. "
            "Each cloud is centred on the arrow's tip. Right: the noise in all directions "
            "together. Both lines fall like the dashed one until a batch is a good part of the "
            "log. Above the dotted line the error is longer than the gradient."
        ),
        listed=listed,
    )


def races(curves: Mapping[str, Sequence[Mapping[str, float]]]) -> Picture:
    """Draw how a loss falls, against epochs and against seconds.

    Parameters
    ----------
    curves
        Label → the `curve` of a fitted recommender: epoch, loss and seconds of each epoch.

    Returns
    -------
    Picture
        The same losses twice, over logarithmic axes.

    Examples
    --------
    >>> curve = [{"epoch": i, "loss": 1 / i, "seconds": 0.1 * i} for i in (1, 2, 4)]
    >>> races({"batches of 8": curve}).alt[-38:]
    'batches of 8 reach 0.250 after 0.40 s.'
    """
    figure, (left, right) = canvas(8, 3.5, columns=2)
    for (label, curve), style in styled_lines(curves.items()):
        loss = [entry["loss"] for entry in curve]
        for ax, key in ((left, "epoch"), (right, "seconds")):
            x = [entry[key] for entry in curve]
            ax.plot(
                x,
                loss,
                marker="o",
                linewidth=2,
                markersize=5,
                label=label,
                markevery=[0, len(x) - 1],
                **style,
            )
    for ax, label in ((left, "epochs: passes over all ratings"), (right, "seconds")):
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set_xlabel(label, color=INK)
    left.set_ylabel("loss on all training ratings", color=INK)
    left.legend(frameon=False, fontsize=8, loc="upper right")
    listed = "; ".join(
        f"{label} reach {curve[-1]['loss']:.3f} after {curve[-1]['seconds']:.2f} s"
        for label, curve in curves.items()
    )
    return described(
        figure,
        alt=(
            "The training loss against epochs and against seconds, one line per batch size: "
            "{listed}."
        ),
        caption=(
            "The same training runs, drawn twice; dots mark the first and the last epoch. By "
            "epochs, passes over the data, smaller batches are ahead. By the clock the smallest "
            "ones fall behind, since every step has a fixed cost that a small batch does not repay."
        ),
        listed=listed,
    )


def noise_floors(distances: Mapping[str, F64], floors: Mapping[str, float]) -> Picture:
    """Draw the mean squared distance from the minimum step by step, with predicted floors.

    Parameters
    ----------
    distances
        Label → mean squared distance after 0, 1, 2, … steps.
    floors
        Label → the distance that the formula predicts in the end, for some of them.

    Returns
    -------
    Picture
        One line per label on logarithmic axes; floors are dashed.

    Examples
    --------
    >>> noise_floors({"η = 1": np.array([4.0, 2.0, 1.0])}, {"η = 1": 1.0}).alt[-16:]
    'η = 1 ends at 1.'
    """
    figure, (ax,) = canvas(8, 3.6)
    for (label, values), style in styled_lines(distances.items()):
        steps = np.arange(1, len(values))
        ax.plot(steps, values[1:], linewidth=1.8, label=label, **style)
        if label in floors:
            ax.axhline(floors[label], color=style["color"], linewidth=1.2, linestyle="--")
    ax.set(xscale="log", yscale="log")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set_xlabel("step", color=INK)
    ax.set_ylabel("mean squared distance\nfrom the minimum", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    listed = "; ".join(f"{label} ends at {v[-1]:.2g}" for label, v in distances.items())
    return described(
        figure,
        alt=(
            "The mean squared distance from the minimum against steps on logarithmic axes, one "
            "line per learning rate: {listed}."
        ),
        caption=(
            "Mean squared distance from a known minimum, over many runs with noisy gradients. A "
            "constant rate stops at its noise floor (dashed, from the formula). A rate that falls "
            "too fast freezes on the way. At first the cosine is nearly the constant rate from "
            "which it starts, and its line covers the other."
        ),
        listed=listed,
    )


def pair_losses(margins: Mapping[str, float]) -> Picture:
    """Draw the cost of a pair in the wrong order, and the smooth loss that BPR minimises instead.

    Parameters
    ----------
    margins
        Label of a pair → the score of the film watched minus that of the other.

    Returns
    -------
    Picture
        A step, a curve above it, and a dot for each pair on the curve.

    Examples
    --------
    >>> pair_losses({"Heat over Up": -1.0}).alt[-31:]
    'Heat over Up at 1.89 bits (−1).'
    """
    figure, (ax,) = canvas(8, 3.2)
    reach = max(2.0, *map(abs, margins.values())) + 1.5
    x = np.linspace(-reach, reach, 401)
    ax.plot([-reach, 0, 0, reach], [1, 1, 0, 0], color=INK, linewidth=2, label="1 − AUC of a pair")
    ax.plot(x, np.logaddexp(0, -x) / np.log(2), color=TEAL, linewidth=2, label="BPR, in bits")
    listed = []
    for margin in sorted(set(margins.values())):
        label = ", ".join(pair for pair, own in margins.items() if own == margin)
        bits = float(np.logaddexp(0, -margin) / np.log(2))
        ax.plot(margin, bits, "o", color=AMBER, markersize=8, zorder=3)
        ax.annotate(
            label,
            (margin, bits),
            xytext=(7, 7),
            textcoords="offset points",
            color=INK,
            fontsize=9,
        )
        listed.append(f"{label} at {bits:.2f} bits ({margin:+.0f})".replace("-", "−"))
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("margin: score of the film watched − score of the other", color=INK)
    ax.set_ylabel("loss of the pair", color=INK)
    ax.legend(frameon=False, fontsize=9)
    return described(
        figure,
        alt=(
            "A step from one to zero where the margin is zero, a smooth falling curve above it, "
            "and dots on the curve: {listed}."
        ),
        caption=(
            "The loss of a pair. The step counts pairs in the wrong order and has no slope to "
            "descend. BPR's loss is nowhere below it, meets it at margin zero, and has a slope "
            "at each dot."
        ),
        listed=", ".join(listed),
    )


def popularity_dial(
    shares: Sequence[float],
    found: Sequence[tuple[float, float, float]],
    lists: Mapping[str, Sequence[float]],
    watched: float,
    metric: str = "NDCG@10",
) -> Picture:
    """Draw accuracy and content of lists while popularity is taken out of the scores.

    Parameters
    ----------
    shares
        β, how much of log-popularity is subtracted, increasing.
    found
        The metric for each, with the ends of its interval.
    lists
        Label → a share between 0 and 1 for each.
    watched
        The share of popular items in what people watched next.
    metric
        What was measured.

    Returns
    -------
    Picture
        The metric on the left, the lists on the right.

    Examples
    --------
    >>> lists = {"popular films": [0.9, 0.4]}
    >>> popularity_dial([0, 1], [(0.05, 0.04, 0.06), (0.04, 0.03, 0.05)], lists, 0.43).alt[-30:]
    'popular films from 90% to 40%.'
    """
    figure, (left, right) = canvas(8, 3.3, columns=2)
    middle, low, high = np.transpose(found)
    left.fill_between(shares, low, high, color=TEAL, alpha=0.15, linewidth=0)
    left.plot(shares, middle, "o-", color=TEAL, linewidth=2, markersize=5)
    left.set_ylim(bottom=0)
    left.set_ylabel(f"{metric}, validation", color=INK)
    for (label, values), style in styled_lines(lists.items()):
        right.plot(shares, values, marker="o", linewidth=2, markersize=5, label=label, **style)
    right.axhline(
        watched, color=TEAL, linewidth=1.2, linestyle=":", label="popular films, watched next"
    )
    right.set_ylim(0, 1)
    right.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    right.set_ylabel("share", color=INK)
    right.legend(frameon=False, fontsize=8)
    for ax in (left, right):
        ax.set_xlabel("β: how much log-popularity is taken out", color=INK)
    listed = "; ".join(f"{name} from {v[0]:.0%} to {v[-1]:.0%}" for name, v in lists.items())
    numbers = {"first": middle[0], "last": middle[-1], "start": shares[0], "end": shares[-1]}
    return described(
        figure,
        alt=(
            "Left, {metric} {first:.3f} at β = {start:g} and {last:.3f} at β = {end:g}. Right, "
            "shares over β: {listed}."
        ),
        caption=(
            "One fitted model, with β times log-popularity subtracted from its scores. Left: "
            "{metric}; the band holds a 95% interval over people for each β by itself. Right: the "
            "share of list positions with popular films, and the share of the catalogue that is "
            "shown to somebody. Dotted: popular films in what people watched next."
        ),
        metric=metric,
        listed=listed,
        **numbers,
    )


def taste_words(weights: Mapping[str, Mapping[str, float]]) -> Picture:
    """Draw the words that raise and lower items, one panel per person.

    Parameters
    ----------
    weights
        Person → word → weight.

    Returns
    -------
    Picture
        Bars, highest weight first.

    Examples
    --------
    >>> taste_words({"Ada": {"genres:comedy": 2.0, "genres:horror": -3.0}}).alt[-48:]
    'for Ada genres:comedy +2.0 … genres:horror −3.0.'
    """
    tallest = max(map(len, weights.values()))
    figure, axes = canvas(8, 0.9 + 0.24 * tallest, columns=len(weights))
    listed = []
    for ax, (person, found) in zip(axes, weights.items(), strict=True):
        words = sorted(found, key=lambda word: -found[word])
        values = [found[word] for word in words]
        ax.barh(range(len(words)), values, color=[TEAL if v > 0 else AMBER for v in values])
        ax.set_yticks(range(len(words)), words)
        ax.invert_yaxis()
        ax.axvline(0, color=INK, linewidth=1)
        ax.grid(visible=False, axis="y")
        ax.set_title(person, color=INK, fontsize=10)
        ax.set_xlabel("weight of the word", color=INK)
        first, last = (f"{value:+.1f}".replace("-", "−") for value in (values[0], values[-1]))
        listed.append(f"for {person} {words[0]} {first} … {words[-1]} {last}")
    return described(
        figure,
        alt="Words as bars by weight, one panel per person: {listed}.",
        caption=(
            "Words that raise the score of a film (teal) and words that lower it (amber), each "
            "with the field of the film's text that it comes from."
        ),
        listed="; ".join(listed),
    )
