"""What the chapter on convolution shows beside its notebook: pictures, and a filter's windows."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from recsys_book.chapters.cnn import plots
from recsys_book.demonstrations.shared_genres import shared_genres
from recsys_book.demonstrations.strongest_windows import strongest_windows
from recsys_helpers import Catalogue, NextItNet, synthetic
from recsys_helpers.log.interactions import Interactions


@pytest.fixture(scope="module")
def log() -> Interactions:
    return synthetic(n_users=30, n_items=20, seed=0).interactions


@pytest.fixture(scope="module")
def model(log: Interactions) -> NextItNet:
    return NextItNet(dim=4, dilations=(2,), max_len=8, epochs=1, seed=0).fit(log)


def responses(model: NextItNet, window: list[int]) -> np.ndarray:
    """Return what enters the first ReLU after a window, by the layers themselves."""
    block = model.network.blocks[0]
    items = np.zeros((1, 5), np.int32)
    items[0, ::2] = window
    vectors = 2 * model.network.items.numpy()[items]  # √4, as the network does
    return block.norms[0](block.convolutions[0](vectors)).numpy()[0, -1]


def test_the_strongest_windows_are_those_of_a_loop(log: Interactions, model: NextItNet) -> None:
    histories = log.histories()
    found = strongest_windows(model, histories, n=5)
    assert found.shape == (4, 5, 3)
    best: list[list[float]] = [[] for _ in range(4)]
    for one in histories:
        answers = [responses(model, one[t : t + 5 : 2].tolist()) for t in range(len(one) - 4)]
        for filter_, values in enumerate(np.transpose(answers) if answers else []):
            best[filter_].append(max(values))
    for filter_, windows in enumerate(found):
        values = [responses(model, window.tolist())[filter_] for window in windows]
        np.testing.assert_allclose(values, sorted(best[filter_])[::-1][:5], atol=1e-5)


def test_other_filters_can_be_tried(log: Interactions, model: NextItNet) -> None:
    fitted = model.network.blocks[0].convolutions[0].weights[0].numpy()
    model.network.blocks[0].convolutions[0].weights[1].assign(np.zeros(4))
    histories = log.histories()
    np.testing.assert_array_equal(
        strongest_windows(model, histories, n=3, weights=fitted),
        strongest_windows(model, histories, n=3),
    )


def test_too_few_histories_for_the_windows(model: NextItNet) -> None:
    ids = model.catalogue.ids[:5].tolist()
    with pytest.raises(ValueError, match="fewer than 2 histories hold a window of 5 items"):
        strongest_windows(model, model.histories([ids, ids[:4]]), n=2)


def test_pictures_refuse_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="must be odd"):
        plots.paddings(kernel=2)
    with pytest.raises(ValueError, match="from 1"):
        plots.receptive_field(3, ())


def test_a_field_without_dilation_is_that_of_the_other_line() -> None:
    assert "9 films with dilation, to 9 without" in plots.receptive_field(3, (1, 1, 1, 1)).alt


def test_shared_genres_are_those_of_a_loop() -> None:
    genres = [["A"], ["A", "B"], ["C"], [], ["B", "C", "D"]]
    catalogue = Catalogue(pl.DataFrame({"item": range(5), "genres": genres}))
    windows = np.random.default_rng(0).integers(0, 5, (4, 6, 3))
    found = shared_genres(catalogue, windows)
    for share, one_set in zip(found, windows, strict=True):
        shares = [
            len({*genres[a]} & {*genres[b]}) / max(len({*genres[a]} | {*genres[b]}), 1)
            for position in one_set.T
            for a, b in combinations(position, 2)
            if a != b
        ]
        assert share == pytest.approx(np.mean(shares))


def test_one_film_shares_no_genre_with_itself() -> None:
    catalogue = Catalogue(pl.DataFrame({"item": [1], "genres": [["A"]]}))
    assert np.isnan(shared_genres(catalogue, np.zeros((1, 2, 1), int))).all()
