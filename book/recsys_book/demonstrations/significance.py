"""How often tests of a difference err, and how many users they need to see one."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from recsys_helpers import Report
from recsys_helpers._types import F64, Bool
from recsys_helpers.evaluation import _bootstrap

LEVEL = 0.05


def user_differences(report: Report, a: str, b: str, metric: str = "NDCG@10") -> F64:
    """Return the mean difference between two models for each user.

    Parameters
    ----------
    report
        Where every user has the same number of queries; seeds are averaged.
    a, b
        Names of models.
    metric
        As in `Report.values`.

    Returns
    -------
    F64
        a minus b, shape (n_users,).

    Raises
    ------
    ValueError
        If users have different numbers of queries.

    Examples
    --------
    >>> from recsys_helpers import MarkovChain, Popularity, evaluate, leave_last_out, synthetic
    >>> split = leave_last_out(synthetic(n_users=50, n_items=30).interactions)
    >>> models = {"order": MarkovChain().fit(split.train), "count": Popularity().fit(split.train)}
    >>> report = evaluate(models, split.test)
    >>> differences = user_differences(report, "order", "count")
    >>> bool(np.isclose(differences.mean(), report.compare("order", "count").difference))
    True
    """
    differences = (report.values(a, metric) - report.values(b, metric)).mean(axis=0)
    _, codes, counts = np.unique(report.queries.users, return_inverse=True, return_counts=True)
    if (counts != counts[0]).any():
        raise ValueError("every user must have the same number of queries")
    return np.asarray(np.bincount(codes, differences) / counts)


def bootstrap_finds(differences: F64, seed: int = 0) -> Bool:
    """Return in which trials the interval of `Report.compare` leaves out 0.

    Parameters
    ----------
    differences
        One for each user, shape (n_trials, n_users).
    seed
        Of the bootstrap, the same resamples for all trials.

    Returns
    -------
    Bool
        Shape (n_trials,).

    Examples
    --------
    >>> bootstrap_finds(np.array([[1.0, -1.0, 1.0, -1.0], [2.0, 2.1, 1.9, 2.0]]))
    array([False,  True])
    """
    n = differences.shape[1]
    means = differences.mean(axis=1)
    centred = (differences - means[:, None]).T / (n - 1)  # (n_users, n_trials)
    weights = np.concatenate(list(_bootstrap._user_weights(n, seed)))
    widths = np.quantile(np.abs(weights @ centred), 1 - LEVEL, axis=0)
    wider = stats.t.ppf(1 - LEVEL / 2, n - 1) / stats.norm.ppf(1 - LEVEL / 2)
    return np.asarray(np.abs(means) > widths * wider)


def t_test_finds(differences: F64) -> Bool:
    r"""Return in which trials a paired t-test finds a difference, at the 5 % level.

    .. math:: \frac{|\bar d|}{s / \sqrt n} > t_{n - 1,\, .975}

    Parameters
    ----------
    differences
        As in `bootstrap_finds`.

    Returns
    -------
    Bool
        Shape (n_trials,).

    Examples
    --------
    >>> t_test_finds(np.array([[1.0, -1.0, 1.0, -1.0], [2.0, 2.1, 1.9, 2.0]]))
    array([False,  True])
    """
    n = differences.shape[1]
    errors = differences.std(axis=1, ddof=1) / math.sqrt(n)
    return np.asarray(np.abs(differences.mean(axis=1)) > stats.t.ppf(1 - LEVEL / 2, n - 1) * errors)


def sign_test_finds(differences: F64) -> Bool:
    r"""Return in which trials a sign test finds a difference, at the 5 % level.

    Of m users with a difference, w favour the first model. If each did so by a coin,

    .. math:: p = \min\left(1,\; 2 \sum_{j = 0}^{\min(w, m - w)} \binom{m}{j} 2^{-m}\right)

    Parameters
    ----------
    differences
        As in `bootstrap_finds`. Only signs count, so it asks for whom a model is better more
        often, not by how much.

    Returns
    -------
    Bool
        Whether p is below .05, shape (n_trials,).

    References
    ----------
    Ihemelandu and Ekstrand (2023), "Inference at scale: significance testing for large search and
    recommendation experiments", SIGIR, advise against it. https://arxiv.org/abs/2305.02461

    Examples
    --------
    Five of five is 2 / 32, six of six 2 / 64:

    >>> sign_test_finds(np.array([[1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1]]))
    array([False,  True])
    """
    n_up, n_down = (differences > 0).sum(axis=1), (differences < 0).sum(axis=1)
    p = 2 * special.bdtr(np.minimum(n_up, n_down), n_up + n_down, 0.5)
    return np.asarray((p < LEVEL) & (n_up + n_down > 0))


def shares_found(
    differences: F64, n_users: int, difference: float = 0.0, n_trials: int = 1000, *, seed: int = 0
) -> dict[str, float]:
    r"""Return how often each test finds a difference that is known, or none that is there.

    A trial draws users with replacement. Each keeps the size of its difference, and gets a plus
    with the probability that makes the true mean what it is said to be:

    .. math:: P(+) = \frac{1}{2} + \frac{d}{2\, \overline{|x|}}

    With d = 0 the two models are equal, and what is found is a false alarm. Users without a
    difference, often most of them, stay without. The difference lies in the signs alone, which is
    what a sign test sees best.

    Parameters
    ----------
    differences
        Recorded ones, x, shape (n,), for instance `user_differences`.
    n_users
        How many users a trial has.
    difference
        d, the true mean difference.
    n_trials
        How many trials.
    seed
        Of the trials.

    Returns
    -------
    dict
        Share of trials in which "bootstrap", "t-test" and "sign test" find a difference.

    Raises
    ------
    ValueError
        If the recorded differences are too small for a mean of `difference`.

    References
    ----------
    Smucker, Allan and Carterette (2007), "A comparison of statistical significance tests for
    information retrieval evaluation", CIKM, compare these tests on recorded runs.

    Examples
    --------
    >>> differences = np.array([0.0, 0.0, 0.0, 0.5, 1.0])
    >>> found = shares_found(differences, n_users=100, difference=0.2)
    >>> {test: share > 0.9 for test, share in found.items()}
    {'bootstrap': True, 't-test': True, 'sign test': True}
    """
    sizes = np.abs(differences)
    if not abs(difference) <= sizes.mean():
        raise ValueError(
            f"the true difference can be {sizes.mean():.4f} at most, the mean size of those "
            f"recorded, not {difference}"
        )
    rng = np.random.default_rng(seed)
    drawn = rng.choice(sizes, (n_trials, n_users))
    plus = 0.5 + (difference / sizes.mean() / 2 if difference else 0.0)
    trials = np.where(rng.random(drawn.shape) < plus, drawn, -drawn)
    return {
        "bootstrap": float(bootstrap_finds(trials).mean()),
        "t-test": float(t_test_finds(trials).mean()),
        "sign test": float(sign_test_finds(trials).mean()),
    }


def users_needed(spread: float, difference: float, power: float = 0.8) -> int:
    r"""Return how many users a comparison needs to find a difference of this size.

    .. math:: n = \left( \frac{(z_{.975} + z_{\text{power}})\, s}{d} \right)^2

    Parameters
    ----------
    spread
        s, the standard deviation of the users' differences.
    difference
        d, the true mean difference, not 0.
    power
        The wanted probability to find it, at the 5 % level, between 0 and 1.

    Returns
    -------
    int
        Rounded up.

    Examples
    --------
    A difference of a tenth of the spread needs (1.96 + 0.84)² · 100 users:

    >>> users_needed(spread=0.1, difference=0.01)
    785
    """
    z = stats.norm.ppf(1 - LEVEL / 2) + stats.norm.ppf(power)
    return math.ceil((z * spread / difference) ** 2)


def power_at(spread: float, difference: float, n_users: int) -> float:
    r"""Return the probability that a comparison of so many users finds a difference.

    .. math:: \Phi\left( \frac{|d| \sqrt n}{s} - z_{.975} \right)
        + \Phi\left( -\frac{|d| \sqrt n}{s} - z_{.975} \right)

    Parameters
    ----------
    spread, difference
        As in `users_needed`.
    n_users
        n.

    Returns
    -------
    float
        From .05, where there is no difference, to 1.

    Examples
    --------
    >>> round(power_at(spread=0.1, difference=0.01, n_users=785), 2)
    0.8
    """
    ratio, z = abs(difference) * math.sqrt(n_users) / spread, stats.norm.ppf(1 - LEVEL / 2)
    return float(stats.norm.cdf(ratio - z) + stats.norm.cdf(-ratio - z))
