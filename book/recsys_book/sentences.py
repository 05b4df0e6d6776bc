"""Findings as text: the words stand where they are read, the numbers come from the run.

A sentence of the book that states a measured number is the output of a cell. The cell hands the
sentence and its numbers to `say`. The sentence is plain Markdown, so it reads the same in the book,
JupyterLab and Colab, and it is its own key for a translation: the output carries it, and the
numbers, as metadata.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from recsys_helpers.display import Sentence, escaped, size

SENTENCE = "recsys_book_sentence"
"""Under this name the metadata of an output hold a sentence's template and numbers."""


@dataclass(frozen=True, repr=False)
class Finding(Sentence):
    """A sentence with what it was made of.

    Parameters
    ----------
    text
        The filled sentence, in Markdown.
    template
        The sentence with its fields.
    numbers
        What stands in the fields.
    """

    template: str
    numbers: Mapping[str, object]

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, object]]:
        numbers = {name: _as_json(value) for name, value in self.numbers.items()}
        data = {"text/markdown": self.text, "text/plain": repr(self)}
        return data, {SENTENCE: {"template": self.template, "numbers": numbers}}


def say(sentence: str, /, **numbers: object) -> Finding:
    """Fill a sentence with the numbers of this run.

    Parameters
    ----------
    sentence
        Plain Markdown with the fields of `str.format`. ``{share:.0%}`` writes .6 as "60%"; for
        differences of shares, which are no percentages, ``{gain:.1p}`` writes .041 as "4.1", to be
        followed by the words "percentage points".
    **numbers
        A value for each field. Text is shown as it is, whatever Markdown would make of it; only
        a `Sentence` goes in as Markdown.

    Returns
    -------
    Finding
        Shown as Markdown by notebooks, as the same words without markup elsewhere.

    Raises
    ------
    TypeError
        If a field has no value, or a value no field.

    Examples
    --------
    >>> say("EASE finds **{hits:.1%}**, {gain:.1p} percentage points more.", hits=0.21, gain=0.04)
    EASE finds 21.0%, 4.0 percentage points more.
    """
    fields = fields_of(sentence)
    if missing := sorted(fields - set(numbers)):
        raise TypeError(f"the sentence {sentence!r} also needs {', '.join(missing)}")
    if idle := sorted(set(numbers) - fields):
        raise TypeError(f"the sentence {sentence!r} has no field for {', '.join(idle)}")
    written = {field: _markdown(numbers[field]) for field in fields}
    return Finding(_WithPoints().vformat(sentence, (), written), sentence, numbers)


def fields_of(template: str) -> set[str]:
    """Return the names of a template's fields.

    Parameters
    ----------
    template
        As `say` takes it.

    Returns
    -------
    set of str
        Each name once.

    Examples
    --------
    >>> fields_of("{hits:.0%} of {n} lists") == {"hits", "n"}
    True
    """
    return {field for _, field, _, _ in Formatter().parse(template) if field}


class _WithPoints(Formatter):
    def format_field(self, value: Any, spec: str) -> str:
        if spec.endswith("p"):
            return f"{100 * value:{spec[:-1]}f}"
        return str(format(value, spec))


def _markdown(value: object) -> object:
    if isinstance(value, Sentence):
        return value.text
    return escaped(value) if isinstance(value, str) else value


def _as_json(value: object) -> object:
    if hasattr(value, "item"):  # a number of NumPy
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | bool | int | float) else str(value)


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
        return say(
            "The cost of this chapter has not been recorded here yet: `make results` measures it."
        )
    return say(
        "Executed from top to bottom, this chapter took **{seconds:.0f} s** and **{memory}** of "
        "memory when it was last recorded ({measured}; {cores} cores, {processor}, "
        "Python {python}).",
        seconds=entry["seconds"],
        memory=size(entry["peak_mib"] * 1024**2),
        measured=entry["measured"],
        cores=machine["cores"],
        processor=machine["processor"],
        python=machine["python"],
    )
