"""Checks of the exercises of chapter 5.2, GPT."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recsys_book.exercises import check
from recsys_helpers._types import F64, Bool


def check_1(answer: Callable[[F64, F64], Sequence[int]]) -> None:
    """Check the codes of a vector.

    Parameters
    ----------
    answer
        ``answer(x, centroids)`` gives the code of each level, for a vector of shape (d,) and
        centroids of shape (n_levels, n_codes, d).

    Raises
    ------
    AssertionError
        With a hint, if one is wrong.
    """
    one = np.array([[[0.0], [10.0]]])
    two = np.array([[[0.0], [10.0]], [[-2.0], [3.0]]])
    plane = np.array(
        [[[0.0, 0.0], [4.0, 0.0]], [[0.0, -1.0], [1.0, 1.0]], [[-1.0, 0.0], [0.5, 0.5]]]
    )
    check(
        answer,
        [
            ((np.array([7.0]), one), [1], "With one level, the code is that of the nearest mean."),
            (
                (np.array([8.0]), two),
                [1, 0],
                "8 is coded by 10; the second level sees what is left over, 8 − 10 = −2.",
            ),
            (
                (np.array([2.5]), two),
                [0, 1],
                "2.5 is coded by 0, and 2.5 is left over, to which 3 is nearest.",
            ),
            (
                (np.array([4.5, 1.5]), plane),
                [1, 1, 0],
                "Each level subtracts its centroid from what the levels before it left over. "
                "Distances are over all entries of the vector.",
            ),
        ],
    )


def check_2(answer: Callable[[int, int], int]) -> None:
    """Check how many codes an id needs.

    Parameters
    ----------
    answer
        ``answer(n_items, n_codes)`` gives the smallest number of levels, at least one, at which
        all items can have ids of their own.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    check(
        answer,
        [
            ((100, 10), 2, "Two digits write 100 different numbers, from 00 to 99."),
            ((101, 10), 3, "100 ids are too few for 101 items, so one more code is needed."),
            ((2, 256), 1, "An id has at least one code."),
            ((1, 256), 1, "An id has at least one code, also in a catalogue of one item."),
            ((125, 5), 3, "5 · 5 · 5 is exactly 125. Logarithms of floats are not exact."),
            ((10**9, 256), 4, "256³ is less than 10⁹, 256⁴ is more."),
            ((10**18 + 1, 10), 19, "Count with integers: floats cannot tell 10¹⁸ from 10¹⁸ + 1."),
        ],
    )


def check_3(answer: Callable[[F64, F64], int]) -> None:
    """Check the smallest beam that finds the most probable id of two codes.

    Parameters
    ----------
    answer
        ``answer(first, second)`` gives the width of the beam, for the probabilities of the first
        code, shape (n,), and those of the second given the first, shape (n, m).

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    even = np.full((3, 2), 0.5)
    check(
        answer,
        [
            (
                (np.array([0.5, 0.3, 0.2]), even),
                1,
                "If second codes are all equally probable, the best id begins with the best first "
                "code, which a beam of one keeps.",
            ),
            (
                (np.array([0.5, 0.3, 0.2]), np.array([[0.5, 0.5], [0.9, 0.1], [0.6, 0.4]])),
                2,
                "Products are .25, .27 and .12: the best id begins with the second-best code.",
            ),
            (
                (np.array([0.2, 0.5, 0.3]), np.array([[1.0, 0.0], [0.3, 0.7], [0.5, 0.5]])),
                1,
                "Products are .2, .35 and .15. Codes need not be ordered by their probability.",
            ),
            (
                (np.array([0.2, 0.38, 0.42]), np.array([[1.0, 0.0], [0.4, 0.6], [0.5, 0.5]])),
                2,
                "Products are .2, .228 and .21: the best id is not the one whose second code is "
                "surest.",
            ),
            (
                (np.array([0.3, 0.36, 0.34]), np.array([[0.9, 0.1], [0.5, 0.5], [0.4, 0.6]])),
                3,
                "The best id begins with the least probable code. A beam must be as wide as there "
                "are codes up to that one.",
            ),
        ],
    )


def check_4(answer: Callable[[F64, Bool], F64]) -> None:
    """Check the log-probabilities of the codes that are allowed.

    Parameters
    ----------
    answer
        ``answer(logits, allowed)`` gives log-probabilities, −inf where nothing is allowed, shape
        (n,).

    Raises
    ------
    AssertionError
        With a hint, if one is wrong.
    """
    all_three, two = np.ones(3, bool), np.array([True, True, False])
    none = -np.inf
    half = -np.log(2)
    check(
        answer,
        [
            (
                (np.log([0.5, 0.25, 0.25]), all_three),
                np.log([0.5, 0.25, 0.25]),
                "If all codes are allowed, this is the logarithm of an ordinary softmax.",
            ),
            (
                (np.zeros(3), two),
                [half, half, none],
                "Divide by the sum over the allowed codes: their probabilities sum to 1.",
            ),
            (
                (np.array([1000.0, 1000.0, 0.0]), two),
                [half, half, none],
                "exp(1000) overflows: subtract the largest logit first.",
            ),
            (
                (np.array([0.0, 0.0, 1000.0]), two),
                [half, half, none],
                "Here the largest logit is not allowed. Subtract the largest of the allowed ones.",
            ),
            (
                (np.array([-1000.0, 3.0, 7.0]), np.array([True, False, False])),
                [0, none, none],
                "What is alone has probability 1, whatever its logit.",
            ),
        ],
    )
