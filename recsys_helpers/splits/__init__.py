"""Ways to hold rows out of training and to ask for them."""

from recsys_helpers.splits.items import hold_out_items
from recsys_helpers.splits.split import (
    Split,
    k_folds,
    leave_last_out,
    random_split,
    time_split,
    user_split,
)

__all__ = [
    "Split",
    "hold_out_items",
    "k_folds",
    "leave_last_out",
    "random_split",
    "time_split",
    "user_split",
]
