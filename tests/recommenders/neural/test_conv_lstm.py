"""ConvLSTM: its network by hand, its text encoder, ids that may lack, and films that nobody met."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from recsys_helpers import (
    Catalogue,
    Histories,
    Interactions,
    Popularity,
    evaluate,
    leave_last_out,
    load_recommender,
    synthetic,
)
from recsys_helpers.recommenders.neural.backend import tf
from recsys_helpers.recommenders.neural.conv_lstm import ConvLSTM, ConvLSTMNetwork
from recsys_helpers.recommenders.neural.text_encoder import TextEncoder
from recsys_helpers.testing.contract import check_recommender

N_ITEMS, N_WORDS, N_TOKENS = 30, 12, 4
DIM, WORD_DIM, N_FILTERS, KERNEL, N_UNITS, MAX_LEN = 8, 5, 6, 3, 7, 12
SMALL = {
    "dim": DIM,
    "word_dim": WORD_DIM,
    "n_filters": N_FILTERS,
    "n_units": N_UNITS,
    "max_len": MAX_LEN,
    "epochs": 2,
    "batch_size": 32,
}
LOG = synthetic(n_users=80, n_items=N_ITEMS, mean_length=12, seed=4).interactions
UNMET = np.array([4, 11, 20])
SPLIT = leave_last_out(LOG.take(~np.isin(LOG.items, UNMET)), 1, 1)


def small(**more: Any) -> ConvLSTM:
    return ConvLSTM(**(SMALL | more))


@pytest.fixture(scope="module")
def network() -> ConvLSTMNetwork:
    """Build one with weights that are not near zero; item 5 has no training row, item 6 no text."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, N_TOKENS + 1, N_ITEMS)
    lengths[6] = 0
    tokens = rng.integers(0, N_WORDS, (N_ITEMS, N_TOKENS))
    tokens = np.where(np.arange(N_TOKENS) < lengths[:, None], tokens, -1).astype(np.int32)
    settings = small(id_dropout=0.4, dropout=0.1)
    made = ConvLSTMNetwork(settings, np.arange(N_ITEMS) != 5, tokens, N_WORDS)
    made(np.zeros((1, 1), np.int32))
    for weight in made.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.3, weight.shape).astype(np.float32))
    return made


@pytest.fixture(scope="module")
def fitted() -> ConvLSTM:
    return small().fit(SPLIT.train, SPLIT.valid)


# The contract


def test_it_keeps_the_contract() -> None:
    check_recommender(small)


def test_it_keeps_the_contract_without_text() -> None:
    check_recommender(lambda: small(text=False))


def test_it_keeps_the_contract_by_filters_alone() -> None:
    check_recommender(lambda: small(skip=False))


# The network


@pytest.mark.parametrize("place", [0, 3, 6])
def test_the_gradient_of_one_place_reaches_earlier_inputs_only(
    place: int, network: ConvLSTMNetwork
) -> None:
    codes = np.arange(8, dtype=np.int32)[None]
    items = tf.Variable(network.item_vectors())
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(network.states(codes, items)[0, place] ** 2)
    reached = np.asarray(tf.convert_to_tensor(tape.gradient(value, items))).any(axis=1)
    assert reached[: place + 1].all()
    assert not reached[place + 1 :].any()


def test_padding_changes_nothing(network: ConvLSTMNetwork) -> None:
    codes = np.array([[3, 1, 4, 1, 5]], np.int32)
    alone = network(codes).numpy()
    rng = np.random.default_rng(1)
    for width in (1, 4, 7):
        padding = rng.integers(0, N_ITEMS, (1, width), np.int32)
        padded = network(np.concatenate([codes, padding], axis=1)).numpy()
        np.testing.assert_allclose(padded[:, :5], alone, rtol=1e-5, atol=1e-6)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_the_states_by_hand(network: ConvLSTMNetwork) -> None:
    """Filters over three items, an LSTM step that reads the last of them too, and the way back."""
    codes = [3, 7, 7, 2]
    items = network.item_vectors().numpy()
    kernel, bias = network.convolution.get_weights()  # (3, dim, n_filters), (n_filters,)
    into, again, gate_bias = network.recurrent.get_weights()
    dense, dense_bias = network.dense.get_weights()
    out, out_bias = network.out.get_weights()
    h = c = np.zeros(N_UNITS)
    for t in range(len(codes)):
        answer = bias.copy()
        for m in range(KERNEL):
            if t >= m:
                answer += items[codes[t - m]] * DIM**0.5 @ kernel[KERNEL - 1 - m]
        seen = np.concatenate([items[codes[t]] * DIM**0.5, np.maximum(answer, 0)])
        enter, forget, new, leave = np.split(seen @ into + h @ again + gate_bias, 4)
        c = sigmoid(forget) * c + sigmoid(enter) * np.tanh(new)
        h = sigmoid(leave) * np.tanh(c)
        expected = np.maximum(h @ dense + dense_bias, 0) @ out + out_bias
        got = network(np.array([codes], np.int32))[0, t]
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_the_number_of_parameters(network: ConvLSTMNetwork) -> None:
    text = N_WORDS * WORD_DIM + 3 * WORD_DIM**2 + WORD_DIM + (WORD_DIM + 1) * DIM
    expected = (
        N_ITEMS * DIM
        + text
        + KERNEL * DIM * N_FILTERS
        + N_FILTERS
        + 4 * N_UNITS * (DIM + N_FILTERS + N_UNITS + 1)
        + (N_UNITS + 1) * N_UNITS
        + (N_UNITS + 1) * DIM
    )

    def count(made: ConvLSTMNetwork) -> int:
        return sum(int(np.prod(weight.shape)) for weight in made.trainable_variables)

    assert count(network) == expected
    without = small(text=False).fit(SPLIT.train)
    assert count(without.network) == expected - text
    narrow = small(text=False, skip=False).fit(SPLIT.train)
    assert count(narrow.network) == expected - text - 4 * N_UNITS * DIM


# What is written about items


def test_the_encoder_by_hand() -> None:
    """Two filters over words of two numbers; the third place is padding, which answers nothing."""
    encoder = TextEncoder(n_words=3, word_dim=2, dim=1, seed=0)
    encoder(np.zeros((1, 3), np.int32))
    words = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])
    kernel = np.zeros((3, 2, 2))
    kernel[0, 0, 0] = 1.0  # filter 0: the first number of the word before …
    kernel[1, 1, 0] = 3.0  # … and three times the second of the word itself
    kernel[2, 0, 1] = -1.0  # filter 1: less the first number of the next word
    encoder.set_weights(
        [words, kernel, np.array([0.5, 0.25]), np.array([[1.0], [10.0]]), np.array([7.0])]
    )
    # Words 0, 1: filter 0 answers 0.5 and 1 + 6 + 0.5, filter 1 answers 0.25 and 0.25.
    # Words 1, 2: filter 0 answers 6.5 and 0 + 3 + 0.5, filter 1 answers 1 + 0.25 and 0.25.
    # Nothing: no answer at all, so the bias of the last layer alone.
    found = encoder(np.array([[0, 1, -1], [1, 2, -1], [-1, -1, -1]], np.int32))
    expected = [[7.5 + 2.5 + 7], [6.5 + 12.5 + 7], [7.0]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_padding_of_a_text_changes_nothing(network: ConvLSTMNetwork) -> None:
    tokens = network.tokens.numpy()
    narrow = network.text(tokens).numpy()
    wide = network.text(np.pad(tokens, [(0, 0), (0, 5)], constant_values=-1)).numpy()
    np.testing.assert_allclose(wide, narrow, rtol=1e-5, atol=1e-6)
    for row, own in enumerate(tokens):
        real = own[own >= 0]
        if len(real):
            alone = network.text(real[None]).numpy()[0]
            np.testing.assert_allclose(narrow[row], alone, rtol=1e-5, atol=1e-6)
    assert np.array_equal(narrow[6], network.text.out.get_weights()[1])  # nothing is written


def tagged() -> Interactions:
    """Make a log in which user 1 tags two films, of which a split may keep one."""
    rows = [(user, item, time) for user in (1, 2, 3) for time, item in enumerate((5, 6, 7, 8))]
    frame = pl.DataFrame(rows, ["user", "item", "timestamp"], orient="row")
    tags = pl.DataFrame(
        [(1, 5, "Dark"), (2, 6, "dark "), (1, 8, "dark"), (1, 7, "late"), (2, 7, "late")],
        ["user", "item", "tag"],
        orient="row",
    )
    return Interactions.from_frame(frame, tags=tags)


def test_tags_count_only_with_the_row_of_their_author() -> None:
    log = tagged()
    train = log.take((log.users != 0) | (log.times < 2))  # user 1 has not met 7 and 8 yet
    model = small(min_items=1).fit(train)
    assert model.vocabulary.tolist() == ["tags:dark", "tags:late"]
    assert model.tokens[:, 0].tolist() == [0, 0, 1, -1]  # 7 is late for user 2, 8 not yet dark
    whole = small(min_items=1).fit(log)
    assert whole.tokens[:, 0].tolist() == [0, 0, 1, 0]
    with pytest.raises(
        ValueError, match="no word of the tags stands in 5 items with training rows"
    ):
        small(min_items=5).fit(log)


def test_words_are_learnt_from_items_with_training_rows(fitted: ConvLSTM) -> None:
    assert (fitted.tokens[UNMET] >= 0).any()
    only_unmet = LOG.catalogue.items.with_columns(
        note=pl.when(pl.int_range(pl.len()).is_in(UNMET)).then(pl.lit("rare")).otherwise(pl.lit(""))
    )
    model = small().fit(replace(SPLIT.train, catalogue=Catalogue(only_unmet)))
    assert "note:rare" not in model.vocabulary
    assert np.array_equal(model.vocabulary, fitted.vocabulary)


def test_words_beyond_the_limit_are_left_out(fitted: ConvLSTM) -> None:
    model = small(n_tokens=1).fit(SPLIT.train)
    assert np.array_equal(model.tokens[:, 0], fitted.tokens[:, 0])
    assert fitted.tokens.shape == (N_ITEMS, 12)


def test_a_catalogue_without_text() -> None:
    bare = replace(SPLIT.train, catalogue=Catalogue(LOG.catalogue.items.select("item", "year")))
    with pytest.raises(
        ValueError, match=r"no text \(columns item, year\), the log no tags.*text=F"
    ):
        small().fit(bare)
    model = small(text=False).fit(bare)
    assert not model.ranks_new_items
    scores = model.score(SPLIT.test.histories)
    assert np.isneginf(scores[:, UNMET]).all()
    assert np.isfinite(np.delete(scores, UNMET, axis=1)).all()


# Ids that may lack


def test_an_item_is_its_id_and_its_text(network: ConvLSTMNetwork) -> None:
    ids, text, items = (
        network.items.numpy(),
        network.text(network.tokens).numpy(),
        network.item_vectors(),
    )
    known = np.arange(N_ITEMS) != 5
    np.testing.assert_allclose(items, ids * known[:, None] + text, rtol=1e-5, atol=1e-6)


def test_training_drops_ids(network: ConvLSTMNetwork) -> None:
    ids, text = network.items.numpy(), network.text(network.tokens).numpy()
    known = np.arange(N_ITEMS) != 5
    dropped = []
    for _ in range(200):
        found = network.item_vectors(training=True).numpy()
        lacks = np.isclose(found, text, rtol=1e-4, atol=1e-5).all(axis=1)
        has = np.isclose(found, ids + text, rtol=1e-4, atol=1e-5).all(axis=1)
        assert (lacks ^ has).all()
        assert lacks[5]
        dropped.append(lacks[known])
    assert np.mean(dropped) == pytest.approx(0.4, abs=0.02)
    assert np.std(np.mean(dropped, axis=0)) < 0.05  # no item more than another


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "bce"])
def test_a_dropped_id_is_gone_from_input_and_output(loss: str) -> None:
    """Without any id, a step of training moves everything but ids."""
    model = small(id_dropout=1 - 1e-9, loss=loss, n_negatives=5, averaging=0.0, epochs=1)
    model.fit(SPLIT.train)
    start = model._network(N_ITEMS)
    start(np.zeros((1, 1), np.int32))
    for before, after in zip(start.trainable_variables, model.network.weights, strict=True):
        same = np.array_equal(before.numpy(), after.numpy())
        assert same == (after is model.network.items), after.path


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "bce"])
def test_the_text_of_what_nobody_met_is_not_held_against_it(loss: str) -> None:
    """Whatever is written about these items, the others are learnt in the same way."""
    plain = small(loss=loss, n_negatives=5).fit(SPLIT.train)
    words = pl.when(pl.int_range(pl.len()).is_in(UNMET)).then(pl.lit("Western")).otherwise("title")
    other = Catalogue(LOG.catalogue.items.with_columns(title=words))
    changed = small(loss=loss, n_negatives=5).fit(replace(SPLIT.train, catalogue=other))
    assert not np.array_equal(changed.tokens[UNMET], plain.tokens[UNMET])
    for expected, got in zip(plain.network.weights, changed.network.weights, strict=True):
        assert np.array_equal(expected.numpy(), got.numpy())


@pytest.mark.parametrize(
    ("text", "loss"),
    [(True, "softmax"), (True, "sampled_softmax"), (True, "bce"), (False, "softmax")],
)
def test_the_same_seed_gives_the_same_bits(text: bool, loss: str) -> None:
    scores = [
        small(text=text, loss=loss, n_negatives=5, seed=3)
        .fit(SPLIT.train, SPLIT.valid)
        .score(SPLIT.test.histories)
        for _ in range(2)
    ]
    assert np.array_equal(scores[0], scores[1])


def test_an_interrupted_fit_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = small().fit(SPLIT.train, SPLIT.valid)
    path = tmp_path / "checkpoint.npz"
    part = small(checkpoint=path)
    part.epochs = 1
    part.fit(SPLIT.train, SPLIT.valid)
    rest = small(checkpoint=path).fit(SPLIT.train, SPLIT.valid)
    for expected, got in zip(whole.network.weights, rest.network.weights, strict=True):
        assert np.array_equal(expected.numpy(), got.numpy())
    retold = LOG.catalogue.items.with_columns(title=pl.col("title").reverse())
    with pytest.raises(ValueError, match="belongs to a run with another log"):
        small(checkpoint=path).fit(replace(SPLIT.train, catalogue=Catalogue(retold)))
    rest.save(tmp_path / "model")
    assert load_recommender(tmp_path / "model").settings() == rest.settings()


# Saving


def test_saved_and_loaded_it_is_the_same(fitted: ConvLSTM, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    loaded = load_recommender(tmp_path, [ConvLSTM])
    assert np.array_equal(loaded.vocabulary, fitted.vocabulary)
    assert np.array_equal(loaded.tokens, fitted.tokens)
    h = SPLIT.test.histories
    assert np.array_equal(loaded.score(h), fitted.score(h))
    new = pl.DataFrame({"item": [99], "genres": [["Drama"]]})
    grown, expected = loaded.with_items(new), fitted.with_items(new)
    longer = replace(h, catalogue=grown.catalogue)
    assert np.array_equal(grown.score(longer), expected.score(longer))
    grown.save(tmp_path / "grown")
    again = load_recommender(tmp_path / "grown", [ConvLSTM])
    assert np.array_equal(again.score(longer), grown.score(longer))


def test_a_setting_that_is_no_longer_there(fitted: ConvLSTM, tmp_path: Path) -> None:
    """Earlier versions could learn from the last item of a window alone."""
    fitted.save(tmp_path)
    path = tmp_path / "model.json"
    described = json.loads(path.read_text())
    described["settings"]["every_position"] = True
    path.write_text(json.dumps(described))
    assert load_recommender(tmp_path).settings() == fitted.settings()
    described["settings"]["every_position"] = False
    path.write_text(json.dumps(described))
    with pytest.raises(ValueError, match="every_position=False, which this package no longer has"):
        load_recommender(tmp_path)


def test_damaged_arrays_are_named(fitted: ConvLSTM, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    described = json.loads((tmp_path / "model.json").read_text())
    del described["files"]  # as in folders of before, which have no digests
    (tmp_path / "model.json").write_text(json.dumps(described))
    with np.load(tmp_path / "arrays.npz") as file:
        arrays = dict(file)
    for change, message in (
        ({"tokens": None}, r"are \['vocabulary'\], not \['tokens', 'vocabulary'\]"),
        ({"tokens": arrays["tokens"][1:]}, "tokens do not belong to 30 items"),
        ({"vocabulary": arrays["vocabulary"][1:]}, "tokens do not belong to 30 items and"),
        ({"vocabulary": np.append(arrays["vocabulary"], "z")}, "weight_001 has shape"),
    ):
        kept = {name: array for name, array in (arrays | change).items() if array is not None}
        np.savez(tmp_path / "arrays.npz", **kept)
        with pytest.raises(ValueError, match=message):
            load_recommender(tmp_path, [ConvLSTM])
    settings = json.loads((tmp_path / "model.json").read_text())["settings"]
    assert settings == fitted.settings()


# Films that nobody met


def test_new_items_keep_old_scores_and_are_known_by_their_text(fitted: ConvLSTM) -> None:
    """A copy of an item without training rows scores as it does, under another id."""
    copy = LOG.catalogue.items[UNMET].with_columns(pl.col("item") + 100)
    grown = fitted.with_items(copy)
    assert (grown.catalogue.n_items, fitted.catalogue.n_items) == (N_ITEMS + 3, N_ITEMS)
    assert grown.train_counts.tolist() == [*fitted.train_counts.tolist(), 0, 0, 0]
    assert grown.settings() == fitted.settings()
    h = SPLIT.test.histories
    before = fitted.score(h)
    after = grown.score(replace(h, catalogue=grown.catalogue))
    np.testing.assert_allclose(after[:, :N_ITEMS], before, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(after[:, N_ITEMS:], before[:, UNMET], rtol=1e-5, atol=1e-6)
    once_more = grown.with_items(pl.DataFrame({"item": [500]}))
    assert once_more.catalogue.n_items == N_ITEMS + 4
    shown = once_more.recommend(once_more.histories([[104 + 1, 3]]), k=5)
    assert shown.height == 5


def test_new_items_from_other_tables(fitted: ConvLSTM) -> None:
    """Columns in another order, of another width or of no use; tags as words of their own."""
    table = pl.DataFrame(
        {"tags": [["x"]], "genres": [["Drama"]], "colour": ["red"], "year": [2024], "item": [77]}
    )
    grown = fitted.with_items(pd.DataFrame(table.to_dict(as_series=False)))
    items = grown.catalogue.items
    assert items.columns == ["item", "title", "year", "genres", "tags", "colour"]
    assert items.schema["year"] == pl.Int32
    drama = fitted.vocabulary.tolist().index("genres:drama")
    assert grown.tokens[-1].tolist() == [drama] + [-1] * 11
    with_tags = small(min_items=1).fit(tagged())
    grown = with_tags.with_items(pl.DataFrame({"item": [9], "tags": [["LATE"]]}))
    assert grown.tokens[-1, :2].tolist() == [1, -1]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"sku": [99]}, "the table of new items has no column 'item'"),
        ({"item": [99, None]}, "column 'item' has no value at row 1 of the new items"),
        ({"item": [99, 3]}, "the catalogue already has item 3"),
        ({"item": [99, 99]}, "item 99 stands in the item table more than once"),
        ({"item": ["x9"]}, "column 'item' of the new items holds String values, .* Int64"),
        ({"item": [99], "genres": ["Drama"]}, "column 'genres' .* String values, .* List"),
        ({"item": [99], "year": ["new"]}, "column 'year' .* String values, .* Int32"),
    ],
)
def test_new_items_that_cannot_be_taken(table: dict, message: str, fitted: ConvLSTM) -> None:
    with pytest.raises(ValueError, match=message):
        fitted.with_items(pl.DataFrame(table))


def test_new_items_need_text_and_a_fit() -> None:
    with pytest.raises(ValueError, match="ConvLSTM is not fitted"):
        small().with_items(pl.DataFrame({"item": [99]}))
    with pytest.raises(ValueError, match="with text=False items are known by id alone"):
        small(text=False).fit(SPLIT.train).with_items(pl.DataFrame({"item": [99]}))


def test_a_film_that_reads_like_what_a_user_met_ranks_higher() -> None:
    """Users who keep to few genres, and a tenth of the films withheld from training."""
    made = synthetic(
        n_users=300, n_items=120, mean_length=15, order=0.0, n_genres=4, popularity=0.3, seed=1
    )
    log, genres = made.interactions, made.truth.item_genres
    unmet = np.concatenate([np.flatnonzero(genres == genre)[:3] for genre in range(4)])
    train = log.take(~np.isin(log.items, unmet))
    model = ConvLSTM(dim=32, learning_rate=0.005, epochs=12, max_len=16).fit(train)
    met = np.setdiff1d(np.arange(120), unmet)
    rng = np.random.default_rng(0)
    lists = [rng.choice(met[genres[met] == genre], 6) for genre in range(4) for _ in range(5)]
    h = Histories(log.catalogue, np.arange(0, 121, 6), np.concatenate(lists).astype(np.int32))
    asked = np.repeat(np.arange(4), 5)
    scores = model.score(h)[:, unmet]
    assert np.isfinite(scores).all()
    alike = genres[unmet] == asked[:, None]
    above = [
        (own[like][:, None] > own[~like]).mean() for own, like in zip(scores, alike, strict=True)
    ]
    assert np.mean(above) > 0.95
    new = pl.DataFrame({"item": [999, 998], "genres": [["Action"], ["Comedy"]]})
    grown = model.with_items(new)
    added = grown.score(replace(h, catalogue=grown.catalogue))[:, 120:]
    assert (added[asked == 0, 0] > added[asked == 0, 1]).all()
    assert (added[asked == 1, 1] > added[asked == 1, 0]).all()


@pytest.mark.parametrize("text", [True, False])
def test_it_learns_what_follows_what(text: bool) -> None:
    """On a log where the last item says most, it beats the popular list by far."""
    made = synthetic(n_users=400, n_items=40, mean_length=15, order=0.9, seed=2).interactions
    split = leave_last_out(made, 1, 1)
    more = {"dim": 16, "learning_rate": 0.01, "epochs": 14, "dropout": 0.1, "max_len": MAX_LEN}
    model = ConvLSTM(**more, text=text, id_dropout=0.1).fit(split.train, split.valid)
    models = {"network": model, "popular": Popularity().fit(split.train)}
    report = evaluate(models, split.test)
    assert report.mean("network") > 1.5 * report.mean("popular")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel": 0}, "kernel must be a whole number of at least 1"),
        ({"n_units": 1.5}, "n_units must be a whole number of at least 1"),
        ({"n_tokens": 0}, "n_tokens must be a whole number of at least 1"),
        ({"min_items": 0}, "min_items must be a whole number of at least 1"),
        ({"id_dropout": 1.0}, "id_dropout must lie from 0 to below 1, not 1.0"),
        ({"dropout": -0.1}, "dropout must lie from 0 to below 1"),
        ({"loss": "hinge"}, "loss must be 'softmax', 'sampled_softmax' or 'bce', not 'hinge'"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ConvLSTM(**settings)
