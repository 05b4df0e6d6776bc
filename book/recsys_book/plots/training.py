"""Pictures of training: what was learnt with each epoch, and where it was best to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from recsys_book.figures import INK, Picture, canvas, described, styled_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recsys_helpers.recommenders.neural.recommender import NetworkRecommender


def learning(
    models: Mapping[str, NetworkRecommender], metric: str = "NDCG@10", per: str = "item"
) -> Picture:
    """Draw training loss and validation metric by epoch, and mark the epoch that was kept.

    Parameters
    ----------
    models
        Name → a model fitted with validation queries.
    metric
        The label of what was measured on them.
    per
        What the loss is averaged over.

    Returns
    -------
    Picture
        The loss on the left, the metric on the right; a dot marks the best epoch.

    Raises
    ------
    ValueError
        If there is no model, or one was fitted without validation queries.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ndcg = [0.05, 0.07, 0.06]
    >>> curve = [{"epoch": i + 1, "loss": 7 - i, "ndcg": v} for i, v in enumerate(ndcg)]
    >>> learning({"SASRec": SimpleNamespace(curve=curve)}).alt[-54:]
    'SASRec is best after epoch 2 of 3, with NDCG@10 0.070.'
    """
    if not models or any("ndcg" not in model.curve[-1] for model in models.values()):
        raise ValueError("learning needs models that were fitted with validation queries")
    figure, (left, right) = canvas(8, 3.2, columns=2)
    found = []
    for (name, model), style in styled_lines(models.items()):
        epochs = [entry["epoch"] for entry in model.curve]
        best = max(model.curve, key=lambda entry: entry["ndcg"])
        for ax, key in ((left, "loss"), (right, "ndcg")):
            values = [entry[key] for entry in model.curve]
            ax.plot(epochs, values, linewidth=2, label=name, **style)
            ax.plot(best["epoch"], best[key], "o", color=style["color"], markersize=8)
        found.append(
            f"{name} is best after epoch {best['epoch']:.0f} of {epochs[-1]:.0f}, "
            f"with {metric} {best['ndcg']:.3f}"
        )
    right.set_ylim(bottom=0)
    left.set_ylabel(f"training loss, nats per {per}", color=INK)
    right.set_ylabel(f"validation {metric}", color=INK)
    for ax in (left, right):
        ax.set_xlabel("epoch", color=INK)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(models) > 1:
        right.legend(frameon=False, fontsize=9, loc="lower right")
    return described(
        figure,
        alt="Training loss and validation {metric} by epoch. {listed}.",
        caption=(
            "Left the training loss, right the {metric} on validation queries, after each epoch. "
            "Training stops when the second no longer rises, and the weights of the marked epoch "
            "are kept. {listed}."
        ),
        metric=metric,
        listed="; ".join(found),
    )
