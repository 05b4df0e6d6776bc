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


def reciprocal_rank(ranks, k):
    ranks = np.asarray(ranks)
    listed = (ranks >= 0) & (ranks < k)
    return np.where(listed, 1 / (np.maximum(ranks, 0) + 1), 0).mean()


def hit_rate(ranks, k):
    ranks = np.asarray(ranks)
    return ((ranks >= 0) & (ranks < k)).mean()


def counted_from_one(ranks, k):
    ranks = np.asarray(ranks)
    listed = (ranks >= 1) & (ranks <= k)
    return np.where(listed, 1 / np.log2(np.maximum(ranks, 1) + 1), 0).mean()


def sum_instead_of_average(ranks, k):
    ranks = np.asarray(ranks)
    listed = (ranks >= 0) & (ranks < k)
    return np.where(listed, 1 / np.log2(np.maximum(ranks, 0) + 2), 0).sum()


def first_items(history, n):
    return [(history[:i], history[i]) for i in range(n)]


def item_first(history, n):
    first = len(history) - n
    return [(history[i], history[:i]) for i in range(first, len(history))]


def only_the_item_before(history, n):
    first = len(history) - n
    return [(history[max(i - 1, 0) : i], history[i]) for i in range(first, len(history))]


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


def earlier_visits_removed(history, n):
    pairs = [(history[:i], history[i]) for i in range(len(history) - n, len(history))]
    return [([known for known in before if known != item], item) for before, item in pairs]


def one_list_that_grows(history, n):
    before, pairs = history[: len(history) - n], []
    for item in history[len(history) - n :]:
        pairs.append((before, item))
        before.append(item)
    return pairs


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


def divided_by_a_thousand(follows, popular, history, k):
    scores = follows[history[-1]] + popular / 1000
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def least_popular_first(follows, popular, history, k):
    scores = follows[history[-1]] - popular / popular.sum()
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def only_what_followed(follows, popular, history, k):
    scores = follows[history[-1]] + popular / popular.sum()
    scores[history] = -np.inf
    return [j for j in np.argsort(-scores, kind="stable")[:k] if follows[history[-1], j] > 0]


def first_item_instead_of_last(follows, popular, history, k):
    scores = follows[history[0]] + popular / popular.sum()
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def probability_times_popularity(follows, popular, history, k):
    scores = follows[history[-1]] * popular.astype(float)
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


def swapped(a, b):
    return error(np.subtract(a, b)), np.hypot(error(a), error(b))


def variances(a, b):
    return error(a) ** 2 + error(b) ** 2, error(np.subtract(a, b)) ** 2


def error_of_the_sum(a, b):
    return np.hypot(error(a), error(b)), error(np.add(a, b))


def pooled_as_one_sample(a, b):
    return error([*a, *b]), error(np.subtract(a, b))


def unpaired_twice(a, b):
    both = np.hypot(error(a), error(b))
    return both, both


def nothing(*arguments):
    return []


def shares_of_the_row(follows, popular, history, k):
    row = follows[history[-1]]
    scores = row / max(row.sum(), 1) + popular / popular.sum()
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def cut_before_leaving_out(follows, popular, history, k):
    best = np.lexsort((-popular, -follows[history[-1]]))[:k]
    return [j for j in best if j not in history]


def absolute_differences(a, b):
    return np.hypot(error(a), error(b)), error(np.abs(np.subtract(a, b)))


def people_unmatched(a, b):
    return np.hypot(error(a), error(b)), error(np.subtract(sorted(a), sorted(b)))


WRONG_ANSWERS = {
    1: [
        natural_logarithm,
        misses_dropped,
        no_cutoff,
        one_too_long,
        unranked_on_top,
        reciprocal_rank,
        hit_rate,
        counted_from_one,
        sum_instead_of_average,
        nothing,
    ],
    2: [
        first_items,
        item_first,
        only_the_item_before,
        same_history_for_all,
        latest_first,
        cut_by_value,
        target_in_the_history,
        first_item_left_out,
        earlier_visits_removed,
        one_list_that_grows,
    ],
    3: [
        whole_history_added,
        only_the_last_left_out,
        popularity_outweighs,
        no_popularity,
        divided_by_a_thousand,
        least_popular_first,
        only_what_followed,
        first_item_instead_of_last,
        probability_times_popularity,
        came_before,
        changing_the_counts,
        shares_of_the_row,
        cut_before_leaving_out,
    ],
    4: [
        errors_added,
        population_deviation,
        deviation_of_one_person,
        swapped,
        variances,
        error_of_the_sum,
        pooled_as_one_sample,
        unpaired_twice,
        absolute_differences,
        people_unmatched,
    ],
}
