"""Values of the wrong kind for each argument of each constructor that can be found."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator

import recsys_helpers
from recsys_helpers.optimizers.rules import RULES
from recsys_helpers.recommenders import HOMES


class Stranger:
    """Of a kind that nothing takes."""


VALUES: dict[str, object] = {
    "a stranger": Stranger(),
    "text": "100",
    "None": None,
    "a fraction": 5.5,
    "a list": [1, "a"],
    "a dict": {"a": 1},
    "NaN": math.nan,
    "infinity": math.inf,
    "a negative number": -1,
    "True": True,
}


def constructors() -> dict[str, Callable[..., object]]:
    """Return every recommender and every optimizer by name."""
    recommenders = {name: getattr(recsys_helpers, name) for name in HOMES}
    return recommenders | {rule.__name__: rule for rule in RULES.values()}


def cases() -> Iterator[tuple[str, str, str]]:
    """Yield constructor, argument and label of each value that cannot be right there."""
    for name, make in constructors().items():
        for argument in inspect.signature(make).parameters.values():
            for label, value in VALUES.items():
                if not _may_be_right(str(argument.annotation), value):
                    yield name, argument.name, label


def _may_be_right(annotation: str, value: object) -> bool:
    """Tell whether a value is of the annotated kind, though it may be out of range."""
    kinds = {kind.strip() for kind in annotation.split("|")}
    if value is None:
        return "None" in kinds
    if isinstance(value, bool):
        return "bool" in kinds
    if isinstance(value, int):
        return bool(kinds & {"int", "float"})
    if isinstance(value, float):
        return "float" in kinds and math.isfinite(value)
    return isinstance(value, str) and "Path" in kinds
