"""Pictures of descent: what they compute before they draw."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.chapters.gradient_descent import plots
from recsys_book.demonstrations.bowl import Bowl
from recsys_helpers.optimizers.rules import SGD

BOWL = Bowl(np.diag([1.0, 4.0]), np.array([2.0, 4.0]))


def test_bowls_say_what_is_left_of_the_loss() -> None:
    walks = {"right": BOWL.walk(SGD(0.4), 30), "too large": BOWL.walk(SGD(0.55), 30)}
    picture = plots.bowls({"steep": BOWL}, {"steep": walks}, ("a", "b"))
    share = BOWL.above(walks["too large"][-1]) / BOWL.above(walks["too large"][0])
    assert "steep, right: less than 0.1%" in picture.alt
    assert f"steep, too large: {share:,.0f} times" in picture.alt
    assert [ax.get_title() for ax in picture.figure.axes] == ["steep, right", "steep, too large"]


def test_errors_of_differences_are_relative() -> None:
    picture = plots.difference_errors([1e-3, 1e-2], {"one side": [2.2, 2.02]}, exact=2.0)
    (ax,) = picture.figure.axes
    assert ax.lines[0].get_ydata() == pytest.approx([0.1, 0.01])
    assert "best at ε = 1e-02" in picture.alt


def test_races_are_measured_from_the_lowest_loss_and_by_their_work() -> None:
    slow = [{"epoch": n, "loss": 1 + 1 / n} for n in (1, 2)]
    fast = [{"epoch": n, "loss": 1.0} for n in (1, 2)]
    picture = plots.descents({"slow": slow, "fast": fast}, {"slow": 1e6, "fast": 3e6})
    assert "slow ends 50.0% above after 2 epochs and 2 million multiplications" in picture.alt
    assert "fast ends 0.0% above after 2 epochs and 6 million multiplications" in picture.alt
    _, by_work = picture.figure.axes
    assert by_work.lines[0].get_xdata().tolist() == [1, 2]


def test_titles_on_a_map_do_not_cover_each_other() -> None:
    points = np.r_[np.zeros((20, 2)), [[1.0, 1.0]]]
    titles = [f"film {n}" for n in range(21)]
    picture = plots.film_map(points, titles, ["a"] * 21, "direction")
    (ax,) = picture.figure.axes
    written = [text.get_text() for text in ax.texts]
    assert "film 0" in written
    assert "film 20" in written
    assert len(written) < 8


def test_the_outermost_films_of_a_map_have_their_titles() -> None:
    points = [[0.0, 0.0], [1.0, 0.5], [1.001, 0.5], [0.5, 1.0]]
    picture = plots.film_map(points, ["left", "near", "right", "top"], ["a"] * 4, "direction")
    (ax,) = picture.figure.axes
    written = {text.get_text() for text in ax.texts}
    assert written >= {"left", "right", "top"}
    assert "from left (left) to right (right)" in picture.caption
