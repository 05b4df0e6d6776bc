"""The best of some walks is the one that ends lowest, and blown-up walks do not count."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.walks import best_walk, walk
from recsys_helpers._types import F64
from recsys_helpers.optimizers import SGD, Adam


def bowl(x: F64, y: F64) -> F64:
    return x**2 + 5 * y**2


@pytest.mark.parametrize("make", [SGD, Adam])
def test_no_other_rate_ends_lower(make: type[SGD] | type[Adam]) -> None:
    start, rates = (1.0, 1.0), [0.01, 0.1, 0.15, 0.5]
    best = best_walk(make, bowl, start, rates, 20)
    paths = [walk(make(rate), lambda at: at * [2, 10], start, 20) for rate in rates]
    ends = [float(bowl(*path[-1])) for path in paths]
    np.testing.assert_allclose(best, paths[int(np.argmin(ends))], atol=1e-6)


def test_walks_that_blow_up_are_left_out() -> None:
    assert np.isfinite(best_walk(SGD, bowl, (1.0, 1.0), [1e30, 0.01], 20)).all()
    with pytest.raises(ValueError, match="no path ends at a finite height: try smaller rates"):
        best_walk(SGD, bowl, (1.0, 1.0), [1e30], 20)
