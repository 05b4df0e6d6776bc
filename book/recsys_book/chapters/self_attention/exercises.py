"""Checks of the exercises of chapter 3.1.3, Self-attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check
from recsys_helpers._types import F64

Array = NDArray[Any]


def check_1(answer: Callable[[F64, F64, F64], F64]) -> None:
    """Check causal scaled dot-product attention.

    Parameters
    ----------
    answer
        ``answer(q, k, v)`` gives what each position finds among itself and the earlier ones, shape
        (l, d_v), for queries and keys of shape (l, d) and values of shape (l, d_v).

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    zero, one = np.zeros((2, 1)), np.ones((2, 1))
    v = np.array([[1.0, 0.0], [0.0, 1.0]])
    four = np.full((2, 4), 1.0)
    four[1] = -1.0
    rng = np.random.default_rng(3)
    q, k, w = rng.normal(size=(3, 5, 4))
    big = 100 * one
    check(
        answer,
        [
            (
                (zero, zero, v),
                [[1, 0], [0.5, 0.5]],
                "The first position sees only itself; equal dot products give equal weights.",
            ),
            (
                (four[:1], four[:1], 7 * v[:1]),
                [[7, 0]],
                "A history of one film finds its own value, whatever the dot product.",
            ),
            (
                (four, four, v),
                [[1, 0], [1 / (1 + np.e**4), 1 / (1 + np.e**-4)]],
                "Divide dot products by √d, where d is the length of a query, here 4.",
            ),
            (
                (big, big, v),
                [[1, 0], [0.5, 0.5]],
                "Large dot products overflow: subtract the largest of a row before exp.",
            ),
            (
                (q, k, w),
                _attention(q, k, w),
                "Rows are positions that look: mask what comes later, then normalise each row.",
            ),
        ],
    )


def _attention(q: F64, k: F64, v: F64) -> F64:
    found = np.empty((len(q), v.shape[1]))
    for t in range(len(q)):
        logits = k[: t + 1] @ q[t] / np.sqrt(q.shape[1])
        weights = np.exp(logits - logits.max())
        found[t] = weights @ v[: t + 1] / weights.sum()
    return found


def check_2(answer: Callable[[int], F64]) -> None:
    """Check the causal weights where all keys are equal.

    Parameters
    ----------
    answer
        ``answer(l)`` gives the weights of l positions, shape (l, l).

    Raises
    ------
    AssertionError
        With a hint, if they are wrong.
    """
    check(
        answer,
        [
            ((1,), [[1.0]], "A single position has only itself to look at."),
            (
                (2,),
                [[1, 0], [0.5, 0.5]],
                "Equal keys give equal dot products, whatever the query: each row is even.",
            ),
            (
                (4,),
                np.tril(np.ones((4, 4))) / np.arange(1, 5)[:, None],
                "Position t, counted from zero, shares its look among t + 1 positions.",
            ),
        ],
    )


def check_3(answer: Callable[[int, int], tuple[int, int]]) -> None:
    """Check the multiplications of one block.

    Parameters
    ----------
    answer
        ``answer(l, d)`` gives the multiplications on pairs of positions, and on single positions.

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    check(
        answer,
        [
            (
                (1, 1),
                (2, 12),
                "With one position and one number: a product of query and key, one of weight and "
                "value; three projections, a merge, four times wider, four times narrower.",
            ),
            ((10, 1), (200, 120), "Each of the l positions is paired with each, masked or not."),
            ((1, 10), (20, 1200), "A dense layer from d to d numbers multiplies d² times."),
            ((384, 64), (18_874_368, 18_874_368), "At l = 6 d both are equal."),
        ],
    )


def check_4(answer: Callable[[Array, Array], Array]) -> None:
    """Check the states at the last real position of a batch padded on the right.

    Parameters
    ----------
    answer
        ``answer(states, lengths)`` gives shape (n, d) for states of shape (n, l, d).

    Raises
    ------
    AssertionError
        With a hint, if a state is another one.
    """
    states = np.arange(24.0).reshape(3, 4, 2)
    check(
        answer,
        [
            (
                (states[:1], np.array([4])),
                [[6, 7]],
                "A full history ends at the last place, l − 1.",
            ),
            (
                (states[:1], np.array([1])),
                [[0, 1]],
                "With one film the answer stands at place 0; all behind it is padding.",
            ),
            (
                (states, np.array([2, 4, 3])),
                [[2, 3], [14, 15], [20, 21]],
                "Each history has its own length: take place lengths − 1 from each, row by row.",
            ),
        ],
    )
