"""The built site as a reader meets it, in Chromium, on a phone and on a desktop."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import browser_checks as checks
import pytest
from browser_checks import DESKTOP, PHONE, THEMES, Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from page_checks import Site
    from playwright.sync_api import Browser, Page

CHAPTER = "notebooks/1_background.html"
KINDS = {
    "landing": "book/index.html",
    "chapter": CHAPTER,
    "text": "book/glossary.html",
    "reference": "book/api/log.html",
    "source": "_modules/index.html",
    "index": "genindex.html",
    "search": "search.html?q=sparse",
}


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[dict[int, tuple[Page, Log]]]:
    """Open one page a width, with the log of its complaints."""
    contexts = {
        width: browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        for width in (PHONE, DESKTOP)
    }
    contexts[DESKTOP].grant_permissions(["clipboard-read", "clipboard-write"])
    opened = {width: context.new_page() for width, context in contexts.items()}
    yield {width: (page, Log(page)) for width, page in opened.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def desktop(pages: dict[int, tuple[Page, Log]]) -> Page:
    """Return the page of desktop width."""
    return pages[DESKTOP][0]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_opens_without_fault(pages, site: Site, address: str, width: int) -> None:
    page, log = pages[width]
    problems: dict[str, list[str]] = {}
    for name in (name for name, page in site.pages.items() if not page.is_redirect):
        checks.open_page(page, address + name)
        found = log.take() + checks.image_problems(page) + checks.formula_problems(page)
        found += checks.small_picture_problems(page)
        found += checks.in_themes(page, partial(checks.contrast_problems, page))
        for problem in found + checks.overflow_problems(page):
            problems.setdefault(problem, []).append(name)
    assert not problems, "\n".join(f"{what}\n    on {where}" for what, where in problems.items())


def test_the_root_leads_to_the_landing_page(desktop: Page, address: str) -> None:
    desktop.goto(address)
    desktop.wait_for_url(address + KINDS["landing"])


def test_formulas_are_rendered_somewhere(desktop: Page, site: Site, address: str) -> None:
    with_formulas = [name for name, page in site.pages.items() if page.soup.select(".math")]
    assert with_formulas, "no page has a formula; this test sees nothing"
    checks.open_page(desktop, address + with_formulas[0])
    assert desktop.locator("mjx-container").count() > 0


def test_search_finds_the_chapter(desktop: Page, address: str) -> None:
    desktop.goto(f"{address}search.html?q=sparse")
    results = desktop.locator("#search-results li a")
    results.first.wait_for(timeout=10_000)
    links = [link.get_attribute("href") for link in results.all()]
    assert any(CHAPTER in link for link in links), links


def test_the_copy_button_copies_the_code(desktop: Page, address: str) -> None:
    checks.open_page(desktop, address + CHAPTER)
    cell = desktop.locator(".cell_input:visible").first
    cell.locator("pre").hover()
    cell.locator("button.copybtn").click()
    copied = desktop.evaluate("() => navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()
    assert copied.strip()


def test_the_theme_switch_goes_through_light_and_dark(desktop: Page, address: str) -> None:
    desktop.goto(address + KINDS["landing"])
    seen = set()
    for _ in range(3):
        desktop.locator("button.theme-switch-button:visible").first.click()
        seen.add(desktop.evaluate("() => document.documentElement.dataset.theme"))
    assert seen == set(THEMES)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_serious_obstacle(pages, address: str, kind: str, width: int) -> None:
    page, _ = pages[width]
    checks.open_page(page, address + KINDS[kind])
    problems = checks.in_themes(page, lambda: checks.axe_violations(page))
    assert not problems, f"{KINDS[kind]} at {width} px:\n" + "\n".join(problems)


DOT = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
FAULTS = {
    "an external script": (
        '<script src="https://example.org/a.js"></script>',
        "external request: https://example.org/a.js",
    ),
    "an external fetch": (
        '<script>fetch("https://example.org/b").catch(() => {})</script>',
        "external request: https://example.org/b",
    ),
    "a console error": ('<script>console.error("broken")</script>', "console error: broken"),
    "an exception": ("<script>throw new Error('broken')</script>", "script error: broken"),
    "a missing script": ('<script src="gone.js"></script>', "failed request (404): /gone.js"),
    "a missing image": ('<img src="gone.png" alt="a">', "image 'gone.png' does not load"),
    "a broken image": ('<img src="data:image/png;base64,AA" alt="a">', "does not load"),
    "a wide table": (
        '<div style="width: 3000px">wide</div>',
        "wider than 390 px; let it scroll or wrap: ['3008 px'",
    ),
    "a picture too small to read": (
        f'<figure class="picture"><img width="800" alt="a" style="max-width: 100%" src="{DOT}">'
        "</figure>",
        "a picture of 800 px is shown in 294 px",
    ),
    "an unrendered formula": (
        '<article><span class="math">a</span></article>',
        "1 of 1 formulas are not rendered",
    ),
    "a formula with an error": (
        '<article><span class="math"><mjx-container><mjx-merror></mjx-merror></mjx-container>'
        "</span></article>",
        "1 formulas have an error",
    ),
    "low contrast": ('<p style="color: #aaa">pale</p>', "color-contrast (serious)"),
    "text in the colour of its ground": (
        '<p style="background: #ced6dd; color: #ced6dd">unseen</p>',
        "too little contrast, 1.00:1",
    ),
    "text that axe cannot decide": (
        '<p style="background: #ced6dd; color: #ced6dd">unseen</p>',
        "color-contrast (serious) at `p`",
    ),
    "pale text on a see-through ground": (
        '<div style="background: #222"><p style="background: #fff8; color: #888">pale</p></div>',
        "too little contrast, ",
    ),
    "a nameless button": ("<button></button>", "button-name (critical)"),
}


@pytest.fixture(scope="module")
def planted(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, serve: Callable
) -> Iterator[Callable[[str], list[str]]]:
    """Return what opens a page with the given body and runs every check on it."""
    folder = tmp_path_factory.mktemp("planted")
    page = browser.new_page(viewport={"width": PHONE, "height": 900})
    log = Log(page)

    def problems(body: str) -> list[str]:
        head = '<html lang="en"><head><title>T</title><meta charset="utf-8"></head>'
        text = f"{head}<body><main><h1>T</h1>{body}</main></body></html>"
        Path(folder, "page.html").write_text(text, encoding="utf-8")
        checks.open_page(page, url + "page.html")
        found = log.take() + checks.image_problems(page) + checks.formula_problems(page)
        found += checks.contrast_problems(page) + checks.overflow_problems(page)
        found += checks.small_picture_problems(page)
        return found + list(checks.axe_violations(page))

    with serve(folder) as url:
        yield problems
    page.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(planted: Callable[[str], list[str]], fault: str) -> None:
    body, message = FAULTS[fault]
    assert any(message in problem for problem in planted(body)), planted(body)


def test_a_clean_page_passes(planted: Callable[[str], list[str]]) -> None:
    assert planted("<p>Nothing to see.</p>") == []
