"""What a bent protocol does to the same models: its figures, their shifts, the orders it turns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from recsys_book.demonstrations.protocol_shifts import QueryValues, turned
from recsys_book.sentences import say
from recsys_helpers import Report
from recsys_helpers.display import Sentence, Table
from recsys_helpers.evaluation.comparisons import Comparison

Judged = Report | QueryValues


@dataclass(frozen=True, eq=False)
class Bend:
    """The same models under a protocol and under one that is bent in a single place.

    Parameters
    ----------
    what
        What is bent, in a few words.
    ours, bent
        Judgements on the same models, read by their default metric. Their queries may differ. Users
        are known by their ids if both are reports; otherwise by their codes, so that both must then
        belong to one log.

    Examples
    --------
    >>> users, zeros = np.arange(4), np.zeros((1, 4))
    >>> ours = QueryValues("clicks", users, {"a": zeros + 3, "b": zeros + 2})
    >>> bent = QueryValues("clicks", users, {"a": zeros + 4, "b": zeros + 5})
    >>> bend = Bend("an example", ours, bent)
    >>> bend.shifts["b"].difference
    3.0
    >>> [(pair.a, pair.b) for pair, _ in bend.turned]
    [('a', 'b')]
    """

    what: str
    ours: Judged
    bent: Judged

    @cached_property
    def figures(self) -> dict[str, tuple[float, float]]:
        """The mean of each model, as it is and bent."""
        return {name: (self.ours.mean(name), self.bent.mean(name)) for name in self.ours._models}

    @cached_property
    def shifts(self) -> dict[str, Comparison]:
        """How far each model is moved, with the interval over users who are asked both times.

        The values of a user are averaged first, so that the two protocols are paired user by user
        even where they ask other things.
        """
        return {name: _shift(self.ours, self.bent, name) for name in self.figures}

    @cached_property
    def turned(self) -> list[tuple[Comparison, Comparison]]:
        """The pairs of models that stand in another order, as `protocol_shifts.turned` returns."""
        return turned(self.ours, self.bent)

    @property
    def weaker_ahead(self) -> list[tuple[Comparison, Comparison]]:
        """The turned pairs of which the first is better beyond chance, were nothing bent."""
        return [pair for pair in self.turned if pair[0].distinguishable]

    @cached_property
    def out_of_nothing(self) -> list[tuple[Comparison, Comparison]]:
        """The pairs that cannot be told apart as it is, of which one is better once it is bent."""
        after = self.bent.compare_all()
        pairs = [(pair, after[(pair.a, pair.b)]) for pair in self.ours.compare_all()]
        return [(p, other) for p, other in pairs if other.distinguishable and not p.distinguishable]

    def sentence(self) -> Sentence:
        """Return which pairs of models change places, and which of them matter.

        Returns
        -------
        Sentence
            The number of turned pairs; then those of which the weaker, beyond chance, looks
            better, and those that only the bent protocol tells apart, where there are any.
        """
        parts = [
            say(
                "**{what}:** {turned} of {pairs} pairs of models change places.",
                what=self.what,
                turned=len(self.turned),
                pairs=math.comb(len(self.figures), 2),
            )
        ]
        if self.weaker_ahead:
            parts.append(say("The weaker now looks better: {pairs}.", pairs=_ahead(self)))
        if self.out_of_nothing:
            parts.append(say("Told apart only now: {pairs}.", pairs=_made(self)))
        return Sentence(" ".join(part.text for part in parts))

    def table(self) -> Table:
        """Return each model's figure as it is and bent, and its shift with the interval.

        Returns
        -------
        Table
            One row for each model, the best of the unbent ones first.
        """
        names = sorted(self.figures, key=lambda name: -self.figures[name][0])
        rows = []
        for name in names:
            ours, bent = self.figures[name]
            moved = self.shifts[name]
            interval = f"{moved.low:z.3f} to {moved.high:z.3f}"
            rows.append((name, f"{ours:.3f}", f"{bent:.3f}", f"{moved.difference:z.3f}", interval))
        schema = ["model", "before", self.what, "paired shift", "95% interval"]
        return Table(pl.DataFrame(rows, schema=schema, orient="row"))


def summary(bends: Sequence[Bend]) -> Table:
    """Return one table of what each bend does.

    Parameters
    ----------
    bends
        What was tried.

    Returns
    -------
    Table
        For each: the model that is first; the largest shift, if it is at least .0005; the pairs
        of which the weaker, beyond chance, looks better; and the pairs that only the bent protocol
        tells apart.
    """
    rows = []
    for bend in bends:
        largest = max(bend.shifts.values(), key=lambda moved: abs(moved.difference))
        first = max(bend.figures, key=lambda name: bend.figures[name][1])
        moved = f"{largest.b} {largest.difference:+.3f}".replace("-", "−")
        if abs(largest.difference) < 0.0005:
            moved = "none"
        rows.append((bend.what, first, moved, _ahead(bend) or "–", _made(bend) or "–"))
    schema = ["bent", "first then", "largest shift", "weaker looks better", "out of nothing"]
    return Table(pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row"))


def _ahead(bend: Bend) -> str:
    return ", ".join(f"{pair.b} before {pair.a}" for pair, _ in bend.weaker_ahead)


def _made(bend: Bend) -> str:
    pairs = (
        (pair.a, pair.b) if pair.difference > 0 else (pair.b, pair.a)
        for _, pair in bend.out_of_nothing
    )
    return ", ".join(f"{better} over {worse}" for better, worse in pairs)


def _shift(ours: Judged, bent: Judged, name: str) -> Comparison:
    """Compare a model with itself, user by user."""
    by_id = isinstance(ours, Report) and isinstance(bent, Report)
    before, after = (_of_users(judged, name, by_id) for judged in (ours, bent))
    shared = sorted(before.keys() & after.keys())
    values = {
        f"{name} bent": np.array([[after[user] for user in shared]]),
        name: np.array([[before[user] for user in shared]]),
    }
    users = np.arange(len(shared), dtype=np.int32)
    return QueryValues(ours._metric(None), users, values, ours.seed).compare(*values)


def _of_users(judged: Judged, name: str, by_id: bool) -> dict[Any, float]:
    """Return the mean value of each user, averaged over seeds."""
    if isinstance(judged, Report):
        values, users, ids = (
            judged.values(name),
            judged.queries.users,
            judged.queries.histories.keys,
        )
    else:
        values, users, ids = judged.values[name], judged.users, None
    known = ids if by_id and ids is not None else users
    names, codes, counts = np.unique(known, return_inverse=True, return_counts=True)
    means = np.bincount(codes, np.mean(values, axis=0)) / counts
    return dict(zip(names.tolist(), means.tolist(), strict=True))
