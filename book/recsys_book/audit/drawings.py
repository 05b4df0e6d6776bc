"""The pictures of an audit as SVG inside the page: they take the page's colours, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, LEFT, RIGHT = 400, 90, 50


def bars(values: Sequence[int], labels: tuple[str, str], alt: str) -> str:
    """Draw one bar for each value, side by side.

    Parameters
    ----------
    values
        0 or more.
    labels
        What stands below the first and the last bar.
    alt
        What a reader who does not see the picture needs to know.

    Returns
    -------
    str
        An svg element.

    Examples
    --------
    >>> bars([1, 2], ("2024", "2025"), "More and more.").count("<rect")
    2
    """
    height, step, most = 120, WIDTH / len(values), max(1, *values)
    drawn = [
        f'<rect x="{i * step + 1:.1f}" y="{height * (1 - value / most):.1f}" '
        f'width="{max(step - 2, 1):.1f}" height="{height * value / most:.1f}"/>'
        for i, value in enumerate(values)
    ]
    first, last = map(escape, labels)
    drawn += [
        f'<text x="0" y="{height + 20}">{first}</text>',
        f'<text x="{WIDTH}" y="{height + 20}" text-anchor="end">{last}</text>',
    ]
    return _svg(height + 28, drawn, alt)


def intervals(rows: Sequence[tuple[str, float, float, float]], alt: str) -> str:
    """Draw a dot and a line for each name, its mean and the ends of its interval.

    Parameters
    ----------
    rows
        Name, mean, low and high, 0 or more.
    alt
        What a reader who does not see the picture needs to know.

    Returns
    -------
    str
        An svg element.

    Examples
    --------
    >>> intervals([("EASE", 0.2, 0.1, 0.3)], "EASE, with its interval.").count("<circle")
    1
    """
    most = max(high for *_, high in rows) or 1.0
    scale = (WIDTH - LEFT - RIGHT) / most
    drawn = [f'<line class="axis" x1="{LEFT}" y1="0" x2="{LEFT}" y2="{28 * len(rows)}"/>']
    for i, (name, mean, low, high) in enumerate(rows):
        y = 28 * i + 15
        x, start, end = (LEFT + scale * value for value in (mean, low, high))
        drawn += [
            f'<text x="{LEFT - 10}" y="{y + 5}" text-anchor="end">{escape(name)}</text>',
            f'<line x1="{start:.1f}" y1="{y}" x2="{end:.1f}" y2="{y}"/>',
            f'<circle cx="{x:.1f}" cy="{y}" r="5"/>',
            f'<text x="{end + 10:.1f}" y="{y + 5}">{mean:.3f}</text>',
        ]
    return _svg(28 * len(rows) + 4, drawn, alt)


def _svg(height: float, drawn: Sequence[str], alt: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(alt)}">'
        + "".join(drawn)
        + "</svg>"
    )
