"""Text from data is shown as it is, by whatever renders it; only what is meant is markup."""

from __future__ import annotations

import html
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest
from docutils.core import publish_parts
from hypothesis import example, given, settings, strategies as st
from markdown_it import MarkdownIt
from myst_parser.docutils_ import Parser
from support.templates import templates

from recsys_book.figures import Picture, canvas, described
from recsys_book.sentences import SENTENCE, say
from recsys_helpers.display import Sentence, Table, escaped
from recsys_helpers.evaluation.comparisons import Comparison
from recsys_helpers.evaluation.ratings import RatingReport

TRAPS = [
    "M*A*S*H",
    "Ke$ha and A$AP",
    "$x$",
    r"\(x\) \$ \\",
    "a|b",
    "<b>bold</b> & &amp; &#42;",
    "snake_case __init__",
    "`code`",
    "{cite}`key` {{substitution}}",
    "[Heat](https://example.com) ![x][y] [^1]",
    "- 1. # > + =",
    "1984. A film",
    "12)",
    ": term",
    "::: note",
    "% not a comment",
    "(label)=",
    "--- +++",
    "~~gone~~ H~2~O x^2^",
    "https://example.com",
    "  spaced  out ",
    "",
]
# Every example is rendered by docutils, which takes its time.
fewer = settings(max_examples=60)
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"))) | st.sampled_from(TRAPS)
EXTENSIONS = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution"]


class Words(HTMLParser):
    """Collects what a reader sees, and the names of the elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.elements = "", []
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, _: object) -> None:
        self.elements.append(tag)


def myst(markdown: str) -> str:
    """Render as the book does."""
    settings = {"myst_enable_extensions": EXTENSIONS, "warning_stream": False}
    parts = publish_parts(
        markdown, parser=Parser(), writer_name="html5", settings_overrides=settings
    )
    return parts["body"]


def github(markdown: str) -> str:
    """Render as JupyterLab does, but for its formulas: tables, struck text and raw HTML."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)


def spaced(text: str) -> str:
    """Join the words of a text by single spaces, as a browser does."""
    return " ".join(text.split())


@pytest.mark.parametrize("render", [myst, github])
@fewer
@given(text=TEXTS)
def test_a_cell_shows_its_text(render, text: str) -> None:
    table = Table(pl.DataFrame({"film": [text], "rating": [5]}))
    shown = Words(render(table._repr_markdown_()))
    assert spaced(shown.text) == spaced(f"film rating {text} 5")
    allowed = {"table", "thead", "tbody", "tr", "th", "td", "p", "span", "colgroup", "col"}
    assert set(shown.elements) <= allowed
    assert spaced(text) in spaced(repr(table))


@pytest.mark.parametrize("render", [myst, github])
@pytest.mark.parametrize("text", TRAPS)
def test_names_of_columns_and_lists_in_cells_are_text_as_well(render, text: str) -> None:
    frame = pl.DataFrame({text or "none": [[text, "Up"]]})
    shown = Words(render(Table(frame)._repr_markdown_()))
    assert spaced(shown.text) == spaced(f"{text or 'none'} {text.strip()}, Up")


@pytest.mark.parametrize("render", [myst, github])
@fewer
@given(text=TEXTS)
def test_a_sentence_shows_the_text_in_it(render, text: str) -> None:
    for before, after in (("", " is best."), ("The film ", ".")):
        sentence = Sentence(f"{before}{escaped(text)}{after}")
        shown = Words(render(sentence._repr_markdown_()))
        assert spaced(shown.text) == spaced(f"{before}{text.strip(' ')}{after}")
        assert set(shown.elements) <= {"p", "span"}


@given(TEXTS)
@example("&lt;")
def test_the_terminal_shows_the_text_too(text: str) -> None:
    assert spaced(repr(Sentence(f"**{escaped(text)}**"))) == spaced(text)


@given(TEXTS)
def test_mathjax_never_sees_two_delimiters_in_one_element(text: str) -> None:
    parts = [html.unescape(part) for part in re.split(r"</?span>", escaped(text))]
    assert all(part in {"$", "\\"} or not {"$", "\\"} & {*part} for part in parts)


def test_what_is_markup_stays_markup() -> None:
    sentence = Sentence("**Heat** by `EASE`, $x^2$")
    table = Table(pl.DataFrame({"is": pl.Series([sentence], dtype=pl.Object)}))
    assert table._repr_markdown_().splitlines()[-1] == f"| {sentence.text} |"
    assert repr(table).splitlines()[-1] == "| Heat by EASE, $x^2$ |"
    noted = Table(pl.DataFrame({"n": [1]}), (sentence,))
    assert noted._repr_markdown_().endswith(f"\n\n{sentence.text}")


def test_numbers_of_a_table() -> None:
    frame = pl.DataFrame({"n": [9_999, 10_000], "x": [-0.123456, 123456.7], "yes": [True, None]})
    assert repr(Table(frame)).splitlines()[2:] == [
        "| 9999 | -0.1235 | True |",
        "| 10,000 | 123,457 |  |",
    ]


@pytest.mark.parametrize("text", TRAPS)
def test_names_of_models_are_text(text: str) -> None:
    pair = Comparison(text, "EASE", "NDCG@10", 0.02, 0.01, 0.03)
    said = f"{text} is better than EASE: NDCG@10 differs by 0.020"
    assert spaced(repr(pair)).startswith(spaced(said))
    assert spaced(Words(myst(pair._repr_markdown_())).text).startswith(spaced(said))
    *_, note = RatingReport(np.array([0, 1]), {text: np.zeros((2, 2))}).table().notes
    said = f"{text} was fitted with 2 seeds"
    assert spaced(Words(myst(note._repr_markdown_())).text).startswith(spaced(said))


@pytest.mark.parametrize("text", [text for text in TRAPS if text])
def test_say_takes_text_as_it_is_and_sentences_as_markdown(
    text: str,
) -> None:
    template = "**{title}** has {n:,} ratings, {verdict}."
    said = say(template, title=text, n=1234, verdict=Sentence("*many*"))
    shown = Words(myst(said._repr_markdown_()))
    assert spaced(shown.text) == spaced(f"{text} has 1,234 ratings, many.")
    assert "em" in shown.elements
    assert spaced(repr(said)) == spaced(f"{text} has 1,234 ratings, many.")


def test_no_field_stands_in_code_or_in_a_formula() -> None:
    """There entities would be shown as they are written."""
    inside = re.compile(r"`[^`]*\{[^`]*`|\$[^$]*(?<!\w)\{[a-z]\w*[:}][^$]*\$")
    assert not [place for place, text in templates().items() if inside.search(text)]


def test_a_sentence_carries_its_template_and_numbers_as_data() -> None:
    said = say(
        "**{film}** gains {gain:.1p} points of {n}, {verdict}.",
        film="M*A*S*H",
        gain=np.float32(0.25),
        n=math.inf,
        verdict=Sentence("*not* sure"),
    )
    data, metadata = said._repr_mimebundle_()
    assert data["text/plain"] == "M*A*S*H gains 25.0 points of inf, not sure."
    assert data["text/markdown"] == said.text
    assert json.loads(json.dumps(metadata[SENTENCE])) == {
        "template": "**{film}** gains {gain:.1p} points of {n}, {verdict}.",
        "numbers": {"film": "M*A*S*H", "gain": 0.25, "n": "inf", "verdict": "not sure"},
    }


def test_every_field_has_a_value_and_every_value_a_field() -> None:
    with pytest.raises(TypeError, match="also needs share"):
        say("{share:.0%} of {n}", n=3)
    with pytest.raises(TypeError, match="has no field for m"):
        say("{n} films", n=3, m=4)
    with pytest.raises(TypeError, match="neither alt nor caption has a field for m"):
        described(canvas(2, 1)[0], alt="{n} dots", caption="Dots.", n=3, m=4)


@pytest.mark.parametrize("text", [*filter(str.strip, TRAPS), "\"quoted\" 'twice'"])
def test_a_picture_shows_its_words(text: str) -> None:
    page = Picture(canvas(2, 1)[0], alt=text, caption=text)._repr_html_()
    assert spaced(Words(page).text) == spaced(text)
    assert html.unescape(re.search(r'alt="([^"]*)"', page)[1]) == text


def test_white_space_is_one_space_but_no_break_spaces_stay() -> None:
    assert escaped("a\n b\t\tc\xa0d") == "a b c\xa0d"
    assert np.isscalar(escaped(np.str_("x*")))
