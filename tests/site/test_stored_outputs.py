"""What the build executed shows what is stored, in cells whose output is checked."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_cache import get_cache
from support.notebook_rules import CHECKED, tags
from support.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def cache_folder() -> Path:
    """Return where the build keeps what it executed, as its extension names it."""
    spec = spec_from_file_location("execution", ROOT / "book" / "_ext" / "execution.py")
    extension = module_from_spec(spec)
    spec.loader.exec_module(extension)
    return ROOT / "book" / "_build" / "cache" / extension.execution_key(ROOT)


def shown(cell: dict[str, Any]) -> list[str]:
    """Return the texts of a cell's outputs; neighbouring pieces of one stream are one text."""
    texts: list[str] = []
    last = None
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            if last == output["name"]:
                texts[-1] += output["text"]
            else:
                texts.append(output["text"])
            last = output["name"]
        else:
            texts.append(output.get("data", {}).get("text/plain", str(output)))
            last = None
    return texts


def checked(cells: list[dict[str, Any]]) -> list[list[str]]:
    """Return the outputs of the cells that are checked."""
    code = (cell for cell in cells if cell["cell_type"] == "code")
    return [shown(cell) for cell in code if CHECKED in tags(cell)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_build_shows_what_is_stored(path: Path, html: Path) -> None:
    cache = get_cache(cache_folder())
    executed = cache.get_cache_bundle(cache.match_cache_file(path).pk).nb
    stored = checked(nbformat.read(path, as_version=4).cells)
    assert stored == checked(executed.cells)


def test_pieces_of_a_stream_are_joined_and_others_are_not() -> None:
    out = {"output_type": "stream", "name": "stdout"}
    value = {"output_type": "execute_result", "data": {"text/plain": "3", "text/html": "<b>3</b>"}}
    cell = {"outputs": [{**out, "text": "a\n"}, {**out, "text": "b\n"}, value]}
    assert shown(cell) == ["a\nb\n", "3"]
