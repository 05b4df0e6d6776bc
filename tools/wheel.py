"""Build the package as pip gets it, and try it away from the checkout: python tools/wheel.py.

The wheel is built from the source archive, so that both are whole, into dist/. It is then
installed into an environment of its own, with the locked versions of what it needs, and `trial.py`
runs there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def built() -> Path:
    """Return the wheel, built from the source archive."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--quiet", "--no-isolation", "--outdir", DIST, ROOT)
    (wheel,) = DIST.glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """Raise unless the wheel holds the modules of both packages, `py.typed`, and nothing else."""
    names = zipfile.ZipFile(wheel).namelist()
    found = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    wanted = {"recsys_helpers/py.typed"} | {
        path.relative_to(folder).as_posix()
        for folder, package in ((ROOT, "recsys_helpers"), (ROOT / "book", "recsys_book"))
        for path in (folder / package).rglob("*.py")
    }
    if found != wanted:
        raise SystemExit(
            f"{wheel.name} lacks {sorted(wanted - found)} and should not hold "
            f"{sorted(found - wanted)}"
        )


def locked_versions() -> str:
    """Return the lock without hashes, which pip asks of everything as soon as one is given."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.rstrip(" \\") for line in lines if line and not line.startswith((" ", "#"))]
    return "\n".join(pins) + "\n"


def try_out(wheel: Path) -> None:
    """Install the wheel into an environment of its own, and do there what a user does."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder, "environment")
        venv.create(environment, with_pip=True)
        python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        constraints = Path(folder, "constraints.txt")
        constraints.write_text(locked_versions(), encoding="utf-8")
        # -I: neither the current folder nor PYTHONPATH lead back to the checkout.
        pip: list[str | Path] = [
            python,
            "-I",
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
        ]
        _run(*pip, "--constraint", constraints, wheel)
        trial: list[str | Path] = [python, "-I", "-W", "error", ROOT / "tools" / "trial.py"]
        _run(*trial, ROOT / "data" / "ml-latest-small", cwd=folder)


def _run(*command: str | Path, cwd: str | Path = ROOT) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


if __name__ == "__main__":
    made = built()
    check_contents(made)
    try_out(made)
    print(f"{made.name} works without the checkout")
