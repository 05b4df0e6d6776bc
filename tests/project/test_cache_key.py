"""The execution cache is keyed by helpers, data and lock file, and by nothing else."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from support.paths import ROOT

TREE = {
    "requirements.lock": "numpy==2.0",
    "recsys_helpers/metrics.py": "x = 1",
    "book/recsys_book/chapters/background/exercises.py": "y = 1",
    "data/ml-latest-small/ratings.csv": "1,2",
    "data/results/full/EASE.json": "{}",
    "book/index.md": "text",
    "notebooks/1_background.ipynb": "{}",
    "tests/test_it.py": "",
    "README.md": "text",
}


def load_execution_key():
    """Load the function from the book's own extension."""
    spec = spec_from_file_location("execution", ROOT / "book" / "_ext" / "execution.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.execution_key


execution_key = load_execution_key()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a small repository."""
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


ROOMS = ("requirements", "recsys_helpers", "book/recsys_book", "data")
KEYED = [name for name in TREE if name.startswith(ROOMS)]


@pytest.mark.parametrize("name", KEYED)
def test_key_changes_with(tree: Path, name: str) -> None:
    before = execution_key(tree)
    (tree / name).write_text("changed")
    assert execution_key(tree) != before


@pytest.mark.parametrize("name", sorted(set(TREE) - set(KEYED)))
def test_key_does_not_change_with(tree: Path, name: str) -> None:
    before = execution_key(tree)
    (tree / name).write_text("changed")
    assert execution_key(tree) == before


@pytest.mark.parametrize("name", ["recsys_helpers/new.py", "data/results/full/SASRec.json"])
def test_key_changes_when_a_file_comes_or_goes(tree: Path, name: str) -> None:
    before = execution_key(tree)
    (tree / name).write_text("")
    assert execution_key(tree) != before
    (tree / name).unlink()
    assert execution_key(tree) == before


def test_key_tells_where_a_file_ends(tree: Path) -> None:
    before = execution_key(tree)
    (tree / "recsys_helpers/metrics.py").rename(tree / "recsys_helpers/other.py")
    assert execution_key(tree) != before


def test_compiled_helpers_do_not_change_the_key(tree: Path) -> None:
    before = execution_key(tree)
    (tree / "recsys_helpers/__pycache__").mkdir()
    (tree / "recsys_helpers/__pycache__/metrics.pyc").write_bytes(b"0")
    assert execution_key(tree) == before
