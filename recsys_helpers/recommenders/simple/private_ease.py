"""EASE with differential privacy: noise on the one matrix that it learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import linalg

from recsys_helpers import _machine
from recsys_helpers._types import F32
from recsys_helpers.log import Histories, Interactions, Queries
from recsys_helpers.log._views import Values, needs
from recsys_helpers.privacy.mechanisms import private_gram
from recsys_helpers.recommenders.simple._private import PrivateRecommender
from recsys_helpers.recommenders.simple.ease import without_self


@dataclass(eq=False, repr=False)
class PrivateEASE(PrivateRecommender):
    r"""EASE from a matrix :math:`X^\top X` that hides each person, with all their rows.

    .. math::

        G = \sum_u \tilde x_u \tilde x_u^\top + E, \qquad
        P = (G_{+} + \lambda I)^{-1}, \qquad B_{ij} = -P_{ij} / P_{jj}

    where :math:`\tilde x_u` is a person's row scaled down to the norm C, and E is symmetric normal
    noise of the standard deviation :math:`z C^2`. The unit of privacy is a person and not a row:
    the log without any row of one person gives almost the same distribution of B. :math:`G_{+}` has
    0 in place of the negative eigenvalues that noise brings, which costs no privacy. Without noise
    and with a large C it is EASE, but for items without a training row, which have the score 0.

    The catalogue counts as public. This is for study: whoever knows `seed`, which `save` writes,
    can subtract the noise, and a release needs noise from a generator that is made for secrets.

    Parameters
    ----------
    regularisation
        :math:`\lambda`, positive. More noise needs more: choose it on validation, and mind that
        each try on private data has its own ε.
    max_norm
        C, positive: with binary values, people with more than C² items are scaled down.
    noise_multiplier
        z, 0 or more; `gaussian_noise_multiplier(epsilon, delta)` gives it for an ε.
    values
        As in EASE.
    seed
        Of the noise.

    Raises
    ------
    ValueError
        If an argument is out of range; on fitting, if ratings are asked for and there are none.
    MemoryError
        If the n_items × n_items matrices do not fit into this machine's memory.

    References
    ----------
    Dwork, Talwar, Thakurta and Zhang (2014), "Analyze Gauss", STOC, for the noisy matrix.
    https://doi.org/10.1145/2591796.2591883 Steck (2019), see EASE, for the rest.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2, 3], "item": ["a", "b", "a", "b", "b"]})
    >>> log = Interactions.from_frame(frame, timestamp=None)
    >>> model = PrivateEASE(regularisation=1.0, max_norm=1.0, noise_multiplier=0.0).fit(log)
    >>> model.score(model.histories([["a"]]))  # two people count half each: b from a is 1 / (1 + λ)
    array([[0. , 0.5]], dtype=float32)
    >>> round(PrivateEASE(noise_multiplier=2.0).epsilon(delta=1e-5), 3)
    1.993
    """

    learnt: ClassVar = ("weights",)

    regularisation: float = 100.0
    max_norm: float = 10.0
    noise_multiplier: float = 1.0
    values: Values = "binary"
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs = needs(self.values)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        _machine.require_memory(
            48 * train.n_items**2,
            f"PrivateEASE with {train.n_items:,} items",
            "keep fewer items (k_core)",
        )
        matrix = train.matrix(self.values)  # (n_users, n_items)
        gram = private_gram(matrix, self.max_norm, self.noise_multiplier, self.seed)
        eigenvalues, vectors = linalg.eigh(gram, overwrite_a=True, check_finite=False)
        precision = (vectors / (np.maximum(eigenvalues, 0) + self.regularisation)) @ vectors.T
        self.weights = without_self(precision)  # (n_items, n_items)

    def _score(self, histories: Histories) -> F32:
        return np.asarray(histories.matrix(self.values) @ self.weights)
