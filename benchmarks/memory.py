"""What memory from_csv takes beside the size of its file: python benchmarks/memory.py.

Each file is read in a process of its own while another looks at its anonymous memory (RssAnon, what
the process itself has asked for) every few milliseconds; what it held before reading is
subtracted. It runs on Linux. Results stand in results/memory.json.
"""

from __future__ import annotations

import argparse
import select
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from recorded import circumstances, write

RESULTS = Path(__file__).parent / "results" / "memory.json"
BYTES_A_ROW = {"numbers": 27, "short text": 27, "long text": 81, "quoted text": 93}
"""Kinds of files, and about how long their rows are."""
REPEATED = {0.0: ("first",), 0.2: ("keep", "first", "mean"), 0.95: ("first",)}
"""Share of the rows that repeat another → what is asked for."""
MIB = 1024**2

READING = """
import sys
from recsys_helpers import Interactions
print(flush=True)
sys.stdin.readline()
log = Interactions.from_csv(
    sys.argv[1], timestamp="timestamp", rating="rating", duplicates=sys.argv[2]
)
arrays = (log.users, log.items, log.times, log.ratings)
print(len(log), sum(array.nbytes for array in arrays), flush=True)
"""
"""What the process does: say that it is ready, read, tell the log's rows and their bytes."""


def table(kind: str, n_rows: int, share: float) -> pl.DataFrame:
    """Return random rows, of which a share repeats another."""
    rng = np.random.default_rng(0)
    n_own = round(n_rows * (1 - share))
    own = pl.DataFrame(
        {
            "user": rng.integers(0, n_own // 20 + 1, n_own),
            "item": rng.integers(0, n_own // 400 + 1, n_own),
            "rating": rng.integers(1, 11, n_own) / 2,
            "timestamp": 1_112_486_027 + rng.integers(0, 10**9, n_own),
        }
    )
    moments = pl.from_epoch("timestamp")
    if kind == "short text":
        own = own.with_columns(
            user=pl.format("u{}", "user"),
            item=pl.format("i{}", "item"),
            timestamp=moments.dt.strftime("%Y-%m-%d"),
        )
    elif kind != "numbers":
        digits = pl.col("user").hash(1).cast(pl.String).str.zfill(32)
        parts = [digits.str.slice(start, n) for start, n in ((0, 8), (8, 4), (12, 4), (16, 16))]
        person = pl.concat_str(parts, separator="-")
        own = own.with_columns(
            user=person if kind == "long text" else pl.format("person.{}@example.org", "user"),
            item=pl.format("SKU-{}", pl.col("item").cast(pl.String).str.zfill(8)),
            timestamp=moments.dt.strftime("%Y-%m-%dT%H:%M:%S"),
        )
    if kind == "quoted text":
        own = own.with_columns(title=pl.format('The "{}", or so', "item"))
    repeated = rng.integers(0, n_own, n_rows - n_own)
    return own[rng.permutation(np.concatenate([np.arange(n_own), repeated]))]


def anonymous(process: int) -> int:
    """Return the anonymous memory that a process holds, in bytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) * 1024


def measured(file: Path, duplicates: str) -> dict[str, float]:
    """Read a file in another process and return what it took, as shares of the file's size."""
    command = [sys.executable, "-c", READING, str(file), duplicates]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        before = peak = anonymous(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
        while not select.select([process.stdout], [], [], 0.003)[0]:
            peak = max(peak, anonymous(process.pid))
        n_rows, held = map(int, process.stdout.readline().split())
    size = file.stat().st_size
    return {
        "rows": n_rows,
        "peak": round((peak - before) / size, 2),
        "rows_of_the_log": round(held / size, 2),
    }


def main() -> None:
    """Write files, read them, and record what that took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mib", type=int, default=200, help="size of each file, about")
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "log.csv")
        for kind, width in BYTES_A_ROW.items():
            for share, ways in REPEATED.items():
                table(kind, options.mib * MIB // width, share).write_csv(file)
                for duplicates in ways:
                    entry = {
                        "kind": kind,
                        "repeated": share,
                        "duplicates": duplicates,
                        "file_mib": round(file.stat().st_size / MIB),
                        **measured(file, duplicates),
                    }
                    print(entry, flush=True)
                    found.append(entry)
    write(RESULTS, {"files": found, **circumstances("polars")})


if __name__ == "__main__":
    main()
