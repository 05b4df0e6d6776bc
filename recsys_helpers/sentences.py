"""Findings as text: the numbers come from the run, the words from one table.

A sentence of the book that states a measured number is the output of a cell. The cell hands its
numbers to `say`, which fills a template of the table in `templates`. Templates are plain Markdown,
so a sentence reads the same in the book, JupyterLab and Colab.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from recsys_helpers.templates import TEMPLATES


@dataclass(frozen=True)
class Sentence:
    """A finding in Markdown, which notebooks show as text.

    Parameters
    ----------
    text
        Plain Markdown: emphasis, inline code and ``$…$``.

    Examples
    --------
    >>> Sentence("Of ten films, **three** were seen.")
    Of ten films, three were seen.
    """

    text: str

    def __repr__(self) -> str:
        return self.text.replace("**", "").replace("*", "").replace("`", "")

    def _repr_markdown_(self) -> str:
        return self.text


def say(finding: str, /, **numbers: object) -> Sentence:
    """Fill the template of a finding with the numbers of this run.

    Parameters
    ----------
    finding
        A key of `TEMPLATES`.
    **numbers
        A value for each field of the template.

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
    return Sentence(template.format(**numbers))


def verdict(low: float, high: float) -> Sentence:
    """Say what the interval of a difference allows to say.

    Parameters
    ----------
    low, high
        The ends of the interval of a difference, first minus second, more being better.

    Returns
    -------
    Sentence
        "better than" if the interval lies above 0, "worse than" if below, else "not
        distinguishable from".

    Raises
    ------
    ValueError
        If `low` is above `high`, or one of them is not a number.

    Examples
    --------
    >>> verdict(0.01, 0.03), verdict(-0.01, 0.03)
    (better than, not distinguishable from)
    """
    if not low <= high:
        raise ValueError(f"an interval runs from low to high, not from {low} to {high}")
    return say("better" if low > 0 else "worse" if high < 0 else "not_distinguishable")


def size(n_bytes: float) -> str:
    """Write a number of bytes in the largest unit that leaves at least one.

    Parameters
    ----------
    n_bytes
        How many bytes, zero or more.

    Returns
    -------
    str
        Two significant digits at least, in B, KiB, MiB, GiB or TiB (powers of 1024).

    Examples
    --------
    >>> size(1536), size(5 * 1024**3), size(12)
    ('1.5 KiB', '5.0 GiB', '12 B')
    """
    if n_bytes < 1024:
        return f"{n_bytes:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        n_bytes /= 1024
        if n_bytes < 1024:
            return f"{n_bytes:.1f} {unit}" if n_bytes < 100 else f"{n_bytes:.0f} {unit}"
    return f"{n_bytes / 1024:.1f} TiB"


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
    folder = folder or Path(__file__).parents[1] / "data" / "results"
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
