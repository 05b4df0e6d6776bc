"""The sentences of the book with their fields, wherever they stand."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from support.paths import ROOT

CODE_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CELL_OPTIONS = re.compile(r"\A---\n.*?^---\n|^:\w[^\n]*", re.MULTILINE | re.DOTALL)


def templates() -> dict[str, str]:
    """Return every template by where it stands."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.glob("book/recsys_book/**/*.py")):
        found |= dict(of_code(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()))
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "code":
                source = re.sub(r"^(\s*)[!%].*$", r"\1pass", "".join(cell["source"]), flags=re.M)
                found |= dict(of_code(source, f"notebooks/{path.name}, cell {number}"))
    for path in sorted(ROOT.glob("book/*.md")):
        page = path.read_text(encoding="utf-8")
        for number, cell in enumerate(CODE_CELL.findall(page), start=1):
            source = CELL_OPTIONS.sub("", cell)
            found |= dict(of_code(source, f"book/{path.name}, code cell {number}"))
    return found


def of_code(source: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield the templates that code gives to `say` and `described`, with place and line.

    >>> dict(of_code("say('{n} films', n=3)", "cell 1"))
    {'cell 1, line 1': '{n} films'}
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name("say"), args=[ast.Constant(str(text)), *_]):
                yield f"{place}, line {node.lineno}", text
            case ast.Call(func=ast.Name("described"), keywords=keywords):
                for keyword in keywords:
                    if keyword.arg in ("alt", "caption") and isinstance(
                        keyword.value, ast.Constant
                    ):
                        yield (
                            f"{place}, line {node.lineno}, {keyword.arg}",
                            str(keyword.value.value),
                        )
