"""The audit's page in a browser: two widths, light and dark, and nothing is asked for."""

from __future__ import annotations

from pathlib import Path

import browser_checks as checks
import pytest
from playwright.sync_api import Browser
from support import audited_logs

from recsys_book.audit import audit
from recsys_helpers import Interactions


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    columns = {"user": "customer", "item": "product", "timestamp": "day"}
    log = Interactions.from_frame(audited_logs.orders(), **columns, duplicates="keep")
    path = tmp_path_factory.mktemp("audit") / "audit.html"
    path.write_text(audit(log, "orders").html(), encoding="utf-8")
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_and_has_no_obstacle(
    browser: Browser, page_file: Path, width: int, theme: str
) -> None:
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=theme, bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Axe cannot decide the ground of text in drawings; it has the ink of the words around them.
    assert not [one for one in checks.axe_violations(page) if "image node" not in one]
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')]"
        ".map(text => text.getBoundingClientRect().height))"
    )
    assert smallest >= 11
    context.close()
