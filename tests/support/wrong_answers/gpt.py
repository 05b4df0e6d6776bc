"""Wrong answers to the exercises of chapter 5.2: each is a mistake that a reader could make."""

import math

import numpy as np


def coding(nearest, left_over):
    """Make a coder from how a code is chosen and what the next level sees."""

    def answer(x, centroids):
        codes = []
        for level in centroids:
            codes.append(int(nearest(x, level)))
            x = left_over(x, level[codes[-1]])
        return codes

    return answer


def by_distance(x, level):
    return np.linalg.norm(level - x, axis=1).argmin()


no_residual = coding(by_distance, lambda x, mean: x)
residual_added = coding(by_distance, lambda x, mean: x + mean)
residual_turned_round = coding(by_distance, lambda x, mean: mean - x)
centroid_in_place_of_residual = coding(by_distance, lambda x, mean: mean)
furthest = coding(lambda x, level: np.linalg.norm(level - x, axis=1).argmax(), np.subtract)
by_dot_product = coding(lambda x, level: (level @ x).argmax(), np.subtract)
first_entry_only = coding(lambda x, level: abs(level - x)[:, 0].argmin(), np.subtract)


def original_minus_own_centroid(x, centroids):
    codes, seen = [], x
    for level in centroids:
        codes.append(int(by_distance(seen, level)))
        seen = x - level[codes[-1]]
    return codes


def ceiling_of_logarithms(n_items, n_codes):
    return max(math.ceil(math.log(n_items) / math.log(n_codes)), 1)


def rounded_logarithms(n_items, n_codes):
    return max(math.ceil(round(math.log(n_items, n_codes), 9)), 1)


def floor_of_logarithms(n_items, n_codes):
    return max(int(math.log(n_items, n_codes)), 1)


def levels_times_codes(n_items, n_codes):
    return math.ceil(n_items / n_codes)


def no_level_for_one(n_items, n_codes):
    levels = 0
    while n_codes**levels < n_items:
        levels += 1
    return levels


def one_too_many(n_items, n_codes):
    levels = 1
    while n_codes**levels <= n_items:
        levels += 1
    return levels


def greedy(first, second):
    return 1


def all_codes(first, second):
    return len(first)


def code_itself(first, second):
    return int((first[:, None] * second).max(axis=1).argmax()) + 1


def without_the_one_itself(first, second):
    best = (first[:, None] * second).max(axis=1).argmax()
    return int((first > first[best]).sum())


def surest_second(first, second):
    best = second.max(axis=1).argmax()
    return int((first >= first[best]).sum())


def rank_of_product(first, second):
    return int((first.argsort()[::-1] == second.max(axis=1).argsort()[::-1]).argmin()) + 1


def log_softmax(logits):
    logits = logits - logits.max()
    return logits - np.log(np.exp(logits).sum())


def not_renormalised(logits, allowed):
    return np.where(allowed, log_softmax(logits), -np.inf)


def zeroed_before(logits, allowed):
    return np.where(allowed, log_softmax(np.where(allowed, logits, 0)), -np.inf)


def overflowing(logits, allowed):
    with np.errstate(all="ignore"):
        weights = np.where(allowed, np.exp(logits), 0)
        return np.log(weights / weights.sum())


def largest_of_all_subtracted(logits, allowed):
    with np.errstate(all="ignore"):
        weights = np.where(allowed, np.exp(logits - logits.max()), 0)
        return np.log(weights / weights.sum())


def probabilities(logits, allowed):
    return np.exp(log_softmax(np.where(allowed, logits, -1e9)))


def not_minus_infinity(logits, allowed):
    return log_softmax(np.where(allowed, logits, -1e9))


def nothing_masked(logits, allowed):
    return log_softmax(logits)


WRONG_ANSWERS = {
    1: [
        no_residual,
        residual_added,
        residual_turned_round,
        centroid_in_place_of_residual,
        furthest,
        by_dot_product,
        first_entry_only,
        original_minus_own_centroid,
    ],
    2: [
        ceiling_of_logarithms,
        rounded_logarithms,
        floor_of_logarithms,
        levels_times_codes,
        no_level_for_one,
        one_too_many,
    ],
    3: [
        greedy,
        all_codes,
        code_itself,
        without_the_one_itself,
        surest_second,
        rank_of_product,
    ],
    4: [
        not_renormalised,
        zeroed_before,
        overflowing,
        largest_of_all_subtracted,
        probabilities,
        not_minus_infinity,
        nothing_masked,
    ],
}
