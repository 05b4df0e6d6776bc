"""Results are recorded whole, read back as a report, and refused where they do not belong."""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.paths import ROOT

from recsys_book import results
from recsys_helpers import (
    MarkovChain,
    Popularity,
    evaluate,
    leave_last_out,
    load_movielens,
    synthetic,
)
from recsys_helpers.recommenders.load import RETIRED

LOG = synthetic(n_users=40, n_items=30, mean_length=14, seed=2).interactions
SPLIT = leave_last_out(LOG, n_valid=1, n_test=3)
MODELS = {"Popularity": Popularity().fit(SPLIT.train), "Chain": MarkovChain().fit(SPLIT.train)}
REPORT = evaluate(MODELS, SPLIT.test)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Record two models under the protocol "here"."""
    for name in MODELS:
        results.write(tmp_path / "here", name, REPORT, [7], {"settings": {}, "seconds": 1.5})
    return tmp_path


def test_what_is_written_comes_back(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "here").iterdir())
    assert names == ["Chain.json", "Chain.parquet", "Popularity.json", "Popularity.parquet"]
    report = results.recorded("here", SPLIT.test, folder=folder)
    for name in MODELS:
        assert np.array_equal(report.ranks[name], REPORT.ranks[name])
        assert report.interval(name) == REPORT.interval(name)
    facts = results.facts("here", folder)
    assert facts["Chain"]["seconds"] == 1.5
    assert facts["Chain"]["metrics"]["NDCG@10"] == pytest.approx(REPORT.mean("Chain"), abs=1e-6)
    rows = pl.read_parquet(folder / "here" / "Chain.parquet")
    assert rows.columns == ["seed", "user", "target", "rank"]
    assert rows["seed"].unique().to_list() == [7]
    users = SPLIT.test.histories.keys[SPLIT.test.rows]
    assert np.array_equal(rows["user"], users)
    assert np.array_equal(rows["target"], LOG.catalogue.ids[SPLIT.test.targets])


def test_some_of_the_models(folder: Path) -> None:
    assert list(results.recorded("here", SPLIT.test, ["Chain"], folder=folder).ranks) == ["Chain"]
    with pytest.raises(ValueError, match="no record of Oracle under 'here'; there are Chain, Pop"):
        results.recorded("here", SPLIT.test, ["Oracle"], folder=folder)


def test_several_seeds(tmp_path: Path) -> None:
    other = MarkovChain().fit(SPLIT.train)
    report = evaluate({"Chain": [MODELS["Chain"], other]}, SPLIT.test)
    results.write(tmp_path / "here", "Chain", report, [0, 1], {})
    assert results.recorded("here", SPLIT.test, folder=tmp_path).ranks["Chain"].shape == (
        2,
        len(SPLIT.test),
    )
    with pytest.raises(ValueError, match="1 seeds were given for 2 fits of 'Chain'"):
        results.write(tmp_path / "here", "Chain", report, [0], {})


def test_queries_of_another_split_are_refused(folder: Path) -> None:
    other = leave_last_out(LOG, n_valid=1, n_test=3, seed=5)
    with pytest.raises(ValueError, match="belongs to other queries"):
        results.recorded("here", other.test, folder=folder)


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_facts_of_one_run_beside_ranks_of_another_are_refused(folder: Path, kind: str) -> None:
    here = folder / "here"
    (here / f"Chain.{kind}").write_bytes((here / f"Popularity.{kind}").read_bytes())
    for read in (
        lambda: results.recorded("here", SPLIT.test, folder=folder),
        lambda: results.facts("here", folder),
    ):
        with pytest.raises(
            ValueError, match=r"Chain\.json tells of another run .*models\.py Chain"
        ):
            read()


def test_ranks_without_a_digest_are_refused(folder: Path) -> None:
    path = folder / "here" / "Chain.json"
    facts = json.loads(path.read_text("utf-8"))
    del facts["sha256_of_ranks"]
    path.write_text(json.dumps(facts), "utf-8")
    with pytest.raises(ValueError, match="tells of another run"):
        results.facts("here", folder)


def test_nothing_recorded_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `make results`"):
        results.recorded("here", SPLIT.test, folder=tmp_path)


def test_agreement_has_a_margin(folder: Path) -> None:
    record = results.recorded("here", SPLIT.test, folder=folder)
    results.agree(REPORT, record)
    ranks = {name: rank + 1 for name, rank in REPORT.ranks.items()}
    worse = type(REPORT)(SPLIT.test, ranks)
    with pytest.raises(AssertionError, match=r"Popularity reaches NDCG@10 0\.\d{4} here, but"):
        results.agree(worse, record)


def test_an_interrupted_write_leaves_the_old_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in (folder / "here").iterdir()}
    monkeypatch.setattr(pl.DataFrame, "write_parquet", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        results.write(folder / "here", "Chain", REPORT, [0], {})
    assert {path: path.read_bytes() for path in before} == before


def load_tool():
    """Load the tool by its path; it belongs to no package."""
    spec = spec_from_file_location("models_tool", ROOT / "tools" / "models.py")
    module = module_from_spec(spec)
    sys.modules["models_tool"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(sys.platform == "win32", reason="no peak memory on Windows")
def test_the_tool_records_what_is_committed(tmp_path: Path) -> None:
    """A fresh run of the fastest models gives the committed ranks, and says how it was made."""
    tool = load_tool()
    for name in ("Popularity", "MarkovChain"):
        assert f"last_five/{name}" in tool.measure("last_five", name, tmp_path)
        fresh, committed = (
            pl.read_parquet(folder / "last_five" / f"{name}.parquet")
            for folder in (tmp_path, results.FOLDER)
        )
        assert fresh.equals(committed)
        facts = json.loads((tmp_path / "last_five" / f"{name}.json").read_text("utf-8"))
        assert {"settings", "seeds", "fit_seconds", "peak_mib", "machine", "command"} <= set(facts)


def test_an_unknown_model(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        load_tool().main(["Oracle"])
    assert "no such model: Oracle; there are Random, Popularity" in capsys.readouterr().err


def test_every_model_of_the_tool_is_recorded() -> None:
    tool = load_tool()
    retired = {setting for settings in RETIRED.values() for setting in settings}
    for protocol, split in tool.PROTOCOLS.items():
        assert set(results.facts(protocol)) == set(tool.ONLY[protocol])
        for name, recorded in results.facts(protocol).items():
            make, seeds = tool.MODELS[name]
            settings = json.loads(json.dumps(make(seeds[0]).settings()))  # tuples become lists
            known = {k: v for k, v in recorded["settings"].items() if k not in retired}
            assert (known, recorded["seeds"]) == (settings, seeds)
        results.recorded(protocol, split().test)
    alone = results.recorded("held_out_films_alone", tool.held_out_films().test)
    assert set(alone.ranks) == set(tool.ALONE)


def test_the_books_split_is_what_it_says() -> None:
    log = load_movielens().k_core(5)
    split = load_tool().last_five()
    assert (log.n_users, log.n_items, len(log)) == (610, 3_650, 90_274)
    assert len(split.train) == 90_274 - 10 * 610
