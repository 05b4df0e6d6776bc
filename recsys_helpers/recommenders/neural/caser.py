"""Convolution over the last item vectors as an image: Caser.

Tang and Wang (2018), "Personalized top-N sequential recommendation via convolutional sequence
embedding", WSDM. https://doi.org/10.1145/3159652.3159656
"""

from __future__ import annotations

from dataclasses import dataclass

from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork, normal, seeds
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers

VERTICAL = 4
"""Number of vertical filters."""


class CaserNetwork(SequenceNetwork):
    """Filters over the vectors of the last items: across whole vectors, or entry by entry."""

    def __init__(
        self, n_items: int, dim: int, height: int, n_filters: int, dropout: float, seed: int
    ) -> None:
        seed_of = seeds(seed)
        super().__init__(n_items, dim, next(seed_of))
        glorot = keras.initializers.GlorotUniform
        self.height = height
        self.horizontal = [
            layers.Dense(n_filters, activation="relu", kernel_initializer=glorot(next(seed_of)))
            for _ in range(height)
        ]
        self.vertical = self.add_weight(
            shape=(VERTICAL, height), initializer=glorot(next(seed_of)), name="vertical"
        )
        self.dropout = layers.Dropout(dropout, seed=next(seed_of))
        self.out = layers.Dense(dim, kernel_initializer=normal(next(seed_of), 0.1))

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        b, l, dim = tf.shape(codes)[0], tf.shape(codes)[1], item_vectors.shape[1]
        x = tf.gather(item_vectors, codes)  # (b, l, dim)
        x = tf.pad(x, [[0, 0], [self.height - 1, 0], [0, 0]])  # (b, l + height - 1, dim)
        # Each position has an image of its own: its item and the height - 1 before it.
        shifted = [x[:, row : row + l] for row in range(self.height)]
        pictures = tf.reshape(tf.stack(shifted, 2), [b * l, self.height, dim])
        features = []
        for rows, filters in enumerate(self.horizontal, start=1):
            strips = [pictures[:, top : top + rows] for top in range(self.height - rows + 1)]
            strips = tf.reshape(tf.stack(strips, 1), [b * l, len(strips), rows * dim])
            features.append(tf.reduce_max(filters(strips), 1))  # (b l, n_filters)
        along = tf.matmul(self.vertical, pictures)  # (b l, 4, dim)
        features.append(tf.reshape(along, [b * l, VERTICAL * dim]))
        state = self.out(self.dropout(tf.concat(features, 1), training=training))  # (b l, dim)
        return tf.reshape(state, [b, l, dim])


@dataclass(eq=False, kw_only=True)
class Caser(NetworkRecommender):
    r"""Ranks items by filters over an image, whose rows are the vectors of the last items.

    Horizontal filters cover the whole vectors of 1 to `height` items in a row; each returns its
    largest value over the image. Four vertical filters return weighted sums of the rows.

    What differs from the paper: there is no user vector, which new users would not have; the loss
    is the softmax over all items, where the paper's is "bce"; output vectors are those of the
    input; the last layer has no activation; every position of a history is a target; and items are
    scored with the running average of the weights.

    All further parameters are those of `NetworkSettings`.

    Parameters
    ----------
    height
        How many items the filters read.
    n_filters
        Number of horizontal filters of each height.
    """

    height: int = 5
    n_filters: int = 16
    dropout: float = 0.3
    batch_size: int = 16

    def _network(self, n_items: int) -> CaserNetwork:
        return CaserNetwork(n_items, self.dim, self.height, self.n_filters, self.dropout, self.seed)
