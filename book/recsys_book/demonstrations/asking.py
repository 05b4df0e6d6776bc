"""Which films to ask a newcomer about, so that few answers say much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_book.demonstrations.known_films import only
from recsys_helpers import Interactions, Queries
from recsys_helpers._types import F32, F64, I64
from recsys_helpers.log.histories import Histories
from recsys_helpers.recommenders.base import Recommender


def popular(train: Interactions, k: int) -> I64:
    """Return the k items with most rows, as codes: those about which most people can say something.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"user": [1, 2, 2], "item": ["a", "a", "b"]})
    >>> popular(Interactions.from_frame(frame, timestamp=None), 1)
    array([0])
    """
    return _first(np.bincount(train.items, minlength=train.n_items).astype(np.float64), train, k)


def divisive(train: Interactions, k: int) -> I64:
    r"""Return the k items whose ratings vary most, weighted with how many people rated them.

    .. math:: n_j \operatorname{var}(r_j)

    Parameters
    ----------
    train
        A log with ratings.
    k
        How many items.

    Returns
    -------
    I64
        Item codes, shape (k,).

    Raises
    ------
    ValueError
        If the log has no ratings.

    References
    ----------
    Rashid et al. (2002), "Getting to know you: learning new user preferences in recommender
    systems", IUI, section "Balanced strategies", with entropy and the logarithm of n.
    https://doi.org/10.1145/502716.502737

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"user": [1, 2, 1, 2], "item": ["a", "a", "b", "b"], "rating": [3, 3, 1, 5]}
    >>> log = Interactions.from_frame(pl.DataFrame(rows), timestamp=None, rating="rating")
    >>> divisive(log, 1)
    array([1])
    """
    if train.ratings is None:
        raise ValueError("what divides people shows in ratings, and this log has none")
    n = np.bincount(train.items, minlength=train.n_items)
    ratings = train.ratings.astype(np.float64)
    mean = np.bincount(train.items, ratings, train.n_items) / np.maximum(n, 1)
    squares = np.bincount(train.items, (ratings - mean[train.items]) ** 2, train.n_items)
    return _first(squares.astype(np.float64), train, k)


def informative(train: Interactions, k: int, n_candidates: int = 300) -> I64:
    r"""Return k items, each the one that says most about all items beyond those before it.

    .. math:: \max_j \sum_i \frac{\operatorname{cov}(x_i, x_j \mid S)^2}{\operatorname{var}(x_j
        \mid S)}

    where :math:`x_i` is 1 for people who met item i and 0 for others. The sum is how much of the
    variance of all items a linear prediction from the answer explains; S are the items before j.
    As an answer is a row of the covariance matrix, choosing one leaves the matrix of what it does
    not explain.

    Parameters
    ----------
    train
        A log.
    k
        How many items.
    n_candidates
        Only so many of the most popular items are asked about.

    Returns
    -------
    I64
        Item codes, shape (k,), in the order in which to ask.

    Examples
    --------
    >>> import polars as pl
    >>> met = {"user": [1, 1, 2, 2, 3, 4, 5], "item": list("ababacd")}
    >>> log = Interactions.from_frame(pl.DataFrame(met), timestamp=None)
    >>> informative(log, 1).tolist()  # "a" says much about "b", and something about "c" and "d"
    [0]
    """
    x = log_matrix(train)
    x -= x.mean(axis=0)
    candidates = popular(train, min(n_candidates, train.n_items))
    left = x[:, candidates].T @ x / len(x)  # (n_candidates, n_items), covariances
    own = np.arange(len(candidates)), candidates
    chosen: list[int] = []
    for _ in range(k):
        variance = left[own]
        explained = (left**2).sum(axis=1) / np.maximum(variance, 1e-12)
        explained[variance < 1e-9] = -1  # nothing new to ask
        best = int(np.argmax(explained))
        chosen.append(best)
        left = left - np.outer(left[:, candidates[best]], left[best]) / left[best, candidates[best]]
    return candidates[chosen]


@dataclass(frozen=True, eq=False)
class AskingTree:
    r"""Questions of which each depends on the answers before it.

    At each node the item is asked about whose answers part the people best:

    .. math:: \max_j \frac{\lVert \sum_{u \in \text{yes}} x_u \rVert^2}{n_\text{yes}}
        + \frac{\lVert \sum_{u \in \text{no}} x_u \rVert^2}{n_\text{no}}

    which is the same as the least squared error when everybody is predicted by the mean of those
    who answered alike.

    Parameters
    ----------
    asked
        The item that each node asks about, shape (2^depth − 1,). Node m leads to 2 m + 1 after a
        no, to 2 m + 2 after a yes.
    means
        How many of the people at each node met each item, as a share, shape
        (2^(depth + 1) − 1, n_items).

    References
    ----------
    Golbandi, Koren and Lempel (2011), "Adaptive bootstrapping of recommender systems using decision
    trees", WSDM, with ratings and three answers. https://doi.org/10.1145/1935826.1935910
    """

    asked: I64
    means: F32

    @classmethod
    def learnt_from(
        cls, train: Interactions, depth: int, n_candidates: int = 300, weight: float = 10.0
    ) -> AskingTree:
        """Return the tree for a log.

        Parameters
        ----------
        train
            A log.
        depth
            How many questions.
        n_candidates
            Only so many of the most popular items are asked about.
        weight
            How many people the mean of the node above counts for in a mean: few people are left at
            deep nodes.

        Examples
        --------
        >>> import polars as pl
        >>> met = {"user": [1, 2, 3, 4], "item": ["a", "a", "b", "c"]}
        >>> log = Interactions.from_frame(pl.DataFrame(met), timestamp=None)
        >>> tree = AskingTree.learnt_from(log, depth=1, weight=0)
        >>> tree.asked.tolist(), tree.means[1:].tolist()  # "a", then after no and after yes
        ([0], [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]])
        """
        x = log_matrix(train)
        candidates = popular(train, min(n_candidates, train.n_items))
        at = np.zeros(len(x), np.int64)  # the node of each person
        asked = np.zeros(2**depth - 1, np.int64)
        means = np.empty((2 ** (depth + 1) - 1, train.n_items))
        for node in range(len(means)):
            here = np.flatnonzero(at == node)
            above = means[(node - 1) // 2] if node else x.mean(axis=0)
            n = len(here) + weight if len(here) + weight else 1.0
            means[node] = (x[here].sum(axis=0) + weight * above) / n
            if node < len(asked):
                best = _best_question(x[here], candidates)
                asked[node] = candidates[best]
                at[here] = 2 * node + 1 + (x[here, candidates[best]] > 0)
        return cls(asked, means.astype(np.float32))

    def nodes(self, histories: Histories, n: int) -> I64:
        """Return where each history stands after n questions, shape (n_histories,)."""
        met = histories.matrix().toarray() > 0
        at = np.zeros(len(histories), np.int64)
        for _ in range(n):
            at = 2 * at + 1 + met[np.arange(len(at)), self.asked[at]]
        return at

    def items(self, histories: Histories, n: int) -> I64:
        """Return the n items that each history is asked about, shape (n_histories, n)."""
        asked = [self.asked[self.nodes(histories, i)] for i in range(n)]
        return np.array(asked, np.int64).reshape(n, len(histories)).T


class TreeRecommender(Recommender):
    """Ranks items by how many of those who gave the same n answers met them.

    Parameters
    ----------
    tree
        The questions.
    n
        How many of them are asked.
    """

    def __init__(self, tree: AskingTree, n: int) -> None:
        self.tree, self.n = tree, n

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        pass

    def _score(self, histories: Histories) -> F32:
        return self.tree.means[self.tree.nodes(histories, self.n)]


class Asked(Recommender):
    """A fitted recommender that knows of a history what its owner was asked about, and has met.

    Parameters
    ----------
    recommender
        Fitted.
    questions
        Item codes, the same for everybody, shape (k,); or an `AskingTree`.
    n
        How many of the questions have been asked.

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import MarkovChain
    >>> rows = {"user": [1, 1, 2, 2], "item": list("abca"), "timestamp": [1, 2, 3, 4]}
    >>> chain = MarkovChain().fit(Interactions.from_frame(pl.DataFrame(rows)))
    >>> knows, asked = Asked(chain, np.array([0, 1]), 1), chain.histories([["b", "a"]])
    >>> np.array_equal(knows.score(asked), chain.score(chain.histories([["a"]])))
    True
    """

    def __init__(self, recommender: Recommender, questions: I64 | AskingTree, n: int) -> None:
        self.recommender, self.questions, self.n = recommender, questions, n
        self.catalogue, self.time_unit = recommender.catalogue, recommender.time_unit
        self.train_counts = recommender.train_counts

    @property
    def ranks_new_items(self) -> bool:  # type: ignore[override]
        """Whether the recommender ranks items without a training row."""
        return self.recommender.ranks_new_items

    def _score(self, histories: Histories) -> F32:
        if isinstance(self.questions, AskingTree):
            items = self.questions.items(histories, self.n)
        else:
            items = np.tile(self.questions[: self.n], (len(histories), 1))
        wanted = np.zeros((len(histories), self.catalogue.n_items), bool)
        np.put_along_axis(wanted, items, True, axis=1)
        return self.recommender.score(only(histories, wanted))


def log_matrix(train: Interactions) -> F64:
    """Return who met what, shape (n_people, n_items), of those with a row."""
    met = train.matrix("binary").toarray().astype(np.float64)
    return met[met.any(axis=1)]


def _first(score: F64, train: Interactions, k: int) -> I64:
    """Return the k items with the highest score; a hash of the id breaks ties."""
    return np.lexsort((train.catalogue.tie_rank, -score))[:k]


def _best_question(x: F64, candidates: I64) -> int:
    """Return which candidate parts people (n, n_items) best; the first if none parts them."""
    yes = x[:, candidates].T @ x  # (n_candidates, n_items)
    n_yes = x[:, candidates].sum(axis=0)
    n_no = len(x) - n_yes
    no = x.sum(axis=0) - yes
    gain = (yes**2).sum(axis=1) / np.maximum(n_yes, 1) + (no**2).sum(axis=1) / np.maximum(n_no, 1)
    gain[(n_yes == 0) | (n_no == 0)] = -1
    return int(np.argmax(gain))
