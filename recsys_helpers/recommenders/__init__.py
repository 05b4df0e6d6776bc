"""The recommenders of the book, one idea a file, all under the contract of `base.Recommender`."""

HOMES = {
    "Random": "random",
    "Popularity": "popularity",
    "MarkovChain": "markov_chain",
    "ItemKNN": "item_knn",
    "EASE": "ease",
    "RatingBiases": "rating_biases",
}
"""The recommenders that `load_recommender` knows, and the module of each."""
