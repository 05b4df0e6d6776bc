"""Checks of the exercises of chapter 4, A worked example."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check, plain_pairs
from recsys_helpers._types import F64

Array = NDArray[Any]


def check_1(answer: Callable[[Sequence[int], int], list[tuple[list[int], int]]]) -> None:
    """Check the windows of one history, each with the item that came next.

    Parameters
    ----------
    answer
        ``answer(history, width)`` gives for every item but the first a pair: the items right before
        it, `width` of them at most, oldest first, and the item itself; oldest pair first.

    Raises
    ------
    AssertionError
        With a hint, if a pair is wrong or missing.
    """
    check(
        lambda history, width: plain_pairs(answer(history, width)),
        [
            (([7, 3], 5), [([7], 3)], "Two films make one example, however wide the window."),
            (
                ([7, 3, 9], 5),
                [([7], 3), ([7, 3], 9)],
                "A window that is not yet full is an example too.",
            ),
            (
                ([7, 3, 9, 3], 2),
                [([7], 3), ([7, 3], 9), ([3, 9], 3)],
                "No more than `width` films, those right before the one that is asked for.",
            ),
            (
                ([7, 7, 3], 5),
                [([7], 7), ([7, 7], 3)],
                "A film may come twice, even in one window.",
            ),
            (([7], 2), [], "After a single film nobody knows what came next."),
        ],
    )


def check_2(answer: Callable[[float, F64], float]) -> None:
    """Check the binary cross-entropy of the item that came next and of items sampled against it.

    Parameters
    ----------
    answer
        ``answer(right, wrong)`` gives the loss of one position: minus the logarithm of the logistic
        function at the score `right`, plus the mean over the sampled items of minus the logarithm
        of one minus it at their scores `wrong`, shape (n,).

    Raises
    ------
    AssertionError
        With a hint, if the loss is wrong.
    """
    check(
        answer,
        [
            (
                (0.0, np.zeros(1)),
                2 * np.log(2),
                "At a score of 0 the logistic function is one half, for the right item and for the "
                "wrong one.",
            ),
            (
                (0.0, np.zeros(4)),
                2 * np.log(2),
                "The sampled items together count as much as the right one: take their mean.",
            ),
            (
                (2.0, np.array([-1.0, 3.0])),
                np.log1p(np.exp(-2)) + (np.log1p(np.exp(-1)) + np.log1p(np.exp(3))) / 2,
                "The right item should score high, the others low: mind the signs. Logarithms are "
                "natural.",
            ),
            (
                (-1000.0, np.array([1000.0])),
                2000.0,
                "Large scores overflow: log(1 + exp(x)) is np.logaddexp(0, x).",
            ),
        ],
    )


def check_3(answer: Callable[[Array, Array, Array, Array | None], Array]) -> None:
    """Check the scores of items known by id, and of those known by text alone.

    Parameters
    ----------
    answer
        ``answer(state, ids, known, text)`` gives the score of each of n items for a state of shape
        (dim,): `ids` and `text` have shape (n, dim), `known` says which items have training rows,
        and `text` is None for a network that reads none.

    Raises
    ------
    AssertionError
        With a hint, if a score is wrong.
    """
    state = np.array([1.0, 2.0])
    ids = np.array([[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]])
    text = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 0.5]])
    every, some = np.array([True] * 3), np.array([True, True, False])
    check(
        answer,
        [
            (
                (state, ids, every, text),
                [3.0, 3.0, 18.0],
                "An item's vector is the sum of both, its score the product with the state.",
            ),
            (
                (state, ids, some, text),
                [3.0, 3.0, 3.0],
                "The id of an item without training rows was never learnt: leave it out.",
            ),
            ((state, ids, every, None), [1.0, 2.0, 15.0], "Without text the id is all there is."),
            (
                (state, ids, some, None),
                [1.0, 2.0, -np.inf],
                "With neither id nor text an item cannot be ranked: its score is minus infinity.",
            ),
        ],
    )
