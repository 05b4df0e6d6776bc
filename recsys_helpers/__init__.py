"""Recommender systems, measured: the helpers of the book, each usable without it."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from recsys_helpers.recommenders import HOMES, NEURAL

if TYPE_CHECKING:
    from recsys_helpers.datasets import load_movielens as load_movielens, synthetic as synthetic
    from recsys_helpers.determinism import reproducible as reproducible
    from recsys_helpers.display import Table as Table
    from recsys_helpers.evaluation import (
        Report as Report,
        evaluate as evaluate,
        evaluate_ratings as evaluate_ratings,
    )
    from recsys_helpers.log import (
        Catalogue as Catalogue,
        Histories as Histories,
        Interactions as Interactions,
        Queries as Queries,
    )
    from recsys_helpers.recommenders.base import Recommender as Recommender
    from recsys_helpers.recommenders.descent.feature_logistic import (
        FeatureLogistic as FeatureLogistic,
    )
    from recsys_helpers.recommenders.descent.gradient_descent import (
        BiasedMF as BiasedMF,
        MatrixFactorization as MatrixFactorization,
    )
    from recsys_helpers.recommenders.descent.sgd import BPR as BPR
    from recsys_helpers.recommenders.load import load_recommender as load_recommender
    from recsys_helpers.recommenders.neural.attention import SASRec as SASRec
    from recsys_helpers.recommenders.neural.bert4rec import BERT4Rec as BERT4Rec
    from recsys_helpers.recommenders.neural.caser import Caser as Caser
    from recsys_helpers.recommenders.neural.conv_lstm import ConvLSTM as ConvLSTM
    from recsys_helpers.recommenders.neural.generative import TIGER as TIGER
    from recsys_helpers.recommenders.neural.hstu import HSTU as HSTU
    from recsys_helpers.recommenders.neural.lstm import GRU4Rec as GRU4Rec, LSTM4Rec as LSTM4Rec
    from recsys_helpers.recommenders.neural.nextitnet import NextItNet as NextItNet
    from recsys_helpers.recommenders.neural.two_tower import TwoTower as TwoTower
    from recsys_helpers.recommenders.simple.ease import EASE as EASE
    from recsys_helpers.recommenders.simple.item_knn import ItemKNN as ItemKNN
    from recsys_helpers.recommenders.simple.markov_chain import MarkovChain as MarkovChain
    from recsys_helpers.recommenders.simple.popularity import Popularity as Popularity
    from recsys_helpers.recommenders.simple.private_counts import (
        PrivateMarkovChain as PrivateMarkovChain,
        PrivatePopularity as PrivatePopularity,
    )
    from recsys_helpers.recommenders.simple.private_ease import PrivateEASE as PrivateEASE
    from recsys_helpers.recommenders.simple.random import Random as Random
    from recsys_helpers.recommenders.simple.rating_biases import RatingBiases as RatingBiases
    from recsys_helpers.recommenders.stacked import Stacked as Stacked
    from recsys_helpers.recommenders.svm.like_svm import LikeSVM as LikeSVM
    from recsys_helpers.recommenders.svm.rank_svm import RankSVM as RankSVM
    from recsys_helpers.recommenders.svm.rating_svr import RatingSVR as RatingSVR
    from recsys_helpers.splits import (
        Split as Split,
        hold_out_items as hold_out_items,
        k_folds as k_folds,
        leave_last_out as leave_last_out,
        random_split as random_split,
        time_split as time_split,
        user_split as user_split,
    )
    from recsys_helpers.testing import check_recommender as check_recommender

_ROOMS = {
    "log": "Catalogue Histories Interactions Queries",
    "datasets": "load_movielens synthetic",
    "splits": "Split hold_out_items k_folds leave_last_out random_split time_split user_split",
    "evaluation": "Report evaluate evaluate_ratings",
    "recommenders": " ".join(HOMES),
    "recommenders.base": "Recommender",
    "recommenders.load": "load_recommender",
    "testing": "check_recommender",
    "determinism": "reproducible",
    "display": "Table",
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = [name for name in _HOMES if name not in NEURAL or find_spec("tensorflow")]


def __getattr__(name: str) -> object:
    if name == "__version__":
        return version("recsys-helpers")
    if name not in _HOMES:
        raise AttributeError(f"module 'recsys_helpers' has no attribute {name!r}")
    value: object = getattr(import_module(f"recsys_helpers.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
