"""Learning rates that change, beside those of Keras."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recsys_book.demonstrations.schedules import constant, cosine_decay, exponential_decay, warm_up


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exponential_decay(1, factor=2, every=1), "factor must lie above 0"),
        (lambda: exponential_decay(1, factor=0.5, every=0), "every must be a whole number"),
        (lambda: cosine_decay(1, steps=5, floor=2), "floor must lie between 0 and 1"),
        (lambda: cosine_decay(-1, steps=5), "the learning rate must be positive"),
        (lambda: warm_up(1.5, constant(1)), "steps must be a whole number"),
    ],
)
def test_bad_settings(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_schedules_of_keras() -> None:
    from recsys_helpers.recommenders.neural.backend import keras  # noqa: PLC0415

    schedules = keras.optimizers.schedules
    pairs = [
        (exponential_decay(0.3, 0.5, 7), schedules.ExponentialDecay(0.3, 7, 0.5)),
        (
            exponential_decay(0.3, 0.5, 7, stairs=True),
            schedules.ExponentialDecay(0.3, 7, 0.5, staircase=True),
        ),
        (cosine_decay(0.3, 30, 0.2), schedules.CosineDecay(0.3, 30, alpha=0.2)),
    ]
    for ours, theirs in pairs:
        for step in range(40):
            assert ours(step) == pytest.approx(float(theirs(step)), rel=1e-5, abs=1e-7)
