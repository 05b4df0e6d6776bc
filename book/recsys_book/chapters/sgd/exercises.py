"""Checks of the exercises of chapter 3.2.2, Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check

Vectors = NDArray[np.float64]


def check_1(answer: Callable[[Vectors, Sequence[int]], Sequence[float]]) -> None:
    """Check an unbiased estimate of a sum of gradients from a batch.

    Parameters
    ----------
    answer
        ``answer(gradients, batch)`` gives shape (d,): from the rows of ``gradients``, shape (n, d),
        that ``batch`` lists, an estimate of the sum of all rows that is right on average.

    Raises
    ------
    AssertionError
        With a hint, if a number is wrong.
    """
    g = np.array([[1.0, 0.0], [3.0, -2.0], [2.0, 8.0], [0.0, 2.0]])
    check(
        answer,
        [
            ((g, [0, 1, 2, 3]), [6, 8], "A batch of everything must give the sum itself."),
            (
                (g, [2]),
                [8, 32],
                "One row of four stands for four rows: the sum of a batch, times n over its size.",
            ),
            ((g, [0, 1]), [8, -4], "Two of four rows: twice their sum."),
            ((g[:3], [0, 1]), [6, -3], "Two of three rows: their sum, times three halves."),
            ((g, [1, 1, 0]), [28 / 3, -16 / 3], "An example that is drawn twice counts twice."),
        ],
    )


def check_2(answer: Callable[[float, float, float, float], float]) -> None:
    """Check where the mean square settles under a constant rate with momentum.

    Parameters
    ----------
    answer
        ``answer(eta, mu, a, tau)`` gives the mean square of θ that no longer changes, for steps
        θ' = θ + μ (θ − θ before) − η (a θ + τ ξ) with independent ξ of mean 0 and variance 1.

    Raises
    ------
    AssertionError
        With a hint, if a number is wrong.
    """
    check(
        answer,
        [
            (
                (0.5, 0.0, 1.0, 1.0),
                1 / 3,
                "Without momentum the floor is η τ² / (a (2 − η a)), as in the chapter.",
            ),
            ((0.5, 0.5, 1.0, 0.0), 0, "Without noise the mean square goes to 0."),
            (
                (0.5, 0.5, 1.0, 1.0),
                0.6,
                "Two unknowns, v = E[θ²] and w = E[θ · θ before], and two equations: the step "
                "times θ gives w = (1 + μ − η a) v − μ w, the step squared gives v.",
            ),
            ((0.1, 0.9, 2.0, 3.0), 2.375, "The noise enters as η² τ², the curvature as η a."),
        ],
    )


def check_3(
    answer: Callable[[Vectors, Vectors, Vectors, float], tuple[Vectors, Vectors, Vectors]],
) -> None:
    """Check one step of BPR on one triple, without biases and penalty.

    Parameters
    ----------
    answer
        ``answer(x, y_i, y_j, eta)`` gives the three vectors after a step of SGD on the loss
        −log σ(xᵀ(y_i − y_j)).

    Raises
    ------
    AssertionError
        With a hint, if a number is wrong.
    """
    x, i, j = np.array([1.0, 2.0]), np.array([1.0, 0.0]), np.array([-1.0, 1.0])
    far, pull = np.array([4.0, 0.0]), 1 / (1 + np.exp(8.0))
    e = np.array([1.0, 0.0])
    check(
        answer,
        [
            (
                (x, i, j, 0.0),
                [x, i, j],
                "With a rate of 0 nothing moves. Return three vectors: x, y_i, y_j.",
            ),
            (
                (x, i, j, 1.0),
                [[2, 1.5], [1.5, 1], [-1.5, 0]],
                "The margin is 0, so the pull σ(−margin) is one half: x moves by half of y_i − y_j "
                "and y_i by half of x, y_j by minus that. All gradients are taken before anything "
                "moves.",
            ),
            (
                (far, e, -e, 1.0),
                [far + 2 * pull * e, e + pull * far, -e - pull * far],
                "A pair in good order hardly pulls: the factor is σ(−margin), not σ(margin).",
            ),
        ],
    )


def check_4(answer: Callable[[Vectors, Vectors], Sequence[int]]) -> None:
    """Check a list made of scores that were learnt against draws by popularity, uncorrected.

    Parameters
    ----------
    answer
        ``answer(scores, counts)`` gives the codes of all items with training rows, those most
        likely to be met first, where ``scores`` tend to log p − log q with q in proportion to
        ``counts``.

    Raises
    ------
    AssertionError
        With a hint, if the order is wrong.
    """
    flat = np.zeros(4)
    check(
        answer,
        [
            (
                (flat, np.array([5, 40, 10, 20])),
                [1, 3, 2, 0],
                "Equal scores mean: each as often as its popularity says. The most popular first.",
            ),
            (
                (np.array([3.0, 0.0, 0.0, 0.0]), np.array([5, 40, 10, 20])),
                [0, 1, 3, 2],
                "Add the logarithm of the count, not the count: e³ times 5 is more than 40.",
            ),
            (
                (np.array([2.0, 0.0, 9.0, 0.0]), np.array([5, 40, 0, 20])),
                [1, 0, 3],
                "An item without a training row was never drawn and never met: leave it out.",
            ),
            (
                (np.array([0.0, 4.0, 1.0]), np.array([5, 1, 0])),
                [1, 0],
                "An item with a single row has one: keep it. Its logarithm is 0.",
            ),
        ],
    )
