"""The recorded fits of SASRec, of SASRec with one part changed, and of whole models beside it."""

from __future__ import annotations

from pathlib import Path

from recsys_book import results
from recsys_helpers import Queries, Report

CHANGE = "Transformer-"
SIZES = {"SASRec-two-blocks": "two blocks", "SASRec-two-heads": "two heads"}
WHOLE = ["MarkovChain", "LSTM4Rec", "BERT4Rec", "HSTU"]
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
    ablations = results.recorded("ablations", queries, folder=folder).ranks
    whole = results.recorded("last_five", queries, folder=folder).ranks
    names = {
        record: SIZES.get(record) or record.removeprefix(CHANGE).replace("-", " ")
        for record in ablations
        if record in SIZES or record.startswith(CHANGE)
    }
    ranks = {"SASRec": whole["SASRec"]}
    ranks |= {name: ablations[record] for record, name in names.items()}
    ranks |= {name: whole[name] for name in WHOLE if name in whole}
    groups = {
        "one part changed": [name for name in names.values() if name != TOLD],
        "other models": [name for name in WHOLE if name in whole],
        "told when it is asked": [name for name in names.values() if name == TOLD],
    }
    return Report(queries, ranks), {heading: found for heading, found in groups.items() if found}
