"""A stack learns its weights from rows that its parts have not seen, and ranks by their sum."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp, log, sqrt
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from support import toy_recommenders as toys

from recsys_helpers import (
    EASE,
    ItemKNN,
    LikeSVM,
    MarkovChain,
    Popularity,
    Random,
    Stacked,
    check_recommender,
    evaluate,
    leave_last_out,
    load_recommender,
    synthetic,
)
from recsys_helpers._types import F32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.stacked import LEAST, Examples, _solved, standardised

LOG = synthetic(n_users=150, n_items=40, mean_length=14, order=0.8, seed=5).interactions
SPLIT = leave_last_out(LOG, n_valid=2, n_test=2)
PARTS: list[Recommender] = [MarkovChain(), EASE(), Popularity()]


def loss_by_hand(w: np.ndarray, groups: list[tuple[list[list[float]], int]], lam: float) -> float:
    total = lam / 2 * sum(float(one) ** 2 for one in w)
    for rows, target in groups:
        scores = [sum(a * b for a, b in zip(w, row, strict=True)) for row in rows]
        total -= log(exp(scores[target]) / sum(exp(score) for score in scores))
    return total


def test_weights_are_the_most_likely_ones() -> None:
    rng = np.random.default_rng(0)
    groups = []
    for size in (3, 1, 5, 4):
        rows = rng.normal(size=(size, 2))
        groups.append((rows.tolist(), int(rng.integers(size))))
    x = np.concatenate([rows for rows, _ in groups]).astype(np.float32)
    starts = np.cumsum([0, *(len(rows) for rows, _ in groups)])[:-1]
    targets = starts + [target for _, target in groups]
    found = _solved(Examples(x, starts, targets), 0.5)
    bounds = [(LEAST, None)] * 2
    by_hand = minimize(loss_by_hand, [1.0, 1.0], (groups, 0.5), bounds=bounds, tol=1e-12).x
    np.testing.assert_allclose(found, by_hand, atol=1e-3)


def test_examples_are_the_best_items_of_each_part_and_the_target() -> None:
    known = leave_last_out(SPLIT.train, 0, 2)
    stack = Stacked(PARTS, n_candidates=3, n_held_out=2)
    models = [part.fit(known.train) for part in (MarkovChain(), EASE(), Popularity())]
    examples = stack._examples(models, known.test)
    ends = np.append(examples.starts, len(examples.x))
    lists = [model.top_k(known.test.histories, 3)[0] for model in models]
    z = [standardised(model, known.test.histories) for model in models]
    for row, target in enumerate(known.test.targets.tolist()):
        named = sorted({i for best in lists for i in best[row].tolist()} | {target})
        expected = [[scores[row, item] for scores in z] for item in named]
        np.testing.assert_array_equal(examples.x[ends[row] : ends[row + 1]], expected)
        assert examples.targets[row] == ends[row] + named.index(target)
    assert len(examples.starts) == len(known.test)


def test_chunks_are_of_no_consequence(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Stacked(PARTS).fit(SPLIT.train)
    monkeypatch.setattr(ranking, "CELLS", 1000)
    np.testing.assert_array_equal(Stacked(PARTS).fit(SPLIT.train).weights, whole.weights)


class Watched(Popularity):
    """Remembers what it was fitted on."""

    logs: ClassVar[list[Interactions]] = []
    valids: ClassVar[list[Queries | None]] = []

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.logs.append(train)
        self.valids.append(valid)
        super()._fit(train, valid)


def test_weights_come_from_rows_that_the_parts_have_not_seen() -> None:
    Watched.logs.clear()
    Watched.valids.clear()
    Stacked([Watched()], n_held_out=2).fit(SPLIT.train, SPLIT.valid)
    before, whole = Watched.logs
    assert whole is SPLIT.train
    assert Watched.valids == [SPLIT.valid] * 2
    for user in range(LOG.n_users):
        own = SPLIT.train.histories()[user].tolist()
        seen = before.histories()[user].tolist()
        assert seen == (own[:-2] if len(own) > 2 else own)


class Memory(Recommender):
    """Knows the rows that it has seen by heart, and nothing else."""

    learnt: ClassVar = ("rows",)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.rows = train.matrix("binary")

    def _score(self, histories: Histories) -> F32:
        shared = histories.matrix("binary") @ self.rows.T  # (n, n_users)
        whole = shared.toarray() >= np.minimum(histories.lengths, 8)[:, None]
        return (whole.astype(np.float32) @ self.rows).astype(np.float32)


def test_a_part_gets_less_weight_than_its_memory_would_give_it() -> None:
    """Weights learnt on rows that the parts have seen would follow the memory."""
    stack = Stacked([MarkovChain(), Memory()], n_held_out=2).fit(SPLIT.train)
    seen = leave_last_out(SPLIT.train, 0, 2).test
    leaking = _solved(stack._examples(stack.models, seen), stack.regularisation)
    assert stack.weights[1] < 0.75 * leaking[1]


def test_scores_by_hand() -> None:
    stack = Stacked([Popularity(), Random(seed=1)]).fit(SPLIT.train)
    asked = SPLIT.valid.histories[:4]
    known = np.flatnonzero(SPLIT.valid.train_counts)
    expected = np.zeros((4, LOG.n_items))
    for weight, model in zip(stack.weights, stack.models, strict=True):
        for row, scores in enumerate(model.score(asked).astype(float)):
            mean = sum(scores[i] for i in known) / len(known)
            spread = sqrt(sum((scores[i] - mean) ** 2 for i in known) / len(known))
            for item in known:
                expected[row, item] += weight * (scores[item] - mean) / spread
    expected[:, SPLIT.valid.train_counts == 0] = -np.inf
    np.testing.assert_allclose(stack.score(asked), expected, rtol=1e-4, atol=1e-5)


class Blind(Popularity):
    """Ranks items without a training row, and not the first of the catalogue."""

    ranks_new_items = True

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories).copy()
        scores[:, 0] = -np.inf
        return scores


def test_what_no_part_can_rank_is_not_ranked() -> None:
    asked = SPLIT.valid.histories
    blind = Stacked([Blind(), Blind()]).fit(SPLIT.train).score(asked)
    assert (blind[:, 0] == -np.inf).all()
    assert np.isfinite(blind[:, 1:]).all()
    one_sees = Stacked([Blind(), Popularity()]).fit(SPLIT.train).score(asked)
    assert np.isfinite(one_sees[:, 0]).all()


@pytest.mark.parametrize("part", [*PARTS, ItemKNN(), Random()], ids=repr)
def test_a_stack_of_one_ranks_as_its_part(part: Recommender) -> None:
    stack = Stacked([part]).fit(SPLIT.train)
    asked = SPLIT.valid.histories
    k = LOG.n_items
    np.testing.assert_array_equal(stack.top_k(asked, k)[0], stack.models[0].top_k(asked, k)[0])


def test_together_they_rank_better_than_each() -> None:
    stack = Stacked([MarkovChain(), EASE(regularisation=10)]).fit(SPLIT.train)
    models = {"stack": stack, "chain": stack.models[0], "EASE": stack.models[1]}
    report = evaluate(models, SPLIT.valid)
    quality = {name: report.mean(name, "NDCG@10") for name in models}
    assert quality["stack"] > max(quality["chain"], quality["EASE"])


def test_parts_are_left_as_they_are() -> None:
    parts = [MarkovChain(), EASE()]
    Stacked(parts).fit(SPLIT.train)
    assert not any(hasattr(part, "catalogue") for part in parts)


STACKS = {
    "order": [toys.Toy(), MarkovChain()],
    "times": [toys.TimedToy(), Popularity()],
    "ratings": [EASE(values="rating"), Popularity()],
    "content": [toys.ContentToy(), MarkovChain()],
    "a stack": [Stacked([MarkovChain(), Popularity()]), EASE()],
}


@pytest.mark.parametrize("name", STACKS)
def test_stacks_keep_the_contract(name: str) -> None:
    check_recommender(lambda: Stacked(STACKS[name]))


def test_it_needs_what_its_parts_need() -> None:
    assert Stacked(STACKS["times"]).needs == toys.TimedToy.needs
    assert Stacked(STACKS["ratings"]).needs == {"ratings"}
    assert Stacked(STACKS["order"]).needs == frozenset()


NEW = LOG.catalogue.items.head(3).with_columns(item=pl.col("item") + 1000)


def test_new_items_are_ranked_by_the_parts_that_know_them() -> None:
    stack = Stacked(STACKS["content"]).fit(SPLIT.train)
    assert stack.ranks_new_items
    larger = stack.with_items(NEW)
    asked = SPLIT.valid.histories
    wider = replace(asked, catalogue=larger.catalogue)
    scores, n = larger.score(wider), LOG.n_items
    np.testing.assert_array_equal(scores[:, :n], stack.score(asked))
    content = standardised(larger.models[0], wider)
    np.testing.assert_allclose(scores[:, n:], stack.weights[0] * content[:, n:], rtol=1e-5)
    assert stack.catalogue.n_items == n
    # a history with new items is, for the part that does not know them, one without
    ids = LOG.catalogue.ids
    mixed = larger.histories([[ids[0], 1000 + ids[0], ids[1]]])
    chain = standardised(larger.models[1], mixed)
    np.testing.assert_array_equal(
        chain[:, :n], standardised(stack.models[1], stack.histories([[ids[0], ids[1]]]))
    )
    assert (chain[:, n:] == -np.inf).all()
    assert np.isfinite(larger.score(mixed)[:, n:]).all()


@pytest.mark.parametrize("name", STACKS)
def test_it_is_saved_with_its_parts(tmp_path: Path, name: str) -> None:
    stack = Stacked(STACKS[name]).fit(SPLIT.train)
    stack.save(tmp_path)
    own = [toys.Toy, toys.TimedToy, toys.ContentToy]
    loaded = load_recommender(tmp_path, classes=own)
    assert repr(loaded) == repr(stack)
    asked = SPLIT.valid.histories
    np.testing.assert_array_equal(loaded.score(asked), stack.score(asked))


def test_with_new_items_it_is_saved_too(tmp_path: Path) -> None:
    stack = Stacked([SavedToy(), MarkovChain()]).fit(SPLIT.train)
    larger = stack.with_items(NEW)
    larger.save(tmp_path)
    loaded = load_recommender(tmp_path, classes=[SavedToy])
    wider = replace(SPLIT.valid.histories, catalogue=larger.catalogue)
    np.testing.assert_array_equal(loaded.score(wider), larger.score(wider))
    assert [model.catalogue.n_items for model in loaded.models] == [LOG.n_items + 3, LOG.n_items]


class SavedToy(toys.ContentToy):
    """The content recommender, whose larger self can be saved."""

    def with_items(self, items: pl.DataFrame) -> SavedToy:
        larger: Any = super().with_items(items)
        larger.time_unit = self.time_unit
        return larger


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_a_saved_part_that_is_unknown(tmp_path: Path) -> None:
    Stacked(STACKS["order"]).fit(SPLIT.train).save(tmp_path)
    with pytest.raises(ValueError, match=r"holds the recommender 'Toy', which is unknown here"):
        load_recommender(tmp_path)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_a_saved_part_with_other_settings(tmp_path: Path) -> None:
    Stacked([EASE(), MarkovChain()]).fit(SPLIT.train).save(tmp_path)
    path = tmp_path / "model.json"
    told = json.loads(path.read_text())
    for part, settings, message in (
        (0, {"lambda": 1.0}, "EASE does not take these settings"),
        (1, [], r"Stacked does not take .*: parts\[1\] must be a recommender"),
    ):
        other = json.loads(json.dumps(told))
        other["settings"]["parts"][part]["settings"] = settings
        path.write_text(json.dumps(other))
        with pytest.raises(ValueError, match=message):
            load_recommender(tmp_path)
    told["settings"]["parts"].pop()
    path.write_text(json.dumps(told))
    with pytest.raises(ValueError, match=r"arrays\.npz does not belong to this Stacked: the saved"):
        load_recommender(tmp_path)


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], r"parts must be a list of recommenders, not \[\]"),
        (Popularity(), r"parts must be a list of recommenders, not Popularity\(\)"),
        ([Popularity(), "EASE"], r"parts\[1\] must be a recommender, such as EASE\(\), not a str"),
        ([Popularity], r"parts\[0\] must be a recommender, such as EASE\(\), not a type"),
    ],
)
def test_no_parts(parts: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Stacked(parts)


@pytest.mark.bad_input("settings and arrays out of range")
def test_a_part_with_a_checkpoint() -> None:
    part = toys.Toy()
    part.checkpoint = Path("last.npz")
    with pytest.raises(ValueError, match=r"parts\[0\] writes a checkpoint, .*: leave checkpoint o"):
        Stacked([part])


@pytest.mark.bad_input("splits and judgements")
def test_users_with_too_few_rows() -> None:
    with pytest.raises(ValueError, match="no user has 101 rows"):
        Stacked([Popularity()], n_held_out=100).fit(SPLIT.train)


@pytest.mark.bad_input("frames and item tables")
def test_new_items_that_no_part_can_rank() -> None:
    stack = Stacked([Popularity(), LikeSVM()]).fit(SPLIT.train)
    with pytest.raises(ValueError, match=r"none of the parts accepts new items, .*: add one with"):
        stack.with_items(NEW)
