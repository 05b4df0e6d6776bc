"""Transformer blocks whose parts can be exchanged or taken away.

Vaswani et al. (2017), "Attention is all you need", NIPS. https://arxiv.org/abs/1706.03762
Su et al. (2024), "RoFormer: enhanced transformer with rotary position embedding", Neurocomputing
568. https://doi.org/10.1016/j.neucom.2023.127063
Zhai et al. (2024), "Actions speak louder than words: trillion-parameter sequential transducers for
generative recommendations", ICML, PMLR 235. https://arxiv.org/abs/2402.17152
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from recsys_helpers import _arguments
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import normal, seeds
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers

N_GAPS = 64
"""Buckets of time gaps: 0, 1, 2 to 3, 4 to 7, and so on up to the largest int64."""


class Attention(keras.layers.Layer):
    r"""Each position takes a weighted sum over the positions that it may see.

    .. math:: A = \varphi\!\left(\tfrac{Q K^\top}{\sqrt{d}} + b\right), \qquad
        \bigl(A V \odot \operatorname{SiLU}(X W_u + c_u)\bigr) W_o + c_o

    With ``attention="softmax"``, :math:`\varphi` is the softmax over the positions that are seen,
    and Q, K and V are linear in X. With "pointwise", it is :math:`\operatorname{SiLU}(\cdot) / n`
    where a position sees n; the logits are not divided by :math:`\sqrt{d}`, a SiLU is applied to
    Q, K and V, and a layer normalisation to A V. The second factor is the gate. The biases b are
    learnt and start at 0: one for each distance, and one for each bucket of time gaps.
    """

    def __init__(self, settings: TransformerRecommender, seed: int, timed: bool) -> None:
        super().__init__()
        seed_of = seeds(seed)
        dim, n_heads, max_len = settings.dim, settings.n_heads, settings.max_len
        self.n_heads, self.depth, self.rotary = n_heads, dim // n_heads, settings.rotary
        self.pointwise = settings.attention == "pointwise"
        self.ahead = 0 if settings.causal else max_len - 1  # how far it may look ahead
        self.distances = self.gaps = self.norm = self.gate = None
        if settings.distance:
            self.distances = self.add_weight(
                shape=(max_len + self.ahead, n_heads), initializer="zeros", name="distances"
            )
        if timed:
            self.gaps = self.add_weight(shape=(N_GAPS, n_heads), initializer="zeros", name="gaps")
        silu = "silu" if self.pointwise else None
        self.project = layers.Dense(3 * dim, silu, kernel_initializer=normal(next(seed_of)))
        self.merge = layers.Dense(dim, kernel_initializer=normal(next(seed_of)))
        self.dropout = layers.Dropout(settings.dropout, seed=next(seed_of))
        if self.pointwise:
            self.norm = layers.LayerNormalization(epsilon=1e-6)
        if settings.gate:
            self.gate = layers.Dense(dim, "silu", kernel_initializer=normal(next(seed_of)))

    def weights_of(self, x: Tensor, visible: Tensor, gaps: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the attention weights of each position for each, and the values there."""
        b, l = tf.shape(x)[0], tf.shape(x)[1]
        x = tf.reshape(self.project(x), [b, l, 3, self.n_heads, self.depth])
        q, k, v = tf.unstack(tf.transpose(x, [2, 0, 3, 1, 4]))  # (b, heads, l, depth) each
        if self.rotary:
            q, k = rotated(q), rotated(k)
        logits = tf.matmul(q, k, transpose_b=True)  # (b, heads, l, l)
        if not self.pointwise:
            logits /= self.depth**0.5
        if self.distances is not None:
            back = tf.range(l)[:, None] - tf.range(l) + self.ahead  # (l, l)
            of_each = tf.gather(self.distances, tf.maximum(back, 0))  # (l, l, heads)
            logits += tf.transpose(of_each, [2, 0, 1])
        if self.gaps is not None and gaps is not None:
            logits += tf.transpose(tf.gather(self.gaps, gaps), [0, 3, 1, 2])
        if not self.pointwise:
            return tf.nn.softmax(tf.where(visible, logits, -1e9)), v
        seen = tf.cast(visible, tf.float32)  # (…, l, l)
        return tf.nn.silu(logits) * seen / tf.reduce_sum(seen, -1, keepdims=True), v

    def call(
        self, x: Tensor, visible: Tensor, gaps: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Return new states for states x (b, l, dim), shape (b, l, dim).

        `visible` tells which positions each position sees, shape (l, l) or (b, 1, 1, l); `gaps`
        holds the bucket of the time gap between two positions, shape (b, l, l).
        """
        weights, v = self.weights_of(x, visible, gaps)  # (b, heads, l, l), (b, heads, l, depth)
        weights = self.dropout(weights, training=training)
        heads = tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3])  # (b, l, heads, depth)
        heads = tf.reshape(heads, tf.shape(x))  # (b, l, dim)
        if self.norm is not None:
            heads = self.norm(heads)
        if self.gate is not None:
            heads *= self.gate(x)
        return self.merge(heads)  # (b, l, dim)


def rotated(x: Tensor) -> Tensor:
    r"""Rotate the vector of each position by an angle for each pair of its entries.

    .. math:: (x_i, x_{i + d / 2}) \text{ at position } t \text{ by the angle }
        t \cdot 10000^{-2 i / d}

    The dot product of two rotated vectors depends on the distance of their positions alone. Shape
    (b, heads, l, d), d even.
    """
    half = x.shape[-1] // 2
    speeds = 10_000.0 ** (-tf.range(half, dtype=tf.float32) / half)  # (d / 2,)
    angles = tf.range(tf.shape(x)[-2], dtype=tf.float32)[:, None] * speeds  # (l, d / 2)
    cos, sin = tf.cos(angles), tf.sin(angles)
    first, second = x[..., :half], x[..., half:]
    return tf.concat([first * cos - second * sin, first * sin + second * cos], axis=-1)


class Block(keras.layers.Layer):
    """Attention, then optionally a small network at each position, each added to its input."""

    def __init__(self, settings: TransformerRecommender, seed: int, timed: bool) -> None:
        super().__init__()
        seed_of = seeds(seed)
        self.pre_norm = settings.norm == "pre"
        self.attention = Attention(settings, next(seed_of), timed)
        self.attention_norm = layers.LayerNormalization(epsilon=1e-6)
        self.dropout = layers.Dropout(settings.dropout, seed=next(seed_of))
        self.has_forward = settings.forward is not None
        if self.has_forward:
            normals = [normal(next(seed_of)) for _ in range(2)]
            self.forward_norm = layers.LayerNormalization(epsilon=1e-6)
            self.widen = layers.Dense(settings.forward, "gelu", kernel_initializer=normals[0])
            self.narrow = layers.Dense(settings.dim, kernel_initializer=normals[1])

    def call(
        self, x: Tensor, visible: Tensor, gaps: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Return new states for states x (b, l, dim), shape (b, l, dim); see `Attention`."""

        def added(x: Tensor, part: Callable[[Tensor], Tensor], norm: Any) -> Tensor:
            if self.pre_norm:
                return x + self.dropout(part(norm(x)), training=training)
            return norm(x + self.dropout(part(x), training=training))

        def attend(x: Tensor) -> Tensor:
            return self.attention(x, visible, gaps, training=training)

        x = added(x, attend, self.attention_norm)
        if self.has_forward:
            x = added(x, lambda x: self.narrow(self.widen(x)), self.forward_norm)
        return x


class Encoder(keras.layers.Layer):
    """A stack of blocks, and a last normalisation unless each block ends with one."""

    def __init__(self, settings: TransformerRecommender, seed: int, timed: bool = False) -> None:
        super().__init__()
        seed_of = seeds(seed)
        self.dropout = layers.Dropout(settings.dropout, seed=next(seed_of))
        self.blocks = [Block(settings, next(seed_of), timed) for _ in range(settings.n_blocks)]
        self.norm = None
        if settings.norm == "pre":
            self.norm = layers.LayerNormalization(epsilon=1e-6)

    def call(
        self, x: Tensor, visible: Tensor, gaps: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Return the states of inputs x (b, l, dim), shape (b, l, dim); see `Attention`."""
        x = self.dropout(x, training=training)
        for block in self.blocks:
            x = block(x, visible, gaps, training=training)
        return x if self.norm is None else self.norm(x)


@dataclass(eq=False, kw_only=True)
class TransformerRecommender(NetworkRecommender):
    """A network of Transformer blocks; a subclass is a dataclass with `_network`.

    With ``attention="softmax"``, ``gate=False``, ``forward=4 * dim``, ``distance=True``,
    ``rotary=False`` and ``norm="pre"``, a causal block computes what a block of `SASRec` does. All
    further parameters are those of `NetworkSettings`.

    Parameters
    ----------
    n_blocks, n_heads
        Blocks, and heads in each; `n_heads` divides `dim`.
    attention
        "softmax", whose weights sum to 1, or "pointwise", whose weights are SiLUs of the logits and
        may sum to anything (Zhai et al., 2024); see `Attention`.
    gate
        Whether what attention gathers is multiplied elementwise by a SiLU of a linear map of the
        position's own state.
    forward
        Width of the feed-forward network after attention, with GELU; None for no such network.
    distance
        Whether a learnt bias for each distance is added to the logits.
    rotary
        Whether queries and keys are rotated by their position (RoPE; Su et al., 2024).
    norm
        Where states are normalised: "pre", before attention and feed-forward network, which makes
        deep stacks easier to train (Xiong et al., 2020, https://arxiv.org/abs/2002.04745); or
        "post", after each was added.
    """

    causal: ClassVar[bool] = True
    """Whether a position sees only itself and earlier ones, or all."""

    n_blocks: int = 2
    n_heads: int = 1
    attention: Literal["softmax", "pointwise"] = "softmax"
    gate: bool = False
    forward: int | None = 256
    distance: bool = True
    rotary: bool = False
    norm: Literal["pre", "post"] = "pre"
    learning_rate: float = 4e-3

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.choice("attention", self.attention, Literal["softmax", "pointwise"])
        _arguments.choice("norm", self.norm, Literal["pre", "post"])
        if self.forward is not None:
            _arguments.whole("forward", self.forward, 1)
        if self.dim % self.n_heads:
            raise ValueError(
                f"n_heads must divide dim, but {self.dim} / {self.n_heads} leaves a remainder"
            )
        if self.rotary and self.dim // self.n_heads % 2:
            raise ValueError(
                "rotary rotates pairs of entries, so dim / n_heads must be even, but it is "
                f"{self.dim // self.n_heads}"
            )
