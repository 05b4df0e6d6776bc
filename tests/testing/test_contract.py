"""The public check of recommenders: right ones pass, and every planted fault is named."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest
from support import toy_recommenders as toys

from recsys_helpers import EASE, ItemKNN, MarkovChain, Popularity, RankSVM, RatingSVR
from recsys_helpers.recommenders import HOMES, NEURAL, ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._log import LONG, sample
from recsys_helpers.testing.contract import CHECKS, check_recommender

Make = Callable[[], Recommender]

OWN = [
    getattr(import_module(f"recsys_helpers.recommenders.{home}"), name)
    for name, home in HOMES.items()
    if name not in NEURAL  # test_networks.py checks these, with small settings
]
RIGHT: list[Make] = [
    *OWN,
    lambda: ItemKNN(n_neighbours=3, shrinkage=5.0, values="rating"),
    lambda: EASE(regularisation=1.0, values="rating"),
    lambda: RankSVM(kernel="fourier", n_components=20),
    lambda: RankSVM(kernel="nystroem", n_components=20),
    lambda: RatingSVR(kernel="nystroem", n_components=20),
    toys.Toy,
    toys.TimedToy,
    toys.ContentToy,
]

# Each fault with the check that must name it, and the checks that cannot help seeing it too; None
# where the fault changes every score, or every later one, so that most checks see it.
FAULTS: dict[type[Recommender], tuple[str, tuple[str, ...] | None]] = {
    toys.ReturnsNothing: ("fit", ()),
    toys.ChangesItsLog: ("fit", ()),
    toys.DoublePrecision: ("scores", ()),
    toys.LosesARow: ("scores", None),
    toys.NoNumber: ("scores", None),
    toys.TakesAnyCatalogue: ("refusals", ()),
    toys.KnowsEveryId: ("refusals", ()),
    toys.ChangesItsInput: ("side_effects", ()),
    toys.HandsOutItsOwnArray: ("side_effects", None),
    toys.CountsItsQuestions: ("side_effects", None),
    toys.SeedsTheWorld: ("random_state", ()),
    toys.DrawsFromTheWorld: ("random_state", ()),
    toys.ForgetsItsSeed: ("same_seed", ("row_order",)),
    toys.ReadsTheFileOrder: ("row_order", ()),
    toys.NormalisesOverTheBatch: ("batch", ("short_histories", "chunks")),
    toys.CountsPadding: ("batch", ("short_histories", "chunks")),
    toys.ReadsThePaddingOfTheBatch: ("batch", ("short_histories", "chunks")),
    toys.SortsTheBatch: ("batch", ("short_histories", "chunks", "positions")),
    toys.NoNumberForTheEmpty: ("short_histories", ()),
    toys.NothingForTheEmpty: ("short_histories", ()),
    toys.FailsOnTheEmpty: ("short_histories", ()),
    toys.ReadsTheNextWhenEmpty: ("short_histories", ()),
    toys.RanksTheUnknown: ("new_items", ()),
    toys.PromisesNewItems: ("new_items", ()),
    toys.ReadsRatingsUnsaid: ("needs", ()),
    toys.KnowsItsUsers: ("needs", ()),
    toys.DoesWithoutNeeds: ("needs", ()),
    toys.TiesByCode: ("top_k", ("candidates",)),
    toys.WorstFirst: ("top_k", ("candidates",)),
    toys.LosesTheScores: ("top_k", ("chunks", "candidates")),
    toys.ExcludesAlways: ("top_k", ()),
    toys.RepeatsTheFirstChunk: ("chunks", ()),
    toys.ExcludesTheWindow: ("exclude_seen", ()),
    toys.DropsTheFirst: ("exclude_seen", ()),
    toys.IgnoresCandidates: ("candidates", ()),
    toys.MixesCandidates: ("candidates", ()),
    toys.RecommendsCodes: ("recommend", ()),
    toys.KnowsNoText: ("recommend", ()),
    toys.CountsRanksFromZero: ("recommend", ()),
    toys.SharesACheckpoint: ("fit", ()),
    toys.SavesHalf: ("save_and_load", ()),
    toys.SavesOtherSettings: ("save_and_load", ()),
    toys.AltersItsSetting: ("save_and_load", ()),
    toys.RoundsWhenSaved: ("save_and_load", ()),
    toys.ScaledAndRounded: ("save_and_load", ()),
    toys.Pickles: ("save_and_load", ()),
    toys.SavesNoPositions: ("save_and_load", ()),
    toys.SavesNoFeatures: ("save_and_load", ()),
    toys.SeesTheFuture: ("positions", ()),
    toys.NoNumberAtAPosition: ("save_and_load", ("positions",)),
    toys.ReadsPadding: ("positions", ()),
    toys.OneStepLate: ("positions", ()),
    toys.AsksAtTheEnd: ("positions", ()),
    toys.OnlyTheWindow: ("positions", ()),
    toys.ReordersCodes: ("with_items", ()),
    toys.PutsNewItemsFirst: ("with_items", ()),
    toys.ForgetsNewItems: ("with_items", ()),
    toys.ShiftsOldScores: ("with_items", ()),
    toys.ExtendsItself: ("with_items", ()),
}


@pytest.mark.parametrize("make", RIGHT)
def test_right_recommenders_pass(make: Make) -> None:
    table = check_recommender(make).frame
    assert table["check"].to_list() == list(CHECKS)
    abilities = {"positions": "score_positions", "with_items": "with_items"}
    for name, result in table.iter_rows():
        if name in abilities and not hasattr(make(), abilities[name]):
            assert result == f"does not apply: it has no {abilities[name]}"
        elif name == "with_items" and not make().ranks_new_items:
            assert result == "does not apply: its ranks_new_items is False"
        else:
            assert result == "passed"


@pytest.mark.parametrize("make", FAULTS, ids=lambda make: make.__name__)
def test_each_fault_is_named(make: type[Recommender]) -> None:
    check, also = FAULTS[make]
    with pytest.raises(AssertionError, match=rf"^{check}: "):
        check_recommender(make)
    if also is None:
        return
    for other in also:
        with pytest.raises(AssertionError, match=rf"^{other}: "):
            check_recommender(make, [other])
    check_recommender(make, skip=[check, *also])


def test_every_check_has_a_fault_and_every_fault_a_test() -> None:
    assert {check for check, _ in FAULTS.values()} == set(CHECKS)
    planted = {
        value
        for value in vars(toys).values()
        if isinstance(value, type) and value.__module__ == toys.__name__
    }
    assert planted - {toys.Toy, toys.TimedToy, toys.ContentToy} == set(FAULTS)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (toys.ChangesItsLog, "fit must not change its arguments, but changed train.ratings"),
        (toys.SharesACheckpoint, "every recommender the checkpoint 'last.npz', .*: leave it out"),
        (toys.SeedsTheWorld, "making or fitting it moved the global state of numpy.random"),
        (toys.DrawsFromTheWorld, "scoring moved the global state of random"),
        (toys.CountsPadding, "when each history is scored alone"),
        (toys.FailsOnTheEmpty, r"a history of 0 items .* cannot take the last item"),
        (toys.ReadsRatingsUnsaid, "without ratings of the histories, which it does not name"),
        (toys.DoesWithoutNeeds, "score without the at of the histories, which it needs, must"),
        (toys.TiesByCode, "equal scores stand in the order of catalogue.tie_rank"),
        (toys.ExcludesTheWindow, "the list for a history of 400 items holds item codes"),
        (toys.SavesHalf, "fails with AttributeError: 'SavesHalf' object has no .* 'vectors'"),
        (toys.Pickles, r"save writes a pickle \(extra.bin\)"),
        (toys.SeesTheFuture, "when items and ratings that come later in the history change"),
        (toys.OneStepLate, "when score is asked for the history up to there"),
        (toys.ReordersCodes, "with_items must leave the old items in their places"),
    ],
)
def test_messages_say_what_is_wrong(make: Make, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_recommender(make)


def test_make_must_make() -> None:
    model = Popularity()
    with pytest.raises(AssertionError, match=r"^fit: make\(\) must return a new recommender"):
        check_recommender(lambda: model)
    with pytest.raises(TypeError, match=r"not Popularity: write lambda: Popularity\(\)"):
        check_recommender(model)
    with pytest.raises(AssertionError, match=r"^fit: it fails with ValueError: prior must be posi"):
        check_recommender(lambda: MarkovChain(prior=-1))


def test_checks_are_chosen_by_name() -> None:
    assert check_recommender(Popularity, ["top_k"]).frame.rows() == [("top_k", "passed")]
    left = check_recommender(Popularity, skip=["top_k"]).frame["check"].to_list()
    assert left == [name for name in CHECKS if name != "top_k"]
    with pytest.raises(ValueError, match="there is no check 'topk'; there are 'fit', 'scores'"):
        check_recommender(Popularity, ["topk"])
    with pytest.raises(ValueError, match="there is no check 'ties'"):
        check_recommender(Popularity, skip=["ties"])


def test_tolerance_is_relative_to_the_spread_of_the_scores() -> None:
    """Rounding to half precision is a fault, unless the caller says that it is none."""
    with pytest.raises(AssertionError, match=r"^save_and_load"):
        check_recommender(toys.RoundsWhenSaved)
    check_recommender(toys.RoundsWhenSaved, tolerance=1e-2)
    for scale in (1e-6, 1e6):
        with pytest.raises(AssertionError, match=r"^save_and_load"):
            check_recommender(lambda s=scale: toys.ScaledAndRounded(s), ["save_and_load"])


@pytest.mark.parametrize(
    ("make", "check"),
    [
        (toys.Toy, None),
        (toys.SeedsTheWorld, "random_state"),
        (toys.DrawsFromTheWorld, "random_state"),
        (toys.RepeatsTheFirstChunk, "chunks"),
    ],
)
def test_the_checks_leave_the_process_as_it_was(make: Make, check: str | None) -> None:
    """Global generators and the size of chunks are put back, after a failure too."""
    before = ranking.CELLS, random.getstate(), np.random.get_state()  # noqa: NPY002
    if check is None:
        check_recommender(make)
    else:
        with pytest.raises(AssertionError, match=f"^{check}: "):
            check_recommender(make, [check])
    np.testing.assert_equal(
        (ranking.CELLS, random.getstate(), np.random.get_state()),  # noqa: NPY002
        before,
    )


def test_the_log_holds_what_the_checks_speak_of() -> None:
    """Repeats, ties, features, items that nobody met, ids that are no codes, a long history."""
    made = sample()
    train, questions = made.train, made.questions
    pairs = train.users.astype(np.int64) * train.n_items + train.items
    assert len(np.unique(pairs)) < len(train)
    histories = train.histories()
    assert (np.diff(histories.times)[np.diff(histories.items) != 0] == 0).any()
    assert train.ratings is not None
    assert train.catalogue.items.columns == ["item", "title", "year", "genres"]
    assert not set(train.catalogue.ids.tolist()) & set(range(10))
    assert (np.diff(train.catalogue.ids) < 0).any()
    assert (made.valid.train_counts == 0).sum() >= 6
    assert questions.lengths.min() == 1
    assert questions.lengths.max() == LONG
    assert (made.valid.train_counts[questions.items] > 0).all()
    assert made.short.lengths.tolist() == [0, 1, 1, 2, 5, 0]
    recent = set(questions[3][-LONG // 2 :].tolist())
    assert len(set(questions[3].tolist()) - recent) >= 20
    assert len(set(questions[3].tolist())) < (made.valid.train_counts > 0).sum()


def test_the_log_is_the_same_with_text_ids() -> None:
    numbers, text = sample(), sample(text=True)
    assert [f"item {i}" for i in numbers.train.catalogue.ids] == text.train.catalogue.ids.tolist()
    for name in ("users", "items", "times", "ratings"):
        np.testing.assert_array_equal(getattr(numbers.train, name), getattr(text.train, name))
    np.testing.assert_array_equal(numbers.questions.items, text.questions.items)
    np.testing.assert_array_equal(numbers.valid.targets, text.valid.targets)
