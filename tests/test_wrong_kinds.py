"""Things of the wrong kind given to every public callable: each argument is named."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest
from support import wrong_kinds
from support.wrong_kinds import Stranger

from recsys_helpers import (
    EASE,
    Histories,
    Interactions,
    Popularity,
    RatingBiases,
    evaluate,
    evaluate_ratings,
    hold_out_items,
    k_folds,
    leave_last_out,
    load_movielens,
    random_split,
    reproducible,
    serving,
    synthetic,
    time_split,
    user_split,
)

LOG = synthetic(n_users=60, n_items=25, mean_length=12, seed=1).interactions
SPLIT = leave_last_out(LOG, 1, 1)
MODEL = Popularity().fit(SPLIT.train)
ASKED = MODEL.histories([[LOG.catalogue.ids[0]]])


WRONG = [Stranger(), [1, 2], {"a": 1}, SPLIT, LOG, ASKED, SPLIT.test, "5", 5.5, None]

# Each callable, the arguments that make it work, and which of the wrong things are right there.
CALLS: dict[str, tuple[Callable, dict, tuple]] = {
    "fit": (Popularity().fit, {"train": LOG, "valid": SPLIT.valid}, (LOG, SPLIT.test, None)),
    "score": (MODEL.score, {"histories": ASKED}, (ASKED,)),
    "top_k": (MODEL.top_k, {"histories": ASKED, "k": 3}, (ASKED,)),
    "recommend": (MODEL.recommend, {"histories": ASKED, "k": 3}, (ASKED,)),
    "evaluate": (
        evaluate,
        {
            "models": {"m": MODEL},
            "queries": SPLIT.test,
            "k": 3,
            "repeats": "miss",
            "leaks": "error",
        },
        (SPLIT.test,),
    ),
    "evaluate_ratings": (
        evaluate_ratings,
        {"models": {"m": RatingBiases()}, "test": SPLIT.test_rows},
        (LOG,),
    ),
    "leave_last_out": (leave_last_out, {"data": LOG, "n_valid": 1, "n_test": 1}, (LOG,)),
    "time_split": (time_split, {"data": LOG, "valid": 0.1, "test": 0.1}, (LOG,)),
    "user_split": (user_split, {"data": LOG, "n_targets": 1}, (LOG,)),
    "random_split": (random_split, {"data": LOG, "valid": 0.1, "test": 0.1}, (LOG,)),
    "k_folds": (k_folds, {"data": LOG, "k": 2}, (LOG,)),
    "hold_out_items": (hold_out_items, {"split": SPLIT, "share": 0.2, "seed": 0}, (SPLIT,)),
    "k_core": (LOG.k_core, {"k": 2}, ()),
    "service": (serving.service, {"recommender": MODEL}, ()),
    "reproducible": (reproducible, {"seed": 0}, ()),
    "synthetic": (synthetic, {"n_users": 9, "n_items": 9, "order": 0.1, "seed": 0}, ()),
    "load_movielens": (load_movielens, {"size": "small"}, ()),
}
CASES = [(name, argument) for name, (_, good, _) in CALLS.items() for argument in good]


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_each_argument_is_named(name: str, argument: str) -> None:
    call, good, allowed = CALLS[name]
    for wrong in WRONG:
        if not any(wrong is thing for thing in allowed):
            with pytest.raises((TypeError, ValueError), match=rf"\b{argument}\b"):
                call(**{**good, argument: wrong})


@pytest.mark.parametrize(("name", "argument", "label"), list(wrong_kinds.cases()))
def test_arguments_of_constructors_are_checked(name: str, argument: str, label: str) -> None:
    spoken = argument.replace("_", "[_ ]")
    with pytest.raises((TypeError, ValueError), match=rf"\b{spoken}\b"):
        wrong_kinds.constructors()[name](**{argument: wrong_kinds.VALUES[label]})


def test_many_kinds_are_tried() -> None:
    assert len(list(wrong_kinds.cases())) > 500


def test_what_stands_in_place_of_histories_and_queries_is_said() -> None:
    cases: dict[str, Callable[[], object]] = {
        "histories must be Histories: recommender.histories([[id, …], …]), not a list": (
            lambda: MODEL.recommend([[1, 2]], 3)
        ),
        "histories must be Histories.*, not a Interactions": lambda: MODEL.recommend(LOG, 3),
        "queries must be Queries.*, not a Split": lambda: evaluate({"m": MODEL}, SPLIT),
        "k must be a whole number from 1 to 25, .*, not 5.0": lambda: MODEL.top_k(ASKED, 5.0),
        "the name 1 of a model must be text, not a int": lambda: evaluate({1: MODEL}, SPLIT.test),
        "regularisation must be a number, not '100'": lambda: EASE("100"),
        "df has columns named 0, 1, 2": (
            lambda: Interactions.from_frame(pd.DataFrame([[1, 2, 3]]))
        ),
        "lists_of_ids must hold one list": lambda: Histories.from_lists(LOG.catalogue, [1, 2]),
    }
    for message, call in cases.items():
        with pytest.raises((TypeError, ValueError)) as caught:
            call()
        pattern = ".*".join(re.escape(part) for part in message.split(".*"))
        assert re.match(pattern, str(caught.value)), str(caught.value)
