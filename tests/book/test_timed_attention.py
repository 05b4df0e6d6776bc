"""What a fitted HSTU attends to, and what its time biases alone would give."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.timed_attention import timed_attention
from recsys_helpers import HSTU, leave_last_out, synthetic

SPLIT = leave_last_out(
    synthetic(n_users=40, n_items=30, mean_length=12, seed=4).interactions, n_valid=1, n_test=1
)
SMALL = {"dim": 8, "n_heads": 2, "n_blocks": 1, "max_len": 6, "epochs": 2, "batch_size": 8}


def fitted(**changes: object) -> HSTU:
    model = HSTU(**SMALL | {"attention": "softmax", "time": "gaps"} | changes).fit(SPLIT.train)
    attention = model.network.encoder.blocks[0].attention
    biases = np.random.default_rng(1).normal(size=attention.gaps.shape)
    attention.gaps.assign(biases)
    return model


@pytest.mark.parametrize("changes", [{}, {"time": "asked"}, {"norm": "post", "gate": False}])
def test_the_weights_are_those_that_the_network_uses(changes: dict) -> None:
    model = fitted(**changes)
    histories = SPLIT.test.histories
    weights, by_time, buckets, lengths = timed_attention(model, histories)
    n, width = len(histories), lengths.max()
    assert weights.shape == by_time.shape == (n, 2, width, width)
    assert np.array_equal(lengths, np.minimum(histories.lengths, 6))
    np.testing.assert_allclose(weights.sum(axis=-1), 1, 1e-5)
    assert not np.triu(weights, 1).any()
    (block,) = model.network.encoder.blocks
    row = int(lengths.argmax())
    items, times = histories[row][-6:], histories.take([row]).times[-6:]
    now = np.append(times[1:], histories.at[row]) if changes.get("time") == "asked" else times
    expected = [[int(max(b - a, 0)).bit_length() for a in times] for b in now]
    assert buckets[row].tolist() == expected
    x = model.network.items.numpy()[items][None] * 8**0.5  # (1, l, dim)
    inside = block.attention_norm(x) if block.pre_norm else x
    of_block, _ = block.attention.weights_of(inside, np.tri(6) > 0, np.array([expected]))
    np.testing.assert_allclose(weights[row], of_block[0], rtol=1e-4, atol=1e-6)


def test_by_time_alone_is_a_softmax_of_the_biases() -> None:
    model = fitted()
    _, by_time, buckets, lengths = timed_attention(model, SPLIT.test.histories)
    biases = model.network.encoder.blocks[0].attention.gaps.numpy()  # (n_buckets, heads)
    row = int(lengths.argmax())
    for t in range(lengths[row]):
        e = np.exp(biases[buckets[row, t, : t + 1]])  # (t + 1, heads)
        np.testing.assert_allclose(by_time[row, :, t, : t + 1], (e / e.sum(axis=0)).T, 1e-5)


@pytest.mark.parametrize("changes", [{"time": "none"}, {"attention": "pointwise"}])
def test_what_has_no_times_or_no_softmax_is_refused(changes: dict) -> None:
    model = HSTU(**SMALL | {"attention": "softmax", "time": "gaps"} | changes)
    with pytest.raises(ValueError, match="needs an HSTU with times and softmax attention"):
        timed_attention(model, SPLIT.test.histories)
