"""Pictures of logs and of results, each with an alternative text and a caption.

Their words come from the table of `sentences`, their numbers from the data.
"""

from recsys_helpers.plots.log import agreement, growth, log_matrix, long_tail, pauses
from recsys_helpers.plots.results import history, intervals, popularity, results

__all__ = [
    "agreement",
    "growth",
    "history",
    "intervals",
    "log_matrix",
    "long_tail",
    "pauses",
    "popularity",
    "results",
]
