"""Dilated causal convolution over a history: NextItNet.

Yuan, Karatzoglou, Arapakis, Jose and He (2019), "A simple convolutional generative network for
next item recommendation", WSDM. https://doi.org/10.1145/3289600.3290975
"""

from __future__ import annotations

from dataclasses import dataclass

from recsys_helpers import _arguments
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork, normal, seeds
from recsys_helpers.recommenders.neural.recommender import NetworkRecommender

layers = keras.layers


class ResidualBlock(keras.layers.Layer):
    """Two causal convolutions, the second with twice the dilation, added to the block's input."""

    def __init__(self, dim: int, kernel: int, dilation: int, dropout: float, seed: int) -> None:
        super().__init__()
        seed_of = seeds(seed)
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.convolutions = [
            layers.Conv1D(
                dim,
                kernel,
                padding="causal",
                dilation_rate=rate,
                kernel_initializer=keras.initializers.GlorotUniform(next(seed_of)),
            )
            for rate in (dilation, 2 * dilation)
        ]
        self.dropout = layers.Dropout(dropout, seed=next(seed_of))

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Return new states for states x (b, l, dim), shape (b, l, dim)."""
        change = x
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            change = tf.nn.relu(norm(convolution(change)))  # (b, l, dim)
        return x + self.dropout(change, training=training)


class NextItNetNetwork(SequenceNetwork):
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
        seed_of = seeds(seed)
        super().__init__(n_items, dim, next(seed_of))
        self.before = layers.Dropout(dropout, seed=next(seed_of))
        self.blocks = [
            ResidualBlock(dim, kernel, rate, dropout, next(seed_of)) for rate in dilations
        ]
        self.after = layers.Dropout(dropout, seed=next(seed_of))
        self.out = layers.Dense(dim, kernel_initializer=normal(next(seed_of), 0.1))

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        x = tf.gather(item_vectors, codes) * item_vectors.shape[1] ** 0.5  # (b, l, dim)
        x = self.before(x, training=training)
        for block in self.blocks:
            x = block(x, training=training)
        return self.out(self.after(x, training=training))  # (b, l, dim)


@dataclass(eq=False, kw_only=True)
class NextItNet(NetworkRecommender):
    r"""Ranks items by a network of dilated causal convolutions over the last `max_len` items.

    .. math:: c_t = b + \sum_{m=0}^{k-1} W_m^\top x_{t - m r}, \qquad s_j = e_j^\top h_n

    where :math:`c_t` is a convolution with kernel size k and dilation r, and :math:`h_n` the state
    after the last item. The receptive field of a position is :math:`1 + \sum_r (k - 1)(r + 2r)`
    items, its own included.

    As in the paper: residual blocks of two dilated causal convolutions, each normalised before its
    ReLU, and a softmax over all items. What differs: output vectors are those of the input,
    after one linear layer, and there is dropout. Items are scored with the running average of the
    weights.

    All further parameters are those of `NetworkSettings`.

    Parameters
    ----------
    kernel
        How many items one filter reads.
    dilations
        The gap between these items, for each residual block; its second convolution doubles it.
    """

    kernel: int = 3
    dilations: tuple[int, ...] = (1, 4)
    dropout: float = 0.3
    batch_size: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.sequence("dilations", self.dilations)
        self.dilations = tuple(self.dilations)
        for dilation in self.dilations:
            _arguments.whole("each of dilations", dilation, 1)

    def _network(self, n_items: int) -> NextItNetNetwork:
        return NextItNetNetwork(
            n_items, self.dim, self.kernel, self.dilations, self.dropout, self.seed
        )
