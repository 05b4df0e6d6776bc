"""Wrong answers to the exercises of chapter 3.1.2: each is a mistake that a reader could make."""

import numpy as np


def no_tanh(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        h = W @ x + U @ h + b
    return h


def only_the_last_input(inputs, W, U, b):
    return np.tanh(W @ inputs[-1] + b)


def backwards(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs[::-1]:
        h = np.tanh(W @ x + U @ h + b)
    return h


def state_outside_tanh(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        h = np.tanh(W @ x + b) + U @ h
    return h


def transposed(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        h = np.tanh(x @ W + h @ U + b)
    return h


def no_bias(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        h = np.tanh(W @ x + U @ h)
    return h


def all_states(inputs, W, U, b):
    states = [np.zeros(len(b))]
    for x in inputs:
        states.append(np.tanh(W @ x + U @ states[-1] + b))
    return np.array(states)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gates_not_coupled(x, h, c, K, U, b):
    enter, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    c = sigmoid(forget) * c + sigmoid(enter) * np.tanh(new)
    return sigmoid(leave) * np.tanh(c), c


def first_part_forgets(x, h, c, K, U, b):
    forget, _, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = sigmoid(forget)
    c = keep * c + (1 - keep) * np.tanh(new)
    return sigmoid(leave) * np.tanh(c), c


def coupled_the_other_way(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = sigmoid(forget)
    c = (1 - keep) * c + keep * np.tanh(new)
    return sigmoid(leave) * np.tanh(c), c


def sign_turned_inside(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    c = sigmoid(forget) * c + (1 - forget) * np.tanh(new)
    return sigmoid(leave) * np.tanh(c), c


def no_tanh_on_the_memory(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = sigmoid(forget)
    c = keep * c + (1 - keep) * np.tanh(new)
    return sigmoid(leave) * c, c


def old_memory_returned(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = sigmoid(forget)
    after = keep * c + (1 - keep) * np.tanh(new)
    return sigmoid(leave) * np.tanh(after), c


def state_in_place_of_memory(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = sigmoid(forget)
    c = keep * h + (1 - keep) * np.tanh(new)
    return sigmoid(leave) * np.tanh(c), c


def no_state(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + b, 4)
    keep = sigmoid(forget)
    c = keep * c + (1 - keep) * np.tanh(new)
    return sigmoid(leave) * np.tanh(c), c


def memory_first(x, h, c, K, U, b):
    _, forget, new, leave = np.split(x @ K + h @ U + b, 4)
    keep = sigmoid(forget)
    c = keep * c + (1 - keep) * np.tanh(new)
    return c, sigmoid(leave) * np.tanh(c)


def entry_by_entry(W, U, d):
    return U**d @ W


def one_too_many(W, U, d):
    return np.linalg.matrix_power(U, d + 1) @ W


def one_too_few(W, U, d):
    return np.linalg.matrix_power(U, max(d - 1, 0)) @ W


def wrong_side(W, U, d):
    return W.T @ np.linalg.matrix_power(U, d)


def largest_eigenvalue(W, U, d):
    return np.abs(np.linalg.eigvals(U)).max() ** d * W


def blocks(cell):
    return {"rnn": 1, "gru": 3, "lstm": 4}[cell]


def no_biases(cell, n_items, dim, n_units):
    return n_items * dim + blocks(cell) * n_units * (dim + n_units) + n_units * dim


def no_item_vectors(cell, n_items, dim, n_units):
    biases = 2 if cell == "gru" else 1
    return blocks(cell) * n_units * (dim + n_units + biases) + (n_units + 1) * dim


def one_bias_in_a_gru(cell, n_items, dim, n_units):
    return n_items * dim + blocks(cell) * n_units * (dim + n_units + 1) + (n_units + 1) * dim


def no_output(cell, n_items, dim, n_units):
    biases = 2 if cell == "gru" else 1
    return n_items * dim + blocks(cell) * n_units * (dim + n_units + biases)


def output_to_the_catalogue(cell, n_items, dim, n_units):
    biases = 2 if cell == "gru" else 1
    recurrence = blocks(cell) * n_units * (dim + n_units + biases)
    return n_items * dim + recurrence + (n_units + 1) * n_items


def three_gates(cell, n_items, dim, n_units):
    blocks, biases = {"rnn": (1, 1), "gru": (3, 2), "lstm": (3, 1)}[cell]
    recurrence = blocks * n_units * (dim + n_units + biases)
    return n_items * dim + recurrence + (n_units + 1) * dim


def padding_as_input(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        h = np.tanh(W @ x + U @ h + b)
    return h


def padding_starts_anew(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        h = np.tanh(W @ x + U @ h + b) if x.any() else np.zeros(len(b))
    return h


def stops_at_padding(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        if not x.any():
            break
        h = np.tanh(W @ x + U @ h + b)
    return h


def rows_that_sum_to_zero_skipped(inputs, W, U, b):
    h = np.zeros(len(b))
    for x in inputs:
        if x.sum():
            h = np.tanh(W @ x + U @ h + b)
    return h


def starts_at_the_bias(inputs, W, U, b):
    h = b
    for x in inputs:
        if x.any():
            h = np.tanh(W @ x + U @ h + b)
    return h


WRONG_ANSWERS = {
    1: [
        no_tanh,
        only_the_last_input,
        backwards,
        state_outside_tanh,
        transposed,
        no_bias,
        all_states,
        padding_as_input,
        padding_starts_anew,
        stops_at_padding,
        rows_that_sum_to_zero_skipped,
        starts_at_the_bias,
    ],
    2: [
        gates_not_coupled,
        first_part_forgets,
        coupled_the_other_way,
        sign_turned_inside,
        no_tanh_on_the_memory,
        old_memory_returned,
        state_in_place_of_memory,
        no_state,
        memory_first,
    ],
    3: [entry_by_entry, one_too_many, one_too_few, wrong_side, largest_eigenvalue],
    4: [
        no_biases,
        no_item_vectors,
        one_bias_in_a_gru,
        no_output,
        output_to_the_catalogue,
        three_gates,
    ],
}
