"""What has been made is not changed afterwards, and is equal to itself alone."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from recsys_helpers import Catalogue, Histories, Interactions, Queries
from recsys_helpers.log.reading.options import Options

HELD = [Catalogue, Histories, Interactions, Queries]


@pytest.mark.parametrize("kind", [*HELD, Options])
def test_nothing_is_put_in_place_of_what_is_held(kind: type) -> None:
    thing = object.__new__(kind)
    for field in fields(kind):
        with pytest.raises(FrozenInstanceError, match=field.name):
            setattr(thing, field.name, None)


@pytest.mark.parametrize("kind", HELD)
def test_each_is_equal_to_itself_alone(kind: type) -> None:
    """Arrays cannot be compared by ==, nor a table be the key of a dictionary."""
    one, other = object.__new__(kind), object.__new__(kind)
    assert len({one, other, one}) == 2
