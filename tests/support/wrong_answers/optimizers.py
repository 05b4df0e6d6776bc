"""Wrong answers to the exercises of chapter 5.3: each is a mistake that a reader could make."""

import math

import numpy as np

TINY = 1e-16


def root(s):
    return np.sqrt(s + TINY)[:, None]


def divided_before_adding(theta, g, s, eta):
    return theta - eta * g / root(s), s + (g**2).mean(axis=1)


def uphill(theta, g, s, eta):
    s = s + (g**2).mean(axis=1)
    return theta + eta * g / root(s), s


def without_the_root(theta, g, s, eta):
    s = s + (g**2).mean(axis=1)
    return theta - eta * g / (s + TINY)[:, None], s


def sum_of_the_squares(theta, g, s, eta):
    s = s + (g**2).sum(axis=1)
    return theta - eta * g / root(s), s


def square_of_the_mean(theta, g, s, eta):
    s = s + g.mean(axis=1) ** 2
    return theta - eta * g / root(s), s


def sum_replaced(theta, g, s, eta):
    s = (g**2).mean(axis=1)
    return theta - eta * g / root(s), s


def sum_as_in_keras(theta, g, s, eta):
    s = s + 0.1 + (g**2).mean(axis=1)
    return theta - eta * g / root(s), s


def one_sum_for_all(theta, g, s, eta):
    s = s + (g**2).mean()
    return theta - eta * g / root(s), s


def a_sum_for_each_entry(theta, g, s, eta):
    squares = s[:, None] + g**2
    return theta - eta * g / np.sqrt(squares + TINY), squares.mean(axis=1)


def zero_by_zero(theta, g, s, eta):
    s = s + (g**2).mean(axis=1)
    with np.errstate(invalid="ignore"):
        return theta - eta * g / np.sqrt(s)[:, None], s


def not_squared(g, start):
    return max(math.ceil(start / abs(g)), 1)


def sign_kept(g, start):
    return math.ceil(start / (g * abs(g)))


def one_too_few(g, start):
    return math.floor(start / g**2)


def one_too_many_at_a_multiple(g, start):
    return int(start / g**2) + 1


def never_at_least_one(g, start):
    return math.ceil(start / g**2)


def root_of_the_start(g, start):
    return max(math.ceil(math.sqrt(start) / abs(g)), 1)


def one_step_only(beta_1, beta_2):
    return (1 - beta_1) / math.sqrt(1 - beta_2)


def without_the_first_step(beta_1, beta_2):
    ratio = beta_1 / math.sqrt(beta_2)
    return (1 - beta_1) / math.sqrt(1 - beta_2) * ratio / (1 - ratio)


def a_thousand_steps_of_m_alone(beta_1, beta_2):
    first = (1 - beta_1) / math.sqrt(1 - beta_2)
    return first * sum(beta_1**step for step in range(1000))


def length_that_does_not_fade(beta_1, beta_2):
    return 1 / math.sqrt(1 - beta_2)


def no_root(beta_1, beta_2):
    return (1 - beta_1) / (1 - beta_2) / (1 - beta_1 / beta_2)


def corrected_as_at_the_start(beta_1, beta_2):
    return 1 / (1 - beta_1 / math.sqrt(beta_2))


def swapped(touched):
    lazy, dense = right(touched)
    return dense, lazy


def right(touched):
    return touched.sum(axis=1), (np.cumsum(touched, axis=0) > 0).sum(axis=1)


def all_rows_always(touched):
    return touched.sum(axis=1), np.full(len(touched), touched.shape[1])


def steps_of_each_row(touched):
    return touched.sum(axis=0), (np.cumsum(touched, axis=0) > 0).sum(axis=0)


def counted_twice(touched):
    return touched.sum(axis=1), np.cumsum(touched.sum(axis=1))


def dense_counts_from_the_next_step(touched):
    earlier = np.cumsum(touched, axis=0) - touched
    return touched.sum(axis=1), (earlier > 0).sum(axis=1)


def only_the_step_before(touched):
    before = np.vstack([touched[:1] & False, touched[:-1]])
    return touched.sum(axis=1), (touched | before).sum(axis=1)


def mean_over_the_gradients_there(theta, g, s, eta):
    s = s + (g**2).sum(axis=1) / np.maximum((g != 0).sum(axis=1), 1)
    return theta - eta * g / root(s), s


def rounded(g, start):
    return max(1, round(start / g**2))


def nothing(*arguments):
    return []


def no_more_than_all_films(touched):
    now = touched.sum(axis=1)
    return now, np.minimum(np.cumsum(now), touched.shape[1])


WRONG_ANSWERS = {
    1: [
        divided_before_adding,
        uphill,
        without_the_root,
        sum_of_the_squares,
        square_of_the_mean,
        sum_replaced,
        sum_as_in_keras,
        one_sum_for_all,
        a_sum_for_each_entry,
        zero_by_zero,
        mean_over_the_gradients_there,
    ],
    2: [
        not_squared,
        sign_kept,
        one_too_few,
        one_too_many_at_a_multiple,
        never_at_least_one,
        root_of_the_start,
        rounded,
    ],
    3: [
        one_step_only,
        without_the_first_step,
        a_thousand_steps_of_m_alone,
        length_that_does_not_fade,
        no_root,
        corrected_as_at_the_start,
        nothing,
    ],
    4: [
        swapped,
        all_rows_always,
        steps_of_each_row,
        counted_twice,
        dense_counts_from_the_next_step,
        only_the_step_before,
        no_more_than_all_films,
    ],
}
