"""Wrong answers to the exercises of chapter 4: each is a mistake that a reader could make."""

import numpy as np


def full_windows_only(history, width):
    return [(history[i - width : i], history[i]) for i in range(width, len(history))]


def last_window_only(history, width):
    return [(history[-width - 1 : -1], history[-1])]


def the_answer_in_the_window(history, width):
    return [(history[max(i - width, 0) : i + 1], history[i]) for i in range(1, len(history))]


def one_position_too_late(history, width):
    return [(history[max(i - width, 0) : i], history[i]) for i in range(2, len(history))]


def everything_before(history, width):
    return [(history[:i], history[i]) for i in range(1, len(history))]


def newest_first(history, width):
    return full_windows(history, width)[::-1]


def full_windows(history, width):
    return [(history[max(i - width, 0) : i], history[i]) for i in range(1, len(history))]


def first_film_too(history, width):
    return [(history[max(i - width, 0) : i], history[i]) for i in range(len(history))]


def a_slice_that_starts_below_zero(history, width):
    return [(history[i - width : i], history[i]) for i in range(1, len(history))]


def one_film_too_few(history, width):
    return [(history[max(i - width + 1, 0) : i], history[i]) for i in range(1, len(history))]


def padded_to_full_width(history, width):
    pairs = full_windows(history, width)
    return [([0] * (width - len(window)) + window, film) for window, film in pairs]


def each_film_once(history, width):
    return [(list(dict.fromkeys(window)), film) for window, film in full_windows(history, width)]


def always_the_last_film(history, width):
    return [(window, history[-1]) for window, _ in full_windows(history, width)]


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


def clipped_probabilities(right, wrong):
    def likely(score):
        return np.clip(1 / (1 + np.exp(-np.clip(score, -500, 500))), 1e-7, 1 - 1e-7)

    return -np.log(likely(right)) - np.log(1 - likely(wrong)).mean()


def hardest_negative_only(right, wrong):
    return np.logaddexp(0, -right) + np.logaddexp(0, wrong.max())


def pairs_as_in_bpr(right, wrong):
    return np.logaddexp(0, wrong - right).mean()


def bits_instead_of_nats(right, wrong):
    return (np.logaddexp(0, -right) + np.logaddexp(0, wrong).mean()) / np.log(2)


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


def text_only_where_the_id_is_unknown(state, ids, known, text):
    if text is None:
        return np.where(known, ids @ state, -np.inf)
    return np.where(known[:, None], ids, text) @ state


def text_left_out_with_the_id(state, ids, known, text):
    vectors = ids if text is None else ids + text
    return (vectors * known[:, None]) @ state


def unknown_items_at_zero_score_too(state, ids, known, text):
    return np.where(known, ids @ state, 0) + (0 if text is None else text @ state)


def known_items_ruled_out(state, ids, known, text):
    by_id = np.where(known[:, None], ids, 0)
    if text is None:
        return np.where(known, -np.inf, by_id @ state)
    return (by_id + text) @ state


def windows_side_by_side(history, width):
    starts = range(0, len(history) - width, width)
    return [(history[at : at + width], history[at + width]) for at in starts]


def a_label_at_every_position(history, width):
    return [(window, [*window[1:], film]) for window, film in full_windows(history, width)]


def cut_by_value(history, width):
    places = [history.index(film) for film in history[1:]]
    return [(history[max(at - width, 0) : at], history[at]) for at in places]


def mean_of_the_scores(right, wrong):
    return np.logaddexp(0, -right) + np.logaddexp(0, np.mean(wrong))


def nothing(*arguments):
    return []


def one_loss_for_each_sampled_film(right, wrong):
    return np.logaddexp(0, -right) + np.logaddexp(0, wrong)


def unknown_films_dropped(state, ids, known, text):
    return ids[known] @ state if text is None else (ids * known[:, None] + text) @ state


def a_large_negative_score(state, ids, known, text):
    if text is None:
        return np.where(known, ids @ state, -1e9)
    return (ids * known[:, None] + text) @ state


WRONG_ANSWERS = {
    1: [
        full_windows_only,
        last_window_only,
        the_answer_in_the_window,
        one_position_too_late,
        everything_before,
        newest_first,
        first_film_too,
        a_slice_that_starts_below_zero,
        one_film_too_few,
        padded_to_full_width,
        each_film_once,
        always_the_last_film,
        windows_side_by_side,
        a_label_at_every_position,
        cut_by_value,
    ],
    2: [
        negatives_summed,
        signs_swapped,
        one_mean_over_all,
        right_item_only,
        overflowing,
        softmax_instead,
        clipped_probabilities,
        hardest_negative_only,
        pairs_as_in_bpr,
        bits_instead_of_nats,
        mean_of_the_scores,
        one_loss_for_each_sampled_film,
        nothing,
    ],
    3: [
        ids_of_unknown_items_kept,
        text_alone,
        unknown_items_at_zero,
        unknown_items_never,
        text_only_where_the_id_is_unknown,
        text_left_out_with_the_id,
        unknown_items_at_zero_score_too,
        known_items_ruled_out,
        unknown_films_dropped,
        a_large_negative_score,
    ],
}
