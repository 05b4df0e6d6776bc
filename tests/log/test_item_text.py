"""What is written about items becomes words."""

from __future__ import annotations

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from recsys_helpers.log import item_text


def test_words_of_many_kinds() -> None:
    table = pl.DataFrame(
        {
            "item": ["a", "b", "c"],
            "title": ["Ocean’s 8: THE Heist", None, "Élan_vital"],
            "price": [1.0, 2.0, 3.0],
            "genres": [["Sci-Fi", "Crime"], [], None],
            "shelf": pl.Series(["Top left", "Top left", None], dtype=pl.Categorical),
            "empty": pl.Series([[], [], []], dtype=pl.List(pl.Null)),
        }
    )
    tags = pl.DataFrame(
        {"item": ["a", "b", "c"], "tags": [[" Slow", "fun", "FUN"], [None, ""], []]}
    )
    assert item_text.text_columns(table) == ["title", "genres", "shelf"]
    assert item_text.words(table, tags) == [
        [
            *("title:ocean’s", "title:8", "title:the", "title:heist"),
            *("genres:sci-fi", "genres:crime", "shelf:top", "shelf:left", "tags:fun", "tags:slow"),
        ],
        ["shelf:top", "shelf:left"],
        ["title:élan", "title:vital"],
    ]


def test_tf_idf_is_that_of_scikit_learn() -> None:
    """Words of items to learn from decide which words count how much, for other items too."""
    rng = np.random.default_rng(0)
    texts = [[f"w{i}" for i in rng.integers(0, 12, n)] for n in rng.integers(0, 9, 40)]
    learnt = rng.random(40) < 0.6
    known = item_text.vocabulary(texts, learnt, 2)
    peer = TfidfVectorizer(vocabulary=known.tolist(), analyzer=lambda words: words)
    peer.fit([own for own, is_learnt in zip(texts, learnt, strict=True) if is_learnt])
    found = item_text.tf_idf(texts, known, learnt)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.toarray(), peer.transform(texts).toarray(), atol=1e-6)


def test_tf_idf_without_words() -> None:
    nothing = item_text.tf_idf([[], ["a"]], np.zeros(0, np.str_), np.array([True, True]))
    assert nothing.shape == (2, 0)
