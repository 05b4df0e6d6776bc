"""Faults shown on purpose, source shown as it runs, pictures of results, one call for all seeds."""

from __future__ import annotations

import inspect
import os
import random
import subprocess
import sys
import warnings

import numpy as np
import pytest

from recsys_book import plots
from recsys_book.chapters.core_concepts import plots as core_plots
from recsys_book.showing import show_source, shown
from recsys_helpers import (
    MarkovChain,
    Popularity,
    Random,
    evaluate,
    leave_last_out,
    reproducible,
    synthetic,
)
from recsys_helpers.evaluation.report import Report
from recsys_helpers.recommenders.simple import popularity

LOG = synthetic(n_users=50, n_items=40, mean_length=16, seed=1).interactions
SPLIT = leave_last_out(LOG, n_valid=2, n_test=2)
FITTED = {
    "popular": Popularity().fit(SPLIT.train),
    "random": Random().fit(SPLIT.train),
    "chain": MarkovChain().fit(SPLIT.train),
}
REPORT = evaluate(FITTED, SPLIT.test)


def test_shown_prints_warnings_and_the_error(capsys: pytest.CaptureFixture) -> None:
    with shown():
        warnings.warn("first", UserWarning, stacklevel=1)
        raise KeyError("then")
    captured = capsys.readouterr()
    assert captured.out == "UserWarning: first\nKeyError: 'then'\n"
    assert captured.err == ""


def test_shown_wants_a_fault() -> None:
    with pytest.raises(AssertionError, match="meant to go wrong"), shown():
        pass


def test_shown_does_not_stop_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), shown():
        raise KeyboardInterrupt


def test_source_is_the_code_that_runs() -> None:
    whole = inspect.getsource(popularity.Popularity).rstrip()
    assert repr(show_source(popularity.Popularity, docstring=True)) == whole
    short = show_source(popularity.Popularity)
    assert '"""' not in short.code
    assert short.code.splitlines() == [
        line for line in short.code.splitlines() if line in whole.splitlines()
    ]
    assert short._repr_markdown_() == f"```python\n{short.code}\n```"
    compile(short.code, "shown", "exec")
    with pytest.raises(TypeError, match="no Python source"):
        show_source(len)


def test_results_are_drawn_best_first() -> None:
    picture = plots.results(REPORT, "HR@5")
    order = sorted(FITTED, key=lambda name: -REPORT.mean(name, "HR@5"))
    (axes,) = picture.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == order
    listed = ", ".join(f"{name} {REPORT.mean(name, 'HR@5'):.3f}" for name in order)
    assert picture.alt == f"HR@5 of 3 models with 95% intervals, from top to bottom: {listed}."
    low, high = axes.lines[0].get_xdata()
    assert (low, high) == REPORT.interval(order[0], "HR@5")[1:]
    (axes,) = plots.results(REPORT, "HR@5", ranked=False).figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(REPORT.ranks)


def test_popularity_counts_list_places() -> None:
    picture = core_plots.popularity(REPORT)
    counts = REPORT.queries.train_counts
    rank = np.lexsort((LOG.catalogue.tie_rank, -counts))
    lines = {line.get_label(): line.get_ydata() for line in picture.figure.axes[0].lines}
    for name, lists in REPORT.lists.items():
        head = set(rank[:4].tolist())
        share = np.mean([item in head for item in lists[lists >= 0].tolist()])
        assert lines[name][3] == pytest.approx(share)
        assert f"{name} {share:.0%}" in picture.alt
    met = np.isin(REPORT.queries.targets, rank[:4]).mean()
    assert lines["met next"][3] == pytest.approx(met)
    with pytest.raises(ValueError, match="holds only ranks"):
        core_plots.popularity(Report(REPORT.queries, REPORT.ranks))


def test_a_history_is_drawn_with_titles() -> None:
    histories = LOG.histories()
    picture = core_plots.history(histories, 3, n=5)
    titles = LOG.catalogue.titles(histories[3][-5:])
    assert [label.get_text() for label in picture.figure.axes[0].get_yticklabels()] == titles
    assert ", ".join(titles) in picture.alt
    with pytest.raises(ValueError, match="items and times"):
        core_plots.history(FITTED["popular"].histories([[1, 2]]))


def test_reproducible_sets_every_global_state() -> None:
    states = []
    for _ in range(2):
        reproducible(3)
        states.append((random.random(), np.random.random()))  # noqa: NPY002
    assert states[0] == states[1]
    reproducible(4)
    assert random.random() != states[0][0]
    with pytest.raises(ValueError, match="seed must be a whole number"):
        reproducible(-1)


def test_nothing_here_loads_tensorflow() -> None:
    """The package's face, a recommender and an evaluation stay without it, in a fresh process."""
    code = (
        "import sys, recsys_helpers as r\n"
        "from recsys_helpers.recommenders import NEURAL\n"
        "for name in set(r.__all__) - set(NEURAL): getattr(r, name)\n"
        "split = r.leave_last_out(r.synthetic(n_users=30, n_items=20).interactions)\n"
        "r.reproducible(1)\n"
        "r.evaluate({'it': r.EASE().fit(split.train)}, split.test).table()\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
