"""Wrong answers to the exercises of chapter 3.1.3: each is a mistake that a reader could make."""

import numpy as np


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def masked(logits, below=0):
    return np.where(np.tri(len(logits), k=below) > 0, logits, -1e9)


def no_mask(q, k, v):
    return softmax(q @ k.T / np.sqrt(q.shape[1])) @ v


def no_scale(q, k, v):
    return softmax(masked(q @ k.T)) @ v


def divided_by_d(q, k, v):
    return softmax(masked(q @ k.T / q.shape[1])) @ v


def divided_by_the_length(q, k, v):
    return softmax(masked(q @ k.T / np.sqrt(len(q)))) @ v


def only_strictly_earlier(q, k, v):
    return softmax(masked(q @ k.T / np.sqrt(q.shape[1]), below=-1)) @ v


def future_instead_of_past(q, k, v):
    logits = q @ k.T / np.sqrt(q.shape[1])
    return softmax(np.where(np.tri(len(q)).T > 0, logits, -1e9)) @ v


def columns_normalised(q, k, v):
    weights = np.exp(masked(q @ k.T / np.sqrt(q.shape[1])))
    return weights / np.maximum(weights.sum(axis=0), 1e-300) @ v


def masked_after_the_softmax(q, k, v):
    return np.tril(softmax(q @ k.T / np.sqrt(q.shape[1]))) @ v


def masked_with_zero(q, k, v):
    return softmax(np.tril(q @ k.T / np.sqrt(q.shape[1]))) @ v


def queries_and_keys_swapped(q, k, v):
    return softmax(masked(k @ q.T / np.sqrt(q.shape[1]))) @ v


def even_over_all(length):
    return np.full((length, length), 1 / length)


def ones_of_the_past(length):
    return np.tril(np.ones((length, length)))


def upside_down(length):
    return np.tril(np.ones((length, length))).T / np.arange(length, 0, -1)[:, None]


def even_over_all_then_masked(length):
    return np.tril(np.full((length, length), 1 / length))


def only_itself(length):
    return np.eye(length)


def one_product_of_pairs(length, d):
    return length**2 * d, 12 * length * d**2


def merge_forgotten(length, d):
    return 2 * length**2 * d, 11 * length * d**2


def feed_forward_not_wider(length, d):
    return 2 * length**2 * d, 6 * length * d**2


def places_squared(length, d):
    return 2 * length**2 * d, 12 * length**2 * d**2


def pairs_without_d(length, d):
    return 2 * length**2, 12 * length * d**2


def past_pairs_only(length, d):
    return length * (length + 1) * d, 12 * length * d**2


def last_column(states, lengths):
    return states[:, -1]


def one_too_far(states, lengths):
    return states[np.arange(len(states)), np.minimum(lengths, states.shape[1] - 1)]


def place_of_the_longest(states, lengths):
    return states[:, max(lengths) - 1]


def counted_from_the_end(states, lengths):
    return states[np.arange(len(states)), -lengths]


def mean_of_the_real(states, lengths):
    return np.array([state[:n].mean(axis=0) for state, n in zip(states, lengths, strict=True)])


WRONG_ANSWERS = {
    1: [
        no_mask,
        no_scale,
        divided_by_d,
        divided_by_the_length,
        only_strictly_earlier,
        future_instead_of_past,
        columns_normalised,
        masked_after_the_softmax,
        masked_with_zero,
        queries_and_keys_swapped,
    ],
    2: [
        even_over_all,
        ones_of_the_past,
        upside_down,
        even_over_all_then_masked,
        only_itself,
    ],
    3: [
        one_product_of_pairs,
        merge_forgotten,
        feed_forward_not_wider,
        places_squared,
        pairs_without_d,
        past_pairs_only,
    ],
    4: [
        last_column,
        one_too_far,
        place_of_the_longest,
        counted_from_the_end,
        mean_of_the_real,
    ],
}
