"""Checks of what `Recommender` promises, for the recommenders of this package and for yours."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from recsys_helpers import _arguments
from recsys_helpers.display import Table
from recsys_helpers.log import _ids
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.testing import _fit, _lists, _optional, _scores
from recsys_helpers.testing._trial import Trial

CHECKS: dict[str, Callable[[Trial], str | None]] = {
    check.__name__: check
    for check in (
        _fit.fit,
        _scores.scores,
        _fit.refusals,
        _scores.side_effects,
        _fit.random_state,
        _fit.same_seed,
        _fit.row_order,
        _scores.batch,
        _scores.short_histories,
        _scores.new_items,
        _scores.needs,
        _lists.top_k,
        _lists.chunks,
        _lists.exclude_seen,
        _lists.candidates,
        _lists.recommend,
        _fit.save_and_load,
        _optional.positions,
        _optional.with_items,
    )
}
"""The checks by name, in the order in which they run; each docstring says what is checked."""


def check_recommender(
    make: Callable[[], Recommender],
    checks: Iterable[str] | None = None,
    *,
    skip: Iterable[str] = (),
    tolerance: float = 1e-4,
) -> Table:
    """Check that a recommender behaves as `Recommender` promises; the first failure raises.

    It is fitted several times on a small synthetic log with item features, times, ratings, repeats
    and items that nobody met. Call this in a test of your own recommender.

    Parameters
    ----------
    make
        Returns a new, unfitted recommender at every call: a class, or ``lambda: EASE(10.0)``.
    checks
        Names from `CHECKS` to run; all if None.
    skip
        Names from `CHECKS` to leave out; "row_order", for instance, for a recommender whose
        training draws rows by their number.
    tolerance
        How much two scores that should be equal may differ, as a share of the range from the lowest
        to the highest score; float32 sums in another order differ a little.

    Returns
    -------
    Table
        Each check and its result: "passed", or why it does not apply.

    Raises
    ------
    AssertionError
        If a check fails; the message starts with the name of the check.
    TypeError
        If `make` is no function.
    ValueError
        If there is no check of a given name.

    Examples
    --------
    >>> from recsys_helpers import MarkovChain
    >>> check_recommender(MarkovChain, ["batch", "top_k", "positions"])
    | check | result |
    |:------|:-------|
    | batch | passed |
    | top_k | passed |
    | positions | does not apply: it has no score_positions |
    """
    if not callable(make):
        raise TypeError(
            f"make must be a function that returns an unfitted recommender, not "
            f"{type(make).__name__}: write lambda: {make!r}"
        )
    chosen = _arguments.names("checks", list(CHECKS) if checks is None else checks)
    left_out = set(_arguments.names("skip", skip))
    _arguments.not_negative("tolerance", tolerance)
    unknown = sorted({*chosen, *left_out} - set(CHECKS))
    if unknown:
        raise ValueError(
            f"there is no check {_ids.listed(unknown)}; there are {_ids.listed(list(CHECKS), 40)}"
        )
    trial = Trial(make, tolerance)
    names = [name for name in chosen if name not in left_out]
    return Table(pl.DataFrame({"check": names, "result": [_run(name, trial) for name in names]}))


def _run(name: str, trial: Trial) -> str:
    try:
        reason = CHECKS[name](trial)
    except AssertionError as error:
        raise AssertionError(f"{name}: {error}") from error
    except Exception as error:
        raise AssertionError(f"{name}: it fails with {type(error).__name__}: {error}") from error
    return "passed" if reason is None else f"does not apply: {reason}"
