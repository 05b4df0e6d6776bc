"""The words of the book's computed sentences, captions and alternative texts: the table to translate.

Each template is plain Markdown with the fields of `str.format`; `sentences.say` fills it. Braces hold
a name and how its number is written: ``{share:.0%}`` becomes "60%".
"""

TEMPLATES = {
    # Every chapter
    "cost": (
        "Executed from top to bottom, this chapter took **{seconds:.0f} s** and **{memory}** of "
        "memory when it was last recorded ({measured}; {cores} cores, {processor}, "
        "Python {python})."
    ),
    "cost_unknown": (
        "The cost of this chapter has not been recorded here yet: `make results` measures it."
    ),
    # Verdicts on a difference
    "better": "better than",
    "worse": "worse than",
    "not_distinguishable": "not distinguishable from",
    # 1 Background
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
        "with their last ten **{together:.1%}**. The last two differ by {difference:.1%} (95% "
        "interval {low:.1%} to {high:.1%}): the personal list is {verdict} the list for everybody."
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
    # 2 Core concepts
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
    # Evaluation
    "report_averages": "Averages over {queries:,} queries of {users:,} users.",
    "report_seeds": "{name} was fitted with {seeds} seeds, which are averaged.",
    "report_intervals": "Brackets hold 95% intervals by bootstrap over users, and seeds where there are several.",
    "report_listed_seen": "Items of a user's own history may be listed again.",
    "report_untrained": (
        "{untrained:,} of {targets:,} targets ({share:.2%}) have no training row: a recommender that "
        "knows an item only by its id cannot rank them, which counts as a miss."
    ),
    "report_repeated": (
        "{repeated:,} of {targets:,} targets ({share:.2%}) stand in their own history, whose items are "
        "not listed: they count as misses."
    ),
    "comparison": (
        "{a} is {verdict} {b}: {metric} differs by {difference} (95% interval {low} to {high})."
    ),
    "comparisons": (
        "Differences in {metric}. All {pairs:,} pairs are judged at once: where all recommenders are equally good, the "
        "chance that any of these verdicts finds a difference is about {error:.0%}."
    ),
    "rating_report": "Averages over {rows:,} ratings of {users:,} users; less is better.",
    # Figures: what a reader who cannot see them needs, and what to see in them
    "alt_matrix": (
        "Scatter of {users:,} users against {items:,} items, dense in the corner of active users "
        "and popular items, thin elsewhere; {filled:.1%} of the cells are filled."
    ),
    "caption_matrix": (
        "Every dot is one of {rows:,} interactions: users from the most active (top) to the "
        "least, items from the most popular (left) to those that nobody met. {filled:.1%} of "
        "the plane is filled, and most of that lies in one corner."
    ),
    "alt_long_tail": (
        "Two curves over items sorted by popularity: the counts fall over several powers of "
        "ten, and the running share rises steeply to one half after {half:,} items, then "
        "flattens."
    ),
    "caption_long_tail": (
        "Left: how many interactions each item has, by rank. Right: the share of all "
        "interactions that the most popular items hold together; if all items were equally "
        "popular it would follow the dotted line. {half:,} of {met:,} items hold half of all "
        "interactions; {untouched:,} more have none."
    ),
    "alt_agreement": (
        "Grid of shares between periods from {first} to {last}: high on the diagonal, falling with "
        "distance, {ends:.0%} in the far corner."
    ),
    "caption_agreement": (
        "The share of items that the most-popular lists of two periods have in common. The "
        "diagonal compares two random halves of the users of one period: it shows how much two "
        "lists differ by chance. Away from it the lists drift apart, to {ends:.0%} between "
        "{first} and {last}."
    ),
    "alt_pauses": (
        "Histogram of the pauses between neighbouring interactions of one user: {tied:.0%} are "
        "zero, {minute:.0%} are shorter than a minute, the longest last months or years."
    ),
    "caption_pauses": (
        "Pauses between neighbouring interactions of one user. The amber bar holds the "
        "{tied:.0%} that carry the same second; {minute:.0%} of all pauses are shorter than a "
        "minute."
    ),
    "alt_intervals": "Estimates with intervals of {quantity}: {listed}.",
    "caption_intervals": ("Dots are averages over users, bars their 95% intervals: {quantity}."),
    "alt_results": "{metric} of {n} models with 95% intervals, best first: {listed}.",
    "caption_results": (
        "{metric} averaged over all queries, with 95% intervals by bootstrap over users. Overlapping "
        "bars do not settle a comparison: the paired difference does."
    ),
    "alt_popularity": (
        "Running shares of list places over items sorted by popularity. At the tenth of the items that "
        "is most popular they stand at: {listed}; the items met next at {met:.0%}."
    ),
    "caption_popularity": (
        "How much of the lists goes to the most popular items. The grey line marks the most popular "
        "tenth of the catalogue, which takes {met:.0%} of what people met next (dotted). A line that "
        "rises earlier belongs to a recommender that knows fewer items."
    ),
    "alt_history": (
        "Timeline of the last {n} items of one person, over {days:.1f} days, oldest first: {titles}."
    ),
    "caption_history": (
        "The last {n} items of one person, the latest at the bottom; to the left, how long before the "
        "last one each was met. Dots above each other were met in one sitting."
    ),
    "alt_growth": (
        "Memory and time of {methods} against the rows of the log, on logarithmic axes; the "
        "lines rise at different slopes."
    ),
    "caption_growth": (
        "Left the memory that holds the log as a table, right the time to count which items "
        "occur together. On logarithmic axes a straight line is a power: its slope tells how "
        "fast the cost grows. A line ends early where its table would pass the limit."
    ),
}
