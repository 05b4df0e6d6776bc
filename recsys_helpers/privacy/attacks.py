"""Attacks that ask whether a person was in the training log, and what they prove about ε.

Every attack gives each person a score that is higher the more it takes them for a member. The
simplest score is the negative loss of the model on the person's rows, as of Yeom, Giacomelli,
Fredrikson and Jha (2018), "Privacy risk in machine learning", CSF. https://arxiv.org/abs/1709.01604
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from scipy.special import betaincinv

from recsys_helpers import _arguments
from recsys_helpers._types import F64, Bool
from recsys_helpers.privacy.gaussian import check_delta

N_DRAWS = 1000


def likelihood_ratio(scores: F64, shadow_scores: F64, shadow_members: Bool) -> F64:
    r"""Return for each person how much likelier their score is with them in the log than without.

    .. math::

        \log \mathcal N(s_u; \mu_u^{+}, \sigma_{+}^2)
        - \log \mathcal N(s_u; \mu_u^{-}, \sigma_{-}^2)

    where :math:`\mu_u^{+}` is the mean score of person u in shadow models trained with u, and
    :math:`\mu_u^{-}` in those without. So somebody whom every model fits well is no longer taken
    for a member. The two variances are those about the means, pooled over people, as the paper
    advises for few shadow models.

    Parameters
    ----------
    scores
        :math:`s_u`, of the attacked model, such as negative losses, shape (n,).
    shadow_scores
        The same of models that the attacker trained on samples of people, shape (m, n).
    shadow_members
        Who was in the sample of each, shape (m, n).

    Returns
    -------
    F64
        Scores of an attack, higher for members, shape (n,).

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, somebody is in all samples or in none, or scores do not vary.

    References
    ----------
    Carlini, Chien, Nasr, Song, Terzis and Tramèr (2022), "Membership inference attacks from first
    principles", IEEE S&P, algorithm 1. https://arxiv.org/abs/2112.03570

    Examples
    --------
    Two shadow models with the person say 3 and 5, two without say −1 and 1. So both variances are
    2, and the score 3 is 1 away from one mean and 3 from the other:

    >>> with_the_person = [[True], [True], [False], [False]]
    >>> likelihood_ratio([3.0], [[3.0], [5.0], [-1.0], [1.0]], with_the_person)
    array([2.])
    """
    score = _arguments.frozen(scores, np.float64, "scores")
    _arguments.check_finite(score, "scores")
    shadows = _table(shadow_scores, "shadow_scores", np.float64, len(score))
    inside = _table(shadow_members, "shadow_members", np.bool_, len(score))
    if len(shadows) != len(inside):
        raise ValueError(
            f"shadow_members has {len(inside)} rows, but shadow_scores has {len(shadows)}"
        )
    if not inside.any(axis=0).all() or inside.all(axis=0).any():
        raise ValueError("shadow_members must have everybody in some samples and not in others")
    log_with, log_without = (_log_density(score, shadows, chosen) for chosen in (inside, ~inside))
    return log_with - log_without


def _log_density(score: F64, shadows: F64, chosen: Bool) -> F64:
    """Return the logarithm of each score's normal density, but for a constant."""
    n_chosen = chosen.sum(axis=0)  # (n,)
    mean = np.where(chosen, shadows, 0).sum(axis=0) / n_chosen  # (n,)
    squares = np.where(chosen, (shadows - mean) ** 2, 0).sum()
    freedom = n_chosen.sum() - len(score)
    if not squares > 0:
        raise ValueError("shadow_scores of a person must differ from model to model: train more")
    variance = squares / freedom
    density: F64 = -((score - mean) ** 2) / (2 * variance) - np.log(variance) / 2
    return density


def attack_auc(scores: F64, members: Bool, seed: int = 0) -> tuple[float, float, float]:
    """Return the chance that a member's score is above a non-member's; equal scores count half.

    Parameters
    ----------
    scores
        Of an attack, one for each person, shape (n,).
    members
        Who was in the training log, shape (n,).
    seed
        Of the bootstrap over people, members and non-members each.

    Returns
    -------
    auc, low, high
        The area under the curve of true against false positives, and its 95 % interval; 0.5 for
        an attack that knows nothing.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, or there are no members or only members.

    Examples
    --------
    >>> attack_auc([3.0, 1.0, 2.0, 0.0], [True, True, False, False])[0]
    0.75
    """

    def area(with_them: F64, without: F64) -> F64:
        return np.asarray(np.trapezoid(with_them, without, axis=-1))

    return _interval(scores, members, area, seed)


def attack_true_positives(
    scores: F64, members: Bool, at: float = 0.01, seed: int = 0
) -> tuple[float, float, float]:
    """Return the share of members that an attack finds while it accuses few others.

    An attack that is sure about few people is a danger to these, though its AUC be near 0.5.

    Parameters
    ----------
    scores, members, seed
        As in `attack_auc`.
    at
        The largest share of non-members that may be taken for members, from 0 to below 1.

    Returns
    -------
    share, low, high
        The true-positive rate and its 95 % interval; `at` for an attack that knows nothing.

    Raises
    ------
    ValueError, TypeError
        As in `attack_auc`, or if `at` is out of range.

    References
    ----------
    Carlini and others (2022), see `likelihood_ratio`, section III.

    Examples
    --------
    >>> attack_true_positives([3.0, 1.0, 2.0, 0.0], [True, True, False, False], at=0.0)[0]
    0.5
    """
    _arguments.fraction("at", at)

    def found(with_them: F64, without: F64) -> F64:
        return np.asarray(np.where(without <= at, with_them, 0).max(axis=-1))

    return _interval(scores, members, found, seed)


def epsilon_lower_bound(
    scores: F64, members: Bool, delta: float, confidence: float = 0.95, seed: int = 0
) -> float:
    r"""Return an ε that a mechanism has at least, shown by an attack on many of its runs.

    .. math::

        \varepsilon \ge \log \frac{\mathrm{TPR} - \delta}{\mathrm{FPR}}, \qquad
        \varepsilon \ge \log \frac{\mathrm{TNR} - \delta}{\mathrm{FNR}}

    with the limits of Clopper and Pearson in place of the four rates. The threshold is chosen on
    one half of the runs and judged on the other. If the bound is above the ε that is claimed, the
    mechanism is broken; if not, this attack has seen nothing.

    Parameters
    ----------
    scores
        One for each run of the mechanism, with the person or without, shape (n,).
    members
        In which runs the person was in the log, shape (n,).
    delta
        δ, between 0 and 1.
    confidence
        With which chance, at least, the bound holds; from 0 to below 1.
    seed
        Of the halves.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    ValueError, TypeError
        As in `attack_auc`, or if another argument is out of range.

    References
    ----------
    Jagielski, Ullman and Oprea (2020), "Auditing differentially private machine learning: how
    private is private SGD?", NeurIPS. https://arxiv.org/abs/2006.07709

    Examples
    --------
    An attack that is never wrong in 400 runs shows no more than this, and more runs would:

    >>> members = np.arange(400) % 2 == 0
    >>> round(epsilon_lower_bound(members * 1.0, members, delta=1e-5), 1)
    3.1
    """
    check_delta(delta)
    _arguments.fraction("confidence", confidence)
    _arguments.seed(seed)
    score, is_member = _checked(scores, members)
    rng = np.random.default_rng(seed)
    first = np.zeros(len(score), np.bool_)
    for group in (is_member, ~is_member):
        rows = rng.permutation(np.flatnonzero(group))
        first[rows[: len(rows) // 2]] = True
    cuts = np.unique(score[first]) if first.any() else score[:1]
    bounds = [_bound(score[first] >= cut, is_member[first], delta, confidence) for cut in cuts]
    cut = cuts[int(np.argmax(bounds))]
    return _bound(score[~first] >= cut, is_member[~first], delta, confidence)


def _bound(accused: Bool, members: Bool, delta: float, confidence: float) -> float:
    """Return the larger of both lower bounds of ε at one threshold."""
    n_with, n_without = int(members.sum()), int((~members).sum())
    found, wrong = int((accused & members).sum()), int((accused & ~members).sum())
    level = (1 - confidence) / 4  # four limits, all of which must hold
    ratios = [
        (_lower(found, n_with, level) - delta, 1 - _lower(n_without - wrong, n_without, level)),
        (_lower(n_without - wrong, n_without, level) - delta, 1 - _lower(found, n_with, level)),
    ]
    return max([0.0, *(float(np.log(above / below)) for above, below in ratios if above > 0)])


def _lower(k: int, n: int, level: float) -> float:
    """Return the lower limit of Clopper and Pearson for a share of k in n."""
    return float(betaincinv(k, n - k + 1, level)) if k else 0.0


def _interval(
    scores: F64, members: Bool, measure: Callable[[F64, F64], F64], seed: int
) -> tuple[float, float, float]:
    """Return a measure of the shares of members and others above each score, with its interval."""
    _arguments.seed(seed)
    score, is_member = _checked(scores, members)
    levels, places = np.unique(-score, return_inverse=True)  # the highest score first
    counts = [
        np.bincount(places[group], minlength=len(levels)) for group in (is_member, ~is_member)
    ]
    rng = np.random.default_rng(seed)
    drawn = [rng.multinomial(count.sum(), count / count.sum(), N_DRAWS) for count in counts]
    low, high = np.quantile(measure(*map(_shares, drawn)), [0.025, 0.975])
    return float(measure(*map(_shares, counts))), float(low), float(high)


def _shares(counts: NDArray[np.int64]) -> F64:
    """Return the share of people with a score up to each level, from none to all."""
    above = np.cumsum(counts, axis=-1)
    return np.concatenate([np.zeros_like(above[..., :1]), above], axis=-1) / above[..., -1:]


def _checked(scores: F64, members: Bool) -> tuple[F64, Bool]:
    """Return scores and members as arrays; raise unless there are both kinds of people."""
    score = _arguments.frozen(scores, np.float64, "scores")
    _arguments.check_finite(score, "scores")
    is_member = _arguments.frozen(members, np.bool_, "members", len(score))
    if is_member.all() or not is_member.any():
        raise ValueError("members must name people in the training log and people who are not")
    return score, is_member


def _table(values: ArrayLike, name: str, dtype: DTypeLike, n: int) -> NDArray[Any]:
    """Return values of shape (m, n) as an array."""
    array = _arguments.as_array(values, name)
    if array.ndim != 2 or array.shape[1] != n:
        raise ValueError(f"{name} must have shape (m, {n}), not {array.shape}")
    flat = _arguments.frozen(array.ravel(), dtype, name)
    if flat.dtype != np.bool_:
        _arguments.check_finite(flat, name)
    return flat.reshape(array.shape)
