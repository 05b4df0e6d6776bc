"""One call that makes a whole run repeatable."""

from __future__ import annotations

import os
import random
import sys

import numpy as np

from recsys_helpers import _arguments


def reproducible(seed: int = 0) -> None:
    """Set every global random state of this process, for code that has no seed of its own.

    The recommenders of this package take `seed=` and leave global states alone, so this is only for
    the code around them. It seeds Python's `random`, NumPy's legacy generator and, if it is loaded,
    TensorFlow, which is also told to use deterministic kernels.

    Parameters
    ----------
    seed
        A whole number from 0 to 2**32 − 1.

    Raises
    ------
    ValueError
        If the seed is not a whole number in this range.

    Examples
    --------
    >>> reproducible(7)
    >>> first = random.random()
    >>> reproducible(7)
    >>> random.random() == first
    True
    """
    _arguments.seed(seed)
    random.seed(int(seed))
    np.random.seed(seed)  # noqa: NPY002  (the global state is meant here)
    os.environ["TF_DETERMINISTIC_OPS"] = "1"
    if "tensorflow" in sys.modules:
        import tensorflow as tf  # noqa: PLC0415  (only where it is loaded already)

        tf.keras.utils.set_random_seed(seed)
        tf.config.experimental.enable_op_determinism()
