"""Pictures of Transformers: what each change is worth, gradients at the start, biases of time."""

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
    styled_lines,
)
from recsys_book.plots import attention_maps as attention_maps, learning as learning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from recsys_helpers.evaluation.comparisons import Comparison


def changes(groups: Mapping[str, Mapping[str, Comparison]]) -> Picture:
    """Draw what each change is worth: its difference to one model, in groups.

    Parameters
    ----------
    groups
        Heading → name of a change → the changed model compared with the one that all share.

    Returns
    -------
    Picture
        A row for each change, in each group the best on top, with a line at 0.

    Examples
    --------
    >>> from recsys_helpers.evaluation.comparisons import Comparison
    >>> gate = Comparison("gate", "SASRec", "NDCG@10", 0.002, -0.001, 0.005)
    >>> changes({"one part": {"gate": gate}}).alt
    'Difference to SASRec in NDCG@10 with 95% intervals. one part: gate +0.002.'
    """
    n_rows = sum(1 + len(members) for members in groups.values())
    figure, (ax,) = canvas(8, 0.8 + 0.34 * n_rows)
    labels: dict[float, str] = {}
    told = []
    line, metric, base = 0, "", ""
    for heading, members in groups.items():
        labels[line] = heading
        listed = []
        for name in sorted(members, key=lambda name: -members[name].difference):
            line += 1
            one = members[name]
            metric, base, labels[line] = one.metric, one.b, name
            colour = TEAL if one.distinguishable else GREY
            ax.plot([one.low, one.high], [line, line], color=colour, linewidth=2.6)
            ax.plot(one.difference, line, "o", color=colour, markersize=7.5)
            listed.append(f"{name} {one.difference:+.3f}".replace("-", "−"))
        told.append(f"{heading}: {', '.join(listed)}")
        line += 1
    ax.axvline(0, color=INK, linewidth=1.3)
    ax.set_yticks(list(labels), list(labels.values()))
    for label, text in zip(ax.get_yticklabels(), labels.values(), strict=True):
        label.set_fontweight("bold" if text in groups else "normal")
    ax.set_ylim(n_rows - 0.4, -0.6)
    ax.set_xlabel(f"{metric} minus that of {base}", color=INK)
    return described(
        figure,
        alt="Difference to {base} in {metric} with 95% intervals. {told}.",
        caption=(
            "Each dot is the difference in {metric} between a model and {base}, each bar its 95% "
            "interval; all intervals hold at once. Right of the line is better. Grey bars contain "
            "0: such a difference may be chance."
        ),
        base=base,
        metric=metric,
        told="; ".join(told),
    )


def gradient_sizes(depths: Sequence[int], sizes: Mapping[str, ArrayLike]) -> Picture:
    """Draw how large a gradient is before training, by the number of blocks.

    Parameters
    ----------
    depths
        Numbers of blocks, shape (n,).
    sizes
        Name → length of the gradient for each number of blocks, shape (n,).

    Returns
    -------
    Picture
        A line for each name, relative to its first value; both axes logarithmic.

    Examples
    --------
    >>> gradient_sizes([1, 4], {"before": [0.2, 0.1], "after": [0.1, 0.1]}).alt
    'Gradient in the last block from 1 to 4 blocks: before times 0.50, after times 1.00.'
    """
    x = np.asarray(depths, dtype=float)
    figure, (ax,) = canvas(8, 3.2)
    found = []
    for (name, of), style in styled_lines(sizes.items()):
        y = np.asarray(of, dtype=float)
        ax.loglog(x, y / y[0], marker="o", markersize=5, linewidth=2, label=name, **style)
        found.append(f"{name} times {y[-1] / y[0]:.2f}")
    ax.loglog(x, (x / x[0]) ** -0.5, ":", color=GREY, linewidth=1.5, label="1 / √blocks")
    ax.set_xticks(x, [f"{n:.0f}" for n in x])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.set_yticks([0.25, 0.5, 1, 2])
    ax.set_xlabel("blocks", color=INK)
    ax.set_ylabel("gradient, relative to one block", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="lower left")
    return described(
        figure,
        alt="Gradient in the last block from {first} to {last} blocks: {listed}.",
        caption=(
            "Length of the gradient of the last block's last matrix, before any training, relative "
            "to a stack of {first} block: {listed} at {last} blocks. The dotted line falls as one "
            "over the root of the number of blocks."
        ),
        first=int(x[0]),
        last=int(x[-1]),
        listed=", ".join(found),
    )


_MOMENTS = {
    "none": 0,
    "1 min": 60,
    "1 h": 3600,
    "1 day": 86_400,
    "1 month": 2_592_000,
    "1 year": 31_557_600,
}


def gap_biases(learnt: Mapping[str, ArrayLike], pairs: ArrayLike) -> Picture:
    """Draw the learnt bias of each bucket of time gaps, and how many pairs taught it.

    Parameters
    ----------
    learnt
        Name → bias of each bucket, shape (n_buckets,): bucket 0 for no gap, then from 1 s on, each
        twice as wide as the one before.
    pairs
        How many pairs of positions fall into each bucket, shape (n_buckets,).

    Returns
    -------
    Picture
        The biases above, the shares of pairs below; buckets without a pair are left out.

    Examples
    --------
    >>> gap_biases({"HSTU": [0.5, 0.0, -1.5]}, [10, 30, 60]).alt
    'Bias by time gap. HSTU: from −1.5 to +0.5, highest at no gap.'
    """
    counts = np.asarray(pairs, dtype=float)
    used = np.flatnonzero(counts)
    figure, (left, right) = canvas(8.6, 3.4, columns=2)
    found = []
    for (name, of), style in styled_lines(learnt.items()):
        y = np.asarray(of, dtype=float)[used]
        left.plot(used, y, marker="o", markersize=4, linewidth=2, label=name, **style)
        low, high = (f"{value:+.1f}".replace("-", "−") for value in (y.min(), y.max()))
        found.append(f"{name}: from {low} to {high}, highest at {_length(used[y.argmax()])}")
    left.axhline(0, color=GREY, linewidth=1.5, linestyle=":", label="before training")
    left.margins(y=0.15)
    left.set_ylabel("bias added to the logit", color=INK)
    left.legend(frameon=False, fontsize=9)
    right.bar(used, counts[used] / counts.sum(), 0.8, color=AMBER)
    right.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    right.set_ylabel("share of the pairs", color=INK)
    marks = {name: seconds.bit_length() for name, seconds in _MOMENTS.items()}
    shown = {name: bucket for name, bucket in marks.items() if bucket <= used[-1]}
    for ax in (left, right):
        ax.set_xticks(list(shown.values()), list(shown), rotation=45, ha="right")
        ax.set_xlabel("gap between two films of a history", color=INK)
    return described(
        figure,
        alt="Bias by time gap. {listed}.",
        caption=(
            "Left the bias learnt for each bucket of time gaps: {listed}. Only differences matter: "
            "a bias that is larger by one multiplies a film's weight by e, relative to the others. "
            "Right how the pairs of films within a window are spread over the buckets."
        ),
        listed="; ".join(found),
    )


def _length(bucket: int) -> str:
    """Write the shortest gap of a bucket."""
    if bucket == 0:
        return "no gap"
    seconds = 2 ** int(bucket - 1)
    for unit, size in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds} s"
