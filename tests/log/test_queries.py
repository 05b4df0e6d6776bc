"""Queries are histories with targets, and refuse what does not fit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from recsys_helpers import Catalogue, Histories, Queries

CATALOGUE = Catalogue(pl.DataFrame({"item": ["a", "b", "c"]}))
HISTORIES = Histories.from_lists(CATALOGUE, [["a"], ["b"]])


def queries(target_indptr: list[int], targets: list[int]) -> Queries:
    indptr, codes = np.array(target_indptr, np.int64), np.array(targets, np.int32)
    return Queries(HISTORIES, indptr, codes, np.array([0, 1], np.int32), np.ones(3, np.int64))


def test_each_query_has_its_targets() -> None:
    asked = queries([0, 2, 3], [1, 2, 0])
    assert asked.n_relevant.tolist() == [2, 1]
    assert asked.rows.tolist() == [0, 0, 1]


@pytest.mark.parametrize("indptr", [[1, 2, 3], [0, 0, 2], [0, 2, 2], [0, 2, 1], [-1, 1, 3]])
def test_queries_without_a_target_are_refused(indptr: list[int]) -> None:
    with pytest.raises(ValueError, match="target_indptr must start with 0 and rise at every step"):
        queries(indptr, [1, 2, 0][: indptr[-1]])


def test_a_target_is_named_once() -> None:
    with pytest.raises(ValueError, match="query 1 has the same target twice"):
        queries([0, 1, 3], [0, 2, 2])
    queries([0, 1, 2], [2, 2])
