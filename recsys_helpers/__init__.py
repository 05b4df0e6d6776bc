"""Recommender systems, measured: the helpers of the book, each usable without it."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recsys_helpers.catalogue import Catalogue
    from recsys_helpers.datasets import load_movielens
    from recsys_helpers.determinism import reproducible
    from recsys_helpers.evaluation import evaluate, evaluate_ratings
    from recsys_helpers.histories import Histories
    from recsys_helpers.interactions import Interactions
    from recsys_helpers.item_splits import hold_out_items
    from recsys_helpers.queries import Queries
    from recsys_helpers.recommenders.attention import SASRec
    from recsys_helpers.recommenders.base import Recommender
    from recsys_helpers.recommenders.cnn import Caser, NextItNet
    from recsys_helpers.recommenders.conv_lstm import ConvLSTM
    from recsys_helpers.recommenders.ease import EASE
    from recsys_helpers.recommenders.feature_logistic import FeatureLogistic
    from recsys_helpers.recommenders.gradient_descent import BiasedMF, MatrixFactorization
    from recsys_helpers.recommenders.item_knn import ItemKNN
    from recsys_helpers.recommenders.like_svm import LikeSVM
    from recsys_helpers.recommenders.lstm import GRU4Rec, LSTM4Rec
    from recsys_helpers.recommenders.markov_chain import MarkovChain
    from recsys_helpers.recommenders.popularity import Popularity
    from recsys_helpers.recommenders.random import Random
    from recsys_helpers.recommenders.rank_svm import RankSVM
    from recsys_helpers.recommenders.rating_biases import RatingBiases
    from recsys_helpers.recommenders.rating_svr import RatingSVR
    from recsys_helpers.recommenders.sgd import BPR
    from recsys_helpers.recommenders.store import load_recommender
    from recsys_helpers.splits import (
        k_folds,
        leave_last_out,
        random_split,
        time_split,
        user_split,
    )
    from recsys_helpers.synthetic_log import synthetic
    from recsys_helpers.testing import check_recommender

__all__ = [
    "BPR",
    "EASE",
    "BiasedMF",
    "Caser",
    "Catalogue",
    "ConvLSTM",
    "FeatureLogistic",
    "GRU4Rec",
    "Histories",
    "Interactions",
    "ItemKNN",
    "LSTM4Rec",
    "LikeSVM",
    "MarkovChain",
    "MatrixFactorization",
    "NextItNet",
    "Popularity",
    "Queries",
    "Random",
    "RankSVM",
    "RatingBiases",
    "RatingSVR",
    "Recommender",
    "SASRec",
    "check_recommender",
    "evaluate",
    "evaluate_ratings",
    "hold_out_items",
    "k_folds",
    "leave_last_out",
    "load_movielens",
    "load_recommender",
    "random_split",
    "reproducible",
    "synthetic",
    "time_split",
    "user_split",
]

_HOMES = {
    "Catalogue": "catalogue",
    "Histories": "histories",
    "BPR": "recommenders.sgd",
    "BiasedMF": "recommenders.gradient_descent",
    "Caser": "recommenders.cnn",
    "ConvLSTM": "recommenders.conv_lstm",
    "EASE": "recommenders.ease",
    "FeatureLogistic": "recommenders.feature_logistic",
    "GRU4Rec": "recommenders.lstm",
    "LSTM4Rec": "recommenders.lstm",
    "NextItNet": "recommenders.cnn",
    "SASRec": "recommenders.attention",
    "Interactions": "interactions",
    "ItemKNN": "recommenders.item_knn",
    "LikeSVM": "recommenders.like_svm",
    "MarkovChain": "recommenders.markov_chain",
    "MatrixFactorization": "recommenders.gradient_descent",
    "Popularity": "recommenders.popularity",
    "Queries": "queries",
    "Random": "recommenders.random",
    "RankSVM": "recommenders.rank_svm",
    "RatingBiases": "recommenders.rating_biases",
    "RatingSVR": "recommenders.rating_svr",
    "Recommender": "recommenders.base",
    "check_recommender": "testing",
    "evaluate": "evaluation",
    "evaluate_ratings": "evaluation",
    "hold_out_items": "item_splits",
    "k_folds": "splits",
    "leave_last_out": "splits",
    "load_movielens": "datasets",
    "load_recommender": "recommenders.store",
    "random_split": "splits",
    "reproducible": "determinism",
    "synthetic": "synthetic_log",
    "time_split": "splits",
    "user_split": "splits",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        return version("recsys-helpers")
    if name not in _HOMES:
        raise AttributeError(f"module 'recsys_helpers' has no attribute {name!r}")
    value: object = getattr(import_module(f"recsys_helpers.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
