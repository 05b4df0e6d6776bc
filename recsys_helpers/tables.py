"""Small tables for readers: the same pipe table in the book, JupyterLab, Colab and a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


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
