"""Recurrence over a history: LSTM4Rec and GRU4Rec, one network with two cells.

Hidasi, Karatzoglou, Baltrunas and Tikk (2016), "Session-based recommendations with recurrent neural
networks", ICLR. https://arxiv.org/abs/1511.06939
Hochreiter and Schmidhuber (1997), "Long short-term memory", Neural Computation 9(8).
https://doi.org/10.1162/neco.1997.9.8.1735

As in the first paper: one recurrent layer over item vectors. Otherwise: whole histories in place of
sessions, cross-entropy over all items by default, output vectors tied to the input's, dropout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recsys_helpers.recommenders.neural import network, training
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.losses import Loss
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers

CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}
"""What can stand at each step; the plain cell is there to be learnt from."""


class RecurrentNetwork(keras.Model):
    """Item vectors, one recurrent layer that carries a state from item to item."""

    def __init__(
        self, cell: str, n_items: int, dim: int, n_units: int, dropout: float, seed: int
    ) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        self.items = self.add_weight(
            shape=(n_items, dim), initializer=network.normal(next(seeds)), name="items"
        )
        self.before = layers.Dropout(dropout, seed=next(seeds))
        self.recurrent = CELLS[cell](
            n_units,
            return_sequences=True,
            kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
            recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
            seed=next(seeds),
        )
        self.after = layers.Dropout(dropout, seed=next(seeds))
        self.out = layers.Dense(dim, kernel_initializer=network.normal(next(seeds), 0.1))

    def call(self, codes: Any, training: bool = False) -> Any:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(self.items, codes)  # (b, l, dim)
        x = self.recurrent(self.before(x, training=training))  # (b, l, n_units)
        return self.out(self.after(x, training=training))  # (b, l, dim)


class LSTM4Rec(NetworkRecommender):
    r"""Ranks items by what a long short-term memory keeps of the last `max_len` items.

    .. math:: h_t = \operatorname{LSTM}(e_{i_t}, h_{t-1}), \qquad s_j = e_j^\top (W h_n + b)

    Parameters
    ----------
    dim
        Length of the item vectors.
    n_units
        Length of the recurrent state.
    max_len
        Items the network sees at once. Training cuts whole histories into windows of it.
    dropout
        Share of states that a training step leaves out.
    loss, n_negatives
        "softmax" over all items, "sampled_softmax" over `n_negatives` for large catalogues, or
        "bce" with `n_negatives` drawn for each place.
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
        n_units: int = 128,
        max_len: int = 50,
        dropout: float = 0.3,
        loss: Loss = "softmax",
        n_negatives: int = 256,
        learning_rate: float = 1e-2,
        batch_size: int = 32,
        averaging: float = 0.98,
        epochs: int = 100,
        patience: int = 6,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> None:
        self.dim = dim
        self.n_units = n_units
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

    def _network(self, n_items: int) -> RecurrentNetwork:
        return RecurrentNetwork("lstm", n_items, self.dim, self.n_units, self.dropout, self.seed)


class GRU4Rec(NetworkRecommender):
    r"""Ranks items by what a gated recurrent unit keeps of the last `max_len` items.

    .. math:: h_t = \operatorname{GRU}(e_{i_t}, h_{t-1}), \qquad s_j = e_j^\top (W h_n + b)

    Parameters
    ----------
    dim
        Length of the item vectors.
    n_units
        Length of the recurrent state.
    max_len
        Items the network sees at once. Training cuts whole histories into windows of it.
    dropout
        Share of states that a training step leaves out.
    loss, n_negatives
        "softmax" over all items, "sampled_softmax" over `n_negatives` for large catalogues, or
        "bce" with `n_negatives` drawn for each place.
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
        n_units: int = 128,
        max_len: int = 50,
        dropout: float = 0.3,
        loss: Loss = "softmax",
        n_negatives: int = 256,
        learning_rate: float = 5e-3,
        batch_size: int = 16,
        averaging: float = 0.99,
        epochs: int = 100,
        patience: int = 6,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> None:
        self.dim = dim
        self.n_units = n_units
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

    def _network(self, n_items: int) -> RecurrentNetwork:
        return RecurrentNetwork("gru", n_items, self.dim, self.n_units, self.dropout, self.seed)
