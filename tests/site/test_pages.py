"""Every file of the built site: links, images, heads, outputs, and nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import page_checks as checks
import pytest
import yaml
from page_checks import Page, Site
from support.paths import ROOT


def listed(toc: dict) -> list[str]:
    """List the pages of a table of contents, the root first."""
    found = [toc[key] for key in ("root", "file") if key in toc]
    for key in ("parts", "chapters", "sections"):
        for entry in toc.get(key, []):
            found += listed(entry)
    return found


CONTENTS = listed(yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")))


def all_problems(site: Site, check) -> str:
    """Run a check over all pages; join what it finds, each with its page."""
    found = [f"{page.name}: {text}" for page in site.pages.values() for text in check(page)]
    return "\n".join(dict.fromkeys(found))


def test_every_entry_of_the_contents_has_a_page(site: Site) -> None:
    missing = [name for name in CONTENTS if f"{name}.html" not in site.pages]
    assert not missing, f"no page for {missing}: run `make book`"


def test_every_link_and_anchor_resolves(site: Site) -> None:
    problems = all_problems(site, lambda page: checks.link_problems(site, page))
    assert not problems, problems


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    problems = all_problems(site, checks.external_problems)
    assert not problems, problems


def test_style_sheets_load_only_their_own_files(html: Path) -> None:
    sheets = sorted(html.rglob("*.css"))
    problems = [problem for path in sheets for problem in checks.css_problems(html, path)]
    assert not problems, "\n".join(problems)


def test_every_image_has_alt_text(site: Site) -> None:
    problems = all_problems(site, checks.image_problems)
    assert not problems, problems


def test_every_page_has_language_title_and_one_main_heading(site: Site) -> None:
    problems = all_problems(site, checks.head_problems)
    assert not problems, problems


def test_every_content_page_has_an_open_graph_card(site: Site, config: dict) -> None:
    base = config["sphinx"]["config"]["ogp_site_url"]
    pages = [site.pages[f"{name}.html"] for name in CONTENTS]
    problems = {
        f"{page.name}: {problem}" for page in pages for problem in checks.card_problems(page, base)
    }
    assert not problems, "\n".join(sorted(problems))


def test_no_markup_is_left_unresolved(html: Path) -> None:
    problems = all_problems(Site(html), checks.syntax_problems)
    assert not problems, problems


def test_no_cell_shows_an_error_or_stderr(site: Site) -> None:
    problems = all_problems(site, checks.output_problems)
    assert not problems, problems


@pytest.mark.parametrize("name", [name for name in CONTENTS if name.startswith("notebooks/")])
def test_a_notebook_can_be_downloaded_and_launched(site: Site, config: dict, name: str) -> None:
    repository = config["repository"]
    page = site.pages[f"{name}.html"]
    problems = list(
        checks.notebook_problems(page, f"{name}.ipynb", repository["url"], repository["branch"])
    )
    assert not problems, f"{page.name}: " + "\n".join(problems)


FAULTS = [
    (checks.link_problems, '<a href="gone.html">x</a>', "'gone.html', a file that does not exist"),
    (checks.link_problems, '<a href="page.html#gone">x</a>', "page.html has no element with"),
    (checks.link_problems, '<img src="gone.png" alt="a">', "'gone.png', a file that does not"),
    (checks.link_problems, '<script src="gone.js"></script>', "'gone.js', a file that does not"),
    (checks.link_problems, '<link rel="stylesheet" href="gone.css">', "'gone.css', a file"),
    (checks.link_problems, '<a href="/book/">x</a>', "from the server's root"),
    (checks.external_problems, '<script src="https://a.org/b.js"></script>', "<script> loads"),
    (checks.external_problems, '<img src="//a.org/b.png" alt="a">', "<img> loads"),
    (checks.external_problems, '<link rel="preload" href="https://a.org/b">', "<link> loads"),
    (checks.external_problems, '<iframe src="https://a.org/"></iframe>', "<iframe> loads"),
    (checks.external_problems, "<style>@import 'https://a.org/b.css'</style>", "a style loads"),
    (checks.external_problems, "<p style='background: url(https://a.org/b)'>", "a style loads"),
    (checks.image_problems, '<img src="a.png" alt=" ">', "'a.png' has no alt text"),
    (checks.head_problems, "<h1>Again</h1>", "has 2 <h1>"),
    (checks.syntax_problems, "<article>see {ref}`it`</article>", "see {ref}`it`"),
    (checks.syntax_problems, "<article>:::{note} x</article>", ":::{note} x"),
    (checks.syntax_problems, "<article>a ``` b</article>", "a ``` b"),
    (checks.output_problems, '<div class="output stderr">careful</div>', "shows stderr: 'careful'"),
    (checks.output_problems, '<div class="output traceback">KeyError</div>', "shows traceback"),
    (checks.output_problems,
     '<div class="cell_output">Traceback (most recent call last)</div>', "shows a traceback"),
]  # fmt: skip


def planted(folder: Path, body: str, head: str = "<title>T</title>", lang: str = "en") -> Site:
    """Make a site of one page."""
    text = f'<html lang="{lang}"><head>{head}</head><body><h1 id="t">T</h1>{body}</body></html>'
    (folder / "page.html").write_text(text)
    return Site(folder)


def found(site: Site, check) -> list[str]:
    """Run a check over the one page of a planted site."""
    page = site.pages["page.html"]
    return list(check(site, page) if check is checks.link_problems else check(page))


@pytest.mark.parametrize(("check", "body", "message"), FAULTS)
def test_a_planted_fault_is_found(tmp_path: Path, check, body: str, message: str) -> None:
    assert any(message in problem for problem in found(planted(tmp_path, body), check))


def test_a_clean_page_passes(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    body = (
        '<article><a href="page.html#t">x</a><a href="https://a.org/#b">y</a>'
        '<img src="a.png" alt="A curve"><code>{ref}`x`</code></article>'
    )
    site = planted(tmp_path, body, '<title>T</title><link rel="canonical" href="https://a.org">')
    for check in {check for check, *_ in FAULTS}:
        assert found(site, check) == []


def test_a_page_without_head_is_found(tmp_path: Path) -> None:
    site = planted(tmp_path, "", head="", lang="")
    assert found(site, checks.head_problems) == ["<html> has no lang", "the page has no <title>"]


def test_a_faulty_card_is_found(tmp_path: Path) -> None:
    base = "https://a.org/book/"

    def problems(image: str) -> list[str]:
        head = f'<meta property="og:image" content="{image}"><meta property="og:title" content="T">'
        return list(checks.card_problems(planted(tmp_path, "", head).pages["page.html"], base))

    (tmp_path / "card.png").touch()
    assert problems(base + "card.png") == []
    assert problems("") == ["the page has no og:image"]
    assert "does not lie under" in problems("https://b.org/card.png")[0]
    assert "a file that the site does not have" in problems(base + "gone.png")[0]


def test_a_faulty_style_sheet_is_found(tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text(
        "/* url(x) */ a { background: url('gone.png') } @import 'https://a.org/b.css';"
    )
    assert list(checks.css_problems(tmp_path, sheet)) == [
        "a.css refers to 'gone.png', a file that does not exist",
        "a.css loads 'https://a.org/b.css' from elsewhere",
    ]


def test_missing_launch_links_are_found(tmp_path: Path) -> None:
    url, notebook = "https://github.com/me/book", "notebooks/1_a.ipynb"
    links = [
        "https://colab.research.google.com/github/me/book/blob/main/notebooks/1_a.ipynb",
        "https://mybinder.org/v2/gh/me/book/main?urlpath=lab/tree/notebooks/1_a.ipynb",
        "../_sources/notebooks/1_a.ipynb",
    ]

    def problems(links: list[str]) -> list[str]:
        body = "".join(f'<a href="{link}">x</a>' for link in links)
        page: Page = planted(tmp_path, body).pages["page.html"]
        return list(checks.notebook_problems(page, notebook, url, "main"))

    assert problems(links) == []
    assert [text.split()[1] for text in problems([])] == ["Colab", "Binder", "download"]
    assert "there is ['https://colab" in problems([links[0].replace("main", "master")])[0]
