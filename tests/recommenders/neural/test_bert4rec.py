"""BERT4Rec sees both sides of a gap, never what is in it, and no padding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.small_networks import DIM, MAX_LEN, N_ITEMS, SMALL, SPLIT

from recsys_helpers import BERT4Rec, Histories, Popularity, evaluate, leave_last_out, synthetic
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.bert4rec import PADDING
from recsys_helpers.recommenders.neural.transformer import Attention
from recsys_helpers.testing.contract import check_recommender

MASK = N_ITEMS
CATALOGUE = SPLIT.train.catalogue


def small(**more: Any) -> BERT4Rec:
    return BERT4Rec(**SMALL | {"n_heads": 2} | more)


@pytest.fixture(scope="module")
def network() -> Any:
    """Build a network with weights that are not near zero."""
    made = small()._network(N_ITEMS)
    made(np.zeros((1, 1), np.int32))
    rng = np.random.default_rng(0)
    for weight in made.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.3, weight.shape).astype(np.float32))
    return made


@pytest.mark.parametrize("changes", [{}, {"norm": "post", "attention": "pointwise", "gate": True}])
def test_it_keeps_the_contract(changes: dict) -> None:
    check_recommender(lambda: small(**changes))


# Windows


def many(n: int = 400) -> Histories:
    """Return histories of 2 to 30 items, none twice in a row of 30."""
    rng = np.random.default_rng(1)
    lengths = rng.integers(2, 31, n)
    items = np.concatenate([rng.permutation(N_ITEMS)[:length] for length in lengths])
    return Histories(CATALOGUE, np.append(0, np.cumsum(lengths)), items.astype(np.int32))


def test_what_a_mask_hides_is_the_target_and_all_else_is_seen() -> None:
    histories = many()
    inputs, targets, lengths = small()._windows(histories, np.random.default_rng(0))
    assert inputs.shape == targets.shape == (len(lengths), MAX_LEN)
    assert inputs.dtype == targets.dtype == np.int32
    hidden, real = targets >= 0, np.arange(MAX_LEN) < lengths[:, None]
    assert (hidden == (inputs == MASK)).all()
    assert hidden.any(axis=1).all()
    assert not hidden[~real].any()
    assert (inputs[~real] == PADDING).all()
    items = np.where(hidden, targets, inputs)
    whole = {tuple(row[start : start + MAX_LEN]) for row in histories for start in range(len(row))}
    for window, length in zip(items, lengths, strict=True):
        assert any(tuple(window[:length]) == each[:length] for each in whole)


def test_windows_share_one_item_with_their_neighbours() -> None:
    _, _, lengths = small()._windows(many(), np.random.default_rng(0))
    assert sum(lengths - 1) == sum(many().lengths - 1)


@pytest.mark.parametrize(("masked", "last_only"), [(0.2, 0.0), (0.6, 0.5), (0.0, 0.3)])
def test_as_many_are_masked_as_is_said(masked: float, last_only: float) -> None:
    settings = {"masked": masked, "last_only": last_only, "max_len": 10_000}  # hardly a cut
    histories = Histories.from_lists(CATALOGUE, [CATALOGUE.ids[:10].tolist()] * 3000)
    hidden = small(**settings)._windows(histories, np.random.default_rng(0))[1] >= 0
    at_random = masked + (1 - masked) ** 10 / 10  # or the one that has the least number
    expected = np.full(10, (1 - last_only) * at_random)
    expected[-1] += last_only
    np.testing.assert_allclose(hidden[:, :10].mean(axis=0), expected, atol=0.04)
    assert not hidden[:, 10:].any()


def test_no_logit_depends_on_the_item_that_is_asked_for(network: Any) -> None:
    """Whatever stands behind a mask, the network reads the same."""
    histories = Histories.from_lists(CATALOGUE, [CATALOGUE.ids[:MAX_LEN].tolist()] * 20)
    wide = small(max_len=10_000)  # so that no history is cut
    for seed in range(3):
        inputs, targets, _ = wide._windows(histories, np.random.default_rng(seed))
        inputs, targets = inputs[:, :MAX_LEN], targets[:, :MAX_LEN]
        hidden = targets >= 0
        assert hidden.sum() > 20
        items = histories.items.reshape(20, MAX_LEN).copy()
        items[hidden] = (items[hidden] + 7) % N_ITEMS
        other = replace(histories, items=items.ravel())
        again, other_targets, _ = wide._windows(other, np.random.default_rng(seed))
        again, other_targets = again[:, :MAX_LEN], other_targets[:, :MAX_LEN]
        assert (other_targets[hidden] != targets[hidden]).all()
        assert np.array_equal(inputs, again)
        assert np.array_equal(network(inputs).numpy(), network(again).numpy())


# The network


@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_place_sees_both_sides_but_no_padding(place: int, network: Any) -> None:
    codes = np.array([[0, 1, 2, MASK, 4, 5, PADDING, PADDING]], np.int32)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(network(codes)[0, place] ** 2)
    on_items, on_mask = tape.gradient(value, [network.items, network.mask])
    reached = np.asarray(tf.convert_to_tensor(on_items)).any(axis=1)
    assert np.flatnonzero(reached).tolist() == [0, 1, 2, 4, 5]
    assert np.asarray(on_mask).any()


def test_padding_changes_nothing(network: Any) -> None:
    codes = np.array([[3, 1, MASK, 1, 5]], np.int32)
    alone = network(codes).numpy()
    for width in (1, 4, 7):
        padded = np.pad(codes, ((0, 0), (0, width)), constant_values=PADDING)
        np.testing.assert_allclose(network(padded).numpy()[:, :5], alone, rtol=1e-5, atol=1e-6)


def test_a_score_is_what_the_mask_behind_the_last_item_finds() -> None:
    model = small(epochs=1).fit(SPLIT.train)
    lists = [[3, 1, 4], [], [*range(20)]]
    scores = model.score(model.histories([[CATALOGUE.ids[i] for i in row] for row in lists]))
    for row, found in zip(lists, scores, strict=True):
        codes = np.array([[*row[-(MAX_LEN - 1) :], MASK]], np.int32)
        expected = model.network.items.numpy() @ model.network(codes).numpy()[0, -1]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_before_and_after_have_numbers_of_their_own() -> None:
    """Where queries and keys are zero, weights are a softmax over the distances."""
    layer = Attention(small(dim=2, n_heads=1, max_len=3), seed=0, timed=False)
    x, visible = tf.ones((1, 3, 2)), tf.constant([[[[True, True, True]]]])
    layer(x, visible)
    layer.project.set_weights([np.zeros((2, 6)), np.zeros(6)])
    layer.distances.assign(np.log([[1.0], [2], [3], [4], [5]]))  # two after … two before
    weights = layer.weights_of(x, visible, None)[0].numpy()[0, 0]
    by_hand = np.array([[3, 2, 1], [4, 3, 2], [5, 4, 3]])
    np.testing.assert_allclose(weights, by_hand / by_hand.sum(1, keepdims=True), rtol=1e-5)


def test_the_number_of_parameters(network: Any) -> None:
    blocks = 2 * ((2 * MAX_LEN - 1) * 2 + 4 * (DIM**2 + DIM) + 2 * 256 * DIM + 256 + 5 * DIM)
    expected = (N_ITEMS + 1) * DIM + blocks + 2 * DIM
    assert sum(int(np.prod(w.shape)) for w in network.trainable_variables) == expected


# Training


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "bce"])
def test_the_same_seed_gives_the_same_bits(loss: str) -> None:
    fits = [small(loss=loss, n_negatives=5, seed=3).fit(SPLIT.train) for _ in range(2)]
    first, second = (model.score(SPLIT.test.histories) for model in fits)
    assert np.array_equal(first, second)


def test_an_interrupted_fit_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = small().fit(SPLIT.train, SPLIT.valid)
    path = tmp_path / "checkpoint.npz"
    small(checkpoint=path, epochs=1).fit(SPLIT.train, SPLIT.valid)
    rest = small(checkpoint=path).fit(SPLIT.train, SPLIT.valid)
    assert all(map(np.array_equal, whole.network.get_weights(), rest.network.get_weights()))


def test_it_learns_what_follows_what() -> None:
    made = synthetic(n_users=400, n_items=40, mean_length=15, order=0.9, seed=2).interactions
    split = leave_last_out(made, 1, 1)
    settings = {"learning_rate": 0.01, "epochs": 25, "dim": 16, "dropout": 0.1, "batch_size": 16}
    model = BERT4Rec(max_len=MAX_LEN, n_blocks=1, **settings).fit(split.train, split.valid)
    report = evaluate({"it": model, "popular": Popularity().fit(split.train)}, split.test)
    assert report.mean("it") > 1.15 * report.mean("popular")


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_len": 1}, "max_len must be a whole number of at least 2"),
        ({"masked": 1.0}, "masked must lie from 0 to below 1"),
        ({"last_only": -0.1}, "last_only must lie from 0 to below 1"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BERT4Rec(**settings)
