"""What recommenders with differential privacy have in common."""

from __future__ import annotations

from math import inf
from typing import ClassVar

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers.privacy.gaussian import check_delta, gaussian_epsilon
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.store import Learnt


class PrivateRecommender(Recommender):
    """Learns from one noisy sum over people, to which nobody contributes more than `max_norm`.

    It ranks all items, because which of them have training rows is private too. Nor are their
    counts saved.
    """

    ranks_new_items: ClassVar[bool] = True

    max_norm: float
    noise_multiplier: float

    def __post_init__(self) -> None:
        _arguments.settings(self, "noise_multiplier")
        _arguments.not_negative("noise_multiplier", self.noise_multiplier)

    def epsilon(self, delta: float) -> float:
        """Return the ε that holds for each person of the training log, with all their rows.

        Parameters
        ----------
        delta
            δ, between 0 and 1; less than one over the number of people.

        Returns
        -------
        float
            The exact ε of the noise; infinite without noise.

        Raises
        ------
        ValueError, TypeError
            If `delta` is out of range or no number.
        """
        check_delta(delta)
        return gaussian_epsilon(self.noise_multiplier, delta) if self.noise_multiplier else inf

    def _arrays(self) -> dict[str, Learnt]:
        return {**super()._arrays(), "train_counts": np.zeros_like(self.train_counts)}
