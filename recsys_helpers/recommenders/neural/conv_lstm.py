"""Convolution, then recurrence, over items known by id and by text."""

from __future__ import annotations

from dataclasses import dataclass

from recsys_helpers._types import I32, Bool
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.id_and_text import IdAndTextNetwork, IdAndTextRecommender
from recsys_helpers.recommenders.neural.network import normal, seeds

layers = keras.layers


class ConvLSTMNetwork(IdAndTextNetwork):
    """A causal convolution, an LSTM and a dense layer over item vectors from id and text."""

    def __init__(self, settings: ConvLSTM, known: Bool, tokens: I32, n_words: int) -> None:
        seed_of = seeds(settings.seed)
        super().__init__(settings, known, tokens, n_words, seed_of)
        glorot = keras.initializers.GlorotUniform
        self.skip = settings.skip
        self.before = layers.Dropout(settings.dropout, seed=next(seed_of))
        self.convolution = layers.Conv1D(
            settings.n_filters,
            settings.kernel,
            padding="causal",
            activation="relu",
            kernel_initializer=glorot(next(seed_of)),
        )
        self.recurrent = layers.LSTM(
            settings.n_units,
            return_sequences=True,
            kernel_initializer=glorot(next(seed_of)),
            recurrent_initializer=keras.initializers.Orthogonal(seed=next(seed_of)),
            seed=next(seed_of),
        )
        self.after = layers.Dropout(settings.dropout, seed=next(seed_of))
        self.dense = layers.Dense(
            settings.n_units, activation="relu", kernel_initializer=glorot(next(seed_of))
        )
        self.out = layers.Dense(settings.dim, kernel_initializer=normal(next(seed_of), 0.1))

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(item_vectors, codes) * item_vectors.shape[1] ** 0.5  # (b, l, dim)
        x = self.before(x, training=training)
        answers = self.convolution(x)  # (b, l, n_filters)
        x = tf.concat([x, answers], axis=2) if self.skip else answers
        x = self.recurrent(x)  # (b, l, n_units)
        x = self.dense(self.after(x, training=training))  # (b, l, n_units)
        return self.out(x)  # (b, l, dim)


@dataclass(eq=False, kw_only=True)
class ConvLSTM(IdAndTextRecommender):
    r"""Ranks items by a convolution and an LSTM over the last items, with the id and text of each.

    .. math:: e_j = v_j + \operatorname{text}_j, \qquad s_j = e_j^\top h_n

    .. math:: h_t = W \operatorname{ReLU}\bigl(D \operatorname{LSTM}(e_{i_t}, \operatorname{ReLU}(
        \operatorname{conv}(e_{i_t}, e_{i_{t-1}}, \dots)))\bigr)

    where :math:`v_j` is learnt for item j and 0 without a training row, and :math:`\text{text}_j`
    comes from `TextEncoder`. So new items are ranked by their text. In training, items without a
    training row cannot be wrong answers: that they never came next says nothing about their text.

    This combination of layers is a common one: a convolution over three items, an LSTM, a dense
    layer and a softmax over items. What differs: the convolution reads no later item; the LSTM also
    reads each item's own vector, by a skip connection around the convolution; and the rows of the
    softmax matrix are the item vectors, after one linear layer, so that new items have a row too.

    All further parameters are those of `IdAndTextRecommender` and `NetworkSettings`.

    Parameters
    ----------
    n_filters, kernel
        Number of filters of the convolution over the history, and how many items each reads.
    n_units
        Length of the recurrent state, and of the dense layer after it.
    skip
        Whether the LSTM reads each item's own vector beside the outputs of the filters. Without
        this skip connection it must tell items apart by the filters alone; then the formula holds
        without :math:`e_{i_t}` as an input of its own.
    """

    n_filters: int = 64
    kernel: int = 3
    n_units: int = 128
    skip: bool = True
    averaging: float = 0.98
    patience: int = 5

    def _network_of(self, known: Bool, tokens: I32, n_words: int) -> ConvLSTMNetwork:
        return ConvLSTMNetwork(self, known, tokens, n_words)
