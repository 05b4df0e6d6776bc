"""Wrong answers to the exercises of chapter 4: each is a mistake that a reader could make."""

import numpy as np


def full_windows_only(history, width):
    return [(history[i - width : i], history[i]) for i in range(width, len(history))]


def last_window_only(history, width):
    return [(history[-width - 1 : -1], history[-1])]


def the_answer_in_the_window(history, width):
    return [(history[max(i - width, 0) : i + 1], history[i]) for i in range(1, len(history))]


def one_place_too_late(history, width):
    return [(history[max(i - width, 0) : i], history[i]) for i in range(2, len(history))]


def everything_before(history, width):
    return [(history[:i], history[i]) for i in range(1, len(history))]


def newest_first(history, width):
    return full_windows(history, width)[::-1]


def full_windows(history, width):
    return [(history[max(i - width, 0) : i], history[i]) for i in range(1, len(history))]


def first_film_too(history, width):
    return [(history[max(i - width, 0) : i], history[i]) for i in range(len(history))]


def negatives_summed(right, wrong):
    return np.logaddexp(0, -right) + np.logaddexp(0, wrong).sum()


def signs_swapped(right, wrong):
    return np.logaddexp(0, right) + np.logaddexp(0, -wrong).mean()


def one_mean_over_all(right, wrong):
    return np.logaddexp(0, np.r_[-right, wrong]).mean()


def right_item_only(right, wrong):
    return np.logaddexp(0, -right)


def overflowing(right, wrong):
    with np.errstate(over="ignore", divide="ignore"):
        return np.log(1 + np.exp(-right)) + np.log(1 + np.exp(wrong)).mean()


def softmax_instead(right, wrong):
    return np.logaddexp.reduce(np.r_[right, wrong]) - right


def ids_of_unknown_items_kept(state, ids, known, text):
    return (ids if text is None else ids + text) @ state


def text_alone(state, ids, known, text):
    return np.where(known, ids @ state, -np.inf) if text is None else text @ state


def unknown_items_at_zero(state, ids, known, text):
    vectors = ids * known[:, None]
    return (vectors if text is None else vectors + text) @ state


def unknown_items_never(state, ids, known, text):
    vectors = ids if text is None else ids + text
    return np.where(known, vectors @ state, -np.inf)


WRONG_ANSWERS = {
    1: [
        full_windows_only,
        last_window_only,
        the_answer_in_the_window,
        one_place_too_late,
        everything_before,
        newest_first,
        first_film_too,
    ],
    2: [
        negatives_summed,
        signs_swapped,
        one_mean_over_all,
        right_item_only,
        overflowing,
        softmax_instead,
    ],
    3: [
        ids_of_unknown_items_kept,
        text_alone,
        unknown_items_at_zero,
        unknown_items_never,
    ],
}
