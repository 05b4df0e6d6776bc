"""How all neural recommenders are trained: their common settings, and one loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, fields
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import I32, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.recommenders.neural import losses, sequences
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.checkpoint import Checkpoint, Curve
from recsys_helpers.recommenders.neural.losses import LOSSES, Loss
from recsys_helpers.recommenders.neural.network import SequenceNetwork
from recsys_helpers.recommenders.neural.progress import Progress


@dataclass(eq=False)
class NetworkSettings:
    """The settings that all neural recommenders share; each has defaults of its own.

    Parameters
    ----------
    dim
        Length of the item vectors.
    max_len
        The most items that the network reads at once. Training cuts whole histories into windows of
        this length.
    dropout
        Share of the entries of states that are set to 0 at random in training steps.
    loss, n_negatives
        "softmax" over all items; "sampled_softmax" over `n_negatives` items drawn for the whole
        batch by popularity, for large catalogues; or "bce", binary cross-entropy against
        `n_negatives` items drawn uniformly for each position.
    learning_rate, batch_size
        Of Adam, and the number of windows in a batch. Small logs have few windows and need small
        batches.
    averaging
        The share of the running average of the weights that each step keeps; the average is used to
        score items. With 0 the weights themselves are used (Polyak and Juditsky, 1992,
        https://doi.org/10.1137/0330046).
    epochs, patience
        The most epochs, and how many may pass without a better validation NDCG@10.
    seed
        Of weights, dropout, windows, batches and negatives.
    checkpoint
        A file from which an interrupted fit is resumed, with the same settings, log and validation;
        None for no file. It belongs to the fit and is not saved with the recommender.

    Raises
    ------
    ValueError
        If a setting is out of range.
    """

    dim: int = 64
    _: KW_ONLY
    max_len: int = 50
    dropout: float = 0.2
    loss: Loss = "softmax"
    n_negatives: int = 256
    learning_rate: float = 3e-3
    batch_size: int = 32
    averaging: float = 0.99
    epochs: int = 100
    patience: int = 6
    seed: int = 0
    checkpoint: str | Path | None = None

    def __post_init__(self) -> None:
        for setting in fields(self):
            if setting.type == "int" and setting.name != "seed":  # all count or measure something
                _arguments.whole(setting.name, getattr(self, setting.name), 1)
            elif setting.type == "bool":
                _arguments.instance(
                    setting.name, getattr(self, setting.name), bool, "True or False"
                )
        _arguments.seed(self.seed)
        _arguments.fraction("dropout", self.dropout)
        _arguments.fraction("averaging", self.averaging)
        _arguments.positive("learning_rate", self.learning_rate)
        _arguments.choice("loss", self.loss, LOSSES)
        if self.checkpoint is not None:
            _arguments.instance("checkpoint", self.checkpoint, (str, Path), "a path")


def train(
    network: SequenceNetwork,
    settings: NetworkSettings,
    log: Interactions,
    windows: Callable[[Histories, np.random.Generator], sequences.Windows],
    validate: Callable[[], float] | None,
    checkpoint: Checkpoint | None,
    progress: Progress,
) -> Curve:
    """Fit a network to what came next after every item of every history.

    Each epoch draws the order of items that share a time, which nobody knows, and cuts all
    histories anew into windows. After it, the running average of the weights is validated;
    training goes on from the weights themselves, stops when the average has not become better for
    `patience` epochs, and leaves the network with the best average.

    Parameters
    ----------
    network, settings
        What is trained, and how.
    log
        What is learnt from.
    windows
        Cuts histories into windows.
    validate
        Returns the validation NDCG@10 of the network as it is; without it all epochs are run.
    checkpoint, progress
        Where an interrupted run goes on, and what shows each epoch.

    Returns
    -------
    list of dict
        One entry for each epoch: epoch, loss, seconds so far and, with validation, ndcg.
    """
    histories = log.histories()
    histories = histories.take(np.flatnonzero(histories.lengths > 1))
    if len(histories) == 0:
        raise ValueError("no history has two items, so there is nothing to predict")
    optimizer = keras.optimizers.Adam(
        settings.learning_rate, use_ema=settings.averaging > 0, ema_momentum=settings.averaging
    )
    network(np.zeros((1, 1), np.int32))  # makes the weights
    optimizer.build(network.trainable_variables)
    fused = xla(network)
    step = training_step(network, optimizer, settings.loss, fused)
    train_counts = np.bincount(log.items, minlength=log.n_items)
    variables = [*network.variables, *optimizer.variables]
    curve: Curve = []
    best: list[NDArray[Any]] = []
    if checkpoint is not None:
        curve, best = checkpoint.resume(settings.epochs, variables)
    start = perf_counter() - (curve[-1]["seconds"] if curve else 0.0)
    while len(curve) < settings.epochs and not _out_of_patience(curve, settings.patience):
        rng = np.random.default_rng([settings.seed, len(curve)])  # the same after an interruption
        cut = windows(sequences.redrawn_ties(histories, rng), rng)
        total, n_targets = 0.0, 0
        for inputs, targets, *times in _batches(cut, settings, rng, fill_up=fused):
            drawn, log_q = losses.draw(
                settings.loss, settings.n_negatives, train_counts, targets.shape, rng
            )
            loss = float(step(inputs, targets, drawn, log_q, *times))
            n = int(np.count_nonzero(targets >= 0))
            total, n_targets = total + loss * n, n_targets + n
        epoch = {"epoch": len(curve) + 1, "loss": total / n_targets}
        if not np.isfinite(epoch["loss"]):
            raise ValueError("the loss is no longer finite: lower the learning rate")
        with averaged_weights(network, optimizer):
            if validate is not None:
                epoch["ndcg"] = validate()
            epoch["seconds"] = perf_counter() - start
            curve.append(epoch)
            if best_epoch(curve) == len(curve):
                best = network.get_weights()
        if checkpoint is not None:
            checkpoint.save(curve, variables, best)
        progress.show(epoch)
    network.set_weights(best)
    progress.close(curve[-1], best_epoch(curve))
    return curve


def _batches(
    windows: sequences.Windows, settings: NetworkSettings, rng: np.random.Generator, fill_up: bool
) -> Iterator[tuple[I32, I32, *tuple[I64, ...]]]:
    """Yield inputs, targets and times, shape (b, l) each, b filled up to `batch_size` if wanted.

    What fills up are windows without a target; XLA compiles anew for each shape.
    """
    inputs, targets, lengths, *times = windows
    for rows, width in sequences.batches(lengths, settings.batch_size, inputs.shape[1], rng):
        padding = ((0, settings.batch_size - len(rows) if fill_up else 0), (0, 0))
        yield (
            np.pad(inputs[rows, :width], padding),
            np.pad(targets[rows, :width], padding, constant_values=sequences.NO_TARGET),
            *(np.pad(each[rows, :width], padding) for each in times),
        )


def xla(network: SequenceNetwork) -> bool:
    """Return whether steps are compiled by XLA: on a GPU, where cuDNN does not do better."""
    recurrent = any(isinstance(layer, keras.layers.RNN) for layer in network.layers)
    return network.fusible and bool(tf.config.list_physical_devices("GPU")) and not recurrent


def training_step(
    network: SequenceNetwork, optimizer: Any, loss: Loss, fused: bool
) -> Callable[..., Tensor]:
    """Return one step of training, compiled: inputs, targets, drawn items, log Q, times → loss.

    Only positions with a target are compared with items, since that is most of the work. But
    where XLA fuses the step, shapes must not depend on values: there all positions are compared,
    and those without a target weigh nothing.
    """

    def compute(
        inputs: Tensor, targets: Tensor, drawn: Tensor, log_q: Tensor, *times: Tensor
    ) -> Tensor:
        taught = targets >= 0  # (b, l)

        def positions(x: Tensor) -> Tensor:  # (b, l, …) → (m, …)
            if fused:
                return tf.reshape(x, tf.concat([[-1], tf.shape(x)[2:]], 0))
            return tf.boolean_mask(x, taught)

        weights = positions(tf.cast(taught, tf.float32))  # (m,)
        answers = tf.maximum(positions(targets), 0)  # (m,)
        with tf.GradientTape() as tape:
            items = network.item_vectors(training=True)  # (n_items, dim)
            states = positions(network.states(inputs, items, True, *times))  # (m, dim)
            if loss == "softmax":
                values = network.cross_entropy(states, answers, items)
            elif loss == "sampled_softmax":
                values = losses.sampled_softmax(states, answers, items, drawn, log_q, network.known)
            else:
                drawn = tf.reshape(drawn, tf.concat([tf.shape(inputs), [-1]], 0))  # (b, l, n)
                values = losses.bce(states, answers, items, positions(drawn), network.known)
            value = tf.reduce_sum(values * weights) / tf.reduce_sum(weights)
        gradients = tape.gradient(value, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return value

    codes, drawn = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32)
    times = [tf.TensorSpec([None, None], tf.int64)] * network.n_times
    step: Callable[..., Tensor] = tf.function(
        compute,
        input_signature=[codes, codes, drawn, tf.TensorSpec([None], tf.float32), *times],
        jit_compile=fused or None,
    )
    return step


@contextmanager
def averaged_weights(network: SequenceNetwork, optimizer: Any) -> Iterator[None]:
    """Give the network the running average of its weights, and then the weights themselves again.

    Single steps scatter around a good point, their average lies nearer to it; but training must
    go on from where it is.
    """
    weights = [variable.numpy() for variable in network.trainable_variables]
    optimizer.finalize_variable_values(network.trainable_variables)
    try:
        yield
    finally:
        for variable, weight in zip(network.trainable_variables, weights, strict=True):
            variable.assign(weight)


def best_epoch(curve: Curve) -> int:
    """Return the epoch whose weights to keep: of the highest ndcg, else the last."""
    if "ndcg" not in curve[-1]:
        return len(curve)
    return int(np.argmax([epoch["ndcg"] for epoch in curve])) + 1


def _out_of_patience(curve: Curve, patience: int) -> bool:
    return bool(curve) and len(curve) - best_epoch(curve) >= patience
