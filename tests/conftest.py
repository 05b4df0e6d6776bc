"""What several tests need: the repository's root, and the folder of data that may not be shared."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from support.paths import ROOT

settings.register_profile("book", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("book")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folder of the oracle tests."""
    parser.addoption(
        "--oracle-data", type=Path, help="folder with ml-100k/u.data, for tests/oracle"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect the oracle tests only where their data are given."""
    if collection_path.name == "oracle" and config.getoption("--oracle-data") is None:
        return True
    return None


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT
