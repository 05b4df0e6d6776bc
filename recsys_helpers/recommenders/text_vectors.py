"""Vectors of texts that need no network: word counts weighted and reduced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD

from recsys_helpers._types import F64, Bool, Floats
from recsys_helpers.log import item_text


@dataclass(frozen=True, eq=False)
class TextVectors:
    r"""Turns texts into short vectors: TF-IDF, then a truncated singular value decomposition.

    .. math:: v_i = D^\top x_i

    where :math:`x_i` is the TF-IDF vector of text i (`item_text.weighted`), and the columns of D
    are the first right singular vectors of the texts that it was learnt from.

    Parameters
    ----------
    vocabulary, idf
        The words, and the weight of each, shape (n_words,).
    directions
        D, shape (n_words, d).

    References
    ----------
    Deerwester et al. (1990), "Indexing by latent semantic analysis", Journal of the American
    Society for Information Science 41(6).
    https://doi.org/10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9

    Examples
    --------
    >>> texts = [["war", "sea"], ["war", "sea"], ["love"], ["love"]]
    >>> vectors = TextVectors.learnt_from(texts, np.ones(4, bool), min_items=2, dim=2)
    >>> abs(vectors.of([["sea", "war"], ["love", "new"], []])).round(2).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """

    vocabulary: NDArray[np.str_]
    idf: F64
    directions: Floats

    @classmethod
    def learnt_from(
        cls,
        texts: Sequence[Sequence[str]],
        known: Bool,
        min_items: int,
        dim: int,
        seed: int = 0,
    ) -> Self:
        """Return the vectors learnt from some of the texts.

        Parameters
        ----------
        texts
            The words of n items.
        known
            Which of them to learn from, shape (n,).
        min_items
            In how many of those a word must occur to be read.
        dim
            Length d of the vectors; with no more words than that, the words are the directions.
        seed
            Of the decomposition.
        """
        vocabulary = item_text.vocabulary(texts, known, min_items)
        idf, directions = item_text.idf(texts, vocabulary, known), np.eye(len(vocabulary))
        if len(vocabulary) > dim:
            weighted = item_text.weighted(texts, vocabulary, idf)[np.flatnonzero(known)]
            directions = TruncatedSVD(dim, random_state=seed).fit(weighted).components_.T
        return cls(vocabulary, idf, directions)

    def of(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Return the vectors of texts, shape (n, d); 0 for one without a known word."""
        vectors: Floats = item_text.weighted(texts, self.vocabulary, self.idf) @ self.directions
        return vectors
