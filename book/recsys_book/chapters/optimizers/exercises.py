"""Checks of the exercises of chapter 5.3, Adam, Adagrad and their kin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys_book.exercises import check
from recsys_helpers._types import F64, I64, Bool


def check_1(answer: Callable[[F64, F64, F64, float], tuple[F64, F64]]) -> None:
    """Check a step of Adagrad that keeps one sum for each row.

    Parameters
    ----------
    answer
        ``answer(theta, g, s, eta)`` gives the new parameters, shape (n_rows, d), and the new sum of
        each row, shape (n_rows,).

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    zeros = np.zeros((2, 2))
    check(
        answer,
        [
            (
                (zeros, np.array([[3.0, -4.0], [-0.5, 0.5]]), np.zeros(2), 0.1),
                (
                    [[-0.3 / 12.5**0.5, 0.4 / 12.5**0.5], [0.1, -0.1]],
                    [12.5, 0.25],
                ),
                "Add the mean of the row's squared gradients to its sum first, then divide the "
                "whole row by the root of that sum.",
            ),
            (
                (np.ones((1, 2)), np.array([[4.0, 0.0]]), np.array([28.0]), 0.5),
                ([[1 - 0.5 * 4 / 6, 1]], [36]),
                "Sums only grow: s becomes s plus the mean of g². The row goes against g.",
            ),
            (
                (np.ones((2, 2)), np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0.0, 3.0]), 1.0),
                ([[1, 1], [0.5, 0.5]], [0, 4]),
                "A row that never had a gradient stays where it is: do not divide 0 by 0.",
            ),
        ],
    )


def check_2(answer: Callable[[float, float], int]) -> None:
    """Check after how many steps the sum of squares reaches what Adagrad started at.

    Parameters
    ----------
    answer
        ``answer(g, start)`` gives the number of steps with gradient g.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    check(
        answer,
        [
            ((1.0, 0.75), 1, "One square of 1 is more than 0.75 already."),
            ((0.5, 0.9), 4, "Each step adds g² = 0.25; three make 0.75, four make 1."),
            ((0.5, 0.75), 3, "Three times 0.25 is 0.75: reached, with no further step."),
            ((-0.5, 0.9), 4, "Squares have no sign."),
            ((0.5, 0.55), 3, "Two squares make 0.5, which is less than 0.55: do not round down."),
            ((1e-4, 0.1005), 10_050_000, "Small gradients take 0.1 / g² steps: more than any run."),
            (
                (2.0, 0.0),
                1,
                "A start of 0 is reached at the first step: the answer is at least one.",
            ),
        ],
    )


def check_3(answer: Callable[[float, float], float]) -> None:
    """Check how far one gradient moves a parameter under Adam.

    Parameters
    ----------
    answer
        ``answer(beta_1, beta_2)`` gives the whole distance in learning rates.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    check(
        answer,
        [
            (
                (0.0, 0.75),
                2.0,
                "Without momentum there is one step: g / √((1 − β₂) g²), here 1 / √0.25.",
            ),
            (
                (0.5, 0.9999),
                0.5 / 0.0001**0.5 / (1 - 0.5 / 0.9999**0.5),
                "From step to step m shrinks by β₁ and √v by √β₂: sum the geometric series.",
            ),
            (
                (0.9, 0.999),
                0.1 / 0.001**0.5 / (1 - 0.9 / 0.999**0.5),
                "The first step is (1 − β₁) / √(1 − β₂), each later one β₁ / √β₂ times the last.",
            ),
        ],
    )


def check_4(answer: Callable[[Bool], tuple[I64, I64]]) -> None:
    """Check how many rows move in each step.

    Parameters
    ----------
    answer
        ``answer(touched)`` gives the number of rows that lazy Adam and Adam move in each step,
        each of shape (n_steps,), where `touched`, shape (n_steps, n_rows), tells which rows have a
        gradient.

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    one = np.array([[True, False, False], [False, False, True], [True, False, False]])
    late = np.array([[False, False], [False, True], [False, False], [False, False]])
    rng = np.random.default_rng(0)
    many = rng.random((6, 40)) < 0.1
    seen = np.array([many[: step + 1].any(axis=0).sum() for step in range(6)])
    check(
        answer,
        [
            (
                (one,),
                ([1, 1, 1], [1, 2, 2]),
                "Lazy: the rows with a gradient now. Dense: those that have one or ever had one.",
            ),
            (
                (late,),
                ([0, 1, 0, 0], [0, 1, 1, 1]),
                "Before its first gradient a row's memory is 0, and it stays where it is.",
            ),
            ((many,), (many.sum(axis=1), seen), "Count rows in each step, not steps for each row."),
        ],
    )
