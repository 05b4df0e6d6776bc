"""What is written about items becomes words."""

from __future__ import annotations

import unicodedata

import numpy as np
import polars as pl
import pytest
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


@pytest.mark.bad_input("frames and item tables")
def test_tables_of_other_items_are_not_read_together() -> None:
    one, two = (pl.DataFrame({"item": ids, "title": ["Heat"] * len(ids)}) for ids in ([1], [1, 2]))
    for tables in ((one, two), (two, one)):
        with pytest.raises(ValueError, match="tables must have one row for each of the same items"):
            item_text.words(*tables)


def test_scripts_without_spaces_become_pairs_of_characters() -> None:
    """Pairs by hand; the last title shares one with the first."""
    cut = {
        "三国演义": ["三国", "国演", "演义"],
        "爱": ["爱"],
        "Love爱 in北京2019年": ["love", "爱", "in", "北京", "2019", "年"],
        "千と千尋の神隠し": ["千と", "と千", "千尋", "尋の", "の神", "神隠", "隠し"],
        "スター・ウォーズ": ["スタ", "ター", "ウォ", "ォー", "ーズ"],
        "佐々木": ["佐々", "々木"],
        "ที่รัก": ["ที่รั", "รัก"],  # vowel and tone signs stay on their consonant
        "기생충 2": ["기생충", "2"],  # Korean puts spaces between words
        "हिन्दी फ़िल्म": ["हिन्दी", "फ़िल्म"],
        "Cafe\u0301 l’été": ["café", "l’été"],
        "三国志": ["三国", "国志"],
        "♥️ ・ ー": ["ー"],
    }
    table = pl.DataFrame({"item": range(len(cut)), "title": list(cut)})
    found = [[word.removeprefix("title:") for word in own] for own in item_text.words(table)]
    assert found == [[unicodedata.normalize("NFC", word) for word in own] for own in cut.values()]
    labels = pl.DataFrame({"item": [1], "genres": [["科幻电影", "caf\u00e9", "Cafe\u0301"]]})
    assert item_text.words(labels) == [["genres:café", "genres:科幻电影"]]


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
