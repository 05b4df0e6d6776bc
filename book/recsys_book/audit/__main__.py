"""The command: python -m recsys_book.audit orders.csv --user customer --item product --time day."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from recsys_book.audit import audit
from recsys_helpers.log import Interactions

PARQUET = {".parquet", ".parq", ".pq"}


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        "python -m recsys_book.audit",
        description="Look for faults in a log of who met what and when, measure simple "
        "recommenders on it, and write one HTML page.",
        epilog="Exit codes: 0, the page is written; 1, the log cannot be read or judged; "
        "2, wrong arguments.",
    )
    made.add_argument("log", type=Path, help="a CSV or Parquet file, or a folder of Parquet")
    made.add_argument("--user", default="user", help="column of user ids (%(default)s)")
    made.add_argument("--item", default="item", help="column of item ids (%(default)s)")
    made.add_argument(
        "--time",
        default="timestamp",
        help='column of times (%(default)s), or "row order" if the rows are in order of time',
    )
    made.add_argument(
        "--time-unit",
        default="s",
        choices=("s", "ms", "us", "ns"),
        help="unit of times that are whole numbers (%(default)s)",
    )
    made.add_argument("--separator", default=",", help="between two fields of a CSV (%(default)s)")
    made.add_argument("--out", type=Path, help="the page (audit.html beside the log)")
    made.add_argument("--neural", action="store_true", help="fit networks too, which takes minutes")
    made.add_argument("--quiet", action="store_true", help="say nothing while working")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = parser().parse_args(arguments)
    out = given.out or given.log.with_name("audit.html")
    start = perf_counter()

    def say(text: str) -> None:
        if not given.quiet:
            print(f"{perf_counter() - start:5.0f} s  {text}", flush=True)

    try:
        say(f"Reading {given.log}")
        page = audit(read(given), given.log.name, neural=given.neural, say=say).html()
        draft = out.with_name(f"{out.name}.part")
        draft.write_text(page, encoding="utf-8")
        os.replace(draft, out)
    except (ValueError, TypeError, OSError, MemoryError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    say(f"Written: {out}")
    return 0


def read(given: argparse.Namespace) -> Interactions:
    """Return the log that the command line names, with its duplicates."""
    columns = {"user": given.user, "item": given.item, "timestamp": given.time}
    if given.log.is_dir() or given.log.suffix in PARQUET:
        return Interactions.from_parquet(
            given.log, **columns, duplicates="keep", time_unit=given.time_unit
        )
    return Interactions.from_csv(
        given.log,
        **columns,
        duplicates="keep",
        time_unit=given.time_unit,
        separator=given.separator,
    )


if __name__ == "__main__":
    sys.exit(main())
