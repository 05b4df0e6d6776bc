"""A saved recommender comes back as it was; a folder that was tampered with does not."""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import pickle
import resource
import shutil
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from recsys_helpers import (
    EASE,
    Catalogue,
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


def forget_digests(folder: Path) -> None:
    """Make the folder one of the first version of this package, which wrote no digests."""
    described = json.loads((folder / "model.json").read_text())
    del described["files"]
    (folder / "model.json").write_text(json.dumps(described))


def edit(folder: Path, **changes: object) -> None:
    """Change entries of model.json."""
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_the_folder_holds_settings_arrays_and_catalogue_only(folder: Path) -> None:
    names = ["arrays.npz", "catalogue.parquet", "model.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    text = (folder / "model.json").read_text()
    described = json.loads(text)
    assert text == json.dumps(described, indent=2) + "\n"
    assert described.pop("files") == {
        name: hashlib.blake2b((folder / name).read_bytes(), digest_size=16).hexdigest()
        for name in names[:2]
    }
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


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    Popularity().fit(LOG).save(tmp_path / "models" / "of today")
    assert isinstance(load_recommender(tmp_path / "models" / "of today"), Popularity)


def test_saving_again_replaces(folder: Path) -> None:
    EASE().fit(LOG).save(folder)
    assert isinstance(load_recommender(str(folder)), EASE)


def test_text_ids_survive(tmp_path: Path) -> None:
    frame = pl.DataFrame({"user": ["Ann", "Bo"], "item": ["ä", "b"]})
    Popularity().fit(Interactions.from_frame(frame, timestamp=None)).save(tmp_path)
    model = load_recommender(tmp_path)
    assert model.recommend(model.histories([["ä"]]), k=1)["item"].to_list() == ["b"]


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_a_class_of_ones_own_must_be_named(tmp_path: Path) -> None:
    Newest().fit(LOG).save(tmp_path)
    with pytest.raises(ValueError, match=r"'Newest', which is unknown here; .*classes="):
        load_recommender(tmp_path)
    assert isinstance(load_recommender(tmp_path, classes=[Newest]), Newest)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_not_fitted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="EASE is not fitted"):
        EASE().save(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_another_format(folder: Path) -> None:
    edit(folder, format=2)
    with pytest.raises(ValueError, match="has format 2, this package reads format 1"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": 1}'])
def test_no_description(folder: Path, text: str) -> None:
    (folder / "model.json").write_text(text)
    with pytest.raises(ValueError, match="does not describe a recommender"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_settings_that_do_not_exist(folder: Path) -> None:
    edit(folder, settings={"n_neighbours": 7, "evil": 1})
    with pytest.raises(ValueError, match="ItemKNN does not take these settings"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_a_setting_that_is_no_more(tmp_path: Path) -> None:
    """Loads where it said what is done today, and says so where it changed the recommender."""
    RankSVM(decays=(0.5,)).fit(LOG).save(tmp_path)
    settings = {"decays": [0.5], "own_counts": False}
    edit(tmp_path, settings=settings)
    assert load_recommender(tmp_path).settings()["decays"] == [0.5]
    edit(tmp_path, settings=settings | {"own_counts": True})
    with pytest.raises(ValueError, match=r"RankSVM with own_counts=True, .* no longer has: fit it"):
        load_recommender(tmp_path)


FILES = ["model.json", "arrays.npz", "catalogue.parquet"]


@pytest.mark.bad_input("saved recommenders and checkpoints")
@pytest.mark.parametrize("file", FILES)
def test_a_missing_file(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(FileNotFoundError, match=rf"knn lacks {file}: give a folder that save"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_no_folder_or_a_file_in_it(folder: Path) -> None:
    for path in (folder / "absent", folder / "model.json"):
        with pytest.raises(FileNotFoundError, match=r"lacks model.json, arrays.npz, catalogue"):
            load_recommender(path)


@pytest.mark.bad_input("saved recommenders and checkpoints")
@pytest.mark.parametrize("file", ["arrays.npz", "catalogue.parquet"])
@pytest.mark.parametrize("others", [{"values": "count"}, {"shrinkage": 99.0}])
def test_files_of_two_saves_are_not_mixed(folder: Path, file: str, others: dict) -> None:
    """As a copy that was cut short, or a save that was killed, leaves them."""
    retold = replace(LOG, catalogue=Catalogue(LOG.catalogue.items.with_columns(title=pl.lit("?"))))
    ItemKNN(**others).fit(retold).save(folder / "other")
    shutil.copy(folder / "other" / file, folder / file)
    with pytest.raises(
        ValueError, match=rf"{file} .* belongs to another save than model\.json: co"
    ):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_another_catalogue(folder: Path) -> None:
    forget_digests(folder)
    LOG.catalogue.items.head(30).write_parquet(folder / "catalogue.parquet")
    with pytest.raises(ValueError, match="is not the one the recommender was fitted on"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_arrays_of_another_recommender(folder: Path) -> None:
    edit(folder, recommender="EASE", settings={})
    with pytest.raises(ValueError, match=r"arrays\.npz .* EASE: the saved arrays are"):
        load_recommender(folder)


def _npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("train_counts", "a few words")
    return file.getvalue()


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


FOREIGN = {
    "empty": b"",
    "text": b"user,item\n1,2\n",
    "pickle": pickle.dumps({"train_counts": [1, 2]}),
    "pickled array": _npz(train_counts=np.array([{}], dtype=object)),
    "one array": _npy(),
    "no arrays": _npz(),
    "zip": _zip(),
    "binary": bytes(range(256)) * 9,
    "nested": b"[" * 100_000,
    "long number": b'{"format": ' + b"9" * 5_000 + b"}",
    "parquet magic": b"PAR1" + bytes(40) + b"PAR1",
}


@pytest.mark.bad_input("saved recommenders and checkpoints", by=("file", "content"))
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", FOREIGN)
@pytest.mark.parametrize("digests", [True, False])
def test_a_file_of_another_kind(folder: Path, file: str, content: str, digests: bool) -> None:
    if not digests:
        forget_digests(folder)
    (folder / file).write_bytes(FOREIGN[content])
    with pytest.raises(ValueError, match="save the recommender again") as caught:
        load_recommender(folder)
    assert str(folder / file) in str(caught.value)
    told = "".join(traceback.format_exception(caught.value))
    assert "allow_pickle=" not in told.replace("allow_pickle=False)", "")  # only in our own code


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_no_code_from_a_file_is_run(folder: Path) -> None:
    made = folder / "made by the pickle"

    class Touching:
        def __reduce__(self) -> tuple:
            return Path.touch, (made,)

    forget_digests(folder)
    (folder / "arrays.npz").write_bytes(_npz(train_counts=np.array([Touching()], object)))
    with pytest.raises(ValueError, match=r"arrays\.npz is damaged or of another kind"):
        load_recommender(folder)
    assert not made.exists()


WHOLE: dict[str, bytes] = {}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save an item-kNN for many tries, and keep what its files hold."""
    folder = tmp_path_factory.mktemp("garbled") / "knn"
    ItemKNN(n_neighbours=7).fit(LOG).save(folder)
    WHOLE.update({path.name: path.read_bytes() for path in folder.iterdir()})
    return folder


@pytest.mark.bad_input("saved recommenders and checkpoints", by=())
@pytest.mark.parametrize("digests", [True, False])
@given(file=st.sampled_from(FILES), position=st.floats(0, 0.999), cut=st.booleans())
@settings(max_examples=40)
def test_a_file_cut_short_or_garbled(
    saved: Path, digests: bool, file: str, position: float, cut: bool
) -> None:
    """It is named; without digests, a byte that no reader looks at may differ."""
    for name, content in WHOLE.items():
        (saved / name).write_bytes(content)
    if not digests:
        forget_digests(saved)
    content = (saved / file).read_bytes()
    start = int(position * (len(content) - 1))
    rest = b"" if cut else b"\0\xff\0\xff" + content[start + 4 :]
    (saved / file).write_bytes(content[:start] + rest)
    expected: Any = pytest.raises(ValueError, match=str(saved))
    if not digests:
        expected = suppress(ValueError)
    with expected:
        load_recommender(saved)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_codes_outside_the_catalogue(folder: Path) -> None:
    forget_digests(folder)
    with np.load(folder / "arrays.npz") as file:
        arrays = dict(file)
    arrays["similarities.indices"] = arrays["similarities.indices"] + 1_000
    np.savez(folder / "arrays.npz", **arrays)
    with pytest.raises(ValueError, match=r"arrays\.npz .* indices"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_arrays_of_another_size(folder: Path) -> None:
    forget_digests(folder)
    ItemKNN().fit(synthetic(n_users=60, n_items=30, seed=1).interactions).save(folder / "other")
    (folder / "other" / "arrays.npz").replace(folder / "arrays.npz")
    with pytest.raises(ValueError, match=r"arrays\.npz .* train_counts must have 40 values"):
        load_recommender(folder)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_arrays_without_counts_of_a_single_item(tmp_path: Path) -> None:
    frame = pl.DataFrame({"user": [1], "item": [7]})
    Popularity().fit(Interactions.from_frame(frame, timestamp=None)).save(tmp_path)
    forget_digests(tmp_path)
    np.savez(tmp_path / "arrays.npz", time_unit=np.array("s"))
    with pytest.raises(ValueError, match=r"arrays\.npz .* train_counts must have 1 value"):
        load_recommender(tmp_path)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_settings_out_of_range(folder: Path) -> None:
    edit(folder, settings={"n_neighbours": -1})
    with pytest.raises(ValueError, match=r"these settings in .*knn: n_neighbours must be"):
        load_recommender(folder)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse to write more, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.bad_input("saved recommenders and checkpoints", by=())
@pytest.mark.parametrize("size", [0, 3_000])
def test_a_full_disk_leaves_the_earlier_save_as_it_was(folder: Path, size: int) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(OSError, match="File too large"), files_of_at_most(size):
        EASE().fit(LOG).save(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert isinstance(load_recommender(folder), ItemKNN)


class Titled(Recommender):
    """Keeps text as Python objects, which could be saved only as pickle."""

    learnt = ("titles",)

    def _fit(self, train, valid):
        self.titles = np.array(train.catalogue.titles(range(train.n_items)), object)

    def _score(self, histories):
        return np.zeros((len(histories), len(self.titles)), np.float32)


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_python_objects_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="titles of Titled holds Python objects"):
        Titled().fit(LOG).save(tmp_path / "titled")
    assert not list(tmp_path.iterdir())


def test_settings_from_numpy_are_saved_as_plain_numbers(folder: Path) -> None:
    ItemKNN(n_neighbours=np.int64(4), shrinkage=np.float32(0.5)).fit(LOG).save(folder)
    assert repr(load_recommender(folder)) == repr(ItemKNN(n_neighbours=4, shrinkage=0.5))


class Noted(Newest):
    """Keeps a setting that it does not use."""

    def __init__(self, note: object = None) -> None:
        self.note = note


def test_a_path_is_saved_as_text(tmp_path: Path) -> None:
    Noted([tmp_path / "last.npz"]).fit(LOG).save(tmp_path)
    model = load_recommender(tmp_path, classes=[Noted])
    assert model.settings() == {"note": [str(tmp_path / "last.npz")]}


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_a_setting_of_another_kind_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"the setting \{1\} is neither a number, text, a list nor"):
        Noted({1}).fit(LOG).save(tmp_path)
    assert not list(tmp_path.iterdir())


# what imports the networks, and so takes longest


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


NETWORK = (
    "dim max_len dropout loss n_negatives learning_rate batch_size averaging epochs patience seed "
    "checkpoint"
)
TRANSFORMER = f"{NETWORK} n_blocks n_heads attention gate forward distance rotary norm"
SETTINGS_OF_FORMAT_1 = {
    "BERT4Rec": f"{TRANSFORMER} masked last_only",
    "BPR": "dim regularisation negatives n_negatives optimizer learning_rate batch_size epochs "
    "seed",
    "BiasedMF": "dim regularisation optimizer learning_rate batch_size epochs seed",
    "Caser": f"{NETWORK} height n_filters",
    "ConvLSTM": f"{NETWORK} n_filters kernel n_units skip text word_dim n_tokens min_items "
    "id_dropout every_position",
    "EASE": "regularisation values",
    "FeatureLogistic": "dim regularisation negatives min_items seed",
    "GRU4Rec": f"{NETWORK} n_units",
    "HSTU": f"{TRANSFORMER} time temperature",
    "ItemKNN": "n_neighbours shrinkage values",
    "LSTM4Rec": f"{NETWORK} n_units",
    "LikeSVM": "cost like_from min_items",
    "MarkovChain": "prior",
    "MatrixFactorization": "dim alpha regularisation values optimizer learning_rate epochs seed",
    "NextItNet": f"{NETWORK} kernel dilations",
    "Popularity": "",
    "PrivateEASE": "regularisation max_norm noise_multiplier values seed",
    "PrivateMarkovChain": "prior max_norm noise_multiplier seed",
    "PrivatePopularity": "max_norm noise_multiplier seed",
    "Random": "seed",
    "RankSVM": "cost decays n_positions n_negatives n_folds regularisation kernel n_components "
    "gamma own_counts seed",
    "RatingBiases": "regularisation",
    "RatingSVR": "cost epsilon regularisation dim n_folds kernel n_components gamma seed",
    "SASRec": f"{NETWORK} n_blocks n_heads",
    "Stacked": "parts n_candidates n_held_out regularisation",
    "TIGER": f"{NETWORK} n_codes n_levels n_blocks n_heads prefix_vectors vectors text_dim "
    "min_items",
    "TwoTower": f"{NETWORK} text word_dim n_tokens min_items id_dropout n_blocks n_heads",
}


@pytest.mark.parametrize("name", SETTINGS_OF_FORMAT_1)
def test_settings_that_were_ever_saved_are_known(name: str) -> None:
    """A constructor's argument may go, but then `RETIRED` says what it meant."""
    saved = set(SETTINGS_OF_FORMAT_1[name].split())
    taken = set(inspect.signature(getattr(recommenders, name)).parameters)
    assert saved <= taken | set(RETIRED.get(name, {}))
