"""Checks of the exercises of chapter 6.3, Evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_book.exercises import check


def check_1(answer: Callable[[Sequence[bool], int], float]) -> None:
    """Check the NDCG of one list with several relevant items.

    Parameters
    ----------
    answer
        ``answer(hits, n_relevant)`` gives the NDCG of a list with these hits, best place first.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    second, third = 1 / np.log2(3), 0.5
    check(
        answer,
        [
            (([True, False, False], 1), 1.0, "The only relevant item is on top."),
            (([False, True, False], 1), second, "Place two is worth 1 / log2(3)."),
            (
                ([True, False, True], 3),
                (1 + third) / (1 + second + third),
                "Divide by the best list: here all three places could be hits.",
            ),
            (
                ([True, True, False], 2),
                1.0,
                "Two relevant items on top of a list of three: no list could be better.",
            ),
            (
                ([False, True], 5),
                second / (1 + second),
                "The list has two places, so the best one has two hits, not five.",
            ),
            (([False, False], 2), 0.0, "A list without a hit is worth nothing."),
        ],
    )


def check_2(answer: Callable[[float, NDArray[Any]], tuple[int, int]]) -> None:
    """Check how many negatives may stand before a target with ties.

    Parameters
    ----------
    answer
        ``answer(target, negatives)`` gives the lowest and the highest number.

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    check(
        answer,
        [
            ((0.5, np.array([0.1, 0.9])), (1, 1), "Without ties both are the same."),
            (
                (0.5, np.array([0.5, 0.9, 0.5])),
                (1, 3),
                "Two negatives tie with the target: they may stand after it or before it.",
            ),
            (
                (0.0, np.zeros(4)),
                (0, 4),
                "If all scores are equal, the target may be first or last.",
            ),
            ((1.0, np.array([])), (0, 0), "Without negatives nothing stands before the target."),
        ],
    )


def check_3(
    answer: Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], tuple[float, float]],
) -> None:
    """Check IPS and SNIPS for one item a visit.

    Parameters
    ----------
    answer
        ``answer(same, p, clicks)`` gives both, for arrays with one value for each visit.

    Raises
    ------
    AssertionError
        With a hint, if one of them is wrong.
    """
    check(
        answer,
        [
            (
                (np.array([True, True]), np.array([1.0, 1.0]), np.array([True, False])),
                (0.5, 0.5),
                "If all is shown always, both are the share of clicks.",
            ),
            (
                (np.array([False, True]), np.array([0.5, 0.5]), np.array([True, True])),
                (1.0, 1.0),
                "A click on what the new list would not show does not count, but the visit does "
                "for IPS.",
            ),
            (
                (
                    np.array([False, True, True]),
                    np.array([0.5, 0.5, 0.25]),
                    np.array([True, True, False]),
                ),
                (2 / 3, 1 / 3),
                "The click counts 1 / 0.5. IPS divides by three visits, SNIPS by weights 2 + 4.",
            ),
            (
                (np.array([True, True]), np.array([0.1, 0.5]), np.array([True, False])),
                (5.0, 10 / 12),
                "IPS may be above one where a rare item was clicked; SNIPS may not.",
            ),
        ],
    )


def check_4(answer: Callable[[NDArray[Any], float], int]) -> None:
    """Check the number of people that a comparison needs.

    Parameters
    ----------
    answer
        ``answer(differences, d)`` gives the number, for the differences of a pilot.

    Raises
    ------
    AssertionError
        With a hint, if it is wrong.
    """
    check(
        answer,
        [
            (
                (np.array([-1.0, 1.0]), 1.0),
                16,
                "The sample variance is 2, with n - 1 in the denominator: 2.8 squared times 2 is "
                "15.68, rounded up.",
            ),
            (
                (np.array([-1.0, 1.0]), 0.5),
                63,
                "Half the difference needs four times the people: 62.72, rounded up at the end.",
            ),
            (
                (np.array([4.0, 6.0]), 1.0),
                16,
                "The mean of the pilot does not matter: subtract it, as a standard deviation does.",
            ),
            ((np.array([0.0, 0.0, 0.3]), 0.1), 24, "The spread is √0.03, and 2.8² · 3 is 23.52."),
            ((np.array([-1.0, 1.0]), 0.9), 20, "19.36 is rounded up: 19 people are too few."),
        ],
    )
