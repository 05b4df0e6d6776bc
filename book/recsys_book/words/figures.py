"""The words of figures that several chapters show: what a reader who cannot see them needs, what to see."""

TEMPLATES = {
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
    "alt_results": "{metric} of {n} models with 95% intervals, from top to bottom: {listed}.",
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
    "alt_learning": "Training loss and validation {metric} by epoch. {listed}.",
    "caption_learning": (
        "Left the training loss, right the {metric} on validation queries, after each epoch. Training "
        "stops when the second no longer rises, and the weights of the marked epoch are kept. {listed}."
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
