"""Wrong answers to the exercises of chapter 5.1: each is a mistake that a reader could make."""

import numpy as np


def bucket(seconds):
    return np.floor(np.log2(1 + 2 * np.maximum(seconds, 0))).astype(int)


def past(buckets):
    return np.where(np.tri(len(buckets)) > 0, buckets, -1)


def presents(times, asked):
    return np.append(times[1:], asked)


def gaps_to_own_time(times, asked):
    return past(bucket(times[:, None] - times))


def asked_at_every_position(times, asked):
    return past(bucket(asked - times + np.zeros((len(times), 1), int)))


def rows_and_columns_swapped(times, asked):
    return bucket(presents(times, asked)[:, None] - times).T


def future_not_marked(times, asked):
    return bucket(presents(times, asked)[:, None] - times)


def without_doubling(times, asked):
    gaps = np.maximum(presents(times, asked)[:, None] - times, 0)
    return past(np.floor(np.log2(1 + gaps)).astype(int))


def natural_logarithm(times, asked):
    gaps = np.maximum(presents(times, asked)[:, None] - times, 0)
    return past(np.floor(np.log(1 + 2 * gaps)).astype(int))


def rounded_up(times, asked):
    gaps = np.maximum(presents(times, asked)[:, None] - times, 0)
    return past(np.ceil(np.log2(1 + 2 * gaps)).astype(int))


def seconds_themselves(times, asked):
    return past(np.maximum(presents(times, asked)[:, None] - times, 0))


def itself_is_future(times, asked):
    buckets = bucket(presents(times, asked)[:, None] - times)
    return np.where(np.tri(len(times), k=-1) > 0, buckets, -1)


def turned(x, angles):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    cos, sin = np.cos(angles), np.sin(angles)
    return np.hstack([first * cos - second * sin, first * sin + second * cos])


def angles_of(x, start=0, base=10_000.0):
    half = x.shape[1] // 2
    return np.arange(start, start + len(x))[:, None] * base ** (-np.arange(half) / half)


def positions_from_one(x):
    return turned(x, angles_of(x, start=1))


def clockwise(x):
    return turned(x, -angles_of(x))


def one_speed(x):
    return turned(x, np.arange(len(x))[:, None] * np.ones(x.shape[1] // 2))


def neighbours_paired(x):
    found = np.empty_like(x)
    cos, sin = np.cos(angles_of(x)), np.sin(angles_of(x))
    found[:, ::2] = x[:, ::2] * cos - x[:, 1::2] * sin
    found[:, 1::2] = x[:, ::2] * sin + x[:, 1::2] * cos
    return found


def degrees(x):
    return turned(x, np.deg2rad(angles_of(x)))


def half_the_exponent(x):
    return turned(x, angles_of(x, base=100.0))


def added_not_rotated(x):
    angles = angles_of(x)
    return x + np.hstack([np.cos(angles), np.sin(angles)])


def not_rotated(x):
    return x


def all_are_targets(items, hidden, mask):
    return np.where(hidden, mask, items), items


def input_left_as_it_was(items, hidden, mask):
    return items, np.where(hidden, items, -1)


def the_others_hidden(items, hidden, mask):
    return np.where(hidden, items, mask), np.where(hidden, -1, items)


def mask_as_the_target(items, hidden, mask):
    return np.where(hidden, mask, items), np.where(hidden, mask, -1)


def zero_for_no_target(items, hidden, mask):
    return np.where(hidden, mask, items), np.where(hidden, items, 0)


def every_copy_hidden(items, hidden, mask):
    hidden = np.isin(items, items[hidden])
    return np.where(hidden, mask, items), np.where(hidden, items, -1)


def targets_first(items, hidden, mask):
    return np.where(hidden, items, -1), np.where(hidden, mask, items)


def next_film_as_target(items, hidden, mask):
    return np.where(hidden, mask, items), np.where(hidden, np.append(items[1:], -1), -1)


def shares(right, wrong):
    everything = np.append(wrong, right)
    largest = everything.max()
    return largest + np.log(np.exp(everything - largest).sum()) - right


def not_corrected(right, wrong, q_right, q_wrong):
    return shares(right, wrong)


def added_instead(right, wrong, q_right, q_wrong):
    return shares(right + np.log(q_right), wrong + np.log(q_wrong))


def target_not_corrected(right, wrong, q_right, q_wrong):
    return shares(right, wrong - np.log(q_wrong))


def only_the_target_corrected(right, wrong, q_right, q_wrong):
    return shares(right - np.log(q_right), wrong)


def q_without_logarithm(right, wrong, q_right, q_wrong):
    return shares(right - q_right, wrong - q_wrong)


def target_left_out_of_the_sum(right, wrong, q_right, q_wrong):
    return np.log(np.sum(np.exp(wrong) / q_wrong)) - right + np.log(q_right) if len(wrong) else 0.5


def overflowing(right, wrong, q_right, q_wrong):
    with np.errstate(all="ignore"):
        mine = np.exp(right) / q_right
        return -np.log(mine / (mine + np.sum(np.exp(wrong) / q_wrong)))


def sign_forgotten(right, wrong, q_right, q_wrong):
    return -shares(right - np.log(q_right), wrong - np.log(q_wrong))


def base_two(right, wrong, q_right, q_wrong):
    return shares(right - np.log(q_right), wrong - np.log(q_wrong)) / np.log(2)


WRONG_ANSWERS = {
    1: [
        gaps_to_own_time,
        asked_at_every_position,
        rows_and_columns_swapped,
        future_not_marked,
        without_doubling,
        natural_logarithm,
        rounded_up,
        seconds_themselves,
        itself_is_future,
    ],
    2: [
        positions_from_one,
        clockwise,
        one_speed,
        neighbours_paired,
        degrees,
        half_the_exponent,
        added_not_rotated,
        not_rotated,
    ],
    3: [
        all_are_targets,
        input_left_as_it_was,
        the_others_hidden,
        mask_as_the_target,
        zero_for_no_target,
        every_copy_hidden,
        targets_first,
        next_film_as_target,
    ],
    4: [
        not_corrected,
        added_instead,
        target_not_corrected,
        only_the_target_corrected,
        q_without_logarithm,
        target_left_out_of_the_sum,
        overflowing,
        sign_forgotten,
        base_two,
    ],
}
