"""The words of chapter 4, A worked example."""

TEMPLATES = {
    "genre_accuracy": (
        "For {rows:,} rows it gives so many different answers: **{given}**. It calls **{right:.0%}** of the films' first "
        'genres right. Whoever says "{genre}" every time, without reading anything, is right in '
        "**{constant:.0%}**."
    ),
    "accuracy_blind": (
        "The recommenders recorded so far make {pairs} pairs. All judged at once, accuracy tells **{one}** of the "
        "pairs apart, NDCG@10 **{list}**."
    ),
    "id_dropout_choice": (
        "The default, **{rate:.0%}**, keeps most of what the others have: a new film then stands within the first "
        "tenth of the catalogue in {some:.0%} of its queries. Within the first *ten* films it hardly ever stands: even "
        "at the highest rate HR@10 is {ten:.1%}."
    ),
    "example_parameters": (
        "Of the numbers that are learnt, **{ids:,}** are the ids' part of the film vectors, **{text:,}** belong to "
        "the text encoder with its {words:,} words, and **{stack:,}** to convolution, LSTM and dense layers."
    ),
    "equal_time": (
        "One label a window was given {one:.0f} s of training, every place took {every:.0f} s."
    ),
    "new_places": (
        "{n} films have no rating. Among all films, the best of these reaches place **{best}** on the list of some of our "
        "people; for half of them the best place on any list is {half:.0f} or worse."
    ),
    "served": (
        "Of {n} answers half came within **{half:.0f} ms**, nineteen of twenty within **{most:.0f} ms**."
    ),
    "remember_runs": (
        "A program that runs is not yet a recommender: the repaired listing called {right:.0%} of the genres right "
        "where a constant answer gets {constant:.0%}, and learnt {own:.0%} of its own rows by heart while it knew "
        "{new:.1%} of what came next."
    ),
    "remember_row": ("First say what a row is and what its label is. Then come the layers."),
    "remember_accuracy": (
        "Accuracy over thousands of films wastes what a model knows: it tells {one} of {pairs} pairs of recommenders "
        "apart, a list of ten with its order {list}."
    ),
    "remember_lessons": (
        "The same layers reach NDCG@10 {one:.3f} when a window teaches one film, and {every:.3f} when each of its "
        "places teaches, in no more time."
    ),
    "remember_text": (
        "Over all queries, the network with text is {verdict} the one without. Where nothing but the text is known, "
        "it brings the film into the first tenth of the catalogue in {new:.0%} of the queries; a network of ids alone "
        "cannot rank such a film."
    ),
    "remember_system": (
        "ConvLSTM is {MarkovChain} the Markov chain, {LSTM4Rec} LSTM4Rec and {SASRec} SASRec."
    ),
}
