"""The recorded fits of SASRec, of SASRec with one part changed, and of whole models beside it."""

from __future__ import annotations

from pathlib import Path

from recsys_book import results
from recsys_helpers import Queries, Report

CHANGE = "Transformer-"
OTHER_NAMES = {
    "SASRec-two-blocks": "two blocks",
    "SASRec-two-heads": "two heads",
    "HSTU": "gate for forward",
}
"""Records of a change that are named after a model: HSTU has a gate in place of the network."""
WHOLE = ["MarkovChain", "LSTM4Rec", "BERT4Rec"]
TOLD = "asked"


def recorded_changes(
    queries: Queries, folder: Path | None = None
) -> tuple[Report, dict[str, list[str]]]:
    """Return one report on SASRec, on each recorded change to one part of it, and on whole models.

    A change is named as in its record, "Transformer-no-forward" as "no forward".

    Parameters
    ----------
    queries
        The test queries of the book's log.
    folder
        As in `recsys_book.results.recorded`.

    Returns
    -------
    report
        All of these models, SASRec first.
    groups
        Heading → names in the report: models with one part changed, whole models, and the model
        that is told when the next item is asked for. SASRec is in none; no group is empty.

    Raises
    ------
    FileNotFoundError, ValueError
        As in `recsys_book.results.recorded`.
    """
    whole = results.recorded("last_five", queries, folder=folder).ranks
    found = {**results.recorded("ablations", queries, folder=folder).ranks, **whole}
    changes = {
        OTHER_NAMES.get(record) or record.removeprefix(CHANGE).replace("-", " "): ranks
        for record, ranks in found.items()
        if record in OTHER_NAMES or record.startswith(CHANGE)
    }
    others = {name: whole[name] for name in WHOLE if name in whole}
    groups = {
        "one part changed": [name for name in changes if name != TOLD],
        "other models": list(others),
        "told when it is asked": [name for name in changes if name == TOLD],
    }
    report = Report(queries, {"SASRec": whole["SASRec"], **changes, **others})
    return report, {heading: names for heading, names in groups.items() if names}
