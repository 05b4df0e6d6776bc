"""Attention in both directions, trained to fill gaps: BERT4Rec.

Sun et al. (2019), "BERT4Rec: sequential recommendation with bidirectional encoder representations
from Transformer", CIKM. https://doi.org/10.1145/3357384.3357895
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import F32
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.backend import Tensor, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork, normal, seeds
from recsys_helpers.recommenders.neural.transformer import Encoder, TransformerRecommender

PADDING = sequences.NO_TARGET
"""The code of padding, which no position sees."""


class BERT4RecNetwork(SequenceNetwork):
    """Item vectors and one for the mask, and blocks that see both sides.

    The code of the mask is the number of items.
    """

    def __init__(self, n_items: int, settings: BERT4Rec) -> None:
        seed_of = seeds(settings.seed)
        super().__init__(n_items, settings.dim, next(seed_of))
        self.mask = self.add_weight(
            shape=(1, settings.dim), initializer=normal(next(seed_of)), name="mask"
        )
        self.encoder = Encoder(settings, next(seed_of))

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states at each position of codes (b, l), shape (b, l, dim)."""
        vectors = tf.concat([item_vectors, self.mask], axis=0)  # (n_items + 1, dim)
        x = tf.gather(vectors, tf.maximum(codes, 0)) * vectors.shape[1] ** 0.5  # (b, l, dim)
        visible = (codes != PADDING)[:, None, None]  # (b, 1, 1, l)
        return self.encoder(x, visible, training=training)  # (b, l, dim)


@dataclass(eq=False, kw_only=True)
class BERT4Rec(TransformerRecommender):
    r"""Ranks items by how well they fill a gap behind the last item.

    .. math:: s_j = e_j^\top h_{n + 1}

    where :math:`h_{n + 1}` is the network's state at a mask behind the last `max_len` − 1 items,
    and :math:`e_j` the vector of item j. In training some items of each window are replaced by a
    mask, and the network learns to predict them from the items before and after; it never sees the
    item that it predicts.

    As in the paper: attention in both directions, masks drawn anew in each epoch, some windows with
    only their last item masked, a softmax over all items, item vectors tied to the output. What
    differs:

    - states are normalised before attention and feed-forward network, with one head; the paper's
      ``norm="post"`` and ``n_heads=2`` are settings;
    - order is known by a learnt bias for each distance, before or after, not by position vectors;
    - states are compared with item vectors directly; the paper has one more layer and a bias for
      each item;
    - histories are cut into windows anew in each epoch, neighbouring windows share one item, and
      each window has at least one mask;
    - items are scored with the running average of the weights.

    Only masked items are targets, so it learns less from an epoch than SASRec and needs more. All
    further parameters are those of `TransformerRecommender` and `NetworkSettings`.

    Parameters
    ----------
    masked
        Share of the items of a window that are masked, 0.2 in the paper for MovieLens.
    last_only
        Share of windows in which only the last item is masked, as it is when lists are made.
    """

    causal = False

    masked: float = 0.2
    last_only: float = 0.1
    epochs: int = 200
    patience: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.whole("max_len", self.max_len, 2)
        _arguments.fraction("masked", self.masked)
        _arguments.fraction("last_only", self.last_only)

    def _network(self, n_items: int) -> BERT4RecNetwork:
        return BERT4RecNetwork(n_items, self)

    def _windows(self, histories: Histories, rng: np.random.Generator) -> sequences.Windows:
        """Cut histories into windows of items, and hide some of these behind masks."""
        inputs, targets, lengths = sequences.windows(histories, self.max_len - 1, rng)
        items = np.column_stack([inputs[:, 0], targets])  # (n, max_len), padded with PADDING
        position = np.arange(self.max_len)
        draws = np.where(position <= lengths[:, None], rng.random(items.shape), 1.0)
        hidden = draws < self.masked
        hidden |= draws == draws.min(axis=1, keepdims=True)  # at least one
        only = rng.random(len(items)) < self.last_only
        hidden[only] = position == lengths[only, None]
        inputs = np.where(hidden, histories.catalogue.n_items, items)
        return inputs, np.where(hidden, items, sequences.NO_TARGET), lengths + 1

    def _score(self, histories: Histories) -> F32:
        items, lengths = sequences.last_window(histories, self.max_len - 1)
        codes = np.pad(items, ((0, 0), (0, 1)))  # (n, width + 1)
        behind = np.arange(codes.shape[1]) - lengths[:, None]  # 0 right behind the last item
        codes[behind == 0] = self.catalogue.n_items  # the mask
        codes[behind > 0] = PADDING
        return self._scores_after(codes, lengths + 1)
