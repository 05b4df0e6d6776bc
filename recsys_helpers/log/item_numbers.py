"""The numbers of items, such as a year, on one scale."""

from __future__ import annotations

import numpy as np
import polars as pl

from recsys_helpers._types import F32, Bool


def standardised(table: pl.DataFrame, known: Bool) -> F32:
    r"""Return the numbers of items, less their mean and divided by their deviation.

    .. math:: z_{jc} = \frac{x_{jc} - \bar x_c}{s_c}

    A number that is missing becomes 0, which is the mean.

    Parameters
    ----------
    table
        A table of n items whose first column holds the ids, such as `Catalogue.items`. Its columns
        of whole numbers and decimals are read.
    known
        Which items mean and deviation are computed from, shape (n,). A column without two different
        numbers for these is left out.

    Returns
    -------
    F32
        Shape (n, n_columns).

    Examples
    --------
    >>> items = pl.DataFrame({"item": [7, 8, 9], "title": ["a"] * 3, "year": [1990, 2000, 2010]})
    >>> standardised(items, np.array([True, True, False]))
    array([[-1.],
           [ 1.],
           [ 3.]], dtype=float32)
    """
    columns = [column for column in table.columns[1:] if table.schema[column].is_numeric()]
    x = np.array([table[column].cast(pl.Float64).to_numpy() for column in columns])  # (c, n)
    x = np.where(np.isfinite(x), x, np.nan).reshape(len(columns), table.height)
    x = x[[len(np.unique(own[known & np.isfinite(own)])) > 1 for own in x]]
    mean, deviation = (f(x[:, known], axis=1, keepdims=True) for f in (np.nanmean, np.nanstd))
    numbers: F32 = np.nan_to_num((x - mean) / deviation).T.astype(np.float32)
    return numbers
