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
    "alt_gradient_noise": (
        "Left, clouds of batch gradients around the tip of an arrow, wide for small batches and tight for "
        "large ones. Right, noise against batch size, two falling lines: {listed}."
    ),
    "caption_gradient_noise": (
        "Left: gradients of single batches in two directions, along the full gradient (arrow) and along "
        "the widest spread across it. Each cloud is centred on the arrow's tip. Right: the length of the "
        "error in all directions together. Both lines fall like the dashed one until a batch is a "
        "good part of the log; above the dotted line the error is longer than the gradient."
    ),
    "alt_races": "The training loss against epochs and against seconds, a line each: {listed}.",
    "caption_races": (
        "The same descents twice. Counted in passes over the data, the smaller the batch the better. "
        "By the clock the smallest batches lose again, since a step has a cost that no batch is too "
        "small for."
    ),
    "alt_noise_floors": (
        "The mean squared distance from the minimum on logarithmic axes against steps, a line each: {listed}."
    ),
    "caption_noise_floors": (
        "Mean squared distance from a known minimum, over many runs with noisy gradients. A constant rate "
        "stops at its floor (dashed, from the formula). A rate that falls too fast freezes on the way."
    ),
    "alt_pair_losses": (
        "A step from one to zero where the margin is zero, a smooth falling curve above it, and dots on "
        "the curve: {listed}."
    ),
    "caption_pair_losses": (
        "What a pair costs. The step counts pairs in the wrong order and has no slope to descend; BPR's "
        "curve lies above it everywhere, touches it at margin zero and has a slope at each dot."
    ),
    "alt_popularity_dial": (
        "Left, {metric} {first:.3f} at β = {start:g} and {last:.3f} at β = {end:g}. Right, shares over "
        "β: {listed}."
    ),
    "caption_popularity_dial": (
        "One fitted model, its scores less β times log-popularity. Left: {metric} with 95% "
        "intervals over people, each for itself. Right: what the lists are made of. The dotted "
        "line is the share of popular films in what people met next."
    ),
    "alt_taste_words": "Bars of words by weight, {listed}.",
    "caption_taste_words": (
        "The words that raise a film (teal) and lower it (amber), each with the part of the film's text "
        "from which it comes."
    ),
}
