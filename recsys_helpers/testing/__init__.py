"""The public check that any recommender keeps the contract."""

from recsys_helpers.testing.contract import check_recommender

__all__ = ["check_recommender"]
