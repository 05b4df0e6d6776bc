"""`python -m recsys_book.check` reports what is there, and says what to do about what is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from support.paths import ROOT

from recsys_book import _installed, check, machine
from recsys_helpers import _machine
from recsys_helpers.datasets import movielens

RECORD = {
    "machine": {"calibration_seconds": 0.5},
    "chapters": {
        "1_background": {"seconds": 90.0, "peak_mib": 400},
        "2_core_concepts": {"seconds": 30.0, "peak_mib": 3000},
    },
}


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | None]:
    """Let a test say which versions are installed; None is "not there"."""
    planted: dict[str, str | None] = {}
    real = metadata.version

    def version(name: str) -> str:
        found = planted.get(name, "") if name in planted else real(name)
        if found is None:
            raise metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(_installed.metadata, "version", version)
    return planted


def run(*options: str, code: str = "", folder: Path = ROOT) -> subprocess.CompletedProcess:
    """Run the check, or code of the test's own, in a fresh process."""
    what = ["-c", code] if code else ["-m", "recsys_book.check"]
    return subprocess.run(
        [sys.executable, *options, *what],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "book")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_with_everything_is_ready() -> None:
    outcome = run()
    assert (outcome.returncode, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines[-1] == "Ready."
    for part in ("Python ", "Memory ", "Time ", "Data", "Packages "):
        assert any(line.startswith(part) for line in lines), part
    assert f"tensorflow {metadata.version('tensorflow')}" in outcome.stdout
    assert "ml-latest-small" in outcome.stdout


def test_tensorflow_is_not_imported() -> None:
    code = (
        "import sys\nfrom recsys_book import check\ncheck.main([])\n"
        "print([name for name in ('tensorflow', 'keras', 'jupyterlab') if name in sys.modules])"
    )
    outcome = run(code=code)
    assert outcome.stdout.splitlines()[-1] == "[]", outcome.stderr


def test_it_runs_where_nothing_is_installed(tmp_path: Path) -> None:
    """A fresh clone, asked with a bare Python before anything was installed."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for package in ("recsys_helpers", "book/recsys_book"):
        shutil.copytree(ROOT / package, tmp_path / package)
    outcome = run("-S", folder=tmp_path)
    assert (outcome.returncode, outcome.stderr) == (1, "")
    assert "numpy missing" in outcome.stdout
    assert "not looked for" in outcome.stdout
    assert "chapters with neural networks: tensorflow missing" in outcome.stdout
    _, _, advice = outcome.stdout.partition("Not ready.")
    for word in ("recsys_helpers", "numpy", "tensorflow", "jupyterlab", "Install with", "pip"):
        assert word in advice.replace("make book", "pip"), word


def test_the_exit_code_and_the_advice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "check", lambda: (["Python"], ["a is missing. Install with\npip"]))
    assert check.main([]) == 1
    assert capsys.readouterr().out == (
        "Python\n\nNot ready.\n- a is missing. Install with\n      pip\n"
    )


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_another_python_is_refused(version: tuple[int, int]) -> None:
    (problem,) = check.check_python(version).problems
    assert problem.startswith(f"Python {version[0]}.{version[1]} is not supported: install")
    assert check.check_python((3, 12)).problems == []


def test_with_another_python_nothing_else_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "check_python", lambda: check.Finding(["Python"], ["install one"]))
    assert check.check() == (["Python"], ["install one"])


def test_missing_packages_are_named_with_their_purpose(versions: dict[str, str | None]) -> None:
    versions.update({"tensorflow": None, "jupyterlab": "1.0", "pytest": None})
    finding = check.check_packages(ROOT)
    (problem,) = finding.problems
    assert problem.startswith(
        "Missing, or of another version than needed: tensorflow and jupyterlab, for chapters with "
        "neural networks and building the book and JupyterLab. Install with\n"
    )
    text = "\n".join(finding.lines)
    assert "tensorflow missing" in text
    assert "jupyterlab 1.0 (but >=4.3 is needed)" in " ".join(text.split())
    assert "pytest missing" in text


def test_the_command_fits_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = [_installed.Package("scipy>=1.14", "scipy", None)]
    monkeypatch.setattr(sys, "prefix", "/environment")
    in_environment = _installed.command(ROOT, missing)
    assert "--require-hashes -r" in in_environment
    assert "--no-deps --no-build-isolation --editable" in in_environment
    assert _installed.command(None, missing).endswith('-m pip install "scipy>=1.14"')
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert _installed.command(ROOT, missing).startswith("make book\n")


def test_the_helpers_alone_need_no_book(versions: dict[str, str | None]) -> None:
    """Outside a checkout, TensorFlow and JupyterLab are the reader's own choice."""
    versions.update({"tensorflow": None, "jupyterlab": None})
    assert check.check_packages(None).problems == []
    versions["numpy"] = "1.26"
    (problem,) = check.check_packages(None).problems
    assert problem.endswith('-m pip install "numpy>=2"')


def test_checkout_and_installed_package_ask_for_the_same() -> None:
    groups = list(check.PURPOSES)
    there, here = _installed.requirements(None, groups), _installed.requirements(ROOT, groups)
    for group in groups:
        names = [
            {_installed.look_up(line).name for line in found[group]} for found in (there, here)
        ]
        assert names[0] == names[1] != set(), group


@pytest.mark.parametrize(
    ("total", "available", "advice"),
    [
        (2, 1, "more than this machine has: run that chapter elsewhere"),
        (8, 1, "more than is available now: close other programs"),
        (8, 4, None),
        (8, None, None),
        (None, None, None),
    ],
)
def test_memory_for_the_largest_chapter(
    total: int | None, available: int | None, advice: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = tuple(None if size is None else size * 1024**3 for size in (total, available))
    monkeypatch.setattr(machine, "memory", lambda: sizes)
    problems = check.check_memory(RECORD).problems
    expected = [f"2_core_concepts needs 2.9 GiB of memory, {advice}"] if advice else []
    assert problems == expected
    assert check.check_memory({}).problems == []


def test_time_is_scaled_to_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    for name in (*RECORD["chapters"], "3_1_1_cnn"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    monkeypatch.setattr(machine, "calibrate", lambda: 1.0)
    monkeypatch.setattr(machine, "cores", lambda: 1)
    (line,) = check.check_time(RECORD, tmp_path).lines
    assert "about 4 minutes to execute the whole book, estimated for this machine" in line
    assert "the build runs 1 at once" in line
    assert "not counting 3_1_1_cnn" in line
    monkeypatch.setattr(machine, "calibrate", lambda: 0.1)
    assert "less than a minute" in check.check_time(RECORD, tmp_path).lines[0]
    assert "make results" in check.check_time({}, tmp_path).lines[0]


def test_a_damaged_record_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "data" / "results" / "chapters.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"machine": {')
    record, finding = check._record(tmp_path)
    assert record == {}
    assert finding.problems == [f"{path} is damaged: git checkout -- {path} brings it back"]
    path.write_text(json.dumps(RECORD))
    assert check._record(tmp_path) == (RECORD, check.Finding([], []))


def test_absent_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(movielens, "CHECKOUT", tmp_path / "data")
    monkeypatch.setenv("RECSYS_HELPERS_DATA", str(tmp_path / "cache"))
    finding = check.check_data(ROOT)
    assert "  MovieLens small: not here; downloaded when first asked for" in finding.lines
    (problem,) = finding.problems
    assert str(tmp_path / "cache") in problem
    assert "git restore data" in problem
    assert check.check_data(None).problems == []


def test_tampered_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "ml-latest-small"
    folder.mkdir()
    for path in (ROOT / "data" / "ml-latest-small").glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes()[:-10])
    monkeypatch.setattr(movielens, "CHECKOUT", tmp_path)
    (problem,) = check.check_data(ROOT).problems
    assert problem.startswith("MovieLens small cannot be used: ")
    assert str(folder) in problem


def test_memory_of_a_container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gib = 1024**3
    monkeypatch.setattr(_machine, "CGROUP", tmp_path)
    monkeypatch.setattr(_machine, "_machine_memory", lambda: (16 * gib, 12 * gib))
    assert _machine.memory() == (16 * gib, 12 * gib)
    (tmp_path / "memory.max").write_text("max\n")
    assert _machine.memory() == (16 * gib, 12 * gib)
    (tmp_path / "memory.max").write_text(f"{2 * gib}\n")
    (tmp_path / "memory.current").write_text(f"{gib}\n")
    assert _machine.memory() == (2 * gib, gib)


def test_memory_without_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system is asked itself; what it does not tell is None."""
    monkeypatch.setitem(sys.modules, "psutil", None)
    total, available = _machine._machine_memory()
    if sys.platform == "linux":
        assert total is not None
        assert available is not None
        assert total >= available > 0


def test_facts_of_the_machine() -> None:
    assert machine.processor()
    assert machine.cores() >= 1
    assert 0 < machine.calibrate() < 30
