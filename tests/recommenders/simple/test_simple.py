"""The baselines equal loops and closed forms written down again from their definitions."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics.pairwise import cosine_similarity
from support.strategies import logs

from recsys_helpers import (
    EASE,
    Interactions,
    ItemKNN,
    MarkovChain,
    Popularity,
    Random,
    RatingBiases,
    synthetic,
)
from recsys_helpers.recommenders.simple import ease

LOG = synthetic(n_users=60, n_items=40, mean_length=9, repeats=True, seed=3).interactions
HISTORIES = LOG.histories()


def dense(values: str) -> np.ndarray:
    """Fill the interaction matrix row by row."""
    cells = [[[] for _ in range(LOG.n_items)] for _ in range(LOG.n_users)]
    for user, item, rating in zip(LOG.users, LOG.items, LOG.ratings, strict=True):
        cells[user][item].append(float(rating))
    value = {"count": len, "binary": bool, "rating": lambda r: np.mean(r) if r else 0.0}[values]
    return np.array([[float(value(cell)) for cell in row] for row in cells])


def mask(scores: np.ndarray) -> np.ndarray:
    """Items without a training row cannot be ranked."""
    met = np.bincount(LOG.items, minlength=LOG.n_items) > 0
    return np.where(met, scores, -np.inf)


def test_popularity_counts_rows() -> None:
    counts = Counter(LOG.items.tolist())
    expected = [float(counts[item]) for item in range(LOG.n_items)]
    got = Popularity().fit(LOG).score(HISTORIES)
    assert np.array_equal(got, np.tile(mask(np.array(expected)), (len(HISTORIES), 1)))


@pytest.mark.parametrize("prior", [0.5, 1.0, 7.0])
def test_markov_chain_counts_neighbours(prior: float) -> None:
    follows: dict[int, Counter] = {item: Counter() for item in range(LOG.n_items)}
    for history in HISTORIES:
        for before, after in pairwise(history.tolist()):
            follows[before][after] += 1
    share = np.bincount(LOG.items, minlength=LOG.n_items) / len(LOG)
    expected = np.empty((len(HISTORIES), LOG.n_items))
    for row, history in enumerate(HISTORIES):
        after = follows[int(history[-1])]
        for item in range(LOG.n_items):
            chance = after[item] + prior * share[item]
            expected[row, item] = chance / (sum(after.values()) + prior)
    model = MarkovChain(prior=prior).fit(LOG)
    np.testing.assert_allclose(model.score(HISTORIES), mask(expected), rtol=1e-6)
    np.testing.assert_allclose(expected.sum(axis=1), 1)
    empty = model.score(model.histories([[]]))
    np.testing.assert_allclose(empty[0], mask(share), rtol=1e-6)


def test_markov_chain_never_joins_two_users() -> None:
    frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "c", "d"]})
    model = MarkovChain().fit(Interactions.from_frame(frame, timestamp="row order"))
    assert model.transitions.toarray().tolist() == [
        [0, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
    ]


def test_markov_chain_needs_an_order() -> None:
    frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"]})
    with pytest.raises(ValueError, match="the order of this log is unknown"):
        MarkovChain().fit(Interactions.from_frame(frame, timestamp=None))


def test_a_fit_that_fails_leaves_nothing_to_score_with() -> None:
    frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"]})
    model = MarkovChain().fit(Interactions.from_frame(frame, timestamp="row order"))
    with pytest.raises(ValueError, match="the order of this log is unknown"):
        model.fit(Interactions.from_frame(frame, timestamp=None))
    with pytest.raises(ValueError, match="MarkovChain is not fitted"):
        model.histories([["a"]])


@pytest.mark.parametrize("values", ["binary", "count", "rating"])
@pytest.mark.parametrize(("n_neighbours", "shrinkage"), [(3, 0.0), (40, 0.0), (5, 10.0)])
def test_item_knn_keeps_each_targets_neighbours(
    values: str, n_neighbours: int, shrinkage: float
) -> None:
    matrix = dense(values)
    norms = np.sqrt((matrix**2).sum(axis=0))
    similar = np.zeros((LOG.n_items, LOG.n_items))
    for i in range(LOG.n_items):
        for j in range(LOG.n_items):
            scale = norms[i] * norms[j] + shrinkage
            if i != j and scale > 0:
                similar[i, j] = matrix[:, i] @ matrix[:, j] / scale
    tie_rank = LOG.catalogue.tie_rank
    for j in range(LOG.n_items):
        best = sorted(range(LOG.n_items), key=lambda i: (-np.float32(similar[i, j]), tie_rank[i]))
        similar[best[n_neighbours:], j] = 0
    model = ItemKNN(n_neighbours, shrinkage, values).fit(LOG)
    np.testing.assert_allclose(model.similarities.toarray(), similar, rtol=1e-5)
    np.testing.assert_allclose(model.score(HISTORIES), mask(matrix @ similar), rtol=1e-5)


@given(seed=st.integers(0, 999), n_neighbours=st.integers(1, 15), n_rows=st.integers(2, 120))
def test_item_knn_equals_a_sort_of_all_similarities(
    seed: int, n_neighbours: int, n_rows: int
) -> None:
    """Zeros stand between what is alike and what is contrary, and take their part of the list."""
    rng = np.random.default_rng(seed)
    columns = {"user": rng.integers(0, 9, n_rows), "item": rng.integers(0, 12, n_rows)}
    frame = pl.DataFrame(columns).unique(maintain_order=True)
    frame = frame.with_columns(rating=rng.integers(-2, 3, frame.height).astype(float))
    log = Interactions.from_frame(frame, rating="rating", timestamp="row order")
    by_user = log.matrix("rating").toarray()
    scale = np.sqrt(np.outer((by_user**2).sum(axis=0), (by_user**2).sum(axis=0)))
    similar = np.divide(by_user.T @ by_user, scale, out=np.zeros_like(scale), where=scale > 0)
    np.fill_diagonal(similar, 0)
    order = np.array([np.lexsort((log.catalogue.tie_rank, -row)) for row in similar])
    np.put_along_axis(similar, order[:, n_neighbours:], 0, axis=1)
    model = ItemKNN(n_neighbours, values="rating").fit(log)
    assert (model.similarities.data != 0).all()
    np.testing.assert_array_equal(model.similarities.toarray().T, similar)
    expected = by_user.astype(np.float64) @ similar.T
    known = model.train_counts > 0
    np.testing.assert_allclose(
        model.score(log.histories())[:, known], expected[:, known], atol=1e-5
    )


def test_item_knn_of_a_wide_log_makes_no_dense_similarities() -> None:
    rng = np.random.default_rng(0)
    n_items = 2_000
    items = np.r_[np.arange(n_items), rng.integers(0, n_items, 4_000)]
    frame = pl.DataFrame({"user": rng.integers(0, 2_000, len(items)), "item": items})
    log = Interactions.from_frame(frame, timestamp="row order")
    tracemalloc.start()
    model = ItemKNN().fit(log)
    _, fitted = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    model.score(log.histories()[:10])
    _, scored = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fitted < n_items**2  # a dense matrix takes four bytes for each of these
    assert scored < n_items**2


def test_item_knn_is_the_cosine_of_scikit_learn() -> None:
    expected = cosine_similarity(LOG.matrix("binary").T.tocsr(), dense_output=True)
    np.fill_diagonal(expected, 0)
    got = ItemKNN(n_neighbours=LOG.n_items).fit(LOG).similarities.toarray()
    np.testing.assert_allclose(got, expected, rtol=1e-5)


@pytest.mark.parametrize("values", ["binary", "count", "rating"])
@pytest.mark.parametrize("regularisation", [0.5, 20.0])
def test_ease_solves_each_column_as_ridge_regression(values: str, regularisation: float) -> None:
    """Column j of B is the ridge regression of item j on all other items."""
    matrix = dense(values)
    weights = np.zeros((LOG.n_items, LOG.n_items))
    for j in range(LOG.n_items):
        others = np.flatnonzero(np.arange(LOG.n_items) != j)
        x = matrix[:, others]
        gram = x.T @ x + regularisation * np.eye(len(others))
        weights[others, j] = np.linalg.solve(gram, x.T @ matrix[:, j])
    model = EASE(regularisation, values).fit(LOG)
    np.testing.assert_allclose(model.weights, weights, atol=1e-6)
    np.testing.assert_allclose(model.score(HISTORIES), mask(matrix @ weights), atol=1e-5)


def test_ease_gets_the_same_from_either_gram() -> None:
    matrix = LOG.matrix("binary").astype(np.float64)
    from_items = ease._from_item_gram(matrix, 3.0)
    np.testing.assert_allclose(ease._from_user_gram(matrix, 3.0), from_items, atol=1e-12)
    np.testing.assert_allclose(
        from_items, np.linalg.inv(matrix.T @ matrix + 3.0 * np.eye(LOG.n_items)), atol=1e-12
    )


@pytest.mark.parametrize(("n_users", "most"), [(2_000, 14), (999, 18), (500, 14)])
def test_ease_holds_one_inverse_and_the_weights(n_users: int, most: int) -> None:
    """Eight bytes an entry while it is inverted, and four for what is kept.

    Of all pairs of items three in four were met together: in a sparse matrix each takes twelve
    bytes. With nearly as many users as items, a matrix of both stands beside the inverse.
    """
    rng = np.random.default_rng(0)
    n, length = 1_000, int(1_200 / n_users**0.5)
    items = np.concatenate([rng.permutation(n)[:length] for _ in range(n_users)])
    items[:n] = np.arange(n)
    frame = pl.DataFrame({"user": np.repeat(np.arange(n_users), length), "item": items}).unique()
    log = Interactions.from_frame(frame, timestamp="row order")
    tracemalloc.start()
    EASE().fit(log)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < most * n**2


def test_ease_says_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recsys_helpers._machine.memory", lambda: (2**30, 1_000))
    message = rf"40 items and {len(LOG):,} rows needs about .* KiB, and 1000 B are"
    with pytest.raises(MemoryError, match=message):
        EASE().fit(LOG)


@pytest.mark.parametrize("values", ["binary", "count", "rating"])
def test_ease_asks_for_what_a_long_log_takes(monkeypatch: pytest.MonkeyPatch, values: str) -> None:
    log = synthetic(n_users=20_000, n_items=40, mean_length=8, seed=0).interactions
    needed: list[int] = []
    monkeypatch.setattr(
        "recsys_helpers._machine.require_memory", lambda n, *words: needed.append(n)
    )
    tracemalloc.start()
    EASE(values=values).fit(log)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < needed[0] < 1.5 * peak


def test_rating_biases_are_the_ridge_solution() -> None:
    n, width = len(LOG), LOG.n_users + LOG.n_items
    indicators = np.zeros((n, width))
    indicators[np.arange(n), LOG.users] = 1
    indicators[np.arange(n), LOG.n_users + LOG.items] = 1
    centred = LOG.ratings - LOG.ratings.mean()
    whole = np.vstack([indicators, np.sqrt(2.5) * np.eye(width)])
    expected, *_ = np.linalg.lstsq(whole, np.r_[centred, np.zeros(width)], rcond=None)
    model = RatingBiases(regularisation=2.5).fit(LOG)
    np.testing.assert_allclose(np.r_[model.user_biases, model.item_biases], expected, atol=1e-6)
    np.testing.assert_allclose(
        model.predict([0, -1], [3, 4]),
        model.mean + np.array([expected[0] + expected[LOG.n_users + 3], expected[LOG.n_users + 4]]),
        atol=1e-6,
    )


def test_rating_biases_recover_the_truth() -> None:
    made = synthetic(n_users=2_000, n_items=100, mean_length=20, order=0.0, popularity=0.3, seed=1)
    model = RatingBiases(regularisation=1.0).fit(made.interactions)
    assert np.corrcoef(model.item_biases, made.item_bias)[0, 1] > 0.95
    assert np.corrcoef(model.user_biases, made.user_bias)[0, 1] > 0.9


def test_random_is_uniform_and_differs_by_history_and_seed() -> None:
    made = synthetic(n_users=400, n_items=200, mean_length=20, seed=0).interactions
    histories = made.histories()
    scores = Random(seed=1).fit(made).score(histories)
    scores = scores[:, np.bincount(made.items, minlength=200) > 0]
    counts, _ = np.histogram(scores, bins=20, range=(0, 1))
    expected = scores.size / 20
    assert ((counts - expected) ** 2 / expected).sum() < 43.8  # chi-square, 19 degrees, p = .001
    centred = scores - scores.mean(axis=1, keepdims=True)
    alike = np.corrcoef(centred)[np.triu_indices(len(centred), 1)]
    assert abs(alike.mean()) < 0.005
    assert np.abs(alike).max() < 0.5
    assert not np.array_equal(
        Random(seed=2).fit(made).top_k(histories, 5)[0],
        Random(seed=1).fit(made).top_k(histories, 5)[0],
    )


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Random(seed=-1), "seed must be a whole number from 0"),
        (lambda: MarkovChain(prior=0), "prior must be positive"),
        (lambda: ItemKNN(n_neighbours=0), "n_neighbours must be a whole number of at least 1"),
        (lambda: ItemKNN(shrinkage=-1), "shrinkage must be 0 or more"),
        (lambda: EASE(regularisation=float("nan")), "regularisation must be positive"),
        (lambda: RatingBiases(regularisation=-1), "regularisation must be positive"),
        (lambda: EASE(values="ratings").fit(LOG), "values must be 'count', 'binary' or 'rating'"),
    ],
)
def test_bad_settings(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.bad_input("settings and arrays out of range")
def test_what_top_k_refuses() -> None:
    model = Popularity().fit(LOG)
    for k in (0, 41, 2.5):
        with pytest.raises(ValueError, match="k must be a whole number from 1 to 40"):
            model.top_k(HISTORIES, k)


def test_a_candidate_that_is_named_twice_is_listed_once() -> None:
    model = Popularity().fit(LOG)
    once = model.top_k(HISTORIES, 3, candidates=[3, 5])
    np.testing.assert_equal(model.top_k(HISTORIES, 3, candidates=[5, 3, 3]), once)


def test_titles_stand_beside_the_items_they_name() -> None:
    films = pl.DataFrame({"item": [1, 2, 3], "title": ["Heat", "Up", None]})
    frame = pl.DataFrame({"user": [1, 1, 2], "item": [3, 2, 3]})
    model = Popularity().fit(Interactions.from_frame(frame, timestamp=None, items=films))
    table = model.recommend(model.histories([[]]), k=2, titles=True)
    assert table.select("item", "title").rows() == [(3, "3"), (2, "Up")]


EXACT = [Random, Popularity, MarkovChain]
ROUNDED = [
    lambda: ItemKNN(n_neighbours=50),
    lambda: EASE(regularisation=2.0),
    lambda: EASE(regularisation=2.0, values="count"),
    RatingBiases,
]


def moved(frame: pl.DataFrame, shuffle: random.Random) -> Interactions:
    """Return the log with other row numbers and other item codes."""
    items = frame["item"].unique().to_list()
    shuffle.shuffle(items)
    rows = list(range(frame.height))
    shuffle.shuffle(rows)
    return Interactions.from_frame(
        frame[rows], rating="rating", items=pl.DataFrame({"item": items})
    )


def listed(model: object, log: Interactions) -> list[dict]:
    """Fit, and list all items for every user of the log in ids."""
    model.fit(log)
    lists = model.recommend(log.histories(), k=log.n_items, exclude_seen=False)
    return lists.to_dicts()


@given(frame=logs(), shuffle=st.randoms(use_true_random=False))
@pytest.mark.parametrize("make", EXACT)
def test_the_order_of_rows_and_items_changes_no_list(
    make: type, frame: pl.DataFrame, shuffle: random.Random
) -> None:
    """Codes follow the item table; ids, and with them all lists, do not."""
    log = Interactions.from_frame(frame, rating="rating")
    assert listed(make(), log) == listed(make(), moved(frame, shuffle))


@given(frame=logs(), shuffle=st.randoms(use_true_random=False))
@pytest.mark.parametrize("make", ROUNDED)
def test_the_order_of_rows_and_items_changes_no_score(
    make: type, frame: pl.DataFrame, shuffle: random.Random
) -> None:
    """Sums of rounded numbers depend on their order a little, so equal scores may not stay so."""
    log = Interactions.from_frame(frame, rating="rating")
    tables = [
        {(row["query"], row["item"]): row["score"] for row in listed(make(), each)}
        for each in (log, moved(frame, shuffle))
    ]
    assert tables[0].keys() == tables[1].keys()
    for key, score in tables[0].items():
        assert score == pytest.approx(tables[1][key], abs=1e-5)
