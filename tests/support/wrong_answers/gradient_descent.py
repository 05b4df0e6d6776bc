"""Wrong answers to the exercises of chapter 3.2.1: each is a mistake that a reader could make."""

import numpy as np


def joined(X, people, films, bias, penalty, error_sign=1.0, factor=1.0):
    errors = error_sign * (people @ films.T + bias - X)
    of_films = factor * errors.T @ people + penalty * films
    return np.column_stack([of_films, factor * errors.sum(axis=0) + penalty * bias])


def downhill(X, people, films, bias, penalty):
    return -joined(X, people, films, bias, penalty)


def wrong_sign_of_the_error(X, people, films, bias, penalty):
    return joined(X, people, films, bias, penalty, error_sign=-1.0)


def twice(X, people, films, bias, penalty):
    return joined(X, people, films, bias, penalty, factor=2.0)


def averaged(X, people, films, bias, penalty):
    return joined(X, people, films, bias, penalty, factor=1 / X.size)


def penalty_forgotten(X, people, films, bias, penalty):
    return joined(X, people, films, bias, 0.0)


def penalty_doubled(X, people, films, bias, penalty):
    return joined(X, people, films, bias, 2 * penalty)


def penalty_of_bias_forgotten(X, people, films, bias, penalty):
    errors = people @ films.T + bias - X
    return np.column_stack([errors.T @ people + penalty * films, errors.sum(axis=0)])


def bias_not_in_the_error(X, people, films, bias, penalty):
    errors = people @ films.T - X
    return np.column_stack(
        [errors.T @ people + penalty * films, errors.sum(axis=0) + penalty * bias]
    )


def bias_first(X, people, films, bias, penalty):
    return np.roll(joined(X, people, films, bias, penalty), 1, axis=1)


def mean_error_for_the_bias(X, people, films, bias, penalty):
    errors = people @ films.T + bias - X
    return np.column_stack(
        [errors.T @ people + penalty * films, errors.mean(axis=0) + penalty * bias]
    )


def by_the_people(X, people, films, bias, penalty):
    errors = people @ films.T + bias - X
    return np.column_stack([errors @ films + penalty * people, errors.sum(axis=1)])


def hessian(A, penalty):
    return A.T @ A / len(A) + penalty * np.eye(A.shape[1])


def one_over(A, penalty):
    return 1 / np.linalg.eigvalsh(hessian(A, penalty))[-1]


def smallest(A, penalty):
    return 2 / np.linalg.eigvalsh(hessian(A, penalty))[0]


def not_divided_by_n(A, penalty):
    return 2 / np.linalg.eigvalsh(A.T @ A + penalty * np.eye(A.shape[1]))[-1]


def without_penalty(A, penalty):
    return 2 / np.linalg.eigvalsh(hessian(A, 0))[-1]


def trace(A, penalty):
    return 2 / np.trace(hessian(A, penalty))


def largest_diagonal_without_n(A, penalty):
    return 2 / ((A**2).sum(axis=0).max() + penalty)


def largest_diagonal(A, penalty):
    return 2 / np.diag(hessian(A, penalty)).max()


def largest_row_sum(A, penalty):
    return 2 / np.abs(hessian(A, penalty)).sum(axis=1).max()


def largest_singular_value(A, penalty):
    return 2 / (np.linalg.norm(A, 2) / len(A) + penalty)


def best_rate(A, penalty):
    curvatures = np.linalg.eigvalsh(hessian(A, penalty))
    return 2 / (curvatures[0] + curvatures[-1])


def steps(kappa, share):
    return np.log(share) / np.log((kappa - 1) / (kappa + 1))


def not_whole(kappa, share):
    return steps(kappa, share)


def rounded_down(kappa, share):
    return int(steps(kappa, share))


def share_of_the_loss(kappa, share):
    return int(np.ceil(steps(kappa, share) / 2))


def one_minus_one_over_kappa(kappa, share):
    return int(np.ceil(np.log(share) / np.log(1 - 1 / kappa)))


def with_momentum(kappa, share):
    return int(np.ceil(steps(kappa**0.5, share)))


def half_kappa_logarithms(kappa, share):
    return int(np.ceil(kappa / 2 * np.log(1 / share)))


def one_too_many(kappa, share):
    return int(steps(kappa, share)) + 2


def fold_in(Y, met, counts, alpha, penalty, weights=None, n_penalties=None):
    M = Y[met]
    n = len(met) if n_penalties is None else n_penalties
    left = Y.T @ Y + alpha * (M.T * counts) @ M + penalty * n * np.eye(Y.shape[1])
    return np.linalg.solve(left, (1 + alpha * counts if weights is None else weights) @ M)


def penalty_once(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, n_penalties=1)


def penalty_for_each_play(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, n_penalties=counts.sum())


def counts_ignored(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, np.ones(len(met)), alpha, penalty)


def counts_only_on_the_left(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, weights=np.full(len(met), 1 + alpha))


def counts_times_one_plus_alpha(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, weights=(1 + alpha) * counts)


def right_side_without_alpha(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, weights=np.ones(len(met)))


def right_side_alpha_only(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, weights=alpha * counts)


def counts_as_targets(Y, met, counts, alpha, penalty):
    return fold_in(Y, met, counts, alpha, penalty, weights=(1 + alpha * counts) * counts)


def only_songs_played(Y, met, counts, alpha, penalty):
    M, weights = Y[met], 1 + alpha * counts
    left = (M.T * weights) @ M + penalty * len(met) * np.eye(Y.shape[1])
    return np.linalg.solve(left, weights @ M)


def mean_of_the_songs(Y, met, counts, alpha, penalty):
    return Y[met].mean(axis=0)


def rounded_down_plus_one(kappa, share):
    return int(np.log(share) / np.log((kappa - 1) / (kappa + 1))) + 1


def averaged_over_people(X, people, films, bias, penalty):
    errors = people @ films.T + bias - X
    gradient = np.c_[errors.T @ people, errors.sum(axis=0)] / len(people)
    return gradient + penalty * np.c_[films, bias]


WRONG_ANSWERS = {
    1: [
        downhill,
        wrong_sign_of_the_error,
        twice,
        averaged,
        penalty_forgotten,
        penalty_doubled,
        penalty_of_bias_forgotten,
        bias_not_in_the_error,
        bias_first,
        mean_error_for_the_bias,
        by_the_people,
        averaged_over_people,
    ],
    2: [
        one_over,
        smallest,
        not_divided_by_n,
        without_penalty,
        trace,
        largest_diagonal_without_n,
        largest_diagonal,
        largest_row_sum,
        largest_singular_value,
        best_rate,
    ],
    3: [
        not_whole,
        rounded_down,
        share_of_the_loss,
        one_minus_one_over_kappa,
        with_momentum,
        half_kappa_logarithms,
        one_too_many,
        rounded_down_plus_one,
    ],
    4: [
        penalty_once,
        penalty_for_each_play,
        counts_ignored,
        counts_only_on_the_left,
        counts_times_one_plus_alpha,
        right_side_without_alpha,
        right_side_alpha_only,
        counts_as_targets,
        only_songs_played,
        mean_of_the_songs,
    ],
}
