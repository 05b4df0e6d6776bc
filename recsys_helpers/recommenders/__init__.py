"""The recommenders of the book, one idea a file, all under the contract of `base.Recommender`."""

HOMES = {
    "Random": "random",
    "Popularity": "popularity",
    "MarkovChain": "markov_chain",
    "ItemKNN": "item_knn",
    "EASE": "ease",
    "RatingBiases": "rating_biases",
    "LikeSVM": "like_svm",
    "RankSVM": "rank_svm",
    "RatingSVR": "rating_svr",
    "MatrixFactorization": "gradient_descent",
    "BiasedMF": "gradient_descent",
    "BPR": "sgd",
    "FeatureLogistic": "feature_logistic",
    "Caser": "cnn",
    "NextItNet": "cnn",
    "GRU4Rec": "lstm",
    "LSTM4Rec": "lstm",
    "SASRec": "attention",
    "ConvLSTM": "conv_lstm",
}
"""The recommenders that `load_recommender` knows, and the module of each."""

NEURAL = ("Caser", "ConvLSTM", "GRU4Rec", "LSTM4Rec", "NextItNet", "SASRec")
"""Those that need TensorFlow, which is loaded when one of them is first used."""
