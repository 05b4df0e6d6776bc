"""Checks of the exercises of chapter 3.2.1, Gradient descent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys_book.demonstrations.gradient_check import numeric_gradients
from recsys_book.exercises import check
from recsys_helpers._types import F64, I64


def check_1(answer: Callable[[F64, F64, F64, F64, float], F64]) -> None:
    """Check the gradient of a factorisation's squared error by the films' vectors and biases.

    Parameters
    ----------
    answer
        ``answer(X, people, films, bias, penalty)`` gives shape (n_items, d + 1), the gradient by
        the biases in the last column.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    one, none = np.ones((1, 1)), np.zeros(1)
    rng = np.random.default_rng(5)
    X, people = rng.normal(size=(3, 4)), rng.normal(size=(3, 2))
    films, bias = rng.normal(size=(4, 2)), rng.normal(size=4)

    def loss(films: F64, bias: F64) -> float:
        errors = people @ films.T + bias - X
        penalty = float((films**2).sum() + (bias**2).sum())
        return float((errors**2).sum()) / 2 + 0.3 / 2 * penalty

    of_films, of_bias = numeric_gradients(loss, films, bias)
    check(
        answer,
        [
            ((one, one, one, none, 0.0), [[0, 0]], "Where there is no error there is no gradient."),
            (
                (0 * one, 2 * one, 3 * one, none, 0.0),
                [[12, 6]],
                "The error is 6. It grows twice as fast as the film's number, as x = 2, and as "
                "fast as the bias.",
            ),
            (
                (7 * one, 2 * one, 3 * one, np.ones(1), 0.5),
                [[1.5, 0.5]],
                "The bias is part of the score; half of λ times a square has the derivative λ "
                "times the parameter itself, for biases too.",
            ),
            (
                (X, people, films, bias, 0.3),
                np.column_stack([of_films, of_bias]),
                "Sum over people: each error times the vector of its person, (I, U) times (U, d); "
                "for the biases, the errors themselves.",
            ),
        ],
    )


def check_2(answer: Callable[[F64, float], float]) -> None:
    """Check the learning rate from which gradient descent diverges on ridge regression.

    Parameters
    ----------
    answer
        ``answer(A, penalty)`` gives a number for features of shape (n, p).

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    correlated = np.array([[1.0, 2.0], [1.0, 0.0], [1.0, 3.0]])
    curvature = correlated.T @ correlated / 3 + 0.5 * np.eye(2)
    check(
        answer,
        [
            (
                (np.array([[2.0]]), 0.0),
                0.5,
                "One feature, one row: the loss is (2w − r)² / 2, its second derivative 4.",
            ),
            (
                (np.array([[1.0], [1.0], [1.0], [1.0]]), 0.0),
                2.0,
                "The loss is divided by the number of rows, and so is its second derivative.",
            ),
            ((np.array([[1.0]]), 1.0), 1.0, "The penalty bends the bowl too: it adds λ."),
            (
                (np.array([[1.0, 2.0], [1.0, 0.0], [1.0, -2.0]]), 0.5),
                2 / (8 / 3 + 0.5),
                "With several features the steepest direction breaks first: the largest eigenvalue "
                "of AᵀA / n + λ.",
            ),
            (
                (correlated, 0.5),
                2 / np.linalg.eigvalsh(curvature)[-1],
                "If features are correlated, the steepest direction lies between the axes: take "
                "the eigenvalue of the whole matrix.",
            ),
        ],
    )


def check_3(answer: Callable[[float, float], int]) -> None:
    """Check how many steps gradient descent needs at its best rate.

    Parameters
    ----------
    answer
        ``answer(kappa, share)`` gives a whole number for a condition number above 1.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    check(
        answer,
        [
            ((3.0, 0.3), 2, "Each step halves the distance: after one it is 0.5, after two 0.25."),
            ((3.0, 0.1), 4, "A whole number of steps: the first after which the share is reached."),
            (
                (3.0, 0.25),
                2,
                "After two steps the distance is 0.25: reached, with no further step.",
            ),
            ((9.0, 0.6), 3, "Each step multiplies by (κ − 1) / (κ + 1), here 0.8."),
            ((1.2, 1e-3), 3, "No approximation for large κ: here each step divides by 11."),
            ((100.0, 1e-3), 346, "The smallest t with ((κ − 1) / (κ + 1))ᵗ ≤ share: logarithms."),
        ],
    )


def check_4(answer: Callable[[F64, I64, F64, float, float], F64]) -> None:
    """Check the vector of a new person who played songs several times, the songs' vectors fixed.

    Parameters
    ----------
    answer
        ``answer(Y, met, counts, alpha, penalty)`` gives shape (d,) for songs of shape (n_items, d),
        the codes of the songs played, and how often each was played.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    Y = np.random.default_rng(7).normal(size=(6, 2))
    met, counts = np.array([1, 4, 5]), np.array([1.0, 4.0, 2.0])
    M = Y[met]
    left = Y.T @ Y + 2.0 * (M.T * counts) @ M + 0.3 * 3 * np.eye(2)
    first, once = np.array([0]), np.array([1.0])
    check(
        answer,
        [
            (
                (np.ones((1, 1)), first, once, 1.0, 0.5),
                [2 / 2.5],
                "One song, played once: 1 + α on the right, and on the left with λ added.",
            ),
            (
                (np.ones((2, 1)), first, once, 1.0, 0.5),
                [2 / 3.5],
                "The song that was not played counts too, with weight one and target zero.",
            ),
            (
                (np.ones((2, 1)), np.array([0, 1]), np.ones(2), 1.0, 0.5),
                [4 / 5],
                "The penalty counts once for each song played.",
            ),
            (
                (np.ones((1, 1)), first, 3 * once, 1.0, 0.5),
                [4 / 4.5],
                "Played three times: the weight is 1 + 3α on both sides, the penalty still λ.",
            ),
            (
                (Y, met, counts, 2.0, 0.3),
                np.linalg.solve(left, (1 + 2.0 * counts) @ M),
                "Solve the d × d system: on the left the sum of y yᵀ over all songs, α times each "
                "count times the same over those played, and λ times the number of songs played.",
            ),
        ],
    )
