"""Wrong answers to the exercises of chapter 1: each is a mistake that a reader could make."""

import numpy as np


def one_half(n_users, n_items):
    return 0.5


def as_many_row_starts_as_users(n_users, n_items):
    return (4 * n_users * n_items - 8 * n_users) / (8 * n_users * n_items)


def columns_forgotten(n_users, n_items):
    return (4 * n_users * n_items - 8 * (n_users + 1)) / (4 * n_users * n_items)


def row_starts_forgotten(n_users, n_items):
    return (4 * n_users * n_items) / (8 * n_users * n_items)


def one_start_for_each_item(n_users, n_items):
    return (4 * n_users * n_items - 8 * (n_items + 1)) / (8 * n_users * n_items)


def four_bytes_for_each_start(n_users, n_items):
    return (4 * n_users * n_items - 4 * (n_users + 1)) / (8 * n_users * n_items)


def rounded(n_users, n_items):
    return round(0.5 - (n_users + 1) / (n_users * n_items), 2)


def rows_instead_of_density(n_users, n_items):
    return (4 * n_users * n_items - 8 * (n_users + 1)) / 8


def each_user(users, times, share):
    return np.mean([share(times[users == user]) for user in np.unique(users)])


def over_pairs(users, times):
    one_user = users[1:] == users[:-1]
    return (times[1:] == times[:-1])[one_user].mean()


def across_people(users, times):
    return (times[1:] == times[:-1]).mean()


def divided_by_rows(users, times):
    return each_user(users, times, lambda t: (np.diff(t) == 0).sum() / len(t))


def single_rows_as_zero(users, times):
    return each_user(users, times, lambda t: (np.diff(t) == 0).sum() / max(len(t) - 1, 1))


def share_of_people_with_a_tie(users, times):
    return each_user(users, times, lambda t: float((np.diff(t) == 0).any()))


def repeated_times(users, times):
    return each_user(users, times, lambda t: 1 - len(np.unique(t)) / len(t))


def explained(together, history, k, scores, reason):
    scores = scores.astype(float)
    scores[list(history)] = -np.inf
    return [(int(j), int(reason(j))) for j in np.argsort(-scores, kind="stable")[:k]]


def position_as_reason(together, history, k):
    rows = together[list(history)]
    return explained(together, history, k, rows.sum(axis=0), lambda j: rows[:, j].argmax())


def reason_from_all_items(together, history, k):
    others = together - np.diag(np.diag(together))
    scores = together[list(history)].sum(axis=0)
    return explained(together, history, k, scores, lambda j: others[j].argmax())


def last_item_as_reason(together, history, k):
    scores = together[list(history)].sum(axis=0)
    return explained(together, history, k, scores, lambda j: history[-1])


def most_popular_as_reason(together, history, k):
    scores = together[list(history)].sum(axis=0)
    popular = max(history, key=lambda i: together[i, i])
    return explained(together, history, k, scores, lambda j: popular)


def largest_count_instead_of_sum(together, history, k):
    rows = together[list(history)]
    return explained(together, history, k, rows.max(axis=0), lambda j: history[rows[:, j].argmax()])


def last_item_only(together, history, k):
    scores = together[history[-1]]
    return explained(together, history, k, scores, lambda j: history[-1])


def with_the_history(together, history, k):
    rows = together[list(history)]
    best = np.argsort(-rows.sum(axis=0), kind="stable")[:k]
    return [(int(j), history[rows[:, j].argmax()]) for j in best]


def worst_first(together, history, k):
    rows = together[list(history)]
    scores = -rows.sum(axis=0)
    return explained(together, history, k, scores, lambda j: history[rows[:, j].argmax()])


def reason_first(together, history, k):
    rows = together[list(history)]
    pairs = explained(
        together, history, k, rows.sum(axis=0), lambda j: history[rows[:, j].argmax()]
    )
    return [(reason, item) for item, reason in pairs]


def items_without_reasons(together, history, k):
    scores = together[list(history)].sum(axis=0).astype(float)
    scores[list(history)] = -np.inf
    return np.argsort(-scores, kind="stable")[:k]


def changing_the_counts(together, history, k):
    together[:, list(history)] = -1
    rows = together[list(history)]
    return explained(together, history, k, rows.sum(axis=0), lambda j: history[rows[:, j].argmax()])


def whole_entries(n_users, n_items):
    return (4 * n_users * n_items - 8 * (n_users + 1)) // 8 / (n_users * n_items)


def nothing(*arguments):
    return []


def median_over_people(users, times):
    pairs = [user for user in np.unique(users) if (users == user).sum() > 1]
    return np.median([(np.diff(times[users == user]) == 0).mean() for user in pairs])


def numbered_from_one(users, times):
    pairs = [user for user in range(1, max(users) + 1) if (users == user).sum() > 1]
    return np.mean([(np.diff(times[users == user]) == 0).mean() for user in pairs])


def history_at_zero(together, history, k):
    rows = together[list(history)]
    scores = rows.sum(axis=0)
    scores[list(history)] = 0
    best = np.argsort(-scores, kind="stable")[:k]
    return [(int(j), history[rows[:, j].argmax()]) for j in best]


def cosines(together, history, k):
    norms = np.sqrt(np.diag(together))
    rows = (together / norms / norms[:, None])[list(history)]
    return explained(together, history, k, rows.sum(axis=0), lambda j: history[rows[:, j].argmax()])


WRONG_ANSWERS = {
    1: [
        one_half,
        as_many_row_starts_as_users,
        columns_forgotten,
        row_starts_forgotten,
        one_start_for_each_item,
        four_bytes_for_each_start,
        rounded,
        rows_instead_of_density,
        whole_entries,
        nothing,
    ],
    2: [
        over_pairs,
        across_people,
        divided_by_rows,
        single_rows_as_zero,
        share_of_people_with_a_tie,
        repeated_times,
        median_over_people,
        numbered_from_one,
        nothing,
    ],
    3: [
        position_as_reason,
        reason_from_all_items,
        last_item_as_reason,
        most_popular_as_reason,
        largest_count_instead_of_sum,
        last_item_only,
        with_the_history,
        worst_first,
        reason_first,
        items_without_reasons,
        changing_the_counts,
        history_at_zero,
        cosines,
    ],
}
