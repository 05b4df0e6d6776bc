"""The recommenders: one idea in each file, all with the interface of `base.Recommender`."""

from __future__ import annotations

from importlib import import_module

HOMES = {
    "Random": "simple.random",
    "Popularity": "simple.popularity",
    "MarkovChain": "simple.markov_chain",
    "ItemKNN": "simple.item_knn",
    "EASE": "simple.ease",
    "PrivateEASE": "simple.private_ease",
    "PrivateMarkovChain": "simple.private_counts",
    "PrivatePopularity": "simple.private_counts",
    "RatingBiases": "simple.rating_biases",
    "LikeSVM": "svm.like_svm",
    "RankSVM": "svm.rank_svm",
    "RatingSVR": "svm.rating_svr",
    "MatrixFactorization": "descent.gradient_descent",
    "BiasedMF": "descent.gradient_descent",
    "BPR": "descent.sgd",
    "FeatureLogistic": "descent.feature_logistic",
    "Caser": "neural.caser",
    "NextItNet": "neural.nextitnet",
    "GRU4Rec": "neural.lstm",
    "LSTM4Rec": "neural.lstm",
    "SASRec": "neural.attention",
    "ConvLSTM": "neural.conv_lstm",
    "BERT4Rec": "neural.bert4rec",
    "HSTU": "neural.hstu",
    "TIGER": "neural.generative",
    "TwoTower": "neural.two_tower",
    "Stacked": "stacked",
}
"""The recommenders of this package, and the module of each."""

NEURAL = tuple(name for name, home in HOMES.items() if home.startswith("neural."))
"""Those that need TensorFlow, which is loaded when one of them is first used."""


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
