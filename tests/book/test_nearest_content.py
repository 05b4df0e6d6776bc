"""Ranking by vectors alone, beside a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.nearest_content import NearestContent
from recsys_helpers import leave_last_out, synthetic

LOG = synthetic(n_users=30, n_items=20, seed=3).interactions
HISTORIES = leave_last_out(LOG, 2, 2).test.histories
VECTORS = np.random.default_rng(0).normal(size=(20, 5))


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return a @ b / np.sqrt((a @ a) * (b @ b))


def test_scores_are_mean_cosines() -> None:
    scores = NearestContent(VECTORS).fit(LOG).score(HISTORIES)
    for history, row in zip(HISTORIES, scores, strict=True):
        means = [np.mean([cosine(VECTORS[i], v) for i in history]) for v in VECTORS]
        np.testing.assert_allclose(row, means, atol=1e-5)


def test_the_length_of_a_vector_does_not_matter() -> None:
    scores = NearestContent(VECTORS).fit(LOG).score(HISTORIES)
    longer = NearestContent(VECTORS * np.arange(1, 21)[:, None]).fit(LOG).score(HISTORIES)
    np.testing.assert_allclose(scores, longer, atol=1e-6)


def test_each_item_needs_a_vector() -> None:
    with pytest.raises(ValueError, match="19 vectors were given for 20 items"):
        NearestContent(VECTORS[:19]).fit(LOG)
