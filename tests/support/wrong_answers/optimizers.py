"""Wrong answers to the exercises of chapter 5.3: each is a mistake that a reader could make."""

import math

import numpy as np

TINY = 1e-16


def divided_before_adding(theta, g, s, eta):
    return theta - eta * g / np.sqrt(s + TINY), s + g**2


def uphill(theta, g, s, eta):
    return theta + eta * g / np.sqrt(s + g**2 + TINY), s + g**2


def without_the_root(theta, g, s, eta):
    return theta - eta * g / (s + g**2 + TINY), s + g**2


def sum_of_gradients(theta, g, s, eta):
    return theta - eta * g / np.sqrt((s + g) ** 2 + TINY), s + g


def sum_replaced(theta, g, s, eta):
    return theta - eta * g / np.sqrt(g**2 + TINY), g**2


def sum_as_in_keras(theta, g, s, eta):
    return theta - eta * g / np.sqrt(s + 0.1 + g**2), s + 0.1 + g**2


def length_of_all_together(theta, g, s, eta):
    return theta - eta * g / np.sqrt((s + g**2).sum() + TINY), s + g**2


def zero_by_zero(theta, g, s, eta):
    with np.errstate(invalid="ignore"):
        return theta - eta * g / np.sqrt(s + g**2), s + g**2


def not_squared(g, start):
    return max(math.ceil(start / abs(g)), 1)


def sign_kept(g, start):
    return math.ceil(start / (g * abs(g)))


def one_too_few(g, start):
    return math.floor(start / g**2)


def root_of_the_start(g, start):
    return max(math.ceil(math.sqrt(start) / abs(g)), 1)


def one_step_only(beta_1, beta_2):
    return (1 - beta_1) / math.sqrt(1 - beta_2)


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


def only_the_step_before(touched):
    before = np.vstack([touched[:1] & False, touched[:-1]])
    return touched.sum(axis=1), (touched | before).sum(axis=1)


WRONG_ANSWERS = {
    1: [
        divided_before_adding,
        uphill,
        without_the_root,
        sum_of_gradients,
        sum_replaced,
        sum_as_in_keras,
        length_of_all_together,
        zero_by_zero,
    ],
    2: [not_squared, sign_kept, one_too_few, root_of_the_start],
    3: [one_step_only, length_that_does_not_fade, no_root, corrected_as_at_the_start],
    4: [
        swapped,
        all_rows_always,
        steps_of_each_row,
        counted_twice,
        only_the_step_before,
    ],
}
