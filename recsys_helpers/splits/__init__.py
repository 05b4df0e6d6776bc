"""Ways to hold rows out of training, and to make queries of them."""

from recsys_helpers.splits.items import hold_out_items as hold_out_items
from recsys_helpers.splits.split import (
    Split as Split,
    k_folds as k_folds,
    leave_last_out as leave_last_out,
    random_split as random_split,
    time_split as time_split,
    user_split as user_split,
)
