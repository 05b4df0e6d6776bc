"""Findings for readers: sentences and tables that read the same in a notebook and a terminal."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl


# What Markdown, math or HTML may read as markup: some characters anywhere, others only at the start
# of a line, where they would open a list, a quotation or a heading.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>&|$~^#]|^[-+=:%(]|^\d+(?=[.)](?:\s|$))")


def escaped(text: str) -> str:
    """Escape text that comes from data, so that Markdown shows it as it is.

    Characters that could be markup become HTML entities, which Jupyter Book, JupyterLab and Colab
    all turn back into the character. MathJax reads the page after Markdown and would still find a
    formula between two dollar signs, or after a backslash. It never looks beyond the end of an HTML
    element, so each of these two characters gets an element of its own.

    Parameters
    ----------
    text
        A title, a name, a label. Line breaks and runs of spaces become single spaces.

    Returns
    -------
    str
        One line that is valid in Markdown, in a table cell and in HTML.

    Examples
    --------
    >>> escaped("M*A*S*H | 1970")
    'M&#42;A&#42;S&#42;H &#124; 1970'
    >>> escaped("$9.99")
    '<span>&#36;</span>9.99'
    """
    return _MARKUP.sub(lambda match: "".join(map(_entity, match[0])), _one_line(text))


def _entity(character: str) -> str:
    entity = f"&#{ord(character)};"
    return f"<span>{entity}</span>" if character in "$\\" else entity


def _one_line(text: str) -> str:
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")  # keeps no-break spaces


@dataclass(frozen=True)
class Sentence:
    """A finding in Markdown, which notebooks show as text.

    Parameters
    ----------
    text
        Plain Markdown: emphasis, inline code and ``$…$``. Text from data goes in through
        `escaped`, and outside notebooks it is shown as it was.

    Examples
    --------
    >>> Sentence("Of ten films, **three** were seen.")
    Of ten films, three were seen.
    >>> Sentence(f"**{escaped('M*A*S*H')}** was seen.")
    M*A*S*H was seen.
    """

    text: str

    def __repr__(self) -> str:
        return html.unescape(re.sub(r"[*`]|</?span>", "", self.text))

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class Table:
    """A data frame shown as a Markdown pipe table, with notes under it if there are any.

    Parameters
    ----------
    frame
        The rows to show; numbers are right-aligned, whole numbers of five digits or more
        get commas, decimals have four significant digits, lists are joined by commas, nulls are
        blank. Text is shown as it is; only a `Sentence` is read as Markdown.
    notes
        Sentences to show under the table.

    Examples
    --------
    >>> import polars as pl
    >>> Table(pl.DataFrame({"film": ["Alien", "M*A*S*H"], "ratings": [3, 12]}))
    | film | ratings |
    |:-----|--------:|
    | Alien | 3 |
    | M*A*S*H | 12 |
    """

    frame: pl.DataFrame
    notes: tuple[Sentence, ...] = ()

    def __post_init__(self) -> None:
        # By its method, since this module is also imported where Polars is not installed.
        if not hasattr(self.frame, "iter_rows"):
            raise TypeError(f"frame must be a Polars DataFrame, not a {type(self.frame).__name__}")
        if not isinstance(self.notes, tuple):
            raise TypeError(f"notes must be a tuple, not a {type(self.notes).__name__}")

    def __repr__(self) -> str:
        return self._piped(repr, _one_line)

    def _repr_markdown_(self) -> str:
        return self._piped(Sentence._repr_markdown_, escaped)

    def _piped(self, sentence: Callable[[Sentence], str], text: Callable[[str], str]) -> str:
        """Write the rows between pipes, then the notes; `sentence` and `text` say how to."""

        def cell(value: object) -> str:
            match value:
                case None:
                    return ""
                case Sentence():
                    return sentence(value)
                case list():
                    return ", ".join(map(cell, value))
                case int() | float() if not isinstance(value, bool):
                    return _number(value)
                case _:
                    return text(str(value))

        rule = [
            "-" * (len(name) + 1) + ":" if dtype.is_numeric() else ":" + "-" * (len(name) + 1)
            for name, dtype in self.frame.schema.items()
        ]
        lines = [f"| {' | '.join(map(text, self.frame.columns))} |", f"|{'|'.join(rule)}|"]
        lines += [f"| {' | '.join(map(cell, row))} |" for row in self.frame.iter_rows()]
        if self.notes:
            lines += ["", " ".join(map(sentence, self.notes))]
        return "\n".join(lines)


def _number(value: float) -> str:
    text = str(value)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else text
    if len(text) <= 6:
        return text
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def bracketed(mean: float, low: float, high: float) -> str:
    r"""Write a mean with its interval in brackets, which no line break can split.

    Examples
    --------
    >>> bracketed(0.0531, 0.0488, 0.0577)
    '0.053 [0.049,\xa00.058]'
    """
    return f"{mean:.3f} [{low:.3f},\N{NO-BREAK SPACE}{high:.3f}]"


def size(n_bytes: float) -> str:
    """Write a number of bytes in the largest unit in which it is at least 1.

    Parameters
    ----------
    n_bytes
        How many bytes, zero or more.

    Returns
    -------
    str
        In B, KiB, MiB, GiB or TiB (powers of 1024); one decimal below 100, none for bytes.

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
