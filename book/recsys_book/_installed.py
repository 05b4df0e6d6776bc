"""Which packages are installed, asked without importing any."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

NAME = "recsys-helpers"


@dataclass(frozen=True)
class Package:
    """What is known of a required package; `wanted` tells versions only if they do not fit."""

    requirement: str
    name: str
    found: str | None
    wanted: str | None = None

    def __str__(self) -> str:
        if self.found is None:
            return f"{self.name} missing"
        needed = "" if self.wanted is None else f" (but {self.wanted} is needed)"
        return f"{self.name} {self.found}{needed}"

    @property
    def good(self) -> bool:
        """Whether the package is there in a version that fits."""
        return self.found is not None and self.wanted is None


def version() -> str | None:
    """Return the version of this package; None where it was copied, not installed."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return None


def look_up(requirement: str) -> Package:
    """Look for what a requirement such as "numpy>=2" asks for."""
    name, wanted = _parsed(requirement)
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Package(requirement, name, None)
    if wanted is not None and not wanted.contains(found, prereleases=True):
        return Package(requirement, name, found, str(wanted))
    return Package(requirement, name, found)


def requirements(root: Path | None, groups: list[str]) -> dict[str, list[str]]:
    """Return what each group asks for: "" for the package itself, else an extra.

    The checkout's pyproject.toml says it; without a checkout, the installed package does.
    """
    if root is not None:
        tomllib = import_module("tomllib")  # in the standard library from Python 3.11
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        every = {"": project["dependencies"], **project["optional-dependencies"]}
        return {group: list(every.get(group, [])) for group in groups}
    found: dict[str, list[str]] = {group: [] for group in groups}
    for line in (metadata.requires(NAME) or []) if version() else []:
        requirement, _, marker = line.partition(";")
        extra = re.search(r"extra\s*==\s*[\"'](\w+)[\"']", marker)
        found.get(extra[1] if extra else "", []).append(requirement.strip())
    return found


def command(root: Path | None, missing: list[Package]) -> str:
    """Return what to type so that everything is installed."""
    pip = f'"{sys.executable}" -m pip install'
    if root is None:
        return " ".join([pip, *(f'"{package.requirement}"' for package in missing)])
    if sys.prefix == sys.base_prefix and not (Path(sys.prefix) / "conda-meta").is_dir():
        return "make book\n(without make: book/how_to_run.md), then ask the Python in .venv again"
    return (
        f'{pip} --require-hashes -r "{root / "requirements.lock"}"\n'
        f'{pip} --no-deps --no-build-isolation --editable "{root}"'
    )


def _parsed(requirement: str) -> tuple[str, Any]:
    """Split a requirement into name and versions; without `packaging` only the name is known."""
    try:
        parsed = import_module("packaging.requirements").Requirement(requirement)
    except ImportError:
        return re.split(r"[^\w.-]", requirement, maxsplit=1)[0], None
    return parsed.name, parsed.specifier
