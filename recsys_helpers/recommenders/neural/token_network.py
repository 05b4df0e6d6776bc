"""A Transformer over tokens that reads each token once, however many continuations are tried."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from recsys_helpers._types import I32
from recsys_helpers.recommenders.neural.attention import SASRec, SASRecNetwork, SelfAttention
from recsys_helpers.recommenders.neural.backend import Tensor, tf

Cache: TypeAlias = list[tuple[Tensor, Tensor]]
"""Keys and values of each block at tokens that were read, so that none is read twice."""


class TokenAttention(SelfAttention):
    """Self-attention that can go on behind tokens whose keys and values are kept."""

    def heads(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries, keys and values at states (b, l, dim), (b, heads, l, depth) each."""
        b, l = tf.shape(x)[0], tf.shape(x)[1]
        x = tf.reshape(self.project(x), [b, l, 3, self.n_heads, self.depth])
        q, k, v = tf.unstack(tf.transpose(x, [2, 0, 3, 1, 4]))
        return q, k, v

    def go_on(
        self,
        x: Tensor,
        read: tuple[Tensor, Tensor],
        written: tuple[Tensor, Tensor],
        lengths: Tensor,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return new states for the last tokens of m prefixes behind each history.

        Parameters
        ----------
        x
            States at these tokens, shape (b, m, dim).
        read
            Keys and values of the histories, shape (b, heads, l, depth) each.
        written
            Those of the t tokens before in each prefix, shape (b, heads, m, t, depth) each.
        lengths
            How many tokens of each history are real, shape (b,).

        Returns
        -------
        states, written
            Shape (b, m, dim); and keys and values with those of x at the end.
        """
        q, k, v = self.heads(x)  # (b, heads, m, depth) each
        q /= self.depth**0.5
        keys = tf.concat([written[0], k[:, :, :, None]], axis=3)  # (b, heads, m, t + 1, depth)
        values = tf.concat([written[1], v[:, :, :, None]], axis=3)
        l, n = tf.shape(read[0])[2], tf.shape(keys)[3]
        back = lengths[:, None] + n - 1 - tf.range(l)  # (b, l), below n for padding
        bias = tf.gather(self.distances, tf.maximum(back, 0))  # (b, l, heads)
        bias = tf.where(back[..., None] >= n, bias, -1e9)
        to_history = tf.matmul(q, read[0], transpose_b=True)  # (b, heads, m, l)
        to_history += tf.transpose(bias, [0, 2, 1])[:, :, None]
        to_prefix = tf.einsum("bhmd,bhmtd->bhmt", q, keys)  # (b, heads, m, t + 1)
        to_prefix += tf.transpose(self.distances[n - 1 :: -1])[:, None]
        weights = tf.nn.softmax(tf.concat([to_history, to_prefix], axis=-1))
        heads = tf.matmul(weights[..., :l], read[1])  # (b, heads, m, depth)
        heads += tf.einsum("bhmt,bhmtd->bhmd", weights[..., l:], values)
        heads = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), tf.shape(x))  # (b, m, dim)
        return self.merge(heads), (keys, values)


class TIGERNetwork(SASRecNetwork):
    """The network of SASRec over tokens in place of items: a GPT.

    What it reads and writes are numbers of prefixes (`prefix_numbers`), each of which adds one
    token to the prefix before. `read` and `write` compute what `states` does, but read each token
    once, however many continuations are tried.

    Parameters
    ----------
    n_tokens
        How many tokens there are.
    token_of, parents
        The last token of each prefix, and the prefix that is one token shorter, −1 for the empty
        one; shape (n_prefixes,) each.
    settings
        Those of the blocks.
    prefix_vectors
        As in `TIGER`.
    """

    fusible = False

    def __init__(
        self, n_tokens: int, token_of: I32, parents: I32, settings: SASRec, prefix_vectors: bool
    ) -> None:
        super().__init__(n_tokens, settings, TokenAttention)
        self.n_heads, self.depth = settings.n_heads, settings.dim // settings.n_heads
        self.token_of = tf.constant(token_of)  # (n_prefixes,)
        self.prefixes = None
        if prefix_vectors:
            shape = (len(token_of), settings.dim)
            self.prefixes = self.add_weight(shape=shape, initializer="zeros", name="prefixes")
        parents = parents + 1  # 0 is the empty beginning
        children = np.argsort(parents, kind="stable").astype(np.int32)
        self.parents = tf.constant(parents)  # (n_prefixes,)
        self.children = tf.RaggedTensor.from_row_lengths(
            children, np.bincount(parents, minlength=len(parents) + 1)
        )  # (n_prefixes + 1, ragged)

    def item_vectors(self, training: bool = False) -> Tensor:
        """Return the vectors of all prefixes: that of the last token and, if any, its own.

        Shape (n_prefixes, dim).
        """
        vectors = tf.gather(self.items, self.token_of)
        return vectors if self.prefixes is None else vectors + self.prefixes

    def cross_entropy(self, states: Tensor, targets: Tensor, item_vectors: Tensor) -> Tensor:
        """Return the loss of states (m, dim) against all prefixes that go on where targets do."""
        parents = tf.gather(self.parents, targets)  # (m,)
        first = parents == 0
        roots = tf.gather(item_vectors, self.children[0])  # (n_codes, dim)
        logits = tf.matmul(tf.boolean_mask(states, first), roots, transpose_b=True)
        at_root = tf.reduce_logsumexp(logits, 1)
        siblings = tf.gather(self.children, tf.boolean_mask(parents, ~first))  # (m', ragged)
        rows = siblings.value_rowids()  # (t,)
        others = tf.boolean_mask(states, ~first)
        compared = tf.gather(others, rows) * tf.gather(item_vectors, siblings.values)  # (t, dim)
        logits = tf.reduce_sum(compared, 1)  # (t,)
        largest = tf.stop_gradient(tf.math.segment_max(logits, rows))  # (m',)
        total = tf.math.segment_sum(tf.exp(logits - tf.gather(largest, rows)), rows)
        further = largest + tf.math.log(total)
        places = [tf.cast(tf.where(kind)[:, 0], tf.int32) for kind in (first, ~first)]
        among = tf.dynamic_stitch(places, [at_root, further])
        return among - tf.reduce_sum(states * tf.gather(item_vectors, targets), 1)

    @cached_property
    def graphs(self) -> tuple[Any, Any]:
        """`read` and `write`, compiled; with open shapes, so that all batches share one graph."""
        codes, lengths = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32)
        history = tf.TensorSpec([None, self.n_heads, None, self.depth])
        prefixes = tf.TensorSpec([None, self.n_heads, None, None, self.depth])
        read, written = ([(each, each)] * len(self.blocks) for each in (history, prefixes))
        return (
            tf.function(self.read, [codes, lengths]),
            tf.function(self.write, [codes, codes, lengths, read, written]),
        )

    def read(self, codes: Tensor, lengths: Tensor) -> tuple[Tensor, Cache]:
        """Return the states after the last of codes (b, l), shape (b, 1, dim), and the cache."""
        x = self._inputs(codes)  # (b, l, dim)
        cache = []
        for block in self.blocks:
            cache.append(block.attention.heads(block.before_attention(x))[1:])
            x = block(x)
        return tf.gather(self.norm(x), lengths - 1, batch_dims=1)[:, None], cache

    def write(
        self, codes: Tensor, parents: Tensor, lengths: Tensor, read: Cache, written: Cache
    ) -> tuple[Tensor, Cache]:
        """Return the states after m prefixes behind each history.

        Parameters
        ----------
        codes
            Numbers of the prefixes, shape (b, m).
        parents
            Which of the prefixes in the `write` before is one token shorter, by its place; shape
            (b, m).
        lengths, read
            As given to `read`, and from it.
        written
            From the `write` before.

        Returns
        -------
        states, written
            Shape (b, m, dim), and the cache for the next token.
        """
        x = self._inputs(codes)  # (b, m, dim)
        longer = []
        for block, history, shorter in zip(self.blocks, read, written, strict=True):
            own = [tf.gather(each, parents, axis=2, batch_dims=1) for each in shorter]
            change, kept = block.attention.go_on(block.before_attention(x), history, own, lengths)
            longer.append(kept)
            x = x + change
            x = x + block.narrow(block.widen(block.before_forward(x)))
        return self.norm(x), longer

    def _inputs(self, codes: Tensor) -> Tensor:
        return tf.gather(self.item_vectors(), codes) * self.items.shape[1] ** 0.5
