"""Which items may be listed: one list of candidates for all histories, or one for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from recsys_helpers import _arguments
from recsys_helpers._types import I64, Bool
from recsys_helpers.log import Catalogue, _ids
from recsys_helpers.log._ragged import starts_of


def one_each(given: ArrayLike, n: int) -> list[Any] | None:
    """Return the lists if there is one for each of n histories, or None if one serves all.

    Examples
    --------
    >>> one_each([[3, 0], []], 2), one_each([3, 0], 2)
    ([[3, 0], []], None)
    """
    is_flat = isinstance(given, np.ndarray) and given.ndim < 2 and given.dtype != np.object_
    lists: list[Any] = [] if is_flat or not np.iterable(given) else list(given)
    is_list = [hasattr(part, "__len__") and not isinstance(part, (str, bytes)) for part in lists]
    if not any(is_list):
        return None
    if not all(is_list):
        raise TypeError(
            f"candidates[{is_list.index(False)}] must be a list, as others of candidates are"
        )
    if len(lists) != n:
        raise ValueError(
            f"candidates must be one list for all histories, or one for each of the {n:,}, "
            f"but are {len(lists):,} lists"
        )
    return lists


def codes(given: ArrayLike, n: int, n_items: int) -> list[I64]:
    """Return the codes that may be listed for each of n histories, checked."""
    lists = one_each(given, n)
    if lists is not None:
        return [_arguments.rows(part, n_items, f"candidates[{i}]") for i, part in enumerate(lists)]
    for_all = np.unique(_arguments.rows(given, n_items, "candidates"))
    if not len(for_all):
        raise ValueError("candidates is empty: nothing could be listed")
    return [for_all] * n


def codes_of_ids(given: ArrayLike, n: int, catalogue: Catalogue) -> ArrayLike:
    """Return candidates, given as the caller's ids, as codes."""
    lists = one_each(given, n)
    ids: Any = given if lists is None else [item for part in lists for item in part]
    if np.iterable(ids) and any(isinstance(item, (bool, np.bool_)) for item in ids):
        raise TypeError("candidates must be item ids, not a mask")
    found = catalogue.codes(_ids.given_ids(ids, "candidates"))
    if lists is None:
        return found
    return np.split(found, starts_of(np.array([len(part) for part in lists]))[1:-1])


def allowed(lists: Sequence[I64], n_items: int) -> Bool:
    """Return which items may be listed, shape (n, n_items).

    Examples
    --------
    >>> allowed([np.array([2, 0, 2]), np.array([], int)], 3)
    array([[ True, False,  True],
           [False, False, False]])
    """
    mask = np.zeros((len(lists), n_items), np.bool_)
    for row, listed in zip(mask, lists, strict=True):
        row[listed] = True
    return mask
