"""What is wrong with a page that only a browser can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playwright.sync_api import Page, Route

PHONE, DESKTOP = 390, 1440
THEMES = ["light", "dark"]
IMPACTS = {"serious", "critical"}

# Violations that our own CSS and configuration cannot mend: (rule, selector) and the reason.
KNOWN_VIOLATIONS = {
    ("list", "article > ul"): (
        "Sphinx's viewcode writes the list of modules as <ul><ul>; no template, option or style "
        "reaches it"
    ),
}

SETTLED = """async () => {
  if (window.MathJax?.startup?.promise) await MathJax.startup.promise;
  await document.fonts.ready;
  for (const image of document.images) {
    image.loading = "eager";
    if (!image.complete) await new Promise((done) => {
      image.addEventListener("load", done);
      image.addEventListener("error", done);
    });
  }
}"""
THEME = """(theme) => {
  const style = document.createElement("style");
  style.textContent = "* { transition: none !important; animation: none !important; }";
  document.head.append(style);
  document.documentElement.dataset.mode = theme;
  document.documentElement.dataset.theme = theme;
}"""
BROKEN_IMAGES = """() => [...document.images].filter((image) => image.naturalWidth === 0)
  .map((image) => image.getAttribute("src"))"""
SMALL_PICTURES = """() => [...document.querySelectorAll("figure.picture img")]
  .map((image) => [image.getBoundingClientRect().width, Number(image.getAttribute("width"))])
  .filter(([shown, drawn]) => shown < Math.min(drawn, 600))
  .map(([shown, drawn]) => `a picture of ${drawn} px is shown in ${Math.round(shown)} px`)"""
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const contained = (element) => {
    for (let box = element; box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.position === "fixed") return true;
      if (box !== element && style.overflowX !== "visible") return true;
    }
    return false;
  };
  const right = (element) => {
    const box = element.getBoundingClientRect();
    const scrolls = getComputedStyle(element).overflowX !== "visible";
    return scrolls ? box.right : Math.max(box.right, box.left + element.scrollWidth);
  };
  const wide = [...document.body.querySelectorAll("*")].filter(
    (element) => right(element) > width + 1 && !contained(element));
  const innermost = wide.filter((element) => !wide.some((other) => other !== element &&
    element.contains(other)));
  return [`${document.documentElement.scrollWidth} px`,
    ...innermost.slice(0, 3).map((element) => element.outerHTML.slice(0, 80))];
}"""
FORMULAS = """() => [document.querySelectorAll("article .math").length,
  document.querySelectorAll("article mjx-container").length,
  document.querySelectorAll("article mjx-merror").length]"""
# Contrast that axe cannot decide is "incomplete" to it and no violation: text in the very colour of
# its ground, for instance. It counts here, unless the text is merely scrolled half out of sight.
AXE = """() => axe.run(document, {resultTypes: ["violations", "incomplete"]}).then((found) => {
  const scrolled = ({any}) => (any[0]?.data?.messageKey ?? "").startsWith("elmPartiallyObscur");
  const undecided = found.incomplete.filter(({id}) => id === "color-contrast").map((rule) =>
    ({...rule, nodes: rule.nodes.filter((node) => !scrolled(node))}));
  return [...found.violations, ...undecided].map(({id, impact, help, nodes}) => ({id, impact, help,
    nodes: nodes.map(({html, target, failureSummary}) => ({html, target, failureSummary}))}));
})"""
# Every text measured by the colours that the browser computed: WCAG 2.2, criterion 1.4.3.
CONTRAST = """() => {
  const channels = (colour) => {
    const numbers = colour.match(/[\\d.]+/g).map(Number);
    const scale = colour.startsWith("color(srgb") ? 255 : 1;
    const [red, green, blue, alpha = 1] = numbers;
    return [red * scale, green * scale, blue * scale, alpha];
  };
  const over = (top, below) => [0, 1, 2].map(
    (i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const luminance = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => value / 255).map(
      (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const layers = [];
    for (let box = element; box; box = box.parentElement) {
      layers.push(channels(getComputedStyle(box).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const unread = "mjx-assistive-mml, svg, [disabled], script, style, noscript";
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && !element.closest(unread)
      && element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  };
  const faults = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let measured = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !shown(element)) continue;
    measured += 1;
    const style = getComputedStyle(element);
    const below = ground(element);
    const [light, dark] = [over(channels(style.color), below), below].map(luminance)
      .sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5) - 0.005) {
      const kind = `<${element.tagName.toLowerCase()} class="${element.className}">`;
      const fault = `${ratio.toFixed(2)}:1 at ${kind} "${text.slice(0, 30)}"`;
      if (!faults.has(kind)) faults.set(kind, fault);
    }
  }
  return [measured, ...faults.values()];
}"""


class Log:
    """What a page complains of while it loads: console, exceptions, requests."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.route("**/*", self._route)
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("response", lambda answer: self._status(answer.status, answer.url))

    def _route(self, route: Route) -> None:
        url = route.request.url
        if urlsplit(url).hostname == "127.0.0.1" or url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.problems.append(f"external request: {url}")
            route.abort()

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.problems.append(f"console error: {text}")

    def _status(self, status: int, url: str) -> None:
        if status >= 400:
            self.problems.append(f"failed request ({status}): {urlsplit(url).path}")

    def take(self) -> list[str]:
        """Return what was noted since the last call."""
        taken, self.problems = self.problems, []
        return taken


def open_page(page: Page, url: str) -> None:
    """Open a page and wait until formulas, fonts and images have settled."""
    page.goto(url)
    page.evaluate(SETTLED)


def set_theme(page: Page, theme: str) -> None:
    """Switch to light or dark at once, without transitions."""
    page.evaluate(THEME, theme)


def in_themes(page: Page, check: Callable[[], Iterable[str]]) -> list[str]:
    """Run a check in light and in dark; name the themes that have a problem."""
    found: dict[str, list[str]] = {}
    for theme in THEMES:
        set_theme(page, theme)
        for problem in check():
            found.setdefault(problem, []).append(theme)
    return [f"{problem} (in {' and '.join(themes)})" for problem, themes in found.items()]


def image_problems(page: Page) -> list[str]:
    """Find images that did not load."""
    return [f"image {source!r} does not load" for source in page.evaluate(BROKEN_IMAGES)]


def small_picture_problems(page: Page) -> list[str]:
    """Find pictures that are shown so small that nobody can read their labels."""
    return list(page.evaluate(SMALL_PICTURES))


def overflow_problems(page: Page) -> list[str]:
    """Find what makes the document wider than the window, in light and dark."""
    width = page.viewport_size["width"]
    return in_themes(
        page,
        lambda: [
            f"wider than {width} px; let it scroll or wrap: {wide}"
            for wide in [page.evaluate(OVERFLOW)]
            if wide
        ],
    )


def formula_problems(page: Page) -> list[str]:
    """Find formulas that MathJax did not render."""
    written, rendered, faulty = page.evaluate(FORMULAS)
    problems = [f"{faulty} formulas have an error"] if faulty else []
    if rendered < written:
        problems.append(f"{written - rendered} of {written} formulas are not rendered")
    return problems


def contrast_problems(page: Page) -> list[str]:
    """Find text that is too pale on its ground, by the colours that the browser computed."""
    measured, *faults = page.evaluate(CONTRAST)
    if not measured:
        return ["no text was measured"]
    return [f"too little contrast, {fault}" for fault in faults]


def axe_violations(page: Page) -> Iterator[str]:
    """Find what axe-core calls a serious or critical obstacle, element by element."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    for violation in page.evaluate(AXE):
        if violation["impact"] not in IMPACTS:
            continue
        for node in violation["nodes"]:
            target = " ".join(node["target"])
            if (violation["id"], target) not in KNOWN_VIOLATIONS:
                why = re.sub(r"\s+", " ", node["failureSummary"] or violation["help"])
                yield f"{violation['id']} ({violation['impact']}) at `{target}`: {why[:220]}"
