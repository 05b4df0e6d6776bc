"""A checkpoint goes on with its own run alone, and nothing that happens to it loses a fit."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.small_networks import MODELS, SPLIT, each_model

from recsys_helpers import load_recommender
from recsys_helpers.recommenders.neural import checkpoint as module

TRAIN, VALID = SPLIT.train, SPLIT.valid


def fit(path: Path | str, train: Any = TRAIN, valid: Any = VALID, epochs: int = 2, **more: Any):
    model = MODELS["GRU4Rec"](checkpoint=path, **more)
    model.epochs = epochs
    return model.fit(train, valid)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Fit for two epochs, with validation."""
    path = tmp_path_factory.mktemp("checkpoint") / "c.npz"
    fit(path)
    return path.read_bytes()


@pytest.fixture
def path(written: bytes, tmp_path: Path) -> Path:
    (tmp_path / "c.npz").write_bytes(written)
    return tmp_path / "c.npz"


@each_model
def test_a_recommender_with_a_checkpoint_is_saved_without_it(name: str, tmp_path: Path) -> None:
    model = MODELS[name](checkpoint=tmp_path / "c.npz")
    model.epochs = 1
    model.fit(TRAIN).save(tmp_path / "model")
    loaded = load_recommender(tmp_path / "model")
    assert loaded.settings() == model.settings()
    assert (tmp_path / "c.npz").exists()
    assert str(tmp_path) not in (tmp_path / "model" / "model.json").read_text()
    assert loaded.checkpoint is None
    h = SPLIT.test.histories
    assert np.array_equal(loaded.score(h), model.score(h))


def test_a_folder_cannot_name_a_file_to_write(path: Path, tmp_path: Path) -> None:
    fit(path).save(tmp_path / "model")
    described = tmp_path / "model" / "model.json"
    described.write_text(described.read_text().replace('"checkpoint": null', '"checkpoint": "x"'))
    assert load_recommender(tmp_path / "model").checkpoint is None


def test_it_holds_no_pickle(path: Path) -> None:
    with np.load(path, allow_pickle=False) as file:
        assert json.loads(str(file["about"]))["curve"]
        assert all(not file[name].dtype.hasobject for name in file.files)


OTHER_TIES = replace(TRAIN, times=np.arange(len(TRAIN)))


@pytest.mark.bad_input("saved recommenders and checkpoints")
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"seed": 9, "dropout": 0.1}, "dropout and another seed"),
        ({"valid": None}, "validation"),
        ({"valid": VALID.take(np.arange(40))}, "validation"),
        ({"valid": replace(VALID, targets=(VALID.targets + 1) % 30)}, "validation"),
        ({"train": TRAIN.take(np.arange(400))}, "log"),
        ({"train": OTHER_TIES}, "log"),
    ],
)
def test_what_differs_is_named(path: Path, changes: dict[str, Any], name: str) -> None:
    before = path.read_bytes()
    with pytest.raises(ValueError, match=rf"c\.npz belongs to a run with another {name}: name ano"):
        fit(path, **changes)
    assert path.read_bytes() == before


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_validation_that_is_added_later(tmp_path: Path) -> None:
    fit(tmp_path / "c.npz", valid=None, epochs=1)
    with pytest.raises(ValueError, match="belongs to a run with another validation: name"):
        fit(tmp_path / "c.npz")


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_fewer_epochs_than_it_holds(path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds 2 epochs, more than epochs=1: raise epochs"):
        fit(path, epochs=1)
    assert len(fit(path, epochs=2).curve) == 2


def test_text_for_the_file_and_numbers_of_numpy_are_the_same_settings(path: Path) -> None:
    dropout = np.float64(MODELS["GRU4Rec"]().dropout)
    assert len(fit(str(path), seed=np.int64(0), dropout=dropout).curve) == 2


@pytest.mark.bad_input("saved recommenders and checkpoints")
@pytest.mark.parametrize("kind", ["empty", "text", "cut", "arrays", "earlier"])
def test_a_file_of_another_kind(path: Path, kind: str) -> None:
    whole = path.read_bytes()
    earlier = np.array(json.dumps({"mark": "0f", "curve": []}))
    if kind == "arrays":
        np.savez(path, train_counts=np.arange(3))
    elif kind == "earlier":
        np.savez(path, about=earlier)
    else:
        path.write_bytes({"empty": b"", "text": b"user,item\n", "cut": whole[:-200]}[kind])
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"c\.npz is .*: name another file in checkpoint") as error:
        fit(path)
    assert "allow_pickle" not in str(error.value)
    assert path.read_bytes() == before


@pytest.mark.bad_input("saved recommenders and checkpoints")
def test_a_full_disk_does_not_lose_the_fit(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit(tmp_path / "another.npz", epochs=4)
    before = path.read_bytes()

    def full(file: Any, **arrays: np.ndarray) -> None:
        file.write(b"PK")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.np, "savez", full)
    with pytest.warns(RuntimeWarning, match=r"c\.npz could not be written .*No space left.* goes"):
        model = fit(path, epochs=4)
    assert [entry["loss"] for entry in model.curve] == [entry["loss"] for entry in whole.curve]
    h = SPLIT.test.histories
    assert np.array_equal(model.score(h), whole.score(h))
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))
    monkeypatch.undo()
    again = fit(path, epochs=4)
    assert np.array_equal(again.score(h), whole.score(h))
