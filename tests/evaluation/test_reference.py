"""The baselines on the book's own data and protocol, against figures measured by other code."""

from __future__ import annotations

import pytest

from recsys_helpers import (
    EASE,
    MarkovChain,
    Popularity,
    evaluate,
    leave_last_out,
    load_movielens,
)


@pytest.fixture(scope="module")
def log():
    return load_movielens().k_core(5)


@pytest.mark.parametrize(
    ("order_ties", "model", "ndcg"),
    [
        ("shuffle", Popularity(), 0.020),
        ("shuffle", EASE(regularisation=100.0), 0.044),
        ("shuffle", MarkovChain(), 0.053),
        ("file", MarkovChain(), 0.060),
    ],
    ids=["popularity", "EASE", "Markov chain", "Markov chain in file order"],
)
def test_last_five(log, order_ties, model, ndcg) -> None:
    split = leave_last_out(log, n_valid=5, n_test=5, order_ties=order_ties)
    assert len(split.test) == len(split.valid) == 5 * 610
    report = evaluate({"it": model.fit(split.train)}, split.test)
    assert report.mean("it", "NDCG@10") == pytest.approx(ndcg, abs=0.0015)


def test_the_shuffle_of_ties_matters_less_than_the_file_order(log) -> None:
    """Whatever the seed, the Markov chain stays below what the file's order would give it."""
    found = []
    for seed in range(5):
        split = leave_last_out(log, n_valid=5, n_test=5, seed=seed)
        report = evaluate({"it": MarkovChain().fit(split.train)}, split.test)
        found.append(report.mean("it", "NDCG@10"))
    assert 0.047 < min(found) <= max(found) < 0.057
