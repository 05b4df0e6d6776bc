"""The attention weights that a fitted SASRec tells are those that its layers compute."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_helpers import SASRec, leave_last_out, synthetic
from recsys_helpers.recommenders.neural.attention import SelfAttention
from recsys_helpers.recommenders.neural.backend import tf

SPLIT = leave_last_out(
    synthetic(n_users=40, n_items=30, mean_length=12, seed=4).interactions, n_valid=1, n_test=1
)


@pytest.fixture(scope="module")
def model() -> SASRec:
    """Fit a small model with two blocks of two heads."""
    return SASRec(dim=8, n_heads=2, max_len=6, epochs=1, batch_size=64).fit(SPLIT.train)


def test_weights_sum_to_one_over_the_past_and_leave_padding_out(model: SASRec) -> None:
    weights, lengths = model.attention(model.histories([[3, 1, 4], [2], [], list(range(1, 10))]))
    assert weights.shape == (4, 2, 2, 6, 6)
    assert lengths.tolist() == [3, 1, 0, 6]
    assert not np.triu(weights, 1).any()
    real = np.arange(6) < lengths[:, None]
    np.testing.assert_allclose(weights.sum(-1), real[:, None, None] * np.ones((1, 2, 2, 1)), 1e-5)


def test_weights_are_those_of_each_block(model: SASRec) -> None:
    histories = model.histories([[3, 1, 4, 1, 5]])
    weights, _ = model.attention(histories)
    network = model.network
    x = network.items.numpy()[histories[0]] * 8**0.5
    for number, block in enumerate(network.blocks):
        inner = block.attention
        _, v = inner.weights_of(block.before_attention(x[None]))
        found = np.swapaxes(weights[:, number] @ v.numpy(), 1, 2).reshape(1, 5, 8)
        expected = inner(block.before_attention(x[None])).numpy()
        np.testing.assert_allclose(inner.merge(found).numpy(), expected, rtol=1e-4, atol=1e-6)
        x = block(x[None]).numpy()[0]


def test_many_histories_are_read_in_parts(model: SASRec) -> None:
    histories = model.histories([[3, 1, 4], [2]] * 150)
    weights, lengths = model.attention(histories)
    np.testing.assert_allclose(weights[298], weights[0], rtol=1e-5)
    assert len(lengths) == 300


def test_no_history_gives_no_weights(model: SASRec) -> None:
    weights, lengths = model.attention(model.histories([]))
    assert weights.shape == (0, 2, 2, 1, 1)
    assert lengths.shape == (0,)


def test_a_head_adds_its_bias_for_the_distance(model: SASRec) -> None:
    """Where queries and keys are zero, attention weights are a softmax over the distance biases."""
    layer = SelfAttention(dim=4, n_heads=2, max_len=4, dropout=0.0, seed=0)
    x = tf.ones((1, 3, 4))
    layer(x)
    layer.project.set_weights([np.zeros((4, 12)), np.zeros(12)])
    layer.distances.assign(np.log([[1, 1], [2, 1], [5, 1], [9, 1]]))
    first, second = layer.weights_of(x)[0].numpy()[0]
    np.testing.assert_allclose(first, [[1, 0, 0], [2 / 3, 1 / 3, 0], [5 / 8, 2 / 8, 1 / 8]], 1e-5)
    np.testing.assert_allclose(second, [[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3] * 3], 1e-5)
