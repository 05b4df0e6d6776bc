"""Errors of predicted ratings against a loop, and what cannot be judged."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from recsys_helpers import (
    Interactions,
    Popularity,
    evaluate_ratings,
)
from recsys_helpers._types import F64, I32
from recsys_helpers.evaluation.ratings import RatingReport


class Stars:
    """Predicts one number for everything."""

    def __init__(self, value: float) -> None:
        self.value = value

    def predict(self, users: I32, items: I32) -> F64:
        return np.full(len(users), self.value)


def ratings_log(n_users: int = 30, n_items: int = 4) -> Interactions:
    random = np.random.default_rng(0)
    rows = [(u, i) for u in range(n_users) for i in range(n_items) if random.random() < 0.7]
    stars = random.integers(1, 6, len(rows)).astype(float)
    frame = pl.DataFrame(rows, schema=["user", "item"], orient="row")
    frame = frame.with_columns(pl.Series("rating", stars))
    return Interactions.from_frame(frame, timestamp=None, rating="rating")


UNRATED = Interactions.from_frame(
    pl.DataFrame({"user": ["u"] * 3, "item": list("abc")}), timestamp=None
)


def test_rating_errors_equal_a_loop() -> None:
    log = ratings_log()
    report = evaluate_ratings({"three": Stars(3), "both": [Stars(1), Stars(2)]}, log)
    stars = log.ratings.tolist()
    assert report.mean("three") == pytest.approx(
        math.sqrt(sum((3 - star) ** 2 for star in stars) / len(stars))
    )
    assert report.mean("three", "MAE") == pytest.approx(
        sum(abs(3 - star) for star in stars) / len(stars)
    )
    assert report.mean("both") == pytest.approx(
        math.sqrt(sum((v - star) ** 2 for v in (1, 2) for star in stars) / (2 * len(stars)))
    )
    mean, low, high = report.interval("three")
    assert low < mean < high
    assert report.compare_all().pairs[0].a == "three"
    single = evaluate_ratings({"three": Stars(3), "one": Stars(1)}, log)
    assert single.compare("three", "one").verdict == "better than"
    assert single.compare("one", "three", "MAE").verdict == "worse than"
    table = report.table()
    assert table.frame["model"].to_list() == ["three", "both"]
    assert table.frame["RMSE"][0] == f"{mean:.3f} [{low:.3f},\xa0{high:.3f}]"
    assert f"Averages over {len(log)} ratings of {log.n_users} users" in repr(table)
    assert report._repr_markdown_() == table._repr_markdown_()
    assert repr(report) == f"RatingReport: three, both on {len(log)} ratings"


def test_perfect_predictions_have_no_error_and_no_width() -> None:
    report = RatingReport(np.array([0, 1, 1]), {"m": np.zeros((1, 3)), "n": np.ones((1, 3))})
    assert report.interval("m") == (0, 0, 0)
    assert report.compare("m", "n").verdict == "better than"


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    ("models", "error", "message"),
    [
        ({}, ValueError, "no model"),
        ({"m": object()}, TypeError, "rating predictors with a method predict, but 'm' is object"),
        ({"m": Stars(math.nan)}, ValueError, "'m' must predict one finite number"),
    ],
)
def test_predictors_that_cannot_be_judged(
    models: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        evaluate_ratings(models, ratings_log())


class PopularStars(Popularity):
    """A recommender that predicts ratings too."""

    def predict(self, users: I32, items: I32) -> F64:
        return np.full(len(users), 3.0)


@pytest.mark.bad_input("splits and judgements")
def test_ratings_that_cannot_be_judged() -> None:
    log = ratings_log()
    with pytest.raises(ValueError, match="has no ratings"):
        evaluate_ratings({"m": Stars(3)}, UNRATED)
    with pytest.raises(ValueError, match="no ratings to judge on"):
        evaluate_ratings({"m": Stars(3)}, log.take([]))
    with pytest.raises(ValueError, match="is not fitted"):
        evaluate_ratings({"m": PopularStars()}, log)
    with pytest.raises(ValueError, match="'m' was fitted on another catalogue"):
        evaluate_ratings({"m": PopularStars().fit(UNRATED)}, log)
    assert evaluate_ratings({"m": PopularStars().fit(log)}, log).mean("m") > 0
    one = evaluate_ratings({"m": Stars(3)}, log.take(log.users == 0))
    assert one.table().frame["RMSE"][0] == f"{one.mean('m'):.3f}"
    with pytest.raises(KeyError, match="no model 'x'"):
        one.mean("x")
    with pytest.raises(ValueError, match="'RMSE' or 'MAE', not 'R2'"):
        one.mean("m", "R2")
    with pytest.raises(ValueError, match="two different models"):
        one.compare("m", "m")


@pytest.mark.bad_input("splits and judgements")
@pytest.mark.parametrize(
    ("users", "errors", "message"),
    [
        ([], {"m": np.empty((1, 0))}, "no ratings"),
        ([0], {}, "no model"),
        ([0], {"m": np.zeros((1, 2))}, "shape"),
        ([0], {"m": np.zeros(1)}, "shape"),
        ([0], {"m": np.array([[np.inf]])}, "finite"),
    ],
)
def test_errors_that_make_no_report(users: list[int], errors: dict[str, F64], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RatingReport(np.array(users), errors)
