"""`tools/notebooks.py` strips notebooks, stores checked outputs and fails loudly."""

from __future__ import annotations

import json
from copy import deepcopy
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from support.paths import ROOT


def load_tool():
    """Load the tool by its path; it belongs to no package."""
    spec = spec_from_file_location("notebooks_tool", ROOT / "tools" / "notebooks.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def code(source: str, *tags: str) -> dict:
    """Make a code cell as a session in JupyterLab leaves it."""
    return {
        "cell_type": "code",
        "execution_count": 7,
        "id": f"id-{abs(hash(source))}",
        "metadata": {"tags": list(tags), "scrolled": True},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["old\n"]}],
        "source": source.splitlines(keepends=True),
    }


def save(path: Path, *cells: dict) -> Path:
    """Write a notebook with a session's traces in its metadata."""
    metadata = {
        "kernelspec": {"display_name": "my env", "language": "python", "name": "my-env"},
        "language_info": {"name": "python", "version": "3.11.7"},
        "widgets": {},
    }
    notebook = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))
    return path


def test_everything_a_run_leaves_is_stripped(tmp_path: Path) -> None:
    hidden = code("x = 1", "hide-cell")
    hidden["metadata"]["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    path = save(tmp_path / "a.ipynb", code("print('中文')"), hidden)
    assert tool.main([str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert notebook["metadata"] == {"kernelspec": tool.KERNEL}
    assert [cell["outputs"] for cell in notebook["cells"]] == [[], []]
    assert [cell["execution_count"] for cell in notebook["cells"]] == [None, None]
    assert [cell["metadata"] for cell in notebook["cells"]] == [
        {},
        {"tags": ["hide-cell"], "jupyter": {"source_hidden": True}},
    ]
    assert text.endswith("}\n")
    assert "中文" in text


def test_check_names_what_would_change_and_changes_nothing(tmp_path: Path, capsys) -> None:
    path = save(tmp_path / "a.ipynb", code("x = 1"))
    before = path.read_bytes()
    assert tool.main(["--check", str(path)]) == 1
    assert "a.ipynb is not stripped; run `make notebooks`" in capsys.readouterr().err
    assert path.read_bytes() == before
    tool.main([str(path)])
    assert tool.main(["--check", str(path)]) == 0


def test_a_stripped_notebook_is_not_written_again(tmp_path: Path, capsys) -> None:
    path = save(tmp_path / "a.ipynb", code("x = 1"))
    tool.main([str(path)])
    capsys.readouterr()
    stamp = path.stat().st_mtime_ns
    tool.main([str(path)])
    assert (path.stat().st_mtime_ns, capsys.readouterr().out) == (stamp, "")


def test_missing_ids_are_the_same_each_time(tmp_path: Path) -> None:
    cell = code("x = 1")
    del cell["id"]
    texts = []
    for name in ("a.ipynb", "b.ipynb"):
        path = save(tmp_path / name, deepcopy(cell), deepcopy(cell))
        tool.main([str(path)])
        texts.append(path.read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert len({cell["id"] for cell in json.loads(texts[0])["cells"]}) == 2


def test_checked_cells_get_their_fresh_outputs_and_only_these(tmp_path: Path) -> None:
    checked = code("x + 1", tool.CHECKED)
    path = save(tmp_path / "a.ipynb", code("x = 1\nprint('not kept')"), checked)
    assert tool.main([str(path)]) == 0
    first, second = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert (first["outputs"], first["execution_count"]) == ([], None)
    assert second["execution_count"] == 2
    assert second["outputs"] == [
        {
            "output_type": "execute_result",
            "data": {"text/plain": ["2"]},
            "metadata": {},
            "execution_count": None,
        }
    ]
    assert tool.main(["--check", str(path)]) == 0


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise KeyError('sku')", "KeyError: 'sku'"),
        ("import warnings\nwarnings.warn('careful')\n1", "careful"),
        ("x = 1", "is tagged nbval-check-output but shows nothing"),
    ],
)
def test_a_failing_run_is_loud_and_writes_nothing(
    tmp_path: Path, capsys, source: str, message: str
) -> None:
    path = save(tmp_path / "a.ipynb", code(source, tool.CHECKED))
    before = path.read_bytes()
    assert tool.main([str(path)]) == 1
    error = capsys.readouterr().err
    assert "a.ipynb fails, left as it was" in error
    assert message in error
    assert path.read_bytes() == before


def test_an_error_in_a_cell_that_may_raise_fails_too(tmp_path: Path, capsys) -> None:
    may_raise = code("raise ValueError('hint')", "raises-exception")
    path = save(tmp_path / "a.ipynb", may_raise, code("1", tool.CHECKED))
    assert tool.main([str(path)]) == 1
    assert "cell 1: ValueError: hint" in capsys.readouterr().err


def test_all_notebooks_are_stripped(capsys) -> None:
    assert tool.main(["--check"]) == 0, capsys.readouterr().err
