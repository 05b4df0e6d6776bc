"""Wrong answers to the exercises of chapter 3.1.3: each is a mistake that a reader could make."""

import numpy as np


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def masked(logits, below=0):
    return np.where(np.tri(len(logits), k=below) > 0, logits, -1e9)


def attending(weights_of, scale=lambda q, depth: np.sqrt(depth)):
    """Make attention with several heads from what gives the weights of one."""

    def answer(q, k, v, n_heads):
        heads = zip(*(np.split(x, n_heads, axis=1) for x in (q, k, v)), strict=True)
        with np.errstate(all="ignore"):
            found = [
                weights_of(one @ two.T / scale(q, one.shape[1])) @ three
                for one, two, three in heads
            ]
        return np.hstack(found)

    answer.__name__ = weights_of.__name__
    return answer


def no_mask(logits):
    return softmax(logits)


def right(logits):
    return softmax(masked(logits))


def only_strictly_earlier(logits):
    return softmax(masked(logits, below=-1))


def future_instead_of_past(logits):
    return softmax(np.where(np.tri(len(logits)).T > 0, logits, -1e9))


def columns_normalised(logits):
    weights = np.exp(masked(logits))
    return weights / np.maximum(weights.sum(axis=0), 1e-300)


def masked_after_the_softmax(logits):
    return np.tril(softmax(logits))


def masked_with_zero(logits):
    return softmax(np.tril(logits))


def nothing_subtracted(logits):
    weights = np.exp(masked(logits))
    return weights / weights.sum(axis=1, keepdims=True)


def global_maximum_subtracted(logits):
    weights = np.exp(masked(logits - logits.max()))
    return weights / weights.sum(axis=1, keepdims=True)


def logits_clipped(logits):
    weights = np.exp(masked(np.clip(logits, -700, 700)))
    return weights / weights.sum(axis=1, keepdims=True)


def masked_with_a_small_number(logits):
    return softmax(np.where(np.tri(len(logits)) > 0, logits, -10.0))


def no_scale(q, k, v, n_heads):
    return attending(right, lambda q, depth: 1)(q, k, v, n_heads)


def divided_by_d(q, k, v, n_heads):
    return attending(right, lambda q, depth: depth)(q, k, v, n_heads)


def divided_by_the_root_of_all_of_d(q, k, v, n_heads):
    return attending(right, lambda q, depth: np.sqrt(q.shape[1]))(q, k, v, n_heads)


def divided_by_the_length(q, k, v, n_heads):
    return attending(right, lambda q, depth: np.sqrt(len(q)))(q, k, v, n_heads)


def queries_and_keys_swapped(q, k, v, n_heads):
    return attending(right)(k, q, v, n_heads)


def one_head_for_all(q, k, v, n_heads):
    return attending(right)(q, k, v, 1)


def heads_dealt_out_like_cards(q, k, v, n_heads):
    parts = [attending(right)(*(x[:, i::n_heads] for x in (q, k, v)), 1) for i in range(n_heads)]
    return np.hstack(parts)


def heads_averaged(q, k, v, n_heads):
    found = np.split(attending(right)(q, k, v, n_heads), n_heads, axis=1)
    return np.hstack([np.mean(found, axis=0)] * n_heads)


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


def all_positions(length, d):
    return 2 * length**2 * d, 12 * length * d**2


def pairs_of_all_positions(length, d):
    return 2 * length**2 * d, 2 * length * d**2 + 10 * d**2


def single_positions_all(length, d):
    return 2 * length * d, 12 * length * d**2


def one_product_of_pairs(length, d):
    return length * d, 2 * length * d**2 + 10 * d**2


def queries_of_all(length, d):
    return 2 * length * d, 3 * length * d**2 + 9 * d**2


def keys_and_values_of_the_last_alone(length, d):
    return 2 * length * d, 12 * d**2


def merge_forgotten(length, d):
    return 2 * length * d, 2 * length * d**2 + 9 * d**2


def feed_forward_not_wider(length, d):
    return 2 * length * d, 2 * length * d**2 + 4 * d**2


def pairs_without_d(length, d):
    return 2 * length, 2 * length * d**2 + 10 * d**2


def both(rows, columns):
    return rows[:, :, None] & columns[:, None, :]


def real_on_the_left(lengths, width):
    return np.arange(width) >= width - lengths[:, None]


def causal_alone(lengths, width):
    return np.tri(width)[None].repeat(len(lengths), axis=0) > 0


def padding_alone(lengths, width):
    real = real_on_the_left(lengths, width)
    return both(real, real)


def as_if_padded_on_the_right(lengths, width):
    real = np.arange(width) < lengths[:, None]
    return both(real, real) & causal_alone(lengths, width)


def rows_of_padding_left_in(lengths, width):
    real = real_on_the_left(lengths, width)
    return real[:, :, None] & causal_alone(lengths, width)


def one_too_many(lengths, width):
    return both(*[real_on_the_left(lengths + 1, width)] * 2) & causal_alone(lengths, width)


def future_of_the_real(lengths, width):
    real = real_on_the_left(lengths, width)
    return both(real, real) & causal_alone(lengths, width).swapaxes(1, 2)


def without_itself(lengths, width):
    return padding_alone(lengths, width) & (np.tri(width, k=-1) > 0)


def length_of_the_longest(lengths, width):
    longest = np.full_like(lengths, max(lengths))
    return padding_alone(longest, width) & causal_alone(lengths, width)


def pushed_down_by_ten_thousand(logits):
    return softmax(logits - 1e4 * (1 - np.tri(len(logits))))


def own_logit_subtracted(logits):
    weights = np.exp(masked(logits - np.diag(logits)[:, None]))
    return weights / weights.sum(axis=1, keepdims=True)


def masked_and_shared_out_anew(logits):
    weights = np.tril(softmax(logits))
    return weights / weights.sum(axis=1, keepdims=True)


def heads_reshaped(q, k, v, n_heads):
    parts = (x.reshape(n_heads, len(x), -1) for x in (q, k, v))
    heads = [attending(right)(*head, 1) for head in zip(*parts, strict=True)]
    return np.stack(heads).reshape(v.shape)


def divided_along_the_columns(length):
    return np.tri(length) / np.arange(1, length + 1)


def nothing(*arguments):
    return []


def small_network_at_every_position(length, d):
    return 2 * length * d, 10 * length * d**2 + 2 * d**2


def one_total(length, d):
    return 2 * length * d + (2 * length + 10) * d**2


def either_is_real(lengths, width):
    real = real_on_the_left(lengths, width)
    return (real[:, :, None] | real[:, None]) & causal_alone(lengths, width)


def padding_attends_to_itself(lengths, width):
    real = real_on_the_left(lengths, width)
    return (both(real, real) & causal_alone(lengths, width)) | (np.eye(width) > 0)


def first_history_alone(lengths, width):
    real = real_on_the_left(lengths, width)
    return (both(real, real) & causal_alone(lengths, width))[0]


WRONG_ANSWERS = {
    1: [
        *map(
            attending,
            [
                no_mask,
                only_strictly_earlier,
                future_instead_of_past,
                columns_normalised,
                masked_after_the_softmax,
                masked_with_zero,
                nothing_subtracted,
                global_maximum_subtracted,
                logits_clipped,
                masked_with_a_small_number,
                pushed_down_by_ten_thousand,
                own_logit_subtracted,
                masked_and_shared_out_anew,
            ],
        ),
        no_scale,
        divided_by_d,
        divided_by_the_root_of_all_of_d,
        divided_by_the_length,
        queries_and_keys_swapped,
        one_head_for_all,
        heads_dealt_out_like_cards,
        heads_averaged,
        heads_reshaped,
    ],
    2: [
        even_over_all,
        ones_of_the_past,
        upside_down,
        even_over_all_then_masked,
        only_itself,
        divided_along_the_columns,
        nothing,
    ],
    3: [
        all_positions,
        pairs_of_all_positions,
        single_positions_all,
        one_product_of_pairs,
        queries_of_all,
        keys_and_values_of_the_last_alone,
        merge_forgotten,
        feed_forward_not_wider,
        pairs_without_d,
        small_network_at_every_position,
        one_total,
    ],
    4: [
        causal_alone,
        padding_alone,
        as_if_padded_on_the_right,
        rows_of_padding_left_in,
        one_too_many,
        future_of_the_real,
        without_itself,
        length_of_the_longest,
        either_is_real,
        padding_attends_to_itself,
        first_history_alone,
    ],
}
