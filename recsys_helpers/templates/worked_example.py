"""The words of chapter 4, A worked example."""

TEMPLATES = {
    "genre_accuracy": (
        "After its last epoch the network calls **{right:.0%}** of the films' first genres right. It gives "
        '{answers} for {rows:,} rows. Whoever says "{genre}" without reading anything is right in '
        "**{constant:.0%}**."
    ),
    "genre_answers": "{n:,} different answers",
    "genre_answer": "**one and the same answer**",
    "alt_learnt_by_heart": (
        "Two lines over {epochs} epochs: accuracy on its own rows to {own:.0%}, that on the next films to "
        "{new:.1%}."
    ),
    "caption_learnt_by_heart": (
        "The same network, asked about the rows that it learnt from (amber) and about the films that these "
        "people met next (teal). After {stopped} epochs neither has begun; after {epochs} it knows "
        "{own:.0%} of its own rows by heart, and {new:.1%} of what comes next."
    ),
    "alt_data_flow": (
        "Behaviour: log ({log}), windows ({windows}). Items: item table ({item_table}), words ({words}), text "
        "encoder ({text_encoder}). Both meet in item vectors ({item_vectors}), which a convolution "
        "({convolution}), an LSTM ({LSTM}) and a dense layer ({dense}) read; a softmax ({softmax}) makes the list "
        "({list})."
    ),
    "caption_data_flow": (
        "The data's way through the system, with the sizes of this run. Above what people did, below what "
        "is known about films. The item vectors are where the two tables meet: they go in at the left end "
        "of the network and come out at the right."
    ),
    "alt_by_training_rows": "NDCG@10 of {a} and of {b} by training rows of the target: {listed}.",
    "caption_by_training_rows": (
        "Left NDCG@10 of both models, by how many training rows the film has that came next; right the "
        "paired difference. Bars are 95% intervals over people, and over seeds where there are several."
    ),
    "alt_id_dropout": (
        "NDCG@10 by share of ids left out. Films without a training row: {unknown}. Others: {known}."
    ),
    "caption_id_dropout": (
        "Validation NDCG@10 of networks that left out so many of the ids in each training step, fitted "
        "without a fifth of the films. Left the queries for these films, right the queries for all "
        "others. Bars are 95% intervals over people."
    ),
}
