"""What several tests need: the repository's root, and the folder of data that may not be shared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from support.paths import ROOT

from recsys_book import schedule

settings.register_profile("book", deadline=None)  # no test depends on how busy the machine is
# For benchmarks/mutants.py, which asks only whether a law fails.
settings.register_profile(
    "few", deadline=None, max_examples=15, phases=[Phase.explicit, Phase.generate], database=None
)
settings.load_profile("book")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folder of the oracle tests."""
    parser.addoption(
        "--oracle-data", type=Path, help="folder with ml-100k/u.data, for tests/oracle"
    )


def pytest_xdist_auto_num_workers() -> int:
    """Run with `-n auto` as many workers as the machine holds, and share its cores evenly."""
    workers = schedule.at_once()
    os.environ.update(schedule.environment(workers))
    return workers


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect the oracle tests only where their data are given."""
    if collection_path.name == "oracle" and config.getoption("--oracle-data") is None:
        return True
    return None


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT
