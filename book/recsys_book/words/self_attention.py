"""The words of chapter 3.1.3, Self-attention."""

TEMPLATES = {
    "attention_scale": (
        "At {d} numbers a vector, dot products have variance **{variance:.0f}**. Undivided, the largest "
        "of fifty weights takes **{raw:.0%}** of the look on average; divided by √d it takes {scaled:.0%}."
    ),
    "attention_parameters": (
        "Counted by hand and by machine, the network learns **{total:,} numbers**; **{share:.0%}** of them "
        "are the vectors of the {n_items:,} films."
    ),
    "second_block": (
        "On the **validation** queries one block reaches an NDCG@10 of **{one_valid:.3f}** after "
        "{one_seconds:.0f} s of training, two blocks **{two_valid:.3f}** after {two_seconds:.0f} s. So one "
        "was chosen. A log with more to learn from may want more: ask its validation part."
    ),
    "future_changed": (
        "In **{windows:,} histories** every film after a cut was replaced: {changed:,} films. All "
        "**{past:,} states** before the cuts kept every bit, and {moved:.1%} of the later states moved."
    ),
    "mask_removed": (
        "After {epochs} epochs the training loss is **{open:.2f}** without the mask and {masked:.2f} "
        "with it, which looks like a triumph. On the test queries NDCG@10 is **{ndcg_open:.3f}** "
        "without, {ndcg_masked:.3f} with the mask and {popular:.3f} for the most popular films."
    ),
    "even_share": (
        "Averaged over {n:,} histories of {length} films, the look of the last film is spread as if "
        "it fell evenly on **{effective:.0f}** of them."
    ),
    "attention_genres": (
        "Films looked at share **{looked:.1%}** of their genres with the last film. With the same "
        "weights by place, whatever stands there, they would share {place:.1%}. The 95% interval of the "
        "difference, over {users:,} people, runs from {low:+.1p} to {high:+.1p} "
        "percentage points."
    ),
    "attention_effect": (
        "For {people:,} people, each film but the last was hidden in turn. Ranks of attention and of "
        "effect correlate by **{attention:.2f}** (95% interval {low:.2f} to {high:.2f}; recency alone: "
        "{recency:.2f}). The film looked at most is the one that matters most for **{top:.0%}** of "
        "these people, and hiding the film that matters most moves {moved:.1%} of the probability."
    ),
    "attention_slope": (
        "From {first:,} to {last:,} films the time of a pass grows **{times:.0f}-fold**. On logarithmic "
        "axes its slope is {low:.1f} over the first doubling and **{high:.1f}** over the last. "
        "In multiplications, pairs overtake places at {cross:,} films."
    ),
    "remember_attention": (
        "Attention is a weighted mean with weights from dot products. Dividing by √d keeps the softmax "
        "alive: without it the largest of fifty weights takes {raw:.0%} at {d} numbers a vector, with it "
        "{scaled:.0%}."
    ),
    "remember_mask": (
        "The mask is what makes training honest: with the future changed, all {past:,} past states kept "
        "every bit; without the mask the loss fell to {open:.2f} and NDCG@10 to {ndcg:.3f}."
    ),
    "remember_reading": (
        "Padding stands on the right, so the answer stands at the last *real* place. Reading place −1 "
        "costs {lost:.0%} of NDCG@10."
    ),
    "remember_even": (
        "On this log SASRec is {verdict} the Markov chain ({sasrec:.3f} against {chain:.3f} in NDCG@10). "
        "With looks by distance alone, whatever stands there, the same network keeps {near:.0%} of that, "
        "with even looks, so a plain mean of the past, {even:.0%}: having attention is no measure of how "
        "much it is used."
    ),
    "remember_cost": (
        "Every pair of places costs: past {cross:,} films pairs are most of the multiplications, and "
        "from {first:,} to {last:,} films the time grew {times:.0f}-fold."
    ),
}
