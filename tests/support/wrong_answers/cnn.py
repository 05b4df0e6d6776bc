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


WRONG_ANSWERS = {
    1: [weights_reversed, no_dilation, centred, without_padding, looking_ahead],
    2: [
        whole_receptive_field,
        each_filter_alone,
        first_kernel_for_all,
        dilation_forgotten,
        named_several_times,
        one_more_than_the_kernel,
        last_item_left_out,
    ],
    3: [depth_without_dilation, always_powers_of_two, one_too_many, one_item_forgotten],
    4: [
        summed_over_places,
        not_cut_at_zero,
        vertical_cut_too,
        last_place_only,
        last_place_missed,
    ],
}
