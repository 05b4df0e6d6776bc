"""Checks of arguments: numbers, arrays, codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from math import isinf
from os import PathLike
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from recsys_helpers._types import I64


def instance(name: str, value: object, kind: type | tuple[type, ...], wanted: str) -> None:
    """Raise unless the value is an instance of a class, and say what is expected instead.

    Examples
    --------
    >>> instance("k", "5", int, "a whole number")
    Traceback (most recent call last):
    ...
    TypeError: k must be a whole number, not a str
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {wanted}, not a {type(value).__name__}")


def flag(name: str, value: object) -> None:
    """Raise unless the value is True or False."""
    instance(name, value, (bool, np.bool_), "True or False")


def path(name: str, value: Any) -> Path:
    """Return the value as a Path; raise if it is no path."""
    instance(name, value, (str, PathLike), "a path")
    return Path(value)


def names(name: str, values: Iterable[str]) -> list[str]:
    """Return an iterable of strings as a list; a single string or a dict is refused."""
    if isinstance(values, Iterable) and not isinstance(values, (str, Mapping)):
        given = list(values)
        if all(isinstance(value, str) for value in given):
            return given
    raise TypeError(f"{name} must be a list of text, not {values!r}")


def is_whole(value: object) -> bool:
    """Return whether a value is a whole number; True and False do not count as numbers."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def whole(name: str, value: int, least: int) -> None:
    """Raise unless the value is a whole number and large enough."""
    if not is_whole(value) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")


def length_of_list(k: int, n_items: int) -> None:
    """Raise unless a list of k items can be made of a catalogue."""
    if not is_whole(k) or not 1 <= k <= n_items:
        raise ValueError(
            f"k must be a whole number from 1 to {n_items:,}, the catalogue's size, not {k!r}"
        )


def number(name: str, value: object) -> None:
    """Raise if the value is no number (nor are True, False and arrays), or infinite."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, not {value!r}")
    if isinf(value):
        raise ValueError(f"{name} must be a finite number, not {value}")


def sequence(name: str, values: object) -> None:
    """Raise unless the value is a list, a tuple or an array."""
    if not isinstance(values, (list, tuple, np.ndarray)):
        raise TypeError(f"{name} must be a list of numbers, not {values!r}")


def positive(name: str, value: float) -> None:
    """Raise unless the value is larger than 0."""
    number(name, value)
    if not value > 0:
        raise ValueError(f"{name} must be positive, not {value}")


def not_negative(name: str, value: float) -> None:
    """Raise unless the value is 0 or larger."""
    number(name, value)
    if not value >= 0:
        raise ValueError(f"{name} must be 0 or more, not {value}")


def choice(name: str, value: object, choices: Any) -> None:
    """Raise unless the value is one of the choices, a list of names or a `Literal`.

    Examples
    --------
    >>> from typing import Literal
    >>> choice("values", "rating", Literal["count", "binary"])
    Traceback (most recent call last):
    ...
    ValueError: values must be 'count' or 'binary', not 'rating'
    """
    names = get_args(choices) or choices
    if not isinstance(value, str) or value not in names:
        *others, last = map(repr, names)
        raise ValueError(f"{name} must be {', '.join(others)} or {last}, not {value!r}")


def between(name: str, value: float, low: float, high: float) -> None:
    """Raise unless the value lies between two bounds, both included."""
    number(name, value)
    if not low <= value <= high:
        raise ValueError(f"{name} must lie between {low} and {high}, not {value!r}")


def fraction(name: str, value: float) -> None:
    """Raise unless the value is at least 0 and less than 1."""
    number(name, value)
    if not 0 <= value < 1:
        raise ValueError(f"{name} must lie from 0 to below 1, not {value}")


def seed(value: int) -> None:
    """Raise unless the value can seed every generator: a whole number from 0 to 2**32 - 1."""
    if not is_whole(value) or not 0 <= value < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 2**32 - 1, not {value!r}")


def settings(owner: Any, *apart: str) -> None:
    """Raise unless all integer settings are at least 1 and all float settings are positive.

    Parameters
    ----------
    owner
        An instance of a dataclass, whose fields are its settings. `seed` is checked as a seed.
    *apart
        Settings with other bounds, which the owner checks itself.

    Examples
    --------
    >>> from recsys_helpers import ItemKNN
    >>> settings(ItemKNN(shrinkage=0), "shrinkage")
    >>> ItemKNN(n_neighbours=0)
    Traceback (most recent call last):
    ...
    ValueError: n_neighbours must be a whole number of at least 1, not 0
    """
    for field in fields(owner):
        value = getattr(owner, field.name)
        if field.name == "seed":
            seed(value)
        elif field.name not in apart and field.type == "int":
            whole(field.name, value, 1)
        elif field.name not in apart and field.type == "float":
            positive(field.name, value)


def freeze(owner: object, name: str, dtype: DTypeLike | None, length: int | None = None) -> None:
    """Make an array field of a frozen dataclass read-only as `frozen` does.

    None stays None where a field has a default; a dtype of None keeps the type of the array.
    """
    values = getattr(owner, name)
    if values is not None or not hasattr(type(owner), name):
        kind = as_array(values, name).dtype if dtype is None else dtype
        object.__setattr__(owner, name, frozen(values, kind, name, length))


def as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return values as an array; raise if they are lists of unequal lengths."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be an array, not lists of unequal lengths") from error


def frozen(
    values: ArrayLike, dtype: DTypeLike, name: str, length: int | None = None
) -> NDArray[Any]:
    """Return a read-only one-dimensional view of `values`, copied only if the type must change."""
    array = as_array(values, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not shape {array.shape}")
    wanted = np.dtype(dtype)
    # NumPy would cast a mask to the numbers 0 and 1, which is never what its caller means.
    is_mask = array.dtype == np.bool_ and wanted != np.bool_
    if array.size and (is_mask or not np.can_cast(array.dtype, wanted, "same_kind")):
        count = ": count with values.astype('datetime64[s]').astype(int)"
        advice = count if array.dtype.kind == "M" else ""
        raise TypeError(f"{name} must hold {wanted} values, not {array.dtype}{advice}")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length:,} values, but has {len(array):,}")
    with np.errstate(over="ignore"):  # what overflows is refused below
        view = array.astype(wanted, copy=False).view()
    narrowed = array.dtype.kind in "iuf" and not np.can_cast(array.dtype, wanted)
    if narrowed and ((view != array) & (array == np.rint(array))).any():
        # NumPy would wrap or round silently: 2**32 as int32 is 0, 2**24 + 1 as float32 is 2**24.
        raise ValueError(
            f"{name} runs from {array.min()} to {array.max()}, which {wanted} cannot hold"
        )
    view.flags.writeable = False
    return view


def rows(given: ArrayLike, n: int, name: str = "rows") -> I64:
    """Return row numbers, given as row numbers or as a Boolean mask of n rows.

    Examples
    --------
    >>> rows([2, 0, 2], 3), rows([True, False, True], 3)
    (array([2, 0, 2]), array([0, 2]))
    """
    array = as_array(given, name)
    if array.dtype == np.bool_:
        return np.flatnonzero(frozen(array, np.bool_, f"the mask {name}", n))
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must be whole numbers or a Boolean mask, not values of type {array.dtype}"
        )
    numbers = frozen(array, np.int64, name)
    outside = np.flatnonzero((numbers < 0) | (numbers >= n))
    if len(outside):
        position = int(outside[0])
        raise ValueError(f"{name}[{position}] is {numbers[position]}, but must lie in 0 … {n - 1}")
    return numbers


def codes_of_pairs(
    users: ArrayLike, items: ArrayLike, n_users: int, n_items: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return checked codes of users (−1 for an unknown one) and of as many items."""
    user = frozen(users, np.int64, "users")
    item = frozen(items, np.int64, "items", len(user))
    check_codes(user + 1, n_users + 1, "users + 1", "log")
    check_codes(item, n_items, "items", "catalogue")
    return user, item


def check_finite(values: NDArray[Any] | None, name: str) -> None:
    """Raise unless all numbers are finite; None passes."""
    if values is not None and not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite numbers")


def check_codes(codes: NDArray[Any], size: int, name: str, of: str) -> None:
    """Raise unless every code lies in 0 … size − 1."""
    if codes.size and (int(codes.min()) < 0 or int(codes.max()) >= size):
        position = int(np.flatnonzero((codes < 0) | (codes >= size))[0])
        raise ValueError(
            f"{name}[{position}] is {int(codes[position])}, but the {of} has codes 0 to {size - 1}"
        )
