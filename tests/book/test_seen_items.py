"""Seen items at 0, beside a loop over scores."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.seen_items import SeenAtZero
from recsys_helpers import EASE, Popularity, evaluate, leave_last_out, synthetic

LOG = synthetic(n_users=80, n_items=60, mean_length=10, seed=2).interactions
SPLIT = leave_last_out(LOG, 2, 2)


@pytest.mark.parametrize("model", [Popularity(), EASE()], ids=["popular", "EASE"])
def test_only_seen_items_change(model) -> None:
    scores = model.fit(SPLIT.train).score(SPLIT.test.histories)
    bent = SeenAtZero(model).score(SPLIT.test.histories)
    for row, history in enumerate(SPLIT.test.histories):
        for item in range(60):
            assert bent[row, item] == (0 if item in history else scores[row, item])


def test_zero_is_below_counts_and_above_negative_scores() -> None:
    popular = Popularity().fit(SPLIT.train)

    class Below(Popularity):
        def _score(self, histories):
            return super()._score(histories) - np.float32(1e4)

    below = Below().fit(SPLIT.train)
    ours = evaluate({"popular": popular, "below": below}, SPLIT.test).ranks
    models = {"popular": SeenAtZero(popular), "below": SeenAtZero(below)}
    bent = evaluate(models, SPLIT.test, exclude_seen=False).ranks
    assert np.array_equal(bent["popular"], ours["popular"])
    ranked = ours["below"] >= 0
    met = SPLIT.test.histories.matrix("binary").sum(axis=1).astype(int)
    np.testing.assert_array_equal(bent["below"][ranked], (ours["below"] + met)[ranked])
