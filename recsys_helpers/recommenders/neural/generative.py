"""A GPT that writes the next item token by token: TIGER.

Rajput et al. (2023), "Recommender systems with generative retrieval", NeurIPS.
https://arxiv.org/abs/2305.05065
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32, Bool, Floats
from recsys_helpers.log import item_text
from recsys_helpers.log._ragged import picked
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.log.reading import frames
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.attention import SASRec
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender
from recsys_helpers.recommenders.neural.semantic_ids import (
    PrefixTree,
    SemanticIds,
    prefix_numbers,
)
from recsys_helpers.recommenders.neural.token_network import Cache, TIGERNetwork
from recsys_helpers.recommenders.text_vectors import TextVectors

BATCH = 32
"""Histories that are continued at once."""


@dataclass(eq=False, kw_only=True)
class TIGER(NetworkRecommender):
    r"""Ranks items by the probability that a GPT writes their id behind the history.

    .. math:: \log P(j \mid H) = \sum_{l} \log P(c_{jl} \mid H, c_{j1}, \dots, c_{j, l - 1})

    where :math:`c_{j1}, c_{j2}, \dots` is the id of item j (`SemanticIds`): similar items have ids
    that begin alike. The network is that of `SASRec`, but over codes, so it reads a history of n
    items as n (`n_levels` + 1) tokens. Each level has tokens of its own. Each factor is a softmax
    over the tokens with which some id of the catalogue goes on there (`PrefixTree`), so the
    probabilities of all items sum to 1.

    As in the paper: ids from a residual quantisation of the items' texts, with a last digit against
    collisions; a Transformer trained on all tokens of the next item; lists by beam search
    (`generate`). What differs:

    - a decoder alone writes, and learns at every item of a history; the paper has an encoder too;
    - the levels are k-means, not a network; text is TF-IDF, not the output of a language model;
    - each beginning of an id has a vector of its own, unless `prefix_vectors` is False;
    - no token stands for the user;
    - the beam holds prefixes of the catalogue's ids alone, and `score` ranks all items exactly,
      which a catalogue of some thousand items allows.

    New items get their ids from their text or vectors without training (`with_items`). They do not
    change the probabilities of old items: where both stand below the same prefix, the softmax is
    over the old ones, and that of a new one is relative to them.

    All further parameters are those of `NetworkSettings`; `max_len` counts items, and the loss is
    always "softmax".

    Parameters
    ----------
    n_codes, n_levels
        Codes of a level, and levels.
    n_blocks, n_heads
        As in `SASRec`.
    prefix_vectors
        Whether each beginning of an id has a vector of its own, which is added to that of its last
        token, where it is read and where it may be written. Otherwise all ids share the few vectors
        of tokens, and the network has to find out by itself which item some tokens make.
    vectors
        The column of the item table that holds a vector for each item, a list of numbers, from
        which ids are made. If None, they are made from the items' text: all columns with text or
        lists of text, and the tags given by users with a training row for the item.
    text_dim
        Length of the vectors that are made from text.
    min_items
        In how many items with training rows a word must occur to be read.

    Attributes
    ----------
    ids
        Codes and last digit of each item, shape (n_items, n_levels + 1).
    centroids
        What the codes stand for, shape (n_levels, n_codes, d).
    tree, prefixes
        The tree of all ids, and the number of each beginning of each (`prefix_numbers`).
    """

    n_codes: int = 64
    n_levels: int = 2
    n_blocks: int = 1
    n_heads: int = 1
    prefix_vectors: bool = True
    vectors: str | None = None
    text_dim: int = 64
    min_items: int = 2
    max_len: int = 30
    learning_rate: float = 4e-3
    epochs: int = 40

    learnt = ("vocabulary", "idf", "directions", "centroids", "ids", "born")
    ranks_new_items = True

    vocabulary: NDArray[np.str_] = field(init=False, repr=False)
    idf: F64 = field(init=False, repr=False)
    directions: Floats = field(init=False, repr=False)
    centroids: F32 = field(init=False, repr=False)
    ids: I32 = field(init=False, repr=False)
    born: I32 = field(init=False, repr=False)
    tree: PrefixTree = field(init=False, repr=False)
    prefixes: I32 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.loss != "softmax":
            raise ValueError(f"TIGER has few tokens, so its loss is 'softmax', not {self.loss!r}")
        if self.vectors is not None:
            _arguments.instance("vectors", self.vectors, str, "the name of a column")
        self.blocks()  # refuses what its blocks refuse

    def blocks(self) -> SASRec:
        """Return the settings of a SASRec whose items are tokens."""
        return SASRec(
            self.dim,
            n_blocks=self.n_blocks,
            n_heads=self.n_heads,
            max_len=(self.max_len + 1) * (self.n_levels + 1),
            dropout=self.dropout,
            seed=self.seed,
        )

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        known, items = self.train_counts > 0, train.catalogue.items
        texts = TextVectors(np.zeros(0, np.str_), np.zeros(0), np.zeros((0, 0)))
        if self.vectors is None:
            words = item_text.words(items, train.item_tags())
            texts = TextVectors.learnt_from(words, known, self.min_items, self.text_dim, self.seed)
            if not len(texts.vocabulary):
                raise ValueError(
                    f"TIGER makes ids from the text of items, and no word stands in "
                    f"{self.min_items} of those with training rows: give text columns in items=…, "
                    "or name a column of vectors"
                )
            vectors = texts.of(words)
        else:
            vectors = vectors_in(items, self.vectors)
        self.vocabulary, self.idf, self.directions = texts.vocabulary, texts.idf, texts.directions
        made = SemanticIds.learnt_from(vectors, known, self.n_codes, self.n_levels, self.seed)
        self.centroids, self.ids = made.centroids, made.ids
        self.born = np.zeros(train.n_items, np.int32)
        super()._fit(train, valid)

    def _network(self, n_items: int) -> TIGERNetwork:
        if self.ids.shape != (n_items, self.n_levels + 1) or len(self.born) != n_items:
            raise ValueError(f"ids do not belong to {n_items} items and {self.n_levels} levels")
        self.tree = PrefixTree(self.ids, self.born)
        self.prefixes, tokens = prefix_numbers(self.ids), self._tokens()
        token_of, parents = np.full((2, int(self.prefixes.max()) + 1), -1, np.int32)
        token_of[self.prefixes] = tokens
        parents[self.prefixes[:, 1:]] = self.prefixes[:, :-1]
        return TIGERNetwork(
            int(tokens.max()) + 1, token_of, parents, self.blocks(), self.prefix_vectors
        )

    def _tokens(self) -> I32:
        """Return the ids with other numbers for each level, shape (n_items, n_levels + 1)."""
        return self.ids + self.n_codes * np.arange(self.n_levels + 1, dtype=np.int32)

    def _windows(self, histories: Histories, rng: np.random.Generator) -> sequences.Windows:
        """Cut histories into windows of items; what is written is all of them but the first."""
        inputs, targets, lengths = sequences.windows(histories, self.max_len, rng)
        items = np.column_stack([inputs[:, 0], targets])  # (n, max_len + 1), padded with −1
        n, n_tokens = len(items), self.n_levels + 1
        codes = self.prefixes[items].reshape(n, -1)  # (n, (max_len + 1) n_tokens)
        targets = np.where(np.repeat(items >= 0, n_tokens, axis=1), codes, sequences.NO_TARGET)
        targets[:, :n_tokens] = sequences.NO_TARGET
        return codes[:, :-1], targets[:, 1:], (lengths + 1) * n_tokens - 1

    def _score(self, histories: Histories) -> F32:
        return self._searched(histories, self.catalogue.n_items)

    def generate(
        self, histories: Histories, k: int, n_beams: int, *, exclude_seen: bool = True
    ) -> tuple[I32, F32]:
        """Return the k best items that a beam search finds, as codes.

        At each level the `n_beams` most probable prefixes of ids are continued; items whose id is
        certain by then leave the beam. A beam as wide as the tree finds what `top_k` finds.

        Parameters
        ----------
        histories
            n histories.
        k
            Length of the lists, 1 … n_items.
        n_beams
            How many prefixes are kept for each history, at least 1.
        exclude_seen
            Whether the search leaves out the items of the whole history, and the prefixes that
            lead to no others.

        Returns
        -------
        items, scores
            Codes and log-probabilities, shape (n, k) each, best first. If fewer than k items are
            found, the rest is −1 and −inf.

        Raises
        ------
        ValueError, TypeError
            If an argument is out of range, or as in `score`.
        """
        self._check(histories)
        _arguments.length_of_list(k, self.catalogue.n_items)
        _arguments.whole("n_beams", n_beams, 1)
        _arguments.flag("exclude_seen", exclude_seen)
        items = np.empty((len(histories), k), np.int32)
        scores = np.empty((len(histories), k), np.float32)

        def search(chunk: Histories) -> F32:
            return self._searched(chunk, n_beams, exclude_seen)

        for part, found in ranking.scores_by_chunk(search, histories, exclude_seen):
            items[part], scores[part] = ranking.top_k(found, k, self.catalogue.tie_rank)
        return items, scores

    def _searched(self, histories: Histories, n_beams: int, exclude_seen: bool = False) -> F32:
        """Return the log-probabilities of the items that a beam search reaches, −inf for others.

        An empty history gets 0 everywhere.
        """
        items, lengths = sequences.last_window(histories, self.max_len)
        allowed = None
        if exclude_seen:
            allowed = np.ones((len(items), self.catalogue.n_items), bool)
            allowed[histories.owners, histories.items] = False
        scores = np.where(lengths[:, None] > 0, np.float32(-np.inf), np.float32(0))
        scores = np.tile(scores, self.catalogue.n_items)  # (n, n_items)
        not_empty = np.flatnonzero(lengths)
        for batch, width in sequences.batches(lengths[not_empty], BATCH, self.max_len):
            rows = not_empty[batch]
            codes = self.prefixes[items[rows, :width]].reshape(len(rows), -1)
            n_read = (lengths[rows] * (self.n_levels + 1)).astype(np.int32)
            scores[rows] = self._beam(codes, n_read, n_beams, picked(allowed, rows))
        return scores

    def _beam(self, codes: I32, lengths: I32, n_beams: int, allowed: Bool | None) -> F32:
        """Return the log-probabilities of the items below the best prefixes, shape (b, n_items)."""
        found = np.full((len(codes), self.catalogue.n_items), -np.inf, np.float32)
        reader, writer = self.network.graphs
        vectors = self.network.item_vectors().numpy()  # (n_prefixes, dim)
        states, read = reader(codes, lengths)
        b = len(codes)
        none = np.zeros((b, self.n_heads, 1, 0, self.dim // self.n_heads), np.float32)
        written: Cache = [(none, none)] * self.n_blocks
        nodes, log_p = np.zeros((b, 1), np.int64), np.zeros((b, 1), np.float32)
        for level, (children, old) in enumerate(zip(self.tree.child, self.tree.old, strict=True)):
            n_codes = children.shape[1]
            beyond = children[nodes]  # (b, m, n_codes)
            row, place, token = np.nonzero(beyond >= 0)
            below = self.tree.below[level + 1][beyond[row, place, token]]
            compared = states.numpy()[row, place] * vectors[self.prefixes[below, level]]
            logits = np.full(beyond.shape, -np.inf, np.float32)
            logits[row, place, token] = compared.sum(axis=1)
            among = tf.reduce_logsumexp(tf.where(old[nodes], logits, -1e9), 2, keepdims=True)
            log_p = (log_p[..., None] + logits - among).numpy().reshape(b, -1)  # (b, m n_codes)
            child = children[nodes].reshape(b, -1)
            # An item is found where its branch ends; the other prefixes compete for the beam.
            log_p[child < 0] = -np.inf
            item = self.tree.item[level + 1][child]
            row, place = np.nonzero((item >= 0) & (log_p > -np.inf))
            found[row, item[row, place]] = log_p[row, place]
            if (self.tree.item[level + 1] >= 0).all():
                break
            log_p[item >= 0] = -np.inf
            if allowed is not None:
                holds = self.tree.holds(level + 1, allowed)  # (b, n_nodes)
                log_p[~np.take_along_axis(holds, child, 1)] = -np.inf
            m = max(1, min(n_beams, int((log_p > -np.inf).sum(axis=1).max())))
            best = np.argpartition(-log_p, m - 1, axis=1)[:, :m]  # (b, m)
            log_p = np.take_along_axis(log_p, best, 1)
            nodes = np.take_along_axis(child, best, 1)
            parents = (best // n_codes).astype(np.int32)
            codes = self.prefixes[self.tree.below[level + 1][nodes], level]
            states, written = writer(codes, parents, lengths, read, written)  # (b, m, dim)
        return found

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
            the order of the table. Their ids are made from their text or vectors. A beginning of an
            id that no item had has no vector of its own, and such a last digit the token vector 0.

        Raises
        ------
        ValueError
            If an id is already in the catalogue, a new item has no vector, or an id or a column has
            another type than in the catalogue.
        """
        larger = self._with_catalogue(frames.as_polars(items, "items"))
        new = larger.catalogue.items[self.catalogue.n_items :]
        if self.vectors is None:
            texts = TextVectors(self.vocabulary, self.idf, self.directions)
            vectors = texts.of(item_text.words(new))
        else:
            vectors = vectors_in(new, self.vectors, self.centroids.shape[2])
        for name in ("vocabulary", "idf", "directions", "centroids"):
            setattr(larger, name, getattr(self, name))
        larger.ids = SemanticIds(self.centroids, self.ids).with_items(vectors).ids
        larger.born = np.append(self.born, np.full(len(new), self.born.max() + 1, np.int32))
        larger._take_weights(self)
        return larger


def vectors_in(items: pl.DataFrame, column: str, dim: int | None = None) -> F64:
    """Return the vectors in a column of an item table, shape (n_items, d).

    Parameters
    ----------
    items
        The table.
    column
        The name of a column of lists of numbers.
    dim
        How long the vectors must be; None for all as long as the first.

    Raises
    ------
    ValueError
        If there is no such column, or a vector is missing, of another length or not finite.

    Examples
    --------
    >>> vectors_in(pl.DataFrame({"item": ["a", "b"], "taste": [[1.0, 0.5], [0.0, 2.0]]}), "taste")
    array([[1. , 0.5],
           [0. , 2. ]])
    """
    if not isinstance(items.schema.get(column), pl.List):
        raise ValueError(
            f"the item table has no column {column!r} with lists of numbers, from which ids could "
            f"be made; its columns are {', '.join(items.columns)}"
        )
    lists = items[column].cast(pl.List(pl.Float64))
    width = lists.list.len()[0] if dim is None else dim
    right = (lists.list.len() == width) & lists.list.eval(pl.element().is_finite()).list.all()
    if not right.fill_null(False).all():
        first = items["item"][(~right.fill_null(False)).arg_true()[0]]
        raise ValueError(
            f"item {first!r} has no vector of {width} finite numbers in column {column!r}: give "
            "each item one, all of the same length"
        )
    return np.array(lists.to_list(), np.float64)
