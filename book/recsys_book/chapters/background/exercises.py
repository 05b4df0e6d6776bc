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
            ((3, 3), 0.5 / 9, "A density need not be a whole number of entries: do not round."),
        ],
    )


def check_2(answer: Callable[[NDArray[Any], NDArray[Any]], float]) -> None:
    """Check the share of tied neighbouring rows of one user, averaged over users.

    Parameters
    ----------
    answer
        ``answer(users, times)`` gives the average, for rows sorted by user, then time.

    Raises
    ------
    AssertionError
        With a hint, if the average is wrong.
    """
    check(
        answer,
        [
            (
                (np.array([1, 1, 1]), np.array([5, 5, 9])),
                0.5,
                "One of the user's two pairs of neighbouring rows is tied.",
            ),
            (
                (np.array([1, 1, 2, 2]), np.array([5, 7, 7, 8])),
                0.0,
                "The second and the third row belong to two users: they are no pair.",
            ),
            (
                (np.array([3, 3, 8, 8, 8, 8]), np.array([4, 4, 1, 2, 3, 4])),
                0.5,
                "The first user has a share of 1, the second of 0: each user counts once.",
            ),
            (
                (np.array([1, 1, 2, 3, 3, 3]), np.array([4, 4, 4, 1, 1, 2])),
                0.75,
                "A user with a single row has no pair, and is left out of the average.",
            ),
            (
                (np.array([0, 0, 4, 4, 6, 6]), np.array([3, 3, 8, 8, 1, 2])),
                2 / 3,
                "Take the mean over all who have a pair: the first user may have the number 0.",
            ),
        ],
    )


def check_3(
    answer: Callable[[NDArray[Any], Sequence[int], int], Sequence[tuple[int, int]]],
) -> None:
    """Check a ranked list from co-occurrence counts, with a reason for each item.

    Parameters
    ----------
    answer
        ``answer(together, history, k)`` gives the k unseen items that occur together with the
        history most often, best first, each with the item of the history that contributed most.

    Raises
    ------
    AssertionError
        With a hint, if an item or a reason is wrong, or the counts were changed.
    """
    together = np.array(
        [
            [6, 3, 1, 0, 2],
            [3, 9, 2, 5, 0],
            [1, 2, 7, 4, 4],
            [0, 5, 4, 9, 1],
            [2, 0, 4, 1, 6],
        ]
    )
    before = together.copy()
    check(
        lambda together, history, k: _as_pairs(answer(together, history, k)),
        [
            (
                (together, [0], 2),
                [(1, 0), (4, 0)],
                "Item 1 occurs with item 0 three times, item 4 twice; item 0 is the only reason.",
            ),
            (
                (together, [1, 3], 2),
                [(2, 3), (0, 1)],
                "Item 2 owes two counts to item 1 and four to item 3: the larger is the reason.",
            ),
            (
                (together, [3, 1], 2),
                [(2, 3), (0, 1)],
                "A reason is an item, not its position in the history.",
            ),
            (
                (together, [0, 2], 3),
                [(4, 2), (1, 0), (3, 2)],
                "Sort by the sum over the history, and look for reasons in the history only.",
            ),
            (
                (together, [0], 4),
                [(1, 0), (4, 0), (2, 0), (3, 0)],
                "An unseen item may score 0 and still comes in; the history never does.",
            ),
            (
                (np.array([[4, 3, 2], [3, 99, 2], [2, 2, 2]]), [0], 2),
                [(1, 0), (2, 0)],
                "Add up counts as they are, whatever counts an item has in all.",
            ),
        ],
    )
    if not np.array_equal(together, before):
        raise AssertionError("The answer changed `together`: work on a copy of the scores.")


def _as_pairs(pairs: Any) -> Any:
    """Turn pairs into tuples of whole numbers, whatever arrays they come from."""
    try:
        return [(int(item), int(reason)) for item, reason in pairs]
    except (TypeError, ValueError):  # no pairs of an item and a reason
        return pairs
