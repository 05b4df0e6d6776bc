"""Two well-known mistakes with self-attention, made on purpose to see what they cost."""

from __future__ import annotations

from recsys_helpers import SASRec
from recsys_helpers._types import F32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.attention import SASRecNetwork, SelfAttention
from recsys_helpers.recommenders.neural.backend import Tensor, tf


class AttentionWithoutMask(SelfAttention):
    """A `SelfAttention` that forgets the mask: each position attends to the future as well."""

    def weights_of(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the attention weights of each position for each, and the values there."""
        b, l = tf.shape(x)[0], tf.shape(x)[1]
        x = tf.reshape(self.project(x), [b, l, 3, self.n_heads, self.depth])
        q, k, v = tf.unstack(tf.transpose(x, [2, 0, 3, 1, 4]))  # (b, heads, l, depth) each
        logits = tf.matmul(q, k, transpose_b=True) / self.depth**0.5  # (b, heads, l, l)
        back = tf.range(l)[:, None] - tf.range(l)  # (l, l), below 0 for what comes later
        back %= tf.shape(self.distances)[0]  # one ahead takes the last bias, two the last but one
        logits += tf.transpose(tf.gather(self.distances, back), [2, 0, 1])
        return tf.nn.softmax(logits), v


class SASRecWithoutMask(SASRec):
    """A `SASRec` without its mask: while it is trained, it can read the answers in its input."""

    def _network(self, n_items: int) -> SASRecNetwork:
        return SASRecNetwork(n_items, self, AttentionWithoutMask)


class LastColumnSASRec(SASRec):
    """A `SASRec` that reads its scores from the last column of a batch, padding or not."""

    def _score(self, histories: Histories) -> F32:
        codes, lengths = sequences.last_window(histories, self.max_len)
        lengths[:] = codes.shape[1]  # wrong: shorter histories end before the last column
        return self._scores_after(codes, lengths)


def reading_last_column(model: SASRec) -> LastColumnSASRec:
    """Return a copy of a fitted model that reads its scores from the last column of a batch.

    Parameters
    ----------
    model
        A fitted `SASRec`.

    Returns
    -------
    LastColumnSASRec
        It has the same network.
    """
    wrong = LastColumnSASRec(**model.settings())
    vars(wrong).update(vars(model))
    return wrong
