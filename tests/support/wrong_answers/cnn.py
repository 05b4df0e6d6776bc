"""Wrong answers to the exercises of chapter 3.1.1: each is a mistake that a reader could make."""

import numpy as np


def padded(x, w, r):
    return np.r_[np.zeros(r * (len(w) - 1)), x]


def weights_reversed(x, w, r):
    z, n = padded(x, w, r), len(w)
    return [sum(w[m] * z[t + m * r] for m in range(n)) for t in range(len(x))]


def no_dilation(x, w, r):
    return np.convolve(x, w)[: len(x)]


def centred(x, w, r):
    return np.convolve(x, w, mode="same")[: len(x)]


def without_padding(x, w, r):
    out = np.array(x, float) * w[0]
    for m in range(1, len(w)):
        out = out + w[m] * np.roll(x, m * r)
    return out


def looking_ahead(x, w, r):
    z = np.r_[x, np.zeros(r * (len(w) - 1))]
    return [sum(w[m] * z[t + m * r] for m in range(len(w))) for t in range(len(x))]


def whole_receptive_field(kernels, dilations):
    return list(range(1 + sum((k - 1) * r for k, r in zip(kernels, dilations, strict=True))))


def each_filter_alone(kernels, dilations):
    read = {0}
    for kernel, dilation in zip(kernels, dilations, strict=True):
        read |= {m * dilation for m in range(kernel)}
    return sorted(read)


def first_kernel_for_all(kernels, dilations):
    read = {0}
    for dilation in dilations:
        read = {at + m * dilation for at in read for m in range(kernels[0])}
    return sorted(read)


def dilation_forgotten(kernels, dilations):
    return list(range(1 + sum(k - 1 for k in kernels)))


def named_several_times(kernels, dilations):
    read = [0]
    for kernel, dilation in zip(kernels, dilations, strict=True):
        read = [at + m * dilation for at in read for m in range(kernel)]
    return sorted(read)


def one_more_than_the_kernel(kernels, dilations):
    read = {0}
    for kernel, dilation in zip(kernels, dilations, strict=True):
        read = {at + m * dilation for at in read for m in range(kernel + 1)}
    return sorted(read)


def last_item_left_out(kernels, dilations):
    read = {0}
    for kernel, dilation in zip(kernels, dilations, strict=True):
        read = {at + m * dilation for at in read for m in range(kernel)}
    return sorted(read - {0})


def depth_without_dilation(n, kernel):
    return -(-(n - 1) // (kernel - 1))


def always_powers_of_two(n, kernel):
    return int(np.ceil(np.log2(n)))


def one_too_many(n, kernel):
    depth = 0
    while 1 + (kernel - 1) * (2**depth - 1) <= n:
        depth += 1
    return depth


def one_item_forgotten(n, kernel):
    depth = 0
    while (kernel - 1) * (2**depth - 1) < n:
        depth += 1
    return depth


def horizontal_over(E, horizontal):
    rows = len(horizontal)
    return [np.sum(E[at : at + rows] * horizontal) for at in range(len(E) - rows + 1)]


def summed_over_places(E, horizontal, vertical):
    return np.r_[max(sum(horizontal_over(E, horizontal)), 0), vertical @ E]


def not_cut_at_zero(E, horizontal, vertical):
    return np.r_[max(horizontal_over(E, horizontal)), vertical @ E]


def vertical_cut_too(E, horizontal, vertical):
    return np.maximum(not_cut_at_zero(E, horizontal, vertical), 0)


def last_place_only(E, horizontal, vertical):
    return np.r_[max(horizontal_over(E, horizontal)[-1], 0), vertical @ E]


def last_place_missed(E, horizontal, vertical):
    found = horizontal_over(E, horizontal)
    return np.r_[max([*found[:-1], 0]), vertical @ E]


def sequence_run_through_itself(x, w, r):
    out = np.array(x, float)
    for t in range(len(out)):
        out[t] = sum(w[m] * out[t - m * r] for m in range(len(w)) if t >= m * r)
    return out


def in_whole_numbers(x, w, r):
    out = np.zeros_like(x)
    for t in range(len(x)):
        out[t] = sum(w[m] * x[t - m * r] for m in range(len(w)) if t >= m * r)
    return out


def negative_outputs_cut(x, w, r):
    found = [sum(w[m] * x[t - m * r] for m in range(len(w)) if t >= m * r) for t in range(len(x))]
    return np.maximum(found, 0)


def every_step_of_the_smallest_dilation(kernels, dilations):
    reach = 1 + sum((k - 1) * r for k, r in zip(kernels, dilations, strict=True))
    return list(range(0, reach, min([*dilations, reach])))


def in_the_order_found(kernels, dilations):
    read = [0]
    for kernel, dilation in zip(kernels, dilations, strict=True):
        read = list(dict.fromkeys(at + m * dilation for at in read for m in range(kernel)))
    return read


def logarithm_rounded(n, kernel):
    return round(np.log2((n - 1) / (kernel - 1) + 1))


def at_least_one_filter(n, kernel):
    return max(1, int(np.ceil(np.log2((n - 1) / (kernel - 1) + 1))))


def nothing(*arguments):
    return []


def hanging_over_the_end(E, horizontal, vertical):
    below = np.r_[E, np.zeros((len(horizontal) - 1, E.shape[1]))]
    return np.r_[max(0, *horizontal_over(below, horizontal)), vertical @ E]


def products_cut_one_by_one(E, horizontal, vertical):
    places = range(len(E) - len(horizontal) + 1)
    over = [np.maximum(E[at : at + len(horizontal)] * horizontal, 0).sum() for at in places]
    return np.r_[max(over), vertical @ E]


def as_a_row(E, horizontal, vertical):
    return np.r_[max(0, *horizontal_over(E, horizontal)), vertical @ E][None]


WRONG_ANSWERS = {
    1: [
        weights_reversed,
        no_dilation,
        centred,
        without_padding,
        looking_ahead,
        sequence_run_through_itself,
        in_whole_numbers,
        negative_outputs_cut,
    ],
    2: [
        whole_receptive_field,
        each_filter_alone,
        first_kernel_for_all,
        dilation_forgotten,
        named_several_times,
        one_more_than_the_kernel,
        last_item_left_out,
        every_step_of_the_smallest_dilation,
        in_the_order_found,
    ],
    3: [
        depth_without_dilation,
        always_powers_of_two,
        one_too_many,
        one_item_forgotten,
        logarithm_rounded,
        at_least_one_filter,
        nothing,
    ],
    4: [
        summed_over_places,
        not_cut_at_zero,
        vertical_cut_too,
        last_place_only,
        last_place_missed,
        hanging_over_the_end,
        products_cut_one_by_one,
        as_a_row,
    ],
}
