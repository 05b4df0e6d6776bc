"""The built book, served on this machine, and a browser to read it with."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import yaml
from page_checks import Site
from playwright.sync_api import sync_playwright
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

HTML = ROOT / "book" / "_build" / "html"
CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome"]
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(SimpleHTTPRequestHandler):
    """Serve files without a line on stderr for each."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; give its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def html() -> Path:
    """Return the folder of the built site."""
    if not (HTML / "book" / "index.html").is_file():
        pytest.fail("the book is not built: run `make book`")
    return HTML


@pytest.fixture(scope="session")
def site(html: Path) -> Site:
    """Return the parsed pages of the built site."""
    return Site(html)


@pytest.fixture(scope="session")
def config() -> dict:
    """Return the book's configuration."""
    return yaml.safe_load((ROOT / "book" / "_config.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def serve() -> Callable:
    """Return what serves any folder."""
    return served


@pytest.fixture(scope="session")
def address(html: Path) -> Iterator[str]:
    """Serve the built site; give its URL."""
    with served(html) as url:
        yield url


def find_chromium() -> str | None:
    """Find the browser: $RECSYS_CHROMIUM, else the first of the usual names."""
    named = os.environ.get("RECSYS_CHROMIUM")
    if named:
        return named
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium; without one skip, but fail where CI is set."""
    executable = find_chromium()
    if executable is None:
        reason = (
            f"no browser found ({', '.join(CHROMIUM_NAMES)}): the pages were not opened; "
            "install chromium or set RECSYS_CHROMIUM to its path"
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield started
        started.close()
