"""The networks compute what their formulas say, see no future, and train the same way twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbclient
import nbformat
import numpy as np
import pytest

from recsys_helpers import Histories, Popularity, evaluate, leave_last_out, sequences, synthetic
from recsys_helpers._tensorflow import keras, tf
from recsys_helpers.recommenders import NEURAL, _losses, _training
from recsys_helpers.recommenders.attention import SASRec, SASRecNetwork, SelfAttention
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.cnn import Caser, CaserNetwork, NextItNet, NextItNetNetwork
from recsys_helpers.recommenders.lstm import GRU4Rec, LSTM4Rec, RecurrentNetwork
from recsys_helpers.testing import check_recommender

N_ITEMS, DIM, MAX_LEN = 30, 8, 12
SPLIT = leave_last_out(
    synthetic(n_users=80, n_items=N_ITEMS, mean_length=12, seed=4).interactions, 1, 1
)
SMALL = {"dim": DIM, "max_len": MAX_LEN, "epochs": 2, "batch_size": 32}
MODELS = {
    "SASRec": lambda **more: SASRec(**SMALL, n_heads=2, **more),
    "LSTM4Rec": lambda **more: LSTM4Rec(**SMALL, n_units=10, **more),
    "GRU4Rec": lambda **more: GRU4Rec(**SMALL, n_units=10, **more),
    "NextItNet": lambda **more: NextItNet(**SMALL, **more),
    "Caser": lambda **more: Caser(**SMALL, n_filters=3, **more),
}
each_model = pytest.mark.parametrize("name", MODELS)


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


def padded_on_the_left(network: object, codes: np.ndarray, extra: int) -> np.ndarray:
    """Run a network after `extra` places of padding that every layer is told to leave out."""
    real = np.arange(extra + len(codes)) >= extra
    x = tf.gather(network.items, codes[None])
    if isinstance(network, CaserNetwork):
        with_nothing = MODELS["Caser"]()._network(
            N_ITEMS + 1
        )  # one item more, whose vector is zero
        with_nothing(np.zeros((1, 1), np.int32))
        for weight, value in zip(with_nothing.weights, network.get_weights(), strict=True):
            weight.assign(np.pad(value, [(0, 1), (0, 0)]) if len(value) == N_ITEMS else value)
        codes = np.concatenate([np.full(extra, N_ITEMS), codes]).astype(np.int32)
        return with_nothing(codes[None])[:, extra:]
    if isinstance(network, SASRecNetwork | NextItNetNetwork):
        x = x * DIM**0.5
    x = tf.pad(x, [[0, 0], [extra, 0], [0, 0]])
    if isinstance(network, RecurrentNetwork):
        return network.out(network.recurrent(x, mask=real[None]))[:, extra:]
    if isinstance(network, NextItNetNetwork):
        for block in network.blocks:
            found = x
            for norm, convolution in zip(block.norms, block.convolutions, strict=True):
                found = tf.nn.relu(norm(convolution(found))) * real[:, None].astype(np.float32)
            x = x + found
        return network.out(x)[:, extra:]
    look = SelfAttention.weights_of

    def past_and_real(layer: SelfAttention, x: object) -> tuple:
        weights, v = look(layer, x)
        weights = weights * real.astype(np.float32)
        return tf.math.divide_no_nan(weights, tf.reduce_sum(weights, -1, keepdims=True)), v

    with patch.object(SelfAttention, "weights_of", past_and_real):
        for block in network.blocks:
            x = block(x)
    return network.norm(x)[:, extra:]


@each_model
@pytest.mark.parametrize("extra", [1, 4])
def test_left_and_right_padding_agree(name: str, extra: int, networks: dict) -> None:
    codes = np.array([3, 1, 4, 1, 5, 9], np.int32)
    right = networks[name](np.pad(codes, (0, extra))[None])[:, : len(codes)]
    left = padded_on_the_left(networks[name], codes, extra)
    np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-5)


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


def test_heads_attend_apart() -> None:
    layer = SelfAttention(dim=4, n_heads=2, max_len=5, dropout=0.0, seed=0)
    x = np.random.default_rng(3).normal(size=(1, 5, 4)).astype(np.float32)
    weights, _ = layer.weights_of(tf.constant(x)) if layer(x) is not None else (None, None)
    assert weights.shape == (1, 2, 5, 5)
    np.testing.assert_allclose(weights.numpy().sum(axis=-1), 1, rtol=1e-5)
    assert not np.triu(weights.numpy()[0, 0], 1).any()


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


@pytest.mark.parametrize("name", ["SASRec", "NextItNet"])
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
    ],
)
def test_the_number_of_parameters(name: str, expected: int, networks: dict) -> None:
    assert sum(int(np.prod(w.shape)) for w in networks[name].trainable_variables) == expected


def test_a_plain_cell_can_stand_in() -> None:
    network = RecurrentNetwork("rnn", N_ITEMS, DIM, 6, 0.0, 0)
    assert network(np.zeros((2, 3), np.int32)).shape == (2, 3, DIM)


def some_states() -> tuple:
    rng = np.random.default_rng(7)
    states, items = rng.normal(size=(5, 4)), rng.normal(size=(9, 4))
    wanted = np.array([0, 3, 8, 3, 1], np.int32)
    return states.astype(np.float32), wanted, items.astype(np.float32)


def test_softmax_by_hand() -> None:
    states, wanted, items = some_states()
    logits = states @ items.T
    expected = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(5), wanted]
    np.testing.assert_allclose(_losses.softmax(states, wanted, items), expected, rtol=1e-5)


def test_sampled_softmax_over_every_item_is_the_softmax() -> None:
    states, wanted, items = some_states()
    every, same = np.arange(9, dtype=np.int32), np.full(9, np.log(1 / 9), np.float32)
    got = _losses.sampled_softmax(states, wanted, items, every, same)
    np.testing.assert_allclose(got, _losses.softmax(states, wanted, items), rtol=1e-5)


def test_log_q_makes_the_sampled_softmax_right_on_average() -> None:
    """With popular items drawn more often, only the correction keeps the denominator unbiased."""
    states, _, items = some_states()
    share = np.argsort(np.argsort(-(states[0] @ items.T))) + 1.0  # the worst are drawn most
    share /= share.sum()
    drawn = np.random.default_rng(0).choice(9, 200_000, p=share)
    logits = states[0] @ items.T
    corrected = np.exp(logits[drawn] - np.log(share[drawn])).mean()
    assert corrected == pytest.approx(np.exp(logits).sum(), rel=0.02)
    assert np.exp(logits[drawn]).mean() * 9 < 0.9 * np.exp(logits).sum()


def test_bce_by_hand() -> None:
    states, wanted, items = some_states()
    drawn = np.random.default_rng(1).integers(0, 9, (5, 3)).astype(np.int32)
    right = (states * items[wanted]).sum(axis=1)
    wrong = np.einsum("md,mnd->mn", states, items[drawn])
    expected = -np.log(sigmoid(right)) - np.log(1 - sigmoid(wrong)).mean(axis=1)
    np.testing.assert_allclose(_losses.bce(states, wanted, items, drawn), expected, rtol=1e-4)


@each_model
@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "bce"])
def test_the_same_seed_gives_the_same_bits(name: str, loss: str) -> None:
    scores = [
        MODELS[name](loss=loss, n_negatives=5, seed=3)
        .fit(SPLIT.train, SPLIT.valid)
        .score(SPLIT.test.histories)
        for _ in range(2)
    ]
    assert np.array_equal(scores[0], scores[1])


@each_model
def test_an_interrupted_fit_goes_on_to_the_same_weights(name: str, tmp_path: Path) -> None:
    whole = MODELS[name]().fit(SPLIT.train, SPLIT.valid)
    path = tmp_path / "run" / "checkpoint.npz"
    part = MODELS[name](checkpoint=path)
    part.epochs = 1
    part.fit(SPLIT.train, SPLIT.valid)
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]
    rest = MODELS[name](checkpoint=path).fit(SPLIT.train, SPLIT.valid)
    for expected, got in zip(whole.network.weights, rest.network.weights, strict=True):
        assert np.array_equal(expected.numpy(), got.numpy())
    assert [entry["loss"] for entry in whole.curve] == [entry["loss"] for entry in rest.curve]
    with pytest.raises(ValueError, match="belongs to other settings or another log"):
        MODELS[name](checkpoint=path, seed=9).fit(SPLIT.train, SPLIT.valid)


def test_each_epoch_draws_the_order_of_ties_anew() -> None:
    tied = SPLIT.train
    seen: list[list[int]] = []

    cut = sequences.windows

    def windows(histories: Histories, *rest: Any) -> Any:
        seen.append(histories.items.tolist())
        return cut(histories, *rest)

    with patch.object(_training.sequences, "windows", windows):
        for log in (tied, replace(tied, times=np.arange(len(tied)))):
            MODELS["LSTM4Rec"]().fit(log)
    assert seen[0] != seen[1]
    assert seen[2] == seen[3] == tied.histories().items.tolist()


def test_the_best_weights_come_back(capsys: pytest.CaptureFixture) -> None:
    """A learning rate that is far too high makes later epochs worse than the best one."""
    model = LSTM4Rec(dim=DIM, max_len=MAX_LEN, learning_rate=0.05, epochs=40, patience=3)
    model.fit(SPLIT.train, SPLIT.valid)
    values = [entry["ndcg"] for entry in model.curve]
    best = int(np.argmax(values)) + 1
    assert len(values) == best + 3
    again = evaluate({"it": model}, SPLIT.valid).mean("it")
    assert again == pytest.approx(max(values), abs=1e-9)
    last_line = capsys.readouterr().out.rstrip().rsplit("\r", 1)[-1]
    assert last_line.startswith(f"LSTM4Rec: stopped at epoch {len(values)}, best {best}, ")


@each_model
def test_it_learns_what_follows_what(name: str) -> None:
    """On a log where the last item says most, a network beats the popular list by far."""
    made = synthetic(n_users=400, n_items=40, mean_length=15, order=0.9, seed=2).interactions
    split = leave_last_out(made, 1, 1)
    more = {"learning_rate": 0.01, "epochs": 12, "dim": 16, "dropout": 0.1, "batch_size": 16}
    model = type(MODELS[name]())(max_len=MAX_LEN, **more).fit(split.train, split.valid)
    models = {"network": model, "popular": Popularity().fit(split.train)}
    report = evaluate(models, split.test)
    assert report.mean("network") > 1.5 * report.mean("popular")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dim": 9, "n_heads": 2}, "n_heads must divide dim"),
        ({"dropout": 1.0}, "dropout must lie between 0 and 1"),
        ({"learning_rate": 0}, "learning_rate must be positive"),
        ({"averaging": 1}, "averaging must lie between 0 and 1"),
        ({"loss": "hinge"}, "loss must be one of softmax, sampled_softmax, bce"),
        ({"max_len": 0}, "max_len must be a whole number of at least 1"),
        ({"patience": 0}, "patience must be a whole number of at least 1"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SASRec(**settings)


def test_nothing_to_predict() -> None:
    log = SPLIT.train
    firsts = np.flatnonzero(np.r_[True, log.users[1:] != log.users[:-1]])
    with pytest.raises(ValueError, match="no history has two items"):
        SASRec(**SMALL).fit(log.take(firsts))


def test_a_checkpoint_holds_no_pickle(tmp_path: Path) -> None:
    path = tmp_path / "c.npz"
    MODELS["GRU4Rec"](checkpoint=path).fit(SPLIT.train)
    with np.load(path, allow_pickle=False) as file:
        assert json.loads(str(file["about"]))["curve"]
        assert all(not file[name].dtype.hasobject for name in file.files)


def in_a_fresh_process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_tensorflow_starts_without_a_word() -> None:
    outcome = in_a_fresh_process("from recsys_helpers import SASRec; SASRec()")
    assert (outcome.returncode, outcome.stderr, outcome.stdout) == (0, "", "")


def test_a_missing_tensorflow_is_named() -> None:
    outcome = in_a_fresh_process(
        "import sys; sys.modules['tensorflow'] = None; from recsys_helpers import SASRec"
    )
    assert outcome.returncode == 1
    assert "pip install 'recsys-helpers[neural]'" in outcome.stderr


def test_every_network_is_tested_here() -> None:
    assert {*MODELS, "ConvLSTM"} == set(NEURAL)  # test_conv_lstm.py


def test_scores_come_from_the_average_of_the_weights() -> None:
    def weights(epochs: int, averaging: float) -> list[np.ndarray]:
        one_step = {"max_len": 1, "batch_size": 10**6}  # an epoch: one batch, one width
        settings = SMALL | one_step | {"epochs": epochs, "averaging": averaging}
        model = NextItNet(**settings).fit(SPLIT.train)
        return [weight.numpy() for weight in model.network.weights]

    steps = [weights(n, averaging=0) for n in (1, 2, 3)]
    averaged = weights(3, averaging=0.6)
    for one, two, three, found in zip(*steps, averaged, strict=True):
        assert not np.allclose(one, three, atol=1e-4)
        by_hand = 0.6 * (0.6 * one + 0.4 * two) + 0.4 * three
        np.testing.assert_allclose(found, by_hand, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "loss", "size"),
    [("SASRec", "softmax", 32), ("NextItNet", "sampled_softmax", 32), ("Caser", "bce", 1)],
)
def test_xla_computes_the_same_steps(
    name: str, loss: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of 32 have some that are filled up; BCE draws for these too, hence batches of 1."""

    def fitted() -> Recommender:
        model = MODELS[name](loss=loss, n_negatives=5, dropout=0.0)
        model.batch_size, model.epochs = size, 1
        return model.fit(SPLIT.train)

    plain = fitted()
    monkeypatch.setattr(_training, "xla", lambda network: True)
    fused = fitted()
    for expected, got in zip(plain.curve, fused.curve, strict=True):
        assert got["loss"] == pytest.approx(expected["loss"], rel=1e-4)
    expected, got = (model.score(SPLIT.test.histories) for model in (plain, fused))
    np.testing.assert_allclose(got, expected, rtol=1e-2, atol=1e-2)


def test_xla_is_used_on_a_gpu_except_for_recurrence(
    networks: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    used = {name: _training.xla(network) for name, network in networks.items()}
    expected = dict.fromkeys(("SASRec", "NextItNet", "Caser"), True)
    assert used == expected | {"LSTM4Rec": False, "GRU4Rec": False}
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert not any(_training.xla(network) for network in networks.values())


def test_a_notebook_keeps_the_last_line_of_the_progress_alone() -> None:
    code = """from recsys_helpers import SASRec, leave_last_out, synthetic
split = leave_last_out(synthetic(n_users=30, n_items=20, mean_length=9).interactions, 1, 1)
SASRec(dim=4, n_blocks=1, max_len=4, epochs=3).fit(split.train, split.valid).settings()["dim"]"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    executed = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    progress, answer = executed.cells[0].outputs
    assert re.fullmatch(r"SASRec: stopped at epoch 3, best \d, \d+ s", progress.data["text/plain"])
    assert answer.data["text/plain"] == "4"
