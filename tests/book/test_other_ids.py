"""TIGER with other ids differs from TIGER in what its ids are made of, and in nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.other_ids import (
    TIGERWithLanguageIds,
    TIGERWithRandomIds,
    TIGERWithTasteIds,
    taste_vectors,
    with_vectors,
)
from recsys_book.text_vectors import with_text_vectors
from recsys_helpers import TIGER, leave_last_out, load_movielens, synthetic
from recsys_helpers.recommenders.neural.semantic_ids import SemanticIds

LOG = synthetic(n_users=60, n_items=80, seed=3).interactions
SPLIT = leave_last_out(LOG, 1, 1)
SMALL = {"dim": 8, "n_codes": 4, "max_len": 5, "epochs": 1, "vectors": "vector"}


@pytest.mark.parametrize("kind", [TIGERWithRandomIds, TIGERWithTasteIds])
def test_ids_are_those_of_the_vectors(kind: type[TIGER]) -> None:
    found = kind(**SMALL, seed=1).fit(SPLIT.train)
    vectors = {
        TIGERWithRandomIds: np.random.default_rng(1).normal(size=(LOG.n_items, 64)),
        TIGERWithTasteIds: taste_vectors(SPLIT.train, 64, 1),
    }[kind]
    plain = TIGER(**SMALL, seed=1).fit(with_vectors(SPLIT.train, vectors))
    assert np.array_equal(found.ids, plain.ids)
    histories = SPLIT.test.histories
    np.testing.assert_allclose(found.score(histories), plain.score(histories), atol=1e-5)


def test_ids_of_a_language_model() -> None:
    films = leave_last_out(load_movielens().k_core(50), 1, 1).train
    found = TIGERWithLanguageIds(**SMALL).fit(films)
    vectors = np.array(with_text_vectors(films).catalogue.items["vector"].to_list())
    made = SemanticIds.learnt_from(vectors, found.train_counts > 0, n_codes=4, n_levels=2)
    assert np.array_equal(found.ids, made.ids)


def test_items_have_one_length_however_popular_and_none_if_nobody_met_them() -> None:
    train = SPLIT.train.take(SPLIT.train.items != 7)
    lengths = np.linalg.norm(taste_vectors(train, 10, 0), axis=1)
    assert lengths[7] == 0
    np.testing.assert_allclose(np.delete(lengths, 7), 1, atol=1e-6)
