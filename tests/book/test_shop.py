"""The simulated shop: its truth, its lists and its log, beside loops and frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.shop import Shop, explored, with_clicks
from recsys_helpers import EASE, Histories, Popularity, synthetic

SHOP = Shop(synthetic(n_users=30, n_items=40, mean_length=6, tied=0, seed=4))
LOG = SHOP.made.interactions
HISTORIES = LOG.histories()
MODEL = Popularity().fit(LOG)


def test_the_worth_of_a_list_is_the_share_of_visits_with_a_click() -> None:
    lists = MODEL.top_k(HISTORIES, 5)[0]
    rng = np.random.default_rng(0)
    clicks = np.stack([SHOP.clicks(HISTORIES, lists, rng) for _ in range(400)])
    assert clicks.sum(axis=2).max() == 1
    worth = SHOP.worth(HISTORIES, lists)
    np.testing.assert_allclose(clicks.sum(axis=2).mean(axis=0), worth, atol=0.12)
    assert clicks.sum(axis=2).mean() == pytest.approx(worth.mean(), abs=0.015)


def test_the_worth_is_that_of_a_loop_and_an_empty_place_has_none() -> None:
    lists = np.array([[3, -1, 5]] * 30, np.int32)
    q = SHOP.wishes(HISTORIES)
    np.testing.assert_allclose(SHOP.worth(HISTORIES, lists), [row[3] + row[5] for row in q])


@pytest.mark.parametrize("n_explored", [0, 2, 5])
def test_lists_hold_the_best_and_then_others_as_often_as_they_say(n_explored) -> None:
    rng = np.random.default_rng(1)
    best = EASE().fit(LOG).top_k(HISTORIES, 5)[0][:, : 5 - n_explored]
    model, times = EASE().fit(LOG), np.zeros((30, 40))
    for _ in range(500):
        items, propensities = explored(model, HISTORIES, 5, n_explored, rng)
        assert np.array_equal(items[:, : 5 - n_explored], best)
        np.add.at(times, (np.arange(30)[:, None], items), 1)
    for row, history in enumerate(HISTORIES):
        others = set(range(40)) - set(history.tolist()) - set(best[row].tolist())
        chance = n_explored / len(others)
        assert propensities[row].tolist() == [1.0] * (5 - n_explored) + [chance] * n_explored
        assert set(np.flatnonzero(times[row]).tolist()) <= others | set(best[row].tolist())
        found = times[row, sorted(others)] / 500
        np.testing.assert_allclose(found, chance, atol=5 * np.sqrt(chance / 500))


def test_clicks_become_the_last_rows_of_their_users() -> None:
    items = np.tile(np.array([[7, 9]], np.int32), (30, 1))
    clicks = np.zeros((30, 2), np.bool_)
    clicks[3, 1] = clicks[20, 0] = True
    more = with_clicks(LOG, items, clicks)
    for user, history in enumerate(more.histories()):
        expected = HISTORIES[user].tolist() + {3: [9], 20: [7]}.get(user, [])
        assert history.tolist() == expected


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="too few items are left for lists of 39"):
        explored(MODEL, HISTORIES, 39, 1, np.random.default_rng(0))
    nobody = Histories.from_lists(LOG.catalogue, [[1]])
    with pytest.raises(ValueError, match="as keys"):
        SHOP.wishes(nobody)
    frame = LOG.to_frame().select("user", "item")
    with pytest.raises(ValueError, match="needs times"):
        with_clicks(type(LOG).from_frame(frame, timestamp=None), HISTORIES, HISTORIES)
