"""Factor models by gradient descent equal loops, closed forms and finite differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from support.factor_problems import COLUMNS, LOG, RATINGS, ROWS, WEIGHTS, closed_form, drawn

from recsys_book.demonstrations.gradient_check import gradient_error
from recsys_helpers import (
    BiasedMF,
    Interactions,
    MatrixFactorization,
    Popularity,
    RatingBiases,
    evaluate,
    evaluate_ratings,
    leave_last_out,
    load_recommender,
    random_split,
    synthetic,
)
from recsys_helpers.recommenders.descent import _epochs
from recsys_helpers.recommenders.descent.losses import implicit_loss, rating_loss

# --- Losses and gradients ------------------------------------------------------------------------


def test_implicit_loss_over_every_pair() -> None:
    users, items = drawn(3)
    weights, expected = WEIGHTS.toarray(), 0.0
    for u in range(LOG.n_users):
        for i in range(LOG.n_items):
            score = float(users[u] @ items[i])
            expected += (1 + weights[u, i]) * ((weights[u, i] > 0) - score) ** 2
    for u in range(LOG.n_users):
        expected += 0.3 * np.count_nonzero(weights[u]) * float(users[u] @ users[u])
    for i in range(LOG.n_items):
        expected += 0.3 * np.count_nonzero(weights[:, i]) * float(items[i] @ items[i])
    loss, _ = implicit_loss(users, items, WEIGHTS, 0.3)
    assert loss == pytest.approx(expected / (2 * WEIGHTS.nnz), rel=1e-12)


def test_rating_loss_over_every_rating() -> None:
    users, items = drawn(4)
    ratings, expected = RATINGS.data - 3.0, 0.0
    for u, i, rating in zip(ROWS, COLUMNS, ratings, strict=True):
        score = users[u, 3] + items[i, 3] + float(users[u, :3] @ items[i, :3])
        held = float(users[u] @ users[u] + items[i] @ items[i])
        expected += (score - rating) ** 2 + 0.3 * held
    loss, _ = rating_loss(users, items, ROWS, COLUMNS, ratings, 0.3)
    assert loss == pytest.approx(expected / (2 * len(ROWS)), rel=1e-6)


@pytest.mark.parametrize("regularisation", [0.0, 0.3])
def test_gradients_are_those_of_finite_differences(regularisation: float) -> None:
    assert gradient_error(lambda x, y: implicit_loss(x, y, WEIGHTS, regularisation), *drawn(3)) < (
        1e-7
    )
    ratings = RATINGS.data.astype(np.float64) - 3
    some = np.r_[3, 3, 50:90]  # a rating may stand in a batch twice
    for part in (np.arange(len(ratings)), some):
        assert (
            gradient_error(
                lambda x, y, part=part: rating_loss(
                    x, y, ROWS[part], COLUMNS[part], ratings[part], regularisation
                ),
                *drawn(4),
            )
            < 1e-7
        )


def test_gradients_of_batches_average_to_the_whole() -> None:
    n = len(ROWS) // 6 * 6
    ratings, both = RATINGS.data.astype(np.float64) - 3, drawn(4)
    parts = list(_epochs.batches(n, n // 6, np.random.default_rng(0)))
    assert sorted(np.concatenate(parts)) == list(range(n))
    assert {len(part) for part in parts} == {n // 6}
    found = [rating_loss(*both, ROWS[p], COLUMNS[p], ratings[p], 0.1) for p in parts]
    loss, gradients = rating_loss(*both, ROWS[:n], COLUMNS[:n], ratings[:n], 0.1)
    assert np.mean([value for value, _ in found]) == pytest.approx(loss)
    for side in range(2):
        mean = np.mean([slopes[side] for _, slopes in found], axis=0)
        np.testing.assert_allclose(mean, gradients[side], atol=1e-12)


# --- The recommenders ----------------------------------------------------------------------------


@pytest.mark.parametrize("values", ["binary", "count", "rating"])
def test_a_known_user_folds_in_as_trained(values: str) -> None:
    model = MatrixFactorization(
        dim=3, alpha=2.0, regularisation=0.2, values=values, epochs=400
    ).fit(LOG)
    histories = LOG.histories()
    np.testing.assert_allclose(model._folded_in(histories), model.user_factors, atol=2e-3)
    weights = LOG.matrix(values).astype(np.float64) * 2
    both = model.user_factors.astype(np.float64), model.item_factors.astype(np.float64)
    loss, gradients = implicit_loss(*both, weights, 0.2)
    assert max(np.abs(gradient).max() for gradient in gradients) < 1e-5
    assert model.curve[-1]["loss"] == pytest.approx(loss, rel=1e-5)
    expected = closed_form(both[1], weights, 1 + weights.data, both[1].T @ both[1], np.full(3, 0.2))
    scores = np.where(model.train_counts > 0, expected @ both[1].T, -np.inf)
    np.testing.assert_allclose(model.score(histories), scores, atol=1e-4)


def test_a_known_user_of_ratings_folds_in_as_trained() -> None:
    model = BiasedMF(dim=3, regularisation=0.1, epochs=1_500).fit(LOG)
    histories = LOG.histories()
    np.testing.assert_allclose(model._folded_in(histories), model.user_factors, atol=5e-3)
    ratings = RATINGS.data.astype(np.float64) - model.mean
    both = model.user_factors.astype(np.float64), model.item_factors.astype(np.float64)
    loss, gradients = rating_loss(*both, ROWS, COLUMNS, ratings, 0.1)
    assert max(np.abs(gradient).max() for gradient in gradients) < 1e-5
    assert model.curve[-1]["loss"] == pytest.approx(loss, rel=1e-5)
    scores = model.score(histories)
    users, items = np.meshgrid(np.arange(LOG.n_users), np.flatnonzero(model.train_counts))
    np.testing.assert_allclose(
        scores[users, items].ravel(), predicted(model, users, items), atol=2e-2
    )


def predicted(model: BiasedMF, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Predict all pairs of a grid."""
    return model.predict(users.ravel().astype(np.int32), items.ravel().astype(np.int32))


def test_predictions_by_a_loop() -> None:
    split = random_split(LOG, test=0.3)
    model = BiasedMF(dim=2).fit(split.train)
    x, y, test = model.user_factors, model.item_factors, split.test_rows
    squares, sizes = 0.0, 0.0
    for user, item, rating in zip(test.users, test.items, test.ratings, strict=True):
        guess = float(model.mean) + x[user, 2] + y[item, 2]
        guess += x[user, 0] * y[item, 0] + x[user, 1] * y[item, 1]
        squares += (guess - rating) ** 2
        sizes += abs(guess - rating)
    report = evaluate_ratings({"it": model}, test)
    assert report.mean("it", "RMSE") == pytest.approx(np.sqrt(squares / len(test)), rel=1e-5)
    assert report.mean("it", "MAE") == pytest.approx(sizes / len(test), rel=1e-5)


def test_what_has_no_rating_gets_the_biases() -> None:
    frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rating": [5.0, 1.0, 4.0]})
    items = pl.DataFrame({"item": ["a", "b", "new"]})
    log = Interactions.from_frame(frame, timestamp=None, rating="rating", items=items)
    model = BiasedMF(dim=2, regularisation=0.1).fit(log)
    found = model.predict([-1, 0, -1], [0, 2, 2])
    mean, x, y = float(model.mean), model.user_factors, model.item_factors
    np.testing.assert_allclose(found, [mean + y[0, -1], mean + x[0, -1], mean], rtol=1e-6)
    assert not y[2].any()
    with pytest.raises(ValueError, match="items"):
        model.predict([0], [3])
    with pytest.raises(ValueError, match="users"):
        model.predict([2], [0])


def test_a_history_and_its_user_are_predicted_alike_after_loading(tmp_path) -> None:
    model = BiasedMF(dim=2).fit(LOG)
    model.save(tmp_path)
    users, items = LOG.users[:30], LOG.items[:30]
    np.testing.assert_array_equal(
        load_recommender(tmp_path).predict(users, items), model.predict(users, items)
    )


@pytest.mark.parametrize("make", [MatrixFactorization, BiasedMF])
@pytest.mark.parametrize(
    ("optimizer", "learning_rate"),
    [
        ("sgd", 3.0),
        ("momentum", 0.3),
        ("nesterov", 0.3),
        ("adagrad", 1.0),
        ("rmsprop", 0.003),
        ("adam", 0.02),
    ],
)
def test_every_rule_comes_near_the_preconditioned_loss(
    make: type, optimizer: str, learning_rate: float
) -> None:
    best = make(dim=4, epochs=150).fit(LOG).curve[-1]["loss"]
    model = make(dim=4, optimizer=optimizer, learning_rate=learning_rate, epochs=400).fit(LOG)
    assert model.curve[-1]["loss"] == pytest.approx(best, rel=0.03)
    assert model.curve[0]["loss"] > 1.1 * best


def test_mini_batches_reach_the_loss_of_all_data() -> None:
    whole = BiasedMF(dim=4, epochs=150).fit(LOG).curve[-1]["loss"]
    model = BiasedMF(
        dim=4, optimizer="sgd", learning_rate=1.0, batch_size=32, epochs=200, seed=1
    ).fit(LOG)
    assert model.curve[-1]["loss"] == pytest.approx(whole, rel=0.03)


@pytest.mark.parametrize("make", [MatrixFactorization, BiasedMF])
def test_the_trace(make: type) -> None:
    model = make(dim=3, epochs=6).fit(LOG)
    assert [entry["epoch"] for entry in model.curve] == [1, 2, 3, 4, 5, 6]
    for key, sign in (("loss", -1), ("seconds", 1)):
        assert (sign * np.diff([entry[key] for entry in model.curve]) > 0).all(), key


@pytest.mark.parametrize("make", [MatrixFactorization, BiasedMF])
def test_a_learning_rate_too_large_is_an_error(make: type) -> None:
    model = make(dim=4, optimizer="sgd", learning_rate=100.0, epochs=100)
    with pytest.raises(ValueError, match=r"beyond all bounds in epoch .*: lower"):
        model.fit(LOG)
    assert model.curve[0]["loss"] < model.curve[-1]["loss"]


def test_vectors_find_the_tastes_that_made_the_log() -> None:
    made = synthetic(n_users=400, n_items=120, mean_length=20, order=0.0, seed=1).interactions
    split = leave_last_out(made, n_valid=1, n_test=1)
    report = evaluate(
        {
            "vectors": MatrixFactorization(dim=8, regularisation=0.3).fit(split.train),
            "popularity": Popularity().fit(split.train),
        },
        split.test,
    )
    assert report.mean("vectors") > 1.15 * report.mean("popularity")


def test_vectors_add_to_biases_what_tastes_add_to_ratings() -> None:
    rng = np.random.default_rng(0)
    tastes, kinds = rng.standard_normal((150, 2)), rng.standard_normal((60, 2))
    users, items = np.nonzero(rng.random((150, 60)) < 0.4)
    ratings = 3 + (tastes[users] * kinds[items]).sum(1) + 0.3 * rng.standard_normal(len(users))
    frame = pl.DataFrame({"user": users, "item": items, "rating": ratings})
    split = random_split(Interactions.from_frame(frame, timestamp=None, rating="rating"), test=0.2)
    report = evaluate_ratings(
        {
            "vectors": BiasedMF(dim=4, regularisation=0.03, epochs=30).fit(split.train),
            "biases": RatingBiases().fit(split.train),
        },
        split.test_rows,
    )
    assert report.mean("vectors") < 0.5
    assert report.mean("biases") > 1.2


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MatrixFactorization(dim=0), "dim must be a whole number of at least 1"),
        (lambda: MatrixFactorization(alpha=0), "alpha must be positive"),
        (lambda: BiasedMF(regularisation=-1), "regularisation must be positive"),
        (lambda: BiasedMF(epochs=1.5), "epochs must be a whole number"),
        (
            lambda: BiasedMF(optimizer="sgd", learning_rate=1, batch_size=0),
            "batch_size must be a whole number of at least 1",
        ),
        (lambda: BiasedMF(batch_size=8), "a preconditioned step reads all ratings"),
        (lambda: BiasedMF(optimizer="sgd"), "optimizer='sgd' needs a learning_rate"),
        (lambda: MatrixFactorization(learning_rate=1), "a preconditioned step finds its own"),
        (lambda: MatrixFactorization(optimizer="newton"), "there is no optimizer 'newton'"),
        (lambda: BiasedMF(optimizer="adam", learning_rate=0), "learning_rate must be positive"),
        (lambda: MatrixFactorization(values="stars"), "values must be"),
    ],
)
def test_bad_settings(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_what_cannot_be_learnt_from() -> None:
    frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"], "rating": [0.0, 1.0]})
    bare = Interactions.from_frame(frame.drop("rating"), timestamp=None)
    with pytest.raises(ValueError, match="BiasedMF learns from ratings"):
        BiasedMF().fit(bare)
    log = Interactions.from_frame(frame, timestamp=None, rating="rating")
    with pytest.raises(ValueError, match="values='rating' must be positive"):
        MatrixFactorization(values="rating").fit(log)
