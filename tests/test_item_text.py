"""What is written about items becomes words."""

from __future__ import annotations

import polars as pl

from recsys_helpers import item_text


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
