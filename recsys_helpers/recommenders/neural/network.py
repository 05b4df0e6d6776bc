"""What every network that reads histories has: item vectors, and a state after each item."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from recsys_helpers.recommenders.neural import losses
from recsys_helpers.recommenders.neural.backend import Tensor, keras, tf


class SequenceNetwork(keras.Model):
    """Turns the items of a history into states; a state scores an item by a dot product.

    A subclass writes `states`. One that does not use the table `items` as it is, but makes item
    vectors anew in each step, overrides `item_vectors` too.

    Attributes
    ----------
    items
        A vector for each item, shape (n_items, dim), learnt.
    known
        Which items a training step may take for wrong answers, shape (n_items,); None for all.
    n_times
        How many arrays of times `states` reads behind the rest, int64 and shape (b, l) each: 0, 1
        or 2, as in `sequences.windows`.
    fusible
        Whether XLA may compile its training step, for which no shape may depend on values.
    """

    known: Tensor | None = None
    n_times: int = 0
    fusible: bool = True

    def __init__(self, n_items: int, dim: int, seed: int) -> None:
        super().__init__()
        self.items = self.add_weight(shape=(n_items, dim), initializer=normal(seed), name="items")

    def item_vectors(self, training: bool = False) -> Tensor:
        """Return the item vectors, shape (n_items, dim)."""
        return self.items

    def cross_entropy(self, states: Tensor, targets: Tensor, item_vectors: Tensor) -> Tensor:
        """Return the loss "softmax" of states (m, dim), whose next items are `targets` (m,)."""
        return losses.softmax(states, targets, item_vectors, self.known)

    def states(self, codes: Tensor, item_vectors: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim).

        No state depends on a later item.
        """
        raise NotImplementedError

    def call(self, codes: Tensor, training: bool = False) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim)."""
        return self.states(codes, self.item_vectors(training), training)

    @cached_property
    def last_states(self) -> Any:
        """Compiled: codes (b, l), lengths (b,), item vectors → states after the last item (b, dim).

        Behind them stand the times that `states` reads. Shapes are left open, so that all batches
        share one graph.
        """

        def compute(codes: Tensor, lengths: Tensor, item_vectors: Tensor, *times: Tensor) -> Tensor:
            states = self.states(codes, item_vectors, False, *times)  # (b, l, dim)
            return tf.gather(states, lengths - 1, batch_dims=1)  # (b, dim)

        signature = [
            tf.TensorSpec([None, None], tf.int32),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec(self.items.shape, tf.float32),
            *[tf.TensorSpec([None, None], tf.int64)] * self.n_times,
        ]
        return tf.function(compute, input_signature=signature)


def seeds(seed: int) -> Iterator[int]:
    """Return as many different seeds as layers ask for, all from one."""
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.integers(2**31))


def normal(seed: int, deviation: float = 0.02) -> Any:
    """Return an initializer: normal numbers, cut at two deviations."""
    return keras.initializers.TruncatedNormal(stddev=deviation, seed=seed)
