"""The pictures of chapter 4 show what they were given, where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.chapters.worked_example import plots
from recsys_helpers import (
    MarkovChain,
    Popularity,
    Report,
    evaluate,
    leave_last_out,
    synthetic,
)

SPLIT = leave_last_out(synthetic(n_users=60, n_items=40, seed=0).interactions, 2, 2)
MODELS = {"chain": MarkovChain().fit(SPLIT.train), "popular": Popularity().fit(SPLIT.train)}
REPORT = evaluate(MODELS, SPLIT.test)


def test_rows_by_heart_and_new_ones_stand_over_their_epochs() -> None:
    own, new = np.linspace(0.01, 0.9, 12), [0.0, 0.01, 0.02]
    picture = plots.learnt_by_heart(own.tolist(), new, stopped=4)
    lines = picture.figure.axes[0].lines
    assert lines[0].get_xdata().tolist() == list(range(1, 13))
    assert lines[1].get_xdata().tolist() == [4, 8, 12]
    assert lines[1].get_ydata().tolist() == new
    assert "stops after 4 epochs, when 25% of its own" in picture.caption
    assert "90%" in picture.caption
    assert "2.0%" in picture.caption


@pytest.mark.parametrize("metric", ["NDCG@10", "HR@4"])
def test_buckets_hold_the_values_and_differences_of_their_queries(metric: str) -> None:
    few = SPLIT.test.train_counts[SPLIT.test.targets]
    cut = int(np.median(few))
    rows = {"rare": np.flatnonzero(few < cut), "common": np.flatnonzero(few >= cut)}
    parts = {label: REPORT.take(some) for label, some in rows.items()}
    picture = plots.by_training_rows(parts, "chain", "popular", metric, chance=0.125)
    left, right = picture.figure.axes
    assert left.get_ylabel() == metric
    *models, chance = left.lines
    assert chance.get_ydata() == [0.125, 0.125]
    assert "Chance gives 0.125" in picture.alt
    for line, name in zip(models, ("chain", "popular"), strict=True):
        expected = [REPORT.values(name, metric)[:, some].mean() for some in rows.values()]
        assert np.allclose(line.get_ydata(), expected)
    differences = [part.compare("chain", "popular", metric).difference for part in parts.values()]
    assert np.allclose(right.lines[0].get_ydata(), differences)
    assert [label.get_text() for label in left.get_xticklabels()] == ["rare", "common"]


def test_rates_stand_in_their_order_beside_chance() -> None:
    n = len(SPLIT.test)
    near, far = np.zeros((1, n), int), np.full((1, n), 30)
    at_random = np.random.default_rng(0).integers(40, size=(5, n))
    report = Report(SPLIT.test, {"0% off": far, "40% off": near, "at random": at_random})
    picture = plots.id_dropout(report, 4, {"0% off": 0.09, "40% off": 0.08})
    left, right = picture.figure.axes
    assert [label.get_text() for label in left.get_xticklabels()] == ["0% off", "40% off"]
    assert left.lines[0].get_ydata().tolist() == [0, 1]
    assert left.lines[-1].get_ydata()[0] == report.mean("at random", "HR@4")
    assert right.lines[0].get_ydata().tolist() == [0.09, 0.08]
    assert "0% off 0.0%, 40% off 100.0%, chance" in picture.alt
