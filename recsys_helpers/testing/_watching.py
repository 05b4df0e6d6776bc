"""Recording whether code changes arrays or the global random generators."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_helpers.log import Histories, Interactions, Queries


@contextmanager
def watched_arrays(**holders: Interactions | Histories | Queries) -> Iterator[list[str]]:
    """Yield a list that, at the end, names the arrays of the given logs that have changed."""
    arrays: dict[str, NDArray[Any]] = {
        f"{name}.{field.name}": value
        for name, holder in holders.items()
        for field in fields(holder)
        if isinstance(value := getattr(holder, field.name), np.ndarray)
    }
    before = {name: array.copy() for name, array in arrays.items()}
    changed: list[str] = []
    yield changed
    changed += [name for name in arrays if not np.array_equal(arrays[name], before[name])]


@contextmanager
def watched_generators() -> Iterator[list[str]]:
    """Yield a list that, at the end, names the global generators whose state has changed.

    At the start they get a state that no seed sets, at the end their old one.
    """
    of_python, of_numpy = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
    random.random()
    np.random.random(7)  # noqa: NPY002
    before = _generator_states()
    moved: list[str] = []
    try:
        yield moved
    finally:
        moved += [name for name, state in _generator_states().items() if state != before[name]]
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002


def _generator_states() -> dict[str, object]:
    numpy = np.random.get_state(legacy=False)  # noqa: NPY002
    state = (numpy["state"]["key"].tobytes(), numpy["state"]["pos"], numpy["has_gauss"])
    return {"random": random.getstate(), "numpy.random": state}
