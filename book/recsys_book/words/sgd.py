"""The words of chapter 3.2.2, Stochastic gradient descent."""

TEMPLATES = {
    "sgd_noise": (
        "At the first step the gradient of {size:,} ratings is off by **{start:.1f} times** the length of "
        "the true one, ten epochs later by **{late:.1f} times**. Where a batch is a small part of the "
        "log, the slope of the lines is {slope:.2f}. "
        "Of the batches of {size:,}, {downhill:.0%} point downhill all the same, along the true gradient."
    ),
    "sgd_race": (
        "All ratings at once took {epoch:.0f} epochs and {seconds:.2f} s to a loss of {loss:.3f}. Batches "
        "of about a thousand were below it after **{fast_epoch:.0f}** and {fast_seconds:.2f} s: "
        "**{ratio:.0f} times** as fast by the clock. An epoch in batches of sixteen took "
        "**{slower:.0f} times** as long as one in a single piece."
    ),
    "sgd_schedule": (
        "Batches of {size}, the same start, the same first rate, {epochs} epochs: with a constant rate "
        "the loss is **{constant:.3f}** in the end, with a cosine to zero **{cosine:.3f}**."
    ),
    "bpr_by_hand": (
        "Of the {pairs} pairs {right} stand in order: AUC = **{auc:.2f}**, so 1 − AUC = {wrong:.2f}. "
        "BPR's loss is {bits:.2f} bits a pair, and never below 1 − AUC."
    ),
    "bpr_gradient": (
        "Relative distance between the gradient of `bpr_loss` and finite differences: **{error:.0e}**."
    ),
    "bpr_pulls": (
        "Of the films drawn uniformly, **{uniform:.0%}** already lie so far below the film met that the "
        "pair pulls with less than a twentieth of its full force; of those drawn by popularity, "
        "{popularity:.0%}. A film drawn uniformly has {rows_uniform:.0f} training rows on average, one "
        "drawn by popularity {rows_popularity:.0f}."
    ),
    "bpr_lists": (
        "Films of the most popular tenth fill **{uniform:.0%}** of the lists after uniform draws, "
        "**{popularity:.0%}** after corrected draws by popularity; of what people met next they are "
        "{met:.0%}."
    ),
    "bpr_dial": (
        "With half of log-popularity taken out, popular films fill **{half:.0%}** of the lists in place of "
        "{none:.0%}, and **{after:.0%}** of the catalogue is shown to somebody in place of {before:.0%}."
    ),
    "bpr_folded": (
        "For the people of the training log, the vector that is solved for points where the trained one "
        "points: the cosine between the two is **{cosine:.2f}** on average."
    ),
    "words_unseen": (
        "The log holds **{films}** films that nobody has rated. For {person} the model puts *{title}* "
        "(genres: {genres}) highest, above **{above:.0%}** of all films."
    ),
    "bpr_cost": (
        "Recorded: **{fit:.1f} s** to train BPR, **{rank:.1f} s** to fold in and rank the {queries:,} test "
        "queries. A film with fewer than ten training rows, when it came next, was listed in "
        "**{rare:.1%}** of the cases, one with fifty or more in {common:.1%}."
    ),
    "remember_noise": (
        "A mini-batch is right on average, and its noise falls with the root of its size only. At "
        "{size:,} ratings it was {late:.1f} times as long as the gradient, and training went on."
    ),
    "remember_race": (
        "Count seconds, not epochs: batches of {size:,} reached the loss of {epochs:.0f} full passes "
        "{ratio:.0f} times as fast, and the smallest batches lost by the clock what they won by the epoch."
    ),
    "remember_floor": (
        "A constant rate ends in a cloud around the minimum, as wide as the rate is large; a rate that "
        "falls goes on. On the log: {constant:.3f} against {cosine:.3f}."
    ),
    "remember_bpr": (
        "BPR asks for order, not for values. It reached NDCG@10 {bpr:.3f} on the test, {versus} EASE with "
        "{ease:.3f}."
    ),
    "remember_negatives": (
        "What is drawn decides what the scores mean. Drawn by popularity and corrected, BPR was "
        "{negatives} BPR with uniform draws; not corrected, its scores tell what is typical for a "
        "person, not what is likely."
    ),
    "remember_words": (
        "Words rank what nobody has met and say why. For people's next film they are worth little by "
        "themselves: {words:.4f}."
    ),
}
