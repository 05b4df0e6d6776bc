"""Semantic ids are those of k-means level by level, and the tree holds exactly the catalogue."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.cluster import KMeans

from recsys_helpers import leave_last_out, load_movielens
from recsys_helpers.log import item_text
from recsys_helpers.recommenders.neural.semantic_ids import PrefixTree, SemanticIds, nearest
from recsys_helpers.recommenders.text_vectors import TextVectors

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 5))
KNOWN = RNG.random(200) < 0.8


def test_level_by_level_it_is_the_k_means_of_scikit_learn() -> None:
    made = SemanticIds.learnt_from(X, KNOWN, n_codes=7, n_levels=3, seed=4)
    residuals = X.copy()
    for level in range(3):
        peer = KMeans(7, n_init=1, random_state=4).fit(residuals[KNOWN])
        np.testing.assert_allclose(made.centroids[level], peer.cluster_centers_, atol=1e-6)
        codes = peer.predict(residuals)
        assert np.array_equal(made.ids[:, level], codes)
        residuals -= made.centroids[level][codes]


def test_each_level_leaves_less_over() -> None:
    made = SemanticIds.learnt_from(X, KNOWN, n_codes=7, n_levels=3)
    left = [X]
    for level, centroids in enumerate(made.centroids):
        left.append(left[-1] - centroids[made.ids[:, level]])
    sizes = [float((each**2).sum()) for each in left]
    assert sizes == sorted(sizes, reverse=True)


def test_on_the_log_of_the_book_most_codes_are_used() -> None:
    train = leave_last_out(load_movielens().k_core(5), n_valid=5, n_test=5).train
    known = np.bincount(train.items, minlength=train.n_items) > 0
    words = item_text.words(train.catalogue.items, train.item_tags())
    vectors = TextVectors.learnt_from(words, known, min_items=2, dim=64).of(words)
    made = SemanticIds.learnt_from(vectors, known, n_codes=64, n_levels=3)
    assert (made.usage >= 0.8).all()
    assert len(np.unique(made.ids, axis=0)) == train.n_items
    assert made.n_collisions == train.n_items - len(np.unique(made.ids[:, :-1], axis=0))


vectors_of_items = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.just(2)),
    elements=st.sampled_from([-1.0, 0.0, 1.0, 5.0]),
)


@given(vectors_of_items, vectors_of_items)
def test_every_item_has_an_id_of_its_own_that_new_items_leave_alone(
    old: np.ndarray, new: np.ndarray
) -> None:
    made = SemanticIds.learnt_from(old, np.ones(len(old), bool), n_codes=3, n_levels=2)
    larger = made.with_items(new)
    assert len(np.unique(larger.ids, axis=0)) == len(old) + len(new)
    assert np.array_equal(larger.ids[: len(old)], made.ids)
    together = np.concatenate([old, new])
    for row, vector in enumerate(together):
        same = [i for i in range(row) if np.array_equal(together[i], vector)]
        assert all(np.array_equal(larger.ids[i, :-1], larger.ids[row, :-1]) for i in same)


def test_a_level_without_enough_residuals_repeats_a_centroid_that_nobody_has() -> None:
    x = np.array([[0.0], [0.0], [4.0]])
    made = SemanticIds.learnt_from(x, np.ones(3, bool), n_codes=5, n_levels=2)
    assert sorted(made.ids[:, 0].tolist()) in ([0, 0, 1], [0, 1, 1])
    assert made.usage.tolist() == [0.4, 0.2]
    assert made.ids[:, -1].tolist() == [0, 1, 0]


def test_of_two_equally_near_centroids_the_first_is_taken() -> None:
    assert nearest(np.array([[1.0]]), np.array([[2.0], [0.0], [0.0]])).tolist() == [0]


def paths(tree: PrefixTree, level: int = 0, node: int = 0) -> dict[tuple[int, ...], int]:
    """Return all beginnings at which the tree ends, with their items, by walking it."""
    if tree.item[level][node] >= 0:
        return {(): int(tree.item[level][node])}
    found = {}
    for token, child in enumerate(tree.child[level][node].tolist()):
        if child >= 0:
            rest = paths(tree, level + 1, child)
            found |= {(token, *tokens): item for tokens, item in rest.items()}
    return found


@given(st.sets(st.tuples(*[st.integers(0, 2)] * 3), min_size=1))
def test_the_tree_holds_exactly_the_catalogue(drawn: set[tuple[int, int, int]]) -> None:
    ids = np.array(list(drawn), np.int32)
    found = paths(PrefixTree(ids, np.zeros(len(ids), np.int32)))
    assert sorted(found.values()) == list(range(len(ids)))
    for beginning, item in found.items():
        alike = [row for row in ids.tolist() if tuple(row[: len(beginning)]) == beginning]
        assert alike == [ids[item].tolist()]
        n = len(beginning) - 1
        assert len(ids) == 1 or sum(tuple(row[:n]) == beginning[:n] for row in ids.tolist()) > 1
    for tokens in product(range(3), repeat=3):  # an id that nobody has ends nowhere
        ends = [item for beginning, item in found.items() if tokens[: len(beginning)] == beginning]
        assert len(ends) <= 1
        assert (tokens in drawn) <= bool(ends)


def test_a_child_is_old_if_its_oldest_item_is_as_old_as_the_node() -> None:
    ids = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [0, 2]], np.int32)
    tree = PrefixTree(ids, np.array([0, 0, 1, 1, 2, 2], np.int32))
    assert tree.old[0].tolist() == [[True, False]]
    assert tree.old[1].tolist() == [[True, True, False], [True, True, False]]


@pytest.mark.parametrize("level", range(4))
def test_which_nodes_lead_to_some_items(level: int) -> None:
    ids = np.unique(RNG.integers(0, 3, (15, 3)), axis=0).astype(np.int32)
    tree = PrefixTree(ids, np.zeros(len(ids), np.int32))
    items = RNG.random((6, len(ids))) < 0.3
    for row, found in zip(items, tree.holds(level, items), strict=True):
        expected = {int(tree.node[level][item]) for item in np.flatnonzero(row)} - {-1}
        assert set(np.flatnonzero(found).tolist()) == expected
