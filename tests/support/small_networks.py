"""One small network of each kind that sees the past alone, and a log for them."""

from __future__ import annotations

import pytest

from recsys_helpers import leave_last_out, synthetic
from recsys_helpers.recommenders.neural.attention import SASRec
from recsys_helpers.recommenders.neural.caser import Caser
from recsys_helpers.recommenders.neural.hstu import HSTU
from recsys_helpers.recommenders.neural.lstm import GRU4Rec, LSTM4Rec
from recsys_helpers.recommenders.neural.nextitnet import NextItNet

N_ITEMS, DIM, MAX_LEN = 30, 8, 12
SPLIT = leave_last_out(
    synthetic(n_users=80, n_items=N_ITEMS, mean_length=12, seed=4).interactions, 1, 1
)
SMALL = {"dim": DIM, "max_len": MAX_LEN, "epochs": 2, "batch_size": 32}
MODELS = {
    "SASRec": lambda **more: SASRec(**SMALL, n_heads=2, **more),
    "LSTM4Rec": lambda **more: LSTM4Rec(**SMALL, n_units=10, **more),
    "GRU4Rec": lambda **more: GRU4Rec(**SMALL, n_units=10, **more),
    "NextItNet": lambda **more: NextItNet(**SMALL, **more),
    "Caser": lambda **more: Caser(**SMALL, n_filters=3, **more),
    "HSTU": lambda **more: HSTU(**SMALL, n_heads=2, **more),
}
each_model = pytest.mark.parametrize("name", MODELS)
