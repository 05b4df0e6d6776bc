"""TwoTower: its parts at the ends, its towers, and films that nobody met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys_helpers import Catalogue, TwoTower, leave_last_out, load_recommender, synthetic
from recsys_helpers.recommenders.neural.attention import SASRecNetwork
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.two_tower import TwoTowerNetwork
from recsys_helpers.testing.contract import check_recommender

N_ITEMS, N_WORDS, DIM, MAX_LEN = 30, 12, 8, 12
SMALL = {
    "dim": DIM,
    "word_dim": 5,
    "n_heads": 2,
    "max_len": MAX_LEN,
    "epochs": 2,
    "batch_size": 32,
    "n_negatives": 5,
}
LOG = synthetic(n_users=80, n_items=N_ITEMS, mean_length=12, seed=4).interactions
UNMET = np.array([4, 11, 20])
SPLIT = leave_last_out(LOG.take(~np.isin(LOG.items, UNMET)), 1, 1)
ASKED = SPLIT.test.histories


def small(**more: Any) -> TwoTower:
    return TwoTower(**(SMALL | more))


@pytest.fixture(scope="module")
def network() -> TwoTowerNetwork:
    """Build one with weights that are not near zero; item 5 has no training row."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(-1, N_WORDS, (N_ITEMS, 4)).astype(np.int32)
    numbers = rng.normal(size=(N_ITEMS, 2)).astype(np.float32)
    settings = small(id_dropout=0.4)
    made = TwoTowerNetwork(settings, np.arange(N_ITEMS) != 5, tokens, N_WORDS, numbers)
    made(np.zeros((1, 1), np.int32))
    for weight in made.weights:
        if weight.dtype == "float32":
            weight.assign(weight.numpy() + rng.normal(0, 0.3, weight.shape).astype(np.float32))
    return made


@pytest.fixture(scope="module")
def fitted() -> TwoTower:
    return small().fit(SPLIT.train, SPLIT.valid)


# The contract


def test_it_keeps_the_contract() -> None:
    check_recommender(small)


def test_it_keeps_the_contract_without_text() -> None:
    check_recommender(lambda: small(text=False))


# The towers


def test_scores_are_inner_products_of_the_towers(fitted: TwoTower) -> None:
    items, histories = fitted.item_vectors(), fitted.history_vectors(ASKED)
    assert items.shape == (N_ITEMS, DIM)
    assert histories.shape == (len(ASKED), DIM)
    np.testing.assert_allclose(fitted.score(ASKED), histories @ items.T, rtol=1e-5, atol=1e-6)
    nothing = fitted.history_vectors(fitted.histories([[]]))
    assert np.array_equal(nothing, np.zeros((1, DIM)))


def test_an_item_is_its_id_its_text_and_its_numbers(network: TwoTowerNetwork) -> None:
    (bend, bias), (out,) = (layer.get_weights() for layer in network.of_numbers.layers)
    of_numbers = np.maximum(network.numbers.numpy() @ bend + bias, 0) @ out
    content = network.text(network.tokens).numpy() + of_numbers
    known = np.arange(N_ITEMS)[:, None] != 5
    expected = network.items.numpy() * known + content
    np.testing.assert_allclose(network.item_vectors(), expected, rtol=1e-4, atol=1e-5)
    in_training = network.item_vectors(training=True).numpy()
    lacks = np.isclose(in_training, content, atol=1e-5).all(axis=1)
    has = np.isclose(in_training, expected, atol=1e-5).all(axis=1)
    assert (lacks | has).all()
    assert lacks[5]
    assert 0 < lacks.sum() < N_ITEMS


@pytest.mark.parametrize("place", [0, 3, 6])
def test_the_gradient_of_one_place_reaches_earlier_inputs_only(
    place: int, network: TwoTowerNetwork
) -> None:
    codes = np.arange(8, dtype=np.int32)[None]
    items = tf.Variable(network.item_vectors())
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(network.states(codes, items)[0, place] ** 2)
    reached = np.asarray(tf.convert_to_tensor(tape.gradient(value, items))).any(axis=1)
    assert reached[: place + 1].all()
    assert not reached[place + 1 :].any()


def test_the_same_item_has_one_vector_for_everybody(fitted: TwoTower) -> None:
    before = fitted.item_vectors()
    fitted.score(ASKED[:3])
    assert np.array_equal(fitted.item_vectors(), before)


# Its parts at the ends


def test_without_text_it_computes_what_sasrec_does() -> None:
    model = small(text=False).fit(SPLIT.train)
    plain = SASRecNetwork(N_ITEMS, model.tower())
    plain(np.zeros((1, 1), np.int32))
    own = {weight.path.split("/", 1)[1]: weight for weight in model.network.weights}
    assert len(own) == len(model.network.weights)
    for mine, weight in zip(model.network.trainable_variables, plain.weights, strict=True):
        weight.assign(mine)
    known = SPLIT.valid.train_counts > 0
    codes = np.flatnonzero(known)[None, :9].astype(np.int32)
    np.testing.assert_allclose(model.network(codes), plain(codes), rtol=1e-5, atol=1e-6)
    assert np.array_equal(model.item_vectors()[known], plain.items.numpy()[known])
    assert not model.item_vectors()[~known].any()
    with pytest.raises(ValueError, match="text=True"):
        model.with_items(pl.DataFrame({"item": [99]}))


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "bce"])
def test_without_any_id_it_learns_content_alone(loss: str) -> None:
    """A step of training moves everything but ids."""
    model = small(id_dropout=1 - 1e-9, loss=loss, averaging=0.0, epochs=1).fit(SPLIT.train)
    start = model._network(N_ITEMS)
    start(np.zeros((1, 1), np.int32))
    for before, after in zip(
        start.trainable_variables, model.network.trainable_variables, strict=True
    ):
        same = np.array_equal(before.numpy(), after.numpy())
        assert same == (after is model.network.items), after.path


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax"])
def test_what_nobody_met_is_not_held_against_its_content(loss: str) -> None:
    """Whatever is written about these items, the others are learnt in the same way."""
    plain = small(loss=loss).fit(SPLIT.train)
    is_new = pl.int_range(pl.len()).is_in(UNMET)
    other = LOG.catalogue.items.with_columns(
        title=pl.when(is_new).then(pl.lit("Western")).otherwise("title"),
        year=pl.when(is_new).then(1900).otherwise("year").cast(pl.Int32),
    )
    changed = small(loss=loss).fit(replace(SPLIT.train, catalogue=Catalogue(other)))
    for expected, got in zip(plain.network.weights, changed.network.weights, strict=True):
        assert np.array_equal(expected.numpy(), got.numpy())
    known = SPLIT.valid.train_counts > 0
    assert np.array_equal(changed.item_vectors()[known], plain.item_vectors()[known])
    assert not np.allclose(changed.item_vectors()[UNMET], plain.item_vectors()[UNMET])


# New items


def test_a_new_item_is_what_is_known_about_it(fitted: TwoTower, tmp_path: Path) -> None:
    """An old item's row under another id has the vector of that item without its own."""
    twin = LOG.catalogue.items[[4]].with_columns(item=pl.lit(99, pl.Int64))
    more = pl.concat(
        [twin, twin.with_columns(item=pl.lit(100, pl.Int64), year=pl.lit(1900, pl.Int32))]
    )
    grown = fitted.with_items(more.with_columns(budget=pl.lit(7)))
    vectors = grown.item_vectors()
    assert np.array_equal(vectors[:N_ITEMS], fitted.item_vectors())
    np.testing.assert_allclose(vectors[N_ITEMS], vectors[4], rtol=1e-5, atol=1e-6)  # 4 is UNMET
    assert not np.allclose(vectors[N_ITEMS + 1], vectors[4])  # it is of another time
    asked = replace(ASKED, catalogue=grown.catalogue)
    scores = grown.score(asked)
    np.testing.assert_allclose(scores[:, :N_ITEMS], fitted.score(ASKED), rtol=1e-5, atol=1e-6)
    grown.save(tmp_path)
    assert np.array_equal(load_recommender(tmp_path).score(asked), scores)


def test_items_without_numbers() -> None:
    bare = replace(SPLIT.train, catalogue=Catalogue(LOG.catalogue.items.drop("year")))
    model = small().fit(bare)
    assert model.network.of_numbers is None
    assert np.isfinite(model.score(replace(ASKED, catalogue=bare.catalogue))).all()


def test_its_history_tower_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="n_heads must divide dim"):
        TwoTower(dim=9, n_heads=2)
