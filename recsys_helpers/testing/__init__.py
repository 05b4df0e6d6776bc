"""A public check that a recommender behaves as `Recommender` promises."""

from recsys_helpers.testing.contract import check_recommender

__all__ = ["check_recommender"]
