"""Logs to work with: MovieLens, and synthetic logs whose probabilities are known."""

from recsys_helpers.datasets.movielens import load_movielens
from recsys_helpers.datasets.synthetic_log import synthetic

__all__ = ["load_movielens", "synthetic"]
