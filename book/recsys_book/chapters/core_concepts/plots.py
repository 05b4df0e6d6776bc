"""Pictures of chapter 2: how popular the listed items are, and one person's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    Picture,
    canvas,
    described,
    shortened,
    styled_lines,
)
from recsys_book.plots import results as results
from recsys_helpers.log.moments import seconds

if TYPE_CHECKING:
    from recsys_helpers._types import F64, I64
    from recsys_helpers.evaluation.report import Report
    from recsys_helpers.log.histories import Histories

_DAY = 86_400


def popularity(report: Report) -> Picture:
    """Draw how popular the listed items are: the running share of list positions by popularity.

    Parameters
    ----------
    report
        What `evaluate` returned, with its lists.

    Returns
    -------
    Picture
        A curve for each model, and one for the items that people met next.

    Raises
    ------
    ValueError
        If the report holds no lists.
    """
    if not report.lists:
        raise ValueError("this report holds only ranks, no lists: make it with `evaluate`")
    counts = report.queries.train_counts
    place = np.empty(len(counts), np.int64)
    place[np.lexsort((report.queries.catalogue.tie_rank, -counts))] = np.arange(len(counts))
    figure, (ax,) = canvas(8, 3.8)
    x = np.arange(1, len(counts) + 1)
    tenth = max(len(counts) // 10, 1)
    heads = {}
    for (name, lists), style in styled_lines(report.lists.items()):
        shares = _running(place[lists[lists >= 0]], len(counts))
        heads[name] = shares[tenth - 1]
        ax.plot(x, shares, linewidth=2, label=name, **style)
    met = _running(place[report.queries.targets], len(counts))
    ax.plot(x, met, color=INK, linewidth=2, linestyle=":", label="met next")
    ax.set_xscale("log")
    ax.set(xlim=(1, len(counts)), ylim=(0, 1.02))
    ax.axvline(tenth, color=GREY, linewidth=1)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set_xlabel("items, most popular in training first", color=INK)
    ax.set_ylabel("share of the list positions", color=INK)
    ax.legend(frameon=False, fontsize=9)
    listed = ", ".join(f"{name} {share:.0%}" for name, share in heads.items())
    return described(
        figure,
        alt=(
            "Running shares of list positions over items sorted by popularity. The most popular "
            "tenth of the items has these shares: {listed}; of the items met next {met:.0%}."
        ),
        caption=(
            "How much of the lists goes to the most popular items. At each point of the lower axis "
            "a line tells which share of all list positions the items up to there fill. The dotted "
            "line is what people met next; the grey one marks the most popular tenth of the "
            "catalogue, which makes up {met:.0%} of that. A line above the dotted one keeps to "
            "popular items more than people do."
        ),
        listed=listed,
        met=met[tenth - 1],
    )


def history(histories: Histories, person: int = 0, n: int = 12) -> Picture:
    """Draw when one person met their last items, with titles and, where known, ratings.

    Parameters
    ----------
    histories
        Histories with times in seconds.
    person
        Which of them, 0 … n_histories − 1.
    n
        How many items to show, the latest at the bottom.

    Returns
    -------
    Picture
        A dot for each item: its time before the last one, and in colour its rating.

    Raises
    ------
    ValueError
        If there are no times, row numbers stand in for them, or the history is empty.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> history(synthetic(n_users=5, n_items=30).interactions.histories(), 0, n=4).alt[:39]
    'Timeline of the last 4 items of one per'
    """
    one = histories.take([person]).last(n)
    if one.times is None or len(one.items) == 0:
        raise ValueError("a history needs items and times to be drawn")
    titles = [shortened(title) for title in one.catalogue.titles(one.items)]
    before = seconds(one.times[-1] - one.times, one.time_unit) / _DAY
    figure, (ax,) = canvas(8, 0.9 + 0.28 * len(titles))
    colour = AMBER if one.ratings is None else one.ratings
    dots = ax.scatter(
        -before, range(len(titles)), c=colour, cmap="viridis", vmin=0.5, vmax=5, s=46, zorder=3
    )
    if one.ratings is not None:
        figure.colorbar(dots, ax=ax, pad=0.02).set_label("rating, stars", color=INK)
    ax.set_yticks(range(len(titles)), titles)
    ax.set_ylim(len(titles) - 0.5, -0.5)
    ax.set_xscale("symlog", linthresh=1 / 24)
    marks = [(0, "last"), (1 / 24, "1 h"), (1, "1 day"), (30, "1 month"), (365, "1 year")]
    kept = [(day, mark) for day, mark in marks if day <= max(before[0] * 1.5, 1 / 24)]
    ax.set_xticks([-day for day, _ in kept], [mark for _, mark in kept])
    ax.minorticks_off()
    ax.set_xlim(-1.6 * max(before[0], 1 / 24), 0.02)
    ax.set_xlabel("time before the last item", color=INK)
    return described(
        figure,
        alt=(
            "Timeline of the last {n} items of one person, over {days:.1f} days, oldest first: "
            "{titles}."
        ),
        caption=(
            "The last {n} items of one person, the latest at the bottom. The further left a dot, "
            "the longer before the last one the item was met. The axis is stretched towards the "
            "end: dots above each other may be hours apart on the left, and only minutes on the "
            "right."
        ),
        n=len(titles),
        titles=", ".join(titles),
        days=before[0],
    )


def _running(places: I64, n: int) -> F64:
    counts = np.bincount(places.ravel(), minlength=n)
    return np.asarray(np.cumsum(counts) / max(int(counts.sum()), 1))
