"""Groups have k people with one record each, and a group of one changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.coarsening import class_sizes
from recsys_book.demonstrations.grouping import anonymity_and_accuracy, groups_of, merged
from recsys_helpers import EASE, evaluate, leave_last_out, synthetic

LOG = synthetic(n_users=90, n_items=30, mean_length=9, order=0, seed=2).interactions
MATRIX = LOG.matrix("binary").toarray()


@pytest.mark.parametrize("k", [1, 2, 7, 50, 90])
def test_everybody_shares_their_record_with_k_people(k: int) -> None:
    groups = groups_of(LOG, k)
    assert np.bincount(groups).min() >= k
    assert (np.bincount(groups) < 2 * k).all()
    assert class_sizes(merged(LOG, groups)).min() >= k


def test_a_record_is_the_mean_of_its_group() -> None:
    groups = groups_of(LOG, 6)
    records = merged(LOG, groups).matrix("rating").toarray()
    for group in range(groups.max() + 1):
        people = groups == group
        assert np.abs(records[people] - MATRIX[people].mean(axis=0)).max() < 1e-6
    np.testing.assert_allclose(records.sum(axis=0), MATRIX.sum(axis=0), rtol=1e-5)


def test_groups_hold_people_who_are_alike() -> None:
    """A record is nearer to its people than that of groups drawn at random."""
    groups = groups_of(LOG, 6)
    drawn = np.random.default_rng(0).permutation(groups)
    alike, mixed = (
        ((merged(LOG, each).matrix("rating").toarray() - MATRIX) ** 2).sum()
        for each in (groups, drawn)
    )
    assert alike < 0.95 * mixed


def test_alone_it_is_ease_and_in_groups_nobody_is_singled_out() -> None:
    split = leave_last_out(LOG, n_valid=2, n_test=1)
    found = anonymity_and_accuracy(split, [1, 10], regularisation=20.0)
    ease = evaluate({"EASE": EASE(20.0).fit(split.train)}, split.valid)
    np.testing.assert_allclose(found.row(0)[3:], ease.interval("EASE", "NDCG@10"), atol=1e-6)
    assert found["unique"].to_list()[0] > 0
    assert found["unique"].to_list()[1] == 0


@pytest.mark.bad_input("settings and arrays out of range")
def test_too_few_people_are_told() -> None:
    with pytest.raises(ValueError, match="90 people, too few for groups of 91: lower k"):
        groups_of(LOG, 91)
