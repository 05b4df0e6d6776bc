"""Checks of the exercises of chapter 3.2.1, Gradient descent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys_book.demonstrations.gradient_check import numeric_gradients
from recsys_book.exercises import check
from recsys_helpers._types import F64, I64


def check_1(answer: Callable[[F64, F64, F64, float], F64]) -> None:
    """Check the gradient of a factorisation's squared error by the vectors of people.

    Parameters
    ----------
    answer
        ``answer(X, A, Y, penalty)`` gives shape (n_users, d).

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    one = np.ones((1, 1))
    rng = np.random.default_rng(5)
    X, A, Y = rng.normal(size=(3, 4)), rng.normal(size=(3, 2)), rng.normal(size=(4, 2))

    def loss(vectors: F64) -> float:
        wrong = float(((X - vectors @ Y.T) ** 2).sum())
        return wrong / 2 + 0.3 / 2 * float((vectors**2).sum())

    (slopes,) = numeric_gradients(loss, A)
    check(
        answer,
        [
            ((one, one, one, 0.0), [[0]], "Where nothing is wrong there is no gradient."),
            (
                (0 * one, 3 * one, 2 * one, 0.0),
                [[12]],
                "The error is 6 − 0; it grows with the person's number twice as fast, as y = 2.",
            ),
            (
                (0 * one, 3 * one, 0 * one, 0.5),
                [[1.5]],
                "Half of λ times a square has the derivative λ times the number itself.",
            ),
            (
                (X, A, Y, 0.3),
                slopes,
                "Sum over films: each error times the vector of its film, (U, I) times (I, d).",
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
    A = np.array([[1.0, 2.0], [1.0, 0.0], [1.0, -2.0]])
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
                (A, 0.5),
                2 / (8 / 3 + 0.5),
                "With several features the steepest direction breaks first: the largest eigenvalue "
                "of AᵀA / n + λ.",
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
            ((9.0, 0.6), 3, "Each step multiplies by (κ − 1) / (κ + 1), here 0.8."),
            ((100.0, 1e-3), 346, "The smallest t with ((κ − 1) / (κ + 1))ᵗ ≤ share: logarithms."),
        ],
    )


def check_4(answer: Callable[[F64, I64, float, float], F64]) -> None:
    """Check the vector of a new person, with the films' vectors fixed.

    Parameters
    ----------
    answer
        ``answer(Y, met, alpha, penalty)`` gives shape (d,) for films of shape (n_items, d) and the
        codes of the films met.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    Y = np.random.default_rng(7).normal(size=(6, 2))
    met = np.array([1, 4, 5])
    M = Y[met]
    left = Y.T @ Y + 2.0 * M.T @ M + 0.3 * 3 * np.eye(2)
    one = np.array([0])
    check(
        answer,
        [
            (
                (np.ones((1, 1)), one, 1.0, 0.5),
                [2 / 2.5],
                "One film, met: (1 + α) stands on the right, and on the left with λ added.",
            ),
            (
                (np.ones((2, 1)), one, 1.0, 0.5),
                [2 / 3.5],
                "The film that was not met counts too, with weight one and the wish for zero.",
            ),
            (
                (np.ones((2, 1)), np.array([0, 1]), 1.0, 0.5),
                [4 / 5],
                "The penalty counts once for each film met.",
            ),
            (
                (Y, met, 2.0, 0.3),
                np.linalg.solve(left, 3.0 * M.sum(axis=0)),
                "Solve the d × d system; the left side holds YᵀY over all films, α times the same "
                "over those met, and λ times their number.",
            ),
        ],
    )
