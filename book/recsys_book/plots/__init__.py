"""Pictures that several chapters use, each with an alternative text and a caption."""

from recsys_book.plots.judging import results
from recsys_book.plots.log import log_matrix, long_tail
from recsys_book.plots.training import learning

__all__ = ["learning", "log_matrix", "long_tail", "results"]
