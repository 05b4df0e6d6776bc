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
    """Check the widest margin between one liked film and one other.

    Parameters
    ----------
    answer
        ``answer(p, q)`` gives the weights and then the bias as one array of shape (d + 1,), for a
        liked film p and another one q, both of shape (d,).

    Raises
    ------
    AssertionError
        With a hint, if it is another boundary or another scale.
    """
    cases = [
        ([1.0], [-1.0], "The score is 0 half way between the films, 1 at p and −1 at q."),
        ([3.0, 1.0], [1.0, 1.0], "The boundary need not pass through the origin: find the bias."),
        ([0.0, 1.0], [0.0, 0.5], "The closer the films, the longer w: the margin is 2 / ‖w‖ wide."),
        ([1.0, 2.0, -1.0], [3.0, 0.0, 2.0], "w points from the disliked film to the liked one."),
    ]
    check(
        answer,
        [((np.array(p), np.array(q)), _widest(np.array(p), np.array(q)), hint)
         for p, q, hint in cases],
    )  # fmt: skip


def _widest(p: F64, q: F64) -> F64:
    w = 2 * (p - q) / ((p - q) ** 2).sum()
    return np.append(w, 1 - w @ p)


def check_2(answer: Callable[[F64, F64, F64, float], F64]) -> None:
    """Check the boundary that belongs to a solution of the dual.

    Parameters
    ----------
    answer
        ``answer(alpha, x, y, C)`` gives the weights and then the bias as one array of shape
        (d + 1,), for dual coefficients alpha and signs y of shape (n,), films x of shape (n, d)
        and the cost C.

    Raises
    ------
    AssertionError
        With a hint, if it is another boundary.
    """
    six = np.array([[1.0, 3], [3, 1], [3, 3], [1, 1], [0, 1], [1, 0]])
    six_signs = np.array([1.0, 1, 1, -1, -1, -1])
    soft = np.array([[2.5], [3.0], [3.0], [1.0], [4.0]])  # the first lies inside the margin
    soft_signs = np.array([-1.0, 1, 1, -1, 1])
    soft_alpha = np.array([0.5, 0.4375, 0.4375, 0.375, 0.0])
    check(
        answer,
        [
            ((np.array([0.5, 0.5]), np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]), 1.0), [1, 0],
             "w is the sum of α y x over the films."),
            ((np.array([0.5, 0.5, 0, 1, 0, 0]), six, six_signs, 1e4), [1, 1, -3],
             "A film on the edge of the margin has y f = 1, so b is y − w·x there; a film with "
             "α = 0 may lie anywhere beyond."),
            ((soft_alpha, soft, soft_signs, 0.5), [1, -2],
             "A film with α = C may lie inside the margin: only 0 < α < C says that y f = 1."),
            ((np.array([0.2, 0.1, 0.1]), np.array([[1.0], [-1.0], [-1.0]]),
              np.array([1.0, -1.0, -1.0]), 0.2), [0.4, -0.6],
             "There may be no liked film with 0 < α < C: a disliked one tells b as well."),
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
    again = [[2, 1], [0, 1, 0, 1, 1]]
    twins = [[0, 1, 0, 1], [0, 1, 0, 1]]
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
            ((again, 0, 3), _followed(again, 0, 3),
             "A history may hold a transition twice: counts[i, j] += 1 with arrays i and j adds "
             "only one of them; np.add.at adds each."),
            ((twins, 0, 2), _followed(twins, 0, 2),
             "Leave out one person, and every transition of theirs: another may have the same."),
        ],
    )  # fmt: skip


def _followed(histories: list[list[int]], user: int, n_items: int) -> F64:
    counts = np.zeros((n_items, n_items))
    for row, history in enumerate(histories):
        if row != user:
            for i, j in pairwise(history):
                counts[i, j] += 1
    return counts


def check_4(answer: Callable[[F64, F64, F64, float], Array]) -> None:
    r"""Check random Fourier features of a Gaussian kernel of any width.

    Parameters
    ----------
    answer
        ``answer(x, normal, tau, gamma)`` gives the vectors of n examples, shape (n, m), for x of
        shape (n, d), standard normal numbers of shape (d, m), offsets tau of shape (m,), and the
        kernel :math:`\exp(-\gamma \lVert x - x' \rVert^2)`.

    Raises
    ------
    AssertionError
        With a hint, if a vector is another one.
    """
    rng = np.random.default_rng(4)
    x, normal, tau = rng.normal(size=(3, 2)), rng.normal(size=(2, 5)), rng.uniform(0, 6, 5)
    check(
        answer,
        [
            ((np.zeros((1, 1)), np.ones((1, 1)), np.zeros(1), 0.5), [[2**0.5]],
             "The cosine of 0 is 1, and √(2 / m) with m = 1 is √2."),
            ((np.zeros((1, 2)), np.ones((2, 2)), np.array([0.0, np.pi]), 0.5), [[1, -1]],
             "Divide 2 by the number of components m, and add tau before the cosine."),
            ((x, normal, tau, 0.5), np.sqrt(2 / 5) * np.cos(x @ normal + tau),
             "With γ = ½ the directions are standard normal: one row per example."),
            ((x, normal, tau, 2.0), np.sqrt(2 / 5) * np.cos(2 * x @ normal + tau),
             "Solve σ² / 2 = γ: directions with this σ give the kernel of width γ."),
        ],
    )  # fmt: skip
