"""Vectors of film texts that a language model made, from a file, so that nothing is downloaded.

`tools/text_vectors.py` wrote it; data/text_vectors/SOURCE.md tells how.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys_helpers import Catalogue, Interactions
from recsys_helpers._types import I32

FILE = Path(__file__).parents[2] / "data" / "text_vectors" / "films.npz"

Vectors: TypeAlias = tuple[I32, NDArray[np.float16]]
"""Film ids, shape (n,), and the vector of each film's text, shape (n, dim)."""


def sentence(title: str, year: int | None, genres: list[str]) -> str:
    """Return what the language model read about a film.

    Parameters
    ----------
    title, year, genres
        What the item table holds; the year may be missing, the genres may be none.

    Returns
    -------
    str
        One line of text.

    Examples
    --------
    >>> sentence("Heat", 1995, ["Action", "Crime"])
    'Heat (1995). Action, Crime'
    >>> sentence("Green Room", None, [])
    'Green Room. '
    """
    return f"{title}{'' if year is None else f' ({year})'}. {', '.join(genres)}"


def read() -> Vectors:
    """Return the ids of all films of the small MovieLens set, and the vectors of their texts.

    Returns
    -------
    ids, vectors
        Shape (n,), and shape (n, dim).
    """
    with np.load(FILE, allow_pickle=False) as file:
        return file["ids"], file["vectors"]


def with_text_vectors(log: Interactions) -> Interactions:
    """Return the same log with a column "vector" in its item table.

    The mean vector of all films of the file is subtracted: all texts are alike in being titles with
    genres, and what they have in common says nothing about any of them.

    Parameters
    ----------
    log
        A log of films of the small MovieLens set.

    Returns
    -------
    Interactions
        The same rows. Each film has a list of numbers.

    Raises
    ------
    ValueError
        If a film is not in the file; the message names it.
    """
    ids, vectors = read()
    centred = vectors - vectors.mean(axis=0, dtype=np.float32)  # (n, dim)
    known = pl.DataFrame(
        {"item": ids.astype(np.int64), "vector": centred},
        schema_overrides={"vector": pl.Array(pl.Float32, vectors.shape[1])},
    ).with_columns(pl.col("vector").arr.to_list())
    items = log.catalogue.items.join(known, on="item", how="left", maintain_order="left")
    if (missing := items.filter(items["vector"].is_null())).height:
        raise ValueError(f"film {missing['item'][0]} has no vector in {FILE.name}")
    return replace(log, catalogue=Catalogue(items))
