"""What is written about items: as words by number, and as vectors that a network learns.

Kim (2014), "Convolutional neural networks for sentence classification", EMNLP.
https://doi.org/10.3115/v1/D14-1181

As in the paper, a text is the largest answer of each filter to its words. Here all filters are
three words wide.
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
"""Words that one filter sees."""


class TextEncoder(keras.layers.Layer):
    r"""Makes one vector of an item's words.

    .. math:: W \max_p \operatorname{ReLU}\Bigl(c + \sum_{m=-1}^{1} K_m\, v_{w_{p + m}}\Bigr) + b

    where :math:`w_p` is the word at position p and :math:`v` its vector, 0 beyond the text.
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
        x = self.filters(x) * real  # (n, n_tokens, word_dim), no answer below 0
        return self.out(tf.reduce_max(x, axis=1))  # (n, dim)


def read_texts(
    train: Interactions, train_counts: I64, min_items: int, n_tokens: int
) -> tuple[NDArray[np.str_], I32]:
    """Return the vocabulary of items with training rows, and each item's first words in it.

    Parameters
    ----------
    train, train_counts
        The log, and rows of each item in it, shape (n_items,).
    min_items
        Items with training rows in which a word must stand to count.
    n_tokens
        Words to keep of each item.

    Returns
    -------
    vocabulary, tokens
        The words, shape (n_words,), and their numbers, shape (n_items, n_tokens), padded with −1.

    Raises
    ------
    ValueError
        If there is no text, or no word stands in enough items.
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
