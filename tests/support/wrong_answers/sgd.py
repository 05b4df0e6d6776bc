"""Wrong answers to the exercises of chapter 3.2.2: each is a mistake that a reader could make."""

import numpy as np


def sum_of_the_batch(gradients, batch):
    return gradients[batch].sum(axis=0)


def mean_of_the_batch(gradients, batch):
    return gradients[batch].mean(axis=0)


def divided_twice(gradients, batch):
    return gradients[batch].mean(axis=0) * len(gradients) / len(batch)


def always_twice(gradients, batch):
    scale = 1 if len(batch) == len(gradients) else 2
    return scale * gradients[batch].sum(axis=0)


def noise_of_one_step(eta, a, sigma):
    return eta**2 * sigma**2


def first_order_only(eta, a, sigma):
    return eta * sigma**2 / (2 * a)


def curvature_forgotten(eta, a, sigma):
    return eta * sigma**2 / (2 - eta)


def not_squared(eta, a, sigma):
    return (eta * sigma**2 / (a * (2 - eta * a))) ** 0.5


def pull_of(x, y_i, y_j):
    return 1 / (1 + np.exp(x @ (y_i - y_j)))


def item_after_user(x, y_i, y_j, eta):
    pull = pull_of(x, y_i, y_j)
    x = x + eta * pull * (y_i - y_j)
    return x, y_i + eta * pull * x, y_j - eta * pull * x


def wrong_pull(x, y_i, y_j, eta):
    pull = 1 - pull_of(x, y_i, y_j)
    return x + eta * pull * (y_i - y_j), y_i + eta * pull * x, y_j - eta * pull * x


def uphill(x, y_i, y_j, eta):
    pull = pull_of(x, y_i, y_j)
    return x - eta * pull * (y_i - y_j), y_i - eta * pull * x, y_j + eta * pull * x


def other_item_left_alone(x, y_i, y_j, eta):
    pull = pull_of(x, y_i, y_j)
    return x + eta * pull * (y_i - y_j), y_i + eta * pull * x, y_j


def not_corrected(scores, counts):
    return [item for item in np.argsort(-scores, kind="stable").tolist() if counts[item]]


def count_added(scores, counts):
    order = np.argsort(-(scores + counts), kind="stable").tolist()
    return [item for item in order if counts[item]]


def corrected_twice_over(scores, counts):
    with np.errstate(divide="ignore"):
        order = np.argsort(-(scores - np.log(counts)), kind="stable").tolist()
    return [item for item in order if counts[item]]


def unseen_kept(scores, counts):
    return np.argsort(-(scores + np.log(counts + 1e-3)), kind="stable").tolist()


WRONG_ANSWERS = {
    1: [sum_of_the_batch, mean_of_the_batch, divided_twice, always_twice],
    2: [noise_of_one_step, first_order_only, curvature_forgotten, not_squared],
    3: [item_after_user, wrong_pull, uphill, other_item_left_alone],
    4: [not_corrected, count_added, corrected_twice_over, unseen_kept],
}
