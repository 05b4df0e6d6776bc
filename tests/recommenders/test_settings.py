"""Every recommender refuses sizes and seeds that are none, and names the argument."""

from __future__ import annotations

import inspect

import pytest

import recsys_helpers
from recsys_helpers.recommenders import HOMES


def whole_numbers() -> list[tuple[str, str]]:
    """Return each recommender with each argument that is a whole number."""
    return [
        (name, argument.name)
        for name in HOMES
        for argument in inspect.signature(getattr(recsys_helpers, name)).parameters.values()
        if "int" in str(argument.annotation).split(" | ")
    ]


@pytest.mark.parametrize(("name", "argument"), whole_numbers())
def test_whole_numbers_are_checked(name: str, argument: str) -> None:
    too_far = 2**64 if argument == "seed" else 0
    for value in (-1, 1.5, True, "x", too_far):
        with pytest.raises(ValueError, match=rf"\b{argument} must be a whole number"):
            getattr(recsys_helpers, name)(**{argument: value})


def test_the_arguments_are_those_that_stand_in_the_signatures() -> None:
    arguments = set(whole_numbers())
    expected = {("BPR", "seed"), ("ItemKNN", "n_neighbours"), ("BiasedMF", "batch_size")}
    assert expected | {("SASRec", "n_heads"), ("ConvLSTM", "kernel")} <= arguments


@pytest.mark.parametrize("dilations", [(1, 0), [2.5], ["x"]])
def test_dilations_are_whole_numbers(dilations: list) -> None:
    with pytest.raises(ValueError, match="each of dilations must be a whole number"):
        recsys_helpers.NextItNet(dilations=dilations)
