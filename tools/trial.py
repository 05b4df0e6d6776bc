"""What a user does with the installed package, by `wheel.py`: python tools/trial.py MOVIELENS."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import recsys_helpers
from recsys_helpers import (
    EASE,
    Interactions,
    MarkovChain,
    check_recommender,
    evaluate,
    leave_last_out,
    load_movielens,
    load_recommender,
    synthetic,
)


def log_of_a_shop(folder: Path) -> None:
    """Read, split, fit, compare, save and load."""
    orders = folder / "orders.csv"
    synthetic(n_users=80, n_items=30, seed=0).interactions.to_frame().write_csv(orders)
    split = leave_last_out(Interactions.from_csv(orders), n_valid=1, n_test=1)
    models = {"EASE": EASE().fit(split.train), "Markov": MarkovChain().fit(split.train)}
    print(evaluate(models, split.test).compare("EASE", "Markov"))
    models["EASE"].save(folder / "model")
    loaded = load_recommender(folder / "model")
    histories = split.test.histories
    assert loaded.recommend(histories).equals(models["EASE"].recommend(histories))


def movielens(cache: Path, published: Path) -> None:
    """Look for MovieLens in the user's cache alone, since no checkout is here."""
    os.environ["RECSYS_HELPERS_DATA"] = str(cache)
    reason = refused(FileNotFoundError, lambda: load_movielens(download=False))
    assert f"is not in {str(cache)!r}, and" in reason, reason
    shutil.copytree(published, cache / published.name)
    print(load_movielens(download=False))


def without_tensorflow() -> None:
    """Offer all but the networks, and say for these what to install."""
    assert "tensorflow" not in sys.modules
    assert "SASRec" not in recsys_helpers.__all__
    reason = refused(ImportError, partial(getattr, recsys_helpers, "SASRec"))
    assert "TensorFlow" in reason, reason


def refused(kind: type[Exception], call: Callable[[], object]) -> str:
    """Return why a call is refused."""
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__} was raised")


if __name__ == "__main__":
    assert "site-packages" in str(recsys_helpers.__file__), recsys_helpers.__file__
    with TemporaryDirectory() as temporary:
        log_of_a_shop(Path(temporary))
        movielens(Path(temporary, "cache"), Path(sys.argv[1]))
    without_tensorflow()
    check_recommender(EASE)
    print(f"recsys_helpers {recsys_helpers.__version__} in {sys.prefix}")
