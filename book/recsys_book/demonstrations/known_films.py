"""How good lists are for somebody of whom only a few items are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recsys_book import results
from recsys_helpers import Queries, Report, Split, evaluate, load_movielens, user_split
from recsys_helpers._types import F32, I32, Bool
from recsys_helpers.log._ragged import starts_of
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender

MOST_KNOWN = 20
"""Every newcomer is asked when so many items are known, or more."""


class LastItems(Recommender):
    """A fitted recommender that is told only the last n items of each history.

    What it does not know is still left out of its lists when they are judged, as it must be if
    lists for more and for fewer known items are to be compared: all choose from the same items.

    Parameters
    ----------
    recommender
        Fitted.
    n
        How many items it is told.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions, MarkovChain
    >>> rows = {"user": [1, 1, 2, 2], "item": list("abca"), "timestamp": [1, 2, 3, 4]}
    >>> chain = MarkovChain().fit(Interactions.from_frame(pl.DataFrame(rows)))
    >>> told, asked = LastItems(chain, 0), chain.histories([["c", "a"]])
    >>> np.array_equal(told.score(asked), chain.score(chain.histories([[]])))
    True
    """

    def __init__(self, recommender: Recommender, n: int) -> None:
        self.recommender, self.n = recommender, n
        self.catalogue, self.time_unit = recommender.catalogue, recommender.time_unit
        self.train_counts, self.needs = recommender.train_counts, recommender.needs

    @property
    def ranks_new_items(self) -> bool:  # type: ignore[override]
        """Whether the recommender ranks items without a training row."""
        return self.recommender.ranks_new_items

    def _score(self, histories: Histories) -> F32:
        return self.recommender.score(histories.last(self.n))


def newcomers() -> Split:
    """Return the films of people whom no model has met, asked when at least twenty are known.

    Returns
    -------
    Split
        A tenth of the people of the small MovieLens log are validation, three tenths test. Each of
        their last five films is a query; those with fewer than twenty films before it are left out.
    """
    split = user_split(load_movielens(), valid=0.1, test=0.3)
    return replace(split, test=split.test.take(split.test.histories.lengths >= MOST_KNOWN))


def by_number_known(
    models: Mapping[str, Recommender], queries: Queries, numbers: Sequence[int], k: int = 10
) -> list[Report]:
    """Judge models that are told only the last items of each history.

    Parameters
    ----------
    models
        Fitted recommenders by name.
    queries
        The same people and targets for all numbers. Take those whose histories are long enough, or
        some are told fewer items.
    numbers
        How many items are told.
    k
        Length of the lists.

    Returns
    -------
    list of Report
        One for each number.

    Examples
    --------
    >>> from recsys_helpers import EASE, synthetic, user_split
    >>> split = user_split(synthetic(n_users=80, n_items=40).interactions, test=0.3)
    >>> for report in by_number_known({"EASE": EASE().fit(split.train)}, split.test, [0, 5]):
    ...     print(report.ranks["EASE"].shape == (1, len(split.test)))
    True
    True
    """
    return [
        evaluate({name: LastItems(model, n) for name, model in models.items()}, queries, k=k)
        for n in numbers
    ]


def with_recorded(
    reports: Mapping[str, Report], protocol: str, names: Sequence[str], folder: Path | None = None
) -> dict[str, Report]:
    """Add what was recorded of models that take too long to fit in a chapter.

    Parameters
    ----------
    reports
        How much is known, as text → the report.
    protocol
        Where records lie; that of a model is called by its name and how much is known, such as
        "SASRec-5".
    names
        The models to add, where they are recorded for all of these.
    folder
        Where results lie; the checkout's ``data/results`` unless given.

    Returns
    -------
    dict
        How much is known → a report with the same models and those that are added, without lists.
    """
    there = folder or results.FOLDER
    known = [path.stem for path in (there / protocol).glob("*.json")]
    found = [name for name in names if all(f"{name}-{much}" in known for much in reports)]
    more = {}
    for much, report in reports.items():
        ranks = dict(report.ranks)
        if found:
            records = [f"{name}-{much}" for name in found]
            read = results.recorded(protocol, report.queries, records, folder=there).ranks
            ranks |= {name: read[f"{name}-{much}"] for name in found}
        more[much] = Report(report.queries, ranks, k=report.k)
    return more


def only(histories: Histories, wanted: Bool) -> Histories:
    """Return histories with some of their items alone.

    Parameters
    ----------
    histories
        n histories.
    wanted
        Which items to keep: of all histories, shape (n_items,), or of each, shape (n, n_items).

    Returns
    -------
    Histories
        n histories, without times and ratings.

    Examples
    --------
    >>> from recsys_helpers import Catalogue
    >>> import polars as pl
    >>> histories = Histories.from_lists(Catalogue(pl.DataFrame({"item": [7, 8]})), [[7, 8], [8]])
    >>> only(histories, np.array([True, False])).to_lists()
    [[7], []]
    """
    of_each = np.broadcast_to(wanted, (len(histories), np.shape(wanted)[-1]))
    kept = of_each[histories.owners, histories.items]
    lengths = np.bincount(histories.owners[kept], minlength=len(histories))
    items: I32 = histories.items[kept]
    return Histories(histories.catalogue, starts_of(lengths), items, keys=histories.keys)
