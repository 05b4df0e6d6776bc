"""What recorded runs have in common: where they were made, how they are written and summed up."""

from __future__ import annotations

import json
import os
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from measured import peak

from recsys_book import machine


def circumstances(*packages: str) -> dict[str, Any]:
    """Return the most memory held so far, the date, versions and the machine."""
    return {
        "peak_mib": round(peak()),
        "measured": date.today().isoformat(),
        "versions": {package: version(package) for package in ("recsys-helpers", *packages)},
        "machine": machine.facts(),
    }


def write(path: Path, record: dict[str, Any]) -> None:
    """Write a record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".json.part")
    draft.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, path)


def spread(values: list[float]) -> str:
    """Return the mean and, of several values, their standard deviation."""
    mean = f"{np.mean(values):.4f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.4f}"
