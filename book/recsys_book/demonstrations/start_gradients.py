"""How large gradients are before training, with states normalised before a part or after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from recsys_helpers import HSTU
from recsys_helpers._types import F64
from recsys_helpers.recommenders.neural import losses
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.transformer import Encoder

N_ITEMS, LENGTH, N_HISTORIES = 200, 20, 8


def start_gradients(
    norm: Literal["pre", "post"], depths: Sequence[int], deviation: float, dim: int = 64
) -> F64:
    r"""Measure the gradient of the last block's last matrix in stacks of blocks before training.

    .. math:: \lVert \partial L / \partial W \rVert

    where L is the cross-entropy of random next items in random histories. A block is that of
    SASRec. Shallower stacks are the first blocks of the deepest.

    Parameters
    ----------
    norm
        Where states are normalised, as in `HSTU`.
    depths
        Numbers of blocks, shape (n,), at least 1 each.
    deviation
        Standard deviation of the initial weights of all matrices. The package's is 0.02; Keras
        would take about 0.1 for matrices of 64 rows.
    dim
        Length of the states.

    Returns
    -------
    F64
        The length of the gradient for each number of blocks, shape (n,).

    References
    ----------
    Xiong et al. (2020), "On layer normalization in the Transformer architecture", ICML.
    https://arxiv.org/abs/2002.04745
    """
    settings = HSTU(
        dim=dim, n_blocks=max(depths), norm=norm, attention="softmax", gate=False, forward=4 * dim
    )
    encoder = Encoder(settings, 0)
    rng = np.random.default_rng(0)
    items = rng.normal(0, 0.02, (N_ITEMS, dim)).astype(np.float32)
    inputs, targets = rng.integers(0, N_ITEMS, (2, N_HISTORIES, LENGTH), np.int32)
    films = tf.constant(items[inputs] * dim**0.5)  # (b, l, dim)
    visible = np.tri(LENGTH) > 0
    for block in encoder.blocks:
        block.call(films, visible)  # makes the weights; called without Keras, which traces it again
        for layer in (block.attention.project, block.attention.merge, block.widen, block.narrow):
            layer.kernel.assign(rng.normal(0, deviation, layer.kernel.shape))
    sizes = []
    for depth in depths:
        with tf.GradientTape() as tape:
            x = films
            for block in encoder.blocks[:depth]:
                x = block.call(x, visible)
            x = x if encoder.norm is None else encoder.norm(x)
            states = tf.reshape(x, (-1, dim))  # (b l, dim)
            loss = tf.reduce_mean(losses.softmax(states, targets.ravel(), items))
        sizes.append(float(tf.norm(tape.gradient(loss, encoder.blocks[depth - 1].narrow.kernel))))
    return np.array(sizes)
