"""One user's machine minimises what it says, and the films that hold its boundary are named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from sklearn.svm import LinearSVC

from recsys_book.demonstrations.boundary import boundary
from recsys_helpers import Interactions, LikeSVM, synthetic

LOG = synthetic(n_users=40, n_items=30, mean_length=12, repeats=True, seed=2).interactions
HISTORIES = LOG.histories()


def objective(x: np.ndarray, signs: np.ndarray, cost: float):
    """Return ½ (‖w‖² + b²) + C Σ max(0, 1 − y f)² as a function of w and b together."""

    def value(both: np.ndarray) -> float:
        short = np.maximum(0, 1 - signs * (x @ both[:-1] + both[-1]))
        return 0.5 * both @ both + cost * (short**2).sum()

    return value


@pytest.mark.parametrize("cost", [0.3, 20.0])
def test_boundary_is_liblinears_and_the_minimum(cost: float) -> None:
    model = LikeSVM(cost=cost).fit(LOG)
    sides = []
    for row in range(8):
        weights, bias = model.hyperplane(HISTORIES, row)
        history = HISTORIES.take([row])
        liked = history.ratings >= 4
        signs = np.where(liked, 1.0, -1.0)
        x = model.vectors[history.items].toarray().astype(np.float64)
        both = np.r_[weights, bias]
        loss = objective(x, signs, cost)
        best = minimize(loss, np.zeros(len(both)), method="L-BFGS-B", options={"ftol": 1e-14})
        assert loss(both) <= best.fun * (1 + 1e-6)
        sides.append(len(set(signs)))
        if len(set(signs)) == 2:
            peer = LinearSVC(C=cost, dual=False, tol=1e-8, random_state=0).fit(x, signs)
            np.testing.assert_allclose(weights, peer.coef_[0], atol=1e-4)
            assert bias == pytest.approx(peer.intercept_[0], abs=1e-4)
    assert set(sides) == {1, 2}


def ruled() -> Interactions:
    """Draw a log in which each user likes some labels and dislikes the others."""
    rng = np.random.default_rng(0)
    labels = [[f"label {i}" for i in rng.choice(12, 3, replace=False)] for _ in range(60)]
    table = pl.DataFrame({"item": range(60), "title": [f"Film {i}" for i in range(60)]})
    tastes = rng.normal(size=(3, 12))
    has = np.array([[f"label {i}" in own for i in range(12)] for own in labels])
    users, items = np.divmod(np.arange(180), 60)
    stars = np.where((has[items] * tastes[users]).sum(axis=1) > 0, 5.0, 2.0)
    frame = pl.DataFrame({"user": users, "item": items, "rating": stars})
    return Interactions.from_frame(
        frame,
        timestamp="row order",
        rating="rating",
        items=table.with_columns(genres=pl.Series(labels)),
    )


def test_support_vectors_alone_make_the_boundary() -> None:
    log = ruled()
    model, histories = LikeSVM(cost=20.0).fit(log), log.histories()
    for row in range(3):
        found = boundary(model, histories, row)
        signs = np.where(found.liked, 1.0, -1.0)
        x = model.vectors[found.items].toarray()
        np.testing.assert_allclose(found.weights, (found.alphas * signs) @ x, atol=1e-4)
        assert found.bias == pytest.approx((found.alphas * signs).sum(), abs=1e-4)
        held = found.alphas > 0
        assert 5 < held.sum() < len(held) - 5
        ids = log.catalogue.ids[found.items[held]].tolist()
        stars = np.where(found.liked[held], 5.0, 1.0).tolist()
        again = boundary(model, model.histories([ids], ratings=[stars]))
        np.testing.assert_allclose(again.weights, found.weights, atol=1e-4)
        scores = model.score(histories[row : row + 1])[0, found.items]
        np.testing.assert_allclose(found.scores, scores, atol=1e-5)


def test_by_hand() -> None:
    """War liked, love not: w points from one to the other, and a third kind is on neither side."""
    films = pl.DataFrame(
        {
            "item": [1, 2, 3, 4, 5, 6],
            "title": ["A", "B", "C", "D", "E", "F"],
            "genres": [["War"], ["Love"], ["War"], ["Love"], ["Art"], ["Art"]],
        }
    )
    frame = pl.DataFrame({"user": [1] * 6, "item": [1, 2, 3, 4, 5, 6]})
    log = Interactions.from_frame(frame, timestamp=None, items=films)
    model = LikeSVM(cost=0.5).fit(log)
    ann = model.histories([[1, 2], []], ratings=[[5, 1], []])
    found = boundary(model, ann)
    assert found.margin == pytest.approx(2 / np.sqrt(0.5))
    assert repr(found) == "Boundary: 2 support vectors among 2 items, margin 2.83"
    assert found.liked.tolist() == [True, False]
    by_word = dict(zip(model.vocabulary.tolist(), found.weights.tolist(), strict=True))
    expected = {"genres:art": 0, "genres:love": -0.5, "genres:war": 0.5}
    assert by_word == pytest.approx(expected, abs=1e-6)
    scores = model.score(ann)
    np.testing.assert_allclose(scores, [[0.5, -0.5, 0.5, -0.5, 0, 0], [0] * 6], atol=1e-6)
    nobody = boundary(model, ann, 1)
    assert nobody.margin == np.inf
    assert len(nobody.alphas) == 0
    higher = LikeSVM(cost=0.5, like_from=5.5).fit(log)
    assert not boundary(higher, ann).liked.any()


def test_what_it_refuses() -> None:
    for settings, message in (
        ({"cost": 0}, "cost must be positive"),
        ({"like_from": float("nan")}, "like_from must be a rating"),
        ({"min_items": 0}, "min_items must be a whole number"),
    ):
        with pytest.raises(ValueError, match=message):
            LikeSVM(**settings)
    frame = pl.DataFrame({"user": [1, 2], "item": [1, 2]})
    with pytest.raises(ValueError, match="no word of item table or tags stands in 2 items"):
        LikeSVM().fit(Interactions.from_frame(frame, timestamp=None))
    model = LikeSVM().fit(LOG)
    with pytest.raises(ValueError, match="LikeSVM needs the ratings of each history"):
        model.hyperplane(model.histories([[int(LOG.catalogue.ids[0])]]))
