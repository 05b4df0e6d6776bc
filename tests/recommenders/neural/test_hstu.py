"""HSTU's parts compute what their formulas say, time moves nothing but what it should."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from support.small_networks import DIM, MAX_LEN, N_ITEMS, SMALL, SPLIT

from recsys_helpers import HSTU, Histories, Interactions, SASRec, leave_last_out
from recsys_helpers.recommenders.neural import training
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.hstu import HSTUNetwork, gap_buckets
from recsys_helpers.recommenders.neural.transformer import N_GAPS, Attention, rotated
from recsys_helpers.testing.contract import check_recommender

TRAIN, ASKED = SPLIT.train, SPLIT.test.histories
SASREC = {"attention": "softmax", "gate": False, "forward": 4 * DIM}
RNG = np.random.default_rng(5)


def small(**more: Any) -> HSTU:
    return HSTU(**SMALL | {"n_heads": 2} | more)


def shaken(network: Any) -> Any:
    """Move all weights away from where they start, some of them 0."""
    network(np.zeros((1, 1), np.int32))
    rng = np.random.default_rng(0)
    for weight in network.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.3, weight.shape).astype(np.float32))
    return network


@pytest.mark.parametrize(
    "changes",
    [
        {"time": "gaps", "loss": "sampled_softmax", "temperature": 0.1},
        {"time": "asked", "rotary": True, "distance": False},
        SASREC | {"time": "gaps", "norm": "post", "gate": True},
    ],
)
def test_it_keeps_the_contract(changes: dict) -> None:
    check_recommender(lambda: small(**changes))


# Blocks


def test_with_the_settings_of_sasrec_it_is_sasrec() -> None:
    network = shaken(small(**SASREC)._network(N_ITEMS))
    other = SASRec(**SMALL, n_heads=2)._network(N_ITEMS)
    other(np.zeros((1, 1), np.int32))
    other.set_weights(network.get_weights())
    codes = RNG.integers(0, N_ITEMS, (3, MAX_LEN), np.int32)
    np.testing.assert_allclose(network(codes), other(codes), rtol=1e-4, atol=1e-5)


def silu(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))


def normalised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)


@pytest.mark.parametrize("kind", ["softmax", "pointwise"])
@pytest.mark.parametrize("switches", [{}, {"gate": False}, {"distance": False}, {"timed": False}])
def test_attention_by_hand(kind: str, switches: dict) -> None:
    """A loop over heads, positions and what each of them sees."""
    timed = switches.get("timed", True)
    settings = {name: value for name, value in switches.items() if name != "timed"}
    layer = Attention(small(attention=kind, dim=6, **settings), seed=0, timed=timed)
    x = RNG.normal(size=(1, 5, 6)).astype(np.float32)
    times = np.array([[7, 7, 10, 60, 3600]])
    visible = np.tri(5, dtype=bool)
    gaps = gap_buckets(tf.constant(times), tf.constant(times)) if timed else None
    layer(x, visible, gaps)
    for weight in layer.weights:
        if "normalization" not in weight.path:
            weight.assign(RNG.normal(size=weight.shape))

    projected = x[0] @ layer.project.kernel.numpy() + layer.project.bias.numpy()
    q, k, v = np.split(silu(projected) if kind == "pointwise" else projected, 3, axis=1)
    gathered = np.zeros((5, 6))
    for head, columns in enumerate((slice(0, 3), slice(3, 6))):
        for t in range(5):
            logits = []
            for s in range(t + 1):
                logit = q[t, columns] @ k[s, columns]
                if kind == "softmax":
                    logit /= np.sqrt(3)
                if settings.get("distance", True):
                    logit += layer.distances.numpy()[t - s, head]
                if timed:
                    bucket = int(times[0, t] - times[0, s]).bit_length()
                    logit += layer.gaps.numpy()[bucket, head]
                logits.append(logit)
            weights = silu(np.array(logits)) / (t + 1)
            if kind == "softmax":
                weights = np.exp(logits) / np.exp(logits).sum()
            gathered[t, columns] = weights @ v[: t + 1, columns]
    if kind == "pointwise":
        gathered = normalised(gathered)
    if settings.get("gate", True):
        gathered *= silu(x[0] @ layer.gate.kernel.numpy() + layer.gate.bias.numpy())
    expected = gathered @ layer.merge.kernel.numpy() + layer.merge.bias.numpy()
    np.testing.assert_allclose(layer(x, visible, gaps)[0], expected, rtol=1e-3, atol=1e-3)


@given(power=st.integers(0, 44), more=st.sampled_from([-1, 0, 1]), start=st.integers(-9, 2**62))
def test_a_bucket_is_as_wide_as_all_before_it(power: int, more: int, start: int) -> None:
    gap = 2**power + more
    times = tf.constant([[start, start + gap]], tf.int64)
    assert gap_buckets(times, times).numpy()[0].tolist() == [[0, 0], [gap.bit_length(), 0]]


def test_the_longest_gap_has_a_bucket() -> None:
    times = tf.constant([[-1, 2**63 - 2]], tf.int64)
    assert gap_buckets(times, times).numpy()[0, 1, 0] == N_GAPS - 1


def test_two_positions_are_as_far_apart_in_time_as_the_question_says() -> None:
    times, asked = tf.constant([[10, 20]], tf.int64), tf.constant([[20, 1044]], tf.int64)
    assert gap_buckets(times, asked).numpy()[0].tolist() == [[4, 0], [11, 11]]


def test_only_the_distance_of_two_turned_vectors_counts() -> None:
    q, k = RNG.normal(size=(2, 6)).astype(np.float32)
    here = np.zeros((1, 1, 20, 6), np.float32)
    turned_q, turned_k = rotated(here + q).numpy()[0, 0], rotated(here + k).numpy()[0, 0]
    dots = turned_q @ turned_k.T
    for distance in (-3, 0, 1, 4, 11):
        diagonal = np.diagonal(dots, -distance)
        np.testing.assert_allclose(diagonal, diagonal[0], rtol=1e-3, atol=1e-4)
    assert np.ptp(dots[-1]) > 0.1
    as_complex = (q[:3] + 1j * q[3:]) * np.exp(7j * 10_000.0 ** (-2 * np.arange(3) / 6))
    by_hand = np.concatenate([as_complex.real, as_complex.imag])
    np.testing.assert_allclose(turned_q[7], by_hand, rtol=1e-4, atol=1e-5)


def test_turning_tells_the_order() -> None:
    blind = {"distance": False}
    codes = np.array([[3, 1, 4, 1, 5], [1, 4, 3, 1, 5]], np.int32)
    for rotary in (False, True):
        states = shaken(small(**blind, rotary=rotary, n_blocks=1)._network(N_ITEMS))(codes)
        same = np.allclose(states[0, -1], states[1, -1], atol=1e-5)
        assert same is not rotary


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_where_it_is_normalised(norm: str) -> None:
    """After the last block either way; only "post" leaves no sum without one."""
    network = small(**SASREC, norm=norm, n_blocks=1)._network(N_ITEMS)
    codes = RNG.integers(0, N_ITEMS, (2, 6), np.int32)
    states = network(codes).numpy()
    np.testing.assert_allclose(states.mean(-1), 0, atol=1e-5)
    np.testing.assert_allclose(states.var(-1), 1, rtol=1e-2)
    block = network.encoder.blocks[0]
    x = RNG.normal(2.0, 3.0, (2, 6, DIM)).astype(np.float32)
    visible = np.tri(6, dtype=bool)
    inside, attended = x, block.attention(x, visible).numpy()
    if norm == "pre":
        attended = block.attention(block.attention_norm(x), visible).numpy()
        middle = inside + attended
        expected = middle + block.narrow(block.widen(block.forward_norm(middle)))
    else:
        middle = block.attention_norm(inside + attended)
        expected = block.forward_norm(middle + block.narrow(block.widen(middle)))
    np.testing.assert_allclose(block(x, visible), expected, rtol=1e-4, atol=1e-5)


def test_with_a_temperature_scores_are_cosines() -> None:
    model = small(temperature=0.2, epochs=1).fit(TRAIN)
    scores = model.score(ASKED)
    vectors = model.network.items.numpy()
    codes = np.concatenate([ASKED[0][-MAX_LEN:]])[None]
    state = model.network(codes).numpy()[0, -1]
    np.testing.assert_allclose(np.linalg.norm(state), 5, rtol=1e-4)
    expected = 5 * (vectors @ state) / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(state))
    np.testing.assert_allclose(scores[0], expected, rtol=1e-3, atol=1e-4)


# Time


@pytest.fixture(scope="module")
def timed() -> dict[str, HSTU]:
    """Fit a model for each setting of time, and move all weights, so that each gap counts."""
    models = {name: small(time=name, epochs=1).fit(TRAIN) for name in ("none", "gaps", "asked")}
    for model in models.values():
        shaken(model.network)
    return models


def questions() -> Histories:
    """Return three histories with times far apart, and asked about later."""
    items = np.array([3, 1, 4, 1, 5, 9, 2, 6], np.int32)
    times = np.array([0, 60, 4000, 4000, 10**6, 50, 51, 10**5])
    at = np.array([2 * 10**6, 10**5 + 5, 77])
    return Histories(TRAIN.catalogue, [0, 5, 8, 8], items, times, at=at, time_unit=TRAIN.time_unit)


def test_they_need_what_they_read(timed: dict[str, HSTU]) -> None:
    assert {name: sorted(model.needs) for name, model in timed.items()} == {
        "none": [],
        "gaps": ["times"],
        "asked": ["at", "times"],
    }
    assert {model.settings()["time"] for model in timed.values()} == set(timed)


@pytest.mark.parametrize("name", ["gaps", "asked"])
def test_moving_all_times_by_a_constant_changes_nothing(name: str, timed: dict) -> None:
    asked = questions()
    moved = replace(asked, times=asked.times + 10**9 + 7, at=asked.at + 10**9 + 7)
    for method in (timed[name].score, timed[name].score_positions):
        assert np.array_equal(method(asked), method(moved))


@pytest.mark.parametrize("name", ["gaps", "asked"])
def test_what_time_moves(name: str, timed: dict) -> None:
    model, asked = timed[name], questions()
    times = asked.times.copy()
    times[0] = -(10**7)
    earlier = replace(asked, times=times)
    assert not np.allclose(model.score(earlier)[0], model.score(asked)[0], atol=1e-6)
    later = replace(asked, at=asked.at * 10)
    changed = not np.allclose(model.score(later)[0], model.score(asked)[0], atol=1e-6)
    assert changed is (name == "asked")


@pytest.mark.parametrize("name", ["gaps", "asked"])
def test_later_times_never_change_the_past(name: str, timed: dict) -> None:
    asked = questions()
    times = asked.times.copy()
    times[3:5] += 10**7
    before, after = (
        timed[name].score_positions(each)
        for each in (asked, replace(asked, times=times, at=asked.at + 10**7))
    )
    first_changed = {"gaps": 3, "asked": 2}[name]  # position 2 is asked when item 3 is met
    assert np.array_equal(before[:first_changed], after[:first_changed])
    assert not np.allclose(before[first_changed], after[first_changed], atol=1e-6)


@pytest.mark.parametrize("name", ["none", "gaps", "asked"])
def test_users_in_another_order_have_the_same_scores(name: str, timed: dict) -> None:
    order = np.random.default_rng(3).permutation(len(ASKED))
    scores = timed[name].score(ASKED)
    np.testing.assert_allclose(timed[name].score(ASKED.take(order)), scores[order], atol=1e-5)


def test_a_score_is_that_of_the_network_told_the_times(timed: dict) -> None:
    asked = questions().take([0])
    codes, times = asked.items[None], asked.times[None]
    now = np.append(times[:, 1:], asked.at[None], axis=1)
    for name, told in {"none": (), "gaps": (times,), "asked": (times, now)}.items():
        network = timed[name].network
        state = network.states(codes, network.item_vectors(), False, *told).numpy()[0, -1]
        expected = network.items.numpy() @ state
        np.testing.assert_allclose(timed[name].score(asked)[0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["gaps", "asked"])
def test_a_step_learns_about_the_gaps_of_its_windows(name: str) -> None:
    """Buckets that never occur keep the 0 with which they start."""
    items = np.arange(12, dtype=np.int32) % 5
    times = np.array([0, 1, 2, 3, 100, 101, 0, 2, 4, 6, 8, 10])
    log = Interactions.from_frame(
        pl.DataFrame({"user": np.repeat([1, 2], 6), "item": items, "timestamp": times})
    )
    model = small(time=name, n_blocks=1, epochs=1, dropout=0.0).fit(log)
    learnt = np.flatnonzero(model.network.encoder.blocks[0].attention.gaps.numpy().any(axis=1))
    found = set()
    for user in (times[:6], times[6:]):
        for t in range(5):  # the last item is no input
            now = user[t + (name == "asked")]
            found |= {int(now - user[s]).bit_length() for s in range(t + 1)}
    assert learnt.tolist() == sorted(found)


def test_knowing_when_somebody_is_asked_is_worth_something() -> None:
    """The next item says whether the pause before it was long, and nothing else does.

    A softmax drops what is added to all its logits, so this is for pointwise attention.
    """
    rng = np.random.default_rng(0)
    long = rng.random((60, 20)) < 0.5
    frame = pl.DataFrame(
        {
            "user": np.repeat(np.arange(60), 20),
            "item": np.where(long, 2, 0).ravel() + rng.integers(0, 2, 1200),
            "timestamp": np.where(long, 100_000, 10).cumsum(axis=1).ravel(),
        }
    )
    split = leave_last_out(Interactions.from_frame(frame), n_valid=0, n_test=1, order_ties="file")
    right = {}
    for name in ("gaps", "asked"):
        settings = {"epochs": 25, "learning_rate": 0.02, "dropout": 0.0, "n_blocks": 1}
        model = small(**settings, attention="pointwise", time=name).fit(split.train)
        best = model.score(split.test.histories).argmax(axis=1)
        right[name] = np.mean(best // 2 == split.test.targets // 2)
    assert right["asked"] > 0.9
    assert right["gaps"] < 0.75


def test_xla_computes_the_same_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def fitted() -> HSTU:
        return small(time="asked", n_blocks=1, dropout=0.0, epochs=1).fit(TRAIN)

    plain = fitted()
    monkeypatch.setattr(training, "xla", lambda network: True)
    fused = fitted()
    assert fused.curve[0]["loss"] == pytest.approx(plain.curve[0]["loss"], rel=1e-4)
    np.testing.assert_allclose(fused.score(ASKED), plain.score(ASKED), rtol=1e-2, atol=1e-2)


# Refusals


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"time": "at"}, "time must be 'none', 'gaps' or 'asked', not 'at'"),
        ({"attention": "linear"}, "attention must be 'softmax' or 'pointwise', not 'linear'"),
        ({"norm": "both"}, "norm must be 'pre' or 'post', not 'both'"),
        ({"temperature": 0}, "temperature must be positive"),
        ({"forward": 0}, "forward must be a whole number of at least 1"),
        ({"dim": 9, "n_heads": 2}, "n_heads must divide dim"),
        ({"dim": 6, "n_heads": 2, "rotary": True}, "dim / n_heads must be even, but it is 3"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HSTU(**settings)


ROWS = pl.DataFrame({"user": [1, 1, 2, 2], "item": [1, 2, 1, 2]})


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize("timestamp", [None, "row order"])
def test_a_log_without_times_is_refused(timestamp: str | None) -> None:
    log = Interactions.from_frame(ROWS, timestamp=timestamp)
    with pytest.raises(ValueError, match=r"HSTU\(time='gaps'\) reads how much time .* has no tim"):
        small(time="gaps").fit(log)


def test_the_network_is_that_of_the_settings() -> None:
    assert isinstance(small()._network(N_ITEMS), HSTUNetwork)
    assert [small(time=name)._network(3).n_times for name in ("none", "gaps", "asked")] == [0, 1, 2]
