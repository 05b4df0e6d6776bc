"""What every recommender with a network does alike: fit, score, save and load it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from recsys_helpers._types import F32
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.neural import network, training
from recsys_helpers.recommenders.neural.losses import Loss
from recsys_helpers.recommenders.store import Learnt


class NetworkRecommender(Recommender):
    """Has a network that reads a history; a subclass brings settings and `_network`."""

    network: Any
    curve: list[dict[str, float]]
    loss: Loss
    n_negatives: int
    max_len: int
    batch_size: int
    learning_rate: float
    averaging: float
    epochs: int
    patience: int
    seed: int
    checkpoint: Path | None
    every_position: bool = True

    def _network(self, n_items: int) -> Any:
        """Return the network, not yet trained."""
        raise NotImplementedError

    def reads(self) -> tuple[NDArray[Any], ...]:
        """Return what a network reads beside the log; a checkpoint belongs to it too."""
        return ()

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.network = self._network(train.n_items)
        self.curve = training.train(self, train, valid)

    def _score(self, histories: Histories) -> F32:
        return network.score_last(self.network, histories, self.max_len)

    def score_positions(self, histories: Histories) -> F32:
        """Return the scores after each item of each history.

        Parameters
        ----------
        histories
            n histories with nnz items.

        Returns
        -------
        F32
            Shape (nnz, n_items); row t equals `score` of the history that ends there.
        """
        self._check(histories)
        return self._masked(network.score_positions(self.network, histories, self.max_len))

    def _arrays(self) -> dict[str, Learnt]:
        return network.arrays(self.network)

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        self.network = self._network(self.catalogue.n_items)
        network.restore(self.network, arrays)
