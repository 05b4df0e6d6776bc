"""Two logs that look like those of real shops, with faults that an audit must find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from recsys_helpers import synthetic

DAY = 86_400


def orders() -> pl.DataFrame:
    """Return a shop's orders: repeats, days for times, a robot, lines exported twice, unsorted."""
    made = synthetic(200, 60, 14, order=0.9, popularity=0.5, repeats=True, seed=1)
    table = made.interactions.to_frame()
    first = pl.col("timestamp").min().over("user")
    weeks = first + 300 * (pl.col("timestamp") - first)
    table = table.select(
        pl.format("C{}", "user").alias("customer"),
        pl.format("P{}", "item").alias("product"),
        pl.from_epoch(weeks).dt.date().alias("day"),
    ).unique(maintain_order=True)
    robot = pl.DataFrame(
        {
            "customer": "robot",
            "product": [f"P{1 + i % 50}" for i in range(200)],
            "day": table["day"][5],
        }
    ).unique(maintain_order=True)
    many = pl.concat([robot.with_columns(customer=pl.lit(f"robot{n}")) for n in range(3)])
    busy = pl.concat([many, crawler(table["day"][9])])
    table = pl.concat([table, busy, table.head(40)])
    return table[np.random.default_rng(0).permutation(len(table))]


def crawler(day: object) -> pl.DataFrame:
    """Return a customer who ordered each of 120 products that nobody else has, on one day."""
    products = [f"X{i}" for i in range(120)]
    return pl.DataFrame({"customer": "crawler", "product": products, "day": day})


def news() -> pl.DataFrame:
    """Return a news site's clicks: each article is read for some hours, and one day is a flood."""
    rng = np.random.default_rng(3)
    n = 3_000
    days = np.sort(rng.integers(0, 40, n))
    table = pl.DataFrame(
        {
            "reader": rng.integers(0, 150, n),
            "article": days * 8 + rng.zipf(1.6, n) % 8,
            "time": 1_599_955_200 + days * DAY + rng.integers(0, 20 * 3600, n),
        }
    )
    flood = pl.DataFrame(
        {
            "reader": rng.integers(0, 150, 900),
            "article": 20 * 8 + rng.integers(0, 8, 900),
            "time": 1_599_955_200 + 20 * DAY + rng.integers(0, 20 * 3600, 900),
        }
    )
    return pl.concat([table, flood]).unique(maintain_order=True).sort("time")


def written(table: pl.DataFrame, folder: Path, name: str) -> Path:
    """Write a log as CSV and return the file."""
    path = folder / name
    table.write_csv(path)
    return path
