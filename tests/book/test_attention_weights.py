"""Forced attention weights, hidden films, and the two mistakes of the chapter on self-attention."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from recsys_book.demonstrations.attention_mistakes import SASRecWithoutMask, reading_last_column
from recsys_book.demonstrations.attention_weights import (
    by_distance,
    hide_each_film,
    reweighted,
    uniform,
)
from recsys_helpers import SASRec, leave_last_out, synthetic
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.backend import tf

SPLIT = leave_last_out(
    synthetic(n_users=40, n_items=30, mean_length=12, seed=4).interactions, n_valid=1, n_test=1
)
SMALL = {"dim": 8, "n_heads": 2, "max_len": 6, "epochs": 2, "batch_size": 8, "learning_rate": 0.02}
windows_of = st.lists(st.integers(0, 29), min_size=2, max_size=6)


@pytest.fixture(scope="module")
def model() -> SASRec:
    """Fit a small model with two blocks of two heads."""
    return SASRec(**SMALL).fit(SPLIT.train)


@pytest.fixture(scope="module")
def one_block() -> SASRec:
    """Fit a small model with one block."""
    return SASRec(**SMALL, n_blocks=1).fit(SPLIT.train)


def test_weights_that_stay_give_the_same_scores(model: SASRec) -> None:
    histories = SPLIT.test.histories
    before = model.score(histories)
    same = reweighted(model, lambda weights, _: weights)
    np.testing.assert_allclose(same.score(histories), before, atol=1e-6)
    even = reweighted(model, uniform)
    assert not np.allclose(even.score(histories), before, atol=1e-5)
    np.testing.assert_array_equal(model.score(histories), before)


def test_uniform_weights_are_a_mean_of_the_past(model: SASRec) -> None:
    weights, _ = reweighted(model, uniform).attention(model.histories([[3, 1, 4, 1]]))
    expected = np.tril(np.ones((4, 4))) / np.arange(1, 5)[:, None]
    np.testing.assert_allclose(weights[0], np.broadcast_to(expected, (2, 2, 4, 4)), 1e-6)


def test_weights_by_distance_are_a_softmax_of_the_biases_whatever_the_films(model: SASRec) -> None:
    forced = reweighted(model, by_distance)
    weights, _ = forced.attention(model.histories([[3, 1, 4, 1], [9, 8, 7, 6]]))
    np.testing.assert_allclose(weights[0], weights[1], 1e-6)
    for number, block in enumerate(model.network.blocks):
        biases = block.attention.distances.numpy()
        assert np.abs(biases).max() > 0
        for t in range(4):
            e = np.exp(biases[t::-1])  # (t + 1, heads), oldest first
            expected = (e / e.sum(axis=0)).T
            np.testing.assert_allclose(weights[0, number, :, t, : t + 1], expected, 1e-5)
    assert not np.triu(weights, 1).any()


def by_hand(model: SASRec, window: np.ndarray, hidden: int | None) -> np.ndarray:
    """Compute the probabilities of a model with one block, for the last position alone."""
    (block,) = model.network.blocks
    x = model.network.items.numpy()[window] * model.dim**0.5  # (l, dim)
    weights, values = (
        part.numpy()[0] for part in block.attention.weights_of(block.before_attention(x[None]))
    )
    last = weights[:, -1].copy()  # (heads, l)
    if hidden is not None:
        last[:, hidden] = 0
    last /= last.sum(axis=1, keepdims=True)
    heads = np.concatenate([w @ v for w, v in zip(last, values, strict=True)])  # (dim,)
    state = x[-1] + block.attention.merge(heads[None]).numpy()[0]
    state += block.narrow(block.widen(block.before_forward(state[None]))).numpy()[0]
    logits = model.network.items.numpy() @ model.network.norm(state[None]).numpy()[0]
    return tf.nn.softmax(logits).numpy()


@settings(max_examples=5, deadline=None)
@given(window=windows_of)
def test_hiding_a_film_takes_its_weight_away(one_block: SASRec, window: list[int]) -> None:
    codes = np.array(window, np.int32)
    (effects,) = hide_each_film(one_block, codes[None])
    whole = by_hand(one_block, codes, None)
    for film, effect in enumerate(effects):
        moved = np.abs(by_hand(one_block, codes, film) - whole).sum() / 2
        assert effect == pytest.approx(moved, abs=1e-5)


def test_a_film_is_hidden_in_every_block(model: SASRec) -> None:
    windows = np.array([[3, 1, 4, 1, 5, 9], [2, 7, 1, 8, 2, 8]], np.int32)
    effects = hide_each_film(model, windows)
    assert effects.shape == (2, 5)
    assert ((effects > 0) & (effects < 1)).all()
    hidden = np.array([[0, 1, 4, 1, 5, 9]], np.int32)  # another film where one is hidden …
    blind = np.ones((6, 6), np.float32)
    blind[1:, 0] = 0
    without_first = reweighted(model, lambda weights, _: weights * blind)
    one, other = (without_first.network(x)[0, -1].numpy() for x in (windows[:1], hidden))
    np.testing.assert_allclose(one, other, atol=1e-6)  # … changes nothing
    np.testing.assert_allclose(hide_each_film(model, windows[1:]), effects[1:], atol=1e-6)


@pytest.mark.parametrize("shape", [(4,), (2, 1), (2, 7)])
def test_windows_that_do_not_fit_are_refused(model: SASRec, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"a table of 2 to 6 films a row, not of shape"):
        hide_each_film(model, np.zeros(shape, np.int32))


def test_without_the_mask_the_future_is_read() -> None:
    masked, unmasked = (kind(**SMALL).fit(SPLIT.train) for kind in (SASRec, SASRecWithoutMask))
    one, other = np.array([[3, 1, 4]], np.int32), np.array([[3, 1, 5]], np.int32)
    for model, reads in ((masked, False), (unmasked, True)):
        first = [model.network(x)[0, 0].numpy() for x in (one, other)]
        assert np.array_equal(*first) is not reads
    weights, _ = unmasked.attention(unmasked.histories([[3, 1, 4]]))
    np.testing.assert_allclose(weights.sum(axis=-1), 1, 1e-5)
    assert (weights > 0).all()


def test_the_last_column_is_right_only_for_full_windows(model: SASRec) -> None:
    histories = model.histories([[3, 1, 4], [1, 2, 3, 4, 5, 6, 7]])
    right, wrong = model.score(histories), reading_last_column(model).score(histories)
    np.testing.assert_allclose(wrong[1], right[1], atol=1e-5)
    assert not np.allclose(wrong[0], right[0], atol=1e-3)
    codes, _ = sequences.last_window(histories, model.max_len)
    last = model.network(codes)[:, -1].numpy() @ model.network.items.numpy().T
    np.testing.assert_allclose(wrong, last, atol=1e-5)
