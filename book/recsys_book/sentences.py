"""Findings as text: the numbers come from the run, the words from one table.

A sentence of the book that states a measured number is the output of a cell. The cell hands its
numbers to `say`, which fills a template of the table in `templates`. Templates are plain Markdown,
so a sentence reads the same in the book, JupyterLab and Colab.
"""

from __future__ import annotations

import json
from pathlib import Path
from string import Formatter

from recsys_book.words import TEMPLATES
from recsys_helpers.display import Sentence, escaped, size


def say(finding: str, /, **numbers: object) -> Sentence:
    """Fill the template of a finding with the numbers of this run.

    Parameters
    ----------
    finding
        A key of `TEMPLATES`.
    **numbers
        A value for each field of the template. Text is shown as it is, whatever Markdown would
        make of it; only a `Sentence` goes in as Markdown.

    Returns
    -------
    Sentence
        Shown as Markdown by notebooks, as the same words without markup elsewhere.

    Raises
    ------
    KeyError
        If there is no such finding.
    TypeError
        If a field of the template has no value.

    Examples
    --------
    >>> say("remember_lists", popular=0.036, together=0.0752)
    A list for everybody holds 3.6% of what people choose next, a list for each person 7.5%.
    """
    if finding not in TEMPLATES:
        raise KeyError(f"no sentence {finding!r}; there are {', '.join(TEMPLATES)}")
    template = TEMPLATES[finding]
    fields = {field for _, field, _, _ in Formatter().parse(template) if field}
    if missing := sorted(fields - set(numbers)):
        raise TypeError(f"the sentence {finding!r} also needs {', '.join(missing)}")
    return Sentence(template.format(**{field: _markdown(v) for field, v in numbers.items()}))


def _markdown(value: object) -> object:
    if isinstance(value, Sentence):
        return value.text
    return escaped(value) if isinstance(value, str) else value


def cost(chapter: str, folder: Path | None = None) -> Sentence:
    """Say what a chapter took when it was last recorded: seconds, memory, on what machine.

    Parameters
    ----------
    chapter
        The notebook's name without its suffix, such as ``"1_background"``.
    folder
        Where ``chapters.json`` lies; the checkout's ``data/results`` unless given.

    Returns
    -------
    Sentence
        The record that ``make results`` wrote, or a sentence that says there is none.
    """
    folder = folder or Path(__file__).parents[2] / "data" / "results"
    try:
        recorded = json.loads((folder / "chapters.json").read_text(encoding="utf-8"))
        entry, machine = recorded["chapters"][chapter], recorded["machine"]
    except (FileNotFoundError, KeyError):
        return say("cost_unknown")
    return say(
        "cost",
        seconds=entry["seconds"],
        memory=size(entry["peak_mib"] * 1024**2),
        measured=entry["measured"],
        cores=machine["cores"],
        processor=machine["processor"],
        python=machine["python"],
    )
