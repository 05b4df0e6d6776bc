"""Showing code and faults: the source that is tested, the error that is meant to happen."""

from __future__ import annotations

import ast
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """Python code that notebooks show with highlighting.

    Parameters
    ----------
    code
        The text of it.
    """

    code: str

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def show_source(thing: type | Callable[..., Any], *, docstring: bool = False) -> Source:
    """Return the source of a function, method or class of the package as it is run.

    Parameters
    ----------
    thing
        A function, a method or a class.
    docstring
        Whether to show docstrings.

    Returns
    -------
    Source
        Shown as a block of code.

    Raises
    ------
    TypeError
        If Python has no source for it.

    Examples
    --------
    >>> from recsys_helpers.recommenders.simple.popularity import Popularity
    >>> show_source(Popularity._score)
    def _score(self, histories: Histories) -> F32:
        counts = self.train_counts.astype(np.float32)
        return np.broadcast_to(counts, (len(histories), len(counts)))
    """
    try:
        code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    except (TypeError, OSError) as error:
        raise TypeError(f"there is no Python source for {thing!r}") from error
    return Source(code if docstring else _without_docstrings(code))


def _without_docstrings(code: str) -> str:
    lines = code.splitlines()
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            blank_after = last < len(lines) and not lines[last].strip()
            left_out.update(range(first, last + 1 + blank_after))
    return "\n".join(line for at, line in enumerate(lines, start=1) if at not in left_out)


def _told(kind: type, message: object) -> None:
    print(textwrap.fill(f"{kind.__name__}: {message}", 80, break_long_words=False))


@contextmanager
def shown() -> Iterator[None]:
    """Run a block that is meant to go wrong, and print its warnings and its error.

    Raises
    ------
    AssertionError
        If nothing goes wrong: the text around the block would then be false.

    Examples
    --------
    >>> with shown():
    ...     [1, 2, 3].index(7)
    ValueError: 7 is not in list
    """
    error: Exception | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except Exception as raised:
            error = raised
    for warning in caught:
        _told(warning.category, warning.message)
    if error is not None:
        _told(type(error), error)
    if error is None and not caught:
        raise AssertionError("the block was meant to go wrong, but nothing did")
