"""Checks of the exercises of chapter 3.2.3, Support vector machines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check
from recsys_helpers._types import F64

Array = NDArray[Any]


def check_1(answer: Callable[[F64, F64], F64]) -> None:
    """Check the widest street between one liked film and one other.

    Parameters
    ----------
    answer
        ``answer(p, q)`` gives the weights and then the bias as one array of shape (d + 1,), for a
        liked film p and another one q, both of shape (d,).

    Raises
    ------
    AssertionError
        With a hint, if it is another street.
    """
    cases = [
        ([1.0], [-1.0], "Half way between both the score is 0, at the films 1 and −1."),
        ([3.0, 1.0], [1.0, 1.0], "The fence need not pass through the origin: find the bias."),
        ([0.0, 1.0], [0.0, 0.5], "The closer the films, the longer w: the street is 2 / ‖w‖ wide."),
        ([1.0, 2.0, -1.0], [3.0, 0.0, 2.0], "w points from the film not liked to the liked one."),
    ]
    check(
        answer,
        [((np.array(p), np.array(q)), _street(np.array(p), np.array(q)), hint)
         for p, q, hint in cases],
    )  # fmt: skip


def _street(p: F64, q: F64) -> F64:
    w = 2 * (p - q) / ((p - q) ** 2).sum()
    return np.append(w, 1 - w @ p)


def check_2(answer: Callable[[F64, F64, F64, float], float]) -> None:
    """Check the objective of the soft margin.

    Parameters
    ----------
    answer
        ``answer(w, scores, y, C)`` gives one half of the squared length of the weights and C times
        the hinge loss of all films, for scores and signs y of shape (n,).

    Raises
    ------
    AssertionError
        With a hint, if it is another number.
    """
    w, nothing, y = np.array([3.0, 4.0]), np.zeros(2), np.array([1.0, -1.0, 1.0])
    check(
        answer,
        [
            ((w, np.array([1.0, -2.0, 5.0]), y, 10.0), 12.5,
             "Whoever stands beyond the margin costs nothing; ½ ‖w‖² is left."),
            ((nothing, np.zeros(3), y, 2.0), 6.0,
             "At a score of 0 each film falls short of the margin by 1."),
            ((nothing, np.array([0.5, 0.5, -1.0]), y, 1.0), 4.0,
             "The loss is 1 − y f, where the sign y says which side is right."),
            ((w, np.array([0.5, 0.5, -1.0]), y, 0.5), 14.5,
             "C times the sum of the losses, not their mean and not their squares."),
        ],
    )  # fmt: skip


def check_3(answer: Callable[[list[list[int]], int, int], F64]) -> None:
    """Check counts of what followed what, without one user's own history.

    Parameters
    ----------
    answer
        ``answer(histories, user, n_items)`` gives how often item j came right after item i in the
        histories of all but one user, shape (n_items, n_items).

    Raises
    ------
    AssertionError
        With a hint, if a count is another one.
    """
    three = [[0, 1], [0, 1, 2], [1, 2, 3, 0]]
    check(
        answer,
        [
            (([[0, 1], [1, 0]], 0, 2), [[0, 0], [1, 0]],
             "Rows are what came first, columns what came right after; leave out the user asked."),
            (([[0, 1], []], 0, 2), np.zeros((2, 2)),
             "A transition that only this user made must be gone."),
            ((three, 2, 4), _followed(three, 2, 4),
             "Count a transition as often as it occurs in the other histories."),
            ((three, 0, 4), _followed(three, 0, 4),
             "Nothing follows across two histories, and only the next item counts."),
        ],
    )  # fmt: skip


def _followed(histories: list[list[int]], user: int, n_items: int) -> F64:
    counts = np.zeros((n_items, n_items))
    for row, history in enumerate(histories):
        if row != user:
            for i, j in pairwise(history):
                counts[i, j] += 1
    return counts


def check_4(answer: Callable[[F64, F64, F64], Array]) -> None:
    """Check random Fourier features.

    Parameters
    ----------
    answer
        ``answer(z, W, b)`` gives the vectors of n examples, shape (n, m), for z of shape (n, d),
        waves W of shape (d, m) and their offsets b of shape (m,).

    Raises
    ------
    AssertionError
        With a hint, if a vector is another one.
    """
    rng = np.random.default_rng(4)
    z, waves, offsets = rng.normal(size=(3, 2)), rng.normal(size=(2, 5)), rng.uniform(0, 6, 5)
    check(
        answer,
        [
            ((np.zeros((1, 1)), np.ones((1, 1)), np.zeros(1)), [[2**0.5]],
             "The cosine of 0 is 1, and √(2 / m) with m = 1 is √2."),
            ((np.zeros((1, 2)), np.ones((2, 2)), np.array([0.0, np.pi])), [[1, -1]],
             "Divide 2 by the number of components m, and add b before the cosine."),
            ((z, waves, offsets), np.sqrt(2 / 5) * np.cos(z @ waves + offsets),
             "√(2 / m) cos(z W + b): a row for each example, a column for each wave."),
        ],
    )  # fmt: skip
