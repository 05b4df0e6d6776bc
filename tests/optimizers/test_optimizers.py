"""The optimizers take the steps of Keras."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, strategies as st

from recsys_book.demonstrations.schedules import cosine_decay, warm_up
from recsys_book.demonstrations.walks import walk
from recsys_helpers import BPR, synthetic
from recsys_helpers.optimizers import rules
from recsys_helpers.optimizers.rules import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    LazyAdam,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
)

RULES = [SGD, Momentum, Nesterov, Adagrad, RMSProp, Adam, AdamW, LazyAdam]
# Ours, Keras', what it takes there for the same rule, and settings that float32 holds exactly
# (Keras rounds to it) by our name and by theirs.
PEERS = {
    "SGD": (SGD, "SGD", {}, {}),
    "momentum": (Momentum, "SGD", {"momentum": 0.9}, {"momentum": ("momentum", 0.75)}),
    "Nesterov": (
        Nesterov,
        "SGD",
        {"momentum": 0.9, "nesterov": True},
        {"momentum": ("momentum", 0.75)},
    ),
    "Adagrad": (
        Adagrad,
        "Adagrad",
        {},
        {"start": ("initial_accumulator_value", 0.5), "epsilon": ("epsilon", 2**-10)},
    ),
    "RMSProp": (
        RMSProp,
        "RMSprop",
        {},
        {"decay": ("rho", 0.75), "epsilon": ("epsilon", 2**-10)},
    ),
    "Adam": (
        Adam,
        "Adam",
        {},
        {
            "beta_1": ("beta_1", 0.75),
            "beta_2": ("beta_2", 1 - 2**-7),
            "epsilon": ("epsilon", 2**-10),
        },
    ),
    "AdamW": (
        AdamW,
        "AdamW",
        {},
        {"weight_decay": ("weight_decay", 2**-5), "beta_2": ("beta_2", 1 - 2**-7)},
    ),
}


def gradients(seed: int, n_steps: int) -> list[list[np.ndarray]]:
    """Draw gradients of a matrix and a vector, of very different lengths, some rows 0.

    None is long: Keras rounds its settings to float32, which shows on a long way.
    """
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(n_steps):
        matrix = rng.standard_normal((7, 3)) * 10.0 ** rng.integers(-6, 1, (7, 1))
        matrix[rng.random(7) < 0.4] = 0
        drawn.append([matrix, rng.standard_normal(4)])
    return drawn


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("rate", ["default", "own", "schedule"])
def test_steps_of_keras(name: str, rate: str) -> None:
    from recsys_helpers.recommenders.neural.backend import keras  # noqa: PLC0415

    ours, theirs, fixed, exact = PEERS[name]
    if rate == "default":
        rule, peer = ours(), getattr(keras.optimizers, theirs)(**fixed)
    else:
        own, other = 0.25, 0.25
        if rate == "schedule":
            own = warm_up(20, cosine_decay(0.02, steps=100, floor=0.1))
            other = keras.optimizers.schedules.CosineDecay(
                0.0, decay_steps=100, alpha=0.1, warmup_target=0.02, warmup_steps=20
            )
        rule = ours(learning_rate=own, **{key: value for key, (_, value) in exact.items()})
        settings = fixed | dict(exact.values())
        peer = getattr(keras.optimizers, theirs)(learning_rate=other, **settings)
    rng = np.random.default_rng(1)
    parameters = [rng.standard_normal((7, 3)), rng.standard_normal(4)]
    variables = [keras.Variable(parameter, dtype="float64") for parameter in parameters]
    for drawn in gradients(2, 120):
        rule.step(parameters, drawn)
        peer.apply_gradients(zip(drawn, variables, strict=True))
        for parameter, variable in zip(parameters, variables, strict=True):
            np.testing.assert_allclose(parameter, variable.numpy(), rtol=1e-6, atol=1e-6)


def test_lazy_adam_is_adam_on_the_steps_in_which_a_row_has_a_gradient() -> None:
    rule, plain = LazyAdam(learning_rate=0.1), Adam(learning_rate=0.1)
    lazy, alone = np.ones((2, 3)), np.ones((1, 3))
    rng = np.random.default_rng(0)
    for step in range(20):
        drawn = rng.standard_normal((2, 3))
        if step % 3:
            drawn[0] = 0
        before = lazy.copy(), {name: slot.copy() for name, slot in (rule.memory or [{}])[0].items()}
        rule.step([lazy], [drawn])
        plain.step([alone], [drawn[1:]])
        if step % 3:
            np.testing.assert_array_equal(lazy[0], before[0][0])
            for name, slot in rule.memory[0].items():
                np.testing.assert_array_equal(slot[0], before[1][name][0])
        else:
            assert (lazy[0] != before[0][0]).all()
        np.testing.assert_allclose(lazy[1:], alone, rtol=1e-12)


def test_adam_moves_a_row_on_after_its_gradient_stops() -> None:
    theta, rule = np.zeros((1, 1)), Adam(learning_rate=0.1)
    rule.step([theta], [np.ones((1, 1))])
    before = theta.copy()
    rule.step([theta], [np.zeros((1, 1))])
    assert theta[0, 0] < before[0, 0]


def test_a_row_without_a_gradient_rests_or_rolls_on() -> None:
    rolls = set()
    for rule in RULES:
        theta, made = np.zeros((2, 1)), rule(learning_rate=0.1)
        made.step([theta], [np.ones((2, 1))])
        before = theta[0, 0]
        made.step([theta], [np.array([[0.0], [1.0]])])
        if theta[0, 0] != before:
            rolls.add(rule.__name__)
    assert rolls == {"Momentum", "Nesterov", "Adam", "AdamW"}


def test_a_rule_of_ones_own_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, "mine", lambda rate: Adagrad(rate, start=0.0))
    log = synthetic(n_users=30, n_items=20, seed=0).interactions
    mine, theirs = (BPR(dim=2, epochs=1, optimizer=name).fit(log) for name in ("mine", "adagrad"))
    assert not np.allclose(mine.item_factors, theirs.item_factors)


@pytest.mark.parametrize("rule", RULES)
@given(curvature=st.lists(st.floats(0.5, 20), min_size=1, max_size=4), start=st.floats(0.1, 3))
def test_small_steps_go_downhill(
    rule: type[Optimizer], curvature: list[float], start: float
) -> None:
    slopes = np.array(curvature)
    points = walk(rule(learning_rate=1e-4), lambda x: slopes * x, np.full(len(slopes), start), 20)
    losses = (slopes * points**2).sum(axis=1)
    assert (np.diff(losses) < 0).all()


@pytest.mark.parametrize("rule", RULES)
def test_single_precision_stays_so(rule: type[Optimizer]) -> None:
    theta = np.ones((3, 2), np.float32)
    made = rule(learning_rate=0.1)
    made.step([theta], [np.ones((3, 2), np.float32)])
    assert theta.dtype == np.float32
    assert all(slot.dtype == np.float32 for slot in made.memory[0].values())


def test_gradient_descent_on_a_parabola_by_hand() -> None:
    """Each step of size η multiplies the distance by 1 − 2η; above η = 1 it grows."""
    assert walk(SGD(0.25), lambda x: 2 * x, [1.0], 3).ravel().tolist() == [1, 0.5, 0.25, 0.125]
    assert walk(SGD(1.5), lambda x: 2 * x, [1.0], 3).ravel().tolist() == [1, -2, 4, -8]


def test_what_a_step_refuses() -> None:
    rule = Adam()
    with pytest.raises(ValueError, match="1 gradients for 2 parameters"):
        rule.step([np.ones(2), np.ones(2)], [np.ones(2)])
    with pytest.raises(ValueError, match="shapes of parameter, gradient and memory differ"):
        rule.step([np.ones(2)], [np.ones((2, 1))])
    rule = Adam()
    rule.step([np.ones(2)], [np.ones(2)])
    with pytest.raises(ValueError, match="the first step had 1 parameters"):
        rule.step([np.ones(2), np.ones(2)], [np.ones(2), np.ones(2)])


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(0), "the learning rate must be positive, not 0"),
        (lambda: Momentum(momentum=1), "momentum must lie from 0 to below 1, not 1"),
        (lambda: Adagrad(start=-1), "start must be 0 or more"),
        (lambda: Adagrad(epsilon=0), "epsilon must be positive"),
        (lambda: RMSProp(decay=-0.1), "decay must lie from 0"),
        (lambda: Adam(beta_1=1.0), "beta_1 must lie"),
        (lambda: Adam(beta_2=float("nan")), "beta_2 must lie"),
        (lambda: AdamW(weight_decay=-1), "weight_decay must be 0 or more"),
    ],
)
def test_bad_settings(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_tensorflow_is_not_imported() -> None:
    code = (
        "import sys, recsys_helpers.optimizers; "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
