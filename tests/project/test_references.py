"""The bibliography lists every work that a chapter or a page links to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.paths import ROOT

WORKS = re.compile(
    r"https?://(?:doi\.org/|arxiv\.org/abs/|(?:www\.)?jmlr\.org/|papers\.n(?:eur)?ips\.cc/|"
    r"proceedings\.(?:mlr\.press|neurips\.cc)/|ceur-ws\.org/|aclanthology\.org/)[^\s)\]\"'`>]+"
)
PAGES = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("book/*.md")]


def links(text: str) -> set[str]:
    """Return the addresses of works in a text, without the site where a DOI or arXiv names them.

    >>> sorted(links("[A](https://doi.org/10.1/x), [B](https://arxiv.org/abs/1412.6980)"))
    ['10.1/x', '1412.6980']
    """
    found = WORKS.findall(text)
    return {
        re.sub(r"^https?://(?:doi\.org|arxiv\.org/abs)/", "", link).rstrip(".,") for link in found
    }


def text_of(path: Path) -> str:
    """Return what a page says: of a notebook, all its cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda path: path.stem)
def test_every_work_stands_in_the_bibliography(path: Path) -> None:
    listed = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    missing = {link for link in links(text_of(path)) if link not in listed}
    assert not missing, f"not in book/references.bib: {', '.join(sorted(missing))}"
