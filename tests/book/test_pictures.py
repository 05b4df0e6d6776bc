"""Every picture shows the data it is given, names what it draws, and carries its words.

Each is drawn once from small numbers, and read back off matplotlib's axes.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from support.paths import ROOT
from support.pictures import (
    background,
    cnn,
    evaluation,
    gpt,
    gradient_descent,
    optimizers,
    rnn,
    self_attention,
    sgd,
    svm,
    transformer,
    worked_example,
)
from support.pictures.made import Drawn

from recsys_book.figures import canvas, described, styled_dots, styled_lines

DRAWERS: dict[str, Callable[[], Drawn]] = {
    name: draw
    for module in (
        background, cnn, rnn, self_attention, gradient_descent, sgd, svm, worked_example,
        transformer, gpt, optimizers, evaluation,
    )
    for name, draw in vars(module).items()
    if inspect.isfunction(draw) and draw.__module__ == module.__name__
}  # fmt: skip
"""By the name of what they draw."""
EACH = pytest.mark.parametrize("draw", DRAWERS.values(), ids=lambda draw: draw.__name__)


@cache
def drawn_by(draw: Callable[[], Drawn]) -> Drawn:
    """Draw a picture, with its layout, once for all tests."""
    drawn = draw()
    drawn.picture.figure.draw_without_rendering()
    return drawn


PLOT_MODULES = [
    f"recsys_book.{'.'.join(path.relative_to(ROOT / 'book' / 'recsys_book').with_suffix('').parts)}"
    for path in sorted((ROOT / "book" / "recsys_book").rglob("plots*/*.py"))
    + sorted((ROOT / "book" / "recsys_book").rglob("chapters/*/plots.py"))
]


def texts(figure: Figure) -> list[str]:
    """Return all that is written in a figure that has been drawn."""
    return [text.get_text() for text in figure.findobj(Text)]


def drawn_numbers(figure: Figure) -> Iterator[np.ndarray]:
    """Read lines, bars, dots and images back off the axes."""
    for ax in figure.axes:
        for line in ax.lines:
            yield from (np.asarray(a, float) for a in (line.get_xdata(), line.get_ydata()))
            yield line.get_xydata()
        for bars in ax.containers:
            yield np.array([bar.get_height() for bar in bars])
            yield np.array([bar.get_width() for bar in bars])
        for drawn in ax.collections:
            yield from np.ma.filled(drawn.get_offsets(), np.nan).T
            if isinstance(drawn, LineCollection):
                yield np.array([segment[:, 0] for segment in drawn.get_segments()])
        for image in ax.images:
            yield np.ma.filled(image.get_array().astype(float), np.nan)


def same(a: np.ndarray, b: Any) -> bool:
    return a.shape == np.shape(b) and np.allclose(a, b, equal_nan=True)


def unlabelled(figure: Figure) -> Iterator[str]:
    """Name the axes whose ticks are numbers without a label, their own or a neighbour's."""
    axes = [ax for ax in figure.axes if ax.axison]
    for kind in "xy":
        labels = [getattr(ax, f"get_{kind}label")() for ax in axes]
        labels.append(getattr(figure, f"get_sup{kind}label")())
        for ax in axes:
            ticks = [tick.get_text() for tick in getattr(ax, f"get_{kind}ticklabels")()]
            numbers = [bool(re.fullmatch(r"[−\d.,]*%?", tick)) for tick in ticks]
            named = any(labels) or (kind == "y" and ax.get_title())
            if ticks and all(numbers) and any(ticks) and not named:
                yield kind


def labels(ax: Axes) -> set[str]:
    """Return the names of what is drawn, which a legend should hold."""
    return {label for label in ax.get_legend_handles_labels()[1] if not label.startswith("_")}


def legends(figure: Figure) -> list[Any]:
    return [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]


@EACH
def test_a_picture_shows_what_it_is_given(draw: Callable[[], Drawn]) -> None:
    drawn = drawn_by(draw)
    picture, figure = drawn.picture, drawn.picture.figure
    written = texts(figure)
    assert not [name for name in drawn.names if name not in written]
    numbers = list(drawn_numbers(figure))
    assert not [given for given in drawn.numbers if not any(same(a, given) for a in numbers)]
    for words in (picture.alt, picture.caption):
        assert words.strip()
        assert not re.search(r"\{\w*[:}]|\bnan\b", words)
    assert not [part for part in drawn.alt if part not in picture.alt]
    assert not list(unlabelled(figure))


@EACH
def test_a_legend_names_every_line_and_no_two_look_alike(draw: Callable[[], Drawn]) -> None:
    figure = drawn_by(draw).picture.figure
    named = set().union(*map(labels, figure.axes))
    written = [text.get_text() for legend in legends(figure) for text in legend.get_texts()]
    assert len(named) <= 1 or named <= {*written, *texts(figure)}
    for legend in legends(figure):
        looks = [
            (line.get_color(), line.get_linestyle(), line.get_marker(), line.get_linewidth())
            for line in legend.get_lines()
        ]
        assert len({*map(str, looks)}) == len(looks)


CLIPPED = ["margin_losses", "rule_losses"]
"""Pictures that leave out the end of a steep line on purpose."""


@EACH
def test_nothing_lies_outside(draw: Callable[[], Drawn]) -> None:
    for ax in drawn_by(draw).picture.figure.axes:
        for line in ax.lines:
            if draw.__name__ not in CLIPPED and line.get_transform() == ax.transData:
                points = ax.transAxes.inverted().transform(
                    ax.transData.transform(line.get_xydata())
                )
                shown = points[np.isfinite(points).all(axis=1)]
                assert np.all((shown > -0.01) & (shown < 1.01)), line.get_label()


@EACH
def test_no_dollar_sign_opens_a_formula(draw: Callable[[], Drawn]) -> None:
    figure = drawn_by(draw).picture.figure
    powers = r"\$\\mathdefault\{.*\}\$"  # the labels that logarithmic axes make
    risky = [text for text in figure.findobj(Text) if text.get_visible() and "$" in text.get_text()]
    assert not [
        text.get_text()
        for text in risky
        if text.get_parse_math() is not bool(re.fullmatch(powers, text.get_text()))
    ]


def test_every_picture_of_the_book_is_drawn_here() -> None:
    modules = [import_module(name) for name in PLOT_MODULES]
    public = {
        thing
        for module in modules
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and name[0] != "_"
    }
    assert {drawing.__name__ for drawing in public} == DRAWERS.keys()
    assert len(public) > 50


def test_styles_are_all_different_and_run_out() -> None:
    for styled in (styled_lines, styled_dots):
        styles = [tuple(style.items()) for _, style in styled(range(32))]
        assert len({*styles}) == 32
        with pytest.raises(ValueError, match="tells 32 lines or kinds of dots apart, not 33"):
            styled(range(33))


def test_nothing_is_zipped_away() -> None:
    """A zip without strictness drops what has no partner, such as the model without a colour."""
    loose = []
    for folder in (ROOT / "recsys_helpers", ROOT / "book" / "recsys_book"):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "zip":
                    strict = {word.arg: ast.unparse(word.value) for word in node.keywords}
                    if strict.get("strict") != "True":
                        loose.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not loose, "zip without strict=True: " + ", ".join(loose)


def test_a_logarithmic_axis_keeps_its_powers() -> None:
    figure, (ax,) = canvas(3, 2)
    ax.loglog([1, 1e6], [1, 10])
    ax.set_xlabel("a $ and $ b")
    described(figure, alt="A curve.", caption="A curve.")
    figure.draw_without_rendering()
    assert all(label.get_parse_math() for label in ax.get_xticklabels())
    assert not ax.xaxis.label.get_parse_math()


def test_six_models_of_one_way_do_not_mix_with_the_next() -> None:
    (ax,) = rnn.orders().picture.figure.axes
    first, second = np.transpose([line.get_ydata() for line in ax.lines])
    assert max(first) < 0.5 < min(second)
