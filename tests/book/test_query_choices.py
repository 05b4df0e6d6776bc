"""Which queries count, and how much, beside plain loops."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from recsys_book.demonstrations.query_choices import (
    last_queries,
    of_sampled_users,
    one_list_each,
    share_turned,
    weights,
)
from recsys_helpers import leave_last_out, random_split, synthetic, time_split

LOG = synthetic(n_users=60, n_items=40, mean_length=10, seed=3).interactions
QUERIES = [leave_last_out(LOG).test, time_split(LOG, targets="rolling").test]


@pytest.mark.parametrize("queries", QUERIES, ids=["five", "unequal"])
@pytest.mark.parametrize("n", [1, 3])
def test_last_queries_are_those_of_a_loop(queries, n) -> None:
    users = queries.users.tolist()
    expected = [users[query + 1 :].count(user) < n for query, user in enumerate(users)]
    assert last_queries(queries, n).tolist() == expected


def test_the_last_of_five_is_what_one_held_out_row_gives() -> None:
    five, one = leave_last_out(LOG).test, leave_last_out(LOG, 1, 1).test
    last = five.take(last_queries(five))
    both = np.isin(one.users, last.users)
    assert last.targets.tolist() == one.targets[both].tolist()
    assert last.histories.to_lists() == one.histories.take(both).to_lists()
    with pytest.raises(ValueError, match="n must be at least 1, not 0"):
        last_queries(five, 0)


def test_sampled_users_keep_all_their_queries() -> None:
    queries = QUERIES[1]
    chosen = of_sampled_users(queries, 7, seed=1)
    assert len(np.unique(queries.users[chosen])) == 7
    assert not np.isin(queries.users[~chosen], queries.users[chosen]).any()


def test_the_share_of_turned_orders_is_that_of_all_samples() -> None:
    rng = np.random.default_rng(0)
    users = np.sort(rng.integers(0, 8, 30))
    differences = rng.normal(0.2, 1, 30).round(2)
    by_user = [differences[users == user].sum() for user in np.unique(users)]
    sums = np.array([sum(some) for some in combinations(by_user, 3)])
    expected = np.mean(np.sign(sums) != np.sign(differences.sum()))
    found = share_turned(differences, users, 3, n_draws=5000)
    assert found == pytest.approx(expected, abs=0.03)
    assert share_turned(differences, users, len(by_user)) == 0


@pytest.mark.parametrize("queries", [*QUERIES, random_split(LOG).test])
def test_weighted_averages_are_those_of_loops(queries) -> None:
    values = np.random.default_rng(1).random(len(queries))
    of_users = [values[queries.users == user].mean() for user in np.unique(queries.users)]
    of_targets = [values[query] for query in queries.rows]
    for each, expected in (("query", values), ("user", of_users), ("target", of_targets)):
        found = weights(queries, each)
        assert found.mean() == pytest.approx(1)
        assert (found * values).mean() == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("queries", QUERIES, ids=["five", "unequal"])
def test_one_list_for_each_user_has_all_targets(queries) -> None:
    together = one_list_each(queries)
    for n, user in enumerate(np.unique(queries.users)):
        of_user = np.flatnonzero(queries.users == user)
        assert together.users[n] == user
        assert np.array_equal(together.histories[n], queries.histories[of_user[0]])
        low, high = queries.target_indptr[of_user[0]], queries.target_indptr[of_user[-1] + 1]
        start, end = together.target_indptr[n : n + 2]
        assert np.array_equal(together.targets[start:end], queries.targets[low:high])
