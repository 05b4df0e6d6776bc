"""Wrong answers to the exercises of chapter 6.3: each is a mistake that a reader could make."""

import math

import numpy as np


def gains(n):
    return 1 / np.log2(np.arange(n) + 2)


def dcg(hits):
    return (np.asarray(hits) * gains(len(hits))).sum()


def not_normalised(hits, n_relevant):
    return dcg(hits)


def divided_by_what_was_found(hits, n_relevant):
    best = dcg(sorted(hits, reverse=True))
    return dcg(hits) / best if best else 0.0


def divided_by_a_full_list(hits, n_relevant):
    return dcg(hits) / gains(len(hits)).sum()


def ideal_longer_than_the_list(hits, n_relevant):
    return dcg(hits) / gains(n_relevant).sum()


def discount_from_zero(hits, n_relevant):
    discounts = 1 / np.log2(np.maximum(np.arange(len(hits)) + 1, 2))
    best = discounts[: min(n_relevant, len(hits))].sum()
    return (np.asarray(hits) * discounts).sum() / best


def natural_logarithm(hits, n_relevant):
    discounts = 1 / np.log(np.arange(len(hits)) + 2)
    return (np.asarray(hits) * discounts).sum() / gains(min(n_relevant, len(hits))).sum()


def recall_instead(hits, n_relevant):
    return np.sum(hits) / n_relevant


def best_first(target, negatives):
    return (negatives > target).sum(), (negatives > target).sum()


def worst_twice(target, negatives):
    return (negatives >= target).sum(), (negatives >= target).sum()


def exchanged(target, negatives):
    return (negatives >= target).sum(), (negatives > target).sum()


def smaller_counted(target, negatives):
    return (negatives < target).sum(), (negatives <= target).sum()


def counted_from_one(target, negatives):
    return 1 + (negatives > target).sum(), 1 + (negatives >= target).sum()


def one_tie_at_most(target, negatives):
    above = (negatives > target).sum()
    return above, above + (negatives == target).any()


def without_propensities(same, p, clicks):
    return (same * clicks).mean(), (same * clicks).sum() / same.sum()


def all_clicks(same, p, clicks):
    return (clicks / p).mean(), (clicks / p).sum() / (1 / p).sum()


def ips_over_matching_visits(same, p, clicks):
    weights = same / p
    return (weights * clicks).sum() / same.sum(), (weights * clicks).sum() / weights.sum()


def multiplied(same, p, clicks):
    weights = same * p
    return (weights * clicks).mean(), (weights * clicks).sum() / weights.sum()


def ips_twice(same, p, clicks):
    ips = (same / p * clicks).mean()
    return ips, ips


def normalised_by_all_weights(same, p, clicks):
    weighted = (same / p * clicks).sum()
    return weighted / len(p), weighted / (1 / p).sum()


def needed(spread, d, z=1.96 + 0.84):
    return math.ceil((z * spread / d) ** 2)


def population_deviation(differences, d):
    return needed(np.std(differences), d)


def mean_not_subtracted(differences, d):
    return needed(math.sqrt(np.sum(np.square(differences)) / (len(differences) - 1)), d)


def not_squared(differences, d):
    return math.ceil((1.96 + 0.84) * np.std(differences, ddof=1) / d)


def without_power(differences, d):
    return needed(np.std(differences, ddof=1), d, z=1.96)


def rounded_down(differences, d):
    return needed(np.std(differences, ddof=1), d) - 1


def rounded_to_the_nearest(differences, d):
    return round(((1.96 + 0.84) * np.std(differences, ddof=1) / d) ** 2)


def seen_difference(differences, d):
    return needed(np.std(differences, ddof=1), abs(np.mean(differences)) or 1.0)


WRONG_ANSWERS = {
    1: [
        not_normalised,
        divided_by_what_was_found,
        divided_by_a_full_list,
        ideal_longer_than_the_list,
        discount_from_zero,
        natural_logarithm,
        recall_instead,
    ],
    2: [best_first, worst_twice, exchanged, smaller_counted, counted_from_one, one_tie_at_most],
    3: [
        without_propensities,
        all_clicks,
        ips_over_matching_visits,
        multiplied,
        ips_twice,
        normalised_by_all_weights,
    ],
    4: [
        population_deviation,
        mean_not_subtracted,
        not_squared,
        without_power,
        rounded_down,
        rounded_to_the_nearest,
        seen_difference,
    ],
}
