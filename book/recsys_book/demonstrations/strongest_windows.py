"""The windows of a log to which the filters of a convolution respond most."""

from __future__ import annotations

import numpy as np

from recsys_helpers import NextItNet
from recsys_helpers._types import F32, I32
from recsys_helpers.log.histories import Histories


def strongest_windows(
    model: NextItNet, histories: Histories, n: int = 20, weights: F32 | None = None
) -> I32:
    """Return the items to which each filter of the first convolution responds most.

    A response is what enters the ReLU: the filter's answer, normalised over all filters.

    Parameters
    ----------
    model
        A fitted `NextItNet`.
    histories
        Where to search; each gives a filter one window at most.
    n
        Windows for each filter, at most as many as there are long enough histories.
    weights
        Filters to try in place of the fitted ones, shape (kernel, dim, dim), oldest item first.

    Returns
    -------
    I32
        Item codes, shape (dim, n, kernel): strongest window first, oldest item first.

    Raises
    ------
    ValueError
        If fewer than n histories are as long as a window.
    """
    steps = model.dilations[0] * np.arange(model.kernel)
    owner = histories.owners
    starts = np.arange(max(len(owner) - steps[-1], 0))
    starts = starts[owner[starts] == owner[starts + steps[-1]]]  # within one history
    if len(np.unique(owner[starts])) < n:
        raise ValueError(f"fewer than {n} histories hold a window of {steps[-1] + 1} items")
    windows = histories.items[starts[:, None] + steps]  # (m, kernel)
    block = model.network.blocks[0]
    fitted, bias = (weight.numpy() for weight in block.convolutions[0].weights)
    vectors = model.network.items.numpy() * model.dim**0.5
    flat = vectors[windows].reshape(len(windows), -1)  # (m, kernel dim)
    if weights is None:
        answers = flat @ fitted.reshape(-1, model.dim) + bias
    else:
        answers = flat @ np.asarray(weights, np.float32).reshape(-1, model.dim)
    responses = block.norms[0](answers).numpy()  # (m, dim)
    strongest = np.empty((model.dim, n, model.kernel), np.int32)
    for number, response in enumerate(responses.T):
        order = np.argsort(-response, kind="stable")
        _, first = np.unique(owner[starts[order]], return_index=True)  # one of each history
        strongest[number] = windows[order[np.sort(first)[:n]]]
    return strongest
