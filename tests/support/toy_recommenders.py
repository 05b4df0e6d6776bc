"""Small recommenders that keep the contract, and the same with one planted fault each."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import polars as pl

from recsys_helpers import Catalogue, Histories, Interactions, Queries
from recsys_helpers._types import F32
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.ranking import without_seen


class Toy(Recommender):
    """Scores items by a decaying average of fixed random vectors of the last few items."""

    learnt: ClassVar = ("vectors",)

    def __init__(self, decay: float = 0.8, max_len: int = 10, seed: int = 0) -> None:
        self.decay = decay
        self.max_len = max_len
        self.seed = seed

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        rng = np.random.default_rng(self.seed)
        self.vectors = rng.normal(size=(train.n_items, 8)).astype(np.float32)  # (n_items, dim)

    def _score(self, histories: Histories) -> F32:
        hidden = self._hidden(histories)  # (n, longest, dim)
        last = np.maximum(histories.lengths - 1, 0)
        states = hidden[np.arange(len(histories)), last]  # (n, dim)
        states[histories.lengths == 0] = 0
        return states @ self.vectors.T

    def score_positions(self, histories: Histories) -> F32:
        self._check(histories)
        states = self._hidden(histories)[_real(histories)]  # (nnz, dim)
        scores = states @ self.vectors.T
        scores[:, self.train_counts == 0] = -np.inf
        return scores

    def _hidden(self, histories: Histories, width: int = 1) -> F32:
        real = _real(histories, width)  # (n, longest)
        vectors = np.zeros((*real.shape, self.vectors.shape[1]), np.float32)
        vectors[real] = self.vectors[histories.items]  # zeros where there is only padding
        total = np.cumsum(self.decay ** np.arange(self.max_len))
        total = total[np.minimum(np.arange(real.shape[1]), self.max_len - 1)]  # (longest,)
        hidden = np.zeros_like(vectors)  # (n, longest, dim)
        for back in self._steps_back():
            hidden += np.float32(self.decay ** abs(back)) * _shifted(vectors, back)
        return hidden / total[:, None].astype(np.float32)

    def _steps_back(self) -> range:
        return range(self.max_len)


def _shifted(vectors: F32, back: int) -> F32:
    """Put at each position what stands so many positions before it, zeros where nothing does."""
    result, longest = np.zeros_like(vectors), vectors.shape[1]
    if abs(back) < longest:
        result[:, max(back, 0) : longest + min(back, 0)] = vectors[
            :, max(-back, 0) : longest - max(back, 0)
        ]
    return result


def _real(histories: Histories, width: int = 1) -> np.ndarray:
    """Say where an array padded on the right, as wide as the longest history, holds items."""
    longest = histories.lengths.max(initial=width)
    return np.arange(longest) < histories.lengths[:, None]


class TimedToy(Toy):
    """The toy, less sure of its order the longer the last item is past."""

    needs = frozenset({"times", "at"})

    def _score(self, histories: Histories) -> F32:
        last = np.maximum(histories.indptr[1:] - 1, 0)
        times = np.append(histories.times, 0)[np.minimum(last, len(histories.items))]
        gap = np.where(histories.lengths > 0, histories.at - times, 0)
        return super()._score(histories) / _waited(gap) + self._popular()

    def score_positions(self, histories: Histories) -> F32:
        asked = np.append(histories.times[1:], 0)
        ends = histories.indptr[1:][histories.lengths > 0] - 1
        asked[ends] = histories.at[histories.lengths > 0]
        return super().score_positions(histories) / _waited(asked - histories.times) + (
            self._popular()
        )

    def _popular(self) -> F32:
        return np.log1p(self.train_counts).astype(np.float32)


def _waited(gap: np.ndarray) -> F32:
    return (1 + np.log1p(gap / 600))[:, None].astype(np.float32)


class ContentToy(Recommender):
    """Scores items by how much they share of the genres and years of the history."""

    learnt: ClassVar = ("features",)
    ranks_new_items: ClassVar = True

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        self.features = _features(train.catalogue)

    def _score(self, histories: Histories) -> F32:
        return histories.matrix() @ self.features @ self.features.T

    def with_items(self, items: pl.DataFrame) -> ContentToy:
        other = type(self)()
        other.catalogue = Catalogue(self._table(items))
        other.train_counts = np.append(self.train_counts, np.zeros(items.height, np.int64))
        other.features = _features(other.catalogue)
        return other

    def _table(self, items: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([self.catalogue.items, items])


GENRES = ("Action", "Comedy", "Crime", "Drama", "Fantasy", "Romance", "Thriller", "Western")


def _features(catalogue: Catalogue) -> F32:
    genres = [[g in own for g in GENRES] for own in catalogue.items["genres"].to_list()]
    years = (catalogue.items["year"].to_numpy()[:, None] - 1950) / 100
    return np.hstack([genres, years]).astype(np.float32)


# Faults of fitting and saving


class SharesACheckpoint(Toy):
    checkpoint = "last.npz"


class ReturnsNothing(Toy):
    def fit(self, train: Interactions, valid: Queries | None = None) -> Any:
        super().fit(train, valid)


class ChangesItsLog(Toy):
    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(train, valid)
        ratings = _writeable(train.ratings)
        ratings[0] += 1


class TakesAnyCatalogue(Toy):
    def _check(self, histories: Histories) -> None:
        self._check_fitted()


class KnowsEveryId(Toy):
    def histories(self, lists_of_ids: Any, keys: Any = None) -> Histories:
        self._check_fitted()
        known = set(self.catalogue.ids.tolist())
        return super().histories([[i for i in row if i in known] for row in lists_of_ids], keys)


class SeedsTheWorld(Toy):
    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(train, valid)
        np.random.seed(self.seed)  # noqa: NPY002


class DrawsFromTheWorld(Toy):
    def _score(self, histories: Histories) -> F32:
        random.random()
        return super()._score(histories)


class ForgetsItsSeed(Toy):
    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        rng = np.random.default_rng()
        self.vectors = rng.normal(size=(train.n_items, 8)).astype(np.float32)


class ReadsTheFileOrder(Toy):
    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(train, valid)
        self.vectors += 0.1 * self.vectors[train.items[0]]


class SavesHalf(Toy):
    learnt: ClassVar = ()


class SavesOtherSettings(Toy):
    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "max_len": 9}


class AltersItsSetting(Toy):
    def __init__(self, decay: float = 0.8, max_len: int = 10, seed: int = 0) -> None:
        super().__init__(decay / 2, max_len, seed)


class RoundsWhenSaved(Toy):
    def _restore(self, arrays: dict[str, Any], catalogue: Catalogue) -> None:
        super()._restore(arrays, catalogue)
        self.vectors = self.vectors.astype(np.float16).astype(np.float32)


class ScaledAndRounded(RoundsWhenSaved):
    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def _score(self, histories: Histories) -> F32:
        return super()._score(histories) * np.float32(self.scale)

    def score_positions(self, histories: Histories) -> F32:
        return super().score_positions(histories) * np.float32(self.scale)


class Pickles(Toy):
    def save(self, folder: Any) -> None:
        super().save(folder)
        (folder / "extra.bin").write_bytes(pickle.dumps(self.settings()))


class SavesNoPositions(Toy):
    """Keeps what only `score_positions` needs out of what is saved."""

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(train, valid)
        self.scale = np.float32(1)

    def score_positions(self, histories: Histories) -> F32:
        return super().score_positions(histories) * self.scale


class SavesNoFeatures(ContentToy):
    """Keeps what only `with_items` needs out of what is saved."""

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        super()._fit(train, valid)
        self.table = train.catalogue.items

    def _table(self, items: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([self.table, items])


# Faults of scores


class DoublePrecision(Toy):
    def score(self, histories: Histories) -> Any:
        return super().score(histories).astype(np.float64)


class LosesARow(Toy):
    def score(self, histories: Histories) -> F32:
        return super().score(histories)[: max(1, len(histories) - 1)]


class NoNumber(Toy):
    def score(self, histories: Histories) -> F32:
        scores = super().score(histories)
        return np.where(scores == -np.inf, np.float32(np.nan), scores)


class NoNumberForTheEmpty(Toy):
    score_positions = None

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        scores[histories.lengths == 0] = np.nan
        return scores


class NothingForTheEmpty(Toy):
    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        scores[histories.lengths == 0] = -np.inf
        return scores


class ReadsTheNextWhenEmpty(Toy):
    """Takes an empty history's last item from the history beside it."""

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        empty = np.flatnonzero(histories.lengths == 0)
        if len(histories.items):
            scores[empty] = self.vectors[histories.items[histories.indptr[empty] - 1]] @ (
                self.vectors.T
            )
        return scores


class FailsOnTheEmpty(Toy):
    def _score(self, histories: Histories) -> F32:
        if (histories.lengths == 0).any():
            raise IndexError("cannot take the last item of an empty history")
        return super()._score(histories)


class ChangesItsInput(Toy):
    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        if histories.ratings is not None and len(histories.ratings):
            _writeable(histories.ratings)[0] += 1
        return scores


class HandsOutItsOwnArray(Toy):
    """Remembers what it was asked, and lends its memory to the caller."""

    def score(self, histories: Histories) -> F32:
        if not hasattr(self, "memory"):
            self.memory: dict[bytes, F32] = {}
        key = histories.indptr.tobytes() + histories.items.tobytes()
        return self.memory.setdefault(key, super().score(histories))


class CountsItsQuestions(Toy):
    def _score(self, histories: Histories) -> F32:
        self.asked = getattr(self, "asked", 0) + 1
        return super()._score(histories) * np.float32(1 + 0.01 * self.asked)


class RanksTheUnknown(Toy):
    score_positions = None

    def score(self, histories: Histories) -> F32:
        self._check(histories)
        return self._score(histories)


class PromisesNewItems(Toy):
    ranks_new_items: ClassVar = True

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        scores[:, self.train_counts == 0] = -np.inf
        return scores


class ReadsRatingsUnsaid(Toy):
    score_positions = None

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        if histories.ratings is None:
            return scores
        return scores + histories.matrix("rating").toarray()


class KnowsItsUsers(Toy):
    score_positions = None

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        if histories.keys is not None:
            scores[:, 0] += histories.keys.astype(str) == "2"
        return scores


class DoesWithoutNeeds(TimedToy):
    def _check(self, histories: Histories) -> None:
        n = len(histories)
        no_times, no_at = np.zeros(len(histories.items), np.int64), np.zeros(n, np.int64)
        super()._check(replace(histories, times=no_times, at=no_at))

    def _score(self, histories: Histories) -> F32:
        if histories.times is None or histories.at is None:
            return Toy._score(self, histories)
        return super()._score(histories)


class NormalisesOverTheBatch(Toy):
    score_positions = None

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        return scores - scores.mean(axis=0, keepdims=True) if len(scores) else scores


class CountsPadding(Toy):
    """Averages over the padded width, which is that of the longest history in the batch."""

    score_positions = None

    def _score(self, histories: Histories) -> F32:
        scores = super()._score(histories)
        return scores * np.float32(1 / _real(histories).shape[1])


class ReadsThePaddingOfTheBatch(Toy):
    """Reads the last column of the padded array, which is padding for all but the longest."""

    score_positions = None

    def _score(self, histories: Histories) -> F32:
        return self._hidden(histories)[:, -1] @ self.vectors.T


class SortsTheBatch(Toy):
    """Sorts the histories by length and forgets to put the scores back."""

    def _score(self, histories: Histories) -> F32:
        order = np.argsort(histories.lengths, kind="stable")
        return super()._score(histories)[order]


# Faults of lists


class TiesByCode(Toy):
    """Gives many equal scores and lists them by a stable sort, so by code."""

    score_positions = None

    def _score(self, histories: Histories) -> F32:
        return np.round(super()._score(histories))

    def top_k(
        self, histories: Histories, k: int, *, exclude_seen: bool = True, candidates: Any = None
    ) -> Any:
        listed = super().top_k(histories, k, exclude_seen=exclude_seen, candidates=candidates)
        if candidates is not None:
            return listed
        scores = self.score(histories)
        if exclude_seen:
            scores = without_seen(scores, histories)
        items = np.argsort(-scores, axis=1, kind="stable")[:, :k].astype(np.int32)
        values = np.take_along_axis(scores, items, axis=1)
        return np.where(values == -np.inf, -1, items), values


class WorstFirst(Toy):
    """Returns the right items, from the worst to the best."""

    def top_k(self, histories: Histories, k: int, **how: Any) -> Any:
        items, values = super().top_k(histories, k, **how)
        for own, worth in zip(items, values, strict=True):
            able = (own >= 0).sum()
            own[:able], worth[:able] = own[:able][::-1].copy(), worth[:able][::-1].copy()
        return items, values


class LosesTheScores(Toy):
    def top_k(self, histories: Histories, k: int, **how: Any) -> Any:
        items, values = super().top_k(histories, k, **how)
        return items, np.where(items < 0, values, np.float32(0))


class RepeatsTheFirstChunk(Toy):
    """Cuts the batch into chunks and makes the lists of the first one over and over."""

    def top_k(self, histories: Histories, k: int, **how: Any) -> Any:
        parts = ranking.chunks(len(histories), self.catalogue.n_items)
        if len(parts) == 1:
            return super().top_k(histories, k, **how)
        found = []
        for part in parts:
            first = histories.take(np.arange(part.stop - part.start))
            found.append(super().top_k(first, k, **how))
        return tuple(np.concatenate(arrays) for arrays in zip(*found, strict=True))


class ExcludesTheWindow(Toy):
    def top_k(self, histories: Histories, k: int, **how: Any) -> Any:
        return super().top_k(histories.last(self.max_len), k, **how)


class ExcludesAlways(Toy):
    def top_k(self, histories: Histories, k: int, *, exclude_seen: bool = True, **how: Any) -> Any:
        return super().top_k(histories, k, exclude_seen=True, **how)


class DropsTheFirst(Toy):
    """Never lists the item of highest score, as a careless cut of the list does."""

    def top_k(self, histories: Histories, k: int, *, exclude_seen: bool = True, **how: Any) -> Any:
        if not exclude_seen:
            return super().top_k(histories, k, exclude_seen=False, **how)
        super().top_k(histories, k, **how)  # refuses what must be refused
        width = min(k + 1, self.catalogue.n_items)
        items, values = super().top_k(histories, width, **how)
        items, values = items[:, 1:], values[:, 1:]
        room = ((0, 0), (0, k - items.shape[1]))
        return (
            np.pad(items, room, constant_values=-1),
            np.pad(values, room, constant_values=-np.inf),
        )


class IgnoresCandidates(Toy):
    def top_k(
        self, histories: Histories, k: int, *, exclude_seen: bool = True, candidates: Any = None
    ) -> Any:
        super().top_k(histories, k, exclude_seen=exclude_seen, candidates=candidates)
        return super().top_k(histories, k, exclude_seen=exclude_seen)


class MixesCandidates(Toy):
    """Lists for each history what any of them may have listed."""

    def top_k(self, histories: Histories, k: int, *, candidates: Any = None, **how: Any) -> Any:
        if isinstance(candidates, list) and len(candidates) == len(histories):
            candidates = np.concatenate(candidates)
        return super().top_k(histories, k, candidates=candidates, **how)


class RecommendsCodes(Toy):
    def recommend(self, histories: Histories, k: int = 10, **how: Any) -> pl.DataFrame:
        frame = super().recommend(histories, k, **how)
        return frame.with_columns(item=pl.Series(self.catalogue.codes(frame["item"])))


class KnowsNoText(Toy):
    def recommend(self, histories: Histories, k: int = 10, **how: Any) -> pl.DataFrame:
        return super().recommend(histories, k, **how).with_columns(pl.col("item").cast(pl.Int64))


class CountsRanksFromZero(Toy):
    def recommend(self, histories: Histories, k: int = 10, **how: Any) -> pl.DataFrame:
        return super().recommend(histories, k, **how).with_columns(pl.col("rank") - 1)


# Faults of positions and of new items


class SeesTheFuture(Toy):
    """Has a window on both sides; padding is zero, so the last position is right all the same."""

    def _steps_back(self) -> range:
        return range(1 - self.max_len, self.max_len)


class ReadsPadding(Toy):
    """Pads to a fixed width and takes the last column, padding for every shorter history."""

    def _score(self, histories: Histories) -> F32:
        recent = histories.last(self.max_len)
        return self._hidden(recent, width=self.max_len)[:, -1] @ self.vectors.T


class NoNumberAtAPosition(Toy):
    def score_positions(self, histories: Histories) -> F32:
        scores = super().score_positions(histories)
        scores[-1:, 0] = np.nan
        return scores


class OneStepLate(Toy):
    def score_positions(self, histories: Histories) -> F32:
        scores = super().score_positions(histories)
        later = np.setdiff1d(np.arange(len(scores)), histories.indptr)
        scores[later] = scores[later - 1]
        return scores


class AsksAtTheEnd(TimedToy):
    """Asks at every position when only the last item is followed by the time of asking."""

    def score_positions(self, histories: Histories) -> F32:
        asked = np.repeat(histories.at, histories.lengths)
        toy = Toy.score_positions(self, histories)
        return toy / _waited(asked - histories.times) + self._popular()


class OnlyTheWindow(Toy):
    """Scores the positions of the last window and leaves the others empty."""

    def score_positions(self, histories: Histories) -> F32:
        scores = super().score_positions(histories)
        ends = np.repeat(histories.indptr[1:], histories.lengths)
        scores[np.arange(len(scores)) < ends - self.max_len] = 0
        return scores


class ReordersCodes(ContentToy):
    def _table(self, items: pl.DataFrame) -> pl.DataFrame:
        return super()._table(items).sort("item")


class PutsNewItemsFirst(ContentToy):
    def _table(self, items: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([items, self.catalogue.items])


class ForgetsNewItems(ContentToy):
    def with_items(self, items: pl.DataFrame) -> ContentToy:
        other = super().with_items(items)
        new = np.arange(self.catalogue.n_items, other.catalogue.n_items)
        score = other.score

        def scored(histories: Histories) -> F32:
            scores = score(histories)
            scores[:, new] = -np.inf
            return scores

        other.score = scored
        return other


class ShiftsOldScores(ContentToy):
    def with_items(self, items: pl.DataFrame) -> ContentToy:
        other = super().with_items(items)
        other.features *= np.float32(1.01)
        return other


class ExtendsItself(ContentToy):
    def with_items(self, items: pl.DataFrame) -> ContentToy:
        self.__dict__.update(super().with_items(items).__dict__)
        return self


def _writeable(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
