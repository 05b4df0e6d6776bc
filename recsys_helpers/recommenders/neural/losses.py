"""Losses that train a network to give the next item a higher score than others."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from recsys_helpers._types import F32, I32, I64
from recsys_helpers.recommenders.neural.backend import Tensor, tf

Loss = Literal["softmax", "sampled_softmax", "bce"]
LOSSES: tuple[Loss, ...] = get_args(Loss)
RULED_OUT = -1e9
"""A logit so low that its softmax and sigmoid are 0."""


def softmax(states: Tensor, targets: Tensor, items: Tensor, known: Tensor | None = None) -> Tensor:
    """Return the cross-entropy over all items, shape (m,).

    Parameters
    ----------
    states, targets
        States, shape (m, dim), and the code of the next item for each, shape (m,).
    items
        Item vectors, shape (n_items, dim).
    known
        Which items count as wrong answers, shape (n_items,); None for all.
    """
    logits = tf.matmul(states, items, transpose_b=True)  # (m, n_items)
    if known is not None:
        logits = tf.where(known, logits, RULED_OUT)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)


def sampled_softmax(
    states: Tensor,
    targets: Tensor,
    items: Tensor,
    drawn: Tensor,
    log_q: Tensor,
    known: Tensor | None = None,
) -> Tensor:
    """Return the cross-entropy over the target and sampled items, shape (m,).

    The logarithm of each item's sampling probability is subtracted from its logit, which corrects
    for popular items being drawn more often. A sampled item that is the target is left out.

    Parameters
    ----------
    states, targets, items, known
        As in `softmax`.
    drawn
        Codes of the sampled items, the same for all states, shape (n,).
    log_q
        Logarithm of the probability Q with which each item is drawn, shape (n_items,).

    References
    ----------
    Bengio and Senécal (2008), "Adaptive importance sampling to accelerate training of a neural
    probabilistic language model". https://doi.org/10.1109/TNN.2007.912312
    """
    right = tf.reduce_sum(states * tf.gather(items, targets), 1) - tf.gather(log_q, targets)  # (m,)
    wrong = tf.matmul(states, tf.gather(items, drawn), transpose_b=True)  # (m, n)
    left_out = targets[:, None] == drawn  # (m, n)
    if known is not None:
        left_out |= ~tf.gather(known, drawn)
    wrong = tf.where(left_out, RULED_OUT, wrong - tf.gather(log_q, drawn))
    return tf.reduce_logsumexp(tf.concat([right[:, None], wrong], 1), 1) - right


def bce(
    states: Tensor,
    targets: Tensor,
    items: Tensor,
    drawn: Tensor,
    known: Tensor | None = None,
) -> Tensor:
    """Return the binary cross-entropy of the target and of sampled items, shape (m,).

    Parameters
    ----------
    states, targets, items, known
        As in `softmax`.
    drawn
        Codes of the sampled items for each state, shape (m, n). The mean of their losses counts as
        much as the loss of the target.
    """
    right = tf.reduce_sum(states * tf.gather(items, targets), 1)  # (m,)
    wrong = tf.einsum("md,mnd->mn", states, tf.gather(items, drawn))  # (m, n)
    if known is not None:
        wrong = tf.where(tf.gather(known, drawn), wrong, RULED_OUT)
    return tf.nn.softplus(-right) + tf.reduce_mean(tf.nn.softplus(wrong), 1)


def draw(
    loss: Loss, n: int, counts: I64, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[I32, F32]:
    """Return sampled wrong answers for a batch of shape (b, l), and log Q of each item.

    For "sampled_softmax" these are n items for the whole batch, drawn by popularity, and log Q. For
    "bce" n for each position, drawn uniformly and flattened, and no log Q. For "softmax" nothing.
    """
    empty = np.zeros(0, np.float32)
    if loss == "softmax":
        return np.zeros(0, np.int32), empty
    if loss == "bce":
        return rng.integers(0, len(counts), n * shape[0] * shape[1], np.int32), empty
    share = np.maximum(counts, 1) / np.maximum(counts, 1).sum()
    drawn = np.searchsorted(np.cumsum(share), rng.random(n), side="right")
    return np.minimum(drawn, len(counts) - 1).astype(np.int32), np.log(share).astype(np.float32)
