"""What to ask a newcomer: each choice as a loop says it, and what answers are worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys_book.demonstrations.asking import (
    Asked,
    AskingTree,
    TreeRecommender,
    divisive,
    informative,
    log_matrix,
    popular,
)
from recsys_helpers import EASE, Popularity, evaluate, synthetic, user_split

SPLIT = user_split(synthetic(n_users=150, n_items=30, seed=2).interactions, test=0.3, n_targets=2)
TRAIN, ASKED = SPLIT.train, SPLIT.test
X = log_matrix(TRAIN)


def test_popular_items_by_a_loop() -> None:
    counts = [int((TRAIN.items == item).sum()) for item in range(TRAIN.n_items)]
    found = popular(TRAIN, 6)
    assert [counts[item] for item in found] == sorted(counts, reverse=True)[:6]


def test_divisive_items_by_a_loop() -> None:
    scores = []
    for item in range(TRAIN.n_items):
        own = TRAIN.ratings[TRAIN.items == item].astype(float)
        scores.append(len(own) * own.var() if len(own) else 0.0)
    assert divisive(TRAIN, 5).tolist() == np.argsort(scores)[::-1][:5].tolist()
    with pytest.raises(ValueError, match="this log has none"):
        divisive(replace(TRAIN, ratings=None), 5)


def test_informative_items_explain_most_by_regression() -> None:
    """Each next item is the one with which a regression on all chosen leaves the least squares."""
    found = informative(TRAIN, 4, n_candidates=30)
    centred, chosen = X - X.mean(axis=0), []
    for expected in found:
        left = []
        for item in range(TRAIN.n_items):
            answers = centred[:, [*chosen, item]]
            fitted = answers @ np.linalg.lstsq(answers, centred, rcond=None)[0]
            left.append(((centred - fitted) ** 2).sum())
        assert left[expected] == pytest.approx(min(left))
        chosen.append(int(expected))


def test_only_candidates_are_asked_about() -> None:
    candidates = set(popular(TRAIN, 5).tolist())
    assert set(informative(TRAIN, 5, n_candidates=5).tolist()) == candidates
    assert set(AskingTree.learnt_from(TRAIN, 3, n_candidates=5).asked.tolist()) <= candidates


def test_each_question_leaves_the_least_squares() -> None:
    tree = AskingTree.learnt_from(TRAIN, depth=2, n_candidates=30, weight=0)
    people = {0: np.arange(len(X))}
    for node, asked in enumerate(tree.asked):
        here = X[people[node]]
        left = []
        for item in range(TRAIN.n_items):
            parts = here[here[:, item] == 0], here[here[:, item] == 1]
            if all(len(part) for part in parts):
                left.append(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts))
            else:
                left.append(np.inf)
        assert left[asked] == pytest.approx(min(left))
        answers = X[people[node], asked] > 0
        people[2 * node + 1], people[2 * node + 2] = people[node][~answers], people[node][answers]
    for node, members in people.items():
        np.testing.assert_allclose(tree.means[node], X[members].mean(axis=0), atol=1e-6)


def test_a_history_walks_down_the_tree() -> None:
    tree = AskingTree.learnt_from(TRAIN, depth=3)
    assert tree.items(ASKED.histories, 0).shape == (len(ASKED), 0)
    ends, asked = tree.nodes(ASKED.histories, 3), tree.items(ASKED.histories, 3)
    for own, end, items in zip(ASKED.histories, ends, asked, strict=True):
        node, path = 0, []
        for _ in range(3):
            path.append(tree.asked[node])
            node = 2 * node + 1 + (tree.asked[node] in own)
        assert (node, path) == (end, items.tolist())
    scores = TreeRecommender(tree, 3).fit(TRAIN).score(ASKED.histories)
    assert np.array_equal(scores, tree.means[ends])


def test_before_the_first_question_the_tree_is_popularity() -> None:
    tree = TreeRecommender(AskingTree.learnt_from(TRAIN, depth=2), 0).fit(TRAIN)
    report = evaluate({"tree": tree, "popularity": Popularity().fit(TRAIN)}, ASKED)
    assert report.mean("tree") == pytest.approx(report.mean("popularity"), abs=0.02)


def test_a_few_people_are_drawn_towards_those_above() -> None:
    plain, drawn = (AskingTree.learnt_from(TRAIN, 2, weight=weight) for weight in (0, 5))
    assert np.array_equal(plain.asked, drawn.asked)
    n = X[:, plain.asked[0]].sum()
    expected = (n * plain.means[2] + 5 * X.mean(axis=0)) / (n + 5)
    np.testing.assert_allclose(drawn.means[2], expected, atol=1e-6)


def test_answers_are_what_was_asked_and_met() -> None:
    ease = EASE().fit(TRAIN)
    questions = popular(TRAIN, 4)
    met = [[code for code in own if code in questions[:3]] for own in ASKED.histories]
    ids = [TRAIN.catalogue.ids[own].tolist() for own in met]
    expected = ease.score(ease.histories(ids))
    assert np.array_equal(Asked(ease, questions, 3).score(ASKED.histories), expected)
    tree = AskingTree.learnt_from(TRAIN, depth=3)
    items = tree.items(ASKED.histories, 2)
    ids = [
        TRAIN.catalogue.ids[[code for code in own if code in asked]].tolist()
        for own, asked in zip(ASKED.histories, items, strict=True)
    ]
    expected = ease.score(ease.histories(ids))
    assert np.array_equal(Asked(ease, tree, 2).score(ASKED.histories), expected)
