"""What an audit says about a log: a heading, what was counted, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

import numpy as np

from recsys_book.audit import measures
from recsys_book.demonstrations.leaks import share_later
from recsys_helpers._types import I64
from recsys_helpers.evaluation.report import repeated_targets
from recsys_helpers.log import Interactions
from recsys_helpers.splits import Split

Level: TypeAlias = Literal["fine", "look", "wrong"]
"""Nothing to do; worth a look; results are wrong unless something is done."""

SHOWN = 5
"""How many examples a notice names."""


@dataclass(frozen=True)
class Notice:
    """One thing that was looked for in a log.

    Parameters
    ----------
    title
        What was looked for.
    level
        Whether something was found, and how much it matters.
    found
        What was counted, in plain text.
    advice
        What to do about it; empty if nothing need be done.
    """

    title: str
    level: Level
    found: str
    advice: str = ""


def of_log(log: Interactions) -> list[Notice]:
    """Return what can be said about a log before it is split.

    Parameters
    ----------
    log
        As read, with duplicates kept. Where row numbers stand in place of times, nothing is said
        about times.
    """
    checks = [_duplicates]
    if log.time_unit != "rows":
        checks += [_order_of_file, _ties, _hurried, _bursts, _short_lives]
    return [check(log) for check in [*checks, _repeats, _popularity, _thin_users]]


def _duplicates(log: Interactions) -> Notice:
    n = int(measures.repeated_rows(log).sum())
    found = f"{_share(n, len(log))} of the rows repeat another one in user, item and time."
    advice = (
        "They were counted once here. Find out what they are: two lines of one order, a double "
        "click, or a file that was exported twice."
    )
    return _judged("Duplicate rows", "look" if n else "fine", found, advice)


def _order_of_file(log: Interactions) -> Notice:
    share = measures.backward_share(log)
    found = f"{share:.1%} of the rows are older than the row before them in the file."
    advice = (
        "Rows were sorted by time here. A program that takes the order of the file for the order "
        "of time would learn something else."
    )
    return _judged("Order of the file", "look" if share else "fine", found, advice)


def _ties(log: Interactions) -> Notice:
    share = measures.tied_share(log)
    found = f"{share:.1%} of a user's neighbouring rows share their time: their order is unknown."
    advice = (
        "Such rows are put into a random order here. Do not take the order of the file for them: "
        "it is often sorted by item, which tells a model the next item. Look for a finer time."
    )
    level: Level = "fine" if share < 0.05 else "look" if share < 0.5 else "wrong"
    return _judged("Rows at the same moment", level, found, advice)


def _hurried(log: Interactions) -> Notice:
    users = measures.hurried_users(log)
    busiest = measures.busiest_days(log)
    median = np.median(busiest[busiest > 0])
    if not len(users):
        found = (
            f"No user has a day with far more rows than others. The busiest day of any has "
            f"{busiest.max():,} rows, that of the median user {median:,.0f}."
        )
        return Notice("Users who may be machines", "fine", found)
    rows = int(np.isin(log.users, users).sum())
    named = _listed(users, lambda u: f"{log.user_ids[u]} ({busiest[u]:,} rows)")
    found = (
        f"Users with a day of at least 100 rows, 20 times the busiest day of the median user "
        f"({median:,.0f}): {_share(len(users), log.n_users)}, with {_share(rows, len(log))} of the "
        f"rows. They are {named}."
    )
    advice = (
        "Look at them. Robots, shared accounts and imports of old data are no taste: leave them "
        "out of train and test."
    )
    return Notice("Users who may be machines", "wrong", found, advice)


def _bursts(log: Interactions) -> Notice:
    days, counts = measures.burst_days(log)
    if not len(days):
        return Notice("Bursts", "fine", "No day has ten times the rows of the median day.")
    named = _listed(np.arange(len(days)), lambda i: f"{_date(days[i])} ({counts[i]:,} rows)")
    found = (
        f"Days with at least 100 rows, ten times those of the median day: {len(days):,}. They are "
        f"{named}."
    )
    advice = (
        "A campaign, an import or a fault of the logger. Models learn what was shown on that day, "
        "and a split at such a day tests little else."
    )
    return Notice("Bursts", "look", found, advice)


def _short_lives(log: Interactions) -> Notice:
    items = measures.items_of_a_day(log)
    there = int((np.bincount(log.items) > 0).sum())
    found = (
        f"{_share(len(items), there)} of the items have five rows or more, all of them within 24 "
        "hours"
    )
    named = _listed(items, lambda i: str(log.catalogue.ids[i]))
    advice = (
        "A model that knows items by their ids learns them when they are gone. Recommend them by "
        "their text or other features, or leave them out."
    )
    level: Level = "fine" if not len(items) else "look" if len(items) < 0.2 * there else "wrong"
    found += f", such as {named}." if len(items) else "."
    return _judged("Items alive for a day", level, found, advice)


def _repeats(log: Interactions) -> Notice:
    share = measures.repeat_share(log.take(~measures.repeated_rows(log)))
    found = f"In {share:.1%} of the rows the user had met the item before."
    advice = (
        "People come back to items here, so leaving out what was seen would leave out right "
        "answers. Lists below may hold seen items."
    )
    level: Level = "look" if share > 0.01 else "fine"
    return _judged("Items met again", level, found, advice)


def _popularity(log: Interactions) -> Notice:
    share = measures.share_of_top(log)
    found = f"The most popular 1% of the items have {share:.0%} of the rows."
    advice = (
        "A list of best sellers will look good. Ask of every model what it gains over it, and how "
        "much of the catalogue it shows."
    )
    level: Level = "look" if share > 0.3 else "fine"
    return _judged("Popularity", level, found, advice)


def _thin_users(log: Interactions) -> Notice:
    counts = np.bincount(log.users, minlength=log.n_users)
    thin = int((counts < 3).sum())
    found = (
        f"The median user has {np.median(counts):,.0f} rows. {_share(thin, log.n_users)} of the "
        "users have fewer than three, too few to learn from and to be tested on."
    )
    level: Level = "look" if thin > 0.5 * log.n_users else "fine"
    advice = "Results below say little about them: they need a list that works without a history."
    return _judged("Users with few rows", level, found, advice)


def of_split(split: Split) -> list[Notice]:
    """Return what can be said about each user's last rows as a test.

    Parameters
    ----------
    split
        As `leave_last_out` makes it, of a log with times.
    """
    queries = split.test
    later = float(share_later(split.train, queries).mean())
    found = (
        f"When a user's last rows are the test, {later:.0%} of the training rows are on average "
        "later than the question."
    )
    advice = (
        "A model may learn from what nobody could know yet. Believe the split at one moment where "
        "the two tables below differ."
    )
    level: Level = "fine" if later < 0.01 else "look" if later < 0.3 else "wrong"
    leak = _judged("Knowledge of the future", level, found, advice)
    seen = int(repeated_targets(queries).sum())
    share = _share(seen, len(queries.targets))
    again = f"{share} of the last rows are items that their user had met before."
    level = "look" if seen > 0.01 * len(queries.targets) else "fine"
    return [leak, Notice("Answers seen before", level, again)]


def _judged(title: str, level: Level, found: str, advice: str) -> Notice:
    """Return a notice, with the advice if there is anything to look at."""
    return Notice(title, level, found, "" if level == "fine" else advice)


def _share(n: int, of: int) -> str:
    return f"{n:,} of {of:,} ({n / max(of, 1):.1%})"


def _listed(codes: I64, named: Callable[[int], str]) -> str:
    names = [named(int(code)) for code in codes[:SHOWN]]
    more = len(codes) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _date(day: int) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=int(day)):%Y-%m-%d}"
