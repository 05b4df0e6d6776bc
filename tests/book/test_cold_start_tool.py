"""`tools/cold_start.py` records what chapter 6.4 reads."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from support.paths import ROOT

from recsys_book.demonstrations.few_rows import few_rows
from recsys_book.demonstrations.known_films import by_number_known, with_recorded
from recsys_helpers import EASE, evaluate, leave_last_out, synthetic, user_split

LOG = synthetic(n_users=60, n_items=40, mean_length=20, seed=0).interactions


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch):
    """Load the tool, over a small log and a model that is fitted at once."""
    spec = spec_from_file_location("cold_start_tool", ROOT / "tools" / "cold_start.py")
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "MODELS", {"EASE": EASE})
    monkeypatch.setattr(module, "newcomers", lambda: user_split(LOG, test=0.3))
    monkeypatch.setattr(module, "films", lambda: leave_last_out(LOG, 2, 2))
    return module


def test_the_records_are_those_of_a_fresh_fit(tool, tmp_path: Path) -> None:
    assert tool.main(["EASE", "--folder", str(tmp_path)]) == 0
    people = tool.newcomers()
    model = EASE().fit(people.train)
    fresh = by_number_known({"fresh": model}, people.test, tool.KNOWN)
    by_number = dict(zip(map(str, tool.KNOWN), fresh, strict=True))
    for report in with_recorded(by_number, "known_films", ["EASE"], tmp_path).values():
        assert report.mean("EASE") == report.mean("fresh")
    for n in tool.ROWS:
        split = few_rows(tool.films(), n, asked="test")
        report = evaluate({"fresh": EASE().fit(split.train)}, split.test)
        found = with_recorded({str(n): report}, "few_rows", ["EASE"], tmp_path)[str(n)]
        assert found.mean("EASE") == found.mean("fresh")
        alone = with_recorded({str(n): report}, "few_rows_alone", ["EASE"], tmp_path)[str(n)]
        assert alone.mean("EASE", "HR@20") >= found.mean("EASE", "HR@20")


def test_an_unknown_model_is_named(tool, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        tool.main(["Oracle"])
    assert "no such model: Oracle; there are EASE" in capsys.readouterr().err
