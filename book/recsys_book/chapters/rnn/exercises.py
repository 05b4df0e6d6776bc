"""Checks of the exercises of chapter 3.1.2, Recurrence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check

Array = NDArray[Any]


def check_1(answer: Callable[[Array, Array, Array, Array], Sequence[float]]) -> None:
    """Check the last state of a plain recurrence.

    Parameters
    ----------
    answer
        ``answer(inputs, W, U, b)`` gives the state after all inputs, shape (m,), for inputs of
        shape (n, d), W of shape (m, d), U of shape (m, m), and a first state of zeros. A row of
        zeros is padding and leaves the state as it is.

    Raises
    ------
    AssertionError
        With a hint, if the state is wrong.
    """
    eye, none = np.eye(2), np.zeros(2)
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    x = np.array([[1.0, 0.0], [0.0, 2.0]])
    once, twice = np.tanh(1.0), np.tanh(np.tanh(1.0))
    U, b = np.array([[0.5, -1.0], [0.0, 2.0]]), np.array([0.1, -0.3])
    W = np.array([[1.0, 2.0], [-1.0, 0.5]])
    state = none
    for row in x:
        state = np.tanh(W @ row + U @ state + b)
    check(
        answer,
        [
            ((x[:1], eye, eye, none), [once, 0], "One input, no state yet: tanh of W x."),
            (
                (x, eye, eye, none),
                [twice, np.tanh(2.0)],
                "What the first input left stays in the state: add U h before tanh.",
            ),
            (
                (x[::-1], eye, swap, none),
                [np.tanh(1 + np.tanh(2.0)), 0],
                "Read from the first row to the last, and multiply U from the left.",
            ),
            ((x, W, U, b), state, "Every step adds b, and the same W, U and b serve all steps."),
            (
                (np.array([none, x[0], none, x[1], none]), W, U, b),
                state,
                "A row of zeros is padding, wherever it stands: skip it, with its bias.",
            ),
            (
                (np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]), np.ones((2, 3)), U, b),
                np.tanh(b),
                "A row is padding if all its entries are zero; a sum of zero is not enough.",
            ),
        ],
    )


def check_2(
    answer: Callable[[Array, Array, Array, Array, Array, Array], tuple[Array, Array]],
) -> None:
    """Check one step of a long short-term memory whose input gate is one minus its forget gate.

    Parameters
    ----------
    answer
        ``answer(x, h, c, K, U, b)`` gives the next h and c, shape (m,) each. The 4m columns of
        ``x @ K + h @ U + b`` are input gate, forget gate, new content and output gate; the first
        part is ignored, since the input gate is one minus the forget gate.

    Raises
    ------
    AssertionError
        With a hint, if one of the two is wrong.
    """
    shut, wide = -50.0, 50.0
    none, one = np.zeros(1), np.ones(1)
    K, U = np.zeros((1, 4)), np.zeros((1, 4))
    rng = np.random.default_rng(0)
    x, h, c = rng.normal(size=2), rng.normal(size=3), rng.normal(size=3)
    K2, U2, b2 = rng.normal(size=(2, 12)), rng.normal(size=(3, 12)), rng.normal(size=12)
    check(
        lambda *arguments: _pair(answer(*arguments)),
        [
            (
                (none, none, 3 * one, K, U, np.array([wide, wide, 1.0, wide])),
                [[np.tanh(3.0)], [3.0]],
                "Forget gate open: c stays, nothing new enters, and h is tanh(c).",
            ),
            (
                (none, none, 3 * one, K, U, np.array([shut, shut, 1.0, wide])),
                [[np.tanh(np.tanh(1.0))], [np.tanh(1.0)]],
                "Forget gate shut: c becomes tanh of the new content; ignore the first part.",
            ),
            (
                (none, none, 3 * one, K, U, np.array([shut, wide, 1.0, shut])),
                [[0.0], [3.0]],
                "Output gate shut: h is zero, but c keeps its value.",
            ),
            (
                (x, h, c, K2, U2, b2),
                _coupled(x, h, c, K2, U2, b2),
                "Gates are sigmoids of x K + h U + b, split into four equal parts.",
            ),
        ],
    )


def _coupled(x: Array, h: Array, c: Array, K: Array, U: Array, b: Array) -> Array:
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = 1 / (1 + np.exp(-forget))
    memory = keep * c + (1 - keep) * np.tanh(new)
    return np.array([np.tanh(memory) / (1 + np.exp(-leave)), memory])


def _pair(both: Any) -> Any:
    """Turn the two states into one array."""
    return both if both is ... else np.array([np.asarray(one, float) for one in both])


def check_3(answer: Callable[[Array, Array, int], Array]) -> None:
    """Check the Jacobian of a linear recurrence.

    Parameters
    ----------
    answer
        ``answer(W, U, distance)`` gives the derivative of the last state by the input that many
        steps before the last, shape (m, d_x), where every state is W x plus U times the state
        before.

    Raises
    ------
    AssertionError
        With a hint, if the matrix is wrong.
    """
    W = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]])
    square = np.array([[1.0, 2.0], [3.0, -1.0]])
    U = np.array([[0.5, 1.0], [0.0, 0.5]])
    check(
        answer,
        [
            ((square, U, 0), square, "The last input meets W, and no U."),
            (
                (square, U, 1),
                U @ square,
                "One step back: first W, then U once, from the left.",
            ),
            ((W, U, 3), U @ U @ U @ W, "Three steps back: U three times, as a matrix product."),
            (
                (W, 0.5 * np.eye(2), 20),
                0.5**20 * W,
                "With U half the identity, half is lost at every step.",
            ),
        ],
    )


def check_4(answer: Callable[[str, int, int, int], int]) -> None:
    """Check how many parameters a recurrent recommender has.

    Parameters
    ----------
    answer
        ``answer(cell, n_items, dim, n_units)`` gives the count for the cells "rnn", "lstm" and
        "gru" as Keras builds them: item vectors, recurrence, and a dense layer back to `dim`.

    Raises
    ------
    AssertionError
        With a hint, if the number is wrong.
    """
    hint = "The output layer maps n_units to dim, with a bias: (n_units + 1) · dim."
    check(
        answer,
        [
            (("rnn", 10, 2, 3), 20 + 3 * (2 + 3 + 1) + 8, hint),
            (("lstm", 10, 2, 3), 20 + 4 * 3 * (2 + 3 + 1) + 8, "An LSTM has four such blocks."),
            (
                ("gru", 10, 2, 3),
                20 + 3 * 3 * (2 + 3 + 2) + 8,
                "A GRU has three, and in Keras two biases each: one inside the reset.",
            ),
            (
                ("lstm", 1000, 64, 128),
                64_000 + 4 * 128 * (64 + 128 + 1) + 129 * 64,
                "Each unit of a block reads dim inputs, n_units states and a bias.",
            ),
        ],
    )
