"""What all checks of a recommender share: fitted recommenders, comparisons, refusals."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_helpers._types import F32, Bool
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._log import Sample, sample

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted recommender, what `fit` returned, and what making and fitting it changed."""

    model: Recommender
    returned: object
    changed_arguments: list[str]
    moved_generators: list[str]


class Subject:
    """A recommender under check, fitted once on the sample log for all checks."""

    def __init__(self, make: Callable[[], Recommender], tolerance: float) -> None:
        self.make = make
        self.tolerance = tolerance
        self.sample: Sample = sample()

    @cached_property
    def first(self) -> Fit:
        """The recommender fitted on the sample log, watched."""
        train, valid = self.sample.train, self.sample.valid
        holders = {"train": train, "valid": valid, "valid.histories": valid.histories}
        arrays = copies(holders)
        with watched_generators() as moved:
            model = self.make()
            returned = model.fit(train, valid)
        return Fit(model, returned, changed(arrays, holders), moved)

    @property
    def model(self) -> Recommender:
        """The recommender fitted on the sample log."""
        return self.first.model

    def fitted(self, train: Interactions, valid: Queries | None) -> Recommender:
        """Return a new recommender fitted on another log."""
        model = self.make()
        model.fit(train, valid)
        return model

    def close(self, scores: F32, others: F32) -> Bool:
        """Say where two arrays of scores agree, relative to how far the scores spread."""
        finite = np.isfinite(scores) & np.isfinite(others)
        room = self.room(scores)
        apart = np.abs(np.subtract(scores, others, where=finite, out=np.zeros_like(scores)))
        return np.where(finite, apart <= room, scores == others)

    def room(self, scores: F32) -> float:
        """Return how far two scores may lie apart and count as the same."""
        finite = scores[np.isfinite(scores)].astype(np.float64)
        if not finite.size:
            return 0.0
        return self.tolerance * float(np.ptp(finite)) + 1e-6 * float(np.max(np.abs(finite)))

    def require_same(self, scores: F32, others: F32, when: str) -> None:
        """Raise unless both arrays of scores agree."""
        require(
            scores.shape == others.shape,
            f"scores of shape {scores.shape} have shape {others.shape} {when}",
        )
        apart = np.argwhere(~self.close(scores, others))
        if len(apart):
            row, item = apart[0]
            raise AssertionError(
                f"the score of item code {item} in row {row} is {scores[row, item]:.7g}, but "
                f"{others[row, item]:.7g} {when} ({len(apart)} of {scores.size} scores differ)"
            )


def require(condition: object, otherwise: str) -> None:
    """Raise an AssertionError that says what is wrong, also under ``python -O``."""
    if not condition:
        raise AssertionError(otherwise)


def require_refusal(call: Callable[[], object], what: str) -> None:
    """Raise unless the call ends in a ValueError."""
    try:
        call()
    except ValueError:
        return
    except Exception as error:
        raise AssertionError(
            f"{what} must raise a ValueError that says so, not {type(error).__name__}: {error}"
        ) from error
    raise AssertionError(f"{what} must raise a ValueError, but nothing was raised")


def copies(holders: dict[str, Any]) -> Arrays:
    """Return a copy of every array that the given logs, histories and queries hold."""
    return {name: array.copy() for name, array in _arrays(holders).items()}


def changed(before: Arrays, holders: dict[str, Any]) -> list[str]:
    """Name the arrays that are no longer what they were."""
    now = _arrays(holders)
    return [name for name, array in before.items() if not np.array_equal(array, now[name])]


def _arrays(holders: dict[str, Interactions | Histories | Queries]) -> Arrays:
    return {
        f"{name}.{field.name}": value
        for name, holder in holders.items()
        for field in fields(holder)
        if isinstance(value := getattr(holder, field.name), np.ndarray)
    }


@contextmanager
def watched_generators() -> Iterator[list[str]]:
    """Yield a list that names, in the end, which generators shared by the process have moved.

    They are moved on first, to a state in which no seed leaves them, and put back in the end.
    """
    legacy, own = np.random.get_state(legacy=False), random.getstate()  # noqa: NPY002
    np.random.random(7)  # noqa: NPY002
    random.random()
    before = _generator_states()
    moved: list[str] = []
    try:
        yield moved
    finally:
        now = _generator_states()
        moved += [name for name, state in before.items() if now[name] != state]
        np.random.set_state(legacy)  # noqa: NPY002
        random.setstate(own)


def _generator_states() -> dict[str, object]:
    numpy = np.random.get_state(legacy=False)  # noqa: NPY002
    state = (numpy["state"]["key"].tobytes(), numpy["state"]["pos"], numpy["has_gauss"])
    return {"random": random.getstate(), "numpy.random": state}
