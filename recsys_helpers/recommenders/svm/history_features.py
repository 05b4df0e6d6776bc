"""Features of a history and an item: what the items of the history say about the item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from scipy import sparse

from recsys_helpers._types import F32, F64, I32, I64
from recsys_helpers.log import Histories, Interactions, item_text
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.simple.ease import EASE

TABLES = ("after", "together", "explained", "alike", "popularity", "places")
"""The fields of `HistoryFeatures` that are learnt."""

WINDOW = 10
"""How many rows after an item count as following it."""

STEP = 0.8
"""Factor by which the weight falls with each further row in this window."""

SPARSE = 1 / 32
"""Share of entries other than 0 up to which a table is stored as sparse."""

Table: TypeAlias = F32 | sparse.csr_array


@dataclass(frozen=True, eq=False)
class HistoryFeatures:
    r"""Features for each pair of a history and an item, computed from tables of pairs of items.

    For a history :math:`h_1, \dots, h_n`, oldest first, and an item j they are, in this order:

    .. math::

        \sum_{t=1}^{n} \gamma^{n-t} A_{h_t j}, \quad
        \sum_{t=1}^{n} \gamma^{n-t} A_{j h_t}, \quad
        \sum_{t=1}^{n} \gamma^{n-t} C_{h_t j} \quad \text{for each decay } \gamma, \qquad
        \sum_t E_{h_t j}, \quad \tfrac{1}{n} \sum_t T_{h_t j}, \quad
        \log p_j, \quad \log \tfrac{p_{j \mid n}}{p_j}

    where A says how strongly j follows i within ten rows,

    .. math::

        A_{ij} = \Bigl( \frac{a_{ij}}{\sqrt{\sum_l a_{il} \sum_l a_{lj}}} \Bigr)^{1/2}, \qquad
        a_{ij} = \sum_{k=1}^{10} 0.8^{k-1}\, \#\{j \text{ stands } k \text{ rows after } i\},

    C is the cosine similarity of the two items' users (0 for an item with itself), E the weights of
    `EASE`, T the cosine similarity of their texts (`item_text.tf_idf`; 0 without text),
    :math:`p_j` the item's share of all rows, and :math:`p_{j \mid n}` its share of the rows that
    are about as far from the start of a history as the next item will be. Only the items of a
    history and their order are read.

    Parameters
    ----------
    decays
        The :math:`\gamma`, between 0 and 1.
    after, together, explained, alike
        A, C, E and T, shape (n_items, n_items); A, C and T are sparse if nearly all entries are 0.
    popularity
        :math:`\log p_j`, shape (n_items,), computed as if each item had one row more.
    places
        :math:`\log (p_{j \mid n} / p_j)`, shape (n_places, n_items): one row for n = 0, one for
        n = 1 and 2, one for 3 to 6, and so on. Each share is shrunk towards :math:`p_j`, as if
        there were n_items more rows with the shares :math:`p_j`.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "a", "c"]})
    >>> log = Interactions.from_frame(frame, timestamp="row order")
    >>> features = HistoryFeatures.learnt_from(log, decays=(0.5,))
    >>> features.after.round(3)[0]  # b and c each follow a once: (1 / √2)^½
    array([0.   , 0.841, 0.841], dtype=float32)
    >>> features.names
    ('after 0.5', 'before 0.5', 'together 0.5', 'EASE', 'text', 'popularity', 'position')
    """

    decays: tuple[float, ...]
    after: Table
    together: Table
    explained: F32
    alike: Table
    popularity: F32
    places: F32

    @classmethod
    def learnt_from(
        cls, train: Interactions, decays: Sequence[float], regularisation: float = 100.0
    ) -> HistoryFeatures:
        """Return the features of a log.

        Parameters
        ----------
        train
            The log, whose order must be known; its item table and tags are read too.
        decays
            Factors between 0 and 1, as in `decays` above.
        regularisation
            Of EASE.

        Returns
        -------
        HistoryFeatures
            The features, with tables computed from this log alone.

        Raises
        ------
        ValueError
            If the order of the log is unknown.
        MemoryError
            As in `EASE`.
        """
        histories = train.histories()
        explained = EASE(regularisation).fit(train).weights
        _, texts = item_text.learnt_from(train, 2)
        counts = np.bincount(train.items, minlength=train.n_items) + 1.0
        share: F64 = counts / counts.sum()  # (n_items,)
        return cls(
            tuple(decays),
            _after(histories),
            _together(train),
            explained,
            _compact(texts @ texts.T),
            np.log(share).astype(np.float32),
            _places(histories, share),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each feature."""
        decayed = [f"{k} {decay}" for k in ("after", "before", "together") for decay in self.decays]
        return (*decayed, "EASE", "text", "popularity", "position")

    def of(self, histories: Histories, candidates: I32) -> F32:
        """Return all features of some items for each history.

        Parameters
        ----------
        histories
            n histories.
        candidates
            Codes of m items for each history, shape (n, m).

        Returns
        -------
        F32
            Shape (n, m, n_features).
        """
        features = np.empty((*candidates.shape, len(self.names)), np.float32)
        features[:, :, -2] = self.popularity[candidates]
        buckets = self._bucket_of(histories.lengths)
        features[:, :, -1] = self.places[buckets[:, None], candidates]
        longest = int(histories.lengths.max(initial=1))
        for part in ranking.chunks(len(histories), longest * candidates.shape[1]):
            chunk = histories[part]
            asked = candidates[part][chunk.owners]  # (nnz, m)
            met = np.broadcast_to(chunk.items[:, None], asked.shape)
            rows = np.arange(len(asked))
            for columns, table, weights in self._read(chunk):
                entries = _dense(table[met, asked]).astype(np.float64)
                for column, values in enumerate(weights, columns.start):
                    sums = sparse.csr_array((values, rows, chunk.indptr), (len(chunk), len(rows)))
                    features[part, :, column] = sums @ entries
        return features

    def of_all(self, histories: Histories) -> F32:
        """Return all features of all items for each history.

        Parameters
        ----------
        histories
            n histories.

        Returns
        -------
        F32
            Shape (n, n_items, n_features).
        """
        shape = len(histories), len(self.popularity), len(self.names)
        features = np.empty(shape, np.float32)
        features[:, :, -2] = self.popularity
        features[:, :, -1] = self.places[self._bucket_of(histories.lengths)]
        for columns, table, weights in self._read(histories):
            for column, values in enumerate(weights, columns.start):
                features[:, :, column] = _product(histories, values, table)
        return features

    def weighted(self, histories: Histories, weights: F64) -> F32:
        """Return a weighted sum of the features of all items, without computing each feature.

        The weights of a table's features are combined into one weight for each item of a history,
        so that each table is multiplied only once.

        Parameters
        ----------
        histories
            n histories.
        weights
            A weight for each feature, shape (n_features,).

        Returns
        -------
        F32
            Shape (n, n_items).
        """
        total = np.outer(np.ones(len(histories)), weights[-2] * self.popularity)
        total += weights[-1] * self.places[self._bucket_of(histories.lengths)]
        scores: F32 = total.astype(np.float32)  # (n, n_items)
        for columns, table, rows in self._read(histories):
            scores += _product(histories, weights[columns] @ rows, table)
        return scores

    @cached_property
    def _before(self) -> Table:
        """The transpose of A, as a copy: a product with a view would copy it every time."""
        turned = self.after.T
        return turned.tocsr() if sparse.issparse(turned) else np.ascontiguousarray(turned)

    def _read(self, histories: Histories) -> Iterator[tuple[slice, Table, F64]]:
        """Yield which features come from a table, the table, and the weights of a history's items.

        The weights have shape (n_columns, nnz).
        """
        owners = histories.owners
        lengths = histories.lengths[owners]
        to_go = histories.indptr[owners + 1] - np.arange(len(owners)) - 1
        decayed = np.array(self.decays)[:, None] ** to_go  # (n_decays, nnz)
        n = len(self.decays)
        for i, table in enumerate((self.after, self._before, self.together)):
            yield slice(i * n, (i + 1) * n), table, decayed
        yield slice(3 * n, 3 * n + 1), self.explained, np.ones((1, len(lengths)))
        yield slice(3 * n + 1, 3 * n + 2), self.alike, 1 / lengths[None]

    def _bucket_of(self, lengths: I64) -> I64:
        return np.minimum(_bucket(lengths), len(self.places) - 1)


def _positions(histories: Histories) -> I64:
    """Return the position of each item in its history, from 0, shape (nnz,)."""
    return np.arange(len(histories.items)) - histories.indptr[histories.owners]


def _product(histories: Histories, values: F64, table: Table) -> F32:
    """Return for each history the sum of its items' rows in a table, each times its value."""
    shape = len(histories), table.shape[0]
    of_items = values.astype(np.float32), histories.items, histories.indptr
    return _dense(sparse.csr_array(of_items, shape) @ table)  # (n, n_items)


def _dense(table: Table) -> F32:
    return table.toarray() if sparse.issparse(table) else table


def _compact(table: sparse.csr_array) -> Table:
    """Return a table as float32, sparse or dense, whichever is multiplied faster."""
    table = table.astype(np.float32)
    if table.nnz > SPARSE * table.shape[0] ** 2:
        return _dense(table)
    table.sort_indices()  # because entries are looked up in it
    return table


def _after(histories: Histories) -> Table:
    positions = _positions(histories)
    shape = (histories.catalogue.n_items,) * 2
    counts = sparse.csr_array(shape, dtype=np.float64)
    for lag in range(1, WINDOW + 1):
        later = np.flatnonzero(positions >= lag)
        pairs = histories.items[later - lag], histories.items[later]
        there = np.full(len(later), STEP ** (lag - 1))
        counts = counts + sparse.coo_array((there, pairs), shape).tocsr()
    _scale(counts, counts.sum(axis=1), counts.sum(axis=0))
    return _compact(counts.sqrt())


def _together(train: Interactions) -> Table:
    matrix = train.matrix("binary")
    shared = (matrix.T @ matrix).tocsr()  # (n_items, n_items)
    users = shared.diagonal()
    shared.setdiag(0)
    shared.eliminate_zeros()
    _scale(shared, users, users)
    return _compact(shared)


def _scale(counts: sparse.csr_array, of_rows: F32 | F64, of_columns: F32 | F64) -> None:
    """Divide each count by the root of its row's and its column's sum, in place."""
    counts.data /= np.repeat(np.sqrt(of_rows), np.diff(counts.indptr))
    counts.data /= np.sqrt(of_columns)[counts.indices]


def _bucket(lengths: I64) -> I64:
    """Return 0 for 0, 1 for 1 and 2, 2 for 3 to 6, and so on."""
    return np.log2(lengths + 1).astype(np.int64)


def _places(histories: Histories, share: F64) -> F32:
    n_items = len(share)
    buckets = _bucket(_positions(histories))
    counts = np.zeros((buckets.max() + 1, n_items))
    np.add.at(counts, (buckets, histories.items), 1)
    rows = counts.sum(axis=1, keepdims=True)
    shares = (counts + n_items * share) / (rows + n_items)
    ratio: F64 = shares / share
    return np.log(ratio).astype(np.float32)
