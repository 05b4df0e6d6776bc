"""The loss that gradient descent can be understood on: a bowl, such as that of ridge regression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from recsys_book.demonstrations.walks import walk
from recsys_helpers import _arguments
from recsys_helpers._types import F64
from recsys_helpers.optimizers.rules import Optimizer


@dataclass(frozen=True, eq=False)
class Bowl:
    r"""A quadratic loss with one lowest point.

    .. math:: L(w) = \tfrac12 w^\top H w - b^\top w, \qquad \nabla L = H w - b

    Parameters
    ----------
    H
        The second derivatives, shape (p, p), symmetric and positive definite.
    b
        Shape (p,).

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no lowest point.

    Examples
    --------
    >>> bowl = Bowl(np.diag([1.0, 4.0]), np.array([2.0, 4.0]))
    >>> bowl.bottom, bowl.curvatures, bowl.condition
    (array([2., 1.]), array([1., 4.]), 4.0)
    """

    H: F64
    b: F64

    def __post_init__(self) -> None:
        if self.H.shape != (len(self.b),) * 2:
            raise ValueError(f"H must have shape {(len(self.b),) * 2}, not {self.H.shape}")
        if not np.allclose(self.H, self.H.T) or self.curvatures[0] <= 0:
            raise ValueError("H must be symmetric with positive eigenvalues: a bowl has a bottom")

    @classmethod
    def ridge(cls, A: ArrayLike, targets: ArrayLike, penalty: float) -> Bowl:
        r"""Make the bowl of ridge regression.

        .. math::

            L(w) = \frac{1}{2n} \lVert A w - r \rVert^2 + \frac\lambda2 \lVert w \rVert^2,
            \qquad H = \tfrac1n A^\top A + \lambda \mathbb{1}, \quad b = \tfrac1n A^\top r

        Parameters
        ----------
        A
            Features, shape (n, p).
        targets
            r, shape (n,).
        penalty
            λ, positive.

        Returns
        -------
        Bowl
            Its loss is the one above up to a constant.

        Examples
        --------
        >>> Bowl.ridge([[1.0], [1.0]], [1.0, 3.0], penalty=1.0).bottom
        array([1.])
        """
        _arguments.positive("penalty", penalty)
        features, r = np.asarray(A, np.float64), np.asarray(targets, np.float64)
        n, p = features.shape
        return cls(features.T @ features / n + penalty * np.eye(p), features.T @ r / n)

    @cached_property
    def curvatures(self) -> F64:
        """Eigenvalues of H, smallest first, shape (p,)."""
        return np.asarray(np.linalg.eigvalsh(self.H))

    @cached_property
    def bottom(self) -> F64:
        """Where the loss is lowest, shape (p,)."""
        return np.asarray(np.linalg.solve(self.H, self.b))

    @property
    def condition(self) -> float:
        """The largest curvature over the smallest."""
        return float(self.curvatures[-1] / self.curvatures[0])

    def gradient(self, w: F64) -> F64:
        """Return the gradient at a point.

        Parameters
        ----------
        w
            Shape (p,).

        Returns
        -------
        F64
            Shape (p,).
        """
        return np.asarray(self.H @ w - self.b)

    def above(self, points: ArrayLike) -> F64:
        """Return how far points lie above the bottom.

        Parameters
        ----------
        points
            Shape (..., p).

        Returns
        -------
        F64
            Loss less the lowest loss, shape (...).

        Examples
        --------
        >>> Bowl(np.eye(2), np.zeros(2)).above([[0.0, 0.0], [3.0, 4.0]])
        array([ 0. , 12.5])
        """
        apart = np.asarray(points, np.float64) - self.bottom
        return np.asarray(((apart @ self.H) * apart).sum(axis=-1) / 2)

    def walk(self, rule: Optimizer, n_steps: int, units: F64 | None = None) -> F64:
        """Return the points that a rule visits, starting at zero.

        Parameters
        ----------
        rule
            A new optimizer.
        n_steps
            How many steps to take.
        units
            A matrix that each gradient is multiplied by, shape (p, p): a preconditioner.

        Returns
        -------
        F64
            Points, shape (n_steps + 1, p), zero first.

        Examples
        --------
        >>> from recsys_helpers.optimizers.rules import SGD
        >>> bowl = Bowl(np.diag([1.0, 4.0]), np.array([2.0, 4.0]))
        >>> bowl.walk(SGD(1.0), 1, units=np.linalg.inv(bowl.H))[-1]
        array([2., 1.])
        """
        change = np.eye(len(self.b)) if units is None else units
        return walk(rule, lambda w: change @ self.gradient(w), np.zeros(len(self.b)), n_steps)
