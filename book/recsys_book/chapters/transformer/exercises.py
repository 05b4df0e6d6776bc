"""Checks of the exercises of chapter 5.1, Transformers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys_book.exercises import check
from recsys_helpers._types import F64, I64, Bool


def check_1(answer: Callable[[I64, int], I64]) -> None:
    """Check the buckets of time gaps where the time of asking is known.

    Parameters
    ----------
    answer
        ``answer(times, asked)`` gives the bucket of each pair of positions, shape (l, l), −1 for
        what comes later.

    Raises
    ------
    AssertionError
        With a hint, if a bucket is wrong.
    """
    check(
        answer,
        [
            (
                (np.array([100]), 100),
                [[0]],
                "One film, and the question comes in the same second: no gap, bucket 0.",
            ),
            (
                (np.array([100]), 101),
                [[1]],
                "After the last film, the present is the time of asking: a gap of one second.",
            ),
            (
                (np.array([100, 100]), 103),
                [[0, -1], [2, 2]],
                "At the first position the present is when the second film was rated. Two and "
                "three seconds share a bucket; what comes later gets −1.",
            ),
            (
                (np.array([0, 4, 12]), 20),
                [[3, -1, -1], [4, 4, -1], [5, 5, 4]],
                "Rows are presents, columns films. A gap of 4 to 7 seconds is in bucket 3, of 8 to "
                "15 in bucket 4, of 16 to 31 in bucket 5.",
            ),
            (
                (np.array([0, 60]), 60 + 86_400),
                [[6, -1], [17, 17]],
                "A minute is in bucket 6 (32 to 63 seconds), a day in bucket 17.",
            ),
        ],
    )


def check_2(answer: Callable[[F64], F64]) -> None:
    """Check rotary positions.

    Parameters
    ----------
    answer
        ``answer(x)`` gives the rotated vectors of positions 0, 1, …, shape (l, d), d even.

    Raises
    ------
    AssertionError
        With a hint, if they are wrong.
    """
    right, quarter = np.array([[1.0, 0.0]] * 3), np.array([[1.0, 2.0, 3.0, 4.0]] * 2)
    turned = [[np.cos(t), np.sin(t)] for t in range(3)]
    slow = 10_000**-0.5
    (a, b, c, d), (u, v) = quarter[0], (np.cos(slow), np.sin(slow))
    rng = np.random.default_rng(5)
    many = rng.normal(size=(7, 6))
    check(
        answer,
        [
            ((right[:1],), [[1, 0]], "Position 0 is not rotated."),
            (
                (right,),
                turned,
                "With d = 2 there is one pair; position t is rotated by the angle t, in radians, "
                "against the clock.",
            ),
            (
                (quarter,),
                [
                    quarter[0],
                    [
                        a * np.cos(1) - c * np.sin(1),
                        b * u - d * v,
                        a * np.sin(1) + c * np.cos(1),
                        b * v + d * u,
                    ],
                ],
                "Entry i makes a pair with entry i + d / 2. Pair i turns by 10000^(−2 i / d) for "
                "each position: the first by 1, the second by a hundredth.",
            ),
            (
                (many,),
                _rotated(many),
                "Each position has its own angle, and each pair its own speed.",
            ),
        ],
    )


def _rotated(x: F64) -> F64:
    half = x.shape[1] // 2
    pairs = x[:, :half] + 1j * x[:, half:]
    turns = np.arange(len(x))[:, None] * 10_000.0 ** (-np.arange(half) / half)
    turned = pairs * np.exp(1j * turns)
    return np.hstack([turned.real, turned.imag])


def check_3(answer: Callable[[I64, Bool, int], tuple[I64, I64]]) -> None:
    """Check what BERT4Rec reads and what it is asked for.

    Parameters
    ----------
    answer
        ``answer(items, hidden, mask)`` gives inputs and targets, shape (l,) each.

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    check(
        answer,
        [
            (
                (np.array([7]), np.array([True]), 9),
                ([9], [7]),
                "What is hidden is replaced by the mask in the input, and is the target.",
            ),
            (
                (np.array([7, 3]), np.array([False, True]), 9),
                ([7, 9], [-1, 3]),
                "A film that can be seen is no target: −1 stands for none. To ask for it would "
                "teach the network to copy.",
            ),
            (
                (np.array([0, 4, 0, 2]), np.array([True, False, False, True]), 5),
                ([5, 4, 0, 5], [0, -1, -1, 2]),
                "Item code 0 is a film like any other. The same film at another position stays "
                "visible unless that position is hidden too.",
            ),
        ],
    )


def check_4(answer: Callable[[float, F64, float, F64], float]) -> None:
    """Check sampled softmax with the correction for popularity.

    Parameters
    ----------
    answer
        ``answer(right, wrong, q_right, q_wrong)`` gives the loss of one position.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    none, thousand = np.array([]), np.array([1000.0, 0.0])
    drawn, q_drawn = np.array([2.0, -1.0, 0.5]), np.array([0.4, 0.2, 0.05])
    of_target = np.exp(1.0) / 0.1
    check(
        answer,
        [
            (
                (2.0, none, 0.5, none),
                0.0,
                "With nothing drawn the target has all of the probability, and the loss is 0.",
            ),
            (
                (1.0, np.array([1.0]), 0.25, np.array([0.25])),
                np.log(2),
                "Equal scores and equal probabilities of being drawn: a half for each.",
            ),
            (
                (0.0, np.array([0.0]), 0.1, np.array([0.3])),
                np.log(4 / 3),
                "Subtract ln Q: a score of 0 becomes ln 10 for the target, and ln (10 / 3) for the "
                "film that is drawn three times as often. The target is corrected too.",
            ),
            (
                (1000.0, thousand, 0.2, np.array([0.2, 0.1])),
                np.log(2),
                "Large scores overflow in exp: subtract the largest corrected score first.",
            ),
            (
                (1.0, drawn, 0.1, q_drawn),
                -np.log(of_target / (of_target + np.sum(np.exp(drawn) / q_drawn))),
                "The loss is minus the logarithm of the target's share: exp(score) / Q of the "
                "target, divided by the sum over target and drawn films.",
            ),
        ],
    )
