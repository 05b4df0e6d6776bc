"""The same work by implicit or RecBole: `peers.py PEER NAME LOG OUT`, in the peers' environment."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from pathlib import Path

import numpy as np
from measured import NEIGHBOURS, REGULARISATION, SAMPLE, K, measure, save
from scipy import sparse

CELLS = 1 << 22
"""Scores that RecBole is given to hold at once; its default would be one or two users."""


def implicit(name: str, log_path: str, out: str) -> None:
    """Cosine neighbours of implicit, which count an item itself as one of its neighbours."""
    from implicit.nearest_neighbours import CosineRecommender  # noqa: PLC0415

    if name != "ItemKNN":
        raise ValueError(f"implicit has no {name}")
    with np.load(log_path) as log:
        users, items = log["users"], log["items"]
        shape = int(log["n_users"]), int(log["n_items"])
    seen = []

    def fit() -> CosineRecommender:
        ones = np.ones(len(users), np.float32)
        seen.append(sparse.csr_matrix((ones, (users, items)), shape=shape))
        model = CosineRecommender(K=NEIGHBOURS + 1)
        model.fit(seen[0], show_progress=False)
        return model

    def lists(model: CosineRecommender) -> np.ndarray:
        return model.recommend(np.arange(shape[0]), seen[0], N=K)[0]

    model, listed, taken = measure(fit, lists)
    pairs = model.similarity.tocoo()
    others = pairs.row != pairs.col
    # implicit's rows are the items whose neighbours the columns are; ours are the other way round
    save(
        out,
        taken,
        listed,
        row=pairs.col[others],
        column=pairs.row[others],
        value=pairs.data[others],
    )


def recbole(name: str, log_path: str, out: str, *, batch: int = 2048) -> None:
    """Fit RecBole's models on its own dataset, rank by `full_sort_predict` and torch's top-k."""
    from recbole.config import Config  # noqa: PLC0415
    from recbole.data import create_dataset  # noqa: PLC0415
    from recbole.data.dataloader import TrainDataLoader  # noqa: PLC0415
    from recbole.data.interaction import Interaction  # noqa: PLC0415
    from recbole.utils import get_model  # noqa: PLC0415
    from torch import arange, from_numpy, inf, no_grad, topk  # noqa: PLC0415

    folder = Path(log_path).with_suffix("")
    kind = {"Popularity": "Pop"}.get(name, name)
    config = Config(
        model=kind,
        dataset=folder.name,
        config_dict={
            "data_path": str(folder.parent),
            "load_col": {"inter": ["user_id", "item_id"]},
            "eval_args": {"split": {"RS": [1, 0, 0]}, "order": "RO", "group_by": "none"},
            "train_neg_sample_args": None,
            "train_batch_size": batch,
            "reg_weight": REGULARISATION,
            "k": NEIGHBOURS,
            "shrink": 0.0,
            "use_gpu": False,
        },
    )
    dataset = create_dataset(config)
    (built,) = dataset.build()[:1]
    loader = TrainDataLoader(config, built, None, shuffle=False)
    seen = built.inter_matrix(form="csr")

    def fit() -> object:
        model = get_model(kind)(config, built)
        if kind == "Pop":
            for rows in loader:
                model.calculate_loss(rows)
        return model.eval()

    def lists(model: object) -> np.ndarray:
        found = []
        step = max(1, CELLS // built.item_num)
        with no_grad():
            for start in range(1, built.user_num, step):
                some = arange(start, min(start + step, built.user_num))
                scores = model.full_sort_predict(Interaction({"user_id": some}))
                scores = scores.view(-1, built.item_num)
                scores[:, 0] = -inf  # RecBole's padding item
                rows = seen[start : start + len(some)].tocoo()
                scores[from_numpy(rows.row).long(), from_numpy(rows.col).long()] = -inf
                found.append(topk(scores, K).indices.numpy())
        return np.concatenate(found)

    model, listed, taken = measure(fit, lists)
    item_ids = np.array([-1, *map(int, dataset.field2id_token["item_id"][1:])])
    user_ids = np.array([*map(int, dataset.field2id_token["user_id"][1:])])
    items = np.empty_like(listed)
    items[user_ids] = item_ids[listed]
    save(out, taken, items, **_learnt(name, model, item_ids))


def _learnt(name: str, model: object, item_ids: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is compared with ours, in our codes; items without rows are RecBole's unknown."""
    n_items = int(item_ids.max()) + 1
    if name == "EASE":
        place = np.full(n_items, -1)
        place[item_ids[1:]] = np.arange(1, len(item_ids))
        known = np.flatnonzero(place >= 0)
        rows = known[known < SAMPLE]
        weights = np.zeros((SAMPLE, n_items), np.float32)
        weights[np.ix_(rows, known)] = np.asarray(model.item_similarity)[
            np.ix_(place[rows], place[known])
        ]
        return {"weights": weights}
    if name == "ItemKNN":
        pairs = model.w.tocoo()
        return {"row": item_ids[pairs.row], "column": item_ids[pairs.col], "value": pairs.data}
    counts = np.zeros(n_items, np.int64)
    counts[item_ids[1:]] = model.item_cnt[1:, 0].numpy()
    return {"counts": counts}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    peer, *rest = sys.argv[1:]
    sys.argv[1:] = []  # RecBole reads the command line as settings
    os.chdir(Path(rest[2]).parent)  # where RecBole may write its logs
    {"implicit": implicit, "RecBole": recbole}[peer](*rest)
