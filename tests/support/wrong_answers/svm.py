"""Wrong answers to the exercises of chapter 3.2.3: each is a mistake that a reader could make."""

import numpy as np


def not_scaled(p, q):
    w = p - q
    return np.append(w, -w @ (p + q) / 2)


def unit_length(p, q):
    w = (p - q) / np.linalg.norm(p - q)
    return np.append(w, -w @ (p + q) / 2)


def through_the_origin(p, q):
    return np.append(2 * (p - q) / ((p - q) ** 2).sum(), 0)


def turned_round(p, q):
    w = 2 * (q - p) / ((p - q) ** 2).sum()
    return np.append(w, 1 - w @ q)


def half_the_scores(p, q):
    w = (p - q) / ((p - q) ** 2).sum()
    return np.append(w, -w @ (p + q) / 2)


def boundary_at_the_liked_film(p, q):
    w = 2 * (p - q) / ((p - q) ** 2).sum()
    return np.append(w, -w @ p)


def distance_not_squared(p, q):
    w = 2 * (p - q) / np.linalg.norm(p - q)
    return np.append(w, 1 - w @ p)


def weights(alpha, x, y):
    return (alpha * y) @ x


def signs_forgotten(alpha, x, y, C):
    w = alpha @ x
    free = (alpha > 0) & (alpha < C)
    return np.append(w, (y - x @ w)[free].mean())


def alphas_forgotten(alpha, x, y, C):
    w = y[alpha > 0] @ x[alpha > 0]
    free = (alpha > 0) & (alpha < C)
    return np.append(w, (y - x @ w)[free].mean())


def bias_forgotten(alpha, x, y, C):
    return np.append(weights(alpha, x, y), 0)


def bias_of_all_films(alpha, x, y, C):
    w = weights(alpha, x, y)
    return np.append(w, (y - x @ w).mean())


def bias_of_the_first_film(alpha, x, y, C):
    w = weights(alpha, x, y)
    return np.append(w, y[0] - x[0] @ w)


def bias_of_all_support_vectors(alpha, x, y, C):
    w = weights(alpha, x, y)
    return np.append(w, (y - x @ w)[alpha > 0].mean())


def bias_of_the_largest_alpha(alpha, x, y, C):
    w = weights(alpha, x, y)
    top = alpha.argmax()
    return np.append(w, y[top] - x[top] @ w)


def bias_as_if_separable(alpha, x, y, C):
    w = weights(alpha, x, y)
    scores = x @ w
    return np.append(w, -(scores[y > 0].min() + scores[y < 0].max()) / 2)


def bias_with_one_for_the_sign(alpha, x, y, C):
    w = weights(alpha, x, y)
    free = (alpha > 0) & (alpha < C)
    return np.append(w, (1 - x @ w)[free].mean())


def bias_turned_round(alpha, x, y, C):
    w = weights(alpha, x, y)
    free = (alpha > 0) & (alpha < C)
    return np.append(w, (x @ w - y)[free].mean())


def bias_as_another_weight(alpha, x, y, C):  # right for liblinear, where the penalty holds b, too
    return np.append(weights(alpha, x, y), alpha @ y)


def pairs(history, ahead=1):
    return list(zip(history, history[ahead:], strict=False))


def counted(followed, n_items):
    counts = np.zeros((n_items, n_items))
    for i, j in followed:
        counts[i, j] += 1
    return counts


def own_counts(histories, user, n_items):
    return counted([pair for history in histories for pair in pairs(history)], n_items)


def own_counts_alone(histories, user, n_items):
    return counted(pairs(histories[user]), n_items)


def the_other_way_round(histories, user, n_items):
    others = [history for row, history in enumerate(histories) if row != user]
    return counted([pair for history in others for pair in pairs(history)], n_items).T


def across_histories(histories, user, n_items):
    joined = [item for row, history in enumerate(histories) if row != user for item in history]
    return counted(pairs(joined), n_items)


def yes_or_no(histories, user, n_items):
    others = [history for row, history in enumerate(histories) if row != user]
    return 1.0 * (counted([p for history in others for p in pairs(history)], n_items) > 0)


def all_that_came_later(histories, user, n_items):
    others = [history for row, history in enumerate(histories) if row != user]
    found = [p for h in others for ahead in range(1, len(h)) for p in pairs(h, ahead)]
    return counted(found, n_items)


def less_one_everywhere(histories, user, n_items):
    return np.maximum(own_counts(histories, user, n_items) - 1, 0)


def each_transition_of_a_history_once(histories, user, n_items):
    counts = np.zeros((n_items, n_items))
    for row, history in enumerate(histories):
        if row != user:
            counts[history[:-1], history[1:]] += 1
    return counts


def no_transition_to_itself(histories, user, n_items):
    counts = counted(
        [p for row, h in enumerate(histories) if row != user for p in pairs(h)], n_items
    )
    np.fill_diagonal(counts, 0)
    return counts


def features(x, directions, tau):
    return np.sqrt(2 / directions.shape[1]) * np.cos(x @ directions + tau)


def gamma_forgotten(x, normal, tau, gamma):
    return features(x, normal, tau)


def times_gamma(x, normal, tau, gamma):
    return features(x, gamma * normal, tau)


def times_the_variance(x, normal, tau, gamma):
    return features(x, 2 * gamma * normal, tau)


def times_the_root_of_gamma(x, normal, tau, gamma):
    return features(x, np.sqrt(gamma) * normal, tau)


def over_the_deviation(x, normal, tau, gamma):
    return features(x, normal / np.sqrt(2 * gamma), tau)


def gamma_on_the_offsets_too(x, normal, tau, gamma):
    return np.sqrt(2 / normal.shape[1]) * np.cos(np.sqrt(2 * gamma) * (x @ normal + tau))


def no_offset(x, normal, tau, gamma):
    return features(x, np.sqrt(2 * gamma) * normal, 0)


def no_scale(x, normal, tau, gamma):
    return np.cos(np.sqrt(2 * gamma) * x @ normal + tau)


def scaled_by_features(x, normal, tau, gamma):
    return np.sqrt(2 / normal.shape[0]) * np.cos(np.sqrt(2 * gamma) * x @ normal + tau)


def without_the_two(x, normal, tau, gamma):
    return features(x, np.sqrt(2 * gamma) * normal, tau) / np.sqrt(2)


def sine(x, normal, tau, gamma):
    return features(x, np.sqrt(2 * gamma) * normal, tau - np.pi / 2)


def transposed(x, normal, tau, gamma):
    return features(x, np.sqrt(2 * gamma) * normal, tau).T


def the_kernel_itself(x, normal, tau, gamma):
    return np.exp(-gamma * ((x[:, None] - x) ** 2).sum(axis=2))


def margin_shared_out(p, q):
    w = 2 / (p - q + (p == q)) * (p != q) / len(p)
    return np.append(w, 1 - w @ p)


def bias_first(p, q):
    w = 2 * (p - q) / ((p - q) @ (p - q))
    return np.append(1 - w @ p, w)


def bias_of_liked_films_on_the_edge(alpha, x, y, C):
    w = weights(alpha, x, y)
    free = (alpha > 0) & (alpha < C) & (y > 0)
    return np.append(w, (1 - x[free] @ w).sum() / max(free.sum(), 1))


def films_on_the_edge_alone(alpha, x, y, C):
    free = (alpha > 0) & (alpha < C)
    w = weights(alpha[free], x[free], y[free])
    return np.append(w, (y[free] - x[free] @ w).mean())


def equal_histories_left_out(histories, user, n_items):
    others = [history for history in histories if history != histories[user]]
    return counted([pair for history in others for pair in pairs(history)], n_items)


def each_own_transition_less_one(histories, user, n_items):
    own = counted(set(pairs(histories[user])), n_items)
    return own_counts(histories, user, n_items) - own


def own_transitions_set_to_zero(histories, user, n_items):
    own = counted(pairs(histories[user]), n_items)
    return np.where(own > 0, 0, own_counts(histories, user, n_items))


def shares_of_the_row(histories, user, n_items):
    others = [history for row, history in enumerate(histories) if row != user]
    counts = counted([pair for history in others for pair in pairs(history)], n_items)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def offsets_in_turns(x, normal, tau, gamma):
    return features(x, np.sqrt(2 * gamma) * normal, 2 * np.pi * tau)


WRONG_ANSWERS = {
    1: [
        not_scaled,
        unit_length,
        through_the_origin,
        turned_round,
        half_the_scores,
        boundary_at_the_liked_film,
        distance_not_squared,
        margin_shared_out,
        bias_first,
    ],
    2: [
        signs_forgotten,
        alphas_forgotten,
        bias_forgotten,
        bias_of_all_films,
        bias_of_the_first_film,
        bias_of_all_support_vectors,
        bias_of_the_largest_alpha,
        bias_as_if_separable,
        bias_with_one_for_the_sign,
        bias_turned_round,
        bias_as_another_weight,
        bias_of_liked_films_on_the_edge,
        films_on_the_edge_alone,
    ],
    3: [
        own_counts,
        own_counts_alone,
        the_other_way_round,
        across_histories,
        yes_or_no,
        all_that_came_later,
        less_one_everywhere,
        each_transition_of_a_history_once,
        no_transition_to_itself,
        equal_histories_left_out,
        each_own_transition_less_one,
        own_transitions_set_to_zero,
        shares_of_the_row,
    ],
    4: [
        gamma_forgotten,
        times_gamma,
        times_the_variance,
        times_the_root_of_gamma,
        over_the_deviation,
        gamma_on_the_offsets_too,
        no_offset,
        no_scale,
        scaled_by_features,
        without_the_two,
        sine,
        transposed,
        the_kernel_itself,
        offsets_in_turns,
    ],
}
