"""The pictures of chapter 4, each drawn once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from support.pictures.made import NAMES, Drawn, log, means, report

from recsys_book.chapters.worked_example import plots as worked_example


def data_flow() -> Drawn:
    sizes = {"dim": 8, "max_len": 50, "n_filters": 4, "kernel": 3, "n_units": 6}
    picture = worked_example.data_flow(SimpleNamespace(vocabulary=["a", "b"], **sizes), log())
    names = ["30 × 8", "4 filters of 3", "2 different", "50 films each"]
    return Drawn(picture, names, [], names)


def learnt_by_heart() -> Drawn:
    picture = worked_example.learnt_by_heart([0.1, 0.5, 0.9, 1.0], [0.0, 0.01], stopped=2)
    names = ["training rows", "next film of the same people", "the listing stops"]
    return Drawn(picture, names, [[0.1, 0.5, 0.9, 1.0], [0, 0.01], [2, 4]], ["100%", "1.0%"])


def by_training_rows() -> Drawn:
    groups = {"few": report(), NAMES[3]: report()}
    picture = worked_example.by_training_rows(groups, *NAMES[1:3], "NDCG@10", 0.25)
    mean = means()[1:3]
    difference = mean[0] - mean[1]
    numbers = [[mean[0]] * 2, [mean[1]] * 2, [difference] * 2, [0.25, 0.25]]
    names = [*NAMES[1:4], "few", "chance", f"{NAMES[1]} minus {NAMES[2]}"]
    return Drawn(picture, names, numbers, [f"few: {mean[0]:.3f} and {mean[1]:.3f}", *NAMES[1:4]])


def id_dropout() -> Drawn:
    ranks = {**report().ranks, "at random": report().ranks[NAMES[2]]}
    some = replace(report(), ranks=ranks, lists={})
    picture = worked_example.id_dropout(some, 4, {NAMES[0]: 0.09, NAMES[1]: 0.08})
    shares = [some.mean(name, "HR@4") for name in NAMES[:2]]
    names = ["chance", "ranked in the first 4", *NAMES[:2]]
    return Drawn(picture, names, [shares, [0.09, 0.08]], [f"{NAMES[0]} {shares[0]:.1%}"])
