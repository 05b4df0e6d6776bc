"""A shop's log prefers what the shop showed; the truth does not."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.offline_winner import (
    clicked_queries,
    logged_rounds,
    offline_and_online,
    winners,
)
from recsys_book.demonstrations.shop import Shop
from recsys_helpers import MarkovChain, Popularity, evaluate, synthetic


def a_round(seed: int, n_users: int = 600):
    made = synthetic(n_users, 100, 8, order=0.3, popularity=0.7, tied=0, seed=seed)
    log, shown = logged_rounds(Shop(made), 6, k=5, n_explored=2, seed=seed)
    return Shop(made), log, shown


def test_a_click_is_a_query_with_what_came_before() -> None:
    _, log, shown = a_round(0, n_users=80)
    queries = clicked_queries(log, shown[-1])
    histories = log.histories()
    clicked = [
        (user, int(item))
        for user in range(80)
        for item, click in zip(shown[-1].items[user], shown[-1].clicks[user], strict=True)
        if click
    ]
    assert list(zip(queries.users.tolist(), queries.targets.tolist(), strict=True)) == clicked
    for query, (user, _) in enumerate(clicked):
        assert queries.histories[query].tolist() == histories[user].tolist()


@pytest.mark.parametrize("seed", range(3))
def test_the_offline_winner_loses_online(seed) -> None:
    shop, log, (*_, earlier, shown) = a_round(seed, n_users=1000)
    models = {"popular": Popularity().fit(log), "order": MarkovChain().fit(log)}
    found = offline_and_online(shop, log, shown, models, earlier)
    popular, order = found.rows(named=True)
    report = evaluate(models, clicked_queries(log, shown), k=5)
    assert popular["NDCG"] == pytest.approx(report.mean("popular"))
    assert report.compare("popular", "order").verdict == "better than"
    assert popular["online"] < 0.6 * order["online"]
    assert {name: winners(found)[name] for name in ("NDCG", "online")} == {
        "NDCG": "popular",
        "online": "order",
    }


def test_estimates_are_close_on_average() -> None:
    errors = []
    for seed in range(8):
        shop, log, (*_, earlier, shown) = a_round(seed, n_users=300)
        models = {"popular": Popularity().fit(log)}
        found = offline_and_online(shop, log, shown, models, earlier)
        errors.append((found.select("IPS", "SNIPS", "DR") - found["online"]).row(0))
    assert np.abs(np.mean(errors, axis=0)).max() < 0.05
