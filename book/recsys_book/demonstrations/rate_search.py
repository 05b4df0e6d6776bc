"""Choosing a learning rate: fit with each, keep what validation likes best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from recsys_book.demonstrations.trained_ranks import ranks_as_trained
from recsys_helpers._types import F32, I64
from recsys_helpers.evaluation.report import Report
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.splits.split import Split


class Trainable(Protocol):
    """What `search_rate` fits: `MatrixFactorization` and `BPR` have it."""

    user_factors: F32
    item_factors: F32
    train_counts: I64

    @property
    def curve(self) -> list[dict[str, float]]:
        """The epochs: number, loss and seconds so far."""

    def fit(self, train: Interactions, valid: Queries | None = None) -> object:
        """Fit."""


Model = TypeVar("Model", bound=Trainable)
Fitted_co = TypeVar("Fitted_co", bound=Trainable, covariant=True)


class Maker(Protocol[Fitted_co]):
    """What makes an unfitted recommender from a rule and its rate."""

    def __call__(self, *, optimizer: str, learning_rate: float) -> Fitted_co:
        """Make it."""


@dataclass(frozen=True)
class RateSearch(Generic[Model]):
    """What a rule reached with each learning rate that was tried.

    Parameters
    ----------
    losses
        Rate → training loss of the last epoch, infinite where it grew beyond all bounds.
    models
        Rate → fitted recommender, where the loss stayed finite.
    rate
        The rate that was best on validation.
    """

    losses: dict[float, float]
    models: dict[float, Model]
    rate: float

    @property
    def model(self) -> Model:
        """The recommender with the best rate."""
        return self.models[self.rate]

    @property
    def least(self) -> float:
        """The rate with the least training loss."""
        return min(self.losses, key=self.losses.__getitem__)

    @property
    def curve(self) -> list[dict[str, float]]:
        """Epochs at the rate with the least training loss: number, loss and seconds so far."""
        return self.models[self.least].curve

    def span(self, share: float) -> float:
        """Return the factor between the lowest and the highest rate with a good loss.

        Parameters
        ----------
        share
            By how much a good loss may be above the least.

        Returns
        -------
        float
            1 if only one rate is good.
        """
        bound = (1 + share) * min(self.losses.values())
        good = [rate for rate, loss in self.losses.items() if loss <= bound]
        return max(good) / min(good)


def search_rate(
    make: Maker[Model], rule: str, rates: Iterable[float], split: Split
) -> RateSearch[Model]:
    """Fit a recommender with each learning rate, and choose by NDCG@10 on validation.

    Parameters
    ----------
    make
        Makes an unfitted recommender from `optimizer` and `learning_rate`.
    rule
        The optimizer's name in `recsys_helpers.optimizers.rules.RULES`.
    rates
        To try.
    split
        Train and validation; test is not read.

    Returns
    -------
    RateSearch
        All fits, judged by `ranks_as_trained`.

    Raises
    ------
    ValueError
        If the loss grows beyond all bounds at every rate.

    Examples
    --------
    >>> from functools import partial
    >>> from recsys_helpers import BPR, leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=30, n_items=20, seed=0).interactions)
    >>> found = search_rate(partial(BPR, dim=2, epochs=3), "adam", [0.001, 0.1], split)
    >>> found.rate in (0.001, 0.1), found.losses[0.1] < found.losses[0.001]
    (True, True)
    """
    losses, models = {}, {}
    for rate in map(float, rates):
        model = make(optimizer=rule, learning_rate=rate)
        losses[rate] = np.inf
        try:
            model.fit(split.train)
        except ValueError as error:
            if "beyond all bounds" not in str(error):
                raise
            continue
        losses[rate], models[rate] = model.curve[-1]["loss"], model
    if not models:
        raise ValueError(f"the loss of {rule!r} grew beyond all bounds at every rate: go lower")
    ranks = {str(rate): ranks_as_trained(one, split.valid) for rate, one in models.items()}
    report = Report(split.valid, ranks)
    best = max(models, key=lambda rate: report.mean(str(rate), "NDCG@10"))
    return RateSearch(losses, models, best)
