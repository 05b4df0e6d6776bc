"""Splits: which rows a recommender learns from, and on which it is evaluated.

Every row of a log ends in exactly one part, or is counted in `Split.report`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from recsys_helpers import _arguments, _machine
from recsys_helpers._types import I64, Bool
from recsys_helpers.log import Interactions, Queries
from recsys_helpers.log._order import Ties
from recsys_helpers.log.moments import Moment
from recsys_helpers.splits import _draw
from recsys_helpers.splits._parts import APART, TEST, TRAIN, VALID, rolling, starts, together
from recsys_helpers.splits._times import cut_points

# A line of the report before counting: its name, its rows, and the part whose queries it counts.
Note: TypeAlias = tuple[str, Bool, int | None]

# A line of the report as it is shown: part, rows, users, queries and targets.
Line: TypeAlias = tuple[str, int, int, int, int]
COUNTS = ("rows", "users", "queries", "targets")

FOLDED = 43
"""Bytes that each row of a log takes in each fold: in train and in histories."""

TOO_FEW = "of train: users with too few rows"


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """A log cut into a part to learn from and two parts to evaluate on.

    Choose settings on `valid`, and read `test` once, when they are fixed.

    Parameters
    ----------
    train
        The rows to learn from, sorted by user and, where times are known, by time.
    valid, test
        Queries with histories and targets.
    valid_rows, test_rows
        The held-out rows from which the targets come, with their ratings.
    report
        What each part holds: columns part, rows, users, queries and targets. The first three lines
        are train, valid and test; the others count special cases, such as users with too few rows.

    Examples
    --------
    >>> rows = {"user": [1] * 4 + [2], "item": list("abcda"), "timestamp": [1, 2, 3, 4, 5]}
    >>> split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), n_valid=1, n_test=1)
    >>> split
    Split: 3 rows in train, 1 queries in valid, 1 in test
    >>> for line in split.report.rows():
    ...     print(line)
    ('train', 3, 2, 0, 0)
    ('valid', 1, 1, 1, 1)
    ('test', 1, 1, 1, 1)
    ('of train: users with too few rows', 1, 1, 0, 0)
    """

    train: Interactions
    valid: Queries
    test: Queries
    valid_rows: Interactions
    test_rows: Interactions
    report: pl.DataFrame

    def __post_init__(self) -> None:
        for name in ("train", "valid_rows", "test_rows"):
            _arguments.instance(name, getattr(self, name), Interactions, "Interactions")
        for name in ("valid", "test"):
            _arguments.instance(name, getattr(self, name), Queries, "Queries")
        _arguments.instance("report", self.report, pl.DataFrame, "a Polars DataFrame")

    def __repr__(self) -> str:
        return (
            f"Split: {len(self.train):,} rows in train, {len(self.valid):,} queries in valid, "
            f"{len(self.test):,} in test"
        )


def leave_last_out(
    data: Interactions,
    n_valid: int = 5,
    n_test: int = 5,
    *,
    order_ties: Ties | None = None,
    seed: int = 0,
) -> Split:
    """Hold out each user's last rows, and predict each of them from all before it.

    Of a user's rows in order of time, the last `n_test` are test, the `n_valid` before them
    validation and the rest train. Each held-out row is one query with one target; its history
    holds everything before it, earlier held-out rows included.

    Parameters
    ----------
    data
        A log with times.
    n_valid, n_test
        Rows of each user; n_valid may be 0. A user with fewer than n_valid + n_test + 1 rows stays
        entirely in train, gives no query and is counted in the report.
    order_ties, seed
        The order of rows that share a timestamp, as in `Interactions.histories`.

    Returns
    -------
    Split
        Its queries are sorted by user id, then by time; `at` is the time of the target's row.

    Raises
    ------
    ValueError
        If the order is unknown, a number is out of range, or no user has enough rows.
    MemoryError
        If the histories do not fit into memory, for instance where one user has very many rows.

    References
    ----------
    Kang and McAuley (2018), "Self-attentive sequential recommendation", ICDM, with one row each.
    https://doi.org/10.1109/ICDM.2018.00035

    Examples
    --------
    >>> rows = {"user": [1] * 4 + [2], "item": list("abcda"), "timestamp": [1, 2, 3, 4, 5]}
    >>> split = leave_last_out(Interactions.from_frame(pl.DataFrame(rows)), n_valid=1, n_test=1)
    >>> split.train.histories().to_lists()
    [['a', 'b'], ['a']]
    >>> split.test.histories.to_lists(), split.test.catalogue.ids[split.test.targets].tolist()
    ([['a', 'b', 'c']], ['d'])
    """
    _arguments.instance("data", data, Interactions, "Interactions")
    _arguments.whole("n_valid", n_valid, 0)
    _arguments.whole("n_test", n_test, 1)
    log = data.in_order(order_ties=order_ties, seed=seed)
    enough = _with_enough(log, n_valid + n_test, f"n_valid={n_valid} and n_test={n_test} need")
    from_end = _from_end(log)
    part = np.select([from_end <= n_test, from_end <= n_valid + n_test], [TEST, VALID], TRAIN)
    part[~enough] = TRAIN
    return _split(log, part, rolling, [(TOO_FEW, ~enough, None)])


def time_split(
    data: Interactions,
    valid: float = 0.1,
    test: float = 0.1,
    *,
    valid_from: Moment | None = None,
    test_from: Moment | None = None,
    targets: Literal["together", "rolling"] = "together",
    order_ties: Ties | None = None,
    seed: int = 0,
) -> Split:
    """Hold out the last period of the whole log, so that nothing is learnt from the future.

    All rows from one moment on are test, those of the period before it validation, and the rest
    train. Rows with the same timestamp are never separated. A user without a training row also
    gives queries, with an empty history or one from the validation period: a cold start, counted
    in the report.

    Parameters
    ----------
    data
        A log with times.
    valid, test
        Shares of the rows, the latest ones. A period may hold more if rows share a timestamp.
        valid may be 0.
    valid_from, test_from
        The first moment of a period, instead of its share: a timestamp in the log's unit, a date,
        or ISO 8601 text such as "2018-01-31" (UTC if it names no zone).
    targets
        "together": one query for each user with rows in a period, made when the period starts; its
        targets are the distinct items of these rows. "rolling": one query for each row, whose
        history holds everything that the user did before, as in `leave_last_out`. Each query then
        needs memory for its own history.
    order_ties, seed
        The order of rows that share a timestamp, as in `Interactions.histories`.

    Returns
    -------
    Split
        Its queries are sorted by user id, then by time; `at` is the first moment of the period
        ("together") or the time of the target's row ("rolling").

    Raises
    ------
    ValueError, TypeError
        If the order is unknown, an argument is out of range, or a part would be empty.
    MemoryError
        As in `leave_last_out`, for rolling targets.

    References
    ----------
    Meng, McCreadie, Macdonald and Ounis (2020), "Exploring data splitting strategies for the
    evaluation of recommendation models", RecSys. https://doi.org/10.1145/3383313.3418479

    Examples
    --------
    >>> rows = {"user": [1, 1, 1, 2], "item": list("abca"), "timestamp": [1, 2, 4, 3]}
    >>> log = Interactions.from_frame(pl.DataFrame(rows))
    >>> split = time_split(log, valid=0, test_from=3)
    >>> split.train.histories().to_lists()
    [['a', 'b'], []]
    >>> split.test.histories.to_lists(), split.test.catalogue.ids[split.test.targets].tolist()
    ([['a', 'b'], []], ['c', 'a'])
    """
    _arguments.instance("data", data, Interactions, "Interactions")
    _draw.check_shares(valid, test)
    _arguments.choice("targets", targets, ("together", "rolling"))
    log = data.in_order(order_ties=order_ties, seed=seed)
    assert log.times is not None
    times = log.times
    valid_cut, test_cut = cut_points(times, log.time_unit, valid, test, valid_from, test_from)
    part = np.select([times < valid_cut, times < test_cut], [TRAIN, VALID], TEST)
    starts_at = {VALID: valid_cut, TEST: test_cut}
    ask = rolling if targets == "rolling" else partial(together, starts_at=starts_at)
    return _split(log, part, ask, _cold_users(log, part))


def user_split(
    data: Interactions,
    valid: float = 0.1,
    test: float = 0.1,
    *,
    n_targets: int = 5,
    order_ties: Ties | None = None,
    seed: int = 0,
) -> Split:
    """Hold out whole users, and predict the last rows of people never seen in training.

    This is called strong generalisation. Validation and test users have no row in train. Each of
    their last `n_targets` rows is one query with one target, whose history holds everything
    before it. Their earlier rows occur only in these histories, and are counted in the report.

    Parameters
    ----------
    data
        A log with times.
    valid, test
        Shares of the users who have more than n_targets rows, drawn by a hash of seed and user id.
        valid may be 0. All other users stay in train and are counted in the report.
    n_targets
        Held-out rows of each drawn user.
    order_ties
        The order of rows that share a timestamp, as in `Interactions.histories`.
    seed
        Decides which users are drawn and the order of tied rows, 0 … 2**32 − 1.

    Returns
    -------
    Split
        Its queries are sorted by user id, then by time; `at` is the time of the target's row.

    Raises
    ------
    ValueError
        If the order is unknown, an argument is out of range, or a part would be empty.
    MemoryError
        As in `leave_last_out`.

    References
    ----------
    Marlin (2004), "Collaborative filtering: a machine learning perspective", University of
    Toronto.

    Examples
    --------
    >>> rows = {"user": [1, 1, 2, 2], "item": list("abab"), "timestamp": [1, 2, 3, 4]}
    >>> log = Interactions.from_frame(pl.DataFrame(rows))
    >>> split = user_split(log, valid=0, test=0.5, n_targets=1)
    >>> split.train.histories().to_lists(), split.test.histories.keys.tolist()
    ([[], ['a', 'b']], [1])
    """
    _arguments.instance("data", data, Interactions, "Interactions")
    _draw.check_shares(valid, test)
    _arguments.whole("n_targets", n_targets, 1)
    log = data.in_order(order_ties=order_ties, seed=seed)
    enough = _with_enough(log, n_targets, f"n_targets={n_targets} needs")
    users = np.unique(log.users[enough])
    part_of_user = np.full(log.n_users, TRAIN)
    part_of_user[users] = _draw.parts(_draw.id_keys(log.user_ids, seed)[users], valid, test)
    owner = part_of_user[log.users]
    last = _from_end(log) <= n_targets
    part = np.where(last | (owner == TRAIN), owner, APART)
    notes: list[Note] = [
        ("valid users, only in histories", (owner == VALID) & ~last, None),
        ("test users, only in histories", (owner == TEST) & ~last, None),
        (TOO_FEW, ~enough, None),
    ]
    return _split(log, part, rolling, notes)


def random_split(
    data: Interactions, valid: float = 0.1, test: float = 0.1, *, seed: int = 0
) -> Split:
    """Hold out rows drawn at random, whatever their time: for ratings, or where order is unknown.

    Training rows may be later than the rows to predict, so results are better than they would be in
    use, where the future is unknown. Each user with held-out rows gives one query: its history is
    the user's training rows (for test, also the validation rows), its targets are the distinct
    items of the held-out rows. Users without a training row are counted in the report.

    Parameters
    ----------
    data
        A log, with or without times.
    valid, test
        Shares of the rows, drawn by a hash of seed, user id, item id and how often the user had met
        the item before, never by the order of the rows. valid may be 0.
    seed
        Decides which rows are drawn and the order of tied rows, 0 … 2**32 − 1.

    Returns
    -------
    Split
        Its queries are sorted by user id; there is no `at`. Without times, the items of a history
        are in the order of a hash, which means nothing, and train has no times, so that
        recommenders which use order refuse it.

    Raises
    ------
    ValueError
        If an argument is out of range, or a part would be empty.

    Examples
    --------
    >>> rows = {"user": [1, 1, 2, 2, 2], "item": list("ababc")}
    >>> log = Interactions.from_frame(pl.DataFrame(rows), timestamp=None)
    >>> random_split(log, valid=0.2, test=0.2)
    Split: 3 rows in train, 1 queries in valid, 1 in test
    """
    _arguments.instance("data", data, Interactions, "Interactions")
    _draw.check_shares(valid, test)
    log = _draw.sorted_rows(data, seed)
    part = _draw.parts(_draw.row_keys(log, seed), valid, test)
    return _split(log, part, together, _cold_users(log, part))


def k_folds(data: Interactions, k: int = 5, *, seed: int = 0) -> list[Split]:
    """Cut the rows at random into k parts, each of which is test once and train otherwise.

    Parameters
    ----------
    data
        A log, with or without times.
    k
        How many folds, at least 2; their sizes differ by one row at most.
    seed
        Decides the fold of each row and the order of tied rows, 0 … 2**32 − 1.

    Returns
    -------
    list of Split
        k splits as `random_split` makes them, with an empty `valid`.

    Raises
    ------
    ValueError
        If k is less than 2 or more than the number of rows.
    MemoryError
        If the folds do not fit into memory.

    Examples
    --------
    >>> rows = {"user": [1, 1, 2, 2, 2], "item": list("ababc")}
    >>> log = Interactions.from_frame(pl.DataFrame(rows), timestamp=None)
    >>> [len(split.test_rows) for split in k_folds(log, k=2)]
    [3, 2]
    """
    _arguments.instance("data", data, Interactions, "Interactions")
    _arguments.whole("k", k, 2)
    if k > len(data):
        raise ValueError(f"k={k} folds need as many rows at least, but the log has {len(data):,}")
    _machine.require_memory(
        k * (FOLDED * len(data) + 16 * data.n_items),
        f"a list of k={k:,} folds, each with a train of its own,",
        "choose fewer folds, or random_split with one seed after the other",
    )
    log = _draw.sorted_rows(data, seed)
    fold = _draw.folds(_draw.row_keys(log, seed), k)
    parts = (np.where(fold == i, TEST, TRAIN) for i in range(k))
    return [_split(log, part, together, _cold_users(log, part)) for part in parts]


def _from_end(log: Interactions) -> I64:
    """Return the position of each row of a sorted log from its user's end, 1 for the last."""
    return starts(log)[1:][log.users] - np.arange(len(log))


def _with_enough(log: Interactions, n_held_out: int, needed_by: str) -> Bool:
    """Return which rows belong to users with enough rows to keep one in train; raise if none do."""
    lengths = np.bincount(log.users, minlength=log.n_users)
    enough = lengths > n_held_out
    if not enough.any():
        raise ValueError(
            f"no user has {n_held_out + 1} rows, which {needed_by}; the longest history has "
            f"{lengths.max(initial=0)}. Choose smaller numbers"
        )
    return np.take(enough, log.users)


def _cold_users(log: Interactions, part: I64) -> list[Note]:
    cold = ~np.isin(log.users, log.users[part == TRAIN])
    return [
        (f"of {name}: users without a training row", (part == which) & cold, which)
        for name, which in (("valid", VALID), ("test", TEST))
    ]


def _split(
    log: Interactions,
    part: I64,
    ask: Callable[[Interactions, I64, int], Queries],
    notes: Sequence[Note],
) -> Split:
    """Cut a log by the part of each row, and make queries of the held-out rows with `ask`."""
    train, valid_rows, test_rows = (log.take(part == which) for which in (TRAIN, VALID, TEST))
    if len(train) == 0:
        raise ValueError("the held-out parts leave nothing to train on. Choose smaller shares")
    queries = {which: ask(log, part, which) for which in (VALID, TEST)}
    lines = [
        line("train", train),
        line("valid", valid_rows, queries[VALID]),
        line("test", test_rows, queries[TEST]),
    ]
    for name, rows, which in notes:
        lines.append(line(name, log.take(rows), None if which is None else queries[which]))
    return Split(train, queries[VALID], queries[TEST], valid_rows, test_rows, report(lines))


def report(lines: Sequence[Line]) -> pl.DataFrame:
    """Return the report of a split from its lines."""
    return pl.DataFrame(lines, {"part": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}, orient="row")


def line(part: str, rows: Interactions, queries: Queries | None = None) -> Line:
    """Count rows, their users, and these users' queries and targets."""
    users = np.unique(rows.users)
    n_queries = n_targets = 0
    if queries is not None:
        theirs = np.isin(queries.users, users)
        n_queries, n_targets = int(theirs.sum()), int(queries.n_relevant[theirs].sum())
    return part, len(rows), len(users), n_queries, n_targets
