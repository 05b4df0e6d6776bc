"""An audit of your own log: what is wrong with it, what models are worth on it, what misleads.

On the command line: ``python -m recsys_book.audit orders.csv --user customer --time day``.
"""

from __future__ import annotations

from collections.abc import Callable

from recsys_book.audit import measures, notices, trials
from recsys_book.audit.page import Audit
from recsys_helpers.log import Interactions

__all__ = ["Audit", "audit"]


def audit(
    log: Interactions,
    name: str = "your log",
    *,
    neural: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> Audit:
    """Look for faults in a log, split it in two ways and judge simple recommenders on both.

    Parameters
    ----------
    log
        With times, and as it is: read it with ``duplicates="keep"``, so that they can be counted.
    name
        What the log is called on the page.
    neural
        Whether to fit networks too, which takes minutes.
    say
        Is told what is being done.

    Returns
    -------
    Audit
        Its `html()` is the page.

    Raises
    ------
    ValueError
        If the log has no times or fewer than two users.
    """
    if log.times is None:
        raise ValueError("an audit needs to know the order of the rows: name the column of times")
    if log.n_users < 2:
        raise ValueError("an audit needs two users or more: nobody else is there to learn from")
    say("Looking at the log")
    found = notices.of_log(log)
    unique = log.take(~measures.repeated_rows(log)) if log.time_unit != "rows" else log
    models = trials.BASELINES | (trials.networks() if neural else {})
    tried = [trials.trial(split, unique, models, say) for split in trials.SPLITS]
    if tried[0].split is not None and log.time_unit != "rows":
        found += notices.of_split(tried[0].split)
    return Audit(name, log, found, tried)
