"""The networks compute what their formulas say, and see no future."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from support.small_networks import DIM, MAX_LEN, MODELS, N_ITEMS, SPLIT, each_model

from recsys_helpers.recommenders import NEURAL
from recsys_helpers.recommenders.neural.attention import SelfAttention
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.lstm import RecurrentNetwork
from recsys_helpers.testing.contract import check_recommender


@pytest.fixture(scope="module")
def networks() -> dict:
    """Build one network of each kind with weights that are not near zero."""
    rng = np.random.default_rng(0)
    found = {}
    for name, make in MODELS.items():
        network = make()._network(N_ITEMS)
        network(np.zeros((1, 1), np.int32))
        for weight in network.weights:
            weight.assign(weight.numpy() + rng.normal(0, 0.3, weight.shape).astype(np.float32))
        found[name] = network
    return found


@each_model
def test_it_keeps_the_contract(name: str) -> None:
    check_recommender(MODELS[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda scores: scores.astype(np.float64), "score.* must return float32 of shape"),
        (lambda scores: scores[:-1], "score.* must return float32 of shape"),
        (lambda scores: scores * np.float32(np.nan), "the score nan for (history|position) 0"),
        (lambda scores: scores + np.float32(np.inf), "the score inf for (history|position) 0"),
    ],
)
def test_scores_after_each_item_are_checked_as_scores_are(
    change: Callable, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MODELS["Caser"]().fit(SPLIT.train)
    asked = SPLIT.test.histories[:3]
    right = model._scores_after
    monkeypatch.setattr(model, "_scores_after", lambda *read: change(right(*read)))
    for method in (model.score, model.score_positions):
        with pytest.raises(ValueError, match=message):
            method(asked)


def test_scores_after_each_item_leave_out_what_cannot_be_ranked() -> None:
    train = SPLIT.train.take(SPLIT.train.items != 4)
    model = MODELS["Caser"]().fit(train)
    scores = model.score_positions(SPLIT.test.histories[:3])
    assert (scores[:, 4] == -np.inf).all()
    assert np.isfinite(np.delete(scores, 4, axis=1)).all()


@each_model
@pytest.mark.parametrize("place", [0, 3, 6])
def test_the_gradient_of_one_place_reaches_earlier_inputs_only(
    name: str, place: int, networks: dict
) -> None:
    network = networks[name]
    codes = np.arange(8, dtype=np.int32)[None]
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(network(codes)[0, place] ** 2)
    reached = np.asarray(tf.convert_to_tensor(tape.gradient(value, network.items))).any(axis=1)
    assert not reached[place + 1 :].any()
    assert reached[place]
    sees = {"Caser": 5}.get(name, MAX_LEN)
    assert reached[max(0, place + 1 - sees) : place + 1].all()


@each_model
def test_padding_changes_nothing(name: str, networks: dict) -> None:
    network = networks[name]
    codes = np.array([[3, 1, 4, 1, 5]], np.int32)
    alone = network(codes).numpy()
    rng = np.random.default_rng(1)
    for width in (1, 4, 7):
        padding = rng.integers(0, N_ITEMS, (1, width), np.int32)
        padded = network(np.concatenate([codes, padding], axis=1)).numpy()
        np.testing.assert_allclose(padded[:, :5], alone, rtol=1e-5, atol=1e-6)


def test_attention_by_hand() -> None:
    """Two positions, one head: softmax(QKᵀ / √d + M) V with the second row alone seeing both."""
    layer = SelfAttention(dim=2, n_heads=1, max_len=2, dropout=0.0, seed=0)
    x = np.array([[[1.0, 2.0], [3.0, -1.0]]], np.float32)
    layer(x)
    rng = np.random.default_rng(2)
    project, merge = rng.normal(size=(2, 6)), rng.normal(size=(2, 2))
    layer.project.set_weights([project, np.zeros(6)])
    layer.merge.set_weights([merge, np.zeros(2)])
    layer.distances.assign([[0.3], [-1.2]])  # of itself, and of the one before
    q, k, v = np.split(x[0] @ project, 3, axis=1)
    first = v[0]
    logits = np.array([q[1] @ k[0], q[1] @ k[1]]) / np.sqrt(2) + [-1.2, 0.3]
    share = np.exp(logits) / np.exp(logits).sum()
    second = share[0] * v[0] + share[1] * v[1]
    np.testing.assert_allclose(layer(x)[0], np.array([first, second]) @ merge, rtol=1e-4)


def test_each_head_attends_by_its_own_queries_and_keys() -> None:
    layer = SelfAttention(dim=4, n_heads=2, max_len=5, dropout=0.0, seed=0)
    x = np.random.default_rng(3).normal(size=(1, 5, 4)).astype(np.float32)
    layer.build(x.shape)
    project, bias = layer.project.get_weights()  # (4, 12): queries, keys and values of both heads
    project *= 50
    layer.project.set_weights([project, bias])
    weights = layer.weights_of(x)[0].numpy()[0]
    queries, keys, _ = np.split(x[0] @ project, 3, axis=1)
    for head, columns in enumerate((slice(0, 2), slice(2, 4))):
        logits = queries[:, columns] @ keys[:, columns].T / np.sqrt(2)
        expected = np.tril(np.exp(logits))
        expected /= expected.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(weights[head], expected, rtol=1e-4, atol=1e-6)
    assert abs(weights[0] - weights[1]).max() > 0.05


def test_a_convolution_by_hand(networks: dict) -> None:
    """Kernel 3, dilation 2: place t takes x[t − 4], x[t − 2] and x[t]."""
    convolution = networks["NextItNet"].blocks[0].convolutions[1]
    assert convolution.dilation_rate == (2,)
    kernel, bias = (weight.numpy() for weight in convolution.weights)  # (3, dim, dim), (dim,)
    x = np.random.default_rng(5).normal(size=(1, 6, DIM)).astype(np.float32)
    expected = np.zeros((6, DIM))
    for t in range(6):
        expected[t] = bias
        for m in range(3):
            if t - 2 * m >= 0:
                expected[t] += x[0, t - 2 * m] @ kernel[2 - m]
    np.testing.assert_allclose(convolution(x)[0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["SASRec", "NextItNet", "HSTU"])
def test_blocks_drop_out_in_training_alone(name: str) -> None:
    """With dropout before and after the blocks off, what differs comes from inside them."""
    network = MODELS[name](dropout=0.5)._network(N_ITEMS)
    codes = np.arange(8, dtype=np.int32)[None]
    calm = network(codes).numpy()
    for layer in network.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    assert np.array_equal(network(codes).numpy(), calm)
    assert not np.allclose(network(codes, training=True), calm, atol=1e-4)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_an_lstm_step_by_hand(networks: dict) -> None:
    network = networks["LSTM4Rec"]
    kernel, recurrent, bias = (w.numpy() for w in network.recurrent.weights)
    h = c = np.zeros(10)
    for code in (3, 7):
        gates = network.items.numpy()[code] @ kernel + h @ recurrent + bias
        enter, forget, new, leave = np.split(gates, 4)
        c = sigmoid(forget) * c + sigmoid(enter) * np.tanh(new)
        h = sigmoid(leave) * np.tanh(c)
    out = h @ network.out.weights[0].numpy() + network.out.weights[1].numpy()
    np.testing.assert_allclose(network(np.array([[3, 7]]))[0, 1], out, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "SASRec",
            N_ITEMS * DIM
            + 2 * MAX_LEN * 2
            + 2 * (4 * DIM**2 + 4 * DIM + 8 * DIM**2 + 5 * DIM + 4 * DIM)
            + 2 * DIM,
        ),
        ("LSTM4Rec", N_ITEMS * DIM + 4 * 10 * (DIM + 10 + 1) + (10 + 1) * DIM),
        ("GRU4Rec", N_ITEMS * DIM + 3 * 10 * (DIM + 10 + 2) + (10 + 1) * DIM),
        ("NextItNet", N_ITEMS * DIM + 4 * (3 * DIM**2 + DIM + 2 * DIM) + (DIM + 1) * DIM),
        (
            "Caser",
            N_ITEMS * DIM
            + sum(3 * (height * DIM + 1) for height in range(1, 6))
            + 5 * 4
            + (5 * 3 + 4 * DIM + 1) * DIM,
        ),
        (
            "HSTU",  # a normalisation before each block and after all
            N_ITEMS * DIM + 2 * (MAX_LEN * 2 + 5 * (DIM**2 + DIM) + 2 * DIM) + 2 * DIM,
        ),
    ],
)
def test_the_number_of_parameters(name: str, expected: int, networks: dict) -> None:
    assert sum(int(np.prod(w.shape)) for w in networks[name].trainable_variables) == expected


def test_a_plain_cell_can_stand_in() -> None:
    network = RecurrentNetwork("rnn", N_ITEMS, DIM, 6, 0.0, 0)
    assert network(np.zeros((2, 3), np.int32)).shape == (2, 3, DIM)


def test_every_network_is_tested_here() -> None:
    # test_conv_lstm.py, test_bert4rec.py, test_generative.py and test_two_tower.py test the others
    assert {*MODELS, "ConvLSTM", "BERT4Rec", "TIGER", "TwoTower"} == set(NEURAL)
