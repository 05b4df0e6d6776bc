"""Vectors of texts are those of scikit-learn, and new texts get theirs without learning."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from recsys_helpers.recommenders.text_vectors import TextVectors

RNG = np.random.default_rng(0)
TEXTS = [[f"w{i}" for i in RNG.integers(0, 12, n)] for n in RNG.integers(0, 9, 40)]
KNOWN = RNG.random(40) < 0.6


@pytest.mark.parametrize("dim", [3, 50])
def test_they_are_those_of_scikit_learn(dim: int) -> None:
    made = TextVectors.learnt_from(TEXTS, KNOWN, min_items=2, dim=dim, seed=5)
    peer = TfidfVectorizer(vocabulary=made.vocabulary.tolist(), analyzer=lambda words: words)
    peer.fit([own for own, known in zip(TEXTS, KNOWN, strict=True) if known])
    expected = peer.transform(TEXTS).astype(np.float32)
    if dim < len(made.vocabulary):
        reducer = TruncatedSVD(dim, random_state=5).fit(expected[np.flatnonzero(KNOWN)])
        expected = reducer.transform(expected)
    else:
        expected = expected.toarray()
    np.testing.assert_allclose(made.of(TEXTS), expected, atol=1e-5)


def test_a_text_is_read_alone_as_among_others() -> None:
    made = TextVectors.learnt_from(TEXTS, KNOWN, min_items=2, dim=3)
    together = made.of(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(made.of([[*text, "never seen"]])[0], vector, atol=1e-6)
    assert not made.of([[]]).any()


def test_no_word_is_known() -> None:
    made = TextVectors.learnt_from([["a"], ["b"]], np.array([True, True]), min_items=2, dim=3)
    assert made.of([["a"], []]).shape == (2, 0)
