"""Rounds of fitting, showing and clicking, beside the same steps one by one."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.feedback_loop import feedback_loop
from recsys_book.demonstrations.shop import Shop, with_clicks
from recsys_helpers import MarkovChain, Popularity, synthetic

SHOP = Shop(synthetic(n_users=80, n_items=60, mean_length=5, tied=0, seed=2))


@pytest.mark.parametrize("refit", [True, False])
def test_rounds_are_those_of_a_plain_script(refit) -> None:
    found = feedback_loop(SHOP, MarkovChain, 3, k=4, refit=refit, seed=5)
    rng, log = np.random.default_rng(5), SHOP.made.interactions
    first = MarkovChain().fit(log)
    for row in found.iter_rows(named=True):
        histories = log.histories()
        model = MarkovChain().fit(log) if refit else first
        lists = model.top_k(histories, 4)[0]
        rng.random((80, 60))  # no place is left for the items that these would draw
        clicks = SHOP.clicks(histories, lists, rng)
        assert row["clicks"] == clicks.sum() / 80
        assert row["worth"] == pytest.approx(SHOP.worth(histories, lists).mean())
        assert row["coverage"] == pytest.approx(len(set(lists.ravel().tolist())) / 60)
        log = with_clicks(log, lists, clicks)


def test_only_a_loop_that_learns_is_fitted_in_every_round() -> None:
    fits = []

    def made() -> Popularity:
        fits.append(1)
        return Popularity()

    feedback_loop(SHOP, made, 3, k=4)
    assert len(fits) == 3
    feedback_loop(SHOP, made, 3, k=4, refit=False)
    assert len(fits) == 4


def test_no_list_is_worth_more_than_the_best_and_exploring_shows_more() -> None:
    loops = [feedback_loop(SHOP, MarkovChain, 4, k=5, n_explored=e) for e in (0, 3)]
    for loop in loops:
        assert (loop["worth"] <= loop["best"]).all()
        assert loop["round"].to_list() == [1, 2, 3, 4]
    assert loops[1]["coverage"].mean() > loops[0]["coverage"].mean()
    assert loops[1]["gini"].mean() < loops[0]["gini"].mean()
