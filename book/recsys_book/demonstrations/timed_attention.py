"""What a fitted HSTU attends to, and what the times alone would make it attend to."""

from __future__ import annotations

import numpy as np

from recsys_helpers import HSTU, Histories
from recsys_helpers._types import F32, I32, I64
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.hstu import gap_buckets


def timed_attention(model: HSTU, histories: Histories) -> tuple[F32, F32, I32, I64]:
    """Return the attention weights of the first block, and those that its time biases alone give.

    Parameters
    ----------
    model
        Fitted, with times and with softmax attention.
    histories
        n histories that carry what the model needs.

    Returns
    -------
    weights, by_time
        Shape (n, n_heads, l, l) each: how much the item in a row attends to the item in a column,
        oldest first; and the softmax of the time biases, as if all else were 0. What stands at
        padding means nothing.
    buckets
        The bucket of each time gap, shape (n, l, l).
    lengths
        How many items of each history are real, shape (n,); they come first.

    Raises
    ------
    ValueError
        If the model reads no times, or its weights are no softmax.
    """
    if model.time == "none" or model.attention != "softmax":
        raise ValueError(
            "timed_attention needs an HSTU with times and softmax attention, not "
            f"time={model.time!r} and attention={model.attention!r}"
        )
    network = model.network
    codes, lengths, *times = sequences.last_window(histories, model.max_len, network.n_times)
    block = network.encoder.blocks[0]
    x = tf.gather(network.items, codes) * model.dim**0.5  # (n, l, dim)
    if block.pre_norm:
        x = block.attention_norm(x)
    visible = np.tri(codes.shape[1]) > 0  # (l, l)
    buckets = gap_buckets(tf.constant(times[0]), tf.constant(times[-1]))  # (n, l, l)
    weights, _ = block.attention.weights_of(x, visible, buckets)  # (n, heads, l, l)
    biases = tf.transpose(tf.gather(block.attention.gaps, buckets), [0, 3, 1, 2])
    by_time = tf.nn.softmax(tf.where(visible, biases, -1e9))
    return weights.numpy(), by_time.numpy(), buckets.numpy(), lengths
