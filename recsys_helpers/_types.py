"""Names for the array types that the whole package shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

I32: TypeAlias = NDArray[np.int32]
I64: TypeAlias = NDArray[np.int64]
U64: TypeAlias = NDArray[np.uint64]
F32: TypeAlias = NDArray[np.float32]
F64: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.floating[Any]]
Bool: TypeAlias = NDArray[np.bool_]

Ids: TypeAlias = NDArray[Any]
"""The caller's own ids: an int64 array, or an object array of Python strings."""

FileTimeUnit: TypeAlias = Literal["s", "ms", "us", "ns"]
"""The unit in which a table counts whole-number timestamps."""

TimeUnit: TypeAlias = Literal[FileTimeUnit, "rows"]
"""The unit of a log's timestamps; "rows" where row numbers are used in place of times."""

Duplicates: TypeAlias = Literal["error", "keep", "first", "last", "sum", "max", "mean"]

Place: TypeAlias = Callable[[int], str]
"""Turns a row number into words a reader can look up: "row 3", or "line 5" of a file."""
