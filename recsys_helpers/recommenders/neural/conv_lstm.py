"""Convolution, then recurrence, over items known by id and by what is written about them: ConvLSTM.

Kim (2014), "Convolutional neural networks for sentence classification", EMNLP.
https://doi.org/10.3115/v1/D14-1181
Volkovs, Yu and Poutanen (2017), "DropoutNet: addressing cold start in recommender systems", NIPS.
https://proceedings.neurips.cc/paper_files/paper/2017/hash/dbd22ba3bd0df8f385bdac3e9f8be207-Abstract.html

The network is one that is often drawn: a convolution of 64 filters over three items, an LSTM of 64
units, a dense layer of 64 and a softmax over items. Here the convolution sees no later item, the
LSTM also reads each item's own vector past the filters, and the softmax has for its matrix the item
vectors, seen through one linear layer, so that a new item has a place in it.

From the first paper, a text as the largest answer of each filter to its words; here the text is an
item's title, genres and tags, and all filters are three words wide. From the second, ids dropped at
random in training, so that the text must do without them; here the two are added, and an id that
is left is not made larger for those that are dropped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import I32, Bool
from recsys_helpers.log import _new_items, item_text
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.log.reading import frames
from recsys_helpers.recommenders.neural import network, training
from recsys_helpers.recommenders.neural.backend import keras, tf
from recsys_helpers.recommenders.neural.losses import Loss
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender
from recsys_helpers.recommenders.store import Learnt

layers = keras.layers

WIDTH = 3
"""Words that one filter of the text encoder sees."""


class TextEncoder(keras.layers.Layer):
    r"""Makes one vector of an item's words.

    .. math:: W \max_p \operatorname{ReLU}\Bigl(c + \sum_{m=-1}^{1} K_m\, v_{w_{p + m}}\Bigr) + b

    where :math:`w_p` is the word in place p and :math:`v` its vector, 0 beyond the text.
    """

    def __init__(self, n_words: int, word_dim: int, dim: int, seed: int) -> None:
        super().__init__()
        seeds = network.seeds(seed)
        glorot = keras.initializers.GlorotUniform
        self.words = self.add_weight(
            shape=(n_words, word_dim), initializer=network.normal(next(seeds), 0.3), name="words"
        )
        self.filters = layers.Conv1D(
            word_dim,
            WIDTH,
            padding="same",
            activation="relu",
            kernel_initializer=glorot(next(seeds)),
        )
        self.out = layers.Dense(dim, kernel_initializer=network.normal(next(seeds), 0.1))

    def call(self, tokens: Any) -> Any:
        """Return the vectors of texts, (n, n_tokens) and padded with −1; shape (n, dim)."""
        real = tf.cast(tokens >= 0, tf.float32)[..., None]  # (n, n_tokens, 1)
        x = tf.gather(self.words, tf.maximum(tokens, 0)) * real  # (n, n_tokens, word_dim)
        x = self.filters(x) * real  # (n, n_tokens, word_dim), no answer below 0
        return self.out(tf.reduce_max(x, axis=1))  # (n, dim)


class ConvLSTMNetwork(keras.Model):
    """Item vectors made of id and text; a causal convolution, an LSTM and a dense layer."""

    def __init__(
        self,
        known: Bool,
        tokens: I32,
        n_words: int,
        dim: int,
        word_dim: int,
        n_filters: int,
        kernel: int,
        n_units: int,
        skip: bool,
        id_dropout: float,
        dropout: float,
        seed: int,
    ) -> None:
        super().__init__()
        self.skip = skip
        seeds = network.seeds(seed)
        glorot = keras.initializers.GlorotUniform
        self.known = tf.constant(known[:, None], tf.float32)  # (n_items, 1)
        self.tokens = tf.constant(tokens)  # (n_items, n_tokens)
        self.ids = self.add_weight(
            shape=(len(known), dim), initializer=network.normal(next(seeds)), name="ids"
        )
        self.text = TextEncoder(n_words, word_dim, dim, next(seeds)) if n_words else None
        self.id_dropout = id_dropout if n_words else 0.0
        self.draws = keras.random.SeedGenerator(next(seeds))
        self.before = layers.Dropout(dropout, seed=next(seeds))
        self.convolution = layers.Conv1D(
            n_filters,
            kernel,
            padding="causal",
            activation="relu",
            kernel_initializer=glorot(next(seeds)),
        )
        self.recurrent = layers.LSTM(
            n_units,
            return_sequences=True,
            kernel_initializer=glorot(next(seeds)),
            recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
            seed=next(seeds),
        )
        self.after = layers.Dropout(dropout, seed=next(seeds))
        self.dense = layers.Dense(
            n_units, activation="relu", kernel_initializer=glorot(next(seeds))
        )
        self.out = layers.Dense(dim, kernel_initializer=network.normal(next(seeds), 0.1))

    def vectors(self, training: bool = False) -> Any:
        """Return the item vectors, shape (n_items, dim), or (n_items, dim + 1) for a training step.

        A training step drops some ids, and adds a number that meets a 1 in each state. It rules out
        items without training rows: that they never came next says nothing about their text.
        """
        kept = self.known  # (n_items, 1)
        if training:
            chances = keras.random.uniform(kept.shape, seed=self.draws)
            kept *= tf.cast(chances >= self.id_dropout, tf.float32)
        items = self.ids * kept  # (n_items, dim)
        if self.text is not None:
            items += self.text(self.tokens)
        return tf.concat([items, 1e9 * (self.known - 1)], axis=1) if training else items

    def read(self, codes: Any, items: Any, training: bool = False) -> Any:
        """Return the states after each item of codes (b, l), as long as the given item vectors."""
        dim = self.ids.shape[1]
        x = tf.gather(items[:, :dim], codes) * dim**0.5  # (b, l, dim)
        x = self.before(x, training=training)  # (b, l, dim)
        found = self.convolution(x)  # (b, l, n_filters)
        x = tf.concat([x, found], axis=2) if self.skip else found
        x = self.recurrent(x)  # (b, l, n_units)
        x = self.dense(self.after(x, training=training))  # (b, l, n_units)
        x = self.out(x)  # (b, l, dim)
        return tf.concat([x, tf.ones_like(x[..., :1])], axis=2) if training else x

    def call(self, codes: Any, training: bool = False) -> Any:
        """Return the states after each item of codes (b, l), shape (b, l, dim); see `vectors`."""
        return self.read(codes, self.vectors(training), training)

    @property
    def items(self) -> Any:
        """Item vectors, shape (n_items, dim)."""
        return self.vectors()


class ConvLSTM(NetworkRecommender):
    r"""Ranks items by what a convolution and an LSTM make of the last items, id and text of each.

    .. math:: e_j = v_j + \operatorname{text}_j, \qquad s_j = e_j^\top h_n

    .. math:: h_t = W \operatorname{ReLU}\bigl(D \operatorname{LSTM}(e_{i_t}, \operatorname{ReLU}(
        \operatorname{conv}(e_{i_t}, e_{i_{t-1}}, \dots)))\bigr)

    where :math:`v_j` is learnt for item j and 0 without a training row, and :math:`\text{text}_j`
    comes from `TextEncoder`. So new items are ranked by what is written about them.

    The text of an item is every column of the item table that holds text or lists of it, in their
    order, then the tags given by users with a training row for it; see `item_text.words`.

    Parameters
    ----------
    dim
        Length of the item vectors.
    n_filters, kernel
        Filters of the convolution over the history, and items that each sees.
    n_units
        Length of the recurrent state, and of the dense layer after it.
    skip
        Whether the recurrence reads each item's own vector beside what the filters answer. Without
        it, it must tell items apart by filters alone.
    text
        Whether to read what is written about items. Without it items are known by id alone, and
        those without a training row cannot be ranked.
    word_dim
        Length of the word vectors, and filters over them.
    n_tokens
        Words read of each item, the first ones.
    min_items
        Items with training rows in which a word must stand to count.
    id_dropout
        Share of items whose id a training step leaves out, so that their text must do; where no
        text is read, none is.
    every_position
        Whether a window teaches what came after each of its items, or, as is often written, what
        came after the last one alone: then as many windows are drawn an epoch, one item each.
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
        If an argument is out of range; in `fit`, if there is no text to read.
    """

    vocabulary: NDArray[np.str_]
    tokens: I32

    def __init__(
        self,
        dim: int = 64,
        n_filters: int = 64,
        kernel: int = 3,
        n_units: int = 128,
        skip: bool = True,
        text: bool = True,
        word_dim: int = 16,
        n_tokens: int = 12,
        min_items: int = 2,
        id_dropout: float = 0.1,
        every_position: bool = True,
        max_len: int = 50,
        dropout: float = 0.2,
        loss: Loss = "softmax",
        n_negatives: int = 256,
        learning_rate: float = 3e-3,
        batch_size: int = 32,
        averaging: float = 0.98,
        epochs: int = 100,
        patience: int = 5,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> None:
        self.dim = dim
        self.n_filters = n_filters
        self.kernel = kernel
        self.n_units = n_units
        self.skip = skip
        self.text = text
        self.word_dim = word_dim
        self.n_tokens = n_tokens
        self.min_items = min_items
        self.id_dropout = id_dropout
        self.every_position = every_position
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
        for name in ("dim", "n_filters", "kernel", "n_units", "word_dim", "n_tokens", "min_items"):
            _arguments.whole(name, getattr(self, name), 1)
        if not 0 <= id_dropout < 1:
            raise ValueError(f"id_dropout must lie between 0 and 1, not {id_dropout}")

    @property
    def ranks_new_items(self) -> bool:  # type: ignore[override]
        """Whether items without a training row are ranked: by their text, if it is read."""
        return self.text

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.vocabulary = np.zeros(0, np.str_)
        self.tokens = np.zeros((train.n_items, 0), np.int32)
        if self.text:
            texts = item_text.words(train.catalogue.items, train.item_tags())
            self.vocabulary = item_text.vocabulary(texts, self.train_counts > 0, self.min_items)
            self.tokens = item_text.tokens(texts, self.vocabulary, self.n_tokens)
            if not len(self.vocabulary):
                raise ValueError(_nothing_to_read(train, self.min_items))
        super()._fit(train, valid)

    def _network(self, n_items: int) -> ConvLSTMNetwork:
        return ConvLSTMNetwork(
            self.train_counts > 0,
            self.tokens,
            len(self.vocabulary),
            self.dim,
            self.word_dim,
            self.n_filters,
            self.kernel,
            self.n_units,
            self.skip,
            self.id_dropout,
            self.dropout,
            self.seed,
        )

    def reads(self) -> tuple[NDArray[Any], ...]:
        """Return the tokens, which a checkpoint belongs to."""
        return (self.tokens,)

    def with_items(self, items: IntoDataFrame) -> Self:
        """Return a recommender over a larger catalogue, without training; this one stays as it is.

        Parameters
        ----------
        items
            Table of m new items: their ids in a column "item", and what the item table says of
            the others in columns of the same names. A column that is missing is empty for them. A
            column of lists named "tags" is read like the tags of a log.

        Returns
        -------
        Self
            Ranks n_items + m items: old ones have the codes and scores that they had, new ones
            stand behind them in the order of the table and are known by their text alone.

        Raises
        ------
        ValueError
            If no text is read, an id is already in the catalogue, or an id or a column is of
            another type.
        """
        self._check_fitted()
        if not self.text:
            raise ValueError(
                "with text=False items are known by id alone, so new ones could never be ranked: "
                "fit with text=True"
            )
        new = frames.as_polars(items, "items")
        larger = type(self)(**self.settings())
        larger.catalogue = _new_items.appended(self.catalogue, new)
        larger.train_counts = np.append(self.train_counts, np.zeros(new.height, np.int64))
        larger.vocabulary = self.vocabulary
        added = larger.catalogue.items[self.catalogue.n_items :]
        more = item_text.tokens(item_text.words(added), self.vocabulary, self.n_tokens)
        larger.tokens = np.concatenate([self.tokens, more])
        larger.network = larger._network(larger.catalogue.n_items)
        larger.network(np.zeros((1, 1), np.int32))
        for old, weight in zip(self.network.weights, larger.network.weights, strict=True):
            behind = [(0, n - m) for m, n in zip(old.shape, weight.shape, strict=True)]
            weight.assign(np.pad(old.numpy(), behind))  # ids have new rows, all else is the same
        return larger

    def _arrays(self) -> dict[str, Learnt]:
        return {**super()._arrays(), "vocabulary": self.vocabulary, "tokens": self.tokens}

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        if missing := {"vocabulary", "tokens"} - set(arrays):
            raise ValueError(f"the saved arrays are {sorted(arrays)}, without {sorted(missing)}")
        self.vocabulary = np.asarray(arrays.pop("vocabulary"))
        self.tokens = np.asarray(arrays.pop("tokens"))
        n_items, n_words = self.catalogue.n_items, len(self.vocabulary)
        if len(self.tokens) != n_items or self.tokens.max(initial=-1) >= n_words:
            raise ValueError(f"tokens do not belong to {n_items} items and {n_words} words")
        super()._take_arrays(arrays)


def _nothing_to_read(train: Interactions, min_items: int) -> str:
    items = train.catalogue.items
    places = item_text.text_columns(items) + ([] if train.tags is None else ["the tags"])
    if places:
        found = f"no word of {', '.join(places)} stands in {min_items} items with training rows"
    else:
        found = f"the item table has no text (columns {', '.join(items.columns)}), the log no tags"
    return (
        f"{found}: give Interactions an item table with a column of text, such as a title, or of "
        "lists of words, such as genres, or say text=False to know items by id alone"
    )
