"""What the best of many tries gains by luck, where the test part itself decides which is best."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from recsys_helpers._types import F64, I32


def best_of_many(
    values: F64, users: I32, n_tries: int, n_repeats: int = 1000, *, seed: int = 0
) -> F64:
    r"""Return the best mean of many tries that are all equally good.

    A try takes each user's values from one of S fits of the same model, drawn for this user alone.
    So all tries are equally good, and differ as far as fits of one model do for single users:

    .. math:: \bar x + \frac{1}{Q} \sqrt{\frac{S}{S - 1}} \sum_u \sum_{q \in u}
        \left( x_{s(u) q} - \bar x_q \right)

    The root makes up for deviations from the fits' own mean, which are too small.

    Parameters
    ----------
    values
        A metric of S ≥ 2 fits that differ by their seed, as `Report.values` returns, shape
        (S, n_queries).
    users
        To whom the queries belong, shape (n_queries,).
    n_tries
        From how many tries the best is taken.
    n_repeats
        How often all of this is repeated.
    seed
        Of the draw.

    Returns
    -------
    F64
        The mean of the best try in each repeat, shape (n_repeats,). On a new test part, the best
        try would be as good as all others: the mean of `values`.

    Raises
    ------
    ValueError
        If there are fewer than two fits.

    References
    ----------
    https://github.com/twchen/lessr/issues/2 on taking the best epoch on test, which is called a
    common practice there, with a list of models.

    Examples
    --------
    Two fits, each better for one of two users. The tries' means are .5 ± √2/2, or .5:

    >>> values, users = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    >>> best = best_of_many(values, users, n_tries=88)
    >>> sorted(set(best.round(3).tolist()))
    [1.207]
    """
    if len(values) < 2:
        raise ValueError("there must be two fits or more: one does not tell how far fits differ")
    _, codes = np.unique(users, return_inverse=True)
    deviations = (values - values.mean(axis=0)) * np.sqrt(len(values) / (len(values) - 1))
    by_user = np.stack([np.bincount(codes, row) for row in deviations]) / values.shape[1]
    rng = np.random.default_rng(seed)
    best = np.empty(n_repeats)
    for repeat in range(n_repeats):
        fits = rng.integers(len(values), size=(n_tries, by_user.shape[1]))
        best[repeat] = by_user[fits, np.arange(by_user.shape[1])].sum(axis=1).max()
    return np.asarray(values.mean() + best)


def expected_maximum(n: int) -> float:
    r"""Return the mean of the largest of n standard normal numbers.

    .. math:: n \int x\, \varphi(x)\, \Phi(x)^{n - 1}\, dx

    Parameters
    ----------
    n
        How many numbers, at least 1.

    Returns
    -------
    float
        In standard deviations.

    Examples
    --------
    >>> round(expected_maximum(2), 4)  # 1 / √π
    0.5642
    >>> round(expected_maximum(88), 1)
    2.5
    """
    return float(n * quad(lambda x: x * norm.pdf(x) * norm.cdf(x) ** (n - 1), -10, 10)[0])
