"""No measured number is typed into prose, in notebooks and in the book's Markdown pages."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from support.paths import ROOT
from support.prose_numbers import Fact, advice, measured_numbers, occurs, read_facts
from support.templates import templates

FACTS = read_facts(ROOT / "tests" / "support" / "reviewed_numbers.toml")
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
PAGES = sorted(
    path for path in ROOT.glob("book/**/*.md") if not {"_build", "_vendor"} & set(path.parts)
)


NOT_PLAIN = re.compile(r"\{[\w:+-]+\}`|`{3,}\{|:{3,}|</?[a-zA-Z][^>]*>")


def name(path: Path) -> str:
    """Name a page as the list of reviewed numbers does."""
    return path.relative_to(ROOT).as_posix()


def markdown_of(cell: dict) -> str:
    """Return the prose of a cell: its text, or caption and alternative text of its figure."""
    if cell["cell_type"] == "markdown":
        return cell["source"]
    shown = cell["metadata"].get("mystnb", {})
    parts = [shown.get("figure", {}).get("caption"), shown.get("image", {}).get("alt")]
    return "\n\n".join(part for part in parts if part)


def found(markdown: str, facts: list[Fact] | None = None, **options: bool) -> list[str]:
    """List the measured numbers of a text."""
    return [number.number for number in measured_numbers(markdown, facts or [], **options)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_measured_number_in_a_notebook(path: Path) -> None:
    facts = FACTS.get(name(path), [])
    problems = [
        f"{name(path)}, cell {index}, line {number.line}: {advice(number)}"
        for index, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1)
        for number in measured_numbers(markdown_of(cell), facts, times=True)
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_measured_number_in_a_page(path: Path) -> None:
    markdown = path.read_text(encoding="utf-8")
    problems = [
        f"{name(path)}, line {number.line}: {advice(number)}"
        for number in measured_numbers(markdown, FACTS.get(name(path), []))
    ]
    assert not problems, "\n".join(problems)


def stale_facts(page: str, facts: list[Fact]) -> list[str]:
    """List the reviewed facts that their page no longer needs, or that name no source."""
    path = ROOT / page
    if not path.is_file():
        return [f"reviewed_numbers.toml names {page}, which does not exist; remove it"]
    if path.suffix == ".ipynb":
        texts = [markdown_of(cell) for cell in nbformat.read(path, as_version=4).cells]
    else:
        texts = [path.read_text(encoding="utf-8")]
    problems = [f"{page}: {fact.text!r} names no source" for fact in facts if not fact.source]
    problems += [
        f"{page} no longer says {fact.text!r}; remove the entry from reviewed_numbers.toml"
        for fact in facts
        if not any(occurs(fact, text) for text in texts)
    ]
    return problems


def test_every_reviewed_number_still_stands_in_its_page() -> None:
    problems = [problem for page, facts in FACTS.items() for problem in stale_facts(page, facts)]
    assert not problems, "\n".join(problems)


def test_a_stale_fact_is_found() -> None:
    facts = [Fact("12345 unicorns", "a dream"), Fact("Text", "")]
    assert len(stale_facts("book/notation.md", facts[:1])) == 1
    assert "names no source" in stale_facts("book/notation.md", facts[1:])[0]
    assert "does not exist" in stale_facts("book/nowhere.md", facts)[0]


def template_problems(key: str, template: str, facts: list[Fact] | None = None) -> list[str]:
    """Say what a sentence template has beyond plain Markdown and its fields."""
    problems = [
        f"template {key!r} uses {match[0]!r}; outputs must read the same in JupyterLab and Colab, "
        "so they are plain Markdown without roles, directives and HTML"
        for match in NOT_PLAIN.finditer(template)
    ]
    numbers = measured_numbers(re.sub(r"\{[^{}]*\}", "", template), facts or [])
    return problems + [f"template {key!r}: {advice(number)}" for number in numbers]


def test_sentence_templates_are_plain_and_without_measured_numbers() -> None:
    facts = [fact for page in FACTS.values() for fact in page]
    problems = [p for key, text in templates().items() for p in template_problems(key, text, facts)]
    assert not problems, "\n".join(problems)


DIFFERENCE = re.compile(r"\{\w*(?:difference|gap|gain|excess)\w*:[^{}]*%\}")


def test_a_difference_of_shares_is_told_in_points() -> None:
    """A share that grows from 4% to 8% grows by four percentage points, or by 100 per cent."""
    assert DIFFERENCE.search("is {difference:.1%} better")
    wrong = [place for place, text in templates().items() if DIFFERENCE.search(text)]
    assert not wrong, f"write {{field:.1p}} percentage points: {', '.join(wrong)}"


def test_a_planted_fault_in_a_template_is_found() -> None:
    assert template_problems("a", "The log has **{rows:,}** rows, {share:.1%} of $U$ < 3.") == []
    for text in (
        "see {cite}`x`",
        "see {ref}`x`",
        "see {doc}`x`",
        ":::{note}",
        "a<br>b",
        "```{note}",
    ):
        assert "plain Markdown" in template_problems("a", text)[0]
    assert "'98 %'" in template_problems("a", "Of {rows:,} rows, 98 % are tied.")[0]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("About 98.3 % of the cells are empty.", ["98.3 %"]),
        ("A share of .053, then 5 % and 7 percent.", [".053", "5 %", "7 percent"]),
        ("There are 9,742 films and 610 users.", ["9,742", "610"]),
        ("It needs 1.5 GiB.", ["1.5"]),
        ("A log of 10⁶ rows, 3 million users, 100k items.", ["10⁶", "3 million", "100k"]),
        ("In 2010 films were old; 2010 users rated; 2,010 rows.", ["2010", "2010", "2,010"]),
        ("It is 1.7 times as sparse (1.3–1.9).", ["1.7", "1.3", "1.9"]),
        ("| model | NDCG |\n|---|---|\n| EASE | .044 |", [".044"]),
        ("```{note}\nThe log has 610 users.\n```", ["610"]),
        (":::{figure} a.png\n:width: 80%\n:alt: a curve from 30 to 90\n\nAt 77 it bends.\n:::",
         ["30", "90", "77"]),
        ("A link to [the 610 users](https://example.org/610).", ["610"]),
        ("## The 42 genres", ["42"]),
        ("| 0.05 | 31 |", ["0.05", "31"]),
        ("Costs of $5$ and of 33 units", ["33"]),
        ("```{note}\n```python\nx = 50\n```\nafter 51\n```", ["51"]),
    ],
)  # fmt: skip
def test_a_planted_number_is_found(text: str, numbers: list[str]) -> None:
    assert found(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Three users and 4 items; 20 cells; a half-star step; the 5-core; the top-10 and top-50.",
        "From 1995 to 2018, in the 1990s, on 2018-09-26, September 26 and 26 September 2018.",
        "See chapter 6.3, chapters 6.1, 6.2 and 6.4, sections 3.1.2–3.2 and Figure 2.1.",
        "# 3.1.2 Recurrent networks\n\n## 2. A list\n\n25. item\n",
        "See [6.3 Evaluation](6_3_evaluation) and [the paper](https://doi.org/10.1145/2827872).",
        "After {cite}`Harper2015_1234`, `x = 0.5`, ``a ` 33``, $0.5$, $n = 610$.",
        "Then\n\n$$\n99.9\n$$",
        "```python\nx = 0.5\n```\n\n~~~\n77\n~~~\n\n```{code-cell}\ny = 91\n```",
        "Python 3.11, 3.12 or 3.13, TensorFlow 2.21, CC BY 4.0, MovieLens 100K, MovieLens 32M.",
        "LSTM4Rec, float32, SHA-256, UTF-8, NDCG@50, doi:10.1145/2827872 and a 95% interval.",
        "---\nversion: 0.13\n---\n\nText. <!-- 99 --> <img width='300'>\n\n% 77 problems",
        "| 3.1 | Deep learning |\n| 3.2.1 | Gradient descent |\n| 7 | Conclusion |",
        "(label-99)=\n\n![a picture](a.png){width=55%}\n\n&#8211;",
        "---\na: 1.5\n---\n# Title\n\n```{bibliography}\n:filter: 99\n```",
    ],
)
def test_what_is_no_measurement_passes(text: str) -> None:
    assert found(text) == []


def test_times_and_sizes_are_refused_in_a_notebook_even_when_small_or_in_words() -> None:
    text = "Two minutes, 12 seconds, 3s and 2 GiB; the last ones read for two hours."
    assert found(text, times=True) == ["Two minutes", "12 seconds", "3s", "2 GiB"]
    assert found(text) == []


def test_a_reviewed_fact_passes_and_only_as_a_whole() -> None:
    fact = Fact("610 users", "the README of the data set")
    assert found("There are 610\nusers.", [fact]) == []
    assert found("There are 1,610 users and 610 films.", [fact]) == ["1,610", "610"]
    assert occurs(fact, "all 610 users")
    assert not occurs(fact, "all 2610 users, `610 users`")


def test_line_and_advice_tell_where_and_what() -> None:
    (number,) = measured_numbers("# Title\n\nOf the log, 98.3 % is empty.")
    assert number.line == 3
    assert "'98.3 %' in 'Of the log, 98.3 % is empty.'" in advice(number)
    assert "let a cell print" in advice(number)
