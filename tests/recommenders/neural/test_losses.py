"""Losses equal what is computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from recsys_helpers.recommenders.neural import losses


def some_states() -> tuple:
    rng = np.random.default_rng(7)
    states, items = rng.normal(size=(5, 4)), rng.normal(size=(9, 4))
    wanted = np.array([0, 3, 8, 3, 1], np.int32)
    return states.astype(np.float32), wanted, items.astype(np.float32)


def test_softmax_by_hand() -> None:
    states, wanted, items = some_states()
    logits = states @ items.T
    expected = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(5), wanted]
    np.testing.assert_allclose(losses.softmax(states, wanted, items), expected, rtol=1e-5)


def test_sampled_softmax_over_every_item_is_the_softmax() -> None:
    states, wanted, items = some_states()
    every, same = np.arange(9, dtype=np.int32), np.full(9, np.log(1 / 9), np.float32)
    got = losses.sampled_softmax(states, wanted, items, every, same)
    np.testing.assert_allclose(got, losses.softmax(states, wanted, items), rtol=1e-5)


def test_log_q_makes_the_sampled_softmax_right_on_average() -> None:
    """With popular items drawn more often, only the correction keeps the denominator unbiased."""
    states, _, items = some_states()
    share = np.argsort(np.argsort(-(states[0] @ items.T))) + 1.0  # the worst are drawn most
    share /= share.sum()
    drawn = np.random.default_rng(0).choice(9, 200_000, p=share)
    logits = states[0] @ items.T
    corrected = np.exp(logits[drawn] - np.log(share[drawn])).mean()
    assert corrected == pytest.approx(np.exp(logits).sum(), rel=0.02)
    assert np.exp(logits[drawn]).mean() * 9 < 0.9 * np.exp(logits).sum()


def test_bce_by_hand() -> None:
    states, wanted, items = some_states()
    drawn = np.random.default_rng(1).integers(0, 9, (5, 3)).astype(np.int32)
    right = (states * items[wanted]).sum(axis=1)
    wrong = np.einsum("md,mnd->mn", states, items[drawn])
    expected = -np.log(expit(right)) - np.log(1 - expit(wrong)).mean(axis=1)
    np.testing.assert_allclose(losses.bce(states, wanted, items, drawn), expected, rtol=1e-4)


@pytest.mark.parametrize("loss", losses.LOSSES)
def test_unknown_items_are_no_wrong_answers(loss: str) -> None:
    """A loss with a mask is that without these items, whatever their vectors are."""
    states, targets, items = some_states()
    known = ~np.isin(np.arange(9), [4, 7])
    drawn = np.array([[2, 4, 5, 7]] * 5, np.int32)
    log_q = np.linspace(-3, -1, 9, dtype=np.float32)
    huge = np.where(known[:, None], items, 100 * items).astype(np.float32)
    if loss == "softmax":
        got = losses.softmax(states, targets, huge, known)
        renumbered = np.cumsum(known) - 1
        expected = losses.softmax(states, renumbered[targets].astype(np.int32), items[known])
    elif loss == "sampled_softmax":
        got = losses.sampled_softmax(states, targets, huge, drawn[0], log_q, known)
        expected = losses.sampled_softmax(states, targets, items, drawn[0, ::2], log_q)
    else:
        got = losses.bce(states, targets, huge, drawn, known)
        expected = losses.bce(states, targets, items, drawn[:, ::2])
        answer = np.log1p(np.exp(-(states * items[targets]).sum(axis=1)))
        expected = answer + (expected.numpy() - answer) / 2  # two of the four answer nothing
    np.testing.assert_allclose(got, expected, rtol=1e-4)
