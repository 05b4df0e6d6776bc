"""The text of items: as numbers of words, and as vectors that a network learns.

Kim (2014), "Convolutional neural networks for sentence classification", EMNLP.
https://doi.org/10.3115/v1/D14-1181

As in the paper, the vector of a text holds the largest output of each filter over its words. Here
all filters are three words wide.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys_helpers._types import I32, I64
from recsys_helpers.log import item_text
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import normal, seeds

layers = keras.layers

WIDTH = 3
"""How many words one filter reads."""


class TextEncoder(keras.layers.Layer):
    r"""Makes one vector of the words of an item: a convolution, and its maximum over the text.

    .. math:: W \max_p \operatorname{ReLU}\Bigl(c + \sum_{m=-1}^{1} K_m\, v_{w_{p + m}}\Bigr) + b

    where :math:`w_p` is the word at position p and :math:`v_w` the vector of word w, or 0 beyond
    the text.
    """

    def __init__(self, n_words: int, word_dim: int, dim: int, seed: int) -> None:
        super().__init__()
        seed_of = seeds(seed)
        self.words = self.add_weight(
            shape=(n_words, word_dim), initializer=normal(next(seed_of), 0.3), name="words"
        )
        self.filters = layers.Conv1D(
            word_dim,
            WIDTH,
            padding="same",
            activation="relu",
            kernel_initializer=keras.initializers.GlorotUniform(next(seed_of)),
        )
        self.out = layers.Dense(dim, kernel_initializer=normal(next(seed_of), 0.1))

    def call(self, tokens: Tensor) -> Tensor:
        """Return the vectors of texts, (n, n_tokens) and padded with −1; shape (n, dim)."""
        real = tf.cast(tokens >= 0, tf.float32)[..., None]  # (n, n_tokens, 1)
        x = tf.gather(self.words, tf.maximum(tokens, 0)) * real  # (n, n_tokens, word_dim)
        x = self.filters(x) * real  # (n, n_tokens, word_dim), no output below 0
        return self.out(tf.reduce_max(x, axis=1))  # (n, dim)


def read_texts(
    train: Interactions, train_counts: I64, min_items: int, n_tokens: int
) -> tuple[NDArray[np.str_], I32]:
    """Return the vocabulary of items with training rows, and the first words of each item in it.

    Parameters
    ----------
    train, train_counts
        The log, and the number of rows of each item in it, shape (n_items,).
    min_items
        In how many items with training rows a word must occur.
    n_tokens
        How many words to keep of each item.

    Returns
    -------
    vocabulary, tokens
        The words, shape (n_words,), and each item's words as positions in the vocabulary, shape
        (n_items, n_tokens), padded with −1.

    Raises
    ------
    ValueError
        If there is no text, or no word occurs in enough items.
    """
    items = train.catalogue.items
    texts = item_text.words(items, train.item_tags())
    vocabulary = item_text.vocabulary(texts, train_counts > 0, min_items)
    if len(vocabulary):
        return vocabulary, item_text.tokens(texts, vocabulary, n_tokens)
    sources = item_text.text_columns(items) + ([] if train.tags is None else ["the tags"])
    reason = f"no word of {', '.join(sources)} stands in {min_items} items with training rows"
    if not sources:
        columns = ", ".join(items.columns)
        reason = f"the item table has no text (columns {columns}), the log no tags"
    raise ValueError(
        f"{reason}: give Interactions an item table with a column of text, such as a title, or of "
        "lists of words, such as genres, or say text=False to know items by id alone"
    )
