"""How pytest runs the notebooks: the longest first, sharing the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recsys_book import schedule


def pytest_xdist_auto_num_workers() -> int:
    """Run with `-n auto` as many notebooks at once as the build does."""
    n_notebooks = len(list(Path(__file__).parent.glob("*.ipynb")))
    workers = schedule.at_once(n_notebooks)
    os.environ.update(schedule.environment(workers))
    return workers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; `--no-loadscope-reorder` keeps this order."""
    seconds = schedule.seconds()
    items.sort(key=lambda item: -seconds.get(item.path.stem, 0.0))
