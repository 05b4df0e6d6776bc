"""A saved recommender comes back as it was; a folder that was tampered with does not."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recsys_helpers import (
    EASE,
    Interactions,
    ItemKNN,
    Popularity,
    RankSVM,
    load_recommender,
    recommenders,
    synthetic,
)
from recsys_helpers.recommenders import HOMES
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.load import RETIRED

LOG = synthetic(n_users=60, n_items=40, mean_length=9, seed=3).interactions


class Newest(Recommender):
    """Ranks items by their code: a recommender of a reader's own."""

    def _fit(self, train, valid):
        self.codes = np.arange(train.n_items, dtype=np.float32)

    def _score(self, histories):
        return np.tile(self.codes, (len(histories), 1))

    learnt = ("codes",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Save an item-kNN."""
    ItemKNN(n_neighbours=7, shrinkage=0.5).fit(LOG).save(tmp_path / "knn")
    return tmp_path / "knn"


def edit(folder: Path, **changes: object) -> None:
    """Change entries of model.json."""
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_the_folder_holds_settings_arrays_and_catalogue_only(folder: Path) -> None:
    names = ["arrays.npz", "catalogue.parquet", "model.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    described = json.loads((folder / "model.json").read_text())
    assert described == {
        "format": 1,
        "recommender": "ItemKNN",
        "settings": {"n_neighbours": 7, "shrinkage": 0.5, "values": "binary"},
        "catalogue": LOG.catalogue.fingerprint,
    }
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        sizes = {name: arrays[name].size for name in arrays.files}
    assert LOG.n_users + 1 not in sizes.values()
    assert len(LOG) not in sizes.values()


def test_loading_gives_the_same_scores(folder: Path) -> None:
    model = load_recommender(folder)
    assert isinstance(model, ItemKNN)
    assert (model.n_neighbours, model.shrinkage) == (7, 0.5)
    expected = ItemKNN(n_neighbours=7, shrinkage=0.5).fit(LOG).score(LOG.histories())
    assert np.array_equal(model.score(LOG.histories()), expected)
    assert model.catalogue.items.equals(LOG.catalogue.items)


def test_a_folder_of_format_1_stays_readable(tmp_path: Path) -> None:
    """Written by hand, as the first version of this package wrote it."""
    described = {
        "format": 1,
        "recommender": "ItemKNN",
        "settings": {"n_neighbours": 1, "shrinkage": 0.0, "values": "binary"},
        "catalogue": "1c0bdb5dc002f1b152129a5b31b7338b",
    }
    (tmp_path / "model.json").write_text(json.dumps(described))
    pl.DataFrame({"item": ["a", "b", "c"]}).write_parquet(tmp_path / "catalogue.parquet")
    arrays = {
        "similarities.data": np.array([0.5, 1.0], np.float32),
        "similarities.indices": np.array([1, 2]),
        "similarities.indptr": np.array([0, 1, 2, 2]),
        "similarities.shape": np.array([3, 3]),
        "train_counts": np.array([2, 1, 1]),
    }
    np.savez(tmp_path / "arrays.npz", **arrays)
    model = load_recommender(tmp_path)
    assert repr(model) == "ItemKNN(n_neighbours=1, shrinkage=0.0, values='binary')"
    assert model.score(model.histories([["a", "b"]])).tolist() == [[0, 0.5, 1]]


def test_saving_again_replaces(folder: Path) -> None:
    EASE().fit(LOG).save(folder)
    assert isinstance(load_recommender(str(folder)), EASE)


def test_text_ids_survive(tmp_path: Path) -> None:
    frame = pl.DataFrame({"user": ["Ann", "Bo"], "item": ["ä", "b"]})
    Popularity().fit(Interactions.from_frame(frame, timestamp=None)).save(tmp_path)
    model = load_recommender(tmp_path)
    assert model.recommend(model.histories([["ä"]]), k=1)["item"].to_list() == ["b"]


def test_every_recommender_of_the_package_is_known() -> None:
    import recsys_helpers  # noqa: PLC0415

    on_the_face = {
        name
        for name in recsys_helpers.__all__
        if isinstance(getattr(recsys_helpers, name), type)
        and issubclass(getattr(recsys_helpers, name), Recommender)
        and name != "Recommender"
    }
    assert on_the_face == set(HOMES)


def test_a_class_of_ones_own_must_be_named(tmp_path: Path) -> None:
    Newest().fit(LOG).save(tmp_path)
    with pytest.raises(ValueError, match=r"'Newest', which is unknown here; .*classes="):
        load_recommender(tmp_path)
    assert isinstance(load_recommender(tmp_path, classes=[Newest]), Newest)


def test_not_fitted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="EASE is not fitted"):
        EASE().save(tmp_path)
    assert not list(tmp_path.iterdir())


def test_another_format(folder: Path) -> None:
    edit(folder, format=2)
    with pytest.raises(ValueError, match="has format 2, this package reads format 1"):
        load_recommender(folder)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": 1}'])
def test_no_description(folder: Path, text: str) -> None:
    (folder / "model.json").write_text(text)
    with pytest.raises(ValueError, match="does not describe a recommender"):
        load_recommender(folder)


def test_settings_that_do_not_exist(folder: Path) -> None:
    edit(folder, settings={"n_neighbours": 7, "evil": 1})
    with pytest.raises(ValueError, match="ItemKNN does not take these settings"):
        load_recommender(folder)


NETWORK = (
    "dim max_len dropout loss n_negatives learning_rate batch_size averaging epochs patience seed "
    "checkpoint"
)
SETTINGS_OF_FORMAT_1 = {
    "BPR": "dim regularisation negatives n_negatives optimizer learning_rate batch_size epochs "
    "seed",
    "BiasedMF": "dim regularisation optimizer learning_rate batch_size epochs seed",
    "Caser": f"{NETWORK} height n_filters",
    "ConvLSTM": f"{NETWORK} n_filters kernel n_units skip text word_dim n_tokens min_items "
    "id_dropout every_position",
    "EASE": "regularisation values",
    "FeatureLogistic": "dim regularisation negatives min_items seed",
    "GRU4Rec": f"{NETWORK} n_units",
    "ItemKNN": "n_neighbours shrinkage values",
    "LSTM4Rec": f"{NETWORK} n_units",
    "LikeSVM": "cost like_from min_items",
    "MarkovChain": "prior",
    "MatrixFactorization": "dim alpha regularisation values optimizer learning_rate epochs seed",
    "NextItNet": f"{NETWORK} kernel dilations",
    "Popularity": "",
    "Random": "seed",
    "RankSVM": "cost decays n_positions n_negatives n_folds regularisation kernel n_components "
    "gamma own_counts seed",
    "RatingBiases": "regularisation",
    "RatingSVR": "cost epsilon regularisation dim n_folds kernel n_components gamma seed",
    "SASRec": f"{NETWORK} n_blocks n_heads",
}


@pytest.mark.parametrize("name", SETTINGS_OF_FORMAT_1)
def test_settings_that_were_ever_saved_are_known(name: str) -> None:
    """A constructor's argument may go, but then `RETIRED` says what it meant."""
    saved = set(SETTINGS_OF_FORMAT_1[name].split())
    taken = set(inspect.signature(getattr(recommenders, name)).parameters)
    assert saved <= taken | set(RETIRED.get(name, {}))


def test_a_setting_that_is_no_more(tmp_path: Path) -> None:
    """Loads where it said what is done today, and says so where it changed the recommender."""
    RankSVM(decays=(0.5,)).fit(LOG).save(tmp_path)
    settings = {"decays": [0.5], "own_counts": False}
    edit(tmp_path, settings=settings)
    assert load_recommender(tmp_path).settings()["decays"] == [0.5]
    edit(tmp_path, settings=settings | {"own_counts": True})
    with pytest.raises(ValueError, match=r"RankSVM with own_counts=True, .* no longer has: fit it"):
        load_recommender(tmp_path)


def test_a_missing_file(folder: Path) -> None:
    (folder / "arrays.npz").unlink()
    with pytest.raises(FileNotFoundError, match=r"arrays\.npz"):
        load_recommender(folder)


def test_another_catalogue(folder: Path) -> None:
    LOG.catalogue.items.head(30).write_parquet(folder / "catalogue.parquet")
    with pytest.raises(ValueError, match="is not the one the recommender was fitted on"):
        load_recommender(folder)


def test_arrays_of_another_recommender(folder: Path) -> None:
    edit(folder, recommender="EASE", settings={})
    with pytest.raises(ValueError, match="the saved arrays are"):
        load_recommender(folder)


def test_pickled_arrays_are_refused(folder: Path) -> None:
    np.savez(folder / "arrays.npz", train_counts=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load_recommender(folder)


def test_damaged_arrays(folder: Path) -> None:
    data = (folder / "arrays.npz").read_bytes()
    (folder / "arrays.npz").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"arrays\.npz is damaged"):
        load_recommender(folder)


def test_codes_outside_the_catalogue(folder: Path) -> None:
    with np.load(folder / "arrays.npz") as file:
        arrays = dict(file)
    arrays["similarities.indices"] = arrays["similarities.indices"] + 1_000
    np.savez(folder / "arrays.npz", **arrays)
    with pytest.raises(ValueError, match="indices"):
        load_recommender(folder)


def test_arrays_of_another_size(folder: Path) -> None:
    ItemKNN().fit(synthetic(n_users=60, n_items=30, seed=1).interactions).save(folder / "other")
    (folder / "other" / "arrays.npz").replace(folder / "arrays.npz")
    with pytest.raises(ValueError, match="train_counts must have 40 values"):
        load_recommender(folder)


class Titled(Recommender):
    """Keeps text as Python objects, which could be saved only as pickle."""

    learnt = ("titles",)

    def _fit(self, train, valid):
        self.titles = np.array(train.catalogue.titles(range(train.n_items)), object)

    def _score(self, histories):
        return np.zeros((len(histories), len(self.titles)), np.float32)


def test_python_objects_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="titles of Titled holds Python objects"):
        Titled().fit(LOG).save(tmp_path / "titled")
    assert not list(tmp_path.iterdir())


def test_settings_from_numpy_are_saved_as_plain_numbers(folder: Path) -> None:
    ItemKNN(n_neighbours=np.int64(4), shrinkage=np.float32(0.5)).fit(LOG).save(folder)
    assert repr(load_recommender(folder)) == repr(ItemKNN(n_neighbours=4, shrinkage=0.5))
