"""Appending new items to a catalogue."""

from __future__ import annotations

import polars as pl

from recsys_helpers.log import _ids
from recsys_helpers.log.catalogue import Catalogue


def appended(catalogue: Catalogue, items: pl.DataFrame) -> Catalogue:
    """Return a catalogue with new items appended, so that old codes keep their meaning."""
    _ids.require_column(items.columns, "item", "items", "the table of new items")
    ids = _ids.id_series(items["item"], "item", lambda row: f"row {row} of the new items")
    new = pl.DataFrame([ids.alias("item"), *items.drop("item").get_columns()])
    old = catalogue.items
    for name in old.columns:
        if name in new.columns:
            new = new.with_columns(_like(new[name], old[name]))
    if repeated := new["item"].filter(new["item"].is_in(old["item"].implode())).to_list():
        raise ValueError(f"the catalogue already has item {_ids.listed(repeated)}: leave it out")
    return Catalogue(pl.concat([old, new], how="diagonal"))


def _like(column: pl.Series, known: pl.Series) -> pl.Series:
    """Return a column cast to the type of the catalogue's, but never between 7 and "7"."""
    apart = pl.String if known.name == "item" else pl.List
    if not len(column) or isinstance(column.dtype, apart) == isinstance(known.dtype, apart):
        try:
            return column.cast(known.dtype)
        except pl.exceptions.PolarsError:
            pass
    raise ValueError(
        f"column {column.name!r} of the new items holds {column.dtype} values, but that of the "
        f"catalogue {known.dtype}: convert it"
    )
