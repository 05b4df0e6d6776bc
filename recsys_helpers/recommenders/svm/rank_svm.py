"""A support vector machine for ranking, trained on pairs: which of two items came next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.svm import LinearSVC

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32, Bool
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.store import Learnt, checked
from recsys_helpers.recommenders.svm._feature_map import ARRAYS, FeatureMap, Kernel
from recsys_helpers.recommenders.svm._folds import user_folds
from recsys_helpers.recommenders.svm.history_features import TABLES, HistoryFeatures


@dataclass(eq=False, repr=False)
class RankSVM(Recommender):
    r"""Ranks items by a support vector machine trained on pairs: the next item, and one never met.

    .. math::

        s_j = w^\top \varphi(x_{hj}), \qquad
        \min_w \tfrac{1}{2} \lVert w \rVert^2 + \frac{C}{N} \sum_{(h, i, j)}
        \max\bigl(0,\, 1 - w^\top (\varphi(x_{hi}) - \varphi(x_{hj}))\bigr)^2

    where :math:`x_{hj}` are the `HistoryFeatures` of history h and item j, scaled to mean 0 and
    standard deviation 1, and :math:`\varphi` is the identity or approximates a kernel. Each of the
    N pairs has an item i that came next after the first part h of a training history, and an item j
    that the user never met. The paper has the plain hinge loss; its square is smooth, so that
    liblinear solves it without randomness.

    The features of a pair must not contain the answer. A user's own rows would give it away: the
    tables that say which items follow h count that i did. So users are divided into `n_folds`
    parts, and the features of a pair come from tables of the other parts only. Scores use tables of
    the whole log: there, too, a user's own rows add nothing to items that the user has not met. The
    defaults were chosen on validation data of MovieLens 100K.

    Parameters
    ----------
    cost
        C, positive: the weight of the mean loss of a pair against the penalty. The vectors of a
        kernel are shorter than the features and need a larger C, such as 10,000.
    decays
        Factors from 0 to 1 by which the weight of an item falls with each step back in the history;
        there are features for each factor.
    n_positions
        How many of the last positions of each training history give pairs.
    n_negatives
        Pairs for each of these positions. Their items j are drawn uniformly from items with
        training rows that the user has not met.
    n_folds
        Number of parts of the users, at least 2; never more than there are users.
    regularisation
        Of `EASE`, whose weights give one of the features.
    kernel
        "linear"; or "fourier" or "nystroem" for an approximated Gaussian kernel: then each pair of
        a history and an item becomes a vector of `n_components` numbers, and scoring takes that
        much longer.
    n_components
        Length of the vectors that approximate a kernel.
    gamma
        Of the Gaussian kernel :math:`\exp(-\gamma \lVert x - x' \rVert^2)`. Items that came next
        are many standard deviations from those that did not, so with a narrow kernel (a large
        :math:`\gamma`) nothing is similar to anything.
    seed
        Of folds, negatives and kernel vectors, 0 … 2**32 − 1.

    Attributes
    ----------
    features
        The `HistoryFeatures` of the whole training log.
    weights
        w, shape (n_features,) or (n_components,).

    Raises
    ------
    ValueError
        If an argument is out of range; in `fit`, if the order of the log is unknown, fewer than two
        users have rows, or no pair can be made.

    References
    ----------
    Herbrich, Graepel and Obermayer (2000), "Large margin rank boundaries for ordinal regression",
    in Advances in large margin classifiers, MIT Press (pairs of objects as examples).

    Joachims (2002), "Optimizing search engines using clickthrough data", KDD, section 4.2.
    https://doi.org/10.1145/775047.775067

    Examples
    --------
    >>> from recsys_helpers import MarkovChain, evaluate, leave_last_out, synthetic
    >>> log = synthetic(n_users=200, n_items=50, order=1.0, seed=0).interactions
    >>> split = leave_last_out(log, n_valid=1, n_test=1)
    >>> models = {"svm": RankSVM().fit(split.train), "chain": MarkovChain().fit(split.train)}
    >>> report = evaluate(models, split.valid)
    >>> report.mean("svm", "NDCG@10") > report.mean("chain", "NDCG@10")
    True
    """

    learnt: ClassVar = (*TABLES, *ARRAYS, "weights")

    cost: float = 100.0
    decays: Sequence[float] = (0.5, 0.8, 0.95)
    n_positions: int = 16
    n_negatives: int = 10
    n_folds: int = 5
    regularisation: float = 100.0
    kernel: Kernel = "linear"
    n_components: int = 100
    gamma: float = 0.002
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.sequence("decays", self.decays)
        self.decays = list(self.decays)
        _arguments.settings(self, "n_folds")
        for decay in self.decays:
            _arguments.number("each of decays", decay)
        if not self.decays or not all(0 <= decay <= 1 for decay in self.decays):
            raise ValueError(f"decays must lie between 0 and 1, not {self.decays}")
        _arguments.whole("n_folds", self.n_folds, 2)
        _arguments.choice("kernel", self.kernel, Kernel)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        # The examples are freed before the tables of the whole log are made.
        self.feature_map, self.weights = self._machine(self.examples(train))
        self.features = self._features(train)

    def _machine(self, x: F32) -> tuple[FeatureMap, F64]:
        """Learn feature map and weights from examples, shape (n, 1 + n_negatives, n_features)."""
        if not len(x):
            raise ValueError(
                "there is nothing to compare: no user has two rows or more and an item not yet met"
            )
        feature_map = FeatureMap.learnt_from(
            x[:, 1:].reshape(-1, x.shape[2]), self.kernel, self.n_components, self.gamma, self.seed
        )
        pairs = np.empty((len(x), self.n_negatives, feature_map.width))
        for part in ranking.chunks(len(x), x.shape[1] * feature_map.width):
            vectors = feature_map(x[part])
            np.subtract(vectors[:, :1], vectors[:, 1:], out=pairs[part])
        cost = self.cost / (len(x) * self.n_negatives)
        return feature_map, _solved(pairs.reshape(-1, feature_map.width), cost)

    def examples(self, train: Interactions) -> F32:
        """Return the features that `fit` compares; those of the item that came next are first.

        Parameters
        ----------
        train
            The log.

        Returns
        -------
        F32
            Shape (n, 1 + n_negatives, n_features): for n first parts of histories, the features of
            the item that came next, then of items that the user never met.

        Raises
        ------
        ValueError
            If fewer than two users have rows.
        """
        rng = np.random.default_rng(self.seed)
        examples = []
        for fold in user_folds(train, self.n_folds, rng):
            beginnings, candidates = self._questions(train, fold, rng)
            # not assigned to a name, so that only one fold's tables are in memory at a time
            examples.append(self._features_without(train, fold).of(beginnings, candidates))
        return np.concatenate(examples)

    def _features(self, log: Interactions) -> HistoryFeatures:
        return HistoryFeatures.learnt_from(log, self.decays, self.regularisation)

    def _features_without(self, train: Interactions, users: Bool) -> HistoryFeatures:
        """Return features in which the rows of some users are not counted."""
        return self._features(train.take(~users[train.users]))

    def _questions(
        self, train: Interactions, users: Bool, rng: np.random.Generator
    ) -> tuple[Histories, I32]:
        """Return first parts of some users' histories; for each what came next, then negatives."""
        histories = train.histories()
        known = np.bincount(train.items, minlength=train.n_items) > 0
        rows: list[int] = []
        lengths: list[int] = []
        candidates = [np.zeros((0, 1 + self.n_negatives), np.int32)]
        for row in np.flatnonzero(users).tolist():
            history = histories[row]
            is_unmet = known.copy()
            is_unmet[history] = False
            unmet = np.flatnonzero(is_unmet)
            positions = np.arange(max(1, len(history) - self.n_positions), len(history))
            if not len(unmet) or not len(positions):
                continue
            drawn = rng.choice(unmet, (len(positions), self.n_negatives))
            rows += [row] * len(positions)
            lengths += positions.tolist()
            candidates.append(np.c_[history[positions], drawn].astype(np.int32))
        return histories.take(rows).first(lengths), np.concatenate(candidates)

    def _score(self, histories: Histories) -> F32:
        if self.kernel == "linear":
            return self.features.weighted(histories, self.weights / self.feature_map.scale)
        n_items, width = self.catalogue.n_items, len(self.features.names)
        scores = np.empty((len(histories), n_items), np.float32)
        for part in ranking.chunks(len(histories), n_items * width):
            x = self.features.of_all(histories[part])
            for items in ranking.chunks(n_items, len(x) * len(self.weights)):
                scores[part, items] = self.feature_map(x[:, items]) @ self.weights
        return scores

    def _arrays(self) -> dict[str, Learnt]:
        parts = vars(self) | vars(self.features) | vars(self.feature_map)
        return {name: parts[name] for name in self.learnt}

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        dense = checked(arrays, self.learnt)
        self.features = HistoryFeatures(tuple(self.decays), *(dense[name] for name in TABLES))
        self.feature_map = FeatureMap(self.kernel, self.gamma, *(dense[name] for name in ARRAYS))
        self.weights = dense["weights"]


def _solved(pairs: F64, cost: float) -> F64:
    """Return the weights with the smallest ½ ‖w‖² + cost · Σ max(0, 1 − w · pair)².

    Every other pair is negated in place, because liblinear needs examples of both classes.
    """
    signs = np.where(np.arange(len(pairs)) % 2, -1, 1)
    pairs *= signs[:, None]
    machine = LinearSVC(C=cost, fit_intercept=False, dual=False, tol=1e-5, random_state=0)
    weights: F64 = machine.fit(pairs, signs).coef_[0]
    return weights
