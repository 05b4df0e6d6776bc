"""Wrong answers to the exercises of chapter 3.2.1: each is a mistake that a reader could make."""

import numpy as np


def downhill(X, A, Y, penalty):
    return (X - A @ Y.T) @ Y - penalty * A


def wrong_sign_of_the_error(X, A, Y, penalty):
    return (X - A @ Y.T) @ Y + penalty * A


def twice(X, A, Y, penalty):
    return 2 * (A @ Y.T - X) @ Y + penalty * A


def penalty_forgotten(X, A, Y, penalty):
    return (A @ Y.T - X) @ Y


def penalty_doubled(X, A, Y, penalty):
    return (A @ Y.T - X) @ Y + 2 * penalty * A


def by_the_films(X, A, Y, penalty):
    return (A @ Y.T - X).T @ A + penalty * Y


def averaged(X, A, Y, penalty):
    return (A @ Y.T - X) @ Y / X.size + penalty * A


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


def system(Y, met, alpha, n_penalties):
    M = Y[met]
    return Y.T @ Y + alpha * M.T @ M + n_penalties * np.eye(Y.shape[1])


def penalty_once(Y, met, alpha, penalty):
    return np.linalg.solve(system(Y, met, alpha, penalty), (1 + alpha) * Y[met].sum(axis=0))


def right_side_without_alpha(Y, met, alpha, penalty):
    return np.linalg.solve(system(Y, met, alpha, penalty * len(met)), Y[met].sum(axis=0))


def right_side_alpha_only(Y, met, alpha, penalty):
    return np.linalg.solve(system(Y, met, alpha, penalty * len(met)), alpha * Y[met].sum(axis=0))


def only_films_met(Y, met, alpha, penalty):
    M = Y[met]
    left = (1 + alpha) * M.T @ M + penalty * len(met) * np.eye(Y.shape[1])
    return np.linalg.solve(left, (1 + alpha) * M.sum(axis=0))


def mean_of_the_films(Y, met, alpha, penalty):
    return Y[met].mean(axis=0)


WRONG_ANSWERS = {
    1: [
        downhill,
        wrong_sign_of_the_error,
        twice,
        penalty_forgotten,
        penalty_doubled,
        by_the_films,
        averaged,
    ],
    2: [
        one_over,
        smallest,
        not_divided_by_n,
        without_penalty,
        trace,
        largest_diagonal_without_n,
        best_rate,
    ],
    3: [not_whole, rounded_down, share_of_the_loss, one_minus_one_over_kappa, with_momentum],
    4: [
        penalty_once,
        right_side_without_alpha,
        right_side_alpha_only,
        only_films_met,
        mean_of_the_films,
    ],
}
