"""The changes of SASRec that are recorded, under their names and headings."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from recsys_book import results
from recsys_book.demonstrations.recorded_changes import recorded_changes
from recsys_helpers import Report, leave_last_out, synthetic

TEST = leave_last_out(synthetic(n_users=30, n_items=20, seed=1).interactions, 0, 1).test
RNG = np.random.default_rng(0)


def record(folder: Path, protocol: str, *names: str) -> None:
    lists = np.tile(np.arange(10), (2, len(TEST), 1))
    for name in names:
        ranks = RNG.integers(0, 20, (2, len(TEST.targets)))
        report = Report(TEST, {name: ranks}, {name: lists})
        results.write(folder / protocol, name, report, [0, 1], {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record(tmp_path, "last_five", "SASRec", "EASE", "HSTU", "MarkovChain", "BERT4Rec")
    record(tmp_path, "ablations", "SASRec-two-blocks", "Transformer-no-forward", "ConvLSTM-bce")
    return tmp_path


def test_each_change_is_named_and_all_else_left_out(folder: Path) -> None:
    report, groups = recorded_changes(TEST, folder)
    assert groups == {
        "one part changed": ["two blocks", "no forward", "gate for forward"],
        "other models": ["MarkovChain", "BERT4Rec"],
    }
    assert list(report.ranks) == ["SASRec", *chain(*groups.values())]
    for protocol, name, record in (
        ("ablations", "no forward", "Transformer-no-forward"),
        ("last_five", "gate for forward", "HSTU"),
        ("last_five", "BERT4Rec", "BERT4Rec"),
    ):
        expected = results.recorded(protocol, TEST, [record], folder=folder).ranks[record]
        assert np.array_equal(report.ranks[name], expected)


def test_what_is_told_when_it_is_asked_stands_apart(folder: Path) -> None:
    record(folder, "ablations", "Transformer-asked", "Transformer-gaps")
    _, groups = recorded_changes(TEST, folder)
    assert groups["told when it is asked"] == ["asked"]
    assert groups["one part changed"] == ["two blocks", "gaps", "no forward", "gate for forward"]
