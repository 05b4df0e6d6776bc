"""Pictures that several chapters use, each with an alternative text and a caption."""

from recsys_book.plots.judging import history, intervals, popularity, results
from recsys_book.plots.log import agreement, growth, log_matrix, long_tail, pauses
from recsys_book.plots.training import learning

__all__ = [
    "agreement",
    "growth",
    "history",
    "intervals",
    "learning",
    "log_matrix",
    "long_tail",
    "pauses",
    "popularity",
    "results",
]
