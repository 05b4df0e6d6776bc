"""How good lists are for few known items: a model that is told less is asked the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from recsys_book import results
from recsys_book.demonstrations.known_films import (
    MOST_KNOWN,
    LastItems,
    by_number_known,
    newcomers,
    only,
    with_recorded,
)
from recsys_helpers import EASE, MarkovChain, Popularity, evaluate, synthetic, user_split
from recsys_helpers.log._ragged import starts_of

SPLIT = user_split(synthetic(n_users=80, n_items=40, seed=1).interactions, test=0.3, n_targets=2)
ASKED = SPLIT.test.take(SPLIT.test.histories.lengths >= 5)
EASE_MODEL = EASE().fit(SPLIT.train)


def test_a_model_is_told_the_last_items_alone() -> None:
    lists = [ids[-3:] for ids in ASKED.histories.to_lists()]
    expected = EASE_MODEL.score(EASE_MODEL.histories(lists))
    assert np.array_equal(LastItems(EASE_MODEL, 3).score(ASKED.histories), expected)


def test_told_everything_it_is_the_model() -> None:
    everything = int(ASKED.histories.lengths.max())
    (report,) = by_number_known({"EASE": EASE_MODEL}, ASKED, [everything])
    plain = evaluate({"EASE": EASE_MODEL}, ASKED)
    assert np.array_equal(report.ranks["EASE"], plain.ranks["EASE"])


def test_what_is_not_told_is_still_left_out_of_the_list() -> None:
    (report,) = by_number_known({"pop": Popularity().fit(SPLIT.train)}, ASKED, [0])
    for seen, listed in zip(ASKED.histories, report.lists["pop"][0], strict=True):
        assert not np.isin(seen, listed).any()


def test_popularity_does_not_care_and_a_chain_needs_one() -> None:
    models = {"pop": Popularity().fit(SPLIT.train), "chain": MarkovChain().fit(SPLIT.train)}
    none, one, five = by_number_known(models, ASKED, [0, 1, 5])
    assert np.array_equal(none.ranks["pop"], five.ranks["pop"])
    assert np.array_equal(one.ranks["chain"], five.ranks["chain"])
    assert not np.array_equal(none.ranks["chain"], one.ranks["chain"])


def test_nobody_is_asked_about_with_fewer_than_twenty_known() -> None:
    split = newcomers()
    assert split.test.histories.lengths.min() >= MOST_KNOWN
    assert not np.isin(split.test.users, split.train.users).any()
    assert len(np.unique(split.test.users)) > 150


def test_records_are_added_where_they_are_whole(tmp_path: Path) -> None:
    numbers = ("0", "2")
    reports = by_number_known({"EASE": EASE_MODEL}, ASKED, [0, 2])
    by_number = dict(zip(numbers, reports, strict=True))
    assert list(with_recorded(by_number, "here", ["Chain"], tmp_path)["0"].ranks) == ["EASE"]
    for name, several in (("Chain", numbers), ("Half", numbers[:1])):
        for number in several:
            named = evaluate({f"{name}-{number}": LastItems(EASE_MODEL, int(number))}, ASKED)
            results.write(tmp_path / "here", f"{name}-{number}", named, [0], {})
    found = with_recorded(by_number, "here", ["Chain", "Half"], tmp_path)
    assert list(found["2"].ranks) == ["EASE", "Chain"]
    assert np.array_equal(found["2"].ranks["Chain"], by_number["2"].ranks["EASE"])


def test_some_items_of_each_history_by_a_loop() -> None:
    rng = np.random.default_rng(0)
    wanted = rng.random((len(ASKED), SPLIT.train.n_items)) < 0.4
    found = only(ASKED.histories, wanted)
    for own, keep, kept in zip(ASKED.histories, wanted, found, strict=True):
        assert kept.tolist() == [item for item in own if keep[item]]
    assert np.array_equal(found.keys, ASKED.histories.keys)
    same_for_all = only(ASKED.histories, wanted[0])
    assert (
        same_for_all.to_lists()
        == only(ASKED.histories, np.tile(wanted[0], (len(ASKED), 1))).to_lists()
    )
    bare = replace(
        ASKED.histories,
        indptr=starts_of(np.zeros(0, np.int64)),
        items=[],
        times=None,
        ratings=None,
        at=None,
        keys=None,
    )
    assert len(only(bare, wanted[0])) == 0
