"""What each recommender refuses before it learns or scores, and what it makes of its scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from recsys_helpers import Interactions, Popularity, Queries
from recsys_helpers.recommenders.base import Recommender

ROWS = {"user": [1, 1, 1, 2, 2], "item": ["a", "b", "c", "a", "b"], "timestamp": [1, 2, 3, 4, 5]}
ITEMS = pl.DataFrame({"item": ["a", "b", "c", "d"]})
LOG = Interactions.from_frame(pl.DataFrame(ROWS), items=ITEMS)
TABLE = np.array([[1, 2, 3, 4], [4, 3, 2, 1]], np.float32)


class Told(Recommender):
    """Gives the scores it was told to."""

    def __init__(self, table: np.ndarray = TABLE) -> None:
        self.table = table

    def _fit(self, train, valid):
        pass

    def _score(self, histories):
        return self.table


class Timed(Popularity):
    """Says that it needs times."""

    needs = frozenset({"times"})


def queries(log: Interactions) -> Queries:
    """Ask once what the first user did next."""
    return Queries(log.histories([1]), [0, 1], [0], [0], np.ones(log.n_items, int))


def among(*items: str) -> Interactions:
    """Return the same rows in another catalogue."""
    return Interactions.from_frame(pl.DataFrame(ROWS), items=pl.DataFrame({"item": items}))


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("train", "valid", "kind", "message"),
    [
        (LOG.to_frame(), None, TypeError, "train must be Interactions .*, not a DataFrame"),
        (LOG, LOG, TypeError, "valid must be Queries .*, not a Interactions"),
        (LOG.take([]), None, ValueError, "nothing to learn from: the log has no rows"),
    ],
)
def test_what_nothing_is_learnt_from(
    train: object, valid: object, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        Popularity().fit(train, valid)


def test_one_row_is_enough() -> None:
    assert Popularity().fit(LOG.take([0])).train_counts.tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(("learnt", "asked"), [("abc", "bca"), ("bca", "abc")])
def test_only_one_catalogue_is_spoken_of(learnt: str, asked: str) -> None:
    """Catalogues are one if their ids are, however they were made."""
    model, alike, other = Popularity(), queries(among(*learnt)), queries(among(*asked))
    model.fit(among(*learnt), alike).score(alike.histories)
    with pytest.raises(ValueError, match="histories have another catalogue than the recommender"):
        model.score(other.histories)
    with pytest.raises(ValueError, match="valid has another catalogue than train"):
        model.fit(among(*learnt), other)


@pytest.mark.bad_input("times")
@pytest.mark.parametrize(("learnt", "asked"), [("s", "ms"), ("ms", "s")])
def test_times_are_told_in_one_unit_where_they_are_needed(learnt: str, asked: str) -> None:
    train, other = replace(LOG, time_unit=learnt), replace(LOG, time_unit=asked)
    message = f"Timed was fitted on times in '{learnt}', .* count in '{asked}'"
    with pytest.raises(ValueError, match=message):
        Timed().fit(train).score(other.histories())
    with pytest.raises(ValueError, match=message):
        Timed().fit(train, queries(other))
    Timed().fit(train, queries(train)).score(train.histories())
    Popularity().fit(train, queries(other)).score(other.histories())


@pytest.mark.bad_input("settings and arrays out of range")
def test_what_is_needed_is_asked_for() -> None:
    model = Timed().fit(LOG)
    with pytest.raises(ValueError, match="Timed needs the times of each history"):
        model.score(model.histories([["a"]]))
    timeless = replace(queries(LOG), histories=replace(LOG.histories([1]), times=None))
    with pytest.raises(ValueError, match="Timed needs the times of each history"):
        Timed().fit(LOG, timeless)
    Popularity().fit(LOG, timeless)


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    "wrong",
    [
        TABLE[:1],
        np.tile(TABLE, (2, 1)),
        TABLE[:, :3],
        np.tile(TABLE, 2),
        TABLE[0],
        TABLE.astype(float),
    ],
)
def test_scores_of_another_shape_or_type(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"Told\._score must return float32 of shape \(2, 4\)"):
        Told(wrong).fit(LOG).score(LOG.histories())


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_the_first_score_that_cannot_be_compared_is_named(wrong: float) -> None:
    table = TABLE.copy()
    table[0, 2] = table[1, 0] = wrong
    message = f"Told gives item 'c' the score {wrong} for history 0; scores are finite"
    with pytest.raises(ValueError, match=message):
        Told(table).fit(LOG).score(LOG.histories())


def test_items_without_a_training_row_are_not_ranked() -> None:
    table = TABLE.copy()
    table[1, 0] = -np.inf
    scores = Told(table).fit(LOG).score(LOG.histories())
    assert LOG.catalogue.ids[[0, 2, 3]].tolist() == ["a", "c", "d"]  # two rows, one, none
    assert scores.tolist() == [[1, 2, 3, -np.inf], [-np.inf, 3, 2, -np.inf]]


def test_lists_as_they_are_made_if_nothing_else_is_said() -> None:
    """Ten items, without those of the history, in the columns that are promised."""
    n = 30
    frame = pl.DataFrame({"user": [1] * n, "item": range(n), "timestamp": range(n)})
    model = Told(np.arange(n, dtype=np.float32)[None]).fit(Interactions.from_frame(frame))
    table = model.recommend(model.histories([[29, 3]]))
    assert table.columns == ["query", "rank", "item", "score"]
    assert table.rows() == [(0, place, 29 - place, 29 - place) for place in range(1, 11)]
    assert model.recommend(model.histories([[29]], keys=["Ann"]), 1).rows() == [("Ann", 1, 28, 28)]
    assert model.recommend(model.histories([[29]]), 1, exclude_seen=False)["item"].item() == 29
    assert model.top_k(model.histories([[29]]), 1)[0].tolist() == [[28]]


def test_the_best_item_may_have_the_code_0() -> None:
    model = Told(-np.arange(4, dtype=np.float32)[None]).fit(LOG)
    assert model.recommend(model.histories([[]]), 4)["item"].to_list() == ["a", "b", "c"]
