"""The words of chapter 2, Core concepts."""

TEMPLATES = {
    "joined": (
        "Two films that one person rated one after the other share **{follows:.0%}** of their genres; "
        "two rows from anywhere in the log share {anywhere:.0%}."
    ),
    "settings": "Chosen on validation: {ease} and {knn}.",
    "unknown_items": (
        "{unknown:,} of the catalogue's {items:,} films left with the 5-core. Not one of these "
        "recommenders could list them, for anybody."
    ),
    "remember_tables": (
        "Behaviour and features are two tables joined by the item's id: neighbouring films share "
        "{follows:.0%} of their genres, films from anywhere {anywhere:.0%}."
    ),
    "remember_stars": (
        "Predicting stars is not recommending: the best-rated films hold the next one in "
        "{rated:.1%} of the queries, the merely popular ones in {popular:.1%}."
    ),
    "remember_bar": (
        "The bar, in NDCG@10 on the last five films: random {Random:.3f}, popularity "
        "{Popularity:.3f}, item-kNN {ItemKNN:.3f}, Markov chain {MarkovChain:.3f}, EASE {EASE:.3f}. "
        "Whoever reads order must pass the Markov chain, not popularity."
    ),
    "remember_verdict": (
        "A difference without an interval is an anecdote: of {pairs} pairs of these recommenders, "
        "{undecided} cannot be told apart."
    ),
}
