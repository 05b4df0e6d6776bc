"""A recommender that learns from the clicks on its own lists, round after round."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from recsys_book.demonstrations.shop import Shop, explored, with_clicks
from recsys_helpers.evaluation.metrics import coverage, gini
from recsys_helpers.recommenders.base import Recommender


def feedback_loop(
    shop: Shop,
    make: Callable[[], Recommender],
    n_rounds: int = 10,
    *,
    k: int = 10,
    n_explored: int = 0,
    refit: bool = True,
    seed: int = 0,
) -> pl.DataFrame:
    """Fit, show lists, take the clicks into the log, and fit again.

    Parameters
    ----------
    shop
        Its log is where the first fit learns from; each customer comes once in a round.
    make
        Makes a recommender that is not fitted.
    n_rounds
        How many rounds.
    k
        Length of the lists.
    n_explored
        How many places at the end of a list go to items drawn at random.
    refit
        Whether each round learns from the clicks of those before. If not, customers still do not
        want again what they have clicked, so this is what the loop is to be held against.
    seed
        Of the customers' wishes and of these items.

    Returns
    -------
    polars.DataFrame
        For each round: worth, the expected clicks of a list; best, those of the best lists there
        are; clicks, those that were made; and coverage and Gini coefficient of the items shown.

    References
    ----------
    Chaney, Stewart and Engelhardt (2018), "How algorithmic confounding in recommendation systems
    increases homogeneity and decreases utility", RecSys. https://doi.org/10.1145/3240323.3240370

    Examples
    --------
    >>> from recsys_helpers import Popularity, synthetic
    >>> shop = Shop(synthetic(n_users=50, n_items=40, mean_length=4, tied=0))
    >>> rounds = feedback_loop(shop, Popularity, n_rounds=2, k=5)
    >>> rounds.columns, len(rounds)
    (['round', 'worth', 'best', 'clicks', 'coverage', 'gini'], 2)
    """
    rng = np.random.default_rng(seed)
    log, rows = shop.made.interactions, []
    model = make().fit(log)
    for number in range(1, n_rounds + 1):
        if refit and number > 1:
            model = make().fit(log)
        histories = log.histories()
        lists, _ = explored(model, histories, k, n_explored, rng)
        clicks = shop.clicks(histories, lists, rng)
        best = np.sort(shop.wishes(histories), axis=1)[:, -k:]
        rows.append(
            {
                "round": number,
                "worth": float(shop.worth(histories, lists).mean()),
                "best": float(best.sum(axis=1).mean()),
                "clicks": float(clicks.sum(axis=1).mean()),
                "coverage": coverage(lists, model.train_counts),
                "gini": gini(lists, model.train_counts),
            }
        )
        log = with_clicks(log, lists, clicks)
    return pl.DataFrame(rows)
