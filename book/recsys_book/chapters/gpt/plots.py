"""Pictures of GPT: ids made of codes, their tree, the search through it, and what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recsys_book.figures import (
    AMBER,
    COLOURS,
    GREY,
    INK,
    PALE_GREY,
    TEAL,
    Picture,
    canvas,
    described,
    shortened,
    styled_dots,
)
from recsys_book.plots import learning as learning, results as results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

Prefix = tuple[int, ...]


def two_levels(
    x: ArrayLike, codes: ArrayLike, centroids: ArrayLike, titles: Sequence[str]
) -> Picture:
    """Draw films in the plane, what the first code leaves over, and the centroids of both levels.

    Parameters
    ----------
    x
        Shape (n, 2).
    codes
        Of both levels, shape (n, 2).
    centroids
        Shape (2, n_codes, 2).
    titles
        Of the n films.

    Returns
    -------
    Picture
        Left the films and the first centroids, right the residuals and the second ones.
    """
    points, both, means = np.asarray(x, float), np.asarray(codes), np.asarray(centroids, float)
    residuals = points - means[0][both[:, 0]]
    figure, (left, right) = canvas(8, 3.4, columns=2)
    for ax, level, drawn in ((left, 0, points), (right, 1, residuals)):
        for point, code, title in zip(drawn, both[:, level], titles, strict=True):
            mean = means[level][code]
            ax.plot(*np.transpose([mean, point]), color=PALE_GREY, linewidth=1.2, zorder=1)
            ax.plot(*point, "o", color=COLOURS[code], markersize=7)
            if level == 0:
                right_of = point[0] > mean[0]
                ax.annotate(
                    title,
                    point,
                    xytext=(8 if right_of else -8, 0),
                    textcoords="offset points",
                    ha="left" if right_of else "right",
                    va="center",
                    fontsize=8.5,
                    color=INK,
                )
        for code, mean in enumerate(means[level]):
            ax.plot(*mean, "+", color=INK, markersize=13, markeredgewidth=2)
            ax.annotate(
                f"code {code}",
                mean,
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=INK,
            )
        ax.margins(0.55 - 0.3 * level, 0.15)
    left.set_xlabel("first entry of the vector", color=INK)
    left.set_ylabel("second entry", color=INK)
    right.set_xlabel("first entry of the residual", color=INK)
    left.set_title("first code", fontsize=10, color=INK)
    right.set_title("second code: what is left over", fontsize=10, color=INK)
    listed = ", ".join(
        f"{title} {''.join(f'{code} ' for code in row).strip()}"
        for title, row in zip(titles, both, strict=True)
    )
    return described(
        figure,
        alt="{n} films in the plane and their residuals, with centroids. Codes: {listed}.",
        caption=(
            "Left: {n} films and the centroids of the first level (crosses); a line leads from "
            "each film to its own, and what lies between the two is the residual. Right: all "
            "residuals, and the centroids of the second level. Codes: {listed}."
        ),
        n=len(points),
        listed=listed,
    )


def search(
    children: Mapping[Prefix, Sequence[float]],
    titles: Mapping[Prefix, str],
    kept: Mapping[int, Sequence[Prefix]],
) -> Picture:
    """Draw a tree of ids with the probability of each prefix, and what each beam reads.

    Parameters
    ----------
    children
        Prefix → the probabilities of the codes with which it goes on.
    titles
        Id → film.
    kept
        Width of a beam → the prefixes that it continues.

    Returns
    -------
    Picture
        The root on the left, a film on each line; a circle in a beam's colour for what it reads.
    """
    heights = {prefix: -float(row) for row, prefix in enumerate(sorted(titles))}
    probability: dict[tuple[int, ...], float] = {(): 1.0}
    for prefix in sorted(children, key=len):
        for code, factor in enumerate(children[prefix]):
            probability[*prefix, code] = probability[prefix] * factor
    for prefix in sorted(children, key=len, reverse=True):
        below = [heights[*prefix, code] for code in range(len(children[prefix]))]
        heights[prefix] = float(np.mean(below))
    figure, (ax,) = canvas(8, 3.6)
    for prefix, p in probability.items():
        at = (len(prefix), heights[prefix])
        if prefix:
            parent = (len(prefix) - 1, heights[prefix[:-1]])
            ax.plot(*np.transpose([parent, at]), color=PALE_GREY, linewidth=1.2, zorder=1)
            middle = np.mean([parent, at], axis=0)
            ax.annotate(
                f"{children[prefix[:-1]][prefix[-1]]:g}",
                middle,
                ha="center",
                va="center",
                fontsize=8.5,
                color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
        name = f"{titles[prefix]}, {p:.3g}" if prefix in titles else ""
        ax.plot(*at, "o", color=GREY, markersize=5)
        if name:
            ax.annotate(
                name, at, xytext=(9, 0), textcoords="offset points", va="center", fontsize=9,
                color=INK,
            )  # fmt: skip
    for size, (width, colour) in zip((11, 16), zip(kept, (AMBER, TEAL), strict=True), strict=True):
        reached = np.array([(len(prefix), heights[prefix]) for prefix in kept[width]])
        ax.plot(
            *reached.T, "o", color=colour, markersize=size, fillstyle="none", markeredgewidth=2,
            linestyle="none", label=f"read by a beam of {width}",
        )  # fmt: skip
    ax.axis("off")
    ax.set_xlim(-0.1, max(map(len, titles)) + 0.9)
    ax.legend(frameon=False, fontsize=9, loc="upper left")
    best = max(titles, key=lambda prefix: probability[prefix])
    return described(
        figure,
        alt="A tree of {n} ids with probabilities. The most probable film is {best}, {most:.3g}.",
        caption=(
            "Each edge has the probability of the next code; the probability of a film is the "
            "product along its path. The most probable film is {best} with {most:.3g}. Circles "
            "mark the prefixes that each beam keeps and continues."
        ),
        n=len(titles),
        best=titles[best],
        most=probability[best],
    )


def branches(tree: Mapping[str, Mapping[str, Sequence[str]]]) -> Picture:
    """Draw some branches of a tree of ids, with films at the leaves.

    Parameters
    ----------
    tree
        First code → second code → titles of some films with these codes.

    Returns
    -------
    Picture
        The root on the left; a line for each second code, on which its films are named.
    """
    n_lines = sum(map(len, tree.values()))
    figure, (ax,) = canvas(8, 0.5 + 0.42 * n_lines)
    row, root = 0.0, -(n_lines - 1 + 0.4 * (len(tree) - 1)) / 2
    for (first, seconds), style in styled_dots(tree.items()):
        rows = [row - number for number in range(len(seconds))]
        middle = float(np.mean(rows))
        ax.plot([0, 0.6], [root, middle], color=PALE_GREY, linewidth=1.2, zorder=1)
        ax.plot(0.6, middle, markersize=9, **style)
        ax.annotate(
            first, (0.6, middle), xytext=(0, 9), textcoords="offset points", ha="center",
            fontsize=9, color=INK,
        )  # fmt: skip
        for at, (second, titles) in zip(rows, seconds.items(), strict=True):
            ax.plot([0.6, 1.2], [middle, at], color=PALE_GREY, linewidth=1.2, zorder=1)
            ax.plot(1.2, at, markersize=5, **style)
            names = " · ".join(shortened(title, 24) for title in titles)
            ax.annotate(
                f"{second}:  {names}", (1.2, at), xytext=(8, 0), textcoords="offset points",
                va="center", fontsize=9, color=INK,
            )  # fmt: skip
        row = rows[-1] - 1.4
    ax.plot(0, root, "o", color=GREY, markersize=9)
    ax.axis("off")
    ax.set_xlim(-0.1, 5.2)
    ax.set_ylim(row + 0.8, 0.8)
    listed = "; ".join(
        f"{first}: {', '.join(title for titles in seconds.values() for title in titles)}"
        for first, seconds in tree.items()
    )
    return described(
        figure,
        alt="A part of the tree of ids. {listed}.",
        caption=(
            "A part of the tree. The first code stands on the left, the second on each line, with "
            "some of the films that have both. Read a line for what its films have in common, and "
            "a branch for what its lines have in common."
        ),
        listed=listed,
    )


def beams(
    widths: Sequence[int], recall: ArrayLike, milliseconds: ArrayLike, exact: float
) -> Picture:
    """Draw how much of the exact list a beam finds, and how long a list takes.

    Parameters
    ----------
    widths
        Of the beams, shape (n,).
    recall
        The share of the exact list's films that stand in the beam's list, shape (n,).
    milliseconds
        For a list, shape (n,).
    exact
        Milliseconds for an exact list.

    Returns
    -------
    Picture
        Left recall, right milliseconds, both against the width of the beam.
    """
    found, times = np.asarray(recall, float), np.asarray(milliseconds, float)
    figure, (left, right) = canvas(8, 3.2, columns=2)
    left.plot(widths, found, "o-", color=TEAL, linewidth=2)
    left.set_ylim(0, 1.04)
    left.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    left.set_ylabel("share of the exact ten found", color=INK)
    right.plot(widths, times, "o-", color=TEAL, linewidth=2, label="beam search")
    right.axhline(exact, color=AMBER, linewidth=1.5, linestyle=":", label="all films exactly")
    right.set_ylim(0, 1.15 * max(exact, times.max()))
    right.set_ylabel("milliseconds for a list", color=INK)
    right.legend(frameon=False, fontsize=9, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    for ax in (left, right):
        ax.set_xscale("log")
        ax.set_xticks(widths, [f"{width:,}" for width in widths], rotation=45)
        ax.xaxis.set_minor_formatter(lambda *_: "")
        ax.set_xlabel("width of the beam", color=INK)
    listed = ", ".join(f"{n:,}: {share:.0%}" for n, share in zip(widths, found, strict=True))
    return described(
        figure,
        alt="Share of the exact list by width of the beam: {listed}.",
        caption=(
            "Left: the share of the ten most probable films that the beam's list of ten holds, "
            "averaged over histories ({listed}). Right: the time for a list; the dotted line is "
            "the time to rank all films exactly, {exact:.1f} ms."
        ),
        listed=listed,
        exact=exact,
    )
