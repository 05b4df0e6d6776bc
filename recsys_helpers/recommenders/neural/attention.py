"""Self-attention over a history: SASRec.

Kang and McAuley (2018), "Self-attentive sequential recommendation", ICDM.
https://doi.org/10.1109/ICDM.2018.00035
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_helpers._types import F32, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork, normal, seeds
from recsys_helpers.recommenders.neural.recommender import BATCH, NetworkRecommender

layers = keras.layers


class SelfAttention(keras.layers.Layer):
    r"""Each position takes a weighted mean of the values at its own and earlier positions.

    .. math:: \operatorname{softmax}\!\Bigl(\tfrac{Q K^\top}{\sqrt{d}} + M\Bigr) V, \qquad
        M_{ts} = b_{t - s} \text{ for } s \le t, \; -\infty \text{ for } s > t

    where the bias :math:`b_m` is learnt for each head and each distance m below `max_len`, and
    starts at 0.
    """

    def __init__(self, dim: int, n_heads: int, max_len: int, dropout: float, seed: int) -> None:
        super().__init__()
        seed_of = seeds(seed)
        self.n_heads, self.depth = n_heads, dim // n_heads
        self.distances = self.add_weight(shape=(max_len, n_heads), initializer="zeros")
        self.project = layers.Dense(3 * dim, kernel_initializer=normal(next(seed_of)))
        self.merge = layers.Dense(dim, kernel_initializer=normal(next(seed_of)))
        self.dropout = layers.Dropout(dropout, seed=next(seed_of))

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the weights for states of this shape."""
        self.project.build(shape)
        self.merge.build(shape)

    def weights_of(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the attention weights between all positions, and the values at each."""
        b, l = tf.shape(x)[0], tf.shape(x)[1]
        x = tf.reshape(self.project(x), [b, l, 3, self.n_heads, self.depth])
        q, k, v = tf.unstack(tf.transpose(x, [2, 0, 3, 1, 4]))  # (b, heads, l, depth) each
        logits = tf.matmul(q, k, transpose_b=True) / self.depth**0.5  # (b, heads, l, l)
        back = tf.range(l)[:, None] - tf.range(l)  # (l, l), below 0 for what comes later
        logits += tf.transpose(tf.gather(self.distances, tf.maximum(back, 0)), [2, 0, 1])
        return tf.nn.softmax(tf.where(back >= 0, logits, -1e9)), v

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Return new states for states x (b, l, dim), shape (b, l, dim)."""
        weights, v = self.weights_of(x)  # (b, heads, l, l), (b, heads, l, depth)
        weights = self.dropout(weights, training=training)
        heads = tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3])  # (b, l, heads, depth)
        return self.merge(tf.reshape(heads, tf.shape(x)))  # (b, l, dim)


class Block(keras.layers.Layer):
    """Attention, then a feed-forward network at each position, each added to its input."""

    def __init__(
        self, settings: SASRec, seed: int, attention: type[SelfAttention] = SelfAttention
    ) -> None:
        super().__init__()
        dim, n_heads, dropout = settings.dim, settings.n_heads, settings.dropout
        seed_of = seeds(seed)
        self.attention = attention(dim, n_heads, settings.max_len, dropout, next(seed_of))
        self.before_attention = layers.LayerNormalization(epsilon=1e-6)
        self.before_forward = layers.LayerNormalization(epsilon=1e-6)
        normals = [normal(next(seed_of)) for _ in range(2)]
        self.widen = layers.Dense(4 * dim, activation="gelu", kernel_initializer=normals[0])
        self.narrow = layers.Dense(dim, kernel_initializer=normals[1])
        self.dropout = layers.Dropout(dropout, seed=next(seed_of))

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Return new states for states x (b, l, dim), shape (b, l, dim)."""
        change = self.attention(self.before_attention(x), training=training)  # (b, l, dim)
        x = x + self.dropout(change, training=training)
        change = self.narrow(self.widen(self.before_forward(x)))  # (b, l, dim)
        return x + self.dropout(change, training=training)


class SASRecNetwork(SequenceNetwork):
    """Item vectors, blocks, and a last normalisation; `layer` is the attention in each block."""

    def __init__(
        self, n_items: int, settings: SASRec, layer: type[SelfAttention] = SelfAttention
    ) -> None:
        seed_of = seeds(settings.seed)
        super().__init__(n_items, settings.dim, next(seed_of))
        self.dropout = layers.Dropout(settings.dropout, seed=next(seed_of))
        self.blocks = [Block(settings, next(seed_of), layer) for _ in range(settings.n_blocks)]
        self.norm = layers.LayerNormalization(epsilon=1e-6)

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(item_vectors, codes) * item_vectors.shape[1] ** 0.5  # (b, l, dim)
        x = self.dropout(x, training=training)
        for block in self.blocks:
            x = block(x, training=training)
        return self.norm(x)  # (b, l, dim)

    def attention(self, codes: Tensor) -> Tensor:
        """Return the attention weights in all blocks, shape (b, n_blocks, n_heads, l, l)."""
        x = tf.gather(self.items, codes) * self.items.shape[1] ** 0.5  # (b, l, dim)
        weights = []
        for block in self.blocks:
            weights.append(block.attention.weights_of(block.before_attention(x))[0])
            x = block(x)
        return tf.stack(weights, axis=1)


@dataclass(eq=False, kw_only=True)
class SASRec(NetworkRecommender):
    r"""Ranks items by a network of self-attention over the last `max_len` items of the history.

    .. math:: s_j = e_j^\top h_n

    where :math:`h_n` is the network's state at the last item and :math:`e_j` the vector of item j.

    As in the paper: causal attention, feed-forward layers at each position, item vectors tied to
    the output. What differs:

    - the network learns order from a bias for each distance, which is added to the logits (Raffel
      et al., 2020, section 2.1, https://jmlr.org/papers/v21/20-074.html), not from a vector for
      each position, and windows are padded on the right;
    - the loss is the softmax over all items (Klenitskiy and Vasilev, 2023,
      https://doi.org/10.1145/3604915.3610644); the paper's is "bce";
    - hidden layers are four times as wide as the states, with GELU instead of ReLU, and a further
      matrix merges the heads;
    - it learns from whole histories, cut into windows anew in each epoch;
    - items are scored with the running average of the weights.

    All further parameters are those of `NetworkSettings`.

    Parameters
    ----------
    n_blocks, n_heads
        Number of blocks, as in the paper, and of heads in each; `n_heads` divides `dim`.
    """

    n_blocks: int = 2
    n_heads: int = 1
    learning_rate: float = 4e-3

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dim % self.n_heads:
            raise ValueError(
                f"n_heads must divide dim, but {self.dim} / {self.n_heads} leaves a remainder"
            )

    def _network(self, n_items: int) -> SASRecNetwork:
        return SASRecNetwork(n_items, self)

    def attention(self, histories: Histories) -> tuple[F32, I64]:
        """Return the attention weights within the last `max_len` items of each history.

        Parameters
        ----------
        histories
            n histories.

        Returns
        -------
        weights, lengths
            Weights, shape (n, n_blocks, n_heads, width, width): how much the item in a row attends
            to the item in a column, oldest first. Rows of real items sum to 1, rows of padding are
            0. And how many items of each history are real, shape (n,); they come first.

        Raises
        ------
        ValueError, TypeError
            As in `score`.
        """
        self._check(histories)
        items, lengths = sequences.last_window(histories, self.max_len)
        n, width = items.shape
        weights = np.zeros((n, self.n_blocks, self.n_heads, width, width), np.float32)
        for start in range(0, n, BATCH):
            batch = slice(start, start + BATCH)
            weights[batch] = self.network.attention(items[batch]).numpy()
        real = np.arange(width) < lengths[:, None]  # (n, width)
        weights *= real[:, None, None, :, None]
        return weights, lengths
