"""Items known by their id and their text, so that new ones can be ranked.

Volkovs, Yu and Poutanen (2017), "DropoutNet: addressing cold start in recommender systems", NIPS.
https://proceedings.neurips.cc/paper_files/paper/2017/hash/dbd22ba3bd0df8f385bdac3e9f8be207-Abstract.html

As in the paper, ids are dropped at random in training. Here the vectors of id and text are added,
and the ids that are kept are not scaled up for those that are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import I32, Bool
from recsys_helpers.log import item_text
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.log.reading import frames
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender
from recsys_helpers.recommenders.neural.text_encoder import TextEncoder, read_texts


class IdAndTextNetwork(SequenceNetwork):
    """Makes item vectors from id and text; the table `items` holds the part of the ids.

    A subclass writes `states`.
    """

    def __init__(
        self,
        settings: IdAndTextRecommender,
        known: Bool,
        tokens: I32,
        n_words: int,
        seed_of: Iterator[int],
    ) -> None:
        super().__init__(len(known), settings.dim, next(seed_of))
        self.known = tf.constant(known)  # (n_items,)
        self.tokens = tf.constant(tokens)  # (n_items, n_tokens)
        self.text, self.id_dropout = None, 0.0
        if n_words:
            self.text = TextEncoder(n_words, settings.word_dim, settings.dim, next(seed_of))
            self.id_dropout = settings.id_dropout
        self.id_draws = keras.random.SeedGenerator(next(seed_of))

    def item_vectors(self, training: bool = False) -> Tensor:
        """Return the sums of the vectors of id and text, shape (n_items, dim).

        The id of an item without training rows is left out, and in a training step also the ids of
        some other items, so that the network learns to use their text.
        """
        kept = tf.cast(self.known, tf.float32)[:, None]  # (n_items, 1)
        if training:
            draws = keras.random.uniform(kept.shape, seed=self.id_draws)
            kept *= tf.cast(draws >= self.id_dropout, tf.float32)
        vectors = self.items * kept  # (n_items, dim)
        return vectors if self.text is None else vectors + self.text(self.tokens)


@dataclass(eq=False, kw_only=True)
class IdAndTextRecommender(NetworkRecommender):
    """A network over items known by id and text; a subclass is a dataclass with `_network_of`.

    The text of an item is all columns of the item table with text or lists of text, in their order,
    then the tags given by users with a training row for it; see `item_text.words`. All further
    parameters are those of `NetworkSettings`.

    Parameters
    ----------
    text
        Whether to read the text of items. Without it items are known by their id alone, and those
        without a training row cannot be ranked.
    word_dim
        Length of the word vectors, and number of filters over them.
    n_tokens
        How many words of each item are read: the first ones.
    min_items
        In how many items with training rows a word must occur to be read.
    id_dropout
        Share of items whose id is left out in a training step, so that the network learns to use
        their text; 0 where no text is read.
    """

    text: bool = True
    word_dim: int = 16
    n_tokens: int = 12
    min_items: int = 2
    id_dropout: float = 0.1

    learnt = ("vocabulary", "tokens")
    vocabulary: NDArray[np.str_] = field(init=False, repr=False)
    tokens: I32 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.fraction("id_dropout", self.id_dropout)

    @property
    def ranks_new_items(self) -> bool:  # type: ignore[override]
        """Whether items without a training row are ranked: by their text, if it is read."""
        return self.text

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.vocabulary = np.zeros(0, np.str_)
        self.tokens = np.zeros((train.n_items, 0), np.int32)
        if self.text:
            self.vocabulary, self.tokens = read_texts(
                train, self.train_counts, self.min_items, self.n_tokens
            )
        super()._fit(train, valid)

    def _network(self, n_items: int) -> IdAndTextNetwork:
        n_words = len(self.vocabulary)
        if len(self.tokens) != n_items or self.tokens.max(initial=-1) >= n_words:
            raise ValueError(f"tokens do not belong to {n_items} items and {n_words} words")
        return self._network_of(self.train_counts > 0, self.tokens, n_words)

    def _network_of(self, known: Bool, tokens: I32, n_words: int) -> IdAndTextNetwork:
        """Return the network, not yet trained."""
        raise NotImplementedError

    def with_items(self, items: IntoDataFrame) -> Self:
        """Return a recommender with new items in its catalogue, without training; this one stays.

        Parameters
        ----------
        items
            Table of m new items: their ids in a column "item", and features in columns named as in
            the item table; a column that is missing is empty for them. A column of lists named
            "tags" is read like the tags of a log.

        Returns
        -------
        Self
            It ranks n_items + m items. Old items keep their codes and scores; new ones follow in
            the order of the table, and are known by their text alone.

        Raises
        ------
        ValueError
            If no text is read, an id is already in the catalogue, or an id or a column has another
            type than in the catalogue.
        """
        self._check_fitted()
        if not self.text:
            raise ValueError(
                "with text=False items are known by id alone, so new ones could never be ranked: "
                "fit with text=True"
            )
        larger = self._with_catalogue(frames.as_polars(items, "items"))
        larger.vocabulary = self.vocabulary
        texts = item_text.words(larger.catalogue.items[self.catalogue.n_items :])
        tokens = item_text.tokens(texts, self.vocabulary, self.n_tokens)
        larger.tokens = np.concatenate([self.tokens, tokens])
        larger._take_weights(self)
        return larger
