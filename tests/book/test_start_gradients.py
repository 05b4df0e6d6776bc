"""Gradients before training: they fall with depth where states are normalised before a part."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.start_gradients import start_gradients


def test_before_they_fall_as_one_over_the_root_and_after_they_stay() -> None:
    before, after = (start_gradients(norm, [1, 4], 0.1, dim=32) for norm in ("pre", "post"))
    assert before[1] / before[0] == pytest.approx(0.5, abs=0.15)
    assert after[1] / after[0] == pytest.approx(1, abs=0.2)


def test_small_weights_hardly_change_what_passes() -> None:
    sizes = start_gradients("pre", [1, 4], 0.02, dim=32)
    assert sizes[1] / sizes[0] == pytest.approx(1, abs=0.1)


def test_shallower_stacks_are_the_first_blocks() -> None:
    deep = start_gradients("post", [1, 2], 0.1, dim=16)
    np.testing.assert_allclose(start_gradients("post", [1, 2], 0.1, dim=16), deep)
    assert np.all(deep > 0)
