"""The synthetic log is drawn from the distribution that it says it is drawn from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_helpers import Histories, load_movielens, synthetic
from recsys_helpers.datasets.synthetic_log import SyntheticLog


def steps(made: SyntheticLog) -> tuple[np.ndarray, np.ndarray]:
    """Return, for every row, the distribution before it and the item that was drawn."""
    log = made.interactions
    whole = log.histories(order_ties="file")
    prefixes = [h[:t].tolist() for h in whole for t in range(len(h))]
    keys = np.repeat(whole.keys, whole.lengths)
    ids = log.catalogue.ids
    histories = Histories.from_lists(log.catalogue, [ids[p].tolist() for p in prefixes], keys)
    return made.next_item_probabilities(histories.keys, histories), whole.items


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("order", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("mean_length", [4, 10])
def test_items_are_drawn_from_the_stated_distribution(
    repeats: bool, order: float, mean_length: float
) -> None:
    made = synthetic(400, 12, mean_length, order=order, n_genres=3, repeats=repeats, seed=3)
    p, items = steps(made)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    drawn = p[np.arange(len(items)), items]
    assert (drawn > 0).all()
    # Each item's count against the sum of its probabilities, and the log-likelihood against the
    # entropy: both differ from their expectation by a normal error of known size.
    counts = np.bincount(items, minlength=12)
    z = (counts - p.sum(axis=0)) / np.sqrt((p * (1 - p)).sum(axis=0))
    assert (np.abs(z) < 4.5).all()
    safe = np.log(np.where(p > 0, p, 1))
    entropy = -(p * safe).sum(axis=1)
    variance = (p * safe**2).sum(axis=1) - entropy**2
    gap = (-np.log(drawn) - entropy).sum() / max(np.sqrt(variance.sum()), 1e-9)
    assert abs(gap) < 4.5


def test_frequencies_after_one_item_pass_a_chi_square_test() -> None:
    made = synthetic(
        30_000, 20, 2, order=0.7, n_genres=2, popularity=0.5, repeats=True, tied=0, seed=1
    )
    p, items = steps(made)
    whole = made.interactions.histories()
    first = np.zeros(len(items), np.bool_)
    first[whole.indptr[:-1]] = True
    after = np.flatnonzero(~first & (np.r_[-1, items[:-1]] == 4))
    expected = p[after].sum(axis=0)
    counts = np.bincount(items[after], minlength=20)
    likely = expected > 5
    assert (
        stats.chisquare(
            counts[likely], expected[likely] * counts[likely].sum() / expected[likely].sum()
        ).pvalue
        > 1e-4
    )


def test_seen_items_have_no_probability() -> None:
    made = synthetic(20, 15, 6, order=1.0)
    p, _ = steps(made)
    histories = made.interactions.histories(order_ties="file")
    last = made.next_item_probabilities(histories.keys, histories)
    for row, history in zip(last, histories, strict=True):
        assert (row[history] == 0).all()
        assert len(set(history.tolist())) == len(history)
    everything = Histories.from_lists(made.interactions.catalogue, [list(range(1, 16))], [1])
    assert made.next_item_probabilities([1], everything).sum() == 0
    assert p.shape == (len(made.interactions), 15)


def test_same_seed_same_log_and_no_global_state() -> None:
    before = np.random.get_state()  # noqa: NPY002
    one, two, other = (synthetic(50, 40, 5, seed=seed) for seed in (7, 7, 8))
    after = np.random.get_state()  # noqa: NPY002
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1], after[1])
    assert one.interactions.to_frame().equals(two.interactions.to_frame())
    assert not one.interactions.to_frame().equals(other.interactions.to_frame())


def test_chunks_of_users_do_not_repeat_each_other() -> None:
    log = synthetic(2 * 2**14, 10, 1, n_genres=1, popularity=0.0).interactions
    half = 2**14
    first, second = log.items[log.users < half], log.items[log.users >= half]
    n = min(len(first), len(second))
    assert 0.05 < (first[:n] == second[:n]).mean() < 0.3


def test_shares_are_those_asked_for() -> None:
    log = synthetic(3_000, 200, 20, tied=0.3, seed=2).interactions
    histories = log.histories(order_ties="file")
    assert histories.lengths.mean() == pytest.approx(20, rel=0.05)
    assert histories.lengths.min() >= 10
    inner = np.ones(len(log) - 1, np.bool_)
    inner[histories.indptr[1:-1] - 1] = False
    assert (np.diff(histories.times)[inner] == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert set(log.ratings.tolist()) <= {s / 2 for s in range(1, 11)}
    assert log.catalogue.items.columns == ["item", "title", "year", "genres"]


def test_ratings_follow_the_stated_formula() -> None:
    made = synthetic(2_000, 100, 20, seed=5)
    log = made.interactions
    mean = 3 + made.user_bias[log.users] + made.item_bias[log.items]
    mean += made.truth.tastes[log.users, made.truth.item_genres[log.items]]
    inside = (mean > 2) & (mean < 3.75)
    assert (log.ratings - mean)[inside].mean() == pytest.approx(0, abs=0.02)
    assert (log.ratings - mean)[inside].std() == pytest.approx(
        np.hypot(0.5, 0.5 / 12**0.5), abs=0.03
    )


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_users": 0}, "n_users must be a whole number of at least 1, not 0"),
        ({"n_items": 2.5}, "n_items must be a whole number"),
        ({"order": 1.2}, "order must lie between 0 and 1, not 1.2"),
        ({"tied": -0.1}, "tied must lie between 0 and 1"),
        ({"n_genres": 9, "n_items": 5, "mean_length": 2}, "n_genres is 9, more than the 5 items"),
        ({"mean_length": 0}, "mean_length must be at least 1"),
        ({"mean_length": 30, "n_items": 20}, "repeats=True"),
        ({"popularity": float("nan")}, "popularity must lie between 0 and 10"),
    ],
)
def test_silly_arguments(arguments: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        synthetic(**arguments)


def test_truth_refuses_what_does_not_belong_to_it() -> None:
    made = synthetic(5, 10, 2, n_genres=2)
    log = made.interactions
    with pytest.raises(ValueError, match="another catalogue"):
        made.next_item_probabilities([1], load_movielens().histories([1]))
    with pytest.raises(ValueError, match="2 users were given for 1 histories"):
        made.next_item_probabilities([1, 2], log.histories([1]))
    with pytest.raises(ValueError, match="does not know user 9"):
        made.next_item_probabilities([9], log.histories([1]))


@pytest.mark.parametrize("size", [(1, 2, 1), (3, 5, 5)])
def test_smallest_logs(size: tuple[int, int, int]) -> None:
    n_users, n_items, length = size
    made = synthetic(n_users, n_items, length, n_genres=1, popularity=10)
    assert len(made.interactions) >= n_users
