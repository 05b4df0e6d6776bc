"""Fit one recommender of this package and list 10 items for every user: `ours.py NAME LOG OUT`."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
from measured import NEIGHBOURS, REGULARISATION, SAMPLE, K, measure, save

from recsys_helpers import Catalogue, Interactions
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.simple.ease import EASE
from recsys_helpers.recommenders.simple.item_knn import ItemKNN
from recsys_helpers.recommenders.simple.popularity import Popularity


def read(path: str) -> Interactions:
    """Return the log that `speed.py` wrote."""
    with np.load(path) as log:
        catalogue = Catalogue(pl.DataFrame({"item": np.arange(log["n_items"])}))
        user_ids = np.arange(log["n_users"])
        return Interactions(catalogue, user_ids, log["users"], log["items"], log["times"])


def new(name: str) -> Recommender:
    """Return the recommender, unfitted, with the settings of the comparison."""
    if name == "Popularity":
        return Popularity()
    return ItemKNN(NEIGHBOURS) if name == "ItemKNN" else EASE(REGULARISATION)


def learnt(model: Recommender) -> dict[str, np.ndarray]:
    """Return what is compared with the peer's, beside the lists."""
    if isinstance(model, EASE):
        return {"weights": model.weights[:SAMPLE]}
    if isinstance(model, ItemKNN):
        pairs = model.similarities.tocoo()
        return {"row": pairs.row, "column": pairs.col, "value": pairs.data}
    return {"counts": model.train_counts}


def main(name: str, log_path: str, out: str) -> None:
    """Measure and write; making the histories from the log counts as part of making the lists."""
    log = read(log_path)
    model, items, taken = measure(
        lambda: new(name).fit(log), lambda model: model.top_k(log.histories(), K)[0]
    )
    save(out, taken, items, **learnt(model))


if __name__ == "__main__":
    main(*sys.argv[1:])
