"""From what was found and measured to what may mislead, and to a recommendation."""

from __future__ import annotations

from collections.abc import Sequence

from recsys_book.audit.notices import Notice
from recsys_book.audit.trials import Trial

ORDER, TASTE = {"MarkovChain", "SASRec", "LSTM4Rec"}, {"ItemKNN", "EASE"}


def misleading(notices: Sequence[Notice], trials: Sequence[Trial]) -> list[str]:
    """Return what could make the tables below look better, or other, than they are.

    Parameters
    ----------
    notices
        About the log and its split.
    trials
        The splits that were tried.
    """
    told = [f"{one.title}: {one.found}" for one in notices if one.level == "wrong"]
    judged = [one for one in trials if one.report is not None]
    best = {one.name: one.winners for one in judged}
    if len(judged) == 2 and not set(best[judged[0].name]) & set(best[judged[1].name]):
        told.append(
            "The two splits disagree about the best model: "
            + "; ".join(f"{name}, {_and(names)}" for name, names in best.items())
            + ". Believe the latest period, which knows nothing of the future."
        )
    for one in judged:
        assert one.report is not None
        untrained = int(one.report.untrained.sum())
        n = len(one.report.queries.targets)
        if untrained > 0.05 * n:
            told.append(
                f"{one.name}: {untrained / n:.0%} of the answers are items without a training row, "
                "which none of these models can rank. They count as misses for all alike."
            )
        if len(one.report.queries) < 500:
            told.append(
                f"{one.name}: there are only {len(one.report.queries):,} queries, so intervals are "
                "wide and small differences cannot be seen."
            )
        if not one.report.exclude_seen:
            told.append(
                f"{one.name}: lists may hold items that were seen. Figures of others, who leave "
                "them out, cannot be compared with these."
            )
    return told


def recommendation(trials: Sequence[Trial]) -> str:
    """Return which of the tried models to begin with, and why.

    Parameters
    ----------
    trials
        The splits that were tried. The last one that could be judged decides.
    """
    judged = [one for one in trials if one.report is not None]
    if not judged:
        return "The log could not be split, so nothing was measured: collect more rows first."
    trial = judged[-1]
    assert trial.report is not None
    if trial.report.untrained.mean() > 0.5:
        return (
            "Begin with a model that knows items by more than their ids, such as LikeSVM or "
            f"ConvLSTM, which read features and text: by {trial.name.lower()} most answers are "
            "items without a training row, and none of the models below can rank these."
        )
    chosen, *equals = trial.winners
    mean, low, high = trial.report.interval(chosen)
    beginning = (
        f"Begin with {chosen}: by {trial.name.lower()} its NDCG@{trial.report.k} is {mean:.3f} "
        f"(95% interval {low:.3f} to {high:.3f})"
    )
    if equals:
        beginning += f", not distinguishable from {_and(equals)}, which cost more to fit"
    if chosen in ORDER:
        reason = (
            "Order tells most here, so a sequence model is worth a try: SASRec, LSTM4Rec or, "
            "without a network, RankSVM."
        )
    elif chosen in TASTE:
        reason = "What belongs together tells most here. RankSVM adds order to it."
    else:
        reason = (
            "Nothing that knows the user does better, so look at the log before you try larger "
            "models: too few rows for each user, ties, robots."
        )
    return f"{beginning}. {reason}"


def _and(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
