"""Shares of errors are means over questions, and users are what intervals resample."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_book.demonstrations.error_shares import ErrorShares


def test_the_share_counts_questions_and_the_interval_users() -> None:
    users = np.repeat(np.arange(100), 3)
    wrong = np.tile([1.0, 0.0, 0.5], 100)
    shares = ErrorShares(users, {"model": wrong, "better": 0.5 * wrong})
    assert shares.mean("model") == pytest.approx(0.5)
    mean, low, high = shares.interval("model")
    assert low == pytest.approx(high) == pytest.approx(mean)  # all users are alike
    duel = shares.compare("better", "model")
    assert duel.verdict == "better than"
    assert duel.difference == pytest.approx(-0.25)
    assert "share of errors differs by -0.25" in repr(duel)


def test_questions_about_one_user_are_no_independent_evidence() -> None:
    rng = np.random.default_rng(0)
    of_user = rng.random(40) < 0.5
    once = ErrorShares(np.arange(40), {"model": of_user})
    often = ErrorShares(np.repeat(np.arange(40), 50), {"model": np.repeat(of_user, 50)})
    assert often.interval("model") == pytest.approx(once.interval("model"))


def test_the_table_names_what_was_asked() -> None:
    shares = ErrorShares(np.array([0, 1, 1]), {"no": [1, 0, 1], "yes": [0, 1, 0]})
    table = repr(shares.table())
    assert table.index("yes") < table.index("no ")
    assert "Shares of 3 questions about 2 users." in table


def test_each_question_needs_an_answer() -> None:
    with pytest.raises(ValueError, match="'model' has 2 answers to 3 questions"):
        ErrorShares(np.array([0, 1, 1]), {"model": [1, 0]})
