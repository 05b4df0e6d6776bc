"""Recorded results: what `make results` measured, read by the chapters that compare models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from recsys_helpers.evaluation.report import Report
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.store import replaced_whole

FOLDER = Path(__file__).parents[2] / "data" / "results"


def write(
    folder: Path, name: str, report: Report, seeds: Sequence[int], facts: Mapping[str, Any]
) -> None:
    """Write one model's ranks and the facts about the run, both files or none.

    The facts hold a digest of the ranks, so that files of two runs never mix.

    Parameters
    ----------
    folder
        The protocol's folder; made if absent.
    name
        The model's name in the report, and the name of the two files.
    report
        Its evaluation.
    seeds
        The seed of each fit, shape (n_seeds,).
    facts
        What JSON can hold: settings, seconds, memory, versions, machine, date, command.

    Raises
    ------
    ValueError
        If the number of seeds is not that of the report.
    """
    ranks, queries = report.ranks[name], report.queries
    if len(ranks) != len(seeds):
        raise ValueError(f"{len(seeds)} seeds were given for {len(ranks)} fits of {name!r}")
    n = len(queries.targets)
    keys = np.arange(len(queries)) if queries.histories.keys is None else queries.histories.keys
    rows = pl.DataFrame(
        {
            "seed": np.repeat(np.asarray(seeds, np.int32), n),
            "user": np.tile(np.asarray(keys)[queries.rows], len(seeds)),
            "target": np.tile(queries.catalogue.ids[queries.targets], len(seeds)),
            "rank": ranks.ravel(),
        },
    )
    metrics = {
        metric: round(report.mean(name, metric), 6)
        for metric in ("HR@10", "NDCG@10", "MRR@10", "Coverage@10", "Novelty@10", "Gini@10")
    }
    folder.mkdir(parents=True, exist_ok=True)
    with replaced_whole(folder / f"{name}.parquet", folder / f"{name}.json") as (table, described):
        rows.write_parquet(table, compression="zstd")
        entry = {"model": name, **facts, "metrics": metrics, "sha256_of_ranks": _sha256(table)}
        text = json.dumps(entry, indent=2, ensure_ascii=False)
        described.write_text(text + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def facts(protocol: str, folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """Return what was recorded about each model's run.

    Parameters
    ----------
    protocol
        The name of a folder in `folder`, such as "last_five".
    folder
        Where results lie; the checkout's ``data/results`` unless given.

    Returns
    -------
    dict
        Model → settings, seconds, memory, versions, machine, date, command and mean metrics.

    Raises
    ------
    FileNotFoundError
        If nothing is recorded; the message says what to run.
    ValueError
        If a model's facts and ranks are of two runs.
    """
    paths = sorted(((folder or FOLDER) / protocol).glob("*.json"))
    if not paths:
        raise FileNotFoundError(f"no results of {protocol!r} are recorded here: run `make results`")
    known = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    for path, described in zip(paths, known.values(), strict=True):
        if described.get("sha256_of_ranks") != _sha256(path.with_suffix(".parquet")):
            raise ValueError(
                f"{path} tells of another run than the ranks beside it: take both files from one "
                f"commit, or run `python tools/models.py {path.stem}`"
            )
    return known


def write_rows(folder: Path, name: str, rows: pl.DataFrame, facts: Mapping[str, Any]) -> None:
    """Write what a sweep measured: a small table and the facts about the run, in one file.

    Parameters
    ----------
    folder
        The folder of the sweeps; made if absent.
    name
        The name of the file.
    rows
        The table, of numbers and text.
    facts
        What JSON can hold: settings, seconds, versions, machine, date, command.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"sweep": name, **facts, "rows": rows.to_dicts()}, indent=1)
    with replaced_whole(folder / f"{name}.json") as (described,):
        described.write_text(text + "\n", encoding="utf-8")


def sweep(sweeps: str, name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return what was recorded about a sweep.

    Parameters
    ----------
    sweeps
        The name of a folder in `folder`, such as "privacy".
    name
        The name of the sweep.
    folder
        Where results lie; the checkout's ``data/results`` unless given.

    Returns
    -------
    dict
        Settings, seconds, versions, machine, date, command, and the rows.

    Raises
    ------
    FileNotFoundError
        If it is not recorded; the message says what to run.
    """
    path = (folder or FOLDER) / sweeps / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"no {sweeps} of {name!r} is recorded here: run `python tools/{sweeps}.py {name}`"
        )
    described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return described


def rows(sweeps: str, name: str, folder: Path | None = None) -> pl.DataFrame:
    """Return the table that a sweep measured.

    Parameters
    ----------
    sweeps, name, folder
        As in `sweep`.

    Returns
    -------
    pl.DataFrame
        The table as it was written.

    Raises
    ------
    FileNotFoundError
        As in `sweep`.
    """
    return pl.DataFrame(sweep(sweeps, name, folder)["rows"], infer_schema_length=None)


def recorded(
    protocol: str,
    queries: Queries,
    names: Sequence[str] | None = None,
    *,
    folder: Path | None = None,
) -> Report:
    """Return the report that the recorded ranks make, to be shown or compared with a fresh one.

    Parameters
    ----------
    protocol
        The name of a folder in `folder`, such as "last_five".
    queries
        The queries of the protocol, made again: what was recorded must belong to them.
    names
        Which models; all that are recorded if None.
    folder
        Where results lie; the checkout's ``data/results`` unless given.

    Returns
    -------
    Report
        The recorded models, by name.

    Raises
    ------
    FileNotFoundError
        If nothing is recorded; the message says what to run.
    ValueError
        If a name is not recorded, the record belongs to other queries, or as in `facts`.
    """
    ranks = {}
    keys = np.arange(len(queries)) if queries.histories.keys is None else queries.histories.keys
    asked = pl.DataFrame(
        {
            "user": np.asarray(keys)[queries.rows],
            "target": queries.catalogue.ids[queries.targets],
        }
    )
    known = list(facts(protocol, folder))
    if strangers := sorted(set(names or ()) - set(known)):
        raise ValueError(
            f"no record of {', '.join(strangers)} under {protocol!r}; there are {', '.join(known)}"
        )
    for name in names or known:
        rows = pl.read_parquet((folder or FOLDER) / protocol / f"{name}.parquet")
        seeds = rows["seed"].unique(maintain_order=True)
        if rows.select("user", "target").equals(pl.concat([asked] * len(seeds))):
            ranks[name] = rows["rank"].to_numpy().reshape(len(seeds), -1)
        else:
            raise ValueError(
                f"the record of {name!r} belongs to other queries than those of this "
                f"{protocol!r}: run `make results`"
            )
    return Report(queries, ranks)


def agree(fresh: Report, record: Report, metric: str = "NDCG@10", margin: float = 0.002) -> None:
    """Make sure that a fresh run gives what is recorded.

    Parameters
    ----------
    fresh
        The evaluation of this run.
    record
        What `recorded` returned.
    metric
        What to compare.
    margin
        How far two machines may be apart, in units of the metric.

    Raises
    ------
    AssertionError
        If a model's mean differs by more; the message names it.
    """
    for name in fresh.ranks:
        here, there = fresh.mean(name, metric), record.mean(name, metric)
        if abs(here - there) > margin:
            raise AssertionError(
                f"{name} reaches {metric} {here:.4f} here, but {there:.4f} is recorded"
            )
