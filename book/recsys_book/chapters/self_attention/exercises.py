"""Checks of the exercises of chapter 3.1.3, Self-attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check
from recsys_helpers._types import F64, I64, Bool

Array = NDArray[Any]


def check_1(answer: Callable[[F64, F64, F64, int], F64]) -> None:
    """Check causal attention with several heads.

    Parameters
    ----------
    answer
        ``answer(q, k, v, n_heads)`` gives the results of all heads side by side, shape (l, d), for
        queries, keys and values of shape (l, d).

    Raises
    ------
    AssertionError
        With a hint, if they are wrong.
    """
    zero, signs = np.zeros((2, 2)), np.array([[1.0] * 4, [-1.0] * 4])
    identity = np.array([[1.0, 0.0], [0.0, 1.0]])
    numbers = np.arange(8.0).reshape(2, 4)
    one, many, huge = (np.array([[1.0], [last]]) for last in (40.0, 1000.0, 316.0))
    one[0] = 20.0
    against, column = np.array([[-316.0], [316.0]]), np.array([[5.0], [7.0]])
    rng = np.random.default_rng(3)
    q, k, v = rng.normal(size=(3, 5, 4))
    wide_q, wide_k, wide_v = rng.normal(size=(3, 4, 6))
    own_largest = (
        "Large logits overflow, and cut off they all look alike: subtract the largest of each row "
        "before exp."
    )
    check(
        answer,
        [
            (
                (zero, zero, identity, 1),
                [[1, 0], [0.5, 0.5]],
                "The first position sees only itself; equal dot products give equal weights.",
            ),
            (
                (signs[:1], signs[:1], numbers[:1], 2),
                [[0, 1, 2, 3]],
                "A history of one film gets its own value, whatever the dot products.",
            ),
            (
                (signs, signs, numbers, 1),
                _attention(signs, signs, numbers, 1),
                "With one head, divide dot products by √d, where d is the length of a query.",
            ),
            (
                (signs, signs, numbers, 2),
                _attention(signs, signs, numbers, 2),
                "A head has d / n_heads entries of each query: divide by the root of that.",
            ),
            ((one, one, column, 1), [[5], [7]], own_largest),
            (
                (many, many, column, 1),
                [[5], [7]],
                f"{own_largest} That of the whole matrix leaves nothing of the smaller rows.",
            ),
            ((huge, huge, column, 1), [[5], [7]], own_largest),
            (
                (against, -against, column, 1),
                [[5], [5]],
                "A position that is masked may have by far the largest logit: put minus infinity "
                "in its place. What you subtract is the largest of the rest, wherever it stands.",
            ),
            (
                (q, k, v, 2),
                _attention(q, k, v, 2),
                "Rows are positions that attend: mask what comes later, then normalise each row. "
                "Head number i takes the i-th run of neighbouring columns of q, k and v.",
            ),
            (
                (wide_q, wide_k, wide_v, 3),
                _attention(wide_q, wide_k, wide_v, 3),
                "Each head has weights of its own; lay their results side by side, in order.",
            ),
        ],
    )


def _attention(q: F64, k: F64, v: F64, n_heads: int) -> F64:
    found = np.empty_like(v)
    depth = q.shape[1] // n_heads
    for head in range(n_heads):
        columns = slice(head * depth, (head + 1) * depth)
        for t in range(len(q)):
            logits = k[: t + 1, columns] @ q[t, columns] / np.sqrt(depth)
            weights = np.exp(logits - logits.max())
            found[t, columns] = weights @ v[: t + 1, columns] / weights.sum()
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
            ((1,), [[1.0]], "A single position can only attend to itself."),
            (
                (2,),
                [[1, 0], [0.5, 0.5]],
                "Equal keys give equal dot products, whatever the query: the weights of a row "
                "are equal.",
            ),
            (
                (4,),
                np.tril(np.ones((4, 4))) / np.arange(1, 5)[:, None],
                "Position t, counted from zero, divides its weight among t + 1 positions.",
            ),
        ],
    )


def check_3(answer: Callable[[int, int], tuple[int, int]]) -> None:
    """Check the multiplications for the last state of one block.

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
                "With one position and d = 1: a product of query and key, one of weight and value; "
                "three projections, a merge, four to widen, four to narrow.",
            ),
            (
                (10, 1),
                (20, 30),
                "Only the last position attends, to all l. It needs keys and values of all "
                "positions, but one query, one merge and one pass through the wide layer.",
            ),
            ((1, 10), (20, 1200), "A dense layer from d to d numbers multiplies d² times."),
            ((50, 64), (6_400, 450_560), "Pairs grow with l d, single positions with l d² and d²."),
        ],
    )


def check_4(answer: Callable[[I64, int], Bool]) -> None:
    """Check which positions may attend to which in a batch that is padded on the left.

    Parameters
    ----------
    answer
        ``answer(lengths, width)`` gives a Boolean array of shape (n, width, width).

    Raises
    ------
    AssertionError
        With a hint, if a pair of positions is wrong.
    """
    check(
        answer,
        [
            (
                (np.array([3]), 3),
                [np.tri(3) > 0],
                "A full history has no padding: each position attends to itself and the past.",
            ),
            (
                (np.array([1]), 2),
                [[[False, False], [False, True]]],
                "The one real film stands at the right end: it must not attend to the padding.",
            ),
            (
                (np.array([2, 3]), 4),
                [
                    [
                        [False] * 4,
                        [False] * 4,
                        [False, False, True, False],
                        [False, False] + [True] * 2,
                    ],
                    [
                        [False] * 4,
                        [False, True] + [False] * 2,
                        [False, True, True, False],
                        [False] + [True] * 3,
                    ],
                ],
                "Position s is real if s ≥ width − length; row t may attend to s if both are real "
                "and s ≤ t. Each history has its own length.",
            ),
        ],
    )
