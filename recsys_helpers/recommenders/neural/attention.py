"""Self-attention over a history: SASRec.

Kang and McAuley (2018), "Self-attentive sequential recommendation", ICDM.
https://doi.org/10.1109/ICDM.2018.00035

As in the paper: causal attention, point-wise feed-forward layers, item vectors tied to the output.
Otherwise: cross-entropy over all items by default (Klenitskiy and Vasilev, 2023,
https://doi.org/10.1145/3604915.3610644), hidden layers four times as wide, padding on the right,
and order known by a learnt number for each distance that is added to the logits (Raffel et al.,
2020, section 2.1, https://jmlr.org/papers/v21/20-074.html), not by a vector for each position.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from recsys_helpers._types import F32, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import network, sequences, training
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.losses import Loss
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers


class SelfAttention(keras.layers.Layer):
    r"""Each position looks at itself and what came before, and takes a weighted mean of it.

    .. math:: \operatorname{softmax}\!\Bigl(\tfrac{Q K^\top}{\sqrt{d}} + M\Bigr) V, \qquad
        M_{ts} = b_{t - s} \text{ for } s \le t, \; -\infty \text{ for } s > t

    where :math:`b_m` is learnt for each distance m below `max_len`, and starts at 0.
    """

    def __init__(self, dim: int, n_heads: int, max_len: int, dropout: float, seed: int) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        self.n_heads, self.depth = n_heads, dim // n_heads
        self.distances = self.add_weight(
            shape=(max_len, n_heads), initializer="zeros", name="distances"
        )
        self.project = layers.Dense(3 * dim, kernel_initializer=network.normal(next(seeds)))
        self.merge = layers.Dense(dim, kernel_initializer=network.normal(next(seeds)))
        self.dropout = layers.Dropout(dropout, seed=next(seeds))

    def build(self, shape: Any) -> None:
        """Make the weights for states of this shape."""
        self.project.build(shape)
        self.merge.build(shape)

    def weights_of(self, x: Any) -> tuple[Any, Any]:
        """Return how much each position looks at each, and what it finds there."""
        b, l = tf.shape(x)[0], tf.shape(x)[1]
        x = tf.reshape(self.project(x), [b, l, 3, self.n_heads, self.depth])
        q, k, v = tf.unstack(tf.transpose(x, [2, 0, 3, 1, 4]))  # (b, heads, l, depth) each
        logits = tf.matmul(q, k, transpose_b=True) / self.depth**0.5  # (b, heads, l, l)
        back = tf.range(l)[:, None] - tf.range(l)  # (l, l), below 0 for what comes later
        logits += tf.transpose(tf.gather(self.distances, tf.maximum(back, 0)), [2, 0, 1])
        return tf.nn.softmax(tf.where(back >= 0, logits, -1e9)), v

    def call(self, x: Any, training: bool = False) -> Any:
        """Return new states for states x (b, l, dim), shape (b, l, dim)."""
        weights, v = self.weights_of(x)  # (b, heads, l, l), (b, heads, l, depth)
        weights = self.dropout(weights, training=training)
        found = tf.matmul(weights, v)  # (b, heads, l, depth)
        found = tf.transpose(found, [0, 2, 1, 3])  # (b, l, heads, depth)
        return self.merge(tf.reshape(found, tf.shape(x)))  # (b, l, dim)


class Block(keras.layers.Layer):
    """Attention, then a small network at each position, each added to what was there."""

    def __init__(self, dim: int, n_heads: int, max_len: int, dropout: float, seed: int) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        self.attention = SelfAttention(dim, n_heads, max_len, dropout, next(seeds))
        self.before_attention = layers.LayerNormalization(epsilon=1e-6)
        self.before_forward = layers.LayerNormalization(epsilon=1e-6)
        normal = [network.normal(next(seeds)) for _ in range(2)]
        self.widen = layers.Dense(4 * dim, activation="gelu", kernel_initializer=normal[0])
        self.narrow = layers.Dense(dim, kernel_initializer=normal[1])
        self.dropout = layers.Dropout(dropout, seed=next(seeds))

    def call(self, x: Any, training: bool = False) -> Any:
        """Return new states for states x (b, l, dim), shape (b, l, dim)."""
        found = self.attention(self.before_attention(x), training=training)  # (b, l, dim)
        x = x + self.dropout(found, training=training)
        found = self.narrow(self.widen(self.before_forward(x)))  # (b, l, dim)
        return x + self.dropout(found, training=training)


class SASRecNetwork(keras.Model):
    """Item vectors, blocks, a last normalisation."""

    def __init__(
        self,
        n_items: int,
        max_len: int,
        dim: int,
        n_blocks: int,
        n_heads: int,
        dropout: float,
        seed: int,
    ) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        self.items = self.add_weight(
            shape=(n_items, dim), initializer=network.normal(next(seeds)), name="items"
        )
        self.dropout = layers.Dropout(dropout, seed=next(seeds))
        self.blocks = [Block(dim, n_heads, max_len, dropout, next(seeds)) for _ in range(n_blocks)]
        self.norm = layers.LayerNormalization(epsilon=1e-6)

    def call(self, codes: Any, training: bool = False) -> Any:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(self.items, codes) * self.items.shape[1] ** 0.5  # (b, l, dim)
        x = self.dropout(x, training=training)
        for block in self.blocks:
            x = block(x, training=training)
        return self.norm(x)  # (b, l, dim)

    def attention(self, codes: Any) -> Any:
        """Return how much each position looks at each, shape (b, n_blocks, n_heads, l, l)."""
        x = tf.gather(self.items, codes) * self.items.shape[1] ** 0.5  # (b, l, dim)
        found = []
        for block in self.blocks:
            found.append(block.attention.weights_of(block.before_attention(x))[0])
            x = block(x)
        return tf.stack(found, axis=1)


class SASRec(NetworkRecommender):
    r"""Ranks items by what self-attention makes of the last `max_len` items.

    .. math:: s_j = e_j^\top h_n

    where :math:`h_n` is the network's state at the last item and :math:`e_j` the vector of item j.

    Parameters
    ----------
    dim
        Length of the item vectors.
    n_blocks, n_heads
        Blocks, and heads in each; `n_heads` divides `dim`.
    max_len
        Items the network sees at once. Training cuts whole histories into windows of it.
    dropout
        Share of states that a training step leaves out.
    loss, n_negatives
        "softmax" over all items, "sampled_softmax" over `n_negatives` for large catalogues, or
        "bce" as in the paper, with `n_negatives` drawn for each place.
    learning_rate, batch_size
        Of Adam, and windows in a batch. Small logs have few windows, and want small batches.
    averaging
        What a step keeps of the running average of the weights, from which scores come; 0 for none
        (Polyak and Juditsky, 1992, https://doi.org/10.1137/0330046).
    epochs, patience
        The most epochs, and how many may pass without a better validation NDCG@10.
    seed
        Of weights, dropout, windows, batches and negatives.
    checkpoint
        A file from which an interrupted fit goes on; None for none.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """

    def __init__(
        self,
        dim: int = 64,
        n_blocks: int = 2,
        n_heads: int = 1,
        max_len: int = 50,
        dropout: float = 0.2,
        loss: Loss = "softmax",
        n_negatives: int = 256,
        learning_rate: float = 4e-3,
        batch_size: int = 32,
        averaging: float = 0.99,
        epochs: int = 100,
        patience: int = 6,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> None:
        if dim % n_heads:
            raise ValueError(f"n_heads must divide dim, but {dim} / {n_heads} leaves a rest")
        self.dim = dim
        self.n_blocks = n_blocks
        self.n_heads = n_heads
        self.max_len = max_len
        self.dropout = dropout
        self.loss = loss
        self.n_negatives = n_negatives
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.averaging = averaging
        self.epochs = epochs
        self.patience = patience
        self.seed = seed
        self.checkpoint = checkpoint
        training.check_settings(self)

    def _network(self, n_items: int) -> SASRecNetwork:
        return SASRecNetwork(
            n_items,
            self.max_len,
            self.dim,
            self.n_blocks,
            self.n_heads,
            self.dropout,
            self.seed,
        )

    def attention(self, histories: Histories) -> tuple[F32, I64]:
        """Return how much each of the last `max_len` items of a history looks at each.

        Parameters
        ----------
        histories
            n histories.

        Returns
        -------
        weights, lengths
            Shape (n, n_blocks, n_heads, width, width): how much the item in a row looks at the
            one in a column, oldest first; rows of real items sum to 1, all else is 0. And how many
            items of each history are real, shape (n,): they stand first.
        """
        self._check(histories)
        items, lengths = sequences.last_window(histories, self.max_len)
        shape = (len(items), self.n_blocks, self.n_heads, items.shape[1], items.shape[1])
        weights = np.zeros(shape, np.float32)
        for at in range(0, len(items), network.BATCH):
            part = slice(at, at + network.BATCH)
            weights[part] = self.network.attention(items[part]).numpy()
        real = np.arange(items.shape[1]) < lengths[:, None]  # (n, width)
        weights *= real[:, None, None, :, None]
        return weights, lengths
