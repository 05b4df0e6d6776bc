"""Two towers, one for histories and one for items, that meet in an inner product.

Yi et al. (2019), "Sampling-bias-corrected neural modeling for large corpus item recommendations",
RecSys. https://doi.org/10.1145/3298689.3346996
"""

from __future__ import annotations

from dataclasses import dataclass

from recsys_helpers._types import F32, I32, Bool
from recsys_helpers.log import item_numbers
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.attention import Block, SASRec
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.id_and_text import IdAndTextNetwork, IdAndTextRecommender
from recsys_helpers.recommenders.neural.losses import Loss
from recsys_helpers.recommenders.neural.network import normal, seeds

layers = keras.layers


class TwoTowerNetwork(IdAndTextNetwork):
    """Item vectors from id, text and numbers; blocks of self-attention make states of them."""

    def __init__(
        self, settings: TwoTower, known: Bool, tokens: I32, n_words: int, numbers: F32
    ) -> None:
        seed_of = seeds(settings.seed)
        super().__init__(settings, known, tokens, n_words, seed_of)
        self.numbers = tf.constant(numbers)  # (n_items, n_numbers)
        self.of_numbers = None
        if numbers.shape[1]:
            glorot, small = (
                keras.initializers.GlorotUniform(next(seed_of)),
                normal(next(seed_of), 0.1),
            )
            self.of_numbers = keras.Sequential(
                [
                    layers.Dense(settings.word_dim, activation="relu", kernel_initializer=glorot),
                    layers.Dense(settings.dim, use_bias=False, kernel_initializer=small),
                ]
            )
        self.dropout = layers.Dropout(settings.dropout, seed=next(seed_of))
        self.blocks = [Block(settings.tower(), next(seed_of)) for _ in range(settings.n_blocks)]
        self.norm = layers.LayerNormalization(epsilon=1e-6)

    def item_vectors(self, training: bool = False) -> Tensor:
        """Return the sums of the vectors of id, text and numbers, shape (n_items, dim)."""
        vectors = super().item_vectors(training)  # (n_items, dim)
        return vectors if self.of_numbers is None else vectors + self.of_numbers(self.numbers)

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(item_vectors, codes) * item_vectors.shape[1] ** 0.5  # (b, l, dim)
        x = self.dropout(x, training=training)
        for block in self.blocks:
            x = block(x, training=training)
        return self.norm(x)  # (b, l, dim)


@dataclass(eq=False, kw_only=True)
class TwoTower(IdAndTextRecommender):
    r"""Ranks items by the inner product of a vector of the history and one of the item.

    .. math:: s_j = u(H)^\top e_j, \qquad
        e_j = v_j + \operatorname{text}_j + W \operatorname{ReLU}(A z_j + a)

    The item tower adds :math:`v_j`, which is learnt for item j and 0 without a training row,
    :math:`\text{text}_j` from `TextEncoder`, and a small network of the item's numbers
    :math:`z_j`, such as its year, on one scale (`item_numbers.standardised`). The history tower
    :math:`u(H)` is the network of `SASRec` over the outputs of the item tower. An item's vector
    does not depend on who asks, so all of them can be computed beforehand and searched by any index
    for nearest neighbours (`item_vectors`, `history_vectors`).

    As in the paper: two towers that share the item's features, and a softmax over sampled items
    with log Q, the logarithm of how probably each is drawn, taken from the scores. What differs:

    - ids are dropped in training, so that new items can be ranked by what is written about them;
    - negatives are drawn by popularity for the whole batch, not taken from its targets, so that Q
      is known and need not be estimated from a stream;
    - the history tower reads the order of items, where the paper's takes the mean of their vectors;
    - vectors keep their length, which holds how popular an item is.

    Without text (``text=False``) no numbers are read either, and it is a `SASRec` with another
    loss. All further parameters are those of `IdAndTextRecommender` and `NetworkSettings`.

    Parameters
    ----------
    n_blocks, n_heads
        As in `SASRec`.
    """

    n_blocks: int = 1
    n_heads: int = 1
    loss: Loss = "sampled_softmax"
    learning_rate: float = 4e-3
    patience: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tower()  # refuses what its blocks refuse

    def tower(self) -> SASRec:
        """Return the settings of the SASRec whose network is the history tower."""
        return SASRec(
            self.dim,
            n_blocks=self.n_blocks,
            n_heads=self.n_heads,
            max_len=self.max_len,
            dropout=self.dropout,
            seed=self.seed,
        )

    def _network_of(self, known: Bool, tokens: I32, n_words: int) -> TwoTowerNetwork:
        numbers = item_numbers.standardised(self.catalogue.items, known)
        return TwoTowerNetwork(
            self, known, tokens, n_words, numbers if self.text else numbers[:, :0]
        )

    def item_vectors(self) -> F32:
        """Return what the item tower makes of each item.

        Returns
        -------
        F32
            Shape (n_items, dim).

        Raises
        ------
        ValueError
            If the recommender is not fitted.
        """
        self._check_fitted()
        vectors: F32 = tf.convert_to_tensor(self.network.item_vectors()).numpy()
        return vectors

    def history_vectors(self, histories: Histories) -> F32:
        """Return what the history tower makes of each history.

        Parameters
        ----------
        histories
            n histories.

        Returns
        -------
        F32
            Shape (n, dim), 0 for an empty history. The scores of items are the inner products with
            `item_vectors`.

        Raises
        ------
        ValueError, TypeError
            As in `score`.
        """
        self._check(histories)
        item_vectors = tf.convert_to_tensor(self.network.item_vectors())
        return self._states_after(item_vectors, *sequences.last_window(histories, self.max_len))
