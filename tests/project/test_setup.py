"""What installs and describes the project agrees with itself: one list, one version."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.paths import ROOT

from recsys_book import check

BUILD = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = BUILD["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOW_TO_RUN = (ROOT / "book" / "how_to_run.md").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
GROUPS = {
    "": PROJECT["dependencies"],
    "build": BUILD["build-system"]["requires"],  # since --no-build-isolation
    **{
        name: lines
        for name, lines in PROJECT["optional-dependencies"].items()
        if name not in {"gpu", "text"}
    },
}
PYTHONS = ["3.11", "3.12", "3.13"]
QUIET = {"--quiet", "--disable-pip-version-check"}


# --- Packages ------------------------------------------------------------------------------------


def locked() -> list[Requirement]:
    """Read the lock: one requirement a block, its hashes on the lines after it."""
    lines = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
    return [Requirement(line.rstrip("\\").strip()) for line in lines]


def pinned(name: str, python: str, platform: str = "linux") -> list[str]:
    """Return the versions of a package that pip would take from the lock."""
    environment = {
        **default_environment(),
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": platform,
    }
    return [
        str(requirement.specifier).removeprefix("==")
        for requirement in locked()
        if canonicalize_name(requirement.name) == canonicalize_name(name)
        and (requirement.marker is None or requirement.marker.evaluate(environment))
    ]


def test_the_extras() -> None:
    assert {"neural", "gpu", "text", "book", "test"} == set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("group", GROUPS)
def test_every_direct_dependency_is_locked_once(group: str, python: str) -> None:
    for line in GROUPS[group]:
        wanted = Requirement(line)
        versions = pinned(wanted.name, python)
        assert len(versions) == 1, f"{line}: the lock has {versions or 'nothing'}; make lock"
        assert wanted.specifier.contains(versions[0]), f"{line}: the lock has {versions[0]}"


def test_every_locked_package_is_pinned_with_hashes() -> None:
    blocks = re.split(r"^(?=[^\s#])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(locked()) > 50
    for block in blocks:
        head = block.splitlines()[0]
        assert re.match(r"[\w.\[\]-]+==[\w.+!]+( ; .+)? \\$", head), head
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", block, re.MULTILINE), head


def test_the_lock_names_no_index() -> None:
    for word in ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host"):
        assert word not in LOCK, word


def test_environment_is_python_and_the_lock() -> None:
    python, pip, from_pip = ENVIRONMENT["dependencies"]
    assert pip == "pip"
    assert from_pip == {"pip": ["-r requirements.lock"]}
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert re.fullmatch(r"python=3\.\d+", python), "Binder reads the minor version from python=3.x"
    assert python.removeprefix("python=") in PYTHONS


def test_post_build_installs_the_package() -> None:
    script = (ROOT / "postBuild").read_text(encoding="utf-8")
    assert script.startswith("#!/bin/bash\n")
    assert "pip install --no-deps --no-build-isolation -e .\n" in script
    if sys.platform != "win32":
        assert (ROOT / "postBuild").stat().st_mode & 0o100, "postBuild must be executable"


def test_one_list_of_pythons() -> None:
    supported = SpecifierSet(PROJECT["requires-python"])
    (tensorflow,) = map(Requirement, PROJECT["optional-dependencies"]["neural"])
    minors = [
        f"3.{minor}"
        for minor in range(40)
        if f"3.{minor}" in supported
        and tensorflow.marker.evaluate({**default_environment(), "python_version": f"3.{minor}"})
    ]
    assert minors == PYTHONS
    prefix = "Programming Language :: Python :: "
    assert [
        c.removeprefix(prefix) for c in PROJECT["classifiers"] if c.startswith(prefix)
    ] == PYTHONS
    assert [".".join(map(str, pair)) for pair in (check.OLDEST, check.NEWEST)] == [
        PYTHONS[0],
        PYTHONS[-1],
    ]
    judged = re.search(
        r"\((\d), (\d+)\) <= sys\.version_info\[:2\] <= \((\d), (\d+)\)", MAKEFILE
    ).groups()
    assert [f"{judged[0]}.{judged[1]}", f"{judged[2]}.{judged[3]}"] == [PYTHONS[0], PYTHONS[-1]]
    for workflow, job in (("test", "book"), ("weekly", "newest")):
        matrix = WORKFLOWS[workflow]["jobs"][job]["strategy"]["matrix"]
        assert matrix["python"] == PYTHONS, workflow
    told = f"{', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}"
    for text in (README, HOW_TO_RUN):
        assert f"Python {told}" in text


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_may_do_no_more_than_they_need(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {"contents": "read"}
    text = yaml.safe_dump(workflow)
    assert "secrets." not in text
    for action in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"actions/[\w-]+@v\d+", action), action


# --- Commands ------------------------------------------------------------------------------------


def commands(target: str, *options: str) -> list[str]:
    """Ask make which programs of the environment it would run for a target, in which order."""
    if shutil.which("make") is None:
        pytest.skip("no make on this machine")
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    printed = subprocess.run(
        ["make", "--dry-run", *options, target],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [line for line in printed.splitlines() if line.startswith(".venv/bin/")]


def recipe(target: str) -> list[str]:
    """Return the commands of a target once everything is installed."""
    return commands(target, "--old-file", ".venv/.installed")


def installation() -> list[str]:
    """Return the commands that install: the environment, the lock, the package."""
    words = [line.split() for line in commands(".venv/.installed", "--always-make")]
    return [
        "python3 -m venv .venv",
        *(" ".join(word for word in line if word not in QUIET) for line in words),
    ]


def told(language: str) -> list[list[str]]:
    """Return the blocks of commands on the page "How to run", written as for Linux."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", HOW_TO_RUN, re.MULTILINE | re.DOTALL)
    return [
        block.replace("py -3.13 -m", "python3 -m")
        .replace(".venv\\Scripts\\", ".venv/bin/")
        .splitlines()
        for block in blocks
        if not block.startswith("conda")
    ]


@pytest.mark.parametrize("language", ["bash", "powershell"])
def test_the_plain_commands_are_those_of_the_makefile(language: str) -> None:
    assert told(language) == [
        installation() + recipe("book"),
        [".venv/bin/python -m recsys_book.check"],
        recipe("lab"),
        recipe("test"),
    ]


def test_the_conda_commands_end_like_the_others() -> None:
    (block,) = re.findall(r"^```bash\n(conda .*?)^```$", HOW_TO_RUN, re.MULTILINE | re.DOTALL)
    lines = block.splitlines()
    assert lines[:2] == [
        "conda env create --file environment.yml",
        f"conda activate {ENVIRONMENT['name']}",
    ]
    plain = [*installation()[2:], *recipe("book")]
    assert lines[2:] == [line.replace(".venv/bin/", "") for line in plain]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "book/how_to_run.md"])
def test_every_make_command_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text, flags=re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
    assert {"book", "test"} <= named <= targets


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif "://" not in target:
            assert (ROOT / target).exists(), f"{page} links to {target}, which does not exist"


def test_the_contents_of_the_readme_are_the_notebooks() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \| (written|planned) \|$", README, flags=re.MULTILINE)
    linked = [re.search(r"\((notebooks/\S+\.ipynb)\)$", name) for name, _ in rows]
    assert [state == "written" for _, state in rows] == [link is not None for link in linked]
    written = {link[1] for link in linked if link}
    assert written == {path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/*.ipynb")}


def test_one_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == PROJECT["version"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["license"] == PROJECT["license"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert newest[1] == PROJECT["version"]


def test_the_licences() -> None:
    assert PROJECT["license-files"] == ["LICENSE"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
    text = (ROOT / "LICENSE-TEXT").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert "Creative Commons Attribution 4.0 International Public License" in text


def test_the_lines_of_the_readme_run(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    looking, judging = ([line for line in block.splitlines() if line] for block in blocks)
    assert looking[0].startswith("from recsys_helpers import ")
    assert (len(looking), len(judging)) == (6, 3), "an import and five lines, then three"
    code = "\n".join(blocks)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        f"{customer},product {product},{(start + timedelta(hours=10 * product)).isoformat()},9.90"
        for customer in range(1, 8)
        for product in range(9 + customer)
    ]
    csv = "\n".join(
        ["customer,product,ordered,price", *rows, "99,product 0,2026-02-01T00:00:00+00:00,1.00\n"]
    )
    (tmp_path / "orders.csv").write_text(csv, encoding="utf-8")
    outcome = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr == ""
    assert "5-core, round 1" in outcome.stdout
    first = next(line for line in outcome.stdout.splitlines() if line.startswith("['product"))
    assert first == str([f"product {product}" for product in range(10)])
    assert 0 < float(outcome.stdout.splitlines()[-2]) <= 1
    assert re.match(r"EASE is .+ popular: NDCG@10 differs by", outcome.stdout.splitlines()[-1])
