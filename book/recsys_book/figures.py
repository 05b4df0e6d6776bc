"""What the plots of the book share: canvas, colours, titles that fit, pictures with words."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter

from recsys_book.sentences import fields_of, say
from recsys_helpers.display import escaped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

INK = "#22313a"
GREY = "#9aa7ad"
PALE_GREY = "#c9d3d7"
GRID = "#e6ebed"
TEAL = "#12707f"
PALE_TEAL = "#dfeaec"
AMBER = "#d98200"
PALE_AMBER = "#faf1e4"
PLUM = "#7a4f9a"
RED = "#b03a48"

COLOURS = (TEAL, AMBER, PLUM, RED, "#3f7d3f", "#1f4e9c", "#8a6d3b", "#5b6b73")
"""What lines and dots are told apart by, in this order."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure with the words that belong to it, shown by notebooks as one HTML figure.

    Parameters
    ----------
    figure
        The matplotlib figure, for those who want to change or save it.
    alt
        What a reader who cannot see the picture needs to know.
    caption
        What to see in it, in plain text.

    Raises
    ------
    ValueError
        If `alt` or `caption` is empty.

    Examples
    --------
    >>> figure, axes = canvas(3, 2)
    >>> Picture(figure, alt="An empty frame.", caption="Nothing to see yet.")
    Figure: Nothing to see yet.
    """

    figure: Figure
    alt: str
    caption: str

    def __post_init__(self) -> None:
        if not (self.alt.strip() and self.caption.strip()):
            raise ValueError("a picture needs alt= and caption=: say what it shows, what to see")

    def __repr__(self) -> str:
        return f"Figure: {self.caption}"

    def png(self) -> bytes:
        """Render the figure as PNG.

        Returns
        -------
        bytes
            The file, at 160 dots per inch.

        Examples
        --------
        >>> Picture(canvas(3, 2)[0], alt="A frame.", caption="A frame.").png()[1:4]
        b'PNG'
        """
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=160, metadata={"Software": ""})
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png()).decode()
        width = round(self.figure.get_figwidth() * 100)
        return (
            f'<figure class="picture"><div><img src="data:image/png;base64,{data}" '
            f'width="{width}" style="--width: {width}px" alt="{escape(self.alt)}"></div>'
            f"<figcaption>{escaped(self.caption)}</figcaption></figure>"
        )


def canvas(
    width: float, height: float, columns: int = 1, rows: int = 1
) -> tuple[Figure, list[Axes]]:
    """Make an empty figure in the style of the book.

    Parameters
    ----------
    width, height
        Size in inches.
    columns, rows
        How many axes stand side by side, and one above the other.

    Returns
    -------
    tuple of Figure and list of Axes
        The axes row by row. No global state of matplotlib is used or changed.

    Examples
    --------
    >>> figure, axes = canvas(6, 3, columns=2)
    >>> len(axes)
    2
    """
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    axes: list[Axes] = list(figure.subplots(rows, columns, squeeze=False).flat)
    for ax in axes:
        dress(ax)
    return figure, axes


def dress(ax: Axes) -> None:
    """Give axes the style of the book: two spines, a pale grid behind what is drawn.

    Parameters
    ----------
    ax
        Axes that `canvas` did not make.
    """
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.tick_params(colors=INK, labelsize=9)
    ax.grid(color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)


def styled_lines(things: Iterable[T]) -> list[tuple[T, dict[str, Any]]]:
    """Pair each thing to draw with the colour and the style of its line.

    Parameters
    ----------
    things
        One for each line, such as the items of a dict from names to values.

    Returns
    -------
    list of tuple of thing and dict
        Keyword arguments of matplotlib's `plot`, no two alike: solid lines in `COLOURS` first,
        then dashed ones.

    Raises
    ------
    ValueError
        If there are more things than colours and styles can tell apart.

    Examples
    --------
    >>> styled_lines(["EASE", "BPR"])[1]
    ('BPR', {'color': '#d98200', 'linestyle': '-'})
    """
    return _styled(things, "linestyle", ("-", "--", "-.", ":"))


def styled_dots(things: Iterable[T]) -> list[tuple[T, dict[str, Any]]]:
    """Pair each thing to draw with the colour and the shape of its dots.

    Parameters
    ----------
    things
        As in `styled_lines`.

    Returns
    -------
    list of tuple of thing and dict
        Keyword arguments of matplotlib's `plot`, no two alike, without a line between the dots.

    Raises
    ------
    ValueError
        If there are more things than colours and shapes can tell apart.

    Examples
    --------
    >>> styled_dots(["EASE", "BPR"])[1]
    ('BPR', {'color': '#d98200', 'marker': 'o', 'linestyle': 'none'})
    """
    return [
        (thing, {**style, "linestyle": "none"})
        for thing, style in _styled(things, "marker", ("o", "s", "^", "D"))
    ]


def _styled(things: Iterable[T], key: str, kinds: Sequence[str]) -> list[tuple[T, dict[str, Any]]]:
    given, room = list(things), len(COLOURS) * len(kinds)
    if len(given) > room:
        raise ValueError(f"a picture tells {room} lines or kinds of dots apart, not {len(given)}")
    styles = islice(product(kinds, COLOURS), len(given))
    return [
        (thing, {"color": colour, key: kind})
        for thing, (kind, colour) in zip(given, styles, strict=True)
    ]


def shortened(title: str, length: int = 42) -> str:
    """Cut a title that is too long for a picture.

    Parameters
    ----------
    title
        Any text.
    length
        The most characters, the ellipsis included.

    Returns
    -------
    str
        The title, or its beginning and an ellipsis.

    Examples
    --------
    >>> shortened("Alien", 5), shortened("The Matrix", 6)
    ('Alien', 'The M…')
    """
    return title if len(title) <= length else title[: length - 1].rstrip() + "…"


def apart(positions: ArrayLike, least: float) -> list[float]:
    """Move positions on one axis upwards until no two are closer than `least`.

    Parameters
    ----------
    positions
        Shape (n,), where labels should stand.
    least
        The smallest distance.

    Returns
    -------
    list of float
        In the order given.

    Examples
    --------
    >>> apart([3.0, 0.0, 0.5], 1.0)
    [3.0, 0.0, 1.0]
    """
    moved = np.asarray(positions, float).copy()
    for before, after in pairwise(np.argsort(moved, kind="stable")):
        moved[after] = max(moved[after], moved[before] + least)
    return [float(position) for position in moved]


def described(figure: Figure, *, alt: str, caption: str, **numbers: object) -> Picture:
    """Give a figure its words, filled with the numbers of the run.

    Parameters
    ----------
    figure
        The matplotlib figure.
    alt
        What a reader who cannot see the picture needs to know, as a template of `say`.
    caption
        What to see in it, as a template of `say`.
    **numbers
        A value for each field of the two.

    Returns
    -------
    Picture
        Ready to show. Dollar signs in titles and names open no formula.

    Raises
    ------
    TypeError
        If a field has no value, or a value no field in either text.

    Examples
    --------
    >>> described(canvas(3, 2)[0], alt="{n} dots.", caption="Each of {n} dots is a film.", n=3)
    Figure: Each of 3 dots is a film.
    """
    _show_dollar_signs(figure)
    fields = {text: fields_of(text) for text in (alt, caption)}
    if idle := sorted(set(numbers) - fields[alt] - fields[caption]):
        raise TypeError(f"neither alt nor caption has a field for {', '.join(idle)}")
    filled = [
        str(say(text, **{field: numbers[field] for field in fields[text] & set(numbers)}))
        for text in (alt, caption)
    ]
    return Picture(figure, *filled)


def _show_dollar_signs(figure: Figure) -> None:
    """Draw all text as it is, but for the labels that logarithmic axes make: they are formulas."""
    formulas = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                formulas.update(axis.get_majorticklabels())
            if isinstance(axis.get_minor_formatter(), LogFormatter):
                formulas.update(axis.get_minorticklabels())
    for text in figure.findobj(Text):
        if text not in formulas:
            text.set_parse_math(False)
