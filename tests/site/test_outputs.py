"""The outputs that the build stored: no errors, no stderr, nothing that only the book renders."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from jupyter_cache import get_cache
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
ROLE = re.compile(r"\{[\w:+-]+\}`|`{3,}\{|:{3,}|</?[a-zA-Z][^>]*>")
CHARACTER = re.compile(r"<span>&#(?:36|92);</span>")  # kept from MathJax by `display.escaped`


def execution_key() -> str:
    """Ask the book's own extension for the key of the present helpers, data and lock file."""
    spec = spec_from_file_location("execution", ROOT / "book" / "_ext" / "execution.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.execution_key(ROOT)


@pytest.fixture(scope="session")
def cache():
    """Open the execution cache of the last build, and close its database in the end."""
    folder = ROOT / "book" / "_build" / "cache" / execution_key()
    if not folder.is_dir():
        pytest.fail("the book is not built with the present helpers and data: run `make book`")
    opened = get_cache(folder)
    yield opened
    opened.db.dispose()


def problems(executed: dict) -> Iterator[str]:
    """Find errors, stderr, and Markdown that does not read the same in JupyterLab and Colab."""
    for cell in executed["cells"]:
        first = cell["source"].strip().splitlines()[0] if cell["source"].strip() else ""
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                yield f"`{first}` raises {output['ename']}: {output['evalue']}"
            if output.get("name") == "stderr":
                yield f"`{first}` writes to stderr: {output['text'][:80]!r}"
            text = CHARACTER.sub("", output.get("data", {}).get("text/markdown", ""))
            for match in ROLE.finditer(text):
                yield f"`{first}` shows Markdown with {match[0]!r}; only the book would render it"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_are_sound(cache, path: Path) -> None:
    try:
        record = cache.match_cache_file(str(path))
    except KeyError:
        pytest.fail(f"{path.name} has not been executed as it stands: run `make book`")
    found = list(problems(cache.get_cache_bundle(record.pk).nb))
    assert not found, f"notebooks/{path.name}:\n" + "\n".join(found)


def test_planted_faults_are_found() -> None:
    outputs = [
        nbformat.v4.new_output("error", ename="KeyError", evalue="'sku'"),
        nbformat.v4.new_output("stream", name="stderr", text="careful"),
        nbformat.v4.new_output("display_data", data={"text/markdown": "see {cite}`x`"}),
        nbformat.v4.new_output("display_data", data={"text/markdown": ":::note"}),
        nbformat.v4.new_output("display_data", data={"text/markdown": "a<br>b"}),
        nbformat.v4.new_output("display_data", data={"text/markdown": "**3 %** of $U < 5$"}),
        nbformat.v4.new_output("display_data", data={"text/markdown": "<span>&#36;</span>9.99"}),
    ]
    cell = nbformat.v4.new_code_cell("run()", outputs=outputs)
    assert list(problems({"cells": [cell]})) == [
        "`run()` raises KeyError: 'sku'",
        "`run()` writes to stderr: 'careful'",
        "`run()` shows Markdown with '{cite}`'; only the book would render it",
        "`run()` shows Markdown with ':::'; only the book would render it",
        "`run()` shows Markdown with '<br>'; only the book would render it",
    ]
