"""Convolution over a history: NextItNet, and Caser as the historical form.

Yuan, Karatzoglou, Arapakis, Jose and He (2019), "A simple convolutional generative network for
next item recommendation", WSDM. https://doi.org/10.1145/3289600.3290975
Tang and Wang (2018), "Personalized top-N sequential recommendation via convolutional sequence
embedding", WSDM. https://doi.org/10.1145/3159652.3159656
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from recsys_helpers._types import F32, I32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import network, training
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.losses import Loss
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers


VERTICAL = 4
"""Vertical filters of Caser."""


class ResidualBlock(keras.layers.Layer):
    """Two causal convolutions, the second twice as far apart, added to what was there."""

    def __init__(
        self,
        dim: int,
        kernel: int,
        dilation: int,
        dropout: float,
        seed: int,
    ) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.convolutions = [
            layers.Conv1D(
                dim,
                kernel,
                padding="causal",
                dilation_rate=rate,
                kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
            )
            for rate in (dilation, 2 * dilation)
        ]
        self.dropout = layers.Dropout(dropout, seed=next(seeds))

    def call(self, x: Any, training: bool = False) -> Any:
        """Return new states for states x (b, l, dim), shape (b, l, dim)."""
        found = x
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            found = tf.nn.relu(norm(convolution(found)))  # (b, l, dim)
        return x + self.dropout(found, training=training)


class NextItNetNetwork(keras.Model):
    """Item vectors and residual blocks of dilated causal convolutions."""

    def __init__(
        self,
        n_items: int,
        dim: int,
        kernel: int,
        dilations: tuple[int, ...],
        dropout: float,
        seed: int,
    ) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        self.items = self.add_weight(
            shape=(n_items, dim), initializer=network.normal(next(seeds)), name="items"
        )
        self.before = layers.Dropout(dropout, seed=next(seeds))
        self.blocks = [ResidualBlock(dim, kernel, rate, dropout, next(seeds)) for rate in dilations]
        self.after = layers.Dropout(dropout, seed=next(seeds))
        self.out = layers.Dense(dim, kernel_initializer=network.normal(next(seeds), 0.1))

    def call(self, codes: Any, training: bool = False) -> Any:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(self.items, codes) * self.items.shape[1] ** 0.5  # (b, l, dim)
        x = self.before(x, training=training)
        for block in self.blocks:
            x = block(x, training=training)
        return self.out(self.after(x, training=training))  # (b, l, dim)


class CaserNetwork(keras.Model):
    """Filters over the last few items: as wide as the vectors, or along each of their entries."""

    def __init__(
        self, n_items: int, dim: int, height: int, n_filters: int, dropout: float, seed: int
    ) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        glorot = keras.initializers.GlorotUniform
        self.height = height
        self.items = self.add_weight(
            shape=(n_items, dim), initializer=network.normal(next(seeds)), name="items"
        )
        self.horizontal = [
            layers.Dense(n_filters, activation="relu", kernel_initializer=glorot(next(seeds)))
            for _ in range(height)
        ]
        self.vertical = self.add_weight(
            shape=(VERTICAL, height), initializer=glorot(next(seeds)), name="vertical"
        )
        self.dropout = layers.Dropout(dropout, seed=next(seeds))
        self.out = layers.Dense(dim, kernel_initializer=network.normal(next(seeds), 0.1))

    def call(self, codes: Any, training: bool = False) -> Any:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(self.items, codes)  # (b, l, dim)
        x = tf.pad(x, [[0, 0], [self.height - 1, 0], [0, 0]])  # (b, l + height - 1, dim)
        b, l = tf.shape(codes)[0], tf.shape(codes)[1]
        seen = tf.stack(
            [x[:, row : row + l] for row in range(self.height)], 2
        )  # (b, l, height, dim)
        each = tf.reshape(seen, [b * l, self.height, x.shape[2]])  # (b l, height, dim)
        found = []
        for rows, filters in enumerate(self.horizontal, start=1):
            places = [each[:, at : at + rows] for at in range(self.height - rows + 1)]
            flat = tf.reshape(tf.stack(places, 1), [b * l, len(places), rows * x.shape[2]])
            found.append(tf.reduce_max(filters(flat), 1))  # (b l, n_filters)
        along = tf.matmul(self.vertical, each)  # (b l, 4, dim)
        found.append(tf.reshape(along, [b * l, VERTICAL * x.shape[2]]))
        state = self.out(self.dropout(tf.concat(found, 1), training=training))  # (b l, dim)
        return tf.reshape(state, [b, l, x.shape[2]])  # (b, l, dim)


class NextItNet(NetworkRecommender):
    r"""Ranks items by what dilated causal convolutions make of the last `max_len` items.

    .. math:: c_t = b + \sum_{m=0}^{k-1} W_m\, x_{t - m r}, \qquad s_j = e_j^\top h_n

    with kernel size k and dilation r; a position sees
    :math:`1 + \sum_r (k - 1)(r + 2r)` items, itself included.

    Parameters
    ----------
    dim
        Length of the item vectors and of the state.
    kernel
        Items that one filter sees.
    dilations
        How far apart these are, one residual block each; its second filter doubles it.
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
        kernel: int = 3,
        dilations: tuple[int, ...] = (1, 4),
        max_len: int = 50,
        dropout: float = 0.3,
        loss: Loss = "softmax",
        n_negatives: int = 256,
        learning_rate: float = 3e-3,
        batch_size: int = 16,
        averaging: float = 0.99,
        epochs: int = 100,
        patience: int = 6,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> None:
        dilations = tuple(dilations)
        self.dim = dim
        self.kernel = kernel
        self.dilations = dilations
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

    def _network(self, n_items: int) -> NextItNetNetwork:
        return NextItNetNetwork(
            n_items, self.dim, self.kernel, self.dilations, self.dropout, self.seed
        )

    def strongest_windows(
        self, histories: Histories, n: int = 20, weights: F32 | None = None
    ) -> I32:
        """Return the items to which each filter of the first convolution responds most.

        A response is what enters the ReLU: the filter's answer, normalised over all filters.

        Parameters
        ----------
        histories
            Where to look; each gives a filter one window at most.
        n
            Windows for each filter, at most as many as there are long enough histories.
        weights
            Filters to try in place of the fitted ones, shape (kernel, dim, dim), oldest item first.

        Returns
        -------
        I32
            Item codes, shape (dim, n, kernel): strongest window first, oldest item first.

        Raises
        ------
        ValueError
            If fewer than n histories are as long as a window.
        """
        self._check(histories)
        steps = self.dilations[0] * np.arange(self.kernel)
        owner = np.repeat(np.arange(len(histories)), histories.lengths)
        starts = np.arange(max(len(owner) - steps[-1], 0))
        starts = starts[owner[starts] == owner[starts + steps[-1]]]
        if len(np.unique(owner[starts])) < n:
            raise ValueError(f"fewer than {n} histories hold a window of {steps[-1] + 1} items")
        windows = histories.items[starts[:, None] + steps]  # (m, kernel)
        block = self.network.blocks[0]
        fitted, bias = (weight.numpy() for weight in block.convolutions[0].weights)
        vectors = self.network.items.numpy() * self.dim**0.5
        flat = vectors[windows].reshape(len(windows), -1)  # (m, kernel dim)
        if weights is None:
            answers = flat @ fitted.reshape(-1, self.dim) + bias
        else:
            answers = flat @ np.asarray(weights, np.float32).reshape(-1, self.dim)
        found = np.empty((self.dim, n, self.kernel), np.int32)
        for place, responses in enumerate(block.norms[0](answers).numpy().T):
            order = np.argsort(-responses, kind="stable")
            _, first = np.unique(owner[starts[order]], return_index=True)
            found[place] = windows[order[np.sort(first)[:n]]]
        return found


class Caser(NetworkRecommender):
    r"""Ranks items by filters over the picture that the last few item vectors make.

    Horizontal filters cover the whole vectors of 1 to `height` items in a row, each giving its
    largest value; vertical ones are weighted sums of the items, entry by entry. The paper adds a
    vector of the user, which histories of unknown users do not have.

    Parameters
    ----------
    dim
        Length of the item vectors and of the state.
    height
        Items that are looked at.
    n_filters
        Horizontal filters of each height.
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
        height: int = 5,
        n_filters: int = 16,
        max_len: int = 50,
        dropout: float = 0.3,
        loss: Loss = "softmax",
        n_negatives: int = 256,
        learning_rate: float = 3e-3,
        batch_size: int = 16,
        averaging: float = 0.99,
        epochs: int = 100,
        patience: int = 6,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> None:
        self.dim = dim
        self.height = height
        self.n_filters = n_filters
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

    def _network(self, n_items: int) -> CaserNetwork:
        return CaserNetwork(n_items, self.dim, self.height, self.n_filters, self.dropout, self.seed)
