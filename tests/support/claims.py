"""Sentences of a chapter that judge, after a result: each is read beside the output it rests on.

A sentence with a word such as "better", "most" or "never" may say what the run above it does not
bear, or what another run could turn round. No program can tell, so a person decides once: the
sentence goes into claims/CHAPTER.toml with what it rests on, and when it changes it is read again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

JUDGING = re.compile(
    r"\b(?:better|worse|best|worst|more than|less than|no more|most|only|never|always|proves?)\b",
    re.IGNORECASE,
)
REST = ("Exercises", "Your own log", "What to remember")
"""Sections whose text asks or shows what to do; what is to be remembered comes from the run."""

SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z*`$(\"“])")


def claims(cells: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the judging sentences of each text that follows a result, as one line each.

    >>> code = {"cell_type": "code", "source": "fit()"}
    >>> text = {"cell_type": "markdown", "source": "It is better.\\nIt ran."}
    >>> list(claims([text, code, text]))
    ['It is better.']
    """
    before = ""
    judged = True
    for cell in cells:
        text = "".join(cell["source"])
        if section := re.search(r"^## +(.+)$", text, re.MULTILINE):
            judged = not section[1].startswith(REST)
        if cell["cell_type"] == "markdown" and before == "code" and judged:
            text = re.sub(r"^```.*?^```|^\$\$.*?\$\$|^\|.*?$|^#.*?$", "", text, flags=re.M | re.S)
            for sentence in SENTENCE.split(" ".join(text.split())):
                if JUDGING.search(sentence):
                    yield sentence
        before = cell["cell_type"]


def reviewed(path: Path) -> dict[str, str]:
    """Read what each reviewed sentence rests on."""
    if not path.is_file():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]
    return {" ".join(entry["says"].split()): entry["rests_on"] for entry in entries}
