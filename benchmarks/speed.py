"""Compare this package's speed with implicit's and RecBole's: the same logs, k and settings.

`python benchmarks/speed.py --users 10000 --data FOLDER --peers PYTHON` makes the log once, measures
ours and each peer in processes of their own, turn by turn, checks that the results agree, prints
the table and records it in results/speed.json and README.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import resource
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import agreement
import numpy as np
import polars as pl

from recsys_book.machine import cores, memory, processor
from recsys_helpers.datasets.synthetic_log import synthetic

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "speed.json"
ITEMS = {10_000: 2_000, 100_000: 5_000, 1_000_000: 10_000}
PAIRS = [
    ("Popularity", "RecBole"),
    ("ItemKNN", "RecBole"),
    ("ItemKNN", "implicit"),
    ("EASE", "RecBole"),
]
GIB = 2**30


def make_log(folder: Path, n_users: int) -> Path:
    """Write the log once, as arrays for ours and implicit and as RecBole's text file."""
    path = folder / f"log-{n_users}.npz"
    text = folder / path.stem / f"{path.stem}.inter"
    if path.exists() and text.exists():
        return path
    n_items = ITEMS.get(n_users, 2_000)
    log = synthetic(n_users, n_items, 20, tied=0).interactions
    text.parent.mkdir(parents=True, exist_ok=True)
    rows = pl.DataFrame({"user_id:token": log.users, "item_id:token": log.items})
    rows.write_csv(text, separator="\t")
    np.savez(
        path, users=log.users, items=log.items, times=log.times, n_users=n_users, n_items=n_items
    )
    return path


def run(command: list[str], memory: float, seconds: float) -> dict:
    """Return what one process measured, or why it did not come to an end."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (int(memory * GIB), int(memory * GIB)))

    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
            preexec_fn=limit,
            env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"stopped after {seconds:,.0f} s"}
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    last = done.stderr.strip().splitlines()[-1:]
    if "MemoryError" in done.stderr or "not enough memory" in done.stderr:
        return {"failed": f"needs more than {memory:g} GiB", "error": last}
    if done.returncode < 0:
        return {"failed": f"killed by signal {-done.returncode}", "error": last}
    raise RuntimeError(done.stderr)


def compare(name: str, peer: str, log: Path, arguments: argparse.Namespace) -> dict:
    """Measure ours and a peer's turn by turn and keep the fastest run of each."""
    files = {who: log.with_name(f"{log.stem}-{name}-{who}.npz") for who in ("ours", peer)}
    commands = {
        "ours": [sys.executable, str(HERE / "ours.py"), name],
        peer: [arguments.peers, str(HERE / "peers.py"), peer, name],
    }
    runs: dict[str, list[dict]] = {"ours": [], peer: []}
    for _ in range(arguments.repeats):
        for who, command in commands.items():
            whole = [*command, str(log), str(files[who])]
            if not (runs[who] and "failed" in runs[who][-1]):
                runs[who].append(run(whole, arguments.memory, arguments.seconds))
    best = {who: _fastest(taken) for who, taken in runs.items()}
    result = {"model": name, "peer": peer, "ours": best["ours"], "theirs": best[peer]}
    if "failed" not in best["ours"] and "failed" not in best[peer]:
        result["ratio"] = round(best["ours"]["total"] / best[peer]["total"], 3)
        result["agreement"] = agreement.of(name, files["ours"], files[peer])
    return result


def _fastest(runs: list[dict]) -> dict:
    if "failed" in runs[-1]:
        return runs[-1]
    best = min(runs, key=lambda taken: taken["fit"] + taken["top"])
    totals = [round(taken["fit"] + taken["top"], 3) for taken in runs]
    numbers = {name: round(value, 3) for name, value in best.items()}
    return {**numbers, "total": min(totals), "runs": totals}


def machine(peers: str) -> dict:
    """Return what the times depend on."""
    found = subprocess.check_output(
        [
            peers,
            "-c",
            "from importlib.metadata import version as v; "
            "print(*[n + ' ' + v(n) for n in "
            "('implicit', 'recbole', 'torch', 'numpy', 'scipy')], sep=', ')",
        ],
        text=True,
    )
    gib = (memory()[0] or 0) / GIB
    ours = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "polars"))
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{processor()}, {cores()} cores, {gib:.0f} GiB",
        "python": sys.version.split()[0],
        "ours": f"recsys-helpers {version('recsys-helpers')}, {ours}",
        "peers": found.strip(),
    }


def table(results: list[dict]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| users × items | model | peer | ours s (fit + lists) | peer s (fit + lists) "
        "| ours / peer | ours peak MiB | peer peak MiB | agreement |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for size in sorted(results, key=lambda size: size["users"]):
        for row in size["comparisons"]:
            ours, theirs = row["ours"], row["theirs"]
            cells = [
                f"{size['users']:,} × {size['items']:,}",
                row["model"],
                row["peer"],
                _seconds(ours),
                _seconds(theirs),
                f"{row['ratio']:.2f}" if "ratio" in row else "–",
                _peak(ours),
                _peak(theirs),
                row.get("agreement", "–"),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _seconds(taken: dict) -> str:
    if "failed" in taken:
        return taken["failed"]
    return f"{taken['total']:.2f} ({taken['fit']:.2f} + {taken['top']:.2f})"


def _peak(taken: dict) -> str:
    return "–" if "failed" in taken else f"{taken['peak']:,.0f}"


def main() -> None:
    """Measure one size, record it beside the others and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for logs and lists")
    parser.add_argument("--peers", required=True, help="Python of the peers' environment")
    parser.add_argument("--repeats", type=int, help="runs of each; 3, or 1 from 10⁶ users on")
    parser.add_argument("--memory", type=float, default=16, help="GiB that one process may take")
    parser.add_argument("--seconds", type=float, default=1800, help="longest run")
    parser.add_argument("--only", help="names of recommenders, with commas between")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to record")
    arguments = parser.parse_args()
    arguments.repeats = arguments.repeats or (1 if arguments.users >= 1_000_000 else 3)
    log = make_log(arguments.data.resolve(), arguments.users)
    chosen = arguments.only.split(",") if arguments.only else [name for name, _ in PAIRS]
    comparisons = []
    for name, peer in PAIRS:
        if name in chosen:
            comparisons.append(compare(name, peer, log, arguments))
            print(json.dumps(comparisons[-1]), flush=True)
    results = json.loads(arguments.results.read_text()) if arguments.results.exists() else []
    with np.load(log) as arrays:
        n_items, n_rows = int(arrays["n_items"]), len(arrays["users"])
    done = {(row["model"], row["peer"]) for row in comparisons}
    size = {"users": arguments.users, "items": n_items, "rows": n_rows}
    for old in results:
        if old["users"] == arguments.users:
            kept = [row for row in old["comparisons"] if (row["model"], row["peer"]) not in done]
            comparisons = sorted(
                kept + comparisons, key=lambda row: PAIRS.index((row["model"], row["peer"]))
            )
    results = [old for old in results if old["users"] != arguments.users]
    results.append({**size, **machine(arguments.peers), "comparisons": comparisons})
    results.sort(key=lambda size: size["users"])
    arguments.results.parent.mkdir(exist_ok=True)
    arguments.results.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results))
    if arguments.results == RESULTS:
        record(results)


def record(results: list[dict]) -> None:
    """Write the table and what it was measured on as the last section of the README."""
    readme = HERE / "README.md"
    text, title, _ = readme.read_text(encoding="utf-8").partition("## Recorded\n")
    lines = [
        f"- {size['users']:,} users: {size['date']}, {size['machine']}, Python {size['python']}; "
        f"{size['ours']}; peers: {size['peers']}."
        for size in results
    ]
    whole = "\n".join([text + title, table(results), "", *lines, ""])
    readme.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
