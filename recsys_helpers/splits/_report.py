"""The report of a split: how much went where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import polars as pl

from recsys_helpers.log import Interactions, Queries

Line: TypeAlias = tuple[str, int, int, int, int]
"""Part, rows, users, queries and targets."""

COUNTS = ("rows", "users", "queries", "targets")


def report(lines: Sequence[Line]) -> pl.DataFrame:
    """Return the table of all lines."""
    return pl.DataFrame(lines, {"part": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}, orient="row")


def line(part: str, rows: Interactions, queries: Queries | None = None) -> Line:
    """Count rows, their users, and these users' queries and targets."""
    users = np.unique(rows.users)
    n_queries = n_targets = 0
    if queries is not None:
        theirs = np.isin(queries.users, users)
        n_queries, n_targets = int(theirs.sum()), int(queries.n_relevant[theirs].sum())
    return part, len(rows), len(users), n_queries, n_targets
