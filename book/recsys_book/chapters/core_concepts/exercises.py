"""Checks of the exercises of chapter 2, Core concepts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check, plain_pairs


def check_1(answer: Callable[[Sequence[int], int], float]) -> None:
    """Check the average NDCG@k of queries with one target each.

    Parameters
    ----------
    answer
        ``answer(ranks, k)`` gives the average, for ranks counted from 0, −1 where there is none.

    Raises
    ------
    AssertionError
        With a hint, if the average is wrong.
    """
    check(
        answer,
        [
            (([0], 10), 1.0, "The target on top of the list is worth one."),
            (
                ([1], 10),
                1 / np.log2(3),
                "A rank of 1 is the second in the list: divide by log2(3).",
            ),
            (([0, -1], 10), 0.5, "A target that cannot be ranked is worth 0, and counts."),
            (([10, 9], 10), 0.5 / np.log2(11), "A list of ten ends with the rank 9."),
            (([0, 2, 5, -1], 3), (1 + 0.5) / 4, "What comes below the list is worth 0."),
        ],
    )


def check_2(answer: Callable[[list[int], int], list[tuple[list[int], int]]]) -> None:
    """Check the rolling queries of one history.

    Parameters
    ----------
    answer
        ``answer(history, n)`` gives n pairs of what was known and the item that came next.

    Raises
    ------
    AssertionError
        With a hint, if a pair is wrong.
    """
    check(
        lambda history, n: plain_pairs(answer(history, n)),
        [
            (
                ([4, 7], 1),
                [([4], 7)],
                "The last item is the target, and what comes before it is the history.",
            ),
            (
                ([4, 7, 5, 9], 2),
                [([4, 7], 5), ([4, 7, 5], 9)],
                "Oldest first, and each history holds the targets of the queries before it.",
            ),
            (
                ([4, 7, 4], 1),
                [([4, 7], 4)],
                "An item may come again: cut by position, not by value.",
            ),
            (([3, 8], 2), [([], 3), ([3], 8)], "The first item of all has an empty history."),
        ],
    )


def check_3(
    answer: Callable[[NDArray[Any], NDArray[Any], list[int], int], Sequence[int]],
) -> None:
    """Check the list of a Markov chain.

    Parameters
    ----------
    answer
        ``answer(follows, popular, history, k)`` gives the k items that most often came right after
        the last one, without those of the history; popularity settles ties.

    Raises
    ------
    AssertionError
        With a hint, if the list is wrong or an argument was changed.
    """
    follows = np.array(
        [
            [0, 3, 1, 0, 2],
            [1, 0, 0, 2, 0],
            [4, 0, 0, 1, 1],
            [0, 2, 2, 0, 0],
            [0, 0, 0, 0, 0],
        ]
    )
    popular = np.array([2, 4, 6, 9, 3])
    before = follows.copy(), popular.copy()
    check(
        answer,
        [
            ((follows, popular, [0], 2), [1, 4], "After item 0 came item 1 three times, 4 twice."),
            (
                (follows, popular, [0, 1], 2),
                [3, 2],
                "Only the last item counts. After it items 2 and 4 tie, and 2 is more popular.",
            ),
            (
                (follows, popular, [3, 2, 1], 2),
                [0, 4],
                "Leave out the whole history, not only its last item.",
            ),
            ((follows, popular, [4], 3), [3, 2, 1], "Nothing came after item 4: use popularity."),
            (
                (follows, 10**12 * popular, [0], 3),
                [1, 4, 2],
                "Popularity settles ties only, however large: bring it below one, then add it.",
            ),
            (
                (follows, np.array([2, 4, 9_000, 9, 3]), [0], 3),
                [1, 4, 2],
                "Add the shares of popularity to counts: to shares of the row they weigh too much.",
            ),
            (
                (follows, popular, [2], 3),
                [0, 3, 4],
                "Items 3 and 4 came once each, and 3 is more popular; item 1 never came after 2.",
            ),
        ],
    )
    if not (np.array_equal(follows, before[0]) and np.array_equal(popular, before[1])):
        raise AssertionError("The answer changed `follows` or `popular`: work on a copy.")


def check_4(answer: Callable[[list[float], list[float]], tuple[float, float]]) -> None:
    """Check the standard error of a difference, unpaired and paired.

    Parameters
    ----------
    answer
        ``answer(a, b)`` gives both standard errors, for lists with one value per person.

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    check(
        answer,
        [
            (
                ([1.0, 3.0], [2.0, 2.0]),
                (1.0, 1.0),
                "The sample variance of (1, 3) is 2, and the error of its mean √(2/2) = 1.",
            ),
            (
                ([0.0, 2.0, 4.0], [1.0, 3.0, 5.0]),
                (np.sqrt(8 / 3), 0.0),
                "The two differ by the same amount for everybody: the paired error is 0.",
            ),
            (
                ([0.0, 4.0, 2.0, 2.0], [4.0, 0.0, 2.0, 2.0]),
                (np.sqrt(4 / 3), np.sqrt(8 / 3)),
                "Where what is easy for one is hard for the other, pairing does not help.",
            ),
        ],
    )
