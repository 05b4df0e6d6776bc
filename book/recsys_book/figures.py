"""What the plots of the book share: a canvas, three colours, a picture that describes itself."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from recsys_book.sentences import say
from recsys_helpers.display import escaped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#22313a"
TEAL = "#12707f"
AMBER = "#d98200"
GREY = "#9aa7ad"


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
            f'<figure class="picture"><img src="data:image/png;base64,{data}" width="{width}" '
            f'alt="{escape(self.alt)}"><figcaption>{escaped(self.caption)}</figcaption></figure>'
        )


def canvas(width: float, height: float, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """Make an empty figure in the style of the book.

    Parameters
    ----------
    width, height
        Size in inches.
    columns
        How many axes stand side by side.

    Returns
    -------
    tuple of Figure and list of Axes
        No global state of matplotlib is used or changed.

    Examples
    --------
    >>> figure, axes = canvas(6, 3, columns=2)
    >>> len(axes)
    2
    """
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    grid = figure.subplots(1, columns, squeeze=False)
    axes: list[Axes] = list(grid[0])
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.spines[["left", "bottom"]].set_color(GREY)
        ax.tick_params(colors=INK, labelsize=9)
        ax.grid(color="#e6ebed", linewidth=0.8)
        ax.set_axisbelow(True)
    return figure, axes


def described(figure: Figure, name: str, **numbers: object) -> Picture:
    """Give a figure its words: the templates `alt_name` and `caption_name`, filled.

    Parameters
    ----------
    figure
        The matplotlib figure.
    name
        The figure's name in `templates.TEMPLATES`.
    **numbers
        A value for each field of the two templates.

    Returns
    -------
    Picture
        Ready to show.
    """
    alt, caption = (str(say(f"{kind}_{name}", **numbers)) for kind in ("alt", "caption"))
    return Picture(figure, alt, caption)
