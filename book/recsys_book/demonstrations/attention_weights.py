"""A fitted SASRec with other attention weights than it learnt, and what each film contributes."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from recsys_helpers import SASRec
from recsys_helpers._types import F32, I32
from recsys_helpers.recommenders.neural.attention import SASRecNetwork, SelfAttention
from recsys_helpers.recommenders.neural.backend import Tensor, tf

Change = Callable[[Tensor, Tensor], Tensor]


def reweighted(model: SASRec, change: Change) -> SASRec:
    """Return a copy of a fitted model whose attention weights are changed, without training.

    Parameters
    ----------
    model
        A fitted `SASRec`.
    change
        ``change(weights, biases)`` takes the attention weights of a layer, shape (b, heads, l, l),
        and its distance biases, shape (max_len, heads). It returns new weights of the same shape,
        not negative; each row is then divided by its sum.

    Returns
    -------
    SASRec
        It has the same parameters; the model that was given stays as it is.
    """

    class Reweighted(SelfAttention):
        def weights_of(self, x: Tensor) -> tuple[Tensor, Tensor]:
            weights, values = super().weights_of(x)
            if x.shape[1] == 1:  # a film on its own can only attend to itself
                return weights, values
            changed = change(weights, self.distances)
            return changed / tf.reduce_sum(changed, axis=-1, keepdims=True), values

    network = SASRecNetwork(model.catalogue.n_items, model, Reweighted)
    network(np.zeros((1, 1), np.int32))  # makes the weights
    network.set_weights(model.network.get_weights())
    other = copy.copy(model)
    other.network = network
    return other


def uniform(weights: Tensor, biases: Tensor) -> Tensor:
    """Return equal weights for a position and all before it.

    Parameters
    ----------
    weights, biases
        As `reweighted` gives them.

    Returns
    -------
    Tensor
        Shape (b, heads, l, l): one for the past, zero for the future.

    Examples
    --------
    >>> uniform(tf.zeros((1, 1, 3, 3)), tf.zeros((3, 1))).numpy()[0, 0].tolist()
    [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
    """
    return tf.linalg.band_part(tf.ones_like(weights), -1, 0)


def by_distance(weights: Tensor, biases: Tensor) -> Tensor:
    """Return the weights that the distance biases alone would give, as if all dot products were 0.

    Parameters
    ----------
    weights, biases
        As `reweighted` gives them.

    Returns
    -------
    Tensor
        Shape (b, heads, l, l); rows do not sum to 1 yet.

    Examples
    --------
    >>> twice_as_much_one_back = tf.math.log([[1.0], [2.0], [1.0]])
    >>> by_distance(tf.zeros((1, 1, 3, 3)), twice_as_much_one_back).numpy()[0, 0].round(3).tolist()
    [[1.0, 0.0, 0.0], [2.0, 1.0, 0.0], [1.0, 2.0, 1.0]]
    """
    position = tf.range(tf.shape(weights)[-1])
    distance = tf.maximum(position[:, None] - position, 0)  # (l, l)
    of_each_pair = tf.transpose(tf.gather(biases, distance), [2, 0, 1])  # (heads, l, l)
    return uniform(weights, biases) * tf.exp(of_each_pair)


def hide_each_film(model: SASRec, windows: I32) -> F32:
    """Measure how far the recommendation moves when one film of a history is hidden.

    A hidden film gets no weight from any other position, in any block; all films keep their
    positions. Its effect is the share of probability that moves: half the sum of the absolute
    differences of the probabilities of all films.

    Parameters
    ----------
    model
        A fitted `SASRec`.
    windows
        Item codes, shape (n, l), oldest first, without padding; l lies between 2 and `max_len`.

    Returns
    -------
    F32
        Shape (n, l − 1): the effect of each film but the last, between 0 and 1.

    Raises
    ------
    ValueError
        If `windows` is no table of 2 to `max_len` columns.
    """
    if windows.ndim != 2 or not 2 <= windows.shape[1] <= model.max_len:
        raise ValueError(
            f"windows must be a table of 2 to {model.max_len} films a row, not of shape "
            f"{windows.shape}"
        )
    length = windows.shape[1]
    itself = np.eye(length, dtype=np.float32)
    # In copy c of a history, column c is hidden from every row but its own; in the last, nothing.
    visible = np.maximum(1 - itself[:, None], itself)  # (copies, l, l)
    visible[-1] = 1
    hiding = reweighted(model, lambda weights, _: weights * visible[:, None])
    item_vectors = model.network.items.numpy()
    effects = np.empty((len(windows), length - 1), np.float32)
    for row, window in enumerate(windows):
        states = hiding.network(np.tile(window, (length, 1)))[:, -1].numpy()  # (copies, dim)
        probabilities = tf.nn.softmax(states @ item_vectors.T).numpy()  # (copies, n_items)
        effects[row] = np.abs(probabilities[:-1] - probabilities[-1]).sum(axis=1) / 2
    return effects
