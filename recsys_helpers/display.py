"""Findings for readers: sentences and tables that read the same in a notebook and a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Sentence:
    """A finding in Markdown, which notebooks show as text.

    Parameters
    ----------
    text
        Plain Markdown: emphasis, inline code and ``$…$``.

    Examples
    --------
    >>> Sentence("Of ten films, **three** were seen.")
    Of ten films, three were seen.
    """

    text: str

    def __repr__(self) -> str:
        return self.text.replace("**", "").replace("*", "").replace("`", "")

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class Table:
    """A data frame shown as a Markdown pipe table.

    Parameters
    ----------
    frame
        The rows to show; numbers are right-aligned, whole numbers of five digits or more
        get commas, decimals have four significant digits, lists are joined by commas, nulls are
        blank.

    Examples
    --------
    >>> import polars as pl
    >>> Table(pl.DataFrame({"film": ["Alien", "Up"], "ratings": [3, 12]}))
    | film | ratings |
    |:-----|--------:|
    | Alien | 3 |
    | Up | 12 |
    """

    frame: pl.DataFrame

    def __repr__(self) -> str:
        names = self.frame.columns
        numeric = [dtype.is_numeric() for dtype in self.frame.dtypes]
        rule = [
            "-" * (len(name) + 1) + ":" if right else ":" + "-" * (len(name) + 1)
            for name, right in zip(names, numeric, strict=True)
        ]
        lines = ["| " + " | ".join(names) + " |", "|" + "|".join(rule) + "|"]
        lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in self.frame.iter_rows()]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return repr(self)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    text = str(value)
    if isinstance(value, int) and abs(value) >= 10_000:
        text = f"{value:,}"
    elif isinstance(value, float) and len(text) > 6:
        text = f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return text.replace("|", "\\|").replace("\n", " ")


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


def size(n_bytes: float) -> str:
    """Write a number of bytes in the largest unit that leaves at least one.

    Parameters
    ----------
    n_bytes
        How many bytes, zero or more.

    Returns
    -------
    str
        Two significant digits at least, in B, KiB, MiB, GiB or TiB (powers of 1024).

    Examples
    --------
    >>> size(1536), size(5 * 1024**3), size(12)
    ('1.5 KiB', '5.0 GiB', '12 B')
    """
    if n_bytes < 1024:
        return f"{n_bytes:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        n_bytes /= 1024
        if n_bytes < 1024:
            return f"{n_bytes:.1f} {unit}" if n_bytes < 100 else f"{n_bytes:.0f} {unit}"
    return f"{n_bytes / 1024:.1f} TiB"
