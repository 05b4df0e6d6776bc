"""Predicting ratings by support vector regression on biases, tastes and numbers of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVR
from sklearn.utils.extmath import randomized_svd

from recsys_helpers import _arguments
from recsys_helpers._types import F32, F64, I32
from recsys_helpers.log import Histories, Interactions, Queries, item_text
from recsys_helpers.recommenders import ranking
from recsys_helpers.recommenders.base import Recommender
from recsys_helpers.recommenders.simple.rating_biases import RatingBiases
from recsys_helpers.recommenders.store import Learnt, checked
from recsys_helpers.recommenders.svm._feature_map import ARRAYS, FeatureMap, Kernel
from recsys_helpers.recommenders.svm._folds import user_folds

N_FEATURES = 6


class _Items(NamedTuple):
    """What the ratings of some users say about items."""

    mean: F64
    item_biases: F64
    item_counts: F64
    tastes: F64
    texts: F64


class _Users(NamedTuple):
    """What ratings say about the users who gave them, one row for each user or each rating."""

    biases: F64
    counts: F64
    own_tastes: F64
    own_texts: F64


@dataclass(eq=False, repr=False)
class RatingSVR(Recommender):
    r"""Predicts a rating by support vector regression on six features of user and item.

    .. math::

        \hat r_{ui} = \mu + w^\top \varphi(x_{ui}) + b, \qquad
        \min_{w, b} \tfrac{1}{2} \bigl( \lVert w \rVert^2 + b^2 \bigr) + \frac{C}{N} \sum_{(u, i)}
        \max\bigl(0,\, \lvert r_{ui} - \hat r_{ui} \rvert - \varepsilon\bigr)^2

    where :math:`\varphi` is the identity or approximates a kernel, and :math:`x_{ui}` has the
    features, scaled to mean 0 and standard deviation 1,

    .. math::

        b_u, \quad b_i, \quad p_u^\top v_i, \quad q_u^\top t_i, \quad
        \log(1 + n_u), \quad \log(1 + n_i).

    The item's bias :math:`b_i` and :math:`\mu` are those of `RatingBiases`, and the user's is
    :math:`b_u = \sum_{k} (r_{uk} - \mu - b_k) / (n_u + \lambda)`. From the residuals
    :math:`e_{uk} = r_{uk} - \mu - b_u - b_k` come the user's tastes
    :math:`p_u = \sum_k e_{uk} v_k / (n_u + \lambda)` and :math:`q_u`, likewise with :math:`t_k`.
    The items' vectors v come from a truncated singular value decomposition of the residuals, t from
    one of the items' text (`item_text.tf_idf`).

    The features of a rating must not contain the rating itself. So in training everything about
    items comes from users of the other parts (`n_folds`), and everything about a user from the
    user's other ratings. As a recommender it ranks items by the ratings predicted from those of a
    history. The defaults were chosen on validation data of MovieLens 100K.

    Parameters
    ----------
    cost
        C, positive: the weight of the mean loss of a rating against the penalty.
    epsilon
        :math:`\varepsilon`, 0 or more, in the unit of the ratings: errors up to it cost nothing.
    regularisation
        :math:`\lambda`, positive: shrinks biases and tastes towards 0 as that many ratings with
        residual 0 would.
    dim
        Length of the vectors v and t; they are shorter if there are fewer users, items or words.
    n_folds
        Number of parts of the users, at least 2; never more than there are users.
    kernel, n_components, gamma
        As in `RankSVM`. With a linear kernel a user's many ratings only shift the prediction; with
        another they can make the user's biases and tastes count for more.
    seed
        Of folds, decompositions and kernel vectors, 0 … 2**32 − 1.

    Attributes
    ----------
    weights, bias
        w, shape (n_features,) or (n_components,), and b.

    Raises
    ------
    ValueError
        If an argument is out of range; in `fit`, if the log has no ratings, or fewer than two
        users.

    References
    ----------
    Drucker, Burges, Kaufman, Smola and Vapnik (1996), "Support vector regression machines", NIPS.
    https://papers.nips.cc/paper/1996/hash/d38901788c533e8286cb6400b40b386d-Abstract.html

    Ho and Lin (2012), "Large-scale linear support vector regression", JMLR 13, section 2 (the
    squared loss). https://www.jmlr.org/papers/v13/ho12a.html

    Examples
    --------
    >>> from recsys_helpers import RatingBiases, evaluate_ratings, random_split, synthetic
    >>> split = random_split(synthetic(n_users=300, n_items=60, seed=0).interactions, seed=0)
    >>> models = {"svr": RatingSVR().fit(split.train), "biases": RatingBiases().fit(split.train)}
    >>> report = evaluate_ratings(models, split.test_rows)
    >>> report.mean("svr", "RMSE") < report.mean("biases", "RMSE")
    True
    """

    learnt: ClassVar = (*_Items._fields, *_Users._fields, *ARRAYS, "weights", "bias")
    needs = frozenset({"ratings"})

    cost: float = 10_000.0
    epsilon: float = 0.1
    regularisation: float = 10.0
    dim: int = 16
    n_folds: int = 5
    kernel: Kernel = "fourier"
    n_components: int = 100
    gamma: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        _arguments.settings(self, "epsilon", "n_folds")
        _arguments.not_negative("epsilon", self.epsilon)
        _arguments.whole("n_folds", self.n_folds, 2)
        _arguments.choice("kernel", self.kernel, Kernel)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        if train.ratings is None:
            raise ValueError("RatingSVR learns from ratings, and this log has none")
        x, errors = self.examples(train)
        self.feature_map = FeatureMap.learnt_from(
            x, self.kernel, self.n_components, self.gamma, self.seed
        )
        machine = LinearSVR(
            C=self.cost / len(x),
            epsilon=self.epsilon,
            loss="squared_epsilon_insensitive",
            dual=False,
            tol=1e-6,
            random_state=0,
        ).fit(self.feature_map(x), errors)
        self.weights, self.bias = machine.coef_, np.array(machine.intercept_[0])
        self._items = self._learnt_items(train)
        self._users = self._learnt_users(
            self._items, train.users, train.n_users, train.items, train.ratings
        )

    def examples(self, train: Interactions) -> tuple[F64, F64]:
        r"""Return what `fit` learns from: each rating's features, and the rating minus the mean.

        Parameters
        ----------
        train
            A log with ratings.

        Returns
        -------
        x, errors
            Shapes (n_rows, 6) and (n_rows,), sorted by user, then by item. The mean is that of the
            ratings in the other parts.

        Raises
        ------
        ValueError
            If fewer than two users have rows.
        """
        _arguments.instance("train", train, Interactions, "Interactions (split.train)")
        assert train.ratings is not None
        rows = train.take(np.lexsort((train.ratings, train.items, train.users)))
        assert rows.ratings is not None
        x, errors = np.empty((len(rows), N_FEATURES)), np.empty(len(rows))
        for fold in user_folds(rows, self.n_folds, np.random.default_rng(self.seed)):
            inside = fold[rows.users]
            items = self._learnt_items(rows.take(~inside))
            codes, ratings = rows.items[inside], rows.ratings[inside]
            users = self._learnt_users(
                items, rows.users[inside], rows.n_users, codes, ratings, without_own=True
            )
            x[inside] = _features(users, items, np.arange(len(codes)), codes)
            errors[inside] = ratings - items.mean
        return x, errors

    def predict(self, users: I32, items: I32) -> F64:
        """Return predicted ratings; an unknown user has features 0, a new item only its text.

        Parameters
        ----------
        users, items
            Codes in the training log, shape (n,); −1 for an unknown user.

        Returns
        -------
        F64
            Ratings on the scale of the training log, not clipped to it, shape (n,).

        Raises
        ------
        ValueError
            If a code lies outside the log, or the recommender is not fitted.
        """
        self._check_fitted()
        n_users, n_items = len(self._users.biases), self.catalogue.n_items
        user, item = _arguments.codes_of_pairs(users, items, n_users, n_items)
        # One more row, of zeros, for the code −1: an unknown user.
        with_nobody = _Users(*(np.concatenate([a, np.zeros_like(a[:1])]) for a in self._users))
        return self._ratings(_features(with_nobody, self._items, user, item))

    def _ratings(self, x: F64) -> F64:
        ratings: F64 = self._items.mean + self.feature_map(x) @ self.weights + self.bias
        return ratings

    def _score(self, histories: Histories) -> F32:
        assert histories.ratings is not None
        n_items = self.catalogue.n_items
        n = len(histories)
        users = self._learnt_users(
            self._items, histories.owners, n, histories.items, histories.ratings
        )
        scores = np.empty((n, n_items), np.float32)
        for part in ranking.chunks(n, n_items * max(N_FEATURES, len(self.weights))):
            chunk = np.arange(part.start, part.stop)[:, None]
            x = _features(users, self._items, chunk, np.arange(n_items)[None])
            scores[part] = self._ratings(x)
        return scores

    def _learnt_items(self, log: Interactions) -> _Items:
        assert log.ratings is not None
        biases = RatingBiases(self.regularisation).fit(log)
        counts = np.bincount(log.items, minlength=log.n_items)
        errors = log.ratings - biases.predict(log.users, log.items)
        shape = log.n_users, log.n_items
        residuals = sparse.coo_array((errors, (log.users, log.items)), shape=shape).tocsr()
        _, texts = item_text.learnt_from(log, 2)
        return _Items(
            biases.mean,
            biases.item_biases,
            counts.astype(np.float64),
            self._vectors(residuals),
            self._vectors(texts.T.tocsr()),
        )

    def _vectors(self, matrix: sparse.csr_array) -> F64:
        """Return a vector for each column, shape (n_columns, dim or fewer)."""
        dim = min(self.dim, *matrix.shape)
        if dim == 0:
            return np.zeros((matrix.shape[1], 0))
        _, values, columns = randomized_svd(
            matrix.astype(np.float64), dim, random_state=self.seed, flip_sign=False
        )
        vectors: F64 = columns.T * np.sqrt(values)
        return vectors

    def _learnt_users(
        self,
        items: _Items,
        rows: NDArray[Any],
        n_users: int,
        codes: I32,
        ratings: F32,
        without_own: bool = False,
    ) -> _Users:
        """Return what ratings say about the users who gave them: a row for each user.

        With `without_own`, a row for each rating, from the user's other ratings. It is the user's
        sums minus that rating's part, so that time and memory do not grow with the square of a
        history.
        """
        entries = np.ones(len(rows)), (rows, np.arange(len(rows)))
        by_user = sparse.coo_array(entries, shape=(n_users, len(rows))).tocsr()

        def summed(values: F64) -> F64:
            total: F64 = by_user @ values
            return total[rows] - values if without_own else total

        counts = summed(np.ones(len(rows)))
        ahead = ratings - items.mean - items.item_biases[codes]  # r − μ − b_i
        biases = summed(ahead) / (counts + self.regularisation)
        tastes = []
        for vectors in (items.tastes, items.texts):
            rated = vectors[codes]  # (n_ratings, dim)
            # Σ_k e_uk v_k with e_uk = (r_uk − μ − b_k) − b_u, whose b_u is that of the sums
            errors = summed(ahead[:, None] * rated) - biases[:, None] * summed(rated)
            tastes.append(errors / (counts + self.regularisation)[:, None])
        return _Users(biases, counts, *tastes)

    def _arrays(self) -> dict[str, Learnt]:
        parts = vars(self) | self._items._asdict() | self._users._asdict() | vars(self.feature_map)
        return {name: parts[name] for name in self.learnt}

    def _take_arrays(self, arrays: dict[str, Learnt]) -> None:
        dense = checked(arrays, self.learnt)
        self._items = _Items(*(dense[name] for name in _Items._fields))
        self._users = _Users(*(dense[name] for name in _Users._fields))
        self.feature_map = FeatureMap(self.kernel, self.gamma, *(dense[name] for name in ARRAYS))
        self.weights, self.bias = dense["weights"], dense["bias"]


def _features(users: _Users, items: _Items, user: NDArray[Any], item: NDArray[Any]) -> F64:
    """Return the six features of pairs of user and item.

    Codes are given for n pairs, or as a column of users and a row of items, for all their pairs.
    """
    if user.ndim == item.ndim == 1:
        tastes = (users.own_tastes[user] * items.tastes[item]).sum(axis=1)
        texts = (users.own_texts[user] * items.texts[item]).sum(axis=1)
    else:
        tastes = users.own_tastes[user[:, 0]] @ items.tastes[item[0]].T
        texts = users.own_texts[user[:, 0]] @ items.texts[item[0]].T
    features = (
        users.biases[user],
        items.item_biases[item],
        tastes,
        texts,
        np.log1p(users.counts[user]),
        np.log1p(items.item_counts[item]),
    )
    return np.stack(np.broadcast_arrays(*features), axis=-1)
