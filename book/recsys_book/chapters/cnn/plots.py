"""Pictures of convolutions over histories: what a filter may read, does read, and responds to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from recsys_book.figures import AMBER, GREY, INK, PALE_TEAL, TEAL, Picture, canvas, described
from recsys_book.plots import learning as learning, results as results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from recsys_helpers.evaluation.comparisons import Comparison


def paddings(n: int = 6, kernel: int = 3) -> Picture:
    """Draw what a filter reads at one position, looking both ways and only back.

    Parameters
    ----------
    n
        Films in the sequence.
    kernel
        Films that the filter reads, an odd number.

    Returns
    -------
    Picture
        Two panels; in the left one an arrow comes from the film that is to be predicted.

    Raises
    ------
    ValueError
        If the kernel is even or does not fit.

    Examples
    --------
    >>> paddings().alt[:43]
    'Two rows of 6 films below 6 outputs, twice.'
    """
    if kernel % 2 == 0 or not 1 < kernel < n:
        raise ValueError(f"the kernel must be odd and lie between 2 and {n - 1}, not {kernel}")
    figure, axes = canvas(8, 2.9, columns=2)
    place, half = n - 3, kernel // 2
    for ax, title, first in (
        (axes[0], "padding on both sides", place - half),
        (axes[1], "causal: padding on the left", place - kernel + 1),
    ):
        _bare(ax)
        ax.set_title(title, color=INK, fontsize=10)
        for at in range(first, first + kernel):
            leak = at > place
            ax.annotate(
                "",
                (place, 0.86),
                (at, 0.14),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": AMBER if leak else TEAL,
                    "linewidth": 2.6 if leak else 1.8,
                },
            )
        for at in range(n):
            target = at == place + 1
            read = first <= at < first + kernel
            ax.plot(
                at, 0, "o", markersize=19, color=AMBER if target else TEAL if read else PALE_TEAL
            )
            white = read or target
            ax.text(at, 0, str(at + 1), ha="center", va="center", color="white" if white else INK)
            ax.plot(at, 1, "s", markersize=17, color=TEAL if at == place else PALE_TEAL)
        ax.text(place, 1, "c", ha="center", va="center", color="white", style="italic")
        ax.text(
            place + 1, -0.36, "to be\npredicted", ha="center", va="top", color=AMBER, fontsize=9
        )
        ax.text(-0.7, 1, "output", ha="right", va="center", color=INK, fontsize=9)
        ax.text(-0.7, 0, "film", ha="right", va="center", color=INK, fontsize=9)
        ax.set(xlim=(-1.9, n - 0.4), ylim=(-0.85, 1.3))
    return described(
        figure,
        alt=(
            "Two rows of {n} films below {n} outputs, twice. On the left an arrow leads from film "
            "{target}, the one to be predicted, to output {place}; on the right all arrows come "
            "from earlier films."
        ),
        caption=(
            "What a filter of three films reads for the output c at position {place}, whose target "
            "is film {target} (amber). Padded on both sides, it reads the target itself. Padded on "
            "the left only, it reads position {place} and what came before."
        ),
        n=n,
        place=place + 1,
        target=place + 2,
    )


def receptive_field(kernel: int, dilations: Sequence[int]) -> Picture:
    """Draw which films reach the last output through stacked filters, and how depth extends it.

    Parameters
    ----------
    kernel
        Films that each filter reads.
    dilations
        How far apart they are, a number for each filter, the lowest first.

    Returns
    -------
    Picture
        Left the connections to the last output; right the receptive field against the number of
        filters, with these dilations and without any.

    Raises
    ------
    ValueError
        If there is no filter, or a number is less than 1.

    Examples
    --------
    >>> receptive_field(3, (1, 2, 4, 8)).alt[:52]
    'A fan of lines from 31 films to one output through 4'
    """
    if not dilations or min(kernel, *dilations) < 1:
        raise ValueError("the kernel and at least one dilation must be whole numbers from 1")
    fields = 1 + np.r_[0, np.cumsum([(kernel - 1) * rate for rate in dilations])]
    reach, depth = int(fields[-1]), len(dilations)
    figure, (left, right) = canvas(9, 3.4, columns=2)
    _bare(left)
    left.spines["bottom"].set_visible(True)
    reached = {0}
    for layer in range(depth, 0, -1):
        rate, below = dilations[layer - 1], set()
        for place in reached:
            for step in range(kernel):
                below.add(place + step * rate)
                left.plot(
                    [-place, -place - step * rate], [layer, layer - 1], color=TEAL, linewidth=1.1
                )
        left.plot([-at for at in reached], [layer] * len(reached), "s", color=TEAL, markersize=5)
        reached = below
    left.plot([-at for at in reached], [0] * len(reached), "o", color=AMBER, markersize=5)
    left.set_yticks(
        range(depth + 1), ["films", *(f"layer {i + 1}, r = {r}" for i, r in enumerate(dilations))]
    )
    step = max(5 * (reach // 25), 2)
    ticks = np.arange(0, reach, step)
    left.set_xticks(-ticks, [str(tick) if tick else "last" for tick in ticks])
    left.tick_params(axis="x", length=3)
    left.set(xlim=(-reach, 1), ylim=(-0.35, depth + 0.35))
    left.set_xlabel("films before the last one", color=INK)
    layers = np.arange(depth + 1)
    right.plot(layers, fields, "o-", color=TEAL, linewidth=2, label="with dilation")
    plain = 1 + (kernel - 1) * layers
    right.plot(layers, plain, "o-", color=GREY, linewidth=2, label="r = 1 everywhere")
    for line, colour in ((fields, TEAL), (plain, INK)):
        right.annotate(
            f"{line[-1]}",
            (depth, line[-1]),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=9,
        )
    right.set_xticks(layers)
    right.set(xlim=(-0.15, depth + 0.45), ylim=(0, reach * 1.08))
    right.set_xlabel("stacked layers", color=INK)
    right.set_ylabel("receptive field, films", color=INK)
    right.legend(frameon=False, fontsize=9, loc="upper left")
    return described(
        figure,
        alt=(
            "A fan of lines from {reach} films to one output through {depth} layers, and two "
            "curves: the receptive field rises to {reach} films with dilation, to {plain} without."
        ),
        caption=(
            "Left: every film (amber) that reaches the last output. A filter joins three outputs "
            "of the layer below that are r positions apart, and no film in between is left out. "
            "Right: the same {depth} layers see {reach} films with these dilations, {plain} "
            "without."
        ),
        reach=reach,
        depth=depth,
        plain=int(plain[-1]),
    )


def gradients(influence: ArrayLike, edge: int, block: int) -> Picture:
    """Draw how strongly the last state depends on each film, by its distance from the end.

    Parameters
    ----------
    influence
        Average length of the gradient, shape (l,), the last film first.
    edge
        How many films the formula says can be seen.
    block
        How many of them the first block sees by itself.

    Returns
    -------
    Picture
        A bar for each position and the edge of the receptive field.

    Examples
    --------
    >>> gradients([3.0, 2.0, 1.0, 0.0], edge=3, block=2).alt[:39]
    'Bars over 4 positions counted from the '
    """
    bars = np.asarray(influence, float) / np.max(influence)
    figure, (ax,) = canvas(8, 3)
    back = np.arange(1, len(bars) + 1)
    ax.bar(back, bars, 0.8, color=np.where(bars > 0, TEAL, GREY))
    ax.axvline(block + 0.5, color=GREY, linewidth=1.5, linestyle=":")
    ax.text(block + 0.9, 0.94, "edge of the first block", color=INK, va="center", fontsize=9)
    ax.axvline(edge + 0.5, color=AMBER, linewidth=2)
    if edge < len(bars):
        ax.text(edge + 0.9, 0.94, "edge of the network", color=INK, va="center", fontsize=9)
    ax.set(xlim=(0, len(bars) + 1), ylim=(0, 1.05))
    ax.set_xlabel("position of the film, 1 for the last", color=INK)
    ax.set_ylabel("length of the gradient,\nrelative to the largest", color=INK)
    seen = int(np.count_nonzero(bars))
    return described(
        figure,
        alt=(
            "Bars over {n} positions counted from the end: high for the last few films, lower "
            "further back, zero beyond position {edge}; {seen} positions have a bar."
        ),
        caption=(
            "How much the network's last state changes when the vector of one film changes, "
            "averaged over histories. {seen} positions have an influence, some perhaps too small "
            "to be seen here; by the formula it is {edge} (amber). The first block alone sees "
            "{block} films (dotted)."
        ),
        n=len(bars),
        seen=seen,
        edge=edge,
        block=block,
    )


def positions(
    lost: Mapping[int, Comparison], kept: Mapping[int, tuple[float, float, float]], chain: float
) -> Picture:
    """Draw what single positions of a history are worth, and what the last few together are.

    Parameters
    ----------
    lost
        Position counted from the end → comparison of the model with and without the film there.
    kept
        How many of the last films were shown → NDCG@10 and the ends of its interval.
    chain
        NDCG@10 of the Markov chain.

    Returns
    -------
    Picture
        Two panels with intervals, the number of films on logarithmic axes.
    """
    figure, (left, right) = canvas(9, 3.4, columns=2)
    panels = (
        (left, {place: (c.difference, c.low, c.high) for place, c in lost.items()}),
        (right, kept),
    )
    for ax, values in panels:
        x = list(values)
        middle, low, high = np.array(list(values.values())).T
        ax.vlines(x, low, high, color=TEAL, linewidth=2)
        ax.plot(x, middle, "o-", color=TEAL, linewidth=1, markersize=6)
        ax.set_xscale("log")
        ticks = [tick for tick in (1, 2, 3, 5, 10, 20, 50, 100) if tick <= max(x)]
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
    left.axhline(0, color=GREY, linewidth=1)
    left.set_xlabel("position replaced, 1 for the last", color=INK)
    left.set_ylabel("NDCG@10 lost", color=INK)
    right.axhline(
        chain, color=AMBER, linewidth=1.5, linestyle=":", label="Markov chain, from the last film"
    )
    right.legend(frameon=False, fontsize=9, loc="lower right")
    right.set_ylim(bottom=0)
    right.set_xlabel("last films shown to the network", color=INK)
    right.set_ylabel("NDCG@10", color=INK)
    return described(
        figure,
        alt=(
            "Left, NDCG@10 lost when the film at one position is replaced: {first:.4f} for the "
            "last film, {last:.4f} at the far end. Right, NDCG@10 from {one:.3f} with one film "
            "shown to {all:.3f} with all, the Markov chain at {chain:.3f}."
        ),
        caption=(
            "Left: the NDCG@10 lost when the film at one position is replaced by another. Right: "
            "the NDCG@10 with only the last few films. Bars are 95% intervals over people, each "
            "judged by itself; those on the left are of paired differences."
        ),
        first=lost[min(lost)].difference,
        last=lost[max(lost)].difference,
        one=kept[min(kept)][0],
        all=kept[max(kept)][0],
        chain=chain,
    )


def themes(shares: Mapping[str, ArrayLike]) -> Picture:
    """Draw how alike the films are that each filter responds to: a dot for each filter.

    Parameters
    ----------
    shares
        Kind of filter → share of genres that films of its strongest windows have in common, shape
        (n_filters,).

    Returns
    -------
    Picture
        A row of dots for each kind, its mean marked.
    """
    figure, (ax,) = canvas(8, 0.9 + 0.62 * len(shares))
    found = {name: np.sort(np.asarray(given, float)) for name, given in shares.items()}
    for line, (name, values) in enumerate(found.items()):
        shift = 0.16 * np.array([-1, 0, 1])[np.arange(len(values)) % 3]
        colour = AMBER if line == 0 else TEAL
        ax.plot(values, line + shift, "o", color=colour, alpha=0.55, markersize=5, label=name)
        ax.plot([values.mean()] * 2, [line - 0.34, line + 0.34], color=INK, linewidth=2)
    ax.set_yticks(range(len(shares)), list(shares))
    ax.set_ylim(len(shares) - 0.45, -0.55)
    ax.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
    ax.set_xlabel("genres that two films of a filter's strongest windows share", color=INK)
    listed = ", ".join(f"{name} {values.mean():.1%}" for name, values in found.items())
    return described(
        figure,
        alt="Rows of dots, one dot per filter, with the means {listed}.",
        caption=(
            "Each dot is one filter: the share of their genres that two different films at one "
            "position of its strongest windows have in common. Upright lines are means. Where the "
            "rows overlap, a filter cannot be told from chance."
        ),
        listed=listed,
    )


def caser_filters(height: int = 5, dim: int = 10) -> Picture:
    """Draw the two kinds of filter of Caser over the picture that the last item vectors make.

    Parameters
    ----------
    height
        Films in the picture, one row each.
    dim
        Entries of an item vector, one column each.

    Returns
    -------
    Picture
        Left a horizontal filter over two films, right a vertical filter over all.

    Examples
    --------
    >>> caser_filters().alt[:36]
    'A grid of 5 films by 10 entries of t'
    """
    shades = np.random.default_rng(0).uniform(0.05, 0.5, (height, dim))
    figure, axes = canvas(8.4, 2.9, columns=2)
    for ax, title, corner, size, steps in (
        (axes[0], "horizontal: two films, all entries", (-0.5, 0.5), (dim, 2), (0, 1)),
        (axes[1], "vertical: all films, one entry", (2.5, -0.5), (1, height), (1, 0)),
    ):
        _bare(ax)
        ax.set_title(title, color=INK, fontsize=10)
        ax.imshow(shades, cmap="Greys", vmin=0, vmax=1, aspect="auto")
        ax.add_patch(Rectangle(corner, *size, fill=False, edgecolor=AMBER, linewidth=3))
        start = corner[0] + size[0] / 2, corner[1] + size[1] / 2
        ax.annotate(
            "",
            (start[0] + 3.2 * steps[0], start[1] + 1.9 * steps[1]),
            start,
            arrowprops={"arrowstyle": "-|>", "color": AMBER, "linewidth": 2.2},
        )
        names = [f"{back} before" for back in range(height - 1, 0, -1)]
        ax.set_yticks(range(height), [*names, "last film"])
        ax.set_xlabel("entries of the item vector", color=INK)
    return described(
        figure,
        alt=(
            "A grid of {height} films by {dim} entries of their vectors, twice: on the left a "
            "frame over two whole rows moves down, on the right a frame over one column moves "
            "right."
        ),
        caption=(
            "Caser reads the last {height} item vectors as a picture, one row per film. A "
            "horizontal filter slides down over whole rows and keeps its largest output; a "
            "vertical one weighs the films and slides along the entries."
        ),
        height=height,
        dim=dim,
    )


def _bare(ax: Axes) -> None:
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.tick_params(length=0)
