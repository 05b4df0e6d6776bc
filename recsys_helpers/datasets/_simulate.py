"""Drawing the rows of a synthetic log, many users at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_helpers._types import F64, I32, I64, Bool

CHUNK_USERS = 1 << 14
CHUNK_CELLS = 1 << 22
TRIES = 32
FIVE_YEARS = 5 * 365 * 86_400
START = 1_500_000_000


@dataclass(frozen=True, eq=False)
class Model:
    """The distribution of the next item; see `recsys_helpers.datasets.synthetic_log`."""

    tastes: F64
    genres: I32
    popularity: F64
    successors: I32
    chances: F64
    order: float

    def probabilities(self, users: I32, last: I32, seen: Bool) -> F64:
        """Return the exact distribution, shape (n, n_items); last is −1 before the first item."""
        totals = np.bincount(self.genres, self.popularity)
        taste = self.tastes[users][:, self.genres] * (self.popularity / totals[self.genres])
        weight = np.where(last < 0, 0.0, self.order)[:, None]
        q = (1 - weight) * taste
        rows = np.flatnonzero(last >= 0)
        q[rows[:, None], self.successors[last[rows]]] += self.order * self.chances
        q[seen] = 0
        taste[seen] = 0
        empty = q.sum(axis=1) == 0
        q[empty] = taste[empty]
        total = q.sum(axis=1, keepdims=True)
        result: F64 = np.divide(q, total, out=np.zeros_like(q), where=total > 0)
        return result

    def draw(self, rng: np.random.Generator, users: I32, last: I32, tables: Tables) -> I32:
        """Draw from q, whether or not the user met the item before."""
        n = len(users)
        genre = (rng.random(n)[:, None] >= tables.taste[users]).sum(axis=1)
        genre = np.minimum(genre, self.tastes.shape[1] - 1)
        place = np.searchsorted(tables.within_genre, genre + rng.random(n), side="right")
        by_taste = tables.by_genre[np.minimum(place, len(self.genres) - 1)]
        which = np.searchsorted(tables.chances, rng.random(n), side="right")
        following = self.successors[last, np.minimum(which, len(self.chances) - 1)]
        return np.where((rng.random(n) < self.order) & (last >= 0), following, by_taste)


@dataclass(frozen=True, eq=False)
class Tables:
    """Cumulative sums to draw by."""

    taste: F64
    within_genre: F64
    by_genre: I32
    chances: F64

    @classmethod
    def of(cls, model: Model) -> Tables:
        """Sum up a model's probabilities."""
        by_genre = np.argsort(model.genres, kind="stable")
        genre = model.genres[by_genre]
        totals = np.bincount(model.genres, model.popularity)
        steps = model.popularity[by_genre] / totals[genre]
        running = np.cumsum(steps)
        starts = np.flatnonzero(np.r_[True, genre[1:] != genre[:-1]])
        before = (running - steps)[starts]
        return cls(
            np.cumsum(model.tastes, axis=1),
            genre + running - before[genre],
            by_genre.astype(np.int32),
            np.cumsum(model.chances),
        )


def draw_successors(rng: np.random.Generator, popularity: F64, m: int) -> I32:
    """Draw m different successors for each item, by popularity, none its own."""
    n = len(popularity)
    cumulative = np.cumsum(popularity)
    chosen = np.empty((n, m + 1), np.int32)
    chosen[:, 0] = np.arange(n)
    for slot in range(1, m + 1):
        pending = np.arange(n)
        tries = 0
        while len(pending):
            if tries < TRIES:
                draw = np.searchsorted(cumulative, rng.random(len(pending)), side="right")
                draw = np.minimum(draw, n - 1)
            else:
                draw = rng.integers(0, n, len(pending))
            chosen[pending, slot] = draw
            taken = (chosen[pending, :slot] == draw[:, None]).any(axis=1)
            pending = pending[taken]
            tries += 1
    return np.ascontiguousarray(chosen[:, 1:])


def draw_lengths(rng: np.random.Generator, n: int, mean: float, most: int | None) -> I64:
    """Draw how many rows each user has: at least half the mean, the rest geometric."""
    least = max(1, int(mean / 2))
    lengths = least + rng.geometric(1 / (1 + mean - least), n) - 1
    return lengths if most is None else np.minimum(lengths, most)


def draw_rows(model: Model, lengths: I64, tied: float, repeats: bool, seed: int) -> tuple[I32, I64]:
    """Draw items and times of all users, one chunk of users after the other."""
    tables = Tables.of(model)
    ends = np.cumsum(lengths)
    items = np.empty(ends[-1], np.int32)
    times = np.empty(ends[-1], np.int64)
    for chunk, start in enumerate(range(0, len(lengths), CHUNK_USERS)):
        users = np.arange(start, min(start + CHUNK_USERS, len(lengths)), dtype=np.int32)
        rng = np.random.default_rng([seed, 1, chunk])
        longest = int(np.max(lengths[users]))
        drawn = _items_of(rng, model, tables, users, lengths[users], repeats)
        real = np.arange(longest) < lengths[users][:, None]
        rows = slice(ends[start] - lengths[start], ends[users[-1]])
        items[rows] = drawn[real]
        gaps = rng.geometric(1 / 3600, drawn.shape)
        gaps[rng.random(drawn.shape) < tied] = 0
        gaps[:, 0] = START + rng.integers(0, FIVE_YEARS, len(users))
        times[rows] = np.cumsum(gaps, axis=1)[real]
    return items, times


def _items_of(
    rng: np.random.Generator,
    model: Model,
    tables: Tables,
    users: I32,
    lengths: I64,
    repeats: bool,
) -> I32:
    """Draw each user's items, one step of all users after the other."""
    drawn = np.full((len(users), int(np.max(lengths))), -1, np.int32)
    for step in range(drawn.shape[1]):
        active = np.flatnonzero(lengths > step)
        last = drawn[active, step - 1] if step else np.full(len(active), -1, np.int32)
        pending = np.arange(len(active))
        for _ in range(TRIES):
            draw = model.draw(rng, users[active[pending]], last[pending], tables)
            drawn[active[pending], step] = draw
            if repeats or not step:
                pending = pending[:0]
                break
            met = (drawn[active[pending], :step] == draw[:, None]).any(axis=1)
            pending = pending[met]
            if not len(pending):
                break
        for part in np.array_split(pending, 1 + len(pending) * len(model.genres) // CHUNK_CELLS):
            if len(part):
                chosen = active[part]
                drawn[chosen, step] = _exactly(
                    rng, model, users[chosen], last[part], drawn[chosen, :step]
                )
    return drawn


def _exactly(rng: np.random.Generator, model: Model, users: I32, last: I32, met: I32) -> I32:
    """Draw from the renormalised distribution itself, for users whom trying did not serve."""
    seen = np.zeros((len(users), len(model.genres)), np.bool_)
    seen[np.arange(len(users))[:, None], met] = True
    cumulative = np.cumsum(model.probabilities(users, last, seen), axis=1)
    threshold = rng.random(len(users))[:, None] * cumulative[:, -1:]
    found: I32 = (cumulative <= threshold).sum(axis=1).astype(np.int32)
    return np.minimum(found, len(model.genres) - 1)
