"""Training goes the same way twice, stops where it should, and refuses what cannot be trained."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest
from support.small_networks import DIM, MAX_LEN, MODELS, N_ITEMS, SMALL, SPLIT, each_model

from recsys_helpers import (
    Histories,
    Popularity,
    evaluate,
    leave_last_out,
    synthetic,
)
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.neural import losses, training
from recsys_helpers.recommenders.neural.attention import SASRec
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.lstm import LSTM4Rec
from recsys_helpers.recommenders.neural.nextitnet import NextItNet


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
    with pytest.raises(ValueError, match="belongs to a run with another seed"):
        MODELS[name](checkpoint=path, seed=9).fit(SPLIT.train, SPLIT.valid)


def test_each_epoch_draws_the_order_of_ties_anew() -> None:
    seen: list[list[int]] = []

    class Watched(LSTM4Rec):
        def _windows(self, histories: Histories, rng: np.random.Generator) -> Any:
            seen.append(histories.items.tolist())
            return super()._windows(histories, rng)

    tied = SPLIT.train
    for log in (tied, replace(tied, times=np.arange(len(tied)))):
        Watched(**SMALL, n_units=10).fit(log)
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


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dim": 9, "n_heads": 2}, "n_heads must divide dim"),
        ({"dropout": 1.0}, "dropout must lie from 0 to below 1"),
        ({"learning_rate": 0}, "learning_rate must be positive"),
        ({"averaging": 1}, "averaging must lie from 0 to below 1"),
        ({"loss": "hinge"}, "loss must be 'softmax', 'sampled_softmax' or 'bce', not 'hinge'"),
        ({"max_len": 0}, "max_len must be a whole number of at least 1"),
        ({"patience": 0}, "patience must be a whole number of at least 1"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SASRec(**settings)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "bce"])
def test_a_step_learns_from_the_positions_with_a_target(loss: str, fused: bool) -> None:
    network = MODELS["SASRec"](dropout=0.0)._network(N_ITEMS)
    network(np.zeros((1, 1), np.int32))
    before = network.get_weights()
    inputs = np.array([[3, 1, 4], [1, 5, 0]], np.int32)
    targets = np.array([[-1, 4, 1], [-1, 9, -1]], np.int32)
    n_drawn = {"softmax": 0, "sampled_softmax": 4, "bce": 18}[loss]
    drawn = np.arange(10, 10 + n_drawn, dtype=np.int32)
    log_q = np.full(N_ITEMS, -3.0, np.float32)
    step = training.training_step(network, keras.optimizers.SGD(0.0), loss, fused)
    value = float(step(inputs, targets, drawn, log_q))
    rows, columns, answers = [0, 0, 1], [1, 2, 1], np.array([4, 1, 9], np.int32)
    states, items = network(inputs).numpy()[rows, columns], network.items.numpy()
    if loss == "softmax":
        expected = losses.softmax(states, answers, items)
    elif loss == "sampled_softmax":
        expected = losses.sampled_softmax(states, answers, items, drawn, log_q)
    else:
        expected = losses.bce(states, answers, items, drawn.reshape(2, 3, 3)[rows, columns])
    assert value == pytest.approx(float(np.mean(expected)), rel=1e-4)
    assert all(map(np.array_equal, before, network.get_weights()))


def test_averaged_weights_are_given_back_even_after_an_error() -> None:
    network = MODELS["SASRec"]()._network(N_ITEMS)
    network(np.zeros((1, 1), np.int32))
    optimizer = keras.optimizers.Adam(use_ema=True, ema_momentum=0.5)
    optimizer.build(network.trainable_variables)
    network.items.assign(network.items + 1.0)
    after_a_step = network.items.numpy()

    def validate() -> None:
        with training.averaged_weights(network, optimizer):
            assert not np.allclose(network.items.numpy(), after_a_step)
            raise KeyError

    with pytest.raises(KeyError):
        validate()
    assert np.array_equal(network.items.numpy(), after_a_step)


def test_nothing_to_predict() -> None:
    log = SPLIT.train
    firsts = np.flatnonzero(np.r_[True, log.users[1:] != log.users[:-1]])
    with pytest.raises(ValueError, match="no history has two items"):
        SASRec(**SMALL).fit(log.take(firsts))


def test_settings_are_those_of_the_constructor() -> None:
    model = SASRec(32, n_heads=2, max_len=9)
    settings = model.settings()
    assert settings["dim"] == 32
    assert settings | {"learning_rate": 4e-3, "n_blocks": 2, "checkpoint": None} == settings
    assert "network" not in settings
    assert eval(repr(model), {"SASRec": SASRec}).settings() == settings
    assert (LSTM4Rec().learning_rate, LSTM4Rec().averaging) == (1e-2, 0.98)
    with pytest.raises(TypeError, match="unexpected keyword argument 'n_layers'"):
        SASRec(n_layers=2)


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
    monkeypatch.setattr(training, "xla", lambda network: True)
    fused = fitted()
    for expected, got in zip(plain.curve, fused.curve, strict=True):
        assert got["loss"] == pytest.approx(expected["loss"], rel=1e-4)
    expected, got = (model.score(SPLIT.test.histories) for model in (plain, fused))
    np.testing.assert_allclose(got, expected, rtol=1e-2, atol=1e-2)


def test_xla_is_used_on_a_gpu_except_for_recurrence(monkeypatch: pytest.MonkeyPatch) -> None:
    networks = {name: make()._network(N_ITEMS) for name, make in MODELS.items()}
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    used = {name: training.xla(network) for name, network in networks.items()}
    expected = dict.fromkeys(("SASRec", "NextItNet", "Caser", "HSTU"), True)
    assert used == expected | {"LSTM4Rec": False, "GRU4Rec": False}
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert not any(training.xla(network) for network in networks.values())


def test_a_notebook_keeps_the_last_line_of_the_progress_alone() -> None:
    code = """from recsys_helpers import SASRec, leave_last_out, synthetic
split = leave_last_out(synthetic(n_users=30, n_items=20, mean_length=9).interactions, 1, 1)
SASRec(dim=4, n_blocks=1, max_len=4, epochs=3).fit(split.train, split.valid).settings()["dim"]"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    executed = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    progress, answer = executed.cells[0].outputs
    assert re.fullmatch(r"SASRec: stopped at epoch 3, best \d, \d+ s", progress.data["text/plain"])
    assert answer.data["text/plain"] == "4"
