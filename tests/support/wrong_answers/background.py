"""Wrong answers to the exercises of chapter 1: each is a mistake that a reader could make."""

import numpy as np


def one_half(n_users, n_items):
    return 0.5


def as_many_row_starts_as_users(n_users, n_items):
    return (4 * n_users * n_items - 8 * n_users) / (8 * n_users * n_items)


def rows_instead_of_density(n_users, n_items):
    return (4 * n_users * n_items - 8 * (n_users + 1)) / 8


def across_people(users, times):
    return (times[1:] == times[:-1]).mean()


def divided_by_all_rows(users, times):
    return ((times[1:] == times[:-1]) & (users[1:] == users[:-1])).sum() / (len(users) - 1)


def with_the_history(together, history, k):
    return np.argsort(-together[history].sum(axis=0), kind="stable")[:k]


def worst_first(together, history, k):
    scores = together[history].sum(axis=0).astype(float)
    scores[history] = np.inf
    return np.argsort(scores, kind="stable")[:k]


def last_item_only(together, history, k):
    scores = together[history[-1]].astype(float)
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def changing_the_counts(together, history, k):
    together[:, history] = -1
    return np.argsort(-together[history].sum(axis=0), kind="stable")[:k]


WRONG_ANSWERS = {
    1: [one_half, as_many_row_starts_as_users, rows_instead_of_density],
    2: [across_people, divided_by_all_rows],
    3: [with_the_history, worst_first, last_item_only, changing_the_counts],
}
