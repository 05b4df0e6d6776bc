"""The training loop that all neural recommenders share."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import F64, I32, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.neural import losses, sequences
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.losses import LOSSES, Loss
from recsys_helpers.recommenders.neural.network import item_vectors, states as states_of
from recsys_helpers.recommenders.ranking import ndcg

if TYPE_CHECKING:
    from recsys_helpers.recommenders.neural.recommender import NetworkRecommender


def check_settings(model: NetworkRecommender) -> None:
    """Raise unless the settings that all networks share are possible."""
    for name in ("max_len", "batch_size", "epochs", "patience", "n_negatives"):
        _arguments.whole(name, getattr(model, name), 1)
    if not 0 <= model.settings()["dropout"] < 1:
        raise ValueError(f"dropout must lie between 0 and 1, not {model.settings()['dropout']}")
    _arguments.positive("learning_rate", model.learning_rate)
    if not 0 <= model.averaging < 1:
        raise ValueError(f"averaging must lie between 0 and 1, not {model.averaging}")
    if model.loss not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}, not {model.loss!r}")
    if not 0 <= model.seed < 2**63:
        raise ValueError(f"seed must lie between 0 and 2**63 - 1, not {model.seed}")


def train(
    model: NetworkRecommender, log: Interactions, valid: Queries | None
) -> list[dict[str, float]]:
    """Fit a network to what came next in every place of every history.

    Each epoch draws the order of items that share a time, which nobody knows, and cuts all
    histories anew into windows. After it the validation NDCG@10 of the running average of the
    weights is measured; training goes on from the weights themselves, stops when it has not risen
    for `patience` epochs, and the best average comes back.

    Parameters
    ----------
    model
        Its network maps item codes, shape (b, l), to states, shape (b, l, dim), each seeing no
        later code, and has item vectors `items`, shape (n_items, dim), or makes them anew in each
        step: `vectors(training)`, and `read(codes, vectors, training)` in place of a call. Its
        loss is "softmax" over all items; "sampled_softmax" over items drawn for the whole batch by
        popularity, logits corrected by log Q; or "bce", binary cross-entropy against items drawn
        for each place.
    log, valid
        What is learnt from, and the queries to stop by; without them all epochs are run.

    Returns
    -------
    list of dict
        One entry for each epoch: epoch, loss, seconds so far and, with validation, ndcg.
    """
    histories = log.histories()
    histories = histories.take(np.flatnonzero(histories.lengths > 1))
    if len(histories) == 0:
        raise ValueError("no history has two items, so there is nothing to predict")
    network, checkpoint = model.network, model.checkpoint
    optimizer = keras.optimizers.Adam(
        model.learning_rate, use_ema=model.averaging > 0, ema_momentum=model.averaging
    )
    network(np.zeros((1, 1), np.int32))
    optimizer.build(network.trainable_variables)
    fused = xla(network)
    step = _step(network, optimizer, model.loss, fused, model.every_position)
    counts = np.bincount(log.items, minlength=log.n_items)
    variables = [*network.variables, *optimizer.variables]
    best: list[Any] = []
    curve: list[dict[str, float]] = []
    mark = _mark(model, log) if checkpoint is not None else ""
    if checkpoint is not None and checkpoint.exists():
        curve, best = _resume(checkpoint, mark, variables, len(network.weights))
    before = curve[-1]["seconds"] if curve else 0.0
    start = perf_counter()
    progress = _Progress(type(model).__name__)
    while len(curve) < model.epochs and not _done(curve, model.patience):
        rng = np.random.default_rng([model.seed, len(curve)])
        ordered = sequences.redrawn_ties(histories, rng)
        total, n = 0.0, 0
        for inputs, targets, lengths in _batches(model, ordered, rng, fused):
            drawn, log_q = losses.draw(model.loss, model.n_negatives, counts, targets.shape, rng)
            value = step(inputs, targets, lengths.astype(np.int32), drawn, log_q)
            m = int(lengths.sum() if model.every_position else np.count_nonzero(lengths))
            total, n = total + float(value) * m, n + m
        entry = {"epoch": len(curve) + 1, "loss": total / n}
        if not np.isfinite(entry["loss"]):
            raise ValueError("the loss is no longer finite: lower the learning rate")
        walking = [variable.numpy() for variable in network.trainable_variables]
        optimizer.finalize_variable_values(network.trainable_variables)
        if valid is not None:
            entry["ndcg"] = ndcg(model, valid)
        entry["seconds"] = before + perf_counter() - start
        curve.append(entry)
        if _best(curve) == len(curve):
            best = [weight.numpy() for weight in network.weights]
        for variable, value in zip(network.trainable_variables, walking, strict=True):
            variable.assign(value)
        if checkpoint is not None:
            _save(checkpoint, mark, curve, variables, best)
        progress.show(curve)
    for weight, value in zip(network.weights, best, strict=True):
        weight.assign(value)
    progress.close(curve)
    return curve


def _batches(
    model: NetworkRecommender, histories: Histories, rng: np.random.Generator, whole: bool
) -> Iterator[tuple[I32, I32, I64]]:
    """Yield inputs and targets (b, l) and lengths (b,), b filled up to `batch_size` if `whole`.

    What fills up are sequences of length 0; XLA compiles anew for each shape. Unless the model
    learns at every position, as many windows are drawn, each for its last target alone.
    """
    inputs, targets, lengths = sequences.windows(histories, model.max_len, rng)
    if not model.every_position:
        n = len(lengths)
        inputs, targets, lengths = sequences.windows_of_one(histories, model.max_len, n, rng)
    for rows, width in sequences.batches(lengths, model.batch_size, model.max_len, rng):
        more = (0, model.batch_size - len(rows) if whole else 0)
        x, y = (np.pad(array[rows, :width], (more, (0, 0))) for array in (inputs, targets))
        yield x, y, np.pad(lengths[rows], more)


def xla(network: Any) -> bool:
    """Return whether steps are compiled by XLA: on a GPU, where cuDNN does not do better."""
    recurrent = any(isinstance(layer, keras.layers.RNN) for layer in network.layers)
    return bool(tf.config.list_physical_devices("GPU")) and not recurrent


def _step(
    network: Any, optimizer: Any, loss: Loss, fused: bool, every_position: bool
) -> Callable[..., Any]:
    """Return one step of training, compiled.

    Places that teach nothing are cut out: padding, and all but the last one unless every position
    is learnt from. Where XLA fuses the step they are computed and count for nothing, since shapes
    must not depend on values there.
    """

    def compute(inputs: Any, targets: Any, lengths: Any, drawn: Any, log_q: Any) -> Any:
        real = tf.sequence_mask(lengths, tf.shape(inputs)[1])  # (b, l)
        if not every_position:
            real &= ~tf.sequence_mask(lengths - 1, tf.shape(inputs)[1])

        def places(x: Any) -> Any:  # (b, l, …) → (m, …)
            if not fused:
                return tf.boolean_mask(x, real)
            return tf.reshape(x, tf.concat([[-1], tf.shape(x)[2:]], 0))

        wanted, weights = places(targets), places(tf.cast(real, tf.float32))  # (m,)
        with tf.GradientTape() as tape:
            items = item_vectors(network, training=True)  # (n_items, dim)
            states = places(states_of(network, inputs, items, training=True))  # (m, dim)
            if loss == "softmax":
                values = losses.softmax(states, wanted, items)
            elif loss == "sampled_softmax":
                values = losses.sampled_softmax(states, wanted, items, drawn, log_q)
            else:
                others = tf.reshape(drawn, tf.concat([tf.shape(inputs), [-1]], 0))  # (b, l, n)
                values = losses.bce(states, wanted, items, places(others))
            value = tf.reduce_sum(values * weights) / tf.reduce_sum(weights)
        gradients = tape.gradient(value, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return value

    codes, table = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32)
    signature = [codes, codes, table, table, tf.TensorSpec([None], tf.float32)]
    step: Callable[..., Any] = tf.function(
        compute, input_signature=signature, jit_compile=fused or None
    )
    return step


def _best(curve: list[dict[str, float]]) -> int:
    """Return the epoch whose weights to keep: of the highest ndcg, else the last."""
    if "ndcg" not in curve[-1]:
        return len(curve)
    values: F64 = np.array([entry["ndcg"] for entry in curve])
    return int(values.argmax()) + 1


def _done(curve: list[dict[str, float]], patience: int) -> bool:
    return bool(curve) and len(curve) - _best(curve) >= patience


class _Progress:
    """One line, updated in place: by a notebook's own means, elsewhere by carriage returns."""

    def __init__(self, name: str) -> None:
        self.name, self.width = name, 0
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        self.handle: Any = None
        if hasattr(shell, "kernel"):
            self.handle = import_module("IPython.display").DisplayHandle()
            self.handle.display({"text/plain": name}, raw=True)

    def show(self, curve: list[dict[str, float]]) -> None:
        last = curve[-1]
        reached = f", NDCG@10 {last['ndcg']:.4f}" if "ndcg" in last else ""
        self._write(
            f"{self.name}: epoch {last['epoch']}, loss {last['loss']:.3f}{reached}, "
            f"{last['seconds']:.0f} s"
        )

    def close(self, curve: list[dict[str, float]]) -> None:
        if not curve:
            return
        best = f", best {_best(curve)}" if "ndcg" in curve[-1] else ""
        self._write(
            f"{self.name}: stopped at epoch {len(curve)}{best}, {curve[-1]['seconds']:.0f} s"
        )
        if self.handle is None:
            sys.stdout.write("\n")

    def _write(self, text: str) -> None:
        if self.handle is not None:
            self.handle.update({"text/plain": text}, raw=True)
            return
        sys.stdout.write("\r" + text.ljust(self.width))
        sys.stdout.flush()
        self.width = len(text)


def _mark(model: NetworkRecommender, log: Interactions) -> str:
    """Return what tells one training run from another: settings, catalogue and rows."""
    settings = {k: v for k, v in model.settings().items() if k not in ("checkpoint", "epochs")}
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([type(model).__name__, settings], default=str).encode())
    digest.update(log.catalogue.fingerprint.encode())
    for array in (log.users, log.items, *model.reads()):
        digest.update(array.tobytes())
    return digest.hexdigest()


def _save(
    path: Path, mark: str, curve: list[dict[str, float]], variables: list[Any], best: list[Any]
) -> None:
    arrays = {f"variable_{i:04}": variable.numpy() for i, variable in enumerate(variables)}
    arrays |= {f"best_{i:04}": value for i, value in enumerate(best)}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        np.savez(file, about=np.array(json.dumps({"mark": mark, "curve": curve})), **arrays)
    os.replace(draft, path)


def _resume(
    path: Path, mark: str, variables: list[Any], n_weights: int
) -> tuple[list[dict[str, float]], list[Any]]:
    with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        if about["mark"] != mark:
            raise ValueError(
                f"the checkpoint {path} belongs to other settings or another log: name another "
                "file, or remove it to start afresh"
            )
        for i, variable in enumerate(variables):
            variable.assign(file[f"variable_{i:04}"])
        best = [file[f"best_{i:04}"] for i in range(n_weights)]
    return about["curve"], best
