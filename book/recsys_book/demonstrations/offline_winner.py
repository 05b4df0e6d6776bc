"""A shop that logs clicks on its own lists: what the log says of other lists, and what is true."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from recsys_book.demonstrations.off_policy import (
    click_rates,
    doubly_robust,
    ips,
    replay,
    snips,
)
from recsys_book.demonstrations.shop import Shop, Shown, explored, with_clicks
from recsys_helpers import Interactions, Popularity, Queries, evaluate
from recsys_helpers._types import I32
from recsys_helpers.recommenders.base import Recommender


def logged_rounds(
    shop: Shop, n_rounds: int, k: int = 10, n_explored: int = 1, seed: int = 0
) -> tuple[Interactions, list[Shown]]:
    """Let a shop show popular items, a few of them at random, and log what is clicked.

    Parameters
    ----------
    shop
        Its log is where the first fit of `Popularity` learns from.
    n_rounds
        How often each customer comes.
    k, n_explored
        As in `feedback_loop`.
    seed
        Of wishes and exploration.

    Returns
    -------
    log, shown
        The log before the last round, and what was shown in each round.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> shop = Shop(synthetic(n_users=50, n_items=40, mean_length=4, tied=0))
    >>> log, shown = logged_rounds(shop, n_rounds=3, k=5)
    >>> n_clicks = sum(int(visits.clicks.sum()) for visits in shown[:-1])
    >>> len(log) == len(shop.made.interactions) + n_clicks
    True
    """
    rng = np.random.default_rng(seed)
    log = shop.made.interactions
    shown: list[Shown] = []
    for _ in range(n_rounds):
        if shown:
            log = with_clicks(log, shown[-1].items, shown[-1].clicks)
        model, histories = Popularity().fit(log), log.histories()
        items, propensities = explored(model, histories, k, n_explored, rng)
        shown.append(Shown(items, propensities, shop.clicks(histories, items, rng)))
    return log, shown


def clicked_queries(log: Interactions, shown: Shown) -> Queries:
    """Return the clicks of a round as the targets of queries, as a log without lists holds them.

    Parameters
    ----------
    log
        Before the round.
    shown
        What each user of the log was shown, in the order of their codes.

    Returns
    -------
    Queries
        One for each click, with one target.
    """
    users, places = np.nonzero(shown.clicks)
    return Queries(
        log.histories().take(users),
        np.arange(len(users) + 1),
        shown.items[users, places],
        users.astype(np.int32),
        np.bincount(log.items, minlength=log.n_items),
    )


def offline_and_online(
    shop: Shop,
    log: Interactions,
    shown: Shown,
    models: Mapping[str, Recommender],
    earlier: Shown,
) -> pl.DataFrame:
    """Return what a round of logged clicks says of models, beside what their lists are worth.

    Parameters
    ----------
    shop
        Knows the truth.
    log
        Before the round.
    shown
        The round, with lists of k items.
    models
        Fitted on the log.
    earlier
        The round before, from which `doubly_robust` predicts clicks by `click_rates`.

    Returns
    -------
    polars.DataFrame
        For each model: online, the expected clicks of its lists of k; its NDCG at k on the clicked
        items; and the clicks by replay, IPS, SNIPS and doubly robust estimation.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> shop = Shop(synthetic(n_users=50, n_items=40, mean_length=4, tied=0))
    >>> log, (*_, earlier, shown) = logged_rounds(shop, n_rounds=3, k=5)
    >>> models = {"popular": Popularity().fit(log)}
    >>> offline_and_online(shop, log, shown, models, earlier).columns
    ['model', 'online', 'NDCG', 'replay', 'IPS', 'SNIPS', 'DR']
    """
    histories, k = log.histories(), shown.items.shape[1]
    report = evaluate(models, clicked_queries(log, shown), k=k)
    rates = click_rates(earlier, log.n_items)
    rows = []
    for name, model in models.items():
        lists: I32 = model.top_k(histories, k)[0]
        rows.append(
            {
                "model": name,
                "online": float(shop.worth(histories, lists).mean()),
                "NDCG": report.mean(name),
                "replay": replay(shown, lists),
                "IPS": float(ips(shown, lists).mean()),
                "SNIPS": snips(shown, lists),
                "DR": float(doubly_robust(shown, lists, rates).mean()),
            }
        )
    return pl.DataFrame(rows)


def winners(found: pl.DataFrame) -> dict[str, str]:
    """Return which model each column puts first.

    Parameters
    ----------
    found
        What `offline_and_online` returned.

    Returns
    -------
    dict
        Column → the model with the largest value.

    Examples
    --------
    >>> found = pl.DataFrame({"model": ["a", "b"], "online": [0.2, 0.4], "NDCG": [0.6, 0.5]})
    >>> winners(found)
    {'online': 'b', 'NDCG': 'a'}
    """
    columns = [name for name in found.columns if name != "model"]
    return {name: found.sort(name)["model"][-1] for name in columns}
