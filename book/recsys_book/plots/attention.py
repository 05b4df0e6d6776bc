"""Pictures of attention: who attends to whom within one history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from recsys_book.figures import INK, Picture, canvas, described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

_MORE_OR_LESS = LinearSegmentedColormap.from_list(
    "more_or_less", ["#5a3d73", "#b9a6c9", "#ffffff", "#7fc4c4", "#0b4a55"]
)


def attention_maps(maps: Mapping[str, ArrayLike]) -> Picture:
    """Draw the attention weights within one history, relative to equal weights.

    Parameters
    ----------
    maps
        Name → weights, shape (l, l): rows sum to 1, oldest film first, 0 above the diagonal.

    Returns
    -------
    Picture
        One triangle for each map. Teal is more than an equal weight, violet is less.
    """
    figure, axes = canvas(1.5 + 3.7 * len(maps), 3.7, columns=len(maps))
    drawn = None
    furthest = 0.0
    for ax, (name, weights) in zip(axes, maps.items(), strict=True):
        grid = np.asarray(weights, dtype=float)
        past = np.tril(np.ones(grid.shape, np.bool_))
        equal = np.arange(1, len(grid) + 1)[:, None]
        times = np.where(past, np.log2(np.maximum(grid * equal, 2.0**-8)), np.nan)
        furthest = max(furthest, float(np.exp2(times[-1].max())))
        ax.grid(visible=False)
        drawn = ax.imshow(times, cmap=_MORE_OR_LESS, vmin=-2, vmax=2, extent=_edges(len(grid)))
        ax.set_title(name, fontsize=10, color=INK)
        ax.set_xlabel("film attended to, oldest first", color=INK)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].set_ylabel("film that attends, oldest on top", color=INK)
    if drawn is not None:
        bar = figure.colorbar(drawn, ax=axes, shrink=0.72, pad=0.02)
        bar.set_ticks([-2, -1, 0, 1, 2], labels=["¼×", "½×", "equal", "2×", "4×"])
        bar.set_label("attention weight, relative to equal weights", color=INK, fontsize=9)
    return described(
        figure,
        alt=(
            "Attention weights of {names} within one history, as a triangle, relative to equal "
            "weights; in the last row the largest is {furthest:.1f} times an equal weight."
        ),
        caption=(
            "Each row is a film that attends, each column a film it attends to. The future, above "
            "the diagonal, gets no weight. Teal is more than the weight that each film would get "
            "if all of the past were weighted equally, violet is less, and what has no colour is "
            "about equal. A teal column is a film that all later films attend to. The largest "
            "weight in the last row is {furthest:.1f} times an equal weight."
        ),
        names=" and ".join(maps),
        furthest=furthest,
    )


def _edges(n: int) -> tuple[float, float, float, float]:
    return 0.5, n + 0.5, n + 0.5, 0.5
