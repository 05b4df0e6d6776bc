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


def kernels_added(kernels, dilations):
    return sum(kernels) or 1


def starting_at_zero(kernels, dilations):
    return sum((k - 1) * r for k, r in zip(kernels, dilations, strict=True))


def whole_kernels(kernels, dilations):
    return 1 + sum(k * r for k, r in zip(kernels, dilations, strict=True))


def dilation_forgotten(kernels, dilations):
    return 1 + sum(k - 1 for k in kernels)


def first_kernel_for_all(kernels, dilations):
    return 1 + sum((kernels[0] - 1) * r for r in dilations) if kernels else 1


def kernels_multiplied(kernels, dilations):
    return int(np.prod([(k - 1) * r + 1 for k, r in zip(kernels, dilations, strict=True)]))


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
        kernels_added,
        starting_at_zero,
        whole_kernels,
        dilation_forgotten,
        first_kernel_for_all,
        kernels_multiplied,
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
