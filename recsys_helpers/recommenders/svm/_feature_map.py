"""Features scaled and, for a kernel, mapped to longer vectors for a linear score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_approximation import Nystroem, RBFSampler

from recsys_helpers._types import F64

Kernel: TypeAlias = Literal["linear", "fourier", "nystroem"]

ARRAYS = ("centre", "scale", "points", "mix")
"""The fields of a map that are learnt."""

SAMPLE = 20_000
"""The most examples from which landmarks are drawn."""


@dataclass(frozen=True, eq=False)
class FeatureMap:
    r"""Scales features, and for a kernel maps them to vectors whose dot products approximate it.

    With :math:`z = (x - \mu) / \sigma` it returns z ("linear"), or a vector whose dot product
    with another approximates :math:`\exp(-\gamma \lVert z - z' \rVert^2)`: random Fourier features
    :math:`\sqrt{2 / m} \cos(W^\top z + b)`, or Nyström's :math:`K_{mm}^{-1/2} k_m(z)` with m of
    the examples as landmarks.

    Parameters
    ----------
    kernel, gamma
        As above.
    centre, scale
        :math:`\mu` and :math:`\sigma`, shape (n_features,).
    points
        W, shape (n_features, m), or the landmarks, shape (m, n_features); empty for "linear".
    mix
        b, shape (1, m), or :math:`K_{mm}^{-1/2}`, shape (m, m); empty for "linear".

    References
    ----------
    Rahimi and Recht (2007), "Random features for large-scale kernel machines", NIPS, section 3.
    https://papers.nips.cc/paper/2007/hash/013a006f03dbc5392effeb8f18fda755-Abstract.html

    Williams and Seeger (2000), "Using the Nyström method to speed up kernel machines", NIPS.
    https://papers.nips.cc/paper/2000/hash/19de10adbaa1b2ee13f77f679fa1483a-Abstract.html
    """

    kernel: Kernel
    gamma: float
    centre: F64
    scale: F64
    points: F64
    mix: F64

    @classmethod
    def learnt_from(
        cls, x: NDArray[np.floating], kernel: Kernel, n_components: int, gamma: float, seed: int
    ) -> Self:
        """Return the map learnt from examples x, shape (n, n_features)."""
        centre, scale = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
        scale = np.where(scale > 0, scale, 1.0)
        points, mix = np.zeros((0, 0)), np.zeros((0, 0))
        z = (x[:: -(-len(x) // SAMPLE)] - centre) / scale  # at most SAMPLE, evenly spread
        if kernel == "fourier":
            waves = RBFSampler(gamma=gamma, n_components=n_components, random_state=seed).fit(z)
            points, mix = waves.random_weights_, waves.random_offset_[None]
        elif kernel == "nystroem":
            m = min(n_components, len(z))
            landmarks = Nystroem(gamma=gamma, n_components=m, random_state=seed).fit(z)
            points, mix = landmarks.components_, landmarks.normalization_.T
        return cls(kernel, gamma, centre, scale, points, mix)

    @property
    def width(self) -> int:
        """Length of the vectors that it returns."""
        return len(self.scale) if self.kernel == "linear" else self.mix.shape[1]

    def __call__(self, x: NDArray[np.floating]) -> F64:
        """Return the vectors of examples: shape (…, n_features) becomes (…, m)."""
        z: F64 = (x - self.centre) / self.scale
        if self.kernel == "linear":
            return z
        if self.kernel == "fourier":
            waves: F64 = np.cos(z @ self.points + self.mix[0])
            waves *= np.sqrt(2 / self.points.shape[1])
            return waves
        squares = (z**2).sum(axis=-1)[..., None] + (self.points**2).sum(axis=1)
        near: F64 = np.exp(-self.gamma * (squares - 2 * z @ self.points.T)) @ self.mix
        return near
