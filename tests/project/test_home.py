"""The repository's address is the same everywhere, and `tools/home.py` moves it everywhere."""

from __future__ import annotations

import argparse
import re
import subprocess
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import yaml
from support.paths import ROOT

NAMED = [
    r"git clone (?:--?[\w-]+(?:[= ]\d+)? )*https://github\.com/([\w.-]+/[\w.-]+)",
    r"git\+https://github\.com/([\w.-]+/[\w.-]+)",
    r"mybinder\.org/v2/gh/([\w.-]+/[\w.-]+)",
    r"colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)",
]
NEW = "New-Owner/another.book"


def load_tool():
    """Load the tool by its path; it belongs to no package."""
    spec = spec_from_file_location("home_tool", ROOT / "tools" / "home.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def texts(root: Path) -> dict[str, str]:
    """Read the text files of a repository that could name an address."""
    found = {}
    for path in tool.files(root):
        data = path.read_bytes()
        if b"\0" not in data[:1024] and path.relative_to(root).parts[0] != "data":
            name = path.relative_to(root).as_posix()
            if not name.startswith("book/_vendor/"):
                found[name] = data.decode("utf-8")
    return found


def disagreements(root: Path) -> list[str]:
    """List the places whose address is not the one in pyproject.toml."""
    home = tool.home(root)
    owner, name = home.split("/")
    pages = f"https://{owner}.github.io/{name}/"
    every = texts(root)
    found = [
        f"{file}: {other}"
        for file, text in every.items()
        if not file.startswith("tests/")  # which make addresses up
        for pattern in NAMED
        for other in re.findall(pattern, text)
        if other != home
    ]
    config = yaml.safe_load(every["book/_config.yml"])
    sphinx = config["sphinx"]["config"]
    citation = yaml.safe_load(every["CITATION.cff"])
    expected = {
        "book/_config.yml, repository": (config["repository"]["url"], f"https://github.com/{home}"),
        "book/_config.yml, baseurl": (config["html"]["baseurl"], pages),
        "book/_config.yml, ogp_site_url": (sphinx["ogp_site_url"], pages),
        "book/_config.yml, ogp_image": (sphinx["ogp_image"][: len(pages)], pages),
        "CITATION.cff, code": (citation["repository-code"], f"https://github.com/{home}"),
        "CITATION.cff, url": (citation["url"], pages),
        "README.md, pages": (pages in every["README.md"], True),
    }
    found += [f"{place}: {is_}" for place, (is_, should) in expected.items() if is_ != should]
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Make a repository of the files that name the address."""
    for name, text in texts(ROOT).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\xff\r\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def test_all_addresses_agree() -> None:
    assert disagreements(ROOT) == []


def test_each_notebook_can_fetch_the_book() -> None:
    home = tool.home()
    for path in ROOT.glob("notebooks/*.ipynb"):
        assert f"https://github.com/{home}" in path.read_text(encoding="utf-8"), path.name


def test_moving_leaves_nothing_behind(copy: Path) -> None:
    old = tool.home(copy)
    owner, name = old.split("/")
    changed = {path.relative_to(copy).as_posix() for path in tool.move(NEW, copy)}
    assert {"pyproject.toml", "README.md", "CITATION.cff", "book/_config.yml"} <= changed
    assert "picture.png" not in changed
    assert tool.home(copy) == NEW
    assert disagreements(copy) == []
    for file, text in texts(copy).items():
        assert old not in text, file
        assert f"{owner}.github.io/{name}" not in text, file
        assert not re.search(rf"cd {name}\b|\./{name}\b", text), file
    assert tool.move(NEW, copy) == []
    tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))


def test_an_address_that_disagrees_is_found(copy: Path) -> None:
    path = copy / "book" / "how_to_run.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("mybinder.org/v2/gh/", "mybinder.org/v2/gh/x"), encoding="utf-8")
    (problem,) = disagreements(copy)
    assert problem.startswith("book/how_to_run.md: x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/a/b.git", "https://github.com/c/d.git"),
        ("https://a.github.io/b/_static/x.png", "https://c.github.io/d/_static/x.png"),
        ("git clone https://github.com/a/b && cd b", "git clone https://github.com/c/d && cd d"),
        (r'%pip install ./b\n", path(\"b\")', r'%pip install ./d\n", path(\"d\")'),
        ("xa/b a/bc a/b-c name: b", "xa/b a/bc a/b-c name: b"),
    ],
)
def test_what_is_replaced(text: str, expected: str) -> None:
    assert tool.moved(text.encode(), "a/b", "c/d").decode() == expected


@pytest.mark.parametrize("name", ["alice/book", "A-1/x_y.z"])
def test_names_that_github_allows(name: str) -> None:
    assert tool.repository_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "a--b/book",
        "-a/book",
        "a-/book",
        "a/b/c",
        "a/..",
        "a/b.git",
        "a/a.github.io",
        "a/b c",
    ],
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=re.escape(name)):
        tool.repository_name(name)
