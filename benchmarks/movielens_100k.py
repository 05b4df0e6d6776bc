"""MovieLens 100K from a folder, under the protocol of published figures.

The publisher forbids passing the data on, so the folder is given by whoever runs a benchmark.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from recsys_helpers import Interactions, leave_last_out
from recsys_helpers.splits.split import Split

GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
)


def log(folder: Path, text: bool) -> Interactions:
    """Return all ratings, with titles and genres if text is wanted."""
    frame = pl.read_csv(
        folder / "ml-100k" / "u.data",
        separator="\t",
        has_header=False,
        new_columns=["user", "item", "rating", "timestamp"],
    )
    items = films(folder) if text else None
    return Interactions.from_frame(frame, rating="rating", items=items)


def split(folder: Path, text: bool) -> Split:
    """Return the 5-core, the last item of each user for test, rows in the file's order."""
    return leave_last_out(log(folder, text).k_core(5), n_valid=1, n_test=1, order_ties="file")


def films(folder: Path) -> pl.DataFrame:
    """Return title and genres of each film."""
    lines = (folder / "ml-100k" / "u.item").read_text("latin-1").splitlines()
    fields = [line.split("|") for line in lines if line]
    genres = [
        [genre for genre, flag in zip(GENRES, row[-len(GENRES) :], strict=True) if flag == "1"]
        for row in fields
    ]
    table = {"item": [int(row[0]) for row in fields], "title": [row[1] for row in fields]}
    return pl.DataFrame(table).with_columns(genres=pl.Series(genres, dtype=pl.List(pl.String)))
