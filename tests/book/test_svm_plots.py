"""What the pictures of margins compute before they draw."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.svm import SVR

from recsys_book.chapters.svm import plots
from recsys_book.demonstrations.boundary import boundary as boundary_of
from recsys_helpers import Interactions, LikeSVM, synthetic
from recsys_helpers.evaluation.comparisons import Comparison


def test_the_tube_is_that_of_the_other_ratings_mean() -> None:
    log = synthetic(n_users=60, n_items=20, seed=0).interactions
    item = int(np.bincount(log.items).argmax())
    means, stars = [], []
    for user in range(log.n_users):
        own = log.users == user
        here, there = own & (log.items == item), own & (log.items != item)
        if here.any() and there.any():
            means.append(float(log.ratings[there].mean()))
            stars.append(float(log.ratings[here][0]))
    x = np.array(means)[:, None]
    machine = SVR(C=1.0, gamma=1.0, epsilon=0.5).fit(x, stars)
    picture = plots.tube(log, item, epsilon=0.5)
    assert picture.alt.startswith(f"{len(stars)} ratings of ")
    assert f"; {len(machine.support_)} ratings are support" in picture.alt
    drawn = picture.figure.axes[0].lines[-1].get_xydata()
    np.testing.assert_allclose(drawn[:, 1], machine.predict(drawn[:, :1]), atol=1e-6)


def test_a_tube_needs_ratings() -> None:
    frame = pl.DataFrame({"user": [1, 2], "item": [1, 1]})
    with pytest.raises(ValueError, match="this log has none"):
        plots.tube(Interactions.from_frame(frame, timestamp=None), 0)


def test_the_largest_coefficients_are_shown_in_the_order_of_the_scores() -> None:
    words = [["war", "sea"], ["love", "sea"], ["war"], ["love"], ["sea"], ["war", "love"]]
    films = pl.DataFrame({"item": range(6), "title": [*"ABCDEF"], "genres": words})
    frame = pl.DataFrame({"user": [1] * 6, "item": range(6)})
    log = Interactions.from_frame(frame, timestamp=None, items=films)
    model = LikeSVM().fit(log)
    boundary = boundary_of(model, model.histories([list(range(6))], ratings=[[5, 1, 5, 1, 4, 2]]))
    picture = plots.support_vectors(boundary, n=2)
    shown = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    scores = dict(zip("ABCDEF", boundary.scores, strict=True))
    assert [scores[title] for title in shown] == sorted(scores[title] for title in shown)
    for kind in (True, False):
        largest = sorted(boundary.alphas[boundary.liked == kind])[-2:]
        drawn = ["ABCDEF".index(t) for t in shown if boundary.liked["ABCDEF".index(t)] == kind]
        assert sorted(boundary.alphas[drawn]) == largest


def test_the_greatest_loss_stands_on_top() -> None:
    lost = {
        "little": Comparison("all", "little", "NDCG@10", 0.001, -0.001, 0.003),
        "much": Comparison("all", "much", "NDCG@10", 0.03, 0.02, 0.04),
    }
    axes = plots.dropped(lost).figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["much", "little"]
