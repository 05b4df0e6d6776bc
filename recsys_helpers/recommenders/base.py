"""The interface of all recommenders: a history goes in, scores of all items come out."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from recsys_helpers import _arguments
from recsys_helpers._types import F32, I32, I64, TimeUnit
from recsys_helpers.log import Catalogue, Histories, Interactions, Queries, _ids
from recsys_helpers.recommenders import _candidates, ranking, store
from recsys_helpers.recommenders.store import Learnt


class Recommender:
    """Ranks items for a history; its user need not have been seen in training.

    To write your own, make a subclass. Its constructor stores each argument as an attribute of the
    same name. `_fit(train, valid)` learns. `_score(histories)` returns float32 scores, shape
    (n, n_items), without NaN and +inf; `score` copies them, so a view of a learnt array will do.
    List the names of learnt arrays in `learnt`, so that they are saved, and run `check_recommender`
    in a test.

    Attributes
    ----------
    catalogue
        The items it was fitted on.
    time_unit
        The unit of the times in the training log. A recommender that needs times refuses histories
        with another unit.
    train_counts
        Number of training rows of each item, shape (n_items,).
    needs
        What each history must have besides its items: any of "times", "ratings" and "at".
    learnt
        Names of the attributes that `save` writes: arrays and sparse matrices, set by `_fit`.
    ranks_new_items
        Whether items without a training row are ranked. If not, `score` gives them −inf.
    """

    needs: frozenset[str] = frozenset()
    learnt: ClassVar[tuple[str, ...]] = ()
    ranks_new_items: ClassVar[bool] = False

    catalogue: Catalogue
    time_unit: TimeUnit
    train_counts: I64
    _train: weakref.ref[Interactions] | None = None

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        raise NotImplementedError

    def _score(self, histories: Histories) -> F32:
        raise NotImplementedError

    def fit(self, train: Interactions, valid: Queries | None = None) -> Self:
        """Learn from a log.

        Parameters
        ----------
        train
            The log; all learning is from its rows.
        valid
            Queries for early stopping; in this package only the neural recommenders read them.

        Returns
        -------
        Self
            This recommender, fitted.

        Raises
        ------
        ValueError, TypeError
            If the log is empty, `valid` has another catalogue or lacks what the recommender
            `needs`, or an argument has the wrong type.
        """
        _arguments.instance("train", train, Interactions, "Interactions (split.train)")
        _arguments.instance("valid", valid, (Queries, type(None)), "Queries (split.valid)")
        if len(train) == 0:
            raise ValueError("there is nothing to learn from: the log has no rows")
        if valid is not None and valid.catalogue.fingerprint != train.catalogue.fingerprint:
            raise ValueError("valid has another catalogue than train: take both from one split")
        self.catalogue, self.time_unit = train.catalogue, train.time_unit
        self.train_counts = np.bincount(train.items, minlength=train.n_items).astype(np.int64)
        try:
            if valid is not None:
                self._check(valid.histories)
            self._fit(train, valid)
        except BaseException:
            del self.catalogue  # half fitted is not fitted
            raise
        # A weak reference: a recommender neither keeps training rows in memory nor saves them.
        self._train = weakref.ref(train)
        return self

    def score(self, histories: Histories) -> F32:
        """Return the score of every item for each history; more is better.

        Parameters
        ----------
        histories
            n histories over the catalogue of the training log.

        Returns
        -------
        F32
            Shape (n, n_items); −inf for an item that cannot be ranked. Recommenders that know an
            item only by its id cannot rank items without a training row.

        Raises
        ------
        ValueError
            If the recommender is not fitted, the histories have another catalogue or lack what the
            recommender `needs`, or a score is NaN or +inf.
        """
        self._check(histories)
        return self._comparable(self._score(histories), len(histories), "_score", "history")

    def _comparable(self, given: F32, n: int, method: str, row_name: str) -> F32:
        """Return a copy of scores with −inf for items that cannot be ranked, or raise."""
        # A copy, because −inf is written into it, and it may be a view of a learnt array.
        scores = np.asarray(given).copy()
        shape = (n, self.catalogue.n_items)
        if scores.shape != shape or scores.dtype != np.float32:
            raise ValueError(
                f"{type(self).__name__}.{method} must return float32 of shape {shape}, but "
                f"returned {scores.dtype} of shape {scores.shape}"
            )
        if not self.ranks_new_items:
            scores[:, self.train_counts == 0] = -np.inf
        comparable = scores < np.inf
        if not comparable.all():
            row, item = np.argwhere(~comparable)[0]
            raise ValueError(
                f"{type(self).__name__} gives item {self.catalogue.items['item'][int(item)]!r} the "
                f"score {scores[row, item]} for {row_name} {row}; scores are finite, or -inf for "
                "what cannot be ranked"
            )
        return scores

    def top_k(
        self,
        histories: Histories,
        k: int,
        *,
        exclude_seen: bool = True,
        candidates: ArrayLike | None = None,
    ) -> tuple[I32, F32]:
        """Return the k best items of each history as codes; a hash of the item id breaks ties.

        Parameters
        ----------
        histories
            n histories. They are scored in chunks, so that memory does not grow with n · n_items.
        k
            Length of the lists, 1 … n_items.
        exclude_seen
            Whether to leave the items of the whole history out of the list.
        candidates
            The items that may be listed: codes, shape (m,), or a Boolean mask, shape (n_items,);
            or a list of n of these, one for each history; all items if None.

        Returns
        -------
        items, scores
            Codes and scores, shape (n, k) each, best first. If fewer than k items can be ranked,
            the rest is −1 and −inf.

        Raises
        ------
        ValueError, TypeError
            If k or a candidate is out of range, or as in `score`.
        """
        self._check(histories)
        n_items = self.catalogue.n_items
        _arguments.length_of_list(k, n_items)
        _arguments.flag("exclude_seen", exclude_seen)
        listable = None
        if candidates is not None:
            listable = _candidates.codes(candidates, len(histories), n_items)
        items = np.empty((len(histories), k), np.int32)
        values = np.empty((len(histories), k), np.float32)
        tie_rank = self.catalogue.tie_rank
        for part, scores in ranking.scores_by_chunk(self.score, histories, exclude_seen):
            kept = scores
            if listable is not None:
                allowed = _candidates.allowed(listable[part], n_items)
                kept = np.where(allowed, scores, np.float32(-np.inf))
            items[part], values[part] = ranking.top_k(kept, k, tie_rank)
        return items, values

    def recommend(
        self,
        histories: Histories,
        k: int = 10,
        *,
        exclude_seen: bool = True,
        candidates: ArrayLike | None = None,
        titles: bool = False,
    ) -> pl.DataFrame:
        """Return the k best items of each history in the caller's own ids.

        Parameters
        ----------
        histories
            n histories, for instance `log.histories(users)` or `recommender.histories([[…]])`.
        k
            Length of the lists, 1 … n_items.
        exclude_seen
            Whether to leave the items of the whole history out of the list.
        candidates
            Ids of the items that may be listed, shape (m,), or a list of n such lists, one for each
            history; all items if None.
        titles
            Whether to add a column with the titles in the catalogue.

        Returns
        -------
        polars.DataFrame
            Columns query (the history's key or, without keys, its number, from 0), rank (from 1),
            item and score. A history has fewer than k rows if fewer items can be ranked.

        Raises
        ------
        ValueError
            If an id is unknown, or as in `top_k`.
        """
        self._check(histories)
        _arguments.flag("titles", titles)
        codes = None
        if candidates is not None:
            codes = _candidates.codes_of_ids(candidates, len(histories), self.catalogue)
        items, scores = self.top_k(histories, k, exclude_seen=exclude_seen, candidates=codes)
        rows, positions = np.nonzero(items >= 0)
        keys = np.arange(len(histories)) if histories.keys is None else histories.keys
        listed = items[rows, positions]
        table = {
            "query": _ids.as_series(keys).gather(rows),
            "rank": positions + 1,
            "item": self.catalogue.items["item"].gather(listed),
            "score": scores[rows, positions],
        }
        if titles:
            table["title"] = pl.Series(self.catalogue.titles(listed), dtype=pl.String)
        return pl.DataFrame(table)

    def histories(
        self,
        lists_of_ids: Sequence[Sequence[int] | Sequence[str]],
        keys: ArrayLike | None = None,
        ratings: Sequence[Sequence[float]] | None = None,
    ) -> Histories:
        """Return histories over this recommender's catalogue from lists of item ids.

        Parameters
        ----------
        lists_of_ids
            For each user the item ids, oldest first.
        keys
            A name for each user, shape (n,).
        ratings
            A rating, or another weight, for each item of each list.

        Returns
        -------
        Histories
            n histories without times, see `Histories.from_lists`.

        Raises
        ------
        ValueError, TypeError
            If the recommender is not fitted, or as in `Histories.from_lists`.
        """
        self._check_fitted()
        histories = Histories.from_lists(self.catalogue, lists_of_ids, keys, ratings)
        return replace(histories, time_unit=self.time_unit)

    def save(self, folder: str | Path) -> None:
        """Write the fitted recommender to a folder: its settings, learnt arrays and catalogue.

        Parameters
        ----------
        folder
            It is made if it does not exist; files of an earlier save are replaced. Neither code,
            nor pickles, nor training rows are written.

        Raises
        ------
        ValueError
            If the recommender is not fitted.
        """
        self._check_fitted()
        path = _arguments.path("folder", folder)
        store.write(path, type(self).__name__, self.settings(), self._state(), self.catalogue)

    def _state(self) -> dict[str, Learnt]:
        """Return all arrays to save by name."""
        counts, unit = self.train_counts, np.array(self.time_unit)
        return {"train_counts": counts, "time_unit": unit, **self._arrays()}

    def _arrays(self) -> dict[str, Learnt]:
        """Return the arrays to save by name; recommenders with parts of their own override it."""
        return {name: getattr(self, name) for name in self.learnt}

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        """Restore what `_arrays` returned."""
        for name, array in store.checked(arrays, self.learnt).items():
            setattr(self, name, array)

    def _restore(self, arrays: dict[str, Learnt], catalogue: Catalogue) -> None:
        """Restore what `_state` returned."""
        counts = np.asarray(arrays.pop("train_counts", np.zeros(0, np.int64)))
        unit = str(arrays.pop("time_unit", "s"))
        _arguments.choice("time_unit", unit, TimeUnit)
        self.catalogue, self.time_unit = catalogue, cast("TimeUnit", unit)
        self.train_counts = _arguments.frozen(counts, np.int64, "train_counts", catalogue.n_items)
        self._take_arrays(arrays)

    def settings(self) -> dict[str, Any]:
        """Return the constructor's arguments by name.

        Returns
        -------
        dict
            The arguments that make the same recommender, not fitted.
        """
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({settings})"

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_train": None}  # a weak reference cannot be pickled

    def _check_fitted(self) -> None:
        if not hasattr(self, "catalogue"):
            raise ValueError(f"{type(self).__name__} is not fitted: call fit(train) first")

    def _check(self, histories: Histories) -> None:
        self._check_fitted()
        _arguments.instance(
            "histories", histories, Histories, "Histories: recommender.histories([[id, …], …])"
        )
        if histories.catalogue.fingerprint != self.catalogue.fingerprint:
            raise ValueError(
                "the histories have another catalogue than the recommender was fitted on: take "
                "both from one log, or make them with recommender.histories(…)"
            )
        for name in sorted(self.needs):
            if getattr(histories, name) is None:
                raise ValueError(f"{type(self).__name__} needs the {name} of each history")
        self._check_unit(histories)

    def _check_unit(self, histories: Histories) -> None:
        if self.needs & {"times", "at"} and histories.time_unit != self.time_unit:
            raise ValueError(
                f"{type(self).__name__} was fitted on times in {self.time_unit!r}, and these "
                f"histories count in {histories.time_unit!r}: convert one of the logs"
            )
