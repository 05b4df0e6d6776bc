"""What all recommenders with a network share: how it is fitted, used for scores and saved."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import polars as pl

from recsys_helpers._types import F32, I32, I64
from recsys_helpers.log import _new_items
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.neural import sequences
from recsys_helpers.recommenders.neural.backend import Tensor, tf
from recsys_helpers.recommenders.neural.checkpoint import Checkpoint, Curve, run
from recsys_helpers.recommenders.neural.network import SequenceNetwork
from recsys_helpers.recommenders.neural.progress import Progress
from recsys_helpers.recommenders.neural.training import NetworkSettings, train
from recsys_helpers.recommenders.store import Learnt

BATCH = 256
"""Sequences that are run through a network at once when it scores."""


class NetworkRecommender(NetworkSettings, Recommender):
    """Has a network that reads a history; a subclass is a dataclass of settings with `_network`.

    Attributes
    ----------
    network
        The network, trained.
    curve
        One entry for each epoch: epoch, loss, seconds so far and, with validation, ndcg.
    """

    network: SequenceNetwork
    curve: Curve

    def settings(self) -> dict[str, Any]:
        """Return the constructor's arguments by name, with None for `checkpoint`.

        A checkpoint belongs to one fit, not to what was fitted: it is neither saved nor copied.

        Returns
        -------
        dict
            What is needed to make the same recommender, unfitted.
        """
        return super().settings() | {"checkpoint": None}

    def _network(self, n_items: int) -> SequenceNetwork:
        """Return the network, not yet trained."""
        raise NotImplementedError

    @property
    def _n_times(self) -> int:
        """How many arrays of times the network reads, as in `sequences.windows`."""
        return len(self.needs & {"times", "at"})

    def _windows(self, histories: Histories, rng: np.random.Generator) -> sequences.Windows:
        """Cut histories into what one epoch learns from."""
        return sequences.windows(histories, self.max_len, rng, self._n_times)

    def _fit(self, train_log: Interactions, valid: Queries | None) -> None:
        self.network = self._network(train_log.n_items)
        name, checkpoint = type(self).__name__, None
        if self.checkpoint is not None:
            read = [np.asarray(getattr(self, learnt)) for learnt in self.learnt]
            checkpoint = Checkpoint(
                self.checkpoint, run(name, self.settings(), train_log, read, valid)
            )
        self.curve = train(
            self.network,
            self,
            train_log,
            self._windows,
            None if valid is None else lambda: ranking.ndcg(self.score, valid),
            checkpoint,
            Progress(name),
        )

    def _score(self, histories: Histories) -> F32:
        return self._scores_after(*sequences.last_window(histories, self.max_len, self._n_times))

    def score_positions(self, histories: Histories) -> F32:
        """Return the scores after each item of each history.

        Parameters
        ----------
        histories
            n histories with nnz items.

        Returns
        -------
        F32
            Shape (nnz, n_items); row t equals `score` of the history that ends with item t, with
            the time of the next item as its `at`.

        Raises
        ------
        ValueError, TypeError
            As in `score`.
        """
        self._check(histories)
        scores = self._score(sequences.prefixes(histories, self.max_len))
        return self._comparable(scores, len(histories.items), "score_positions", "position")

    def _scores_after(self, codes: I32, lengths: I64, *times: I64) -> F32:
        """Return the scores after the last item of each window; an empty one gets 0 everywhere."""
        item_vectors = tf.convert_to_tensor(self.network.item_vectors())  # (n_items, dim)
        states = self._states_after(item_vectors, codes, lengths, *times)  # (n, dim)
        scores: F32 = states @ item_vectors.numpy().T
        return scores

    def _states_after(self, item_vectors: Tensor, codes: I32, lengths: I64, *times: I64) -> F32:
        """Return the states after the last items, shape (n, dim); an empty window gets 0."""
        states = np.zeros((len(codes), item_vectors.shape[1]), np.float32)
        not_empty = np.flatnonzero(lengths)
        for batch, width in sequences.batches(lengths[not_empty], BATCH, self.max_len):
            rows = not_empty[batch]
            states[rows] = self.network.last_states(
                codes[rows, :width],
                lengths[rows].astype(np.int32),
                item_vectors,
                *(each[rows, :width] for each in times),
            ).numpy()
        return states

    def _arrays(self) -> dict[str, Learnt]:
        weights = {f"weight_{i:03}": w for i, w in enumerate(self.network.get_weights())}
        return {**super()._arrays(), **weights}

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        saved = {name: arrays.pop(name) for name in list(arrays) if name.startswith("weight_")}
        super()._take_arrays(arrays)
        self.checkpoint = None
        self._make_network()
        expected = [f"weight_{i:03}" for i in range(len(self.network.weights))]
        if sorted(saved) != expected:
            raise ValueError(f"the saved weights are {sorted(saved)}, not {expected}")
        for name, weight in zip(expected, self.network.weights, strict=True):
            if saved[name].shape != tuple(weight.shape):
                raise ValueError(
                    f"{name} has shape {saved[name].shape}, but the network needs "
                    f"{tuple(weight.shape)}"
                )
            weight.assign(saved[name])

    def _make_network(self) -> None:
        self.network = self._network(self.catalogue.n_items)
        self.network(np.zeros((1, 1), np.int32))  # makes the weights

    def _with_catalogue(self, new: pl.DataFrame) -> Self:
        """Return the same recommender over a catalogue with new items, still without its arrays."""
        self._check_fitted()
        larger = type(self)(**self.settings())
        larger.catalogue = _new_items.appended(self.catalogue, new)
        larger.time_unit = self.time_unit
        larger.train_counts = np.append(self.train_counts, np.zeros(new.height, np.int64))
        return larger

    def _take_weights(self, smaller: Self) -> None:
        """Make the network with the weights of a smaller one, and rows of 0 for what is new."""
        self._make_network()
        for old, weight in zip(smaller.network.weights, self.network.weights, strict=True):
            behind = [(0, n - m) for m, n in zip(old.shape, weight.shape, strict=True)]
            weight.assign(np.pad(old.numpy(), behind))
