"""What a network is trained to do: give the next item a higher score than the others."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from recsys_helpers._types import F32, I32, I64
from recsys_helpers.recommenders.neural.backend import tf

Loss = Literal["softmax", "sampled_softmax", "bce"]
LOSSES = ("softmax", "sampled_softmax", "bce")


def softmax(states: Any, wanted: Any, items: Any) -> Any:
    """Return the cross-entropy over all items, shape (m,).

    Parameters
    ----------
    states, wanted
        States, shape (m, dim), and the code that came next, shape (m,).
    items
        Item vectors, shape (n_items, dim).
    """
    logits = tf.matmul(states, items, transpose_b=True)  # (m, n_items)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, logits)


def sampled_softmax(states: Any, wanted: Any, items: Any, drawn: Any, log_q: Any) -> Any:
    """Return the cross-entropy over the wanted item and drawn ones, logits less log Q, shape (m,).

    A drawn item that is the wanted one is left out.

    Parameters
    ----------
    drawn
        Codes drawn for all states together, shape (n,).
    log_q
        Logarithm of the probability with which each item is drawn, shape (n_items,).

    References
    ----------
    Bengio and Senécal (2008), "Adaptive importance sampling to accelerate training of a neural
    probabilistic language model". https://doi.org/10.1109/TNN.2007.912312
    """
    right = tf.reduce_sum(states * tf.gather(items, wanted), 1) - tf.gather(log_q, wanted)  # (m,)
    wrong = tf.matmul(states, tf.gather(items, drawn), transpose_b=True)  # (m, n)
    wrong = tf.where(wanted[:, None] == drawn, -1e9, wrong - tf.gather(log_q, drawn))
    return tf.reduce_logsumexp(tf.concat([right[:, None], wrong], 1), 1) - right


def bce(states: Any, wanted: Any, items: Any, drawn: Any) -> Any:
    """Return the binary cross-entropy of the wanted item and of drawn ones, shape (m,).

    Parameters
    ----------
    drawn
        Codes drawn for each state, shape (m, n); their mean counts as much as the wanted item.
    """
    right = tf.reduce_sum(states * tf.gather(items, wanted), 1)  # (m,)
    wrong = tf.einsum("md,mnd->mn", states, tf.gather(items, drawn))  # (m, n)
    return tf.nn.softplus(-right) + tf.reduce_mean(tf.nn.softplus(wrong), 1)


def draw(
    loss: Loss, n: int, counts: I64, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[I32, F32]:
    """Return the items that a batch of places, shape (b, l), is compared with, and log Q.

    Both are empty where the loss needs none.
    """
    none = np.zeros(0, np.float32)
    if loss == "softmax":
        return np.zeros(0, np.int32), none
    if loss == "bce":
        return rng.integers(0, len(counts), n * shape[0] * shape[1], np.int32), none
    share = np.maximum(counts, 1) / np.maximum(counts, 1).sum()
    drawn = np.searchsorted(np.cumsum(share), rng.random(n), side="right")
    return np.minimum(drawn, len(counts) - 1).astype(np.int32), np.log(share).astype(np.float32)
