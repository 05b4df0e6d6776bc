"""Rating regression equals loops: features without the row's own rating, and errors."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from recsys_helpers import (
    Interactions,
    RatingBiases,
    RatingSVR,
    evaluate_ratings,
    random_split,
    synthetic,
)

MADE = synthetic(n_users=30, n_items=25, mean_length=10, repeats=True, seed=4).interactions
LOG = MADE.take(np.lexsort((MADE.ratings, MADE.items, MADE.users)))
LAMBDA = 3.0


def model(**settings: object) -> RatingSVR:
    return RatingSVR(regularisation=LAMBDA, n_folds=LOG.n_users, kernel="linear", **settings)


def one_by_one(found: RatingSVR, items, codes: list[int], ratings: list[float], item: int) -> list:
    """Return the features of a user who gave some ratings, and an item."""
    n = len(codes)
    ahead = [r - items.mean - items.item_biases[i] for i, r in zip(codes, ratings, strict=True)]
    bias = sum(ahead) / (n + LAMBDA)
    products = []
    for vectors in (items.tastes, items.texts):
        taste = np.zeros(vectors.shape[1])
        for i, a in zip(codes, ahead, strict=True):
            taste += (a - bias) * vectors[i] / (n + LAMBDA)
        products.append(float(taste @ vectors[item]))
    return [bias, items.item_biases[item], *products, log(1 + n), log(1 + items.item_counts[item])]


def check_examples(made: RatingSVR) -> None:
    x, errors = made.examples(LOG)
    by_user = [made._learnt_items(LOG.take(LOG.users != user)) for user in range(LOG.n_users)]
    for row, (user, item) in enumerate(zip(LOG.users, LOG.items, strict=True)):
        items = by_user[user]
        others = [r for r in np.flatnonzero(LOG.users == user) if r != row]
        codes, ratings = LOG.items[others].tolist(), LOG.ratings[others].tolist()
        np.testing.assert_allclose(x[row], one_by_one(made, items, codes, ratings, item), atol=1e-6)
        assert errors[row] == pytest.approx(LOG.ratings[row] - items.mean)


def test_a_row_is_described_without_its_own_rating() -> None:
    check_examples(model())


def test_a_rating_that_finds_itself_would_be_seen() -> None:
    made = model()
    learnt = made._learnt_users
    made._learnt_users = lambda *args, without_own=False: (
        learnt(*args) if not without_own else with_own(learnt, *args)
    )
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check_examples(made)


def with_own(learnt, items, rows, n_users, codes, ratings):
    """Describe each row by all rows of its user."""
    whole = learnt(items, rows, n_users, codes, ratings)
    return type(whole)(*(array[rows] for array in whole))


def test_own_rating_moves_no_own_feature() -> None:
    """Change one rating: the features of its row stay, those of the user's other rows move."""
    before, _ = model().examples(LOG)
    ratings = LOG.ratings.copy()
    ratings[7] += 2
    after, _ = model().examples(replace(LOG, ratings=ratings))
    np.testing.assert_allclose(before[7], after[7], atol=1e-12)
    others = np.flatnonzero((LOG.users == LOG.users[7]) & (np.arange(len(LOG)) != 7))
    assert len(others)
    assert (np.abs(before[others, 0] - after[others, 0]) > 0.1).all()


def test_vectors_of_items_are_the_root_of_what_they_share() -> None:
    """With all dimensions, (V Vᵀ)² is the Gram matrix of the rests."""
    made = model(dim=25)
    items = made._learnt_items(LOG)
    biases = RatingBiases(LAMBDA).fit(LOG)
    rests = np.zeros((LOG.n_users, LOG.n_items))
    np.add.at(rests, (LOG.users, LOG.items), LOG.ratings - biases.predict(LOG.users, LOG.items))
    shared = items.tastes @ items.tastes.T
    np.testing.assert_allclose(shared @ shared, rests.T @ rests, atol=1e-6)
    np.testing.assert_allclose(items.item_biases, biases.item_biases)
    assert items.texts.shape[1] > 0


def test_fit_minimises_what_it_says_and_predicts_with_it() -> None:
    made = model(cost=50.0, epsilon=0.3).fit(LOG)
    x, errors = made.examples(LOG)
    z = (x - x.mean(axis=0)) / x.std(axis=0)

    def loss(both: np.ndarray) -> float:
        beyond = np.maximum(0, np.abs(errors - z @ both[:-1] - both[-1]) - 0.3)
        return 0.5 * both @ both + 50.0 * (beyond**2).mean()

    best = minimize(loss, np.zeros(7), method="L-BFGS-B", options={"ftol": 1e-14})
    assert loss(np.r_[made.weights, made.bias]) <= best.fun * (1 + 1e-5)
    items = made._learnt_items(LOG)
    users, codes = [3, 0, -1, 9], [4, 11, 2, 0]
    found = made.predict(users, codes)
    for user, item, rating in zip(users, codes, found, strict=True):
        rows = np.flatnonzero(LOG.users == user)
        own = one_by_one(made, items, LOG.items[rows].tolist(), LOG.ratings[rows].tolist(), item)
        z = (np.array(own) - x.mean(axis=0)) / x.std(axis=0)
        assert rating == pytest.approx(items.mean + z @ made.weights + made.bias, abs=1e-6)


@pytest.mark.parametrize("kernel", ["linear", "fourier", "nystroem"])
def test_a_history_is_scored_by_the_ratings_it_predicts(kernel: str) -> None:
    made = RatingSVR(kernel=kernel, n_components=20).fit(LOG)
    scores = made.score(LOG.histories())
    met = np.flatnonzero(np.bincount(LOG.items, minlength=LOG.n_items))
    for user in (0, 5):
        expected = made.predict(np.full(len(met), user), met)
        np.testing.assert_allclose(scores[user, met], expected, atol=1e-5)


def test_errors_are_those_of_a_loop() -> None:
    split = random_split(LOG, seed=1)
    made = RatingSVR().fit(split.train)
    report = evaluate_ratings({"it": made}, split.test_rows)
    squares = 0.0
    for user, item, stars in zip(
        split.test_rows.users, split.test_rows.items, split.test_rows.ratings, strict=True
    ):
        squares += (made.predict([user], [item])[0] - stars) ** 2
    assert report.mean("it", "RMSE") == pytest.approx((squares / len(split.test_rows)) ** 0.5)


def test_what_it_refuses() -> None:
    for settings, message in (
        ({"cost": 0}, "cost must be positive"),
        ({"regularisation": -1}, "regularisation must be positive"),
        ({"epsilon": -0.1}, "epsilon must be 0 or more"),
        ({"dim": 0}, "dim must be a whole number of at least 1"),
        ({"n_folds": 1}, "n_folds must be a whole number of at least 2"),
        ({"kernel": "rbf"}, "kernel must be"),
    ):
        with pytest.raises(ValueError, match=message):
            RatingSVR(**settings)
    frame = pl.DataFrame({"user": [1, 1], "item": ["a", "b"], "rating": [1.0, 2.0]})
    with pytest.raises(ValueError, match="this log has none"):
        RatingSVR().fit(Interactions.from_frame(frame, timestamp=None))
    with pytest.raises(ValueError, match="give it two users"):
        RatingSVR().fit(Interactions.from_frame(frame, timestamp=None, rating="rating"))
    with pytest.raises(ValueError, match=r"users \+ 1"):
        RatingSVR().fit(LOG).predict([LOG.n_users], [0])
