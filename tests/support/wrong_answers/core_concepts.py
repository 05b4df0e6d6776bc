"""Wrong answers to the exercises of chapter 2: each is a mistake that a reader could make."""

import numpy as np


def natural_logarithm(ranks, k):
    ranks = np.asarray(ranks)
    listed = (ranks >= 0) & (ranks < k)
    return np.where(listed, 1 / np.log(np.maximum(ranks, 0) + 2), 0).mean()


def misses_dropped(ranks, k):
    ranks = np.array([rank for rank in ranks if 0 <= rank < k])
    return (1 / np.log2(ranks + 2)).mean()


def no_cutoff(ranks, k):
    ranks = np.asarray(ranks)
    return np.where(ranks >= 0, 1 / np.log2(np.maximum(ranks, 0) + 2), 0).mean()


def one_too_long(ranks, k):
    ranks = np.asarray(ranks)
    listed = (ranks >= 0) & (ranks <= k)
    return np.where(listed, 1 / np.log2(np.maximum(ranks, 0) + 2), 0).mean()


def unranked_on_top(ranks, k):
    ranks = np.maximum(ranks, 0)
    return np.where(ranks < k, 1 / np.log2(ranks + 2), 0).mean()


def same_history_for_all(history, n):
    first = len(history) - n
    return [(history[:first], item) for item in history[first:]]


def latest_first(history, n):
    return [(history[:i], history[i]) for i in range(len(history) - 1, len(history) - n - 1, -1)]


def cut_by_value(history, n):
    return [(history[: history.index(item)], item) for item in history[-n:]]


def target_in_the_history(history, n):
    first = len(history) - n
    return [(history[: i + 1], history[i]) for i in range(first, len(history))]


def first_item_left_out(history, n):
    first = max(len(history) - n, 1)
    return [(history[:i], history[i]) for i in range(first, len(history))]


def whole_history_added(follows, popular, history, k):
    scores = follows[history].sum(axis=0) + popular / popular.sum()
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def only_the_last_left_out(follows, popular, history, k):
    scores = follows[history[-1]] + popular / popular.sum()
    scores[history[-1]] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def popularity_outweighs(follows, popular, history, k):
    scores = (follows[history[-1]] + popular).astype(float)
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def no_popularity(follows, popular, history, k):
    scores = follows[history[-1]].astype(float)
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def came_before(follows, popular, history, k):
    scores = follows[:, history[-1]] + popular / popular.sum()
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def changing_the_counts(follows, popular, history, k):
    follows[:, history] = -1
    scores = follows[history[-1]] + popular / popular.sum()
    return np.argsort(-scores, kind="stable")[:k]


def error(x, ddof=1):
    return np.std(x, ddof=ddof) / np.sqrt(len(x))


def errors_added(a, b):
    return error(a) + error(b), error(np.subtract(a, b))


def population_deviation(a, b):
    return np.hypot(error(a, 0), error(b, 0)), error(np.subtract(a, b), 0)


def deviation_of_one_person(a, b):
    return np.hypot(np.std(a, ddof=1), np.std(b, ddof=1)), np.std(np.subtract(a, b), ddof=1)


def unpaired_twice(a, b):
    both = np.hypot(error(a), error(b))
    return both, both


WRONG_ANSWERS = {
    1: [natural_logarithm, misses_dropped, no_cutoff, one_too_long, unranked_on_top],
    2: [
        same_history_for_all,
        latest_first,
        cut_by_value,
        target_in_the_history,
        first_item_left_out,
    ],
    3: [
        whole_history_added,
        only_the_last_left_out,
        popularity_outweighs,
        no_popularity,
        came_before,
        changing_the_counts,
    ],
    4: [errors_added, population_deviation, deviation_of_one_person, unpaired_twice],
}
