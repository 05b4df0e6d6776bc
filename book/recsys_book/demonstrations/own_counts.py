"""A leak on purpose: a ranking machine whose training pairs are counted in their own features."""

from __future__ import annotations

from recsys_helpers import RankSVM
from recsys_helpers._types import F32, Bool
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.recommenders.svm.history_features import HistoryFeatures


class OwnCountsRankSVM(RankSVM):
    """`RankSVM` whose training features are counted from all rows, each user's own included.

    The features of a training pair then contain its answer: that the item came next is one of the
    counts. The settings are those of `RankSVM`; the folds only decide in which order users come.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> log = synthetic(n_users=60, n_items=40, seed=0).interactions
    >>> models = RankSVM().fit(log), OwnCountsRankSVM().fit(log)
    >>> honest, leaky = (share_in_order(model, model.examples(log)) for model in models)
    >>> leaky > honest
    True
    """

    def examples(self, train: Interactions) -> F32:
        """Return the features that `fit` compares, see `RankSVM.examples`.

        Parameters
        ----------
        train
            The log.

        Returns
        -------
        F32
            Shape (n, 1 + n_negatives, n_features).
        """
        self._of_all_rows = self._features(train)
        return super().examples(train)

    def _features_without(self, train: Interactions, users: Bool) -> HistoryFeatures:
        return self._of_all_rows


def share_in_order(model: RankSVM, examples: F32) -> float:
    """Return the share of pairs in which what came next scores higher.

    Parameters
    ----------
    model
        Fitted.
    examples
        What `RankSVM.examples` returned, shape (n, 1 + n_negatives, n_features).

    Returns
    -------
    float
        0 to 1; ties count as out of order.
    """
    scores = model.feature_map(examples) @ model.weights  # (n, 1 + n_negatives)
    return float((scores[:, :1] > scores[:, 1:]).mean())
