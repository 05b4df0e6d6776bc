"""Bytes that nobody would write, by a fuzzer that looks for new paths: python benchmarks/fuzz.py.

Atheris changes bytes at random, keeps those that reach code which none reached before, and changes
these again. Three doors through which bytes come in are tried: requests to the service, CSV files,
and the files of a saved recommender. Whatever comes must be used or refused with an ordinary error,
never by a crash, a hang or an answer that is no JSON. Parquet files are not tried: Polars decodes
them, and some that are damaged in the middle of a page abort it with the whole process, which no
caller can prevent. Read Parquet of strangers in a process of its own. Atheris has wheels for Linux:

    python -m venv ENVIRONMENT
    ENVIRONMENT/bin/pip install "atheris==3.0.0" .
    ENVIRONMENT/bin/python benchmarks/fuzz.py --seconds 300

Results stand in results/fuzz.json; bytes that fail are left in the current folder as crash-….
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["recsys_helpers", "json"]):
    from recsys_helpers import EASE, Interactions, load_recommender, serving

RESULTS = Path(__file__).parent / "results" / "fuzz.json"
REFUSALS = (ValueError, TypeError, OverflowError, RecursionError, FileNotFoundError)
CSV = (
    b"user,item,rating,timestamp\n1,7,4.5,2024-03-01T12:00:00\n2,7,3,2024-03-02\n1,9,1,2024-03-03\n"
)
PATHS = re.compile(r"cov: (\d+)")

Target = Callable[[bytes], None]


def service(folder: Path) -> tuple[Target, list[bytes]]:
    """Ask for a list with any bytes: a list, or status 400 with a reason, as JSON."""
    log = _log(folder)
    app = serving.service(EASE(values="rating").fit(log))

    def target(data: bytes) -> None:
        said: list[str] = []
        environ = {"CONTENT_LENGTH": str(len(data)), "wsgi.input": io.BytesIO(data)}
        (answer,) = app(environ, lambda status, headers: said.append(status))
        keys = set(json.loads(answer, parse_constant=_no_json))
        wanted = {"200 OK": {"items", "unknown"}, "400 Bad Request": {"error"}}
        assert keys == wanted[said[0]], answer

    asked = [
        b'{"items": [7, 9], "k": 3, "ratings": [4.5, 1]}',
        b'{"items": [], "k": 1, "ratings": []}',
        b'{"items": ["a", null, true, -1e999, [[]], {}], "ratings": [NaN, 1, 1, 1, 1, 1]}',
    ]
    return target, asked


def csv(folder: Path) -> tuple[Target, list[bytes]]:
    """Read any bytes as a CSV file."""

    def target(data: bytes) -> None:
        path = folder / "any.csv"
        path.write_bytes(data)
        try:
            log = Interactions.from_csv(path, rating="rating", duplicates="keep")
        except REFUSALS:
            return
        assert len(log) <= data.count(b"\n") + data.count(b"\r")

    return target, [CSV, CSV.replace(b",", b";"), CSV.replace(b"7", b'"7"')]


def saved(folder: Path) -> tuple[Target, list[bytes]]:
    """Load a recommender one of whose files holds any bytes; the first of them says which file."""
    model = folder / "model"
    EASE().fit(_log(folder)).save(model)
    sound = {path: path.read_bytes() for path in sorted(model.iterdir())}

    def target(data: bytes) -> None:
        if not data:
            return
        path = list(sound)[data[0] % len(sound)]
        path.write_bytes(data[1:])
        try:
            load_recommender(model)
        except REFUSALS:
            return
        finally:
            path.write_bytes(sound[path])
        assert data[1:] == sound[path] or path.suffix == ".json", "other bytes were taken for sound"

    return target, [bytes([number]) + data for number, data in enumerate(sound.values())]


TARGETS = {"service": service, "csv": csv, "saved": saved}


def _log(folder: Path) -> Interactions:
    path = folder / "sound.csv"
    path.write_bytes(CSV)
    return Interactions.from_csv(path, rating="rating")


def _no_json(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def fuzz(name: str, seconds: int) -> None:
    """Feed one target until the time is over or it fails."""
    with tempfile.TemporaryDirectory() as folder:
        target, examples = TARGETS[name](Path(folder))
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, example in enumerate(examples):
            (corpus / str(number)).write_bytes(example)
        options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=4096", "-seed=1"]
        atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(corpus)], target)
        atheris.Fuzz()


def record(name: str, seconds: int) -> dict[str, object]:
    """Run one target in a process of its own and return what it went through."""
    command = [sys.executable, __file__, "--one", name, "--seconds", str(seconds)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    text = outcome.stdout + outcome.stderr
    found = dict(re.findall(r"stat::(\w+):\s+(\d+)", text))
    if outcome.returncode or "number_of_executed_units" not in found:
        raise SystemExit(text[-4000:])
    return {
        "door": name,
        "seconds": seconds,
        "tried": int(found["number_of_executed_units"]),
        "branches_reached": int(PATHS.findall(text)[-1]),
        "slowest_seconds": int(found["slowest_unit_time_sec"]),
        "peak_mib": int(found["peak_rss_mb"]),
        "failed": 0,
    }


def main() -> None:
    """Try every door and record it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=300, help="for each door")
    parser.add_argument("--one", choices=list(TARGETS), help="only this one, without a record")
    options = parser.parse_args()
    if options.one:
        fuzz(options.one, options.seconds)
        return
    doors = [record(name, options.seconds) for name in TARGETS]
    result = {"measured": date.today().isoformat(), "atheris": "3.0.0", "doors": doors}
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
