"""The words of chapter 1, Background."""

TEMPLATES = {
    "log_size": (
        "The log holds **{rows:,} ratings** that **{users:,} people** gave to films of a catalogue "
        "of **{items:,}**, between {first} and {last}. {untouched:,} films of the catalogue have no "
        "rating at all."
    ),
    "sparsity": (
        "Of {cells:,} possible pairs of a person and a film, **{density:.1%}** are filled: one in "
        "{one_in:.0f}. The median person has rated {median_user:.0f} films, the median rated film "
        "has {median_item:.0f} ratings."
    ),
    "long_tail": (
        "The most-rated tenth of the films receives **{head:.0%}** of all ratings. **{once:.0%}** "
        "of the rated films have exactly one rating, and {few:.0%} have fewer than five."
    ),
    "drift": (
        "Two halves of the people of *one* period agree on **{same:.0%}** of their fifty "
        "most-rated films. Lists of neighbouring periods share {neighbours:.0%}, and the first "
        "and the last period share **{ends:.0%}**."
    ),
    "sessions": (
        "**{one_day:.0%}** of the people gave all their ratings within one day. The median pause "
        "between two ratings of one person is **{pause:.0f} s**, shorter than any film."
    ),
    "ties": (
        "**{tied:.0%}** of neighbouring rows of one person carry the same second, so their order is "
        "unknown. Among these, the file lists **{ascending:.0%}** by rising film number: the file's "
        "own order would leak the number of the next film."
    ),
    "first_lists": (
        "Of the next five films that people chose, a random list of ten holds "
        "**{random:.2%}**, the most popular films **{popular:.1%}** and the films that go together "
        "with their last ten **{together:.1%}**. The last two differ by {difference:.1p} percentage "
        "points (95% interval {low:.1p} to {high:.1p}): the personal list is {verdict} the list for everybody."
    ),
    "growth": (
        "When users and items both double, the dense table grows **{dense_factor:.1f}-fold** "
        "and the sparse one **{sparse_factor:.1f}-fold**. For the largest of these logs the "
        "dense table would take {dense_last}; the sparse one takes {sparse_last}."
    ),
    "growth_time": (
        "On the largest log that both methods counted ({rows:,} rows), the dense product makes "
        "**{dense_steps:,.0f}** multiplications and took {dense_time:.2f} s, the sparse one "
        "**{sparse_steps:,.0f}** and {sparse_time:.2f} s. Both gave the same counts."
    ),
    "extrapolation": (
        "MovieLens 32M has {users:,} users, {items:,} films and {rows:,} ratings. Its dense table "
        "would take **{dense}**, the sparse one **{sparse}**."
    ),
    "remember_log": (
        "A log is almost empty ({density:.1%} filled), and the tenth of its items that is rated "
        "most takes {head:.0%} of it."
    ),
    "remember_time": (
        "Its clock is coarse ({tied:.0%} of neighbouring rows are tied) and its taste moves: "
        "the popular lists of its first and its last period share {ends:.0%}."
    ),
    "remember_lists": (
        "A list for everybody holds {popular:.1%} of what people choose next, a list for each "
        "person {together:.1%}."
    ),
    "remember_growth": (
        "What breaks first is the dense table, not the idea: its size grows with users times items, "
        "while the log's own size grows with its rows."
    ),
}
