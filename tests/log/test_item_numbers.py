"""The numbers of items are brought to one scale."""

from __future__ import annotations

import numpy as np
import polars as pl

from recsys_helpers.log import item_numbers

KNOWN = np.array([True, True, True, False])
ITEMS = pl.DataFrame(
    {
        "item": [4, 5, 6, 7],
        "title": ["a", "b", "c", "d"],
        "year": [1990, None, 2010, 2000],
        "price": [1.0, 5.0, 3.0, float("nan")],
    }
)


def test_numbers_by_hand() -> None:
    """Years 1990 and 2010 are known: mean 2000, deviation 10. Prices 1, 5, 3: mean 3, √(8 / 3)."""
    found = item_numbers.standardised(ITEMS, KNOWN)
    s = np.sqrt(8 / 3)
    np.testing.assert_allclose(found, [[-1, -2 / s], [0, 2 / s], [1, 0], [0, 0]], rtol=1e-6)
    assert found.dtype == np.float32


def test_other_items_change_nothing() -> None:
    more = pl.concat([ITEMS, ITEMS.with_columns(pl.col("item") + 9, year=pl.lit(1900, pl.Int64))])
    known = np.append(KNOWN, np.zeros(4, bool))
    found = item_numbers.standardised(more, known)
    assert np.array_equal(found[:4], item_numbers.standardised(ITEMS, KNOWN))


def test_what_says_nothing_is_left_out() -> None:
    table = ITEMS.with_columns(
        same=pl.lit(3), lacks=pl.lit(None, pl.Int64), new=pl.Series([None, None, None, 1])
    )
    assert item_numbers.standardised(table, KNOWN).shape == (4, 2)
    assert item_numbers.standardised(ITEMS.select("item", "title"), KNOWN).shape == (4, 0)
    assert item_numbers.standardised(ITEMS, np.zeros(4, bool)).shape == (4, 0)
