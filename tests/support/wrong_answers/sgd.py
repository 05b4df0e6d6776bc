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


def length_for_the_number(gradients, batch):
    return gradients[batch].sum(axis=0) / len(batch) * len(gradients[0])


def all_gradients_at_once(gradients, batch):
    return gradients.sum(axis=0)


def momentum_forgotten(eta, mu, a, tau):
    return eta * tau**2 / (a * (2 - eta * a))


def longer_rate_in_the_old_formula(eta, mu, a, tau):
    return momentum_forgotten(eta / (1 - mu), 0, a, tau)


def small_rates_only(eta, mu, a, tau):
    return eta * tau**2 / (2 * a * (1 - mu))


def steps_independent(eta, mu, a, tau):
    phi = 1 + mu - eta * a
    kept = phi**2 + mu**2 - 2 * phi * mu  # as if θ and the θ before were equal
    return eta**2 * tau**2 / (1 - kept)


def cross_term_forgotten(eta, mu, a, tau):
    phi = 1 + mu - eta * a
    return eta**2 * tau**2 / (1 - phi**2 - mu**2)


def not_squared(eta, mu, a, tau):
    v = (1 + mu) * eta * tau**2 / ((1 - mu) * a * (2 * (1 + mu) - eta * a))
    return v**0.5


def curvature_forgotten(eta, mu, a, tau):
    return (1 + mu) * eta * tau**2 / ((1 - mu) * (2 * (1 + mu) - eta))


def noise_not_squared(eta, mu, a, tau):
    return (1 + mu) * eta * tau / ((1 - mu) * a * (2 * (1 + mu) - eta * a))


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


def without_a_pull(x, y_i, y_j, eta):
    return x + eta * (y_i - y_j), y_i + eta * x, y_j - eta * x


def squared_loss(x, y_i, y_j, eta):
    m = x @ (y_i - y_j)
    return x + eta * (1 - m) * (y_i - y_j), y_i + eta * (1 - m) * x, y_j - eta * (1 - m) * x


def films_swapped(x, y_i, y_j, eta):
    moved, of_j, of_i = item_after_user(x, y_j, y_i, eta)
    return moved, of_i, of_j


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


def least_likely_first(scores, counts):
    known = np.flatnonzero(counts)
    return known[np.argsort(scores[known] + np.log(counts[known]), kind="stable")]


def positions_among_the_known(scores, counts):
    known = np.flatnonzero(counts)
    return np.argsort(-(scores[known] + np.log(counts[known])), kind="stable")


def each_example_once(gradients, batch):
    return len(gradients) * gradients[np.unique(batch)].mean(axis=0)


def as_a_row(gradients, batch):
    return len(gradients) * gradients[batch].mean(axis=0, keepdims=True)


def nothing(*arguments):
    return []


def rate_over_one_minus_mu(eta, mu, a, tau):
    longer = eta / (1 - mu)
    return longer * tau**2 / (a * (2 - longer * a))


def only_what_changed(x, y_i, y_j, eta):
    pull = 1 / (1 + np.exp(x @ (y_i - y_j)))
    return eta * pull * (y_i - y_j), eta * pull * x, -eta * pull * x


def single_rows_left_out(scores, counts):
    known = np.flatnonzero(counts > 1)
    return known[np.argsort(-(scores[known] + np.log(counts[known])), kind="stable")]


WRONG_ANSWERS = {
    1: [
        sum_of_the_batch,
        mean_of_the_batch,
        divided_twice,
        always_twice,
        length_for_the_number,
        all_gradients_at_once,
        each_example_once,
        as_a_row,
    ],
    2: [
        momentum_forgotten,
        longer_rate_in_the_old_formula,
        small_rates_only,
        steps_independent,
        cross_term_forgotten,
        not_squared,
        curvature_forgotten,
        noise_not_squared,
        nothing,
        rate_over_one_minus_mu,
    ],
    3: [
        item_after_user,
        wrong_pull,
        uphill,
        other_item_left_alone,
        without_a_pull,
        squared_loss,
        films_swapped,
        only_what_changed,
    ],
    4: [
        not_corrected,
        count_added,
        corrected_twice_over,
        unseen_kept,
        least_likely_first,
        positions_among_the_known,
        single_rows_left_out,
    ],
}
