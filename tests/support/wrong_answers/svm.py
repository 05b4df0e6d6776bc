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


def street_of_width_one(p, q):
    w = (p - q) / ((p - q) ** 2).sum()
    return np.append(w, -w @ (p + q) / 2)


def fence_at_the_liked_film(p, q):
    w = 2 * (p - q) / ((p - q) ** 2).sum()
    return np.append(w, -w @ p)


def hinge(scores, y):
    return np.maximum(0, 1 - y * scores)


def without_the_half(w, scores, y, C):
    return w @ w + C * hinge(scores, y).sum()


def mean_of_the_losses(w, scores, y, C):
    return w @ w / 2 + C * hinge(scores, y).mean()


def squared_losses(w, scores, y, C):
    return w @ w / 2 + C * (hinge(scores, y) ** 2).sum()


def signs_forgotten(w, scores, y, C):
    return w @ w / 2 + C * np.maximum(0, 1 - scores).sum()


def no_margin(w, scores, y, C):
    return w @ w / 2 + C * np.maximum(0, -y * scores).sum()


def not_cut_at_zero(w, scores, y, C):
    return w @ w / 2 + C * (1 - y * scores).sum()


def cost_on_the_wrong_term(w, scores, y, C):
    return C * (w @ w) / 2 + hinge(scores, y).sum()


def length_not_squared(w, scores, y, C):
    return np.linalg.norm(w) / 2 + C * hinge(scores, y).sum()


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


def no_offset(z, W, b):
    return np.sqrt(2 / W.shape[1]) * np.cos(z @ W)


def no_scale(z, W, b):
    return np.cos(z @ W + b)


def scaled_by_features(z, W, b):
    return np.sqrt(2 / W.shape[0]) * np.cos(z @ W + b)


def without_the_two(z, W, b):
    return np.sqrt(1 / W.shape[1]) * np.cos(z @ W + b)


def sine(z, W, b):
    return np.sqrt(2 / W.shape[1]) * np.sin(z @ W + b)


def transposed(z, W, b):
    return (np.sqrt(2 / W.shape[1]) * np.cos(z @ W + b)).T


WRONG_ANSWERS = {
    1: [
        not_scaled,
        unit_length,
        through_the_origin,
        turned_round,
        street_of_width_one,
        fence_at_the_liked_film,
    ],
    2: [
        without_the_half,
        mean_of_the_losses,
        squared_losses,
        signs_forgotten,
        no_margin,
        not_cut_at_zero,
        cost_on_the_wrong_term,
        length_not_squared,
    ],
    3: [
        own_counts,
        own_counts_alone,
        the_other_way_round,
        across_histories,
        yes_or_no,
        all_that_came_later,
        less_one_everywhere,
    ],
    4: [
        no_offset,
        no_scale,
        scaled_by_features,
        without_the_two,
        sine,
        transposed,
    ],
}
