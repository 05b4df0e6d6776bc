"""Measured numbers typed into prose: decimals, percentages, integers above 20, times and sizes.

A number belongs into the output of the cell that measured it. What is no measurement is blanked
first (code, math, links, citations, section numbers, years, versions, names such as LSTM4Rec);
facts that a source gives stand in reviewed_numbers.toml.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST = 20

# Directives whose body is read as prose; the body of any other is code, data or an option list.
PROSE_DIRECTIVES = {
    "admonition", "attention", "card", "caution", "danger", "dropdown", "epigraph", "error",
    "figure", "glossary", "grid", "grid-item", "grid-item-card", "hint", "important", "list-table",
    "margin", "note", "seealso", "sidebar", "tab-item", "tab-set", "table", "tip", "topic",
    "warning",
}  # fmt: skip
PROSE_OPTIONS = {"alt", "caption", "header", "footer"}

ONE = r"\d+(?:\.\d+)*"
LIST = rf"{ONE}(?:\s*(?:,|–|-|and|or|to|, and|, or)\s*{ONE})*"
NAMED = (
    r"chapters?|sections?|figures?|tables?|equations?|exercises?|solutions?|steps?|parts?|"
    r"versions?|Python|TensorFlow|Keras|NumPy|Polars|SciPy|scikit-learn|Jupyter Book|JupyterLab|"
    r"Sphinx|CC BY|CC-BY|MovieLens|ISBN|ISO|RFC|arXiv"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
COUNTED = "users?|items?|films?|movies?|ratings?|rows?|tags?|interactions?|seconds?|minutes?"
NOT_PROSE = [
    r"\A---\n.*?\n---\n",  # front matter
    r"<!--.*?-->",
    r"^%.*$",  # MyST comment
    r"^\(\S+\)=$",  # MyST label
    r"\$\$.*?\$\$",
    r"(?<!\\)\$(?=\S)(?:\\.|[^$\\])+?(?<=\S)\$(?!\d)",
    r"(?:\{[\w:+-]+\})?(`+)(?!`).+?(?<!`)\1(?!`)",  # inline code and roles
    r"(?<=\])\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)",  # target of a link
    r"^\s*\[[^\]]+\]:\s+\S+.*$",
    r"<[a-zA-Z/!][^>]*>",
    r"https?://\S+",
    r"\b(?:doi:)?10\.\d{4,}/\S+",
    r"&#?\w+;",
    r"\{[^{}\n]*[=#.][^{}\n]*\}",  # attributes
]
NO_MEASUREMENT = [
    rf"^#+\s+{ONE}\.?\s",  # number of a heading
    rf"(?<=\[){ONE}(?=\s)",  # number that opens a link's text
    r"^\s*\d+[.)]\s",  # number of a list item
    r"^\s*\|\s*[1-7](?:\.\d)*\s*(?=\|)",  # chapter number that opens a row of a table
    rf"\b(?i:{NAMED})\s+v?{LIST}[KkMm]?\b",
    r"\d+(?:\.\d+){2,}",
    r"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b",
    rf"\b\d{{1,2}} (?:{MONTHS})\b",
    rf"\b(?:{MONTHS}) \d{{1,2}}\b",
    rf"(?<![\d.,])(?:19|20)\d\ds?(?![\d%]|[.,]\d|\s*%|\s+(?:{COUNTED})\b)",
    r"(?<=[A-Za-z])[-@]?\d+[A-Za-z]*",  # LSTM4Rec, float32, top-50, NDCG@10
    r"\b95\s?% (?=(?:\w+ )?intervals?\b)",
]
NUMBER = re.compile(
    r"(?P<number>\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)"
    r"(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|e-?\d+)?"
    r"(?P<scale>[\s\u00a0\u202f]*(?:%|‰|per\s?cent\b|thousand\b|million\b|billion\b)|[kM]\b)?"
)
WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty"
UNITS = r"(?:ms|s|seconds?|minutes?|[kKMG]i?B|megabytes?|gigabytes?)"
TIME_OR_SIZE = re.compile(rf"\b(?:\d+[\s\u00a0\u202f-]?|(?i:{WORDS})[\s\u00a0-]){UNITS}\b")


class Found(NamedTuple):
    """A measured number in prose: its line, counted from 1, the number and what surrounds it."""

    line: int
    number: str
    context: str


class Fact(NamedTuple):
    """A number that a source gives: the text as the page has it, and the source."""

    text: str
    source: str


def read_facts(path: Path) -> dict[str, list[Fact]]:
    """Read the reviewed facts of each page."""
    pages = tomllib.loads(path.read_text(encoding="utf-8"))
    return {page: [Fact(**entry) for entry in entries] for page, entries in pages.items()}


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _blank_blocks(markdown: str) -> str:
    """Blank fenced code, and of directives everything but prose; keep the line breaks."""
    lines = []
    open_fences: list[tuple[str, bool]] = []
    in_options = False
    for line in markdown.splitlines():
        fence = re.match(r"\s*(`{3,}|~{3,}|:{3,})\s*(?:\{([\w:-]+)\})?(.*)$", line)
        prose = all(is_prose for _, is_prose in open_fences)
        closes = open_fences and fence and not fence[2] and not fence[3].strip()
        if closes and fence[1].startswith(open_fences[-1][0]):
            open_fences.pop()
            lines.append("")
        elif fence and prose:
            is_prose = fence[2] in PROSE_DIRECTIVES
            open_fences.append((fence[1], is_prose))
            in_options = is_prose
            title = fence[3] if is_prose and fence[2] not in {"figure", "list-table"} else ""
            lines.append(title)
        elif not prose:
            lines.append("")
        else:
            option = re.match(r"\s*:([\w-]+):(.*)$", line) if in_options else None
            in_options = option is not None
            keep = option is None or option[1] in PROSE_OPTIONS
            lines.append((option[2] if option else line) if keep else "")
    return "\n".join(lines)


def prose_of(markdown: str) -> str:
    """Blank everything that is no prose, line by line in place."""
    text = re.sub(NOT_PROSE[0], _blank, markdown, flags=re.DOTALL)
    text = _blank_blocks(text)
    for pattern in NOT_PROSE[1:]:
        multiline = re.MULTILINE if pattern.startswith("^") else re.MULTILINE | re.DOTALL
        text = re.sub(pattern, _blank, text, flags=multiline)
    return text


def _pattern(fact: Fact) -> str:
    words = r"\s+".join(map(re.escape, fact.text.split()))
    return rf"(?<![\d.,]){words}(?!\d|[.,]\d)"


def occurs(fact: Fact, markdown: str) -> bool:
    """Tell whether a page still says what a reviewed fact quotes."""
    return re.search(_pattern(fact), prose_of(markdown)) is not None


def measured_numbers(
    markdown: str, facts: Sequence[Fact] = (), *, times: bool = False
) -> Iterator[Found]:
    """Find the numbers in prose that look measured and are no reviewed fact.

    ``times`` also refuses any time or memory size, however small and even in words.

    >>> [found.number for found in measured_numbers("98.3 % of 9,742 films, three users, top-50")]
    ['98.3 %', '9,742']
    """
    text = prose_of(markdown)
    for pattern in [*map(_pattern, facts), *NO_MEASUREMENT]:
        text = re.sub(pattern, _blank, text, flags=re.MULTILINE)
    hits = [match for match in NUMBER.finditer(text) if _is_measured(match)]
    if times:
        hits += TIME_OR_SIZE.finditer(text)
    reported: set[int] = set()
    for match in sorted(hits, key=lambda match: match.start()):
        if match.start() in reported:
            continue
        reported.add(match.start())
        line = text.count("\n", 0, match.start()) + 1
        context = markdown.splitlines()[line - 1].strip()
        yield Found(line, match[0].strip(), context)


def _is_measured(match: re.Match[str]) -> bool:
    number = match["number"]
    if "." in number or match["power"] or match["scale"]:
        return True
    return int(re.sub(r"\D", "", number)) > LARGEST


def advice(found: Found) -> str:
    """Tell an author what to do about a number."""
    return (
        f"{found.number!r} in {found.context[:90]!r}: let a cell print what was measured; "
        "a fact that a source gives goes into tests/support/reviewed_numbers.toml"
    )
