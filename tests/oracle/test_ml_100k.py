"""The baselines reach figures that were measured by other code on MovieLens 100K.

The publisher forbids passing the data on, so the folder is given by whoever runs this:
`make oracle DATA=folder` with `folder/ml-100k/u.data`.

The other code scored the matrix models from the user's training row alone and excluded all that
the user had met; the protocol here folds in the whole history. Both are checked.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recsys_helpers import (
    BPR,
    EASE,
    BiasedMF,
    Interactions,
    ItemKNN,
    MarkovChain,
    MatrixFactorization,
    Popularity,
    evaluate,
    evaluate_ratings,
    k_folds,
    leave_last_out,
)
from recsys_helpers.recommenders.base import Recommender


class FromTrainingRow(Recommender):
    """Another recommender, asked with the history that ends before the validation item."""

    def __init__(self, inner: Recommender) -> None:
        self.inner = inner

    def _fit(self, train, valid):
        self.inner.fit(train)

    def _score(self, histories):
        return self.inner.score(histories.first(histories.lengths - 1))


@pytest.fixture(scope="module")
def everything(pytestconfig: pytest.Config) -> Interactions:
    path = Path(pytestconfig.getoption("--oracle-data"), "ml-100k", "u.data")
    frame = pl.read_csv(
        path,
        separator="\t",
        has_header=False,
        new_columns=["user", "item", "rating", "timestamp"],
    )
    return Interactions.from_frame(frame, rating="rating")


@pytest.fixture(scope="module")
def split(everything: Interactions):
    log = everything.k_core(5)
    assert (log.n_users, log.n_items, len(log)) == (943, 1_349, 99_287)
    return leave_last_out(log, n_valid=1, n_test=1, order_ties="file")


def figures(split, model: Recommender) -> tuple[float, float]:
    report = evaluate({"it": model.fit(split.train)}, split.test)
    return report.mean("it", "HR@10"), report.mean("it", "NDCG@10")


@pytest.mark.parametrize(
    ("model", "hit_rate", "ndcg"),
    [
        # Two items at the end of the list have equal counts: whose comes first moves two hits.
        (Popularity(), 0.0870, 0.0445),
        (MarkovChain(), 0.145, 0.076),
        (FromTrainingRow(EASE(regularisation=100.0)), 0.142, 0.0725),
        (FromTrainingRow(ItemKNN(n_neighbours=100)), 0.114, 0.063),
    ],
    ids=["popularity", "Markov chain", "EASE", "item-kNN"],
)
def test_figures_of_other_code(split, model: Recommender, hit_rate: float, ndcg: float) -> None:
    got = figures(split, model)
    assert got[0] == pytest.approx(hit_rate, abs=0.0025)
    assert got[1] == pytest.approx(ndcg, abs=0.0005)


@pytest.mark.parametrize(
    ("model", "hit_rate", "ndcg"),
    [
        (Popularity(), 80 / 943, 0.04459),
        (MarkovChain(), 136 / 943, 0.07588),
        (EASE(regularisation=100.0), 138 / 943, 0.07369),
        (ItemKNN(n_neighbours=100), 111 / 943, 0.0638),
    ],
    ids=["popularity", "Markov chain", "EASE", "item-kNN"],
)
def test_figures_of_the_protocol(split, model: Recommender, hit_rate: float, ndcg: float) -> None:
    got = figures(split, model)
    assert got[0] == pytest.approx(hit_rate, abs=1e-9)
    assert got[1] == pytest.approx(ndcg, abs=1e-4)


@pytest.mark.parametrize(
    ("model", "ndcg"),
    [(MatrixFactorization(), 0.0755), (BPR(), 0.066)],
    ids=["matrix factorisation", "BPR"],
)
def test_factor_models_reach_tuned_peers(split, model: Recommender, ndcg: float) -> None:
    """The peers are implicit's ALS and BPR, tuned on the same validation queries."""
    assert figures(split, model)[1] > ndcg


def test_biased_factors_predict_better_than_the_svd_of_surprise(everything: Interactions) -> None:
    """Surprise's documentation has 0.934 for its SVD on MovieLens 100K in five folds."""
    fold = k_folds(everything, 5)[0]
    report = evaluate_ratings({"it": BiasedMF().fit(fold.train)}, fold.test_rows)
    assert report.mean("it", "RMSE") < 0.925
