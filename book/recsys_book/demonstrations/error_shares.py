"""Shares of wrong answers to questions of yes or no, with intervals over users and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from recsys_helpers._types import F64, I32
from recsys_helpers.display import Table
from recsys_helpers.evaluation._bootstrap import Sums
from recsys_helpers.evaluation.judgement import Judgement

METRIC = "share of errors"


@dataclass(frozen=True, eq=False, repr=False)
class ErrorShares(Judgement):
    """How often models answer wrongly.

    Parameters
    ----------
    users
        Codes of the users whom the questions are about, shape (n,).
    errors
        For each model 1 where its answer is wrong, 0 where it is right, and 0.5 where it is
        undecided, shape (n,).
    seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        If a model has not as many answers as there are questions.

    Examples
    --------
    >>> shares = ErrorShares(np.array([0, 0, 1, 1]), {"yes": [1, 1, 0, 0], "coin": [0.5] * 4})
    >>> shares.mean("yes"), shares.mean("coin")
    (0.5, 0.5)
    """

    lower_is_better: ClassVar[bool] = True

    users: I32
    errors: Mapping[str, ArrayLike]
    seed: int = 0

    def __post_init__(self) -> None:
        for name, errors in self._models.items():
            if errors.shape != (1, len(self.users)):
                raise ValueError(
                    f"{name!r} has {errors.shape[1]} answers to {len(self.users)} questions"
                )

    def table(self) -> Table:
        """Return each model's share of errors with its 95% interval, the smallest first.

        Returns
        -------
        Table
            One row for each model.
        """
        return self._table(
            [METRIC], f"Shares of {len(self.users):,} questions about {self._n_users:,} users."
        )

    @property
    def _models(self) -> Mapping[str, F64]:
        return {name: np.asarray(errors, np.float64)[None] for name, errors in self.errors.items()}

    @property
    def _n_users(self) -> int:
        return len(np.unique(self.users))

    def _metric(self, metric: str | None) -> str:
        return METRIC

    def _sums(self, name: str, metric: str | None) -> Sums:
        return Sums.of(self._fits(name), self.users)
