"""Each sentence that judges after a result was read beside the output that it rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.claims import claims, reviewed
from support.paths import ROOT

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
FOLDER = ROOT / "tests" / "support" / "claims"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_judging_sentence_is_reviewed(path: Path) -> None:
    said = list(claims(json.loads(path.read_text(encoding="utf-8"))["cells"]))
    known = reviewed(FOLDER / f"{path.stem}.toml")
    new = [sentence for sentence in said if sentence not in known]
    gone = [sentence for sentence in known if sentence not in said]
    assert not new, "read beside the output and listed with what they rest on: " + "\n".join(new)
    assert not gone, f"these sentences are gone, remove them from {FOLDER}: " + "\n".join(gone)
    assert all(rest.strip() for rest in known.values())


def test_a_planted_claim_is_found() -> None:
    code, text = {"cell_type": "code", "source": "fit()"}, {"cell_type": "markdown"}
    cells = [
        {**text, "source": "Before any result it is the best."},
        code,
        {**text, "source": "## A result\n\nIt ran. It is never\nworse than EASE. So it goes."},
        code,
        {**text, "source": "## Exercises\n\nWhich is better?"},
    ]
    assert list(claims(cells)) == ["It is never worse than EASE."]
