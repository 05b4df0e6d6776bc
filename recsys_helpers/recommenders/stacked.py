"""Two stages: several recommenders name candidates, and their scores together rank these."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import ClassVar, NamedTuple, Protocol, Self, TypeGuard, runtime_checkable

import numpy as np
from narwhals.typing import IntoDataFrame
from scipy.optimize import minimize

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I64
from recsys_helpers.log import Catalogue, Histories, Interactions, Queries
from recsys_helpers.log._new_items import appended
from recsys_helpers.log._ragged import starts_of
from recsys_helpers.log.reading import frames
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.simple.ease import EASE
from recsys_helpers.recommenders.simple.markov_chain import MarkovChain
from recsys_helpers.recommenders.store import Learnt
from recsys_helpers.recommenders.svm.rank_svm import RankSVM
from recsys_helpers.splits.split import leave_last_out

LEAST = 1e-3
"""The smallest weight of a part, so that a stack of one part ranks as this part does."""


def cheap_parts() -> list[Recommender]:
    """Return the parts of a stack for which none are named: they need no TensorFlow."""
    return [MarkovChain(), EASE(), RankSVM()]


class Examples(NamedTuple):
    """The candidates of several histories, one after another, with one target among those of each.

    `x` holds the parts' scores, shape (n, n_parts); `starts` where the candidates of each history
    begin, shape (n_histories,); `targets` which rows are the targets, shape (n_histories,).
    """

    x: F32
    starts: I64
    targets: I64


@dataclass(eq=False, repr=False)
class Stacked(Recommender):
    r"""Ranks items by a weighted sum of several recommenders' scores.

    .. math::

        s_{hj} = \sum_p w_p z^p_{hj}, \qquad
        \min_{w \ge 0.001} \tfrac{\lambda}{2} \lVert w \rVert^2 - \sum_{(h, i)}
        \log \frac{e^{s_{hi}}}{\sum_{j \in C_h} e^{s_{hj}}}

    where :math:`z^p_{hj}` is the score that part p gives item j for history h, shifted and scaled
    so that the scores of all items with training rows have mean 0 and standard deviation 1 for
    each history; it is 0 for an item that this part cannot rank. The candidates :math:`C_h` are
    i and the best items of each part that are not in h. Weights below 0 would overfit: a part that
    repeats another would be subtracted from it.

    The weights must not be learnt on rows that the parts have seen, since the part that remembers
    best would get them all. So each user's last rows are held out, the parts are fitted on the
    rows before, and the weights are learnt where item i, a held-out row, came after history h.
    Then the parts are fitted again, on all rows. This takes twice the time of the parts. Folds of
    users, as in `RankSVM`, would take `n_folds` + 1 times as long and show the parts strangers
    only, where later they will mostly be asked for users whose earlier rows they know. The
    validation part stays free for choosing, and for the early stopping of neural parts.

    Parts that accept new items (`with_items`) rank them; the others neither raise nor lower them.

    Parameters
    ----------
    parts
        Recommenders; they are left as they are, and fitted copies are made.
    n_candidates
        How many items each part names for a history from which weights are learnt. In `score` the
        sum is taken over all items, since the parts' scores of all of them are known.
    n_held_out
        How many of each user's last rows the weights are learnt from. Users with no more rows give
        none.
    regularisation
        λ, positive.

    Attributes
    ----------
    models
        The fitted parts.
    weights
        w, shape (n_parts,).

    Raises
    ------
    ValueError, TypeError
        If there is no part, a part writes checkpoints (it is fitted on two logs) or an argument is
        out of range; in `fit`, if the order of the log is unknown or no user has enough rows.

    References
    ----------
    Wolpert (1992), "Stacked generalization", Neural Networks 5, section 2.
    https://doi.org/10.1016/S0893-6080(05)80023-1

    Breiman (1996), "Stacked regressions", Machine Learning 24, section 2 (weights of 0 or more).
    https://doi.org/10.1007/BF00117832

    Covington, Adams and Sargin (2016), "Deep neural networks for YouTube recommendations", RecSys,
    section 2 (candidates first, then a ranking). https://doi.org/10.1145/2959100.2959190

    Examples
    --------
    >>> from recsys_helpers import Popularity, evaluate, leave_last_out, synthetic
    >>> log = synthetic(n_users=200, n_items=50, order=1.0, seed=0).interactions
    >>> split = leave_last_out(log, n_valid=1, n_test=1)
    >>> stack = Stacked([Popularity(), MarkovChain()], n_candidates=20).fit(split.train)
    >>> bool(stack.weights[1] > stack.weights[0])
    True
    >>> alone = Stacked([MarkovChain()]).fit(split.train)
    >>> report = evaluate({"alone": alone, "chain": alone.models[0]}, split.valid)
    >>> report.mean("alone", "NDCG@10") == report.mean("chain", "NDCG@10")
    True
    """

    learnt: ClassVar = ("weights",)

    parts: Sequence[Recommender] = field(default_factory=cheap_parts)
    n_candidates: int = 100
    n_held_out: int = 5
    regularisation: float = 1.0

    def __post_init__(self) -> None:
        _arguments.settings(self)
        if not isinstance(self.parts, list | tuple) or not len(self.parts):
            raise TypeError(f"parts must be a list of recommenders, not {self.parts!r}")
        self.parts = list(self.parts)
        for i, part in enumerate(self.parts):
            _arguments.instance(f"parts[{i}]", part, Recommender, "a recommender, such as EASE()")
            if getattr(part, "checkpoint", None) is not None:
                raise ValueError(
                    f"parts[{i}] writes a checkpoint, which belongs to one log, but each part is "
                    "fitted on two: leave checkpoint out"
                )
        self.needs = frozenset().union(*(part.needs for part in self.parts))

    @property
    def ranks_new_items(self) -> bool:  # type: ignore[override]
        """Whether a part ranks items without a training row."""
        return any(part.ranks_new_items for part in self.parts)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        known = leave_last_out(train, n_valid=0, n_test=self.n_held_out)
        examples = self._examples(self._fitted(known.train, valid), known.test)
        self.weights = _solved(examples, self.regularisation)
        self.models = self._fitted(train, valid)

    def _fitted(self, train: Interactions, valid: Queries | None) -> list[Recommender]:
        return [model.fit(train, valid) for model in self._copies()]

    def _copies(self) -> list[Recommender]:
        """Return the parts once more, not fitted."""
        return [type(part)(**part.settings()) for part in self.parts]

    def _examples(self, models: Sequence[Recommender], queries: Queries) -> Examples:
        """Return the candidates of the queries, each with one target, and the target itself."""
        x, lengths, targets = [], [], []
        n_items, tie_rank = queries.catalogue.n_items, queries.catalogue.tie_rank
        for part in ranking.chunks(len(queries), len(models) * n_items):
            histories, target = queries.histories[part], queries.targets[part]
            scores = np.array([standardised(model, histories) for model in models])
            chosen = np.zeros(scores.shape[1:], np.bool_)  # (n, n_items)
            for of_part in scores:
                unseen = ranking.without_seen(of_part.copy(), histories)
                best, _ = ranking.top_k(unseen, min(self.n_candidates, n_items), tie_rank)
                rows, places = np.nonzero(best >= 0)
                chosen[rows, best[rows, places]] = True
            chosen[np.arange(len(target)), target] = True
            rows, items = np.nonzero(chosen)
            x.append(_finite(scores[:, rows, items]).T)
            targets.append(items == target[rows])
            lengths.append(chosen.sum(axis=1))
        starts = starts_of(np.concatenate(lengths))[:-1]
        return Examples(np.concatenate(x), starts, np.flatnonzero(np.concatenate(targets)))

    def _score(self, histories: Histories) -> F32:
        shape = len(histories), self.catalogue.n_items
        total, able = np.zeros(shape, np.float32), np.zeros(shape, np.bool_)
        for weight, model in zip(self.weights, self.models, strict=True):
            scores = standardised(model, histories)
            total += np.float32(weight) * _finite(scores)
            able |= scores > -np.inf
        total[~able] = -np.inf
        return total

    def with_items(self, items: IntoDataFrame) -> Self:
        """Return a recommender with new items in its catalogue, without training; this one stays.

        Parameters
        ----------
        items
            Table of m new items, as the parts' `with_items` read it.

        Returns
        -------
        Self
            It ranks n_items + m items. Old items keep their codes and scores; new ones follow in
            the order of the table.

        Raises
        ------
        ValueError
            If no part accepts new items, or as in their `with_items`.
        """
        self._check_fitted()
        new = frames.as_polars(items, "items")
        if not any(accepts_new_items(part) for part in self.parts):
            raise ValueError(
                "none of the parts accepts new items, so they could never be ranked: add one with "
                "with_items, such as ConvLSTM"
            )
        larger = copy(self)
        larger.catalogue = appended(self.catalogue, new)
        larger.train_counts = np.append(self.train_counts, np.zeros(len(new), np.int64))
        larger.models = [
            model.with_items(new) if accepts_new_items(model) else model for model in self.models
        ]
        return larger

    def _arrays(self) -> dict[str, Learnt]:
        of_parts = {
            f"{i}/{name}": array
            for i, model in enumerate(self.models)
            for name, array in model._state().items()
        }
        return {**super()._arrays(), **of_parts}

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        self.models = self._copies()
        for i, model in enumerate(self.models):
            names = [name for name in arrays if name.startswith(f"{i}/")]
            state = {name.removeprefix(f"{i}/"): arrays.pop(name) for name in names}
            n_items = len(np.asarray(state["train_counts"]))
            model._restore(state, Catalogue(self.catalogue.items.head(n_items)))
        super()._take_arrays(arrays)


@runtime_checkable
class AcceptsNewItems(Protocol):
    """A recommender to whose catalogue items can be added without training."""

    ranks_new_items: bool

    def with_items(self, items: IntoDataFrame) -> Recommender:
        """Return a recommender with new items in its catalogue; this one stays."""


def accepts_new_items(model: Recommender) -> TypeGuard[AcceptsNewItems]:
    """Return whether a recommender ranks items that are added to its catalogue."""
    return isinstance(model, AcceptsNewItems) and model.ranks_new_items


def standardised(model: Recommender, histories: Histories) -> F32:
    """Return scores with mean 0 and deviation 1 over the items with training rows.

    Parameters
    ----------
    model
        A fitted recommender.
    histories
        n histories. Their catalogue may have more items than the model's, at its end: these get
        −inf, and the model does not see them in a history.

    Returns
    -------
    F32
        Shape (n, n_items); −inf for what the model cannot rank, and 0 where it ranks all items
        alike.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 2], "item": ["a", "b", "a", "c", "a"]})
    >>> log = Interactions.from_frame(frame, timestamp="row order")
    >>> standardised(Popularity().fit(log), log.histories()[:1]).round(3)  # of 3, 1 and 1 rows
    array([[ 1.414, -0.707, -0.707]], dtype=float32)
    """
    n_items = model.catalogue.n_items
    given = model.score(_known_to(model, histories)).astype(np.float64)
    counted = np.isfinite(given) & (model.train_counts > 0)
    n = np.maximum(counted.sum(axis=1, keepdims=True), 1)
    centred = given - given.sum(axis=1, keepdims=True, where=counted) / n
    spread = np.sqrt((centred**2).sum(axis=1, keepdims=True, where=counted) / n)
    result = np.full((len(histories), histories.catalogue.n_items), -np.inf, np.float32)
    result[:, :n_items] = centred / np.where(spread > 0, spread, 1)
    return result


def _known_to(model: Recommender, histories: Histories) -> Histories:
    """Return the histories without items that were added to the catalogue after the model's."""
    if histories.catalogue.n_items == model.catalogue.n_items:
        return histories
    known = histories.items < model.catalogue.n_items
    lengths = np.bincount(histories.owners[known], minlength=len(histories))
    kept = histories._part(slice(None), starts_of(lengths), np.flatnonzero(known))
    return replace(kept, catalogue=model.catalogue)


def _finite(scores: F32) -> F32:
    """Return the scores with 0, their mean, for what cannot be ranked."""
    return np.where(scores > -np.inf, scores, np.float32(0))


def _solved(examples: Examples, regularisation: float) -> F64:
    """Return the weights with which the targets have the highest penalised likelihood."""
    x, starts, targets = examples
    owners = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(x)))
    of_targets = x[targets].sum(axis=0)

    def loss_and_gradient(w: F64) -> tuple[float, F64]:
        scores = x @ w  # (n,)
        scores -= np.maximum.reduceat(scores, starts)[owners]
        odds = np.exp(scores)
        totals = np.add.reduceat(odds, starts)
        loss = np.log(totals).sum() - scores[targets].sum() + regularisation * (w @ w) / 2
        return loss, (odds / totals[owners]) @ x - of_targets + regularisation * w

    start, bounds = np.full(x.shape[1], 0.1), [(LEAST, None)] * x.shape[1]
    return minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", bounds=bounds).x
