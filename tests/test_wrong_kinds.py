"""Things of the wrong kind given to every public callable: each argument is named."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from itertools import groupby

import pandas as pd
import pytest
from support import wrong_kinds
from support.wrong_kinds import ASKED, LOG, MODEL, SPLIT, VALUES

from recsys_helpers import EASE, Histories, Interactions, evaluate

ARGUMENTS = {
    place: [case.label for case in cases]
    for place, cases in groupby(wrong_kinds.cases(), key=lambda case: case[:2])
}


def test_every_public_callable_is_tried() -> None:
    assert wrong_kinds.public() <= set(wrong_kinds.doors())


@pytest.mark.parametrize("door", wrong_kinds.DOORS, ids=lambda door: door.call.__qualname__)
def test_without_a_wrong_argument_nothing_is_refused(door: wrong_kinds.Door) -> None:
    if door not in wrong_kinds.OF_NETWORKS:
        door.call(**door.good)


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_each_argument_is_named(name: str, argument: str) -> None:
    call, good = wrong_kinds.doors()[name]
    spoken = argument.replace("_", "[_ ]")
    for label in ARGUMENTS[name, argument]:
        with warnings.catch_warnings(), pytest.raises((TypeError, ValueError)) as caught:
            call(**{**good, argument: VALUES[label]})
        assert re.search(rf"\b{spoken}\b", str(caught.value)), f"{label}: {caught.value}"


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
