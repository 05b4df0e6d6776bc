"""TIGER's probabilities are exact, sum to 1 and see no future; its beam finds what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.small_networks import DIM, MAX_LEN, N_ITEMS, SMALL, SPLIT

from recsys_helpers import (
    TIGER,
    Catalogue,
    Histories,
    Interactions,
    Popularity,
    evaluate,
    leave_last_out,
    load_recommender,
    synthetic,
)
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.testing.contract import check_recommender

N_TOKENS = 3
CATALOGUE = SPLIT.train.catalogue
OFFSETS = np.array([0, 3, 6])
ASKED = SPLIT.test.histories[:12]


def small(**more: Any) -> TIGER:
    return TIGER(**SMALL | {"n_codes": 3, "n_levels": N_TOKENS - 1, "n_heads": 2} | more)


def with_vectors(log: Interactions, vectors: list) -> Interactions:
    """Return the same log with a column of vectors in its item table."""
    table = log.catalogue.items.with_columns(pl.Series("taste", vectors))
    return Interactions(Catalogue(table), log.user_ids, log.users, log.items, log.times)


def shaken(model: TIGER) -> TIGER:
    """Return the model with weights that are not near zero."""
    rng = np.random.default_rng(0)
    for weight in model.network.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.3, weight.shape).astype(np.float32))
    return model


@pytest.fixture(scope="module")
def model() -> TIGER:
    return shaken(small(n_blocks=2, epochs=1).fit(SPLIT.train))


@pytest.fixture(scope="module")
def exact(model: TIGER) -> np.ndarray:
    return model.score(ASKED)


@pytest.mark.parametrize("prefix_vectors", [True, False])
def test_it_keeps_the_contract(prefix_vectors: bool) -> None:
    check_recommender(lambda: small(prefix_vectors=prefix_vectors))


# Scores


def test_the_probabilities_of_all_items_sum_to_1(exact: np.ndarray) -> None:
    np.testing.assert_allclose(np.exp(exact.astype(np.float64)).sum(axis=1), 1, rtol=1e-5)


def vectors_of(model: TIGER) -> dict[tuple, np.ndarray]:
    """Return the vector of each beginning of an id: of its last token, and its own."""
    tokens, own = model.network.items.numpy(), model.network.prefixes
    found = {}
    for item, id_ in enumerate(model.ids):
        for l in range(N_TOKENS):
            vector = tokens[OFFSETS[l] + id_[l]]
            if own is not None:
                vector = vector + own.numpy()[model.prefixes[item, l]]
            found[tuple(id_[: l + 1])] = vector
    return found


def log_factors(model: TIGER, history: np.ndarray, item: int) -> list[float]:
    """Return the logarithms of the probabilities of each token of an item's id, by hand.

    Each is a softmax over the tokens with which some id goes on.
    """
    vectors, id_ = vectors_of(model), tuple(model.ids[item])
    read = model.prefixes[history[-MAX_LEN:]].ravel()
    states = model.network(np.append(read, model.prefixes[item])[None]).numpy()[0]
    factors = []
    for l in range(N_TOKENS):
        logits = {
            beginning: vector @ states[len(read) + l - 1]
            for beginning, vector in vectors.items()
            if len(beginning) == l + 1 and beginning[:l] == id_[:l]
        }
        factors.append(logits[id_[: l + 1]] - np.logaddexp.reduce(list(logits.values())))
    return factors


@pytest.mark.parametrize("prefix_vectors", [True, False])
def test_scores_are_those_of_every_id_written_out(prefix_vectors: bool) -> None:
    model = shaken(small(n_blocks=2, epochs=1, prefix_vectors=prefix_vectors).fit(SPLIT.train))
    for history, scores in zip(ASKED[:2], model.score(ASKED[:2]), strict=True):
        for item in range(N_ITEMS):
            expected = sum(log_factors(model, history, item))
            assert scores[item] == pytest.approx(expected, abs=1e-4)


def test_it_learns_from_the_probabilities_with_which_it_writes(model: TIGER) -> None:
    history = ASKED[0][-4:]
    codes, targets, lengths = model._windows(
        model.histories([CATALOGUE.ids[history].tolist()]),
        np.random.default_rng(0),
    )
    length = lengths[0]
    states = model.network(codes[:, :length])[0]  # (l, dim)
    taught = np.flatnonzero(targets[0, :length] >= 0)
    losses = model.network.cross_entropy(
        tf.gather(states, taught), targets[0, taught], model.network.item_vectors()
    )
    expected = [log_factors(model, history[:n], history[n]) for n in range(1, len(history))]
    np.testing.assert_allclose(losses, -np.concatenate(expected), rtol=1e-4)


def test_a_token_reaches_no_earlier_state(model: TIGER) -> None:
    codes = np.arange(8, dtype=np.int32)[None]
    for place in (0, 3, 6):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(model.network(codes)[0, place] ** 2)
        found = tape.gradient(value, model.network.prefixes)
        reached = np.flatnonzero(np.asarray(found).any(axis=1))
        assert reached.tolist() == list(range(place + 1))


# Beam search


def test_a_beam_as_wide_as_the_tree_finds_what_scores_say(model: TIGER) -> None:
    for exclude_seen in (True, False):
        items, scores = model.generate(ASKED, N_ITEMS, N_ITEMS, exclude_seen=exclude_seen)
        expected = model.top_k(ASKED, N_ITEMS, exclude_seen=exclude_seen)
        assert np.array_equal(items, expected[0])
        np.testing.assert_allclose(scores, expected[1], rtol=1e-6)


@pytest.mark.parametrize("n_beams", [1, 2, 4])
def test_a_narrow_beam_keeps_the_best_prefixes(
    n_beams: int, model: TIGER, exact: np.ndarray
) -> None:
    """By hand: an item is found if each beginning of its id is among the best of its length."""
    items, scores = model.generate(ASKED, N_ITEMS, n_beams)
    for row, history in enumerate(ASKED):
        kept = {()}
        seen, p = set(history.tolist()), np.exp(exact[row].astype(np.float64))
        left = [item for item in range(N_ITEMS) if item not in seen]
        expected = set()
        for l in range(1, N_TOKENS + 1):
            going_on = {tuple(model.ids[item, :l]) for item in left} - {()}
            going_on = {prefix for prefix in going_on if prefix[:-1] in kept}
            worth = {}
            for prefix in going_on:
                below = np.flatnonzero((model.ids[:, :l] == prefix).all(axis=1))
                if len(below) == 1:
                    expected |= set(below.tolist())
                else:
                    worth[prefix] = p[below].sum()
            kept = set(sorted(worth, key=worth.get, reverse=True)[:n_beams])
        found = items[row][items[row] >= 0]
        assert set(found.tolist()) == expected
        np.testing.assert_allclose(scores[row, : len(found)], exact[row, found], rtol=1e-5)


def test_lists_of_nobody_and_of_chunks(model: TIGER, monkeypatch: pytest.MonkeyPatch) -> None:
    items, scores = model.generate(ASKED[:0], 5, 2)
    assert items.shape == scores.shape == (0, 5)
    whole = model.generate(ASKED, 5, 2)
    monkeypatch.setattr(ranking, "CELLS", 5 * N_ITEMS)
    assert np.array_equal(whole[0], model.generate(ASKED, 5, 2)[0])


# Training


def test_each_item_but_the_first_is_a_target_once_with_all_its_tokens(model: TIGER) -> None:
    rng = np.random.default_rng(1)
    histories = SPLIT.train.histories()
    inputs, targets, lengths = model._windows(histories, rng)
    assert inputs.shape == targets.shape == (len(lengths), (MAX_LEN + 1) * N_TOKENS - 1)
    assert inputs.dtype == targets.dtype == np.int32
    items_of = {tuple(row): item for item, row in enumerate(model.prefixes.tolist())}
    taught: list[int] = []
    for row, after, length in zip(inputs, targets, lengths, strict=True):
        assert (after[: N_TOKENS - 1] == -1).all()
        assert (after[length:] == -1).all()
        real = after[N_TOKENS - 1 : length]
        assert real[:-1].tolist() == row[N_TOKENS:length].tolist()
        taught += [items_of[tuple(written)] for written in real.reshape(-1, N_TOKENS).tolist()]
    expected = [history[1:] for history in histories]
    assert sorted(taught) == sorted(np.concatenate(expected).tolist())


def test_the_same_seed_gives_the_same_bits() -> None:
    first, second = (small(seed=3).fit(SPLIT.train).score(ASKED) for _ in range(2))
    assert np.array_equal(first, second)


def test_an_interrupted_fit_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = small().fit(SPLIT.train, SPLIT.valid)
    path = tmp_path / "checkpoint.npz"
    small(checkpoint=path, epochs=1).fit(SPLIT.train, SPLIT.valid)
    rest = small(checkpoint=path).fit(SPLIT.train, SPLIT.valid)
    assert all(map(np.array_equal, whole.network.get_weights(), rest.network.get_weights()))


def test_it_learns_what_follows_what() -> None:
    made = synthetic(n_users=400, n_items=40, mean_length=15, order=0.9, seed=2).interactions
    split = leave_last_out(made, 1, 1)
    settings = {"learning_rate": 0.01, "epochs": 12, "dim": 16, "dropout": 0.1, "batch_size": 16}
    model = TIGER(max_len=6, n_codes=6, **settings).fit(split.train, split.valid)
    report = evaluate({"it": model, "popular": Popularity().fit(split.train)}, split.test)
    assert report.mean("it") > 1.5 * report.mean("popular")


# Ids from vectors, and new items


def test_ids_are_made_of_the_vectors_that_are_named(tmp_path: Path) -> None:
    vectors = [[float(i % 3), float(i // 10)] for i in range(N_ITEMS)]
    log = with_vectors(SPLIT.train, vectors)
    model = small(vectors="taste", n_codes=9).fit(log)
    assert len({tuple(row) for row in model.ids[:, :-1].tolist()}) == 9
    first, second = model.ids[0], model.ids[3]  # the same vector
    assert np.array_equal(first[:-1], second[:-1])
    model.save(tmp_path)
    again = load_recommender(tmp_path)
    asked = log.histories()[:5]
    assert np.array_equal(again.score(asked), model.score(asked))
    new = pl.DataFrame({"item": [10**6], "taste": [[0.1, 0.0]]})
    assert np.array_equal(model.with_items(new).ids[-1, :-1], first[:-1])


def test_new_items_leave_all_that_came_before_as_it_is(model: TIGER, exact: np.ndarray) -> None:
    largest = int(CATALOGUE.ids.max())
    twins = CATALOGUE.items[:8]
    larger = model
    for step in (1, 2):
        before = larger
        new = twins.with_columns(item=twins["item"] + step * 10 * largest)
        larger = before.with_items(new)
        assert np.array_equal(larger.ids[: len(before.ids)], before.ids)
        asked = Histories(larger.catalogue, ASKED.indptr, ASKED.items)
        was = Histories(before.catalogue, ASKED.indptr, ASKED.items)
        scores = larger.score(asked)
        assert np.isfinite(scores).all()
        np.testing.assert_allclose(
            scores[:, : len(before.ids)], before.score(was), rtol=1e-5, atol=1e-5
        )
    np.testing.assert_allclose(scores[:, :N_ITEMS], exact, rtol=1e-5, atol=1e-5)
    assert np.array_equal(larger.ids[-8:, :-1], model.ids[:8, :-1])
    assert larger.generate(asked, 20, 60)[0].max() >= N_ITEMS


@pytest.mark.bad_input("frames and item tables")
@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (["a"] * N_ITEMS, "no column 'taste' with lists of numbers"),
        ([[1.0, 2.0]] * (N_ITEMS - 1) + [[1.0]], "has no vector of 2 finite numbers"),
        ([[1.0]] * (N_ITEMS - 1) + [None], "has no vector of 1 finite numbers"),
        ([[1.0]] * (N_ITEMS - 1) + [[np.nan]], "has no vector of 1 finite numbers"),
    ],
)
def test_vectors_that_are_none(vectors: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(vectors="taste").fit(with_vectors(SPLIT.train, vectors))


@pytest.mark.bad_input("frames and item tables")
def test_a_new_item_without_a_vector() -> None:
    log = with_vectors(SPLIT.train, [[float(i), 1.0] for i in range(N_ITEMS)])
    model = small(vectors="taste", epochs=1).fit(log)
    with pytest.raises(ValueError, match="item 1000000 has no vector of 2 finite numbers"):
        model.with_items(pl.DataFrame({"item": [10**6]}))


@pytest.mark.bad_input("frames and item tables")
def test_items_without_text() -> None:
    bare = Catalogue(CATALOGUE.items.select("item"))
    train = SPLIT.train
    log = Interactions(bare, train.user_ids, train.users, train.items, train.times)
    with pytest.raises(ValueError, match="TIGER makes ids from the text of items, and no word"):
        small().fit(log)


@pytest.mark.bad_input("settings and arrays out of range")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "bce"}, "TIGER has few tokens, so its loss is 'softmax', not 'bce'"),
        ({"dim": 9, "n_heads": 2}, "n_heads must divide dim"),
        ({"n_levels": 0}, "n_levels must be a whole number of at least 1"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TIGER(**settings)


def test_the_number_of_parameters(model: TIGER) -> None:
    n_tokens = 2 * 3 + int(model.ids[:, -1].max()) + 1
    distances = 2 * (MAX_LEN + 1) * N_TOKENS
    block = distances + 4 * (DIM**2 + DIM) + 8 * DIM**2 + 5 * DIM + 4 * DIM
    found = sum(int(np.prod(w.shape)) for w in model.network.trainable_variables)
    n_vectors = n_tokens + len(np.unique(model.prefixes))
    assert found == n_vectors * DIM + 2 * block + 2 * DIM
