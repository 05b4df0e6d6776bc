"""Intervals hold the truth as often as they say, and verdicts err as seldom as they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pytest
from scipy.stats import norm, t
from threadpoolctl import threadpool_limits

from recsys_helpers._types import F64, I32
from recsys_helpers.evaluation import _bootstrap
from recsys_helpers.evaluation._bootstrap import Sums, difference_intervals, mean_intervals

QUERIES = 5
GAINS = 1 / np.log2(np.arange(10) + 2)


def sparse_values(
    random: np.random.Generator, shape: tuple[int, ...], n_users: int, hit: float = 0.1
) -> F64:
    """Draw NDCG@10 of equally good models, shape (data sets, models, users, queries).

    A tenth of the queries is a hit. Users differ in how easy they are, and a user or a query that
    is easy for one model is easier for the others.
    """
    n_data, n_models = shape
    user = random.normal(size=(n_data, 1, n_users, 1))
    user_of_model = random.normal(size=(n_data, n_models, n_users, 1))
    query = random.normal(size=(n_data, 1, n_users, QUERIES))
    query_of_model = random.normal(size=(n_data, n_models, n_users, QUERIES))
    shared, own = np.sqrt(0.6), np.sqrt(0.4)
    ease = 0.8 * (shared * user + own * user_of_model) + shared * query + own * query_of_model
    rank = (10 / hit * norm.sf(ease / np.sqrt(0.8**2 + 1))).astype(int)
    return np.where(rank < 10, np.append(GAINS, 0)[np.minimum(rank, 10)], 0)


TRUTH = 0.1 * GAINS.mean()


def sums(values: F64) -> Sums:
    """Sum values of shape (users, queries) or (seeds, users, queries)."""
    values = values if values.ndim == 3 else values[None]
    return Sums(values.sum(axis=2), np.full(values.shape[1], float(values.shape[2])))


def near(share: float, nominal: float, n: int) -> bool:
    """Whether a share of n data sets lies within three standard errors of the nominal one."""
    return abs(share - nominal) < 3 * np.sqrt(nominal * (1 - nominal) / n)


@pytest.fixture
def _fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Draw the weights of one seed once, as they are the same in each data set, on one core."""
    drawn = _bootstrap._user_weights
    monkeypatch.setattr(
        _bootstrap, "_user_weights", cache(lambda n_users, seed: list(drawn(n_users, seed)))
    )
    with threadpool_limits(1):
        yield


@pytest.mark.usefixtures("_fast")
@pytest.mark.parametrize("n_users", [30, 100, 600])
def test_interval_of_a_mean_holds_the_truth(n_users: int) -> None:
    values = sparse_values(np.random.default_rng(n_users), (1000, 1), n_users)
    found = mean_intervals([sums(data[0]) for data in values])
    assert near(np.mean([low <= TRUTH <= high for _, low, high in found]), 0.95, 1000)


@pytest.mark.usefixtures("_fast")
@pytest.mark.parametrize("n_users", [30, 100, 600])
def test_interval_of_a_difference_holds_the_truth(n_users: int) -> None:
    values = sparse_values(np.random.default_rng(n_users + 1), (1000, 2), n_users)
    found = 0
    for one, other in values:
        ((_, low, high),) = difference_intervals([sums(one), sums(other)], [(0, 1)])
        found += low <= 0 <= high
    assert near(found / 1000, 0.95, 1000)


@pytest.mark.usefixtures("_fast")
@pytest.mark.parametrize("n_models", [2, 5, 10])
def test_verdicts_on_equal_models_err_in_five_percent(n_models: int) -> None:
    values = sparse_values(np.random.default_rng(n_models), (1000, n_models), 100)
    pairs = [(a, b) for a in range(n_models) for b in range(a)]
    wrong = 0
    for data in values:
        intervals = difference_intervals([sums(model) for model in data], pairs)
        wrong += any(low > 0 or high < 0 for _, low, high in intervals)
    assert near(wrong / 1000, 0.05, 1000)


@pytest.mark.usefixtures("_fast")
@pytest.mark.parametrize(("spread", "least"), [(0.0, 0.93), (1.0, 0.93), (3.0, 0.88)])
def test_intervals_of_three_seeds_hold_the_truth(spread: float, least: float) -> None:
    """Seeds differ by `spread` times as much as users make a mean differ.

    Where most of the variance comes from three seeds, the interval of a mean is known to be too
    narrow, that of a difference not.
    """
    random = np.random.default_rng(3)
    values = sparse_values(random, (1000, 2), 100)[:, :, None]
    values = values + 0.1 * random.normal(size=(1000, 2, 3, 100, QUERIES))
    by_users = values.mean(axis=(2, 4)).std() / np.sqrt(100)
    values += spread * by_users * random.normal(size=(1000, 2, 3, 1, 1))
    mean = difference = 0
    for one, other in values:
        ((_, low, high),) = mean_intervals([sums(one)])
        mean += low <= TRUTH <= high
        ((_, low, high),) = difference_intervals([sums(one), sums(other)], [(0, 1)])
        difference += low <= 0 <= high
    assert least < mean / 1000 < 0.99
    assert 0.93 < difference / 1000 < 0.99


@pytest.mark.usefixtures("_fast")
def test_intervals_of_rmse_hold_the_truth() -> None:
    random = np.random.default_rng(4)
    mean = difference = 0
    for _ in range(1000):
        scale = random.choice([0.5, 1.5], size=(60, 1))
        squared = (scale * random.normal(size=(2, 60, QUERIES))) ** 2
        one, other = (Sums(x.sum(axis=1)[None], np.full(60, 5.0), root=True) for x in squared)
        ((_, low, high),) = mean_intervals([one])
        mean += low <= np.sqrt((0.25 + 2.25) / 2) <= high
        ((_, low, high),) = difference_intervals([one, other], [(0, 1)])
        difference += low <= 0 <= high
    assert near(mean / 1000, 0.95, 1000)
    assert near(difference / 1000, 0.95, 1000)


def unequal(n_seeds: int, random: np.random.Generator) -> tuple[F64, I32]:
    """Return values and users of 12 users with 1 to 6 queries each."""
    users = np.repeat(np.arange(12), random.integers(1, 7, 12)).astype(np.int32)
    return random.random((n_seeds, len(users))), users


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("n_seeds", [1, 3])
def test_a_mean_equals_a_loop_over_resamples(n_seeds: int, root: bool) -> None:
    values, users = unequal(n_seeds, np.random.default_rng(0))
    mean = np.mean(values)
    seeds = np.var(values.mean(axis=1), ddof=1) / 3 if n_seeds == 3 else 0.0

    def squared_error(average: F64, drawn: Sequence[int]) -> float:
        chosen = [average[users == user] for user in drawn]
        n = sum(map(len, chosen))
        ratio = sum(x.sum() for x in chosen) / n
        residuals = [(x - ratio).sum() / n for x in chosen]
        return sum(r**2 for r in residuals) * len(drawn) / (len(drawn) - 1)

    noise = np.random.default_rng([7, 0]).normal(size=2000)
    weights = np.concatenate(list(_bootstrap._user_weights(12, 7)))
    ratios = []
    for weight, extra in zip(weights, noise, strict=True):
        drawn = np.repeat(np.arange(12), weight.astype(int))
        assert len(drawn) == 11
        rows = np.concatenate([np.flatnonzero(users == user) for user in drawn])
        error = np.sqrt(squared_error(values.mean(axis=0), drawn) + seeds)
        deviation = values[:, rows].mean() + extra * np.sqrt(seeds) - mean
        ratios.append(abs(deviation) / error)
    by_users = squared_error(values.mean(axis=0), range(12))
    wide = 1.0
    if n_seeds == 3:
        freedom = 2 * ((by_users + seeds) / seeds) ** 2
        wide = t.ppf(0.975, freedom) / norm.ppf(0.975)
    half = sorted(ratios)[1900] * np.sqrt(by_users + seeds) * wide
    expected = (mean, mean - half, mean + half)
    found = mean_intervals([Sums.of(values, users, root)], seed=7)[0]
    assert found == pytest.approx(np.sqrt(expected) if root else expected)


def test_differences_equal_a_loop_over_resamples() -> None:
    random = np.random.default_rng(1)
    values, users = unequal(1, random)
    models = [values, values + 0.3 * random.random(values.shape), random.random(values.shape)]
    pairs = [(0, 1), (2, 0), (2, 1)]
    differences, errors = [], []
    for a, b in pairs:
        gaps = (models[a] - models[b])[0]
        differences.append(gaps.mean())
        moved = [(gaps - gaps.mean())[users == user].sum() / len(users) for user in range(12)]
        errors.append(np.sqrt(sum(m**2 for m in moved) * 12 / 11))
    largest = []
    for weight in np.concatenate(list(_bootstrap._user_weights(12, 7))):
        rows = np.repeat(np.arange(len(users)), weight[users].astype(int))
        largest.append(
            max(
                abs((models[a] - models[b])[0, rows].mean() - difference) / error
                for (a, b), difference, error in zip(pairs, differences, errors, strict=True)
            )
        )
    half = np.quantile(largest, 0.95) * np.array(errors) * t.ppf(0.975, 11) / norm.ppf(0.975)
    found = difference_intervals([Sums.of(model, users) for model in models], pairs, seed=7)
    expected = np.stack([differences, differences - half, differences + half], axis=1)
    assert np.allclose(found, expected)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(_bootstrap._user_weights(13, 5))
    monkeypatch.setattr(_bootstrap, "CELLS", 1000)
    parts = list(_bootstrap._user_weights(13, 5))
    assert len(whole) == 1 < len(parts)
    assert np.array_equal(whole[0], np.concatenate(parts))


def test_a_difference_that_is_there_is_found() -> None:
    values = sparse_values(np.random.default_rng(8), (20, 1), 600)[:, 0]
    for data in values:
        worse = data * np.random.default_rng(9).binomial(1, 0.7, data.shape)
        ((_, low, _),) = difference_intervals([sums(data), sums(worse)], [(0, 1)])
        assert low > 0


def test_order_and_names_of_users_do_not_matter() -> None:
    values, users = unequal(2, np.random.default_rng(2))
    order = np.random.default_rng(3).permutation(len(users))
    one, other = Sums.of(values, users), Sums.of(values[:, order], 5 * users[order])
    assert np.allclose(mean_intervals([one]), mean_intervals([other]))


def test_seed_decides_the_resamples() -> None:
    one = Sums.of(*unequal(1, np.random.default_rng(2)))
    assert mean_intervals([one], seed=3) == mean_intervals([one], seed=3)
    assert mean_intervals([one], seed=3) != mean_intervals([one], seed=4)


def test_without_spread_there_is_no_width() -> None:
    users = np.arange(5, dtype=np.int32)
    same, zero = Sums.of(np.full((1, 5), 0.25), users), Sums.of(np.zeros((1, 5)), users)
    assert mean_intervals([same, zero]) == [(0.25, 0.25, 0.25), (0, 0, 0)]
    found = difference_intervals([same, zero, zero], [(0, 1), (1, 2)])
    assert found == [(0.25, 0.25, 0.25), (0, 0, 0)]


def test_a_single_hit_tells_nothing() -> None:
    single = Sums.of(np.eye(1, 30), np.arange(30, dtype=np.int32))
    ((mean, low, high),) = mean_intervals([single])
    assert (round(mean, 3), low, high) == (0.033, -np.inf, np.inf)


def test_one_user_has_no_interval() -> None:
    lonely = Sums.of(np.ones((1, 3)), np.zeros(3, np.int32))
    with pytest.raises(ValueError, match="two users or more"):
        mean_intervals([lonely])
    with pytest.raises(ValueError, match="two users or more"):
        difference_intervals([lonely, lonely], [(0, 1)])
