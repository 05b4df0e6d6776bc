"""Checks of the exercises of chapter 1, Background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check


def check_1(answer: Callable[[int, int], float]) -> None:
    """Check at what density a sparse table stops being smaller than a dense one.

    Parameters
    ----------
    answer
        ``answer(n_users, n_items)`` gives the density at which both need the same memory, with
        four bytes a number, four a column number and eight a row start.

    Raises
    ------
    AssertionError
        With a hint, if the density is wrong.
    """
    check(
        answer,
        [
            ((1, 4), 0.0, "Sixteen bytes are used before the first entry: 8 for each row start."),
            (
                (1_000, 500),
                (4 * 1_000 * 500 - 8 * 1_001) / (8 * 1_000 * 500),
                "Set 4·U·I equal to 8·N + 8·(U + 1), solve for N, and divide it by U·I.",
            ),
            (
                (10, 10_000),
                (4 * 10 * 10_000 - 8 * 11) / (8 * 10 * 10_000),
                "There is one row start more than there are users.",
            ),
        ],
    )


def check_2(answer: Callable[[NDArray[Any], NDArray[Any]], float]) -> None:
    """Check what share of neighbouring rows of one user is tied.

    Parameters
    ----------
    answer
        ``answer(users, times)`` gives the share, for rows sorted by user, then time.

    Raises
    ------
    AssertionError
        With a hint, if the share is wrong.
    """
    check(
        answer,
        [
            ((np.array([1, 1, 1]), np.array([5, 5, 9])), 0.5, "Of two neighbours, one is tied."),
            (
                (np.array([1, 1, 2, 2]), np.array([5, 7, 7, 8])),
                0.0,
                "The second and third row belong to two people: they are no neighbours.",
            ),
            (
                (np.array([1, 1, 2, 2, 3]), np.array([4, 4, 4, 4, 4])),
                1.0,
                "Divide by the pairs within one person only, not by all pairs of rows.",
            ),
        ],
    )


def check_3(answer: Callable[[NDArray[Any], Sequence[int], int], Sequence[int]]) -> None:
    """Check a ranked list from co-occurrence counts.

    Parameters
    ----------
    answer
        ``answer(together, history, k)`` gives the k unseen items that occur together with the
        history most often, best first.

    Raises
    ------
    AssertionError
        With a hint, if the list is wrong.
    """
    together = np.array(
        [
            [0, 3, 1, 0, 2],
            [3, 0, 2, 5, 0],
            [1, 2, 0, 4, 4],
            [0, 5, 4, 0, 1],
            [2, 0, 4, 1, 0],
        ]
    )
    before = together.copy()
    check(
        answer,
        [
            ((together, [0], 2), [1, 4], "Item 1 occurs with item 0 three times, item 4 twice."),
            (
                (together, [1, 3], 2),
                [2, 0],
                "Add the rows of both items of the history, and leave out what it holds.",
            ),
            ((together, [0, 2], 3), [4, 1, 3], "The best item comes first in the list."),
        ],
    )
    if not np.array_equal(together, before):
        raise AssertionError("The answer changed `together`: work on a copy of the scores.")
