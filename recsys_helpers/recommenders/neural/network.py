"""What neural recommenders have in common beside their training: scoring, saving, seeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from recsys_helpers._types import F32, I32, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.store import Learnt

BATCH = 256
"""Sequences that are run through a network at once when it scores."""


def seeds(seed: int) -> Iterator[int]:
    """Return as many different seeds as layers ask for, all from one."""
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.integers(2**31))


def normal(seed: int, deviation: float = 0.02) -> Any:
    """Return an initialiser: normal numbers, cut at two deviations."""
    return keras.initializers.TruncatedNormal(stddev=deviation, seed=seed)


def score_last(network: Any, histories: Histories, max_len: int) -> F32:
    """Return the scores after the last item of each history; an empty one gets 0 everywhere."""
    items, lengths = sequences.last_window(histories, max_len)
    return _scored(network, items, lengths, max_len)


def score_positions(network: Any, histories: Histories, max_len: int) -> F32:
    """Return the scores after each item of each history, each from the `max_len` items up to it."""
    places = np.arange(len(histories.items))
    starts = np.repeat(histories.indptr[:-1], histories.lengths)
    starts = np.maximum(starts, places + 1 - max_len)
    lengths = places + 1 - starts
    width = max(int(np.max(lengths, initial=0)), 1)
    return _scored(
        network, sequences.filled(histories.items, starts, lengths, width), lengths, max_len
    )


def item_vectors(network: Any, training: bool = False) -> Any:
    """Return the item vectors, shape (n_items, dim): weights, or what `vectors` makes of items."""
    return network.vectors(training) if hasattr(network, "vectors") else network.items


def states(network: Any, codes: Any, vectors: Any, training: bool = False) -> Any:
    """Return the states after each item of codes (b, l), the item vectors given; (b, l, dim)."""
    if hasattr(network, "read"):
        return network.read(codes, vectors, training)
    return network(codes, training=training)


def _scored(network: Any, items: I32, lengths: I64, max_len: int) -> F32:
    vectors = tf.convert_to_tensor(item_vectors(network))  # (n_items, dim)
    last = getattr(network, "_last", None)
    if last is None:
        last = network._last = _last_states(network, vectors.shape)
    table = vectors.numpy()
    scores = np.zeros((len(items), len(table)), np.float32)
    asked = np.flatnonzero(lengths)
    for rows, width in sequences.batches(lengths[asked], BATCH, max_len):
        some = asked[rows]
        found = last(items[some, :width], lengths[some].astype(np.int32), vectors)  # (m, dim)
        scores[some] = found.numpy() @ table.T
    return scores


def _last_states(network: Any, shape: Any) -> Any:
    def compute(items: Any, lengths: Any, vectors: Any) -> Any:
        found = states(network, items, vectors)  # (b, l, dim)
        return tf.gather(found, lengths - 1, batch_dims=1)

    codes, table = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32)
    return tf.function(compute, input_signature=[codes, table, tf.TensorSpec(shape, tf.float32)])


def arrays(network: Any) -> dict[str, Learnt]:
    """Return the network's weights by number, to be saved."""
    return {f"weight_{i:03}": weight.numpy() for i, weight in enumerate(network.weights)}


def restore(network: Any, found: dict[str, Learnt]) -> None:
    """Give a freshly built network the weights that were saved."""
    network(np.zeros((1, 1), np.int32))
    expected = [f"weight_{i:03}" for i in range(len(network.weights))]
    if sorted(found) != expected:
        raise ValueError(f"the saved arrays are {sorted(found)}, not {expected}")
    for name, weight in zip(expected, network.weights, strict=True):
        if found[name].shape != tuple(weight.shape):
            raise ValueError(
                f"{name} has shape {found[name].shape}, but the network needs {tuple(weight.shape)}"
            )
        weight.assign(found[name])
