"""What privacy costs is recorded whole and read back; more privacy and fewer people cost more."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import polars as pl
import pytest
from support.paths import ROOT

from recsys_book import results
from recsys_book.demonstrations.privacy_and_people import cost_of_privacy
from recsys_helpers import synthetic

LOG = synthetic(n_users=60, n_items=30, mean_length=20, seed=1).interactions


@pytest.fixture(scope="module")
def tool():
    """Import the command."""
    spec = spec_from_file_location("privacy_tool", ROOT / "tools" / "privacy.py")
    module = module_from_spec(spec)
    sys.modules["privacy_tool"] = module
    spec.loader.exec_module(module)
    return module


def test_a_sweep_has_a_row_without_privacy_and_one_for_each_epsilon(tool) -> None:
    found = tool.accuracy_and_attack("EASE", LOG, epsilons=[5.0], n_shadows=4, seeds=[0])
    assert found["epsilon"].to_list() == [None, 5.0]
    for figure in ("NDCG@10", "AUC", "found"):
        assert (found[f"{figure} low"] <= found[figure]).all()
        assert (found[figure] <= found[f"{figure} high"]).all()


@pytest.mark.parametrize("name", ["Popularity", "MarkovChain", "EASE", "Factors"])
def test_the_noise_gives_the_epsilon_that_is_recorded(tool, name: str) -> None:
    make, settings = tool.MODELS[name]
    model = make(settings[0], tool.noise_of(name, 20.0, 1e-2), 0)
    assert model.epsilon(1e-2) == pytest.approx(20.0, rel=2e-3)
    assert tool.noise_of(name, None, 1e-2) == 0


def test_what_is_written_comes_back(tool, tmp_path: Path, monkeypatch) -> None:
    frame = pl.DataFrame({"people": [10, 20], "epsilon": [None, 1.0]})
    monkeypatch.setattr(tool, "people", lambda: frame)
    assert tool.main(["people", "--folder", str(tmp_path / "privacy")]) == 0
    assert results.rows("privacy", "people", tmp_path).equals(frame)
    assert not list(tmp_path.glob("**/*.part"))


def test_what_is_not_recorded_is_told(tool, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"run `python tools/privacy.py people`"):
        results.rows("privacy", "people", tmp_path)
    with pytest.raises(SystemExit):
        tool.main(["SASRec"])


def test_privacy_costs_and_more_so_among_few_people() -> None:
    few, many = (cost_of_privacy(n, [1.0], n_items=40) for n in (100, 3000))
    lost = [found["NDCG@10"][1] - found["NDCG@10"][2] for found in (few, many)]
    assert lost[0] > lost[1] > 0
    assert many["people"].to_list() == [3000] * 3
    assert many["epsilon"].to_list() == [None, None, 1.0]
