"""The ranking machine's features equal loops over the log, and no pair finds itself in them."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from math import log, sqrt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.metrics.pairwise import rbf_kernel

from recsys_book.demonstrations.own_counts import OwnCountsRankSVM
from recsys_helpers import Interactions, RankSVM, load_recommender, synthetic
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.svm._feature_map import FeatureMap
from recsys_helpers.recommenders.svm.history_features import HistoryFeatures
from recsys_helpers.recommenders.svm.rank_svm import _solved

LOG = synthetic(n_users=25, n_items=20, mean_length=9, repeats=True, seed=3).interactions
HISTORIES = LOG.histories()
DECAYS = (0.5, 0.9)


def loops(
    lists: list[list[int]], history: list[int], item: int, table: pl.DataFrame, known: np.ndarray
) -> list[float]:
    """Return the features of a history and an item, written down again from their definitions."""
    n_items = table.height
    after = np.zeros((n_items, n_items))
    for own in lists:
        for t, i in enumerate(own):
            for k in range(1, 11):
                if t + k < len(own):
                    after[i, own[t + k]] += 0.8 ** (k - 1)
    met = [{user for user, own in enumerate(lists) if i in own} for i in range(n_items)]

    def follows(i: int, j: int) -> float:
        scale = after[i].sum() * after[:, j].sum()
        return sqrt(after[i, j] / sqrt(scale)) if scale else 0.0

    def together(i: int, j: int) -> float:
        both = len(met[i] & met[j])
        return both / sqrt(len(met[i]) * len(met[j])) if both and i != j else 0.0

    x = np.array([[float(user in met[i]) for i in range(n_items)] for user in range(len(lists))])
    precision = np.linalg.inv(x.T @ x + 100.0 * np.eye(n_items))
    texts = [
        [f"title:{word}" for word in re.findall(r"\w+", row["title"].lower())]
        + [f"genres:{genre.lower()}" for genre in row["genres"]]
        for row in table.iter_rows(named=True)
    ]
    kept = [w for w in {w for t in texts for w in t} if sum(w in texts[i] for i in known) > 1]
    by_peer = TfidfVectorizer(vocabulary=sorted(kept), analyzer=lambda words: words)
    by_peer.fit([texts[i] for i in known])
    text = by_peer.transform(texts).toarray()
    n = len(history)
    gammas = [[gamma ** (n - 1 - t) for t in range(n)] for gamma in DECAYS]
    found = [sum(g * follows(i, item) for g, i in zip(w, history, strict=True)) for w in gammas]
    found += [sum(g * follows(item, i) for g, i in zip(w, history, strict=True)) for w in gammas]
    found += [sum(g * together(i, item) for g, i in zip(w, history, strict=True)) for w in gammas]
    found.append(sum(-precision[i, item] / precision[item, item] for i in history if i != item))
    found.append(sum(float(text[i] @ text[item]) for i in history) / n)
    rows = sum(len(own) for own in lists)
    share = [(sum(own.count(i) for own in lists) + 1) / (rows + n_items) for i in range(n_items)]
    bucket = int(np.log2(n + 1))
    longest = max(int(np.log2(len(own))) for own in lists)
    bucket = min(bucket, longest)
    there = [own[t] for own in lists for t in range(len(own)) if int(np.log2(t + 1)) == bucket]
    local = (there.count(item) + n_items * share[item]) / (len(there) + n_items)
    return [*found, log(share[item]), log(local / share[item])]


def as_lists(log_: Interactions) -> list[list[int]]:
    return [own.tolist() for own in log_.histories()]


def test_features_of_a_log() -> None:
    lists = as_lists(LOG)
    known = np.flatnonzero(np.bincount(LOG.items, minlength=LOG.n_items))
    features = HistoryFeatures.learnt_from(LOG, DECAYS)
    asked = HISTORIES.take([0, 3, 7])
    candidates = np.tile(np.arange(LOG.n_items, dtype=np.int32), (3, 1))
    found = features.of(asked, candidates)
    expected = [
        [loops(lists, h.tolist(), j, LOG.catalogue.items, known) for j in range(LOG.n_items)]
        for h in asked
    ]
    np.testing.assert_allclose(found, expected, atol=2e-5)
    assert (found.std(axis=(0, 1)) > 1e-3).all()
    weights = np.random.default_rng(0).normal(size=len(features.names))
    np.testing.assert_allclose(features.weighted(asked, weights), found @ weights, atol=1e-4)
    reordered = features.of(asked, candidates[:, [4, 2]])
    np.testing.assert_array_equal(reordered, found[:, [4, 2]])


WIDE = synthetic(n_users=60, n_items=600, mean_length=6, repeats=True, seed=4).interactions


def in_full(features: HistoryFeatures) -> HistoryFeatures:
    """Return the same tables with all their zeros."""
    tables = {name: getattr(features, name).toarray() for name in ("after", "together")}
    return replace(features, **tables)


def test_sparse_tables_say_what_full_ones_say() -> None:
    features = HistoryFeatures.learnt_from(WIDE, DECAYS)
    full, histories = in_full(features), WIDE.histories()
    every_item = np.tile(np.arange(WIDE.n_items, dtype=np.int32), (len(histories), 1))
    found = features.of(histories, every_item)
    np.testing.assert_array_equal(found, full.of(histories, every_item))
    np.testing.assert_allclose(features.of_all(histories), found, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(full.of_all(histories), found, rtol=1e-5, atol=1e-6)
    assert all(found[:, :, column].any() for column in range(7))
    weights = np.random.default_rng(0).normal(size=len(features.names))
    weighted = features.weighted(histories, weights)
    np.testing.assert_allclose(weighted, found @ weights, atol=1e-4)
    np.testing.assert_allclose(full.weighted(histories, weights), weighted, atol=1e-4)


def test_chunks_are_of_no_consequence(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = RankSVM(kernel="nystroem", n_components=20).fit(LOG)
    scores = at_once.score(HISTORIES)
    monkeypatch.setattr(ranking, "CELLS", 500)
    by_chunk = RankSVM(kernel="nystroem", n_components=20).fit(LOG)
    np.testing.assert_allclose(by_chunk.weights, at_once.weights, atol=1e-6)
    np.testing.assert_allclose(by_chunk.score(HISTORIES), scores, atol=1e-5)


def test_a_wide_log_is_saved_and_loaded(tmp_path: Path) -> None:
    """Sparse tables come back, and folders with full ones, as earlier versions wrote, load too."""
    model = RankSVM().fit(WIDE)
    histories = WIDE.histories()
    scores = model.score(histories)
    for name, features in (("sparse", model.features), ("full", in_full(model.features))):
        model.features = features
        model.save(tmp_path / name)
        loaded = load_recommender(tmp_path / name)
        np.testing.assert_allclose(loaded.score(histories), scores, rtol=1e-5, atol=1e-5)


def test_memory_of_a_wide_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what EASE takes: 8 bytes an entry for the inverse, 4 for its weights."""
    monkeypatch.setattr(ranking, "CELLS", 1 << 16)
    n = 1_000
    rng = np.random.default_rng(0)
    items = np.r_[np.arange(n), rng.integers(0, n, 3 * n)]
    frame = pl.DataFrame({"user": rng.permutation(4 * n) % (2 * n), "item": items})
    log_ = Interactions.from_frame(frame, timestamp="row order")
    tracemalloc.start()
    RankSVM(n_folds=2, n_negatives=1).fit(log_)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 14 * n**2


def described(model: RankSVM, log_: Interactions) -> dict[tuple[int, int], int]:
    """Say which user's beginning each example describes, and of what length: its row by both.

    The features of a user's pairs must be those of the log without that user, so every example is
    looked up among the features that such logs give. What it stands for must be what the log says.
    """
    n_items, histories = log_.n_items, log_.histories()
    every_item = np.arange(n_items, dtype=np.int32)[None]
    keys, features = [], []
    for user, history in enumerate(histories):
        others = HistoryFeatures.learnt_from(log_.take(log_.users != user), model.decays)
        for length in range(max(1, len(history) - model.n_positions), len(history)):
            beginning = histories[user : user + 1].first(length)
            keys.append((user, length))
            features.append(others.of(beginning, every_item)[0])
    expected = np.stack(features)  # (n, n_items, n_features)
    follow = np.array([histories[user][length] for user, length in keys])
    first = expected[np.arange(len(keys)), follow]  # (n, n_features)
    rows = {}
    for row, x in enumerate(model.examples(log_)):
        key = int(np.abs(first - x[0]).max(axis=1).argmin())
        np.testing.assert_allclose(x[0], first[key], atol=2e-5)
        rows[keys[key]] = row
        met = set(histories[keys[key][0]].tolist())
        for negative in x[1:]:
            item = int(np.abs(expected[key] - negative).max(axis=1).argmin())
            np.testing.assert_allclose(negative, expected[key, item], atol=2e-5)
            assert item not in met
            assert (log_.items == item).any()
    assert set(rows) == set(keys)
    return rows


LEAVE_ONE_OUT = {"decays": DECAYS, "n_positions": 3, "n_folds": LOG.n_users, "seed": 5}


def test_a_pair_is_described_by_other_users_alone() -> None:
    """With as many folds as users, each user's tables are those of the log without that user."""
    rows = described(RankSVM(n_negatives=4, **LEAVE_ONE_OUT), LOG)
    assert len(rows) > 50


def test_a_leak_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        described(OwnCountsRankSVM(n_negatives=4, **LEAVE_ONE_OUT), LOG)


def test_all_items_that_a_user_never_met_are_drawn_alike() -> None:
    """One pair a user, many negatives: each unmet item is about as frequent as any other."""
    model = RankSVM(decays=DECAYS, n_positions=1, n_negatives=4_000, n_folds=2)
    for beginning in model.examples(LOG)[:5]:
        _, counts = np.unique(beginning[1:], axis=0, return_counts=True)
        assert counts.min() > 0.6 * counts.mean()
        assert counts.max() < 1.4 * counts.mean()


def noise(seed: int) -> Interactions:
    """Draw a log in which nothing follows from anything."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(80), 10)
    items = np.concatenate([rng.permutation(60)[:10] for _ in range(80)])
    return Interactions.from_frame(
        pl.DataFrame({"user": users, "item": items}), timestamp="row order"
    )


@pytest.mark.parametrize("kind", [RankSVM, OwnCountsRankSVM])
def test_noise_teaches_nothing_unless_pairs_find_themselves(kind: type[RankSVM]) -> None:
    """What came next follows more strongly than what did not only in the counts it is part of."""
    ahead = []
    for seed in range(3):
        model = kind(decays=(0.5,), seed=seed)
        x = model.examples(noise(seed))
        after = x[:, :, 0]
        ahead.append(float((after[:, :1] > after[:, 1:]).mean()))
    if kind is OwnCountsRankSVM:
        assert min(ahead) > 0.85
    else:
        assert 0.4 < min(ahead) <= max(ahead) < 0.55  # ties, of which there are some, count as no


@pytest.mark.parametrize("kind", [RankSVM, OwnCountsRankSVM])
def test_later_rows_change_no_earlier_pair(kind: type[RankSVM]) -> None:
    """Swap a user's last two items: the features of all pairs before them stay as they were."""
    user = int(np.argmax(HISTORIES.lengths))
    n, last = int(HISTORIES.lengths[user]), HISTORIES.indptr[user + 1] - 1
    swapped = HISTORIES.items.copy()
    swapped[[last - 1, last]] = swapped[[last, last - 1]]
    assert swapped[last] != HISTORIES.items[last]
    settings = LEAVE_ONE_OUT | {"n_positions": 4}
    rows = described(RankSVM(**settings), LOG)  # seeds and sizes, hence rows, are the same below
    earlier = [rows[user, n - 4], rows[user, n - 3]]
    before = kind(**settings).examples(LOG)
    after = kind(**settings).examples(replace(LOG.in_order(), items=swapped))
    assert np.array_equal(before[earlier], after[earlier]) is (kind is RankSVM)


def test_the_machine_minimises_what_it_says() -> None:
    rng = np.random.default_rng(0)
    pairs = rng.normal(0.2, 1.0, (300, 5))

    def loss(w: np.ndarray) -> float:
        return 0.5 * w @ w + 0.1 * (np.maximum(0, 1 - pairs @ w) ** 2).sum()

    best = minimize(loss, np.zeros(5), method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-10})
    np.testing.assert_allclose(_solved(pairs, 0.1), best.x, atol=1e-4)


def test_fit_solves_for_scaled_features_and_scores_with_them() -> None:
    model = RankSVM(cost=30.0).fit(LOG)
    x = model.examples(LOG).astype(np.float64)
    worse = x[:, 1:].reshape(-1, x.shape[2])
    scale = np.where(worse.std(axis=0) > 0, worse.std(axis=0), 1)
    pairs = ((x[:, :1] - x[:, 1:]) / scale).reshape(-1, x.shape[2])

    def loss(w: np.ndarray) -> float:
        return 0.5 * w @ w + 30.0 * (np.maximum(0, 1 - pairs @ w) ** 2).mean()

    best = minimize(loss, np.zeros(x.shape[2]), method="L-BFGS-B", options={"ftol": 1e-14})
    assert loss(model.weights) <= best.fun * (1 + 1e-6)
    candidates = np.tile(np.arange(LOG.n_items, dtype=np.int32), (len(HISTORIES), 1))
    expected = model.features.of(HISTORIES, candidates) @ (model.weights / scale)
    np.testing.assert_allclose(model.score(HISTORIES), expected, atol=1e-4)


@pytest.mark.parametrize("kernel", ["fourier", "nystroem"])
def test_a_kernel_scores_each_item_by_its_vector(kernel: str) -> None:
    model = RankSVM(kernel=kernel, n_components=30).fit(LOG)
    history = HISTORIES.take([4])
    found = model.score(history)[0]
    for item in range(LOG.n_items):
        x = model.features.of(history, np.array([[item]], np.int32))
        expected = (model.feature_map(x) @ model.weights)[0, 0]
        assert found[item] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("kernel", "make"), [("fourier", RBFSampler), ("nystroem", Nystroem)])
def test_maps_are_those_of_scikit_learn_and_come_close_to_the_kernel(
    kernel: str, make: type
) -> None:
    x = np.random.default_rng(0).normal([1, 5, 0], [2, 0.1, 0], (200, 3))
    z = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    peer = make(gamma=0.3, n_components=150, random_state=1).fit(z)
    own = FeatureMap.learnt_from(x, kernel, 150, 0.3, 1)
    np.testing.assert_allclose(own(x), peer.transform(z), atol=1e-9)
    np.testing.assert_allclose(own(x) @ own(x).T, rbf_kernel(z, gamma=0.3), atol=0.35)
    assert np.abs(own(x) @ own(x).T - rbf_kernel(z, gamma=0.3)).mean() < 0.07


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cost": 0}, "cost must be positive"),
        ({"decays": ()}, "decays must lie between 0 and 1"),
        ({"decays": (0.5, 1.5)}, "decays must lie between 0 and 1"),
        ({"n_positions": 0}, "n_positions must be a whole number of at least 1"),
        ({"n_negatives": 1.5}, "n_negatives must be a whole number of at least 1"),
        ({"n_folds": 1}, "n_folds must be a whole number of at least 2"),
        ({"regularisation": 0}, "regularisation must be positive"),
        ({"kernel": "rbf"}, "kernel must be 'linear', 'fourier' or 'nystroem'"),
        ({"kernel": "fourier", "n_components": 0}, "n_components must be a whole number"),
        ({"gamma": 0}, "gamma must be positive"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RankSVM(**settings)


def test_logs_that_teach_nothing() -> None:
    one = pl.DataFrame({"user": [1, 1], "item": ["a", "b"]})
    with pytest.raises(ValueError, match="give it two users"):
        RankSVM().fit(Interactions.from_frame(one, timestamp="row order"))
    all_met = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "b", "a"]})
    with pytest.raises(ValueError, match="there is nothing to compare"):
        RankSVM().fit(Interactions.from_frame(all_met, timestamp="row order"))
    with pytest.raises(ValueError, match="the order of this log is unknown"):
        RankSVM().fit(Interactions.from_frame(all_met, timestamp=None))


def test_more_decays_than_one_list() -> None:
    """The settings are what was given, so that the model can be made again."""
    assert RankSVM(decays=(0.5,)).settings()["decays"] == [0.5]
