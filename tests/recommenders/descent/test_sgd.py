"""BPR and logistic regression: gradients by TensorFlow, draws by share, solutions by peers."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from recsys_book.demonstrations.gradient_check import gradient_error
from recsys_helpers import (
    BPR,
    FeatureLogistic,
    Interactions,
    Popularity,
    _hashing,
    evaluate,
    leave_last_out,
    load_recommender,
    synthetic,
)
from recsys_helpers.log import item_text
from recsys_helpers.recommenders.descent import (
    _epochs,
    _logistic,
    _negatives,
)
from recsys_helpers.recommenders.descent.losses import bpr_loss

LOG = synthetic(n_users=60, n_items=40, mean_length=9, seed=3).interactions
MET = LOG.matrix("binary")


def triples(n: int, seed: int = 0) -> tuple[list[np.ndarray], tuple[np.ndarray, ...], np.ndarray]:
    """Draw vectors, codes (with repeats) and offsets."""
    rng = np.random.default_rng(seed)
    both = [rng.standard_normal((7, 3)), rng.standard_normal((9, 4))]
    codes = rng.integers(0, 7, n), rng.integers(0, 9, n), rng.integers(0, 9, n)
    return both, codes, rng.standard_normal(9)


def test_bpr_loss_by_a_loop() -> None:
    (users, items), codes, offsets = triples(30)
    expected = 0.0
    for u, i, j in zip(*codes, strict=True):
        score = {k: items[k, 3] + float(users[u] @ items[k, :3]) - offsets[k] for k in (i, j)}
        expected += log(1 + exp(-(score[i] - score[j])))
        held = users[u] @ users[u] + items[i] @ items[i] + items[j] @ items[j]
        expected += 0.2 / 2 * float(held)
    loss, _ = bpr_loss(users, items, codes, offsets, 0.2)
    assert loss == pytest.approx(expected / 30, rel=1e-12)


def test_the_gradient_of_bpr_is_that_of_tensorflow() -> None:
    from recsys_helpers.recommenders.neural.backend import tf  # noqa: PLC0415

    both, (user, met, drawn), offsets = triples(50)
    users, items = (tf.Variable(vectors) for vectors in both)
    with tf.GradientTape() as tape:
        x, y, z = tf.gather(users, user), tf.gather(items, met), tf.gather(items, drawn)
        margin = tf.reduce_sum(x * (y - z)[:, :3], axis=1) + (y - z)[:, 3]
        margin -= offsets[met] - offsets[drawn]
        held = tf.reduce_sum(x**2, axis=1) + tf.reduce_sum(y**2 + z**2, axis=1)
        loss = tf.reduce_mean(tf.nn.softplus(-margin) + 0.05 * held)
    expected = tape.gradient(loss, [users, items])
    value, gradients = bpr_loss(*both, (user, met, drawn), offsets, 0.1)
    assert value == pytest.approx(float(loss))
    for gradient, slopes in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, tf.convert_to_tensor(slopes).numpy(), atol=1e-12)


def test_the_gradient_of_bpr_is_that_of_finite_differences() -> None:
    both, codes, offsets = triples(40, seed=1)
    assert gradient_error(lambda x, y: bpr_loss(x, y, codes, offsets, 0.1), *both) < 1e-7


# --- Draws ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("negatives", ["uniform", "popularity"])
def test_draws_follow_their_shares_and_leave_out_what_was_met(
    negatives: _negatives.Negatives,
) -> None:
    counts = np.array([5, 0, 1, 2, 2])
    share = _negatives.shares(counts, negatives)
    expected = (
        np.array([5, 0, 1, 2, 2]) / 10 if negatives == "popularity" else [0.25, 0, *[0.25] * 3]
    )
    np.testing.assert_allclose(share, expected)
    met = sparse.csr_array(np.array([[0, 0, 0, 1, 0], [1, 1, 1, 1, 1]], np.float32))
    users = np.repeat(np.array([0, 1], np.int32), 20_000)
    drawn = _negatives.draw(users, met, share, np.random.default_rng(0))
    assert (drawn[users == 1] == -1).all()
    hashes = _hashing.id_hashes(np.arange(5))
    one = sparse.csr_array(met.toarray()[:1])
    hashed = _negatives.draw_from_histories(one, hashes, share, 20_000, seed=4).ravel()
    assert (hashed == -1).mean() == pytest.approx(share[3], abs=0.015)
    wanted = np.where(np.arange(5) == 3, 0, share)
    for found in (drawn[users == 0], hashed[hashed >= 0]):
        shares = np.bincount(found, minlength=5) / len(found)
        np.testing.assert_allclose(shares, wanted / wanted.sum(), atol=0.015)


def test_draws_of_a_history_depend_on_its_items_and_the_seed_alone() -> None:
    hashes, share = _hashing.id_hashes(LOG.catalogue.ids), np.full(40, 1 / 40)
    together = _negatives.draw_from_histories(MET, hashes, share, 6, seed=0)
    for row in (0, 17, 59):
        entries = slice(MET.indptr[row], MET.indptr[row + 1])
        alone = _negatives.draw_from_histories(MET[[row]], hashes, share, 6, seed=0)
        np.testing.assert_array_equal(alone, together[entries])
        own = set(MET.indices[entries].tolist())
        assert not own & set(alone[alone >= 0].tolist())
    other = _negatives.draw_from_histories(MET, hashes, share, 6, seed=1)
    assert (other != together).mean() > 0.8
    alike = together[MET.indptr[0] : MET.indptr[1]] == together[MET.indptr[1] : MET.indptr[1] + 1]
    assert alike.mean() < 0.5


# --- Logistic regression -------------------------------------------------------------------------


def test_newton_finds_what_scikit_learn_finds() -> None:
    rng = np.random.default_rng(0)
    features, weights = rng.standard_normal((80, 4)), rng.random(80) + 0.1
    labels = rng.random(80) < 1 / (1 + np.exp(-3 * features[:, 0]))
    peer = LogisticRegression(C=1 / 0.3, fit_intercept=False, tol=1e-10, max_iter=1_000)
    peer.fit(features, labels, sample_weight=weights)
    signed = np.where(labels, 1, -1)[:, None] * features
    found = _logistic.solve(signed, np.zeros(80), weights, np.full(4, 0.3))
    np.testing.assert_allclose(found, peer.coef_[0], atol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 50.0])
def test_newton_ends_where_the_gradient_is_zero(scale: float) -> None:
    """Also where all rows can be told apart, and where offsets are far from 0."""
    rng = np.random.default_rng(1)
    rows, offsets = scale * (rng.standard_normal((30, 5)) + 1), scale * rng.standard_normal(30)
    weights, penalty = rng.random(30), np.linspace(1e-3, 1, 5)
    x = _logistic.solve(rows, offsets, weights, penalty)
    wrong = 1 / (1 + np.exp(np.clip(rows @ x + offsets, -700, 700)))
    gradient = penalty * x - (weights * wrong) @ rows
    assert np.abs(gradient).max() < 1e-5 * np.abs(weights @ rows).max()


def test_nothing_to_learn_from_is_zero() -> None:
    found = _logistic.solve(np.zeros((0, 3)), np.zeros(0), np.zeros(0), np.ones(3))
    assert found.tolist() == [0, 0, 0]


# --- BPR -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("negatives", ["uniform", "popularity"])
def test_a_history_gets_the_vector_at_which_its_loss_is_flat(
    negatives: _negatives.Negatives,
) -> None:
    model = BPR(dim=3, negatives=negatives, regularisation=0.05, epochs=5).fit(LOG)
    histories = LOG.histories()
    folded = model._folded_in(histories).astype(np.float64)
    share = _negatives.shares(model.train_counts, negatives)
    drawn = _negatives.draw_from_histories(
        MET, _hashing.id_hashes(LOG.catalogue.ids), share, _negatives.PER_ITEM, model.seed
    )
    items = model.item_factors.astype(np.float64)
    for row in (0, 5, 33):
        n = MET.indptr[row + 1] - MET.indptr[row]
        gradient = 0.05 * n * folded[row]
        for entry in range(MET.indptr[row], MET.indptr[row + 1]):
            i = MET.indices[entry]
            for j in drawn[entry][drawn[entry] >= 0]:
                margin = folded[row] @ (items[i, :3] - items[j, :3]) + items[i, 3] - items[j, 3]
                margin -= log(share[i]) - log(share[j])
                gradient -= (items[i, :3] - items[j, :3]) / (1 + exp(margin)) / _negatives.PER_ITEM
        assert np.abs(gradient).max() < 1e-5
    expected = folded @ items[:, :3].T + items[:, 3]
    scores = model.score(histories)
    known = model.train_counts > 0
    np.testing.assert_allclose(scores[:, known], expected[:, known], atol=1e-5)


def test_whatever_is_drawn_the_biases_tell_the_popularity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without vectors (those that start at 0 stay there), scores are the log odds of being met."""
    monkeypatch.setattr(_epochs, "START", 0.0)
    share = np.arange(1, 41.0) ** -0.8 / 2
    users, items = np.nonzero(np.random.default_rng(0).random((2_000, 40)) < share)
    frame = pl.DataFrame({"user": users, "item": items})
    plain = Interactions.from_frame(frame, timestamp=None)
    for negatives in ("uniform", "popularity"):
        model = BPR(dim=1, regularisation=1e-4, negatives=negatives, epochs=60, batch_size=512)
        model.fit(plain)
        met = model.train_counts / plain.n_users
        wanted, found = np.log(met / (1 - met)), model.item_factors[:, -1]
        assert np.polyfit(wanted, found, 1)[0] == pytest.approx(1, abs=0.1), negatives
        assert np.corrcoef(wanted, found)[0, 1] > 0.98, negatives


def test_bpr_finds_the_tastes_that_made_the_log() -> None:
    made = synthetic(n_users=400, n_items=120, mean_length=20, order=0.0, seed=1).interactions
    split = leave_last_out(made, n_valid=1, n_test=1)
    models = {
        "BPR": BPR(dim=8, regularisation=0.02, batch_size=512).fit(split.train),
        "popularity": Popularity().fit(split.train),
    }
    report = evaluate(models, split.test)
    assert report.mean("BPR") > 1.15 * report.mean("popularity")
    curve = models["BPR"].curve
    assert [entry["epoch"] for entry in curve] == list(range(1, 23))
    assert curve[-1]["loss"] < 0.8 * curve[0]["loss"]


def test_who_met_everything_is_compared_with_nothing() -> None:
    frame = pl.DataFrame({"user": [1, 1, 1, 2], "item": ["a", "b", "c", "a"]})
    model = BPR(dim=2, epochs=2).fit(Interactions.from_frame(frame, timestamp=None))
    assert np.isfinite(model.score(model.histories([["a", "b", "c"], ["a"]]))).all()
    alone = BPR(dim=2).fit(Interactions.from_frame(frame[:3], timestamp=None))
    assert alone.curve[-1]["loss"] == 0


# --- Features ------------------------------------------------------------------------------------


def test_a_history_fits_the_regression_of_scikit_learn() -> None:
    model = FeatureLogistic(dim=5, regularisation=0.2).fit(LOG)
    found = model._weights(LOG.histories())
    share = _negatives.shares(model.train_counts, "uniform")
    drawn = _negatives.draw_from_histories(
        MET, _hashing.id_hashes(LOG.catalogue.ids), share, _negatives.PER_ITEM, model.seed
    )
    features = np.c_[model.features, np.ones(LOG.n_items)]
    for row in (0, 8, 21):
        entries = slice(MET.indptr[row], MET.indptr[row + 1])
        own, others = MET.indices[entries], drawn[entries][drawn[entries] >= 0]
        peer = LogisticRegression(C=1 / 0.2, fit_intercept=False, tol=1e-10, max_iter=1_000)
        peer.fit(
            features[np.r_[own, others]],
            np.r_[np.ones(len(own)), np.zeros(len(others))],
            sample_weight=np.r_[np.ones(len(own)), np.full(len(others), 1 / _negatives.PER_ITEM)],
        )
        np.testing.assert_allclose(found[row], peer.coef_[0], atol=1e-4)
    scores = model.score(LOG.histories())
    np.testing.assert_allclose(scores, found @ features.T, atol=1e-5)


@pytest.mark.parametrize("dim", [3, 500])
def test_words_weigh_what_the_scores_say(dim: int, tmp_path: Path) -> None:
    """Reduced or not, a score is the sum of the weights of the item's words; saving keeps them."""
    model = FeatureLogistic(dim=dim, min_items=1).fit(LOG)
    histories = LOG.histories().take([0, 8, 21])
    texts = item_text.words(LOG.catalogue.items, LOG.item_tags())
    vectors = item_text.tf_idf(texts, model.vocabulary, model.train_counts > 0)
    constant = model._weights(histories)[:, -1:]
    summed = model.word_weights(histories) @ vectors.T.toarray() + constant
    np.testing.assert_allclose(model.score(histories), summed, atol=1e-4)
    model.save(tmp_path / "words")
    again = load_recommender(tmp_path / "words")
    np.testing.assert_array_equal(again.word_weights(histories), model.word_weights(histories))
    with pytest.raises(ValueError, match="fit"):
        FeatureLogistic().word_weights(histories)


def test_words_find_the_items_of_a_taste() -> None:
    made = synthetic(n_users=200, n_items=80, mean_length=12, order=0.0, popularity=0.2, seed=1)
    split = leave_last_out(made.interactions, n_valid=1, n_test=1)
    report = evaluate(
        {
            "words": FeatureLogistic().fit(split.train),
            "popularity": Popularity().fit(split.train),
        },
        split.test,
    )
    assert report.mean("words") > 1.15 * report.mean("popularity")


def test_items_that_nobody_met_are_ranked_by_their_words() -> None:
    frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "c"]})
    kinds = pl.DataFrame(
        {"item": list("abcdef"), "kind": ["war", "war", "love", "love", "war", None]}
    )
    log_ = Interactions.from_frame(frame, timestamp=None, items=kinds)
    model = FeatureLogistic(min_items=1).fit(log_)
    scores = model.score(model.histories([["a"], ["c"]]))
    assert scores[0, 4] == pytest.approx(scores[0, 1])
    assert scores[0, 4] > scores[0, 3]
    assert scores[1, 3] > scores[1, 4]
    assert not model.features[5].any()


@pytest.mark.parametrize("dim", [64, 1])
def test_words_of_items_that_nobody_met_change_no_feature(dim: int) -> None:
    frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "c"]})
    features = []
    for other in ([["war"], ["war"]], [["love", "old"], ["love"]]):
        kinds = [["war", "old"], ["war"], ["love"], *other]
        items = pl.DataFrame({"item": list("abcde"), "kind": kinds})
        log = Interactions.from_frame(frame, timestamp=None, items=items)
        features.append(FeatureLogistic(dim=dim, min_items=1).fit(log).features[:3])
    np.testing.assert_array_equal(*features)
    assert features[0].shape == (3, min(dim, 3))


def test_nothing_to_read() -> None:
    frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"]})
    with pytest.raises(ValueError, match="no word stands in 2 of those with training rows"):
        FeatureLogistic().fit(Interactions.from_frame(frame, timestamp=None))


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BPR(dim=0), "dim must be a whole number"),
        (lambda: BPR(n_negatives=0), "n_negatives must be a whole number"),
        (lambda: BPR(regularisation=0), "regularisation must be positive"),
        (lambda: BPR(negatives="hard"), "negatives must be 'uniform' or 'popularity', not 'hard'"),
        (lambda: BPR(optimizer="preconditioned"), "there is no optimizer 'preconditioned'"),
        (lambda: BPR(learning_rate=-1), "learning_rate must be positive"),
        (lambda: FeatureLogistic(min_items=0), "min_items must be a whole number"),
        (lambda: FeatureLogistic(regularisation=0), "regularisation must be positive"),
        (lambda: FeatureLogistic(seed=-1), "seed must be a whole number from 0"),
    ],
)
def test_bad_settings(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
