"""The table of contents lists every notebook and page, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from support.paths import ROOT

SKIPPED = {"_build", "_static", "_vendor"}


def listed(toc: dict) -> set[str]:
    """Collect the root and every file of a table of contents."""
    found = {toc[key] for key in ("root", "file") if key in toc}
    for key in ("parts", "chapters", "sections"):
        for entry in toc.get(key, []):
            found |= listed(entry)
    return found


def present(root: Path) -> set[str]:
    """Collect the notebooks and the Markdown pages of the book, without their suffixes."""
    paths = [*root.glob("notebooks/*.ipynb"), *root.glob("book/**/*.md")]
    relative = [path.relative_to(root) for path in paths]
    return {path.with_suffix("").as_posix() for path in relative if not SKIPPED & set(path.parts)}


def problems(toc: dict, root: Path) -> list[str]:
    """Say what is missing on either side."""
    missing = [f"{page} is not in book/_toc.yml" for page in sorted(present(root) - listed(toc))]
    return missing + [
        f"book/_toc.yml lists {page}, which does not exist"
        for page in sorted(listed(toc) - present(root))
    ]


def test_contents_and_files_agree() -> None:
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    found = problems(toc, ROOT)
    assert not found, "\n".join(found)


def test_a_page_missing_on_either_side_is_found(tmp_path: Path) -> None:
    for name in ("notebooks/1_a.ipynb", "book/index.md", "book/api/b.md", "book/_build/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    chapters = [{"file": "notebooks/1_a", "sections": [{"file": "book/gone"}]}]
    toc = {"root": "book/index", "parts": [{"chapters": chapters}]}
    assert problems(toc, tmp_path) == [
        "book/api/b is not in book/_toc.yml",
        "book/_toc.yml lists book/gone, which does not exist",
    ]


def test_every_demonstration_stands_in_the_reference() -> None:
    page = (ROOT / "book" / "api" / "book.md").read_text(encoding="utf-8")
    folder = ROOT / "book" / "recsys_book" / "demonstrations"
    names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert set(re.findall(r"automodule:: recsys_book\.demonstrations\.(\w+)", page)) == names
