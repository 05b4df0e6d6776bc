"""Pictures that several chapters use, each with an alternative text and a caption."""

from recsys_book.plots.attention import attention_maps
from recsys_book.plots.judging import results
from recsys_book.plots.log import log_matrix, long_tail
from recsys_book.plots.training import learning

__all__ = ["attention_maps", "learning", "log_matrix", "long_tail", "results"]
