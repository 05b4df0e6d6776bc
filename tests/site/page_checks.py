"""What is wrong with the files of the built site, found without a browser."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bs4 import Tag

LOADED = {"stylesheet", "preload", "icon", "font", "modulepreload", "shortcut", "manifest"}
REFERENCES = [
    ("a", "href"),
    ("area", "href"),
    ("audio", "src"),
    ("embed", "src"),
    ("form", "action"),
    ("iframe", "src"),
    ("img", "src"),
    ("image", "href"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("use", "href"),
    ("video", "src"),
]
UNRESOLVED = re.compile(r"\{[\w:+-]+\}`|:{3,}\s*\{|`{3}|:[a-z]+:`|\[\[\w|\bMISSING\b")
IN_CSS = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)|@import\s+['\"]([^'\"]+)['\"]")


class Page:
    """One HTML file of the site."""

    def __init__(self, root: Path, path: Path) -> None:
        self.root = root
        self.path = path
        self.name = path.relative_to(root).as_posix()
        self.soup = BeautifulSoup(path.read_bytes(), "html.parser")

    @cached_property
    def ids(self) -> set[str]:
        """The targets that an anchor may point at."""
        named = {tag["name"] for tag in self.soup.find_all("a", attrs={"name": True})}
        return {tag["id"] for tag in self.soup.find_all(id=True)} | named

    @property
    def is_redirect(self) -> bool:
        """Whether the page only sends the reader on."""
        return (
            self.soup.find("meta", attrs={"http-equiv": re.compile("^refresh$", re.I)}) is not None
        )


class Site:
    """All HTML files of a built site, by their path from its root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        files = [path for path in sorted(root.rglob("*.html")) if "_static" not in path.parts]
        self.pages = {page.name: page for page in (Page(root, path) for path in files)}


def is_external(url: str) -> bool:
    """Tell whether a URL leads away from the site."""
    return bool(urlsplit(url).netloc) or urlsplit(url).scheme in {"http", "https"}


def references(page: Page) -> Iterator[tuple[Tag, str]]:
    """Yield every tag that refers to another file or place, with the URL."""
    for name, attribute in REFERENCES:
        for tag in page.soup.find_all(name, attrs={attribute: True}):
            yield tag, tag[attribute]
    for tag in page.soup.find_all(srcset=True):
        for candidate in tag["srcset"].split(","):
            yield tag, candidate.split()[0]
    for tag in page.soup.find_all("meta", attrs={"http-equiv": re.compile("^refresh$", re.I)}):
        yield tag, tag["content"].split("url=")[-1]


def link_problems(site: Site, page: Page) -> Iterator[str]:
    """Find references to files and anchors that the site does not have."""
    for tag, url in references(page):
        parts = urlsplit(url)
        if is_external(url) or parts.scheme in {"mailto", "data", "javascript"}:
            continue
        if parts.path.startswith("/"):
            yield f"<{tag.name}> refers to {url!r} from the server's root; the book lies deeper"
            continue
        target = page.path
        if parts.path:
            target = (page.path.parent / unquote(parts.path)).resolve()
        if target.is_dir():
            target = target / "index.html"
        if not target.is_file():
            yield f"<{tag.name}> refers to {url!r}, a file that does not exist"
        elif parts.fragment and target.suffix == ".html":
            yield from _anchor_problems(site, tag, url, target, unquote(parts.fragment))


def _anchor_problems(site: Site, tag: Tag, url: str, target: Path, anchor: str) -> Iterator[str]:
    page = site.pages.get(target.relative_to(site.root.resolve()).as_posix())
    if page is not None and anchor not in page.ids and anchor != "top":
        yield f"<{tag.name}> refers to {url!r}, but {page.name} has no element with that id"


def external_problems(page: Page) -> Iterator[str]:
    """Find what a browser would load from elsewhere; plain links are no loading."""
    for tag, url in references(page):
        if tag.name in {"a", "area", "form", "meta"} or not is_external(url):
            continue
        if tag.name == "link" and not LOADED & set(tag.get("rel", [])):
            continue
        yield f"<{tag.name}> loads {url!r} from elsewhere; vendor the file under book/_vendor"
    styles = [tag.get_text() for tag in page.soup.find_all("style")]
    styles += [tag["style"] for tag in page.soup.find_all(style=True)]
    for url in (url for style in styles for url in css_urls(style) if is_external(url)):
        yield f"a style loads {url!r} from elsewhere"


def css_urls(css: str) -> list[str]:
    """List what a style sheet loads."""
    without_comments = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return [match[1] or match[2] for match in IN_CSS.finditer(without_comments)]


def css_problems(root: Path, path: Path) -> Iterator[str]:
    """Find what a style sheet loads from elsewhere or from files that do not exist."""
    name = path.relative_to(root).as_posix()
    for url in css_urls(path.read_text(encoding="utf-8")):
        if is_external(url):
            yield f"{name} loads {url!r} from elsewhere"
        elif not url.startswith(("data:", "#")):
            target = (path.parent / unquote(urlsplit(url).path)).resolve()
            if not target.is_file():
                yield f"{name} refers to {url!r}, a file that does not exist"


def image_problems(page: Page) -> Iterator[str]:
    """Find images without a description."""
    for tag in page.soup.find_all("img"):
        if not tag.get("alt", "").strip():
            yield f"the image {tag.get('src', '')[:60]!r} has no alt text"
    for tag in page.soup.select("main svg[role=img]"):
        if not tag.get("aria-label") and tag.find("title") is None:
            yield "an inline SVG image has neither aria-label nor title"


def head_problems(page: Page) -> Iterator[str]:
    """Demand a language, a title and exactly one main heading."""
    if page.is_redirect:
        return
    if not page.soup.html.get("lang"):
        yield "<html> has no lang"
    if page.soup.title is None or not page.soup.title.get_text(strip=True):
        yield "the page has no <title>"
    printed = page.soup.select("#jb-print-docs-body h1")
    shown = [tag for tag in page.soup.find_all("h1") if tag not in printed]
    if len(shown) != 1:
        yield f"the page has {len(shown)} <h1>, it must have one: {[h.get_text() for h in shown]}"


def card_problems(page: Page, base_url: str) -> Iterator[str]:
    """Demand the open-graph title and image, and that the image is a file of the site."""
    for name in ("og:title", "og:image"):
        tag = page.soup.find("meta", attrs={"property": name})
        content = tag.get("content", "").strip() if tag else ""
        if not content:
            yield f"the page has no {name}"
        elif name == "og:image" and not content.startswith(base_url):
            yield f"og:image {content!r} does not lie under {base_url!r}"
        elif name == "og:image" and not (page.root / content.removeprefix(base_url)).is_file():
            yield f"og:image {content!r} is a file that the site does not have"


def syntax_problems(page: Page) -> Iterator[str]:
    """Find Markdown or reStructuredText that reached the reader unresolved."""
    for article in page.soup.select("article"):
        for tag in article.select("pre, code, script, style, .math"):
            tag.extract()
        text = " ".join(article.get_text(" ").split())
        for match in UNRESOLVED.finditer(text):
            around = text[max(0, match.start() - 30) : match.end() + 30]
            yield f"unresolved markup in the text: {around!r}"


def output_problems(page: Page) -> Iterator[str]:
    """Find errors and stderr among the outputs of cells."""
    for kind in ("stderr", "traceback", "error"):
        for tag in page.soup.select(f".output.{kind}, .cell_output .{kind}"):
            yield f"a cell shows {kind}: {' '.join(tag.get_text(' ').split())[:100]!r}"
    for tag in page.soup.select(".cell_output"):
        if "Traceback (most recent call last)" in tag.get_text():
            yield "a cell shows a traceback; show faults on purpose inside `with shown():`"


def notebook_problems(page: Page, notebook: str, url: str, branch: str) -> Iterator[str]:
    """Demand the download and the launch links of a notebook's page."""
    owner_and_name = urlsplit(url).path.strip("/")
    wanted = {
        "Colab": f"https://colab.research.google.com/github/{owner_and_name}/blob/{branch}/{notebook}",
        "Binder": f"https://mybinder.org/v2/gh/{owner_and_name}/{branch}?urlpath=lab/tree/{notebook}",
    }
    links = {unquote(tag["href"]) for tag in page.soup.find_all("a", href=True)}
    for name, link in wanted.items():
        if link not in links:
            near = sorted(other for other in links if urlsplit(link).netloc in other)
            yield f"no {name} link {link}; there is {near or 'none'}"
    if not any(link.endswith(f"_sources/{notebook}") for link in links):
        yield f"no download of {notebook}"
