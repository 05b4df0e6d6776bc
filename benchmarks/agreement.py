"""Whether ours and a peer's results are the same, in one phrase."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import sparse


def of(name: str, ours: Path, theirs: Path) -> str:
    """Return how far lists and learnt arrays agree, for instance "lists 99.8 % in common"."""
    with np.load(ours) as a, np.load(theirs) as b:
        words = f"lists {percent(common(a['items'], b['items']))} in common"
        if name == "EASE":
            return f"{words}, weights differ by {largest(a['weights'], b['weights']):.0e}"
        if name == "ItemKNN":
            return f"{words}, neighbours {percent(same_pairs(a, b))}"
        equal = (a["counts"] == b["counts"]).mean()
        return f"{words}, counts equal for {percent(equal)} of items"


def percent(share: float) -> str:
    """Return a share in per cent, without rounding up to 100."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.99):.2f} %"


def common(a: np.ndarray, b: np.ndarray) -> float:
    """Return the share of listed items that stand in both lists, whatever their order."""
    listed = (a >= 0).sum()
    same = sum(int(((a == b[:, [j]]) & (a >= 0)).sum()) for j in range(b.shape[1]))
    return same / int(listed)


def largest(a: np.ndarray, b: np.ndarray) -> float:
    """Return the largest difference, as a share of the largest weight."""
    return float(np.abs(a - b).max() / np.abs(a).max())


def same_pairs(a: np.lib.npyio.NpzFile, b: np.lib.npyio.NpzFile) -> float:
    """Return the share of our pairs of neighbours that the peer has with the same similarity."""
    n = int(max(a["row"].max(), a["column"].max(), b["row"].max(), b["column"].max())) + 1
    mine, other = (
        sparse.csr_array((p["value"].astype(np.float64), (p["row"], p["column"])), shape=(n, n))
        for p in (a, b)
    )
    pairs = mine.tocoo()
    found = np.asarray(other[pairs.row, pairs.col]).ravel()
    return float(np.isclose(found, pairs.data, rtol=1e-4).mean())
