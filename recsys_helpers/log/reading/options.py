"""The arguments that `from_frame`, `from_csv` and `from_parquet` share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from narwhals.typing import IntoDataFrame

from recsys_helpers import _arguments
from recsys_helpers._types import Duplicates, FileTimeUnit
from recsys_helpers.log import _ids
from recsys_helpers.log.catalogue import Catalogue

ROW_ORDER = "row order"

OF_RATINGS = ("sum", "max", "mean")
"""Ways to combine the ratings of duplicates into one."""


@dataclass(frozen=True)
class Options:
    """The arguments that all ways of reading share; see `Interactions.from_frame`."""

    user: str
    item: str
    timestamp: str | None
    rating: str | None
    items: IntoDataFrame | Catalogue | None
    tags: IntoDataFrame | None
    item_id: str | None
    duplicates: Duplicates
    time_unit: FileTimeUnit

    def __post_init__(self) -> None:
        for argument in ("user", "item", "timestamp", "rating", "item_id"):
            column = getattr(self, argument)
            may_lack = column is None and argument not in ("user", "item")
            if not isinstance(column, str) and not may_lack:
                raise TypeError(f"{argument} must be the name of a column, not {column!r}")
        names = list(self.columns.values())
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f"column {name!r} is named twice; user, item, timestamp and rating must be "
                    "different columns"
                )
        _arguments.choice("duplicates", self.duplicates, get_args(Duplicates))
        _arguments.choice("time_unit", self.time_unit, get_args(FileTimeUnit))
        if self.duplicates in OF_RATINGS and self.rating is None:
            raise ValueError(
                f"duplicates={self.duplicates!r} is of ratings: name their column with rating=…"
            )

    @property
    def columns(self) -> dict[str, str]:
        """The columns to read, by argument."""
        timestamp = None if self.timestamp == ROW_ORDER else self.timestamp
        columns = {"user": self.user, "item": self.item, "timestamp": timestamp}
        columns["rating"] = self.rating
        return {argument: name for argument, name in columns.items() if name is not None}

    def require(self, present: list[str], table: str) -> None:
        """Raise unless all columns to read are among those present."""
        for argument, name in self.columns.items():
            advice = ", or say timestamp=None if the order is unknown"
            _ids.require_column(
                present, name, argument, table, advice if argument == "timestamp" else ""
            )
