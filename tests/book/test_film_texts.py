"""The vectors of film texts are whole, and belong to the films."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pytest

from recsys_book import text_vectors
from recsys_helpers import Interactions, load_movielens

LOG = load_movielens()


def test_the_file_is_whole() -> None:
    digest, name = (text_vectors.FILE.parent / "sha256sums.txt").read_text().split()
    assert name == text_vectors.FILE.name
    assert hashlib.sha256(text_vectors.FILE.read_bytes()).hexdigest() == digest


def test_each_film_has_a_vector() -> None:
    ids, vectors = text_vectors.read()
    np.testing.assert_array_equal(ids, LOG.catalogue.ids)
    assert vectors.shape == (9_742, 128)
    assert np.isfinite(vectors).all()


def test_films_of_one_series_are_near_each_other() -> None:
    log = text_vectors.with_text_vectors(LOG)
    vectors = np.array(log.catalogue.items["vector"].to_list())
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-6)
    titles = LOG.catalogue.titles(np.arange(LOG.n_items))
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ vectors[titles.index("Toy Story")] / lengths
    assert {titles[film] for film in np.argsort(-cosines)[:3]} == {
        "Toy Story",
        "Toy Story 2",
        "Toy Story 3",
    }


def test_vectors_follow_the_films_of_a_smaller_catalogue() -> None:
    core = LOG.k_core(5)
    whole, part = (text_vectors.with_text_vectors(log).catalogue.items for log in (LOG, core))
    assert whole.filter(whole["item"].is_in(part["item"].implode())).equals(part)
    assert text_vectors.with_text_vectors(core).catalogue.fingerprint == core.catalogue.fingerprint


def test_a_film_that_is_not_in_the_file_is_named() -> None:
    log = Interactions.from_frame(pl.DataFrame({"user": [0], "item": [-5], "timestamp": [0]}))
    with pytest.raises(ValueError, match="film -5 has no vector"):
        text_vectors.with_text_vectors(log)
