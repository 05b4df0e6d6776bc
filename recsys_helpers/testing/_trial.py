"""The recommender under check, fitted on the sample log, and helpers for the checks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from recsys_helpers._types import F32
from recsys_helpers.log import Interactions, Queries
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing._log import sample
from recsys_helpers.testing._watching import watched_arrays, watched_generators


class Trial:
    """A recommender under check, fitted once on the sample log for all checks.

    Attributes
    ----------
    make
        Returns a new, unfitted recommender.
    tolerance
        How much two equal scores may differ, as a share of the range of scores.
    sample
        The log, and the histories to score.
    questions
        The histories of the sample that most checks use.
    returned, changed, moved
        What `fit` returned, and which of its arguments and of the global random generators it
        changed; known once `model` has been read.
    """

    def __init__(self, make: Callable[[], Recommender], tolerance: float) -> None:
        self.make = make
        self.tolerance = tolerance
        self.sample = sample()
        self.questions = self.sample.questions

    @cached_property
    def model(self) -> Recommender:
        """The recommender fitted on the sample log, with its side effects recorded."""
        train, valid = self.sample.train, self.sample.valid
        watched = watched_arrays(train=train, valid=valid, valid_histories=valid.histories)
        with watched as self.changed, watched_generators() as self.moved:
            model = self.make()
            self.returned: object = model.fit(train, valid)
        return model

    def fitted(self, train: Interactions, valid: Queries | None) -> Recommender:
        """Return a new recommender fitted on another log."""
        model = self.make()
        model.fit(train, valid)
        return model

    def room(self, scores: F32) -> float:
        """Return how much two equal scores may differ."""
        finite = scores[np.isfinite(scores)].astype(np.float64)
        if not finite.size:
            return 0.0
        return self.tolerance * float(np.ptp(finite)) + 1e-6 * float(np.max(np.abs(finite)))

    def require_same(self, scores: F32, others: F32, when: str) -> None:
        """Raise unless both arrays of scores agree within the tolerance."""
        require(
            scores.shape == others.shape,
            f"scores of shape {scores.shape} have shape {others.shape} {when}",
        )
        finite = np.isfinite(scores) & np.isfinite(others)
        gaps = np.abs(np.subtract(scores, others, where=finite, out=np.zeros_like(scores)))
        differing = np.argwhere(np.where(finite, gaps > self.room(scores), scores != others))
        if len(differing):
            row, item = differing[0]
            raise AssertionError(
                f"the score of item code {item} in row {row} is {scores[row, item]:.7g}, but "
                f"{others[row, item]:.7g} {when} ({len(differing)} of {scores.size} scores differ)"
            )


def require(condition: object, otherwise: str) -> None:
    """Raise an AssertionError unless the condition holds, also under ``python -O``."""
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
