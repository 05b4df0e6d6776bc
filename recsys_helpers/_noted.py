"""A table with what a reader must know under it."""

from __future__ import annotations

from dataclasses import dataclass

from recsys_helpers.sentences import Sentence
from recsys_helpers.tables import Table


@dataclass(frozen=True, eq=False, repr=False)
class NotedTable(Table):
    """A table with sentences under it, in Markdown.

    Parameters
    ----------
    frame
        The rows to show.
    notes
        The sentences.
    """

    notes: tuple[Sentence, ...]

    def __repr__(self) -> str:
        return f"{super().__repr__()}\n\n{' '.join(map(repr, self.notes))}"

    def _repr_markdown_(self) -> str:
        notes = " ".join(note._repr_markdown_() for note in self.notes)
        return f"{super().__repr__()}\n\n{notes}"


def bracketed(mean: float, low: float, high: float) -> str:
    r"""Write a mean with its interval, which no line break parts.

    Examples
    --------
    >>> bracketed(0.0531, 0.0488, 0.0577)
    '0.053 [0.049,\xa00.058]'
    """
    return f"{mean:.3f} [{low:.3f},\N{NO-BREAK SPACE}{high:.3f}]"
