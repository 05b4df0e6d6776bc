"""What privacy costs a recommender of few people, and of many."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recsys_helpers import EASE, Popularity, PrivateEASE, evaluate, leave_last_out, synthetic
from recsys_helpers.privacy.gaussian import gaussian_noise_multiplier

REGULARISATIONS = (100.0, 1_000.0, 10_000.0)
"""Among which PrivateEASE may choose; with the λ of EASE, noise would be taken for signal."""


def cost_of_privacy(
    n_users: int,
    epsilons: Sequence[float],
    *,
    n_items: int = 200,
    max_norm: float = 3.0,
    regularisation: float = 100.0,
    seed: int = 0,
) -> pl.DataFrame:
    """Return the accuracy of EASE with and without privacy on a synthetic log.

    δ is one over ten times the number of people. The regularisation of PrivateEASE is the best of
    `REGULARISATIONS` on the validation part, which is an advantage that its ε does not count.

    Parameters
    ----------
    n_users
        How many people the log has; each has about twenty rows.
    epsilons
        ε of a person, with all their rows.
    n_items
        The size of the catalogue.
    max_norm
        C of PrivateEASE.
    regularisation
        λ of EASE.
    seed
        Of log and noise.

    Returns
    -------
    pl.DataFrame
        NDCG@10 on the test part: columns people, recommender, epsilon, NDCG@10, low, high; ε is
        missing where nobody is protected.

    Examples
    --------
    >>> cost_of_privacy(100, [1.0], n_items=30)["recommender"].to_list()
    ['Popularity', 'EASE', 'PrivateEASE']
    """
    log = synthetic(n_users, n_items, order=0.0, tied=0.0, seed=seed).interactions
    split = leave_last_out(log, n_valid=1, n_test=1)
    fitted: list[tuple[str, float | None, Popularity | EASE | PrivateEASE]] = [
        ("Popularity", None, Popularity().fit(split.train)),
        ("EASE", None, EASE(regularisation).fit(split.train)),
    ]
    for epsilon in epsilons:
        noise = gaussian_noise_multiplier(epsilon, delta=0.1 / n_users)
        tried = {
            str(penalty): PrivateEASE(penalty, max_norm, noise, seed=seed).fit(split.train)
            for penalty in REGULARISATIONS
        }
        report = evaluate(tried, split.valid)
        best = max(tried, key=lambda name: report.mean(name, "NDCG@10"))
        fitted.append(("PrivateEASE", epsilon, tried[best]))
    rows = []
    for name, promised, model in fitted:
        judged = evaluate({name: model}, split.test).interval(name, "NDCG@10")
        rows.append((n_users, name, promised, *judged))
    columns = ["people", "recommender", "epsilon", "NDCG@10", "low", "high"]
    return pl.DataFrame(rows, schema=columns, orient="row")
