"""Pictures of stochastic gradients show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.chapters.sgd import plots


def test_pairs_of_one_margin_share_a_dot_and_lie_above_the_step() -> None:
    margins = {"a over b": 1.0, "c over d": -2.0, "e over f": 1.0}
    (axes,) = plots.pair_losses(margins).figure.axes
    assert {text.get_text() for text in axes.texts} == {"a over b, e over f", "c over d"}
    step, curve, *dots = axes.lines
    at = {float(dot.get_xdata()[0]): float(dot.get_ydata()[0]) for dot in dots}
    assert at == pytest.approx({1.0: np.log2(1 + np.exp(-1)), -2.0: np.log2(1 + np.exp(2))})
    assert max(step.get_xdata()) == max(curve.get_xdata()) > 2
    assert all(value > (margin < 0) for margin, value in at.items())


def test_races_are_the_same_losses_over_epochs_and_seconds() -> None:
    curve = [{"epoch": i, "loss": 1 / i, "seconds": 0.5 * i} for i in (1, 2, 3)]
    left, right = plots.races({"small": curve}).figure.axes
    np.testing.assert_array_equal(left.lines[0].get_ydata(), right.lines[0].get_ydata())
    np.testing.assert_allclose(2 * right.lines[0].get_xdata(), left.lines[0].get_xdata())


def test_the_line_beside_the_noise_falls_by_the_root() -> None:
    cloud = {"batches": np.zeros((3, 2))}
    _, right = plots.gradient_noise(cloud, [4, 64], {"early": [8.0, 1.0]}).figure.axes
    half = next(line for line in right.lines if "slope" in str(line.get_label()))
    np.testing.assert_allclose(half.get_ydata(), [8.0, 2.0])


def test_words_stand_from_the_highest_weight_to_the_lowest() -> None:
    picture = plots.taste_words({"Ada": {"b": -1.0, "a": 2.0}, "Lin": {"c": 1.0}})
    first, second = picture.figure.axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["a", "b"]
    assert first.get_ylim()[0] > first.get_ylim()[1]
    assert [bar.get_width() for bar in second.patches] == [1.0]


def test_a_minus_is_written_in_numbers_and_not_in_words() -> None:
    alt = plots.taste_words({"Ada": {"genres:sci-fi": 2.0, "genres:film-noir": -1.0}}).alt
    assert "genres:sci-fi +2.0 … genres:film-noir −1.0" in alt
