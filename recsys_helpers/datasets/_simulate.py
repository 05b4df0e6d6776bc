"""Drawing the rows of a synthetic log, many users at a time."""

from __future__ import annotations

from itertools import count

import numpy as np

from recsys_helpers._types import F64, I32, I64
from recsys_helpers.datasets.truth import Truth, pick

CHUNK_USERS = 1 << 14
CHUNK_CELLS = 1 << 22
TRIES = 32
FIVE_YEARS = 5 * 365 * 86_400
START = 1_500_000_000


def draw_successors(rng: np.random.Generator, popularity: F64, m: int) -> I32:
    """Draw m different successors for each item, by popularity, never the item itself."""
    n = len(popularity)
    cumulative = np.cumsum(popularity)
    chosen = np.empty((n, m + 1), np.int32)
    chosen[:, 0] = np.arange(n)
    for slot in range(1, m + 1):
        pending = np.arange(n)
        for attempt in count():
            if attempt < TRIES:
                draw = pick(cumulative, rng.random(len(pending)))
            else:
                draw = rng.integers(0, n, len(pending))
            chosen[pending, slot] = draw
            pending = pending[(chosen[pending, :slot] == draw[:, None]).any(axis=1)]
            if not len(pending):
                break
    return np.ascontiguousarray(chosen[:, 1:])


def draw_lengths(rng: np.random.Generator, n: int, mean: float, most: int | None) -> I64:
    """Draw how many rows each user has: half the mean, and a geometric number more."""
    least = max(1, int(mean / 2))
    lengths = least + rng.geometric(1 / (1 + mean - least), n) - 1
    return lengths if most is None else np.minimum(lengths, most)


def draw_rows(truth: Truth, lengths: I64, tied: float, repeats: bool, seed: int) -> tuple[I32, I64]:
    """Draw the items and times of all users, chunk by chunk."""
    ends = np.cumsum(lengths)
    items = np.empty(ends[-1], np.int32)
    times = np.empty(ends[-1], np.int64)
    for chunk, start in enumerate(range(0, len(lengths), CHUNK_USERS)):
        users = np.arange(start, min(start + CHUNK_USERS, len(lengths)), dtype=np.int32)
        rng = np.random.default_rng([seed, 1, chunk])
        longest = int(np.max(lengths[users]))
        drawn = _items_of(rng, truth, users, lengths[users], repeats)
        real = np.arange(longest) < lengths[users][:, None]
        rows = slice(ends[start] - lengths[start], ends[users[-1]])
        items[rows] = drawn[real]
        gaps = rng.geometric(1 / 3600, drawn.shape)
        gaps[rng.random(drawn.shape) < tied] = 0
        gaps[:, 0] = START + rng.integers(0, FIVE_YEARS, len(users))
        times[rows] = np.cumsum(gaps, axis=1)[real]
    return items, times


def _items_of(
    rng: np.random.Generator, truth: Truth, users: I32, lengths: I64, repeats: bool
) -> I32:
    """Draw the items of some users, one item for all of them in each step."""
    drawn = np.full((len(users), int(np.max(lengths))), -1, np.int32)
    for step in range(drawn.shape[1]):
        active = np.flatnonzero(lengths > step)
        last = drawn[active, step - 1] if step else np.full(len(active), -1, np.int32)
        pending = np.arange(len(active))
        # Without repeats, draw again where the item was met before; q is then renormalised.
        for _ in range(TRIES):
            draw = truth.draw(rng, users[active[pending]], last[pending])
            drawn[active[pending], step] = draw
            met = (drawn[active[pending], :step] == draw[:, None]).any(axis=1)
            pending = pending[met & (not repeats)]
            if not len(pending):
                break
        # For users who have met nearly everything that is likely, draw from q itself.
        n_parts = 1 + len(pending) * len(truth.item_genres) // CHUNK_CELLS
        for part in np.array_split(pending, n_parts) if len(pending) else []:
            rows = active[part]
            drawn[rows, step] = _exactly(rng, truth, users[rows], last[part], drawn[rows, :step])
    return drawn


def _exactly(rng: np.random.Generator, truth: Truth, users: I32, last: I32, met: I32) -> I32:
    """Draw from the renormalised distribution itself, for users for whom rejection failed."""
    n_items = len(truth.item_genres)
    seen = np.zeros((len(users), n_items), np.bool_)
    seen[np.arange(len(users))[:, None], met] = True
    sums = np.cumsum(truth.probabilities(users, last, seen), axis=1)
    threshold = rng.random(len(users))[:, None] * sums[:, -1:]
    drawn: I32 = (sums <= threshold).sum(axis=1).astype(np.int32)
    return np.minimum(drawn, n_items - 1)
