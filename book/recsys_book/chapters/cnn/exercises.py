"""Checks of the exercises of chapter 3.1.1, Convolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check


def check_1(answer: Callable[[NDArray[Any], NDArray[Any], int], Sequence[float]]) -> None:
    """Check a causal convolution with dilation over a sequence of numbers.

    Parameters
    ----------
    answer
        ``answer(x, w, r)`` gives as many numbers as x has: at position t the sum of ``w[m]`` times
        ``x[t - m * r]``, with zeros before the beginning.

    Raises
    ------
    AssertionError
        With a hint, if a number is wrong.
    """
    x = np.array([1.0, 2.0, 4.0, 8.0])
    check(
        answer,
        [
            ((x, np.array([3.0]), 1), 3 * x, "A filter of one weight only multiplies."),
            (
                (x, np.array([0.0, 1.0]), 1),
                [0, 1, 2, 4],
                "w[1] belongs to the item before: this filter delays the sequence by one position.",
            ),
            (
                (x, np.array([1.0, 10.0, 100.0]), 1),
                [1, 12, 124, 248],
                "w[0] belongs to the item at t itself, and what lies before the start is 0.",
            ),
            (
                (x, np.array([1.0, 10.0]), 2),
                [1, 2, 14, 28],
                "With r = 2 the second weight reads the item two positions before t.",
            ),
            (
                (x[:3], np.array([1.0, 1.0, 1.0]), 4),
                [1, 2, 4],
                "A filter may be longer than the sequence; it then reads zeros.",
            ),
            (
                (np.array([1, 2, 4]), np.array([0.5, -2.0]), 1),
                [0.5, -1, -2],
                "Whole numbers may have outputs that are not whole, or negative: cut nothing off.",
            ),
        ],
    )


def check_2(answer: Callable[[Sequence[int], Sequence[int]], Sequence[int]]) -> None:
    """Check which items the last output of stacked filters reads.

    Parameters
    ----------
    answer
        ``answer(kernels, dilations)`` gives the sorted distances from the last item, 0 for itself,
        of all items that can influence the last output, for one kernel size and one dilation a
        filter.

    Raises
    ------
    AssertionError
        With a hint, if a distance is wrong.
    """
    check(
        answer,
        [
            (([], []), [0], "Without a filter the last output is the last item."),
            (([3], [1]), [0, 1, 2], "A single filter of three reads three neighbours."),
            (([3], [2]), [0, 2, 4], "With dilation 2 it reads every second item."),
            (([2, 2], [2, 4]), [0, 2, 4, 6], "The second filter shifts what the first one reads."),
            (([2, 3], [1, 4]), [0, 1, 4, 5, 8, 9], "Between two shifts there may be gaps."),
            (
                ([3, 3], [1, 1]),
                [0, 1, 2, 3, 4],
                "Name each item once, however many ways lead to it.",
            ),
            (([3, 2], [4, 1]), [0, 1, 4, 5, 8, 9], "Each filter has a kernel of its own."),
        ],
    )


def check_3(answer: Callable[[int, int], int]) -> None:
    """Check how many filters it takes to see far enough, if each doubles the dilation.

    Parameters
    ----------
    answer
        ``answer(n, kernel)`` gives the smallest number of filters, with dilations 1, 2, 4 and so
        on, whose receptive field holds n items.

    Raises
    ------
    AssertionError
        With a hint, if a number is wrong.
    """
    check(
        answer,
        [
            ((1, 3), 0, "One item is seen without any filter."),
            ((3, 3), 1, "A filter of three sees three items: one is enough."),
            ((4, 3), 2, "One filter sees three items and two see seven: for four it takes two."),
            ((31, 3), 4, "Dilations 1, 2, 4 and 8 see exactly 31 items."),
            ((100, 3), 6, "Five filters see 63 items and six see 127."),
            ((100, 2), 7, "With kernels of two, n filters see 2 to the power of n items."),
            ((1_000, 5), 8, "With kernels of five, n filters see 1 + 4 (2ⁿ − 1) items."),
        ],
    )


def check_4(
    answer: Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], Sequence[float]],
) -> None:
    """Check one horizontal and one vertical filter of Caser.

    Parameters
    ----------
    answer
        ``answer(E, horizontal, vertical)`` gives 1 + d numbers for the last vectors E of shape
        (height, d): the largest product of the horizontal filter, shape (rows, d), with any rows in
        a row, negative ones as 0; then the weighted sum of all rows, weights of shape (height,).

    Raises
    ------
    AssertionError
        With a hint, if a number is wrong.
    """
    E = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]])
    check(
        answer,
        [
            (
                (E, np.array([[1.0, 0.0]]), np.array([0.0, 0.0, 1.0])),
                [3, 3, 1],
                "This horizontal filter reads the first entry, largest in the last row; the "
                "vertical one copies the last row.",
            ),
            (
                (E, np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 1.0, 1.0])),
                [3, 4, 3],
                "The filter lies over rows 0 and 1, where it gives 3, and over rows 1 and 2, where "
                "it gives 1: keep the larger.",
            ),
            (
                (E, np.array([[-1.0, -1.0]]), np.array([1.0, -1.0, 0.0])),
                [0, 1, -2],
                "A negative answer of the horizontal filter counts as 0; the vertical one has no "
                "such cut.",
            ),
            (
                (E, np.ones((3, 2)), np.array([0.5, 0.0, 2.0])),
                [7, 6.5, 2],
                "A filter of the full height fits at one position only.",
            ),
            (
                (E, np.array([[1.0, 0.0], [0.0, -1.0]]), np.array([0.0, 1.0, 0.0])),
                [0, 0, 2],
                "The filter must not hang over the end, and only its whole sum is cut at zero.",
            ),
        ],
    )
