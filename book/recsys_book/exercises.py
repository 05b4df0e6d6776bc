"""Checks of the chapters' exercises, one module a notebook.

A check takes the reader's answer, prints that it holds, or raises with a hint. An answer that still
returns ``...`` is not wrong: the check says so and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Case = tuple[tuple[Any, ...], Any, str]


def check(answer: Callable[..., Any], cases: Iterable[Case]) -> None:
    """Compare an answer with the expected values, case by case.

    Parameters
    ----------
    answer
        The reader's function; one that returns ``...`` counts as not answered yet.
    cases
        Arguments, expected value, and the hint to give where they differ. Numbers of the same shape
        agree within a relative error of one in a million, all else if it is equal.

    Raises
    ------
    AssertionError
        With the arguments, both values and the hint.

    Examples
    --------
    >>> check(lambda x: 2 * x, [((3,), 6, "Double it.")])
    Right.
    >>> check(lambda x: ..., [((3,), 6, "Double it.")])
    not answered yet
    """
    for arguments, expected, hint in cases:
        got = answer(*arguments)
        if got is ...:
            print("not answered yet")
            return
        if not _same(got, expected):
            shown = ", ".join(map(repr, arguments))
            raise AssertionError(f"for {shown} the answer gives {got!r}, not {expected!r}. {hint}")
    print("Right.")


def plain_pairs(pairs: Any) -> Any:
    """Turn pairs of items before and the item after into lists and whole numbers.

    Parameters
    ----------
    pairs
        What a reader's answer returns, whatever holds the items; anything else is left as it is.

    Returns
    -------
    list of (list of int, int)
        The same pairs.

    Examples
    --------
    >>> plain_pairs([[np.array([7, 3]), np.int64(9)], ((), 7)])
    [([7, 3], 9), ([], 7)]
    """
    try:
        return [(np.asarray(before, int).tolist(), int(item)) for before, item in pairs]
    except (TypeError, ValueError):  # no pairs
        return pairs


def _same(got: Any, expected: Any) -> bool:
    if isinstance(got, list | tuple) and isinstance(expected, tuple) and len(got) == len(expected):
        return all(map(_same, got, expected))

    def close() -> bool:
        return np.shape(got) == np.shape(expected) and np.allclose(
            got, expected, rtol=1e-6, atol=1e-12
        )

    for agree in (close, lambda: got == expected):
        try:
            return bool(agree())
        except (TypeError, ValueError):  # not numbers of one shape, for instance a list of pairs
            continue
    return False
