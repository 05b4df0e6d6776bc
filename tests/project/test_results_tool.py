"""`tools/results.py` measures notebooks and records them, whole or not at all, from one machine."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import nbformat
import pytest
from support.paths import ROOT

from recsys_book.sentences import cost

TOOL = ROOT / "tools" / "results.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no peak memory on Windows")


def load_tool():
    """Load the tool by its path; it belongs to no package."""
    spec = spec_from_file_location("results_tool", TOOL)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def save(folder: Path, name: str, source: str, *tags: str) -> Path:
    """Write a notebook of one cell."""
    cell = nbformat.v4.new_code_cell(source, id="cell", metadata={"tags": list(tags)})
    path = folder / "notebooks" / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout with the tool and two notebooks."""
    for name in ("notebooks", "tools"):
        (tmp_path / name).mkdir()
    (tmp_path / "tools" / "results.py").write_bytes(TOOL.read_bytes())
    save(tmp_path, "1_small", "here = __import__('os').getcwd()\nassert here.endswith('notebooks')")
    save(tmp_path, "2_large", "block = b'1' * 300 * 1024**2\nraise ValueError", "raises-exception")
    return tmp_path


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the tool of a checkout in a fresh process."""
    command = [sys.executable, str(checkout / "tools" / "results.py"), *arguments]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def test_measuring(checkout: Path) -> None:
    before = {path: path.read_bytes() for path in checkout.glob("notebooks/*")}
    outcome = run(checkout)
    assert outcome.returncode == 0, outcome.stderr
    assert {path: path.read_bytes() for path in checkout.glob("notebooks/*")} == before
    path = checkout / "data" / "results" / "chapters.json"
    assert [file.name for file in path.parent.iterdir()] == ["chapters.json"]
    record = json.loads(path.read_text(encoding="utf-8"))
    assert list(record) == ["machine", "chapters"]
    assert list(record["chapters"]) == ["1_small", "2_large"]
    assert {*tool.SAME, "memory_gib", "calibration_seconds"} == set(record["machine"])
    small, large = record["chapters"].values()
    assert list(small) == ["seconds", "peak_mib", "measured", "version"]
    assert small["seconds"] > 0
    assert small["peak_mib"] < 300 < large["peak_mib"] < 600  # each process starts afresh
    assert "took" in repr(cost("2_large", path.parent))

    # One notebook fails: its error is told, and no entry changes.
    save(checkout, "1_small", "1 / 0")
    outcome = run(checkout, "notebooks/1_small.ipynb")
    assert outcome.returncode == 1
    assert "1_small.ipynb did not run to its end" in outcome.stderr
    assert "ZeroDivisionError" in outcome.stderr
    assert json.loads(path.read_text(encoding="utf-8")) == record

    # The record is of another machine: one notebook alone may not join it.
    record["machine"]["processor"] = "Another"
    path.write_text(json.dumps(record), encoding="utf-8")
    outcome = run(checkout, "notebooks/2_large.ipynb")
    assert outcome.returncode == 1
    assert "another machine (processor Another, here " in outcome.stderr
    assert json.loads(path.read_text(encoding="utf-8")) == record


def test_an_unknown_notebook(checkout: Path) -> None:
    outcome = run(checkout, "notebooks/9_none.ipynb")
    assert outcome.returncode == 2
    assert "no such notebook: " in outcome.stderr


def test_other_entries_stay(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = checkout / "data" / "results" / "chapters.json"
    monkeypatch.setattr(tool, "NOTEBOOKS", checkout / "notebooks")
    monkeypatch.setattr(tool, "RECORD", record)
    here = tool.machine.facts()
    monkeypatch.setattr(tool.machine, "facts", lambda: here)
    for seconds in (1.0, 2.0):
        monkeypatch.setattr(
            tool, "measure", lambda path, timeout, now=seconds: {"seconds": now, "peak_mib": 1}
        )
        chosen = [] if seconds == 1.0 else [str(checkout / "notebooks" / "2_large.ipynb")]
        assert tool.main(chosen) == 0
    chapters = json.loads(record.read_text(encoding="utf-8"))["chapters"]
    assert {name: entry["seconds"] for name, entry in chapters.items()} == {
        "1_small": 1.0,
        "2_large": 2.0,
    }
