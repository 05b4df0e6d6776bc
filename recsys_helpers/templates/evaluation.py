"""The words of reports and comparisons."""

TEMPLATES = {
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
}
