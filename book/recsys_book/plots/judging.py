"""Pictures of results: the models of a report with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys_book.figures import INK, TEAL, Picture, canvas, described

if TYPE_CHECKING:
    from recsys_helpers.evaluation.report import Report


def results(report: Report, metric: str = "NDCG@10", *, ranked: bool = True) -> Picture:
    """Draw the models of a report with their intervals, best on top or as they come.

    Parameters
    ----------
    report
        What `evaluate` or `results.recorded` returned.
    metric
        An accuracy metric with its cutoff.
    ranked
        Whether the best is on top; otherwise the models are in the report's order.

    Returns
    -------
    Picture
        A dot and a bar for each model.

    Examples
    --------
    >>> from recsys_helpers import Popularity, Random, evaluate, leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> models = {"popular": Popularity(), "random": Random()}
    >>> fitted = {name: model.fit(split.train) for name, model in models.items()}
    >>> results(evaluate(fitted, split.test)).alt[:38]
    'NDCG@10 of 2 models with 95% intervals'
    """
    found = {name: report.interval(name, metric) for name in report.ranks}
    names = sorted(found, key=lambda name: -found[name][0]) if ranked else list(found)
    figure, (ax,) = canvas(8, 1.0 + 0.42 * len(names))
    for line, name in enumerate(names):
        middle, low, high = found[name]
        ax.plot([low, high], [line, line], color=TEAL, linewidth=2.5, solid_capstyle="round")
        ax.plot(middle, line, "o", color=TEAL, markersize=7)
        ax.annotate(
            f"{middle:.3f}",
            (high, line),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=9,
        )
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.margins(x=0.12)
    ax.set_xlabel(f"{metric}, average over queries", color=INK)
    listed = ", ".join(f"{name} {found[name][0]:.3f}" for name in names)
    return described(
        figure,
        alt="{metric} of {n} models with 95% intervals, from top to bottom: {listed}.",
        caption=(
            "{metric} averaged over all queries, with 95% intervals by bootstrap over users. "
            "Overlapping bars do not settle a comparison: the paired difference does."
        ),
        metric=metric,
        n=len(names),
        listed=listed,
    )
