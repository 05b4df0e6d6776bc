"""Recurrence over a history: LSTM4Rec and GRU4Rec, one network with two cells.

Hidasi, Karatzoglou, Baltrunas and Tikk (2016), "Session-based recommendations with recurrent neural
networks", ICLR. https://arxiv.org/abs/1511.06939
Hochreiter and Schmidhuber (1997), "Long short-term memory", Neural Computation 9(8).
https://doi.org/10.1162/neco.1997.9.8.1735
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork, normal, seeds
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers

CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}
"""The recurrent cells; the plain one is for teaching."""


class RecurrentNetwork(SequenceNetwork):
    """Item vectors, and one recurrent layer that carries a state from item to item."""

    def __init__(
        self, cell: str, n_items: int, dim: int, n_units: int, dropout: float, seed: int
    ) -> None:
        seed_of = seeds(seed)
        super().__init__(n_items, dim, next(seed_of))
        self.before = layers.Dropout(dropout, seed=next(seed_of))
        self.recurrent = CELLS[cell](
            n_units,
            return_sequences=True,
            kernel_initializer=keras.initializers.GlorotUniform(next(seed_of)),
            recurrent_initializer=keras.initializers.Orthogonal(seed=next(seed_of)),
            seed=next(seed_of),
        )
        self.after = layers.Dropout(dropout, seed=next(seed_of))
        self.out = layers.Dense(dim, kernel_initializer=normal(next(seed_of), 0.1))

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(item_vectors, codes)  # (b, l, dim)
        x = self.recurrent(self.before(x, training=training))  # (b, l, n_units)
        return self.out(self.after(x, training=training))  # (b, l, dim)


@dataclass(eq=False, kw_only=True)
class RecurrentRecommender(NetworkRecommender):
    r"""Ranks items by the state of a recurrent layer after the last `max_len` items.

    .. math:: h_t = \operatorname{cell}(e_{i_t}, h_{t-1}), \qquad s_j = e_j^\top (W h_n + b)

    As in the paper of Hidasi et al., one recurrent layer predicts the next item at each position.
    What differs: its inputs are learnt item vectors, it reads whole histories instead of sessions,
    the loss is the softmax over all items, output vectors are those of the input, and there is
    dropout. Items are scored with the running average of the weights.

    All further parameters are those of `NetworkSettings`.

    Parameters
    ----------
    n_units
        Length of the recurrent state.
    """

    cell: ClassVar[str]

    n_units: int = 128
    dropout: float = 0.3

    def _network(self, n_items: int) -> RecurrentNetwork:
        return RecurrentNetwork(self.cell, n_items, self.dim, self.n_units, self.dropout, self.seed)


@dataclass(eq=False, kw_only=True)
class LSTM4Rec(RecurrentRecommender):
    r"""Ranks items by the state of an LSTM (long short-term memory) after the last `max_len` items.

    .. math:: h_t = \operatorname{LSTM}(e_{i_t}, h_{t-1}), \qquad s_j = e_j^\top (W h_n + b)

    Parameters are those of `RecurrentRecommender`.
    """

    cell = "lstm"

    learning_rate: float = 1e-2
    averaging: float = 0.98


@dataclass(eq=False, kw_only=True)
class GRU4Rec(RecurrentRecommender):
    r"""Ranks items by the state of a GRU (gated recurrent unit) after the last `max_len` items.

    .. math:: h_t = \operatorname{GRU}(e_{i_t}, h_{t-1}), \qquad s_j = e_j^\top (W h_n + b)

    Parameters are those of `RecurrentRecommender`.
    """

    cell = "gru"

    learning_rate: float = 5e-3
    batch_size: int = 16
